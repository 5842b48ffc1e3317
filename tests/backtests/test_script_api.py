"""Scripts of one's own over the API: checked by reading, then through every gate."""

import json
import uuid

import pytest
from django.test import Client

from backtests import pipeline
from backtests.models import BacktestRun
from tests.backtests.ideas import GOLDEN_CROSS, PEEKING_SCRIPT, SCRIPT

pytestmark = pytest.mark.both_stacks
BODY = {"script": SCRIPT, "instrument_symbol": "SPX"}


def post(client, body, address="/api/backtests"):
    return client.post(address, body, content_type="application/json")


def finish(started):
    return pipeline.run_to_end(BacktestRun.objects.get(pk=started.json()["id"]))


def test_a_script_with_parameters_becomes_a_report(client, data):
    answer = post(client, {**BODY, "params": {"days": 20}, "commission": 0.001})
    assert answer.status_code == 202, answer.content
    run = finish(answer)
    assert run.status == "completed", run.failure_message
    facts = run.read_json("facts")
    assert facts["provenance"]["parameters"] == {"days": 20}
    assert (facts["settings"]["commission"], facts["dataset"]["symbol"]) == (0.001, "SPX")
    assert client.get(f"/api/backtests/{run.pk}/script").json()["text"] == SCRIPT


def test_an_edited_script_names_its_parent_and_counts_as_a_try_of_its_idea(client, data):
    first = finish(post(client, BODY))
    edited = SCRIPT.replace('{"days": 50}', '{"days": 30}')
    answer = post(client, {**BODY, "script": edited, "parent": str(first.pk)})
    assert answer.json()["parent"] == str(first.pk)
    second = finish(answer)
    assert second.lineage == first.lineage
    assert second.read_json("facts")["luck"]["variants_tried"] == 2


def test_an_edit_that_keeps_the_description_is_not_named_by_it(client, data):
    first = finish(post(client, BODY))
    edited = SCRIPT.replace('{"days": 50}', '{"days": 30}')
    second = finish(post(client, {**BODY, "script": edited, "parent": str(first.pk)}))
    assert second.title == "Hold above the 50-day average, edited"
    reading = second.read_json("facts")["reading"]
    assert reading["echo"] == "Before it was edited: Hold above the 50-day average."
    third = edited.replace("Hold above the 50-day average.", "Above the 30-day average.")
    assert finish(post(client, {**BODY, "script": third, "parent": str(second.pk)})).title == (
        "Above the 30-day average."
    )


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "strategy_description", "or a script"),
        ({"script": ""}, "script", "Write a script"),
        ({"script": " \n"}, "script", "Write a script"),
        ({"script": SCRIPT, "strategy_description": GOLDEN_CROSS}, "script", "not both"),
        ({"strategy_description": GOLDEN_CROSS, "params": {"a": 1}}, "params", "with a script"),
        ({"script": "PARAMS = {}\ndef signals(bars:"}, "script", "line 2: This is not Python"),
        ({"script": SCRIPT.replace("ta.sma", "ta.smaa")}, "script", "line 9: ta has no indicator"),
        ({"script": "import os\n" + SCRIPT}, "script", "line 1: import os is not allowed"),
        ({"script": SCRIPT + "#" * 300_000}, "script", "200000"),
        ({"script": SCRIPT + "# \x00"}, "script", "Null characters"),
        ({**BODY, "params": {"dayz": 3}}, "params", "has no parameter 'dayz'; it has days"),
        ({**BODY, "params": {"days": 10**30}}, "params", "plain, finite"),
        ({**BODY, "params": {"days": "a\x00"}}, "params", "plain, finite"),
        ({**BODY, "params": [1]}, "params", "dictionary"),
        ({**BODY, "from_date": "2012-01-01", "to_date": "2011-01-01"}, "to_date", "before"),
        ({**BODY, "parent": str(uuid.uuid4())}, "parent", "You have no such run."),
    ],
)
def test_what_is_wrong_is_a_field_error_and_nothing_is_stored(client, data, body, field, said):
    answer = post(client, body)
    assert answer.status_code == 400, answer.content
    error = answer.json()
    assert (set(error), error["code"]) == ({"detail", "code", "errors"}, "invalid")
    assert list(error["errors"]) == [field]
    assert said in error["errors"][field][0]
    assert not BacktestRun.objects.exists()


def test_infinite_parameters_are_refused(client, data):
    body = '{"script": %s, "params": {"days": 1e999}}'
    answer = post(client, body % json.dumps(SCRIPT))
    assert list(answer.json()["errors"]) == ["params"]


def test_a_strangers_run_is_no_parent_and_not_told_from_one_that_is_not_there(client, data):
    mine = post(client, BODY).json()["id"]
    stranger = Client()
    answers = [post(stranger, {**BODY, "parent": run}) for run in (mine, str(uuid.uuid4()))]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content
    assert BacktestRun.objects.count() == 1


def test_a_script_that_looks_ahead_is_refused_with_day_line_and_value(client, data):
    run = finish(post(client, {**BODY, "script": PEEKING_SCRIPT}))
    refusal = client.get(f"/api/backtests/{run.pk}").json()["refusal"]
    assert refusal["code"] == "lookahead"
    assert "Look-ahead: the decision of " in refusal["message"]
    assert "Line 11: " in refusal["message"]


def test_line_ends_of_other_systems_make_no_other_script(client, data):
    answer = post(client, {**BODY, "script": SCRIPT.replace("\n", "\r\n")})
    assert BacktestRun.objects.get(pk=answer.json()["id"]).own_script == SCRIPT


def test_a_docstring_of_anything_gives_a_title_of_printable_characters(client, data):
    strange = SCRIPT.replace('"""Hold', '"""\\x00\\ud800\\x07Hold')
    run = finish(post(client, {**BODY, "script": strange}))
    assert run.status == "completed", run.failure_message
    assert run.title == "Hold above the 50-day average."


def test_a_check_lists_problems_and_stores_nothing(client, data, empty_cache):
    answer = post(client, {"script": "import os\n" + SCRIPT}, "/api/scripts/check")
    assert answer.status_code == 200
    [problem] = answer.json()["problems"]
    assert (problem["line"], problem["message"]) == (1, "import os is not allowed.")
    assert problem["hint"].startswith("Use engine")
    assert post(client, {"script": SCRIPT}, "/api/scripts/check").json() == {"problems": []}
    assert post(client, {"script": ""}, "/api/scripts/check").json()["problems"][0]["line"] == 1
    assert list(post(client, {}, "/api/scripts/check").json()["errors"]) == ["script"]
    assert not BacktestRun.objects.exists()


def test_too_many_checks_are_told_to_wait(client, db, empty_cache, monkeypatch):
    # Few enough for a slow machine: hundreds took it more than the minute that the limit counts.
    monkeypatch.setattr("backtests.api.views.CHECK_RATE", "5/m")
    # A minute may end in between: twice as many are enough.
    answers = (post(client, {"script": "x"}, "/api/scripts/check") for _ in range(12))

    refused = next(answer for answer in answers if answer.status_code != 200)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert refused.json()["code"] == "throttled"
