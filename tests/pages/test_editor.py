"""The editor: a script from scratch or of a run, checked by reading, run like any other."""

import html
import uuid

import pytest
from django.test import Client

from backtests import examples, pipeline
from backtests.models import BacktestRun
from engine import contract
from tests.backtests.ideas import PEEKING_SCRIPT, SCRIPT
from tests.pages.runs import SCRIPT as STORED
from tests.pages.runs import make_completed, make_run
from tests.pages.test_markup import problems_of

NEW = "/scripts/new/"
BROKEN = SCRIPT.replace("def signals(bars, days):", "def signals(bars, days:")
BROWSERS = SCRIPT.replace("\n", "\r\n")  # as a form sends it


@pytest.fixture
def bars(transactional_db, empty_cache):
    """The bundled datasets."""
    from market import services

    services.import_bundled()


def text_of(response):
    return html.unescape(response.content.decode())


def test_a_new_script_starts_from_one_that_keeps_the_contract(db):
    response = Client().get(NEW)
    page = text_of(response)
    assert response.status_code == 200
    assert 'PARAMS = {"days": 50}' in page
    assert "Nothing to change" in page
    assert contract.check(examples.TEMPLATE) == []
    assert problems_of(response.content.decode()) == []


def test_every_example_can_be_started_from(db):
    assert len(examples.there_are()) == len(examples.EXAMPLES)
    for example in examples.EXAMPLES:
        page = text_of(Client().get(NEW, {"example": example.name}))
        assert example.script.splitlines()[0] in page
        assert f'value="{example.symbols}"' in page or not example.symbols
    assert 'PARAMS = {"days": 50}' in text_of(Client().get(NEW, {"example": "../../manage"}))


def test_looking_at_the_editor_stores_no_visitor(db):
    from accounts.models import Visitor

    Client().get(NEW)
    Client().post("/scripts/check", {"script": SCRIPT})
    assert not Visitor.objects.exists()


def test_the_editor_of_a_run_has_its_script_and_its_settings(browser, bars, alice):
    from accounts.access import Owner
    from backtests import services

    run = pipeline.run_to_end(
        services.start_backtest(
            owner=Owner(user=alice),
            idea="Buy the NASDAQ when the 50-day SMA crosses above the 200-day SMA, sell when it "
            "crosses below. 2005 to 2015, 0.07 % commission, $25,000.",
            costs={"tiers": [[0, 0.001], [10_000, 0.0005]], "fixed_fee": 1.5},
            enqueue=False,
        )
    )
    assert run.status == "completed", run.failure_message
    page = text_of(browser.get(f"/backtests/{run.pk}/edit/"))
    assert run.artifact("script").read().decode() in page
    for name, value in (
        ("symbol", "IXIC"),
        ("start", "2005-01-01"),
        ("end", "2015-12-31"),
        ("commission", "0.07"),
        ("initial_capital", "25000"),
        ("fixed_fee", "1.5"),
    ):
        place = page.index(f'name="{name}"')
        assert f'value="{value}"' in page[place : place + 200], name
    assert "Kept from the run: tiers." in page
    browser.post(f"/backtests/{run.pk}/edit/", {"script": SCRIPT, "symbol": "IXIC"})
    edited = BacktestRun.objects.get(parent=run)
    assert edited.costs == {"tiers": [[0, 0.001], [10_000, 0.0005]]}


def test_an_edited_script_goes_from_the_form_to_a_report_that_shows_the_edit(browser, bars, alice):
    parent = make_completed(alice)
    answer = browser.post(
        f"/backtests/{parent.pk}/edit/",
        {"script": BROWSERS, "symbol": "SPX", "params": '{"days": 30}', "start": "2010-01-01"},
    )
    run = BacktestRun.objects.get(parent=parent)
    assert (answer.status_code, answer["Location"]) == (302, run.get_absolute_url())
    assert (run.own_script, run.script_params) == (SCRIPT, {"days": 30})
    waiting = text_of(browser.get(run.get_absolute_url()))
    assert "Edited from" in waiting and str(parent) in waiting
    run = pipeline.run_to_end(run)
    assert run.status == "completed", run.failure_message
    page = text_of(browser.get(f"/reports/{run.pk}/"))
    assert f'href="{parent.get_absolute_url()}"' in page
    assert '<span class="del">-PARAMS = {"days": 2}</span>' in page
    assert '<span class="add">+PARAMS = {"days": 50}</span>' in page
    assert '<span class="hunk">@@ ' in page
    assert f'<a class="btn primary" href="/backtests/{run.pk}/edit/">Edit this script' in page
    assert "How the script was read" in page
    assert problems_of(browser.get(f"/reports/{run.pk}/").content.decode()) == []


def test_a_script_that_does_not_parse_names_the_line_and_stores_nothing(browser, bars):
    response = browser.post(NEW, {"script": BROKEN, "symbol": "SPX"})
    page = text_of(response)
    assert response.status_code == 422
    place = page.index('id="script-error"')
    assert "Line 8</b> This is not Python" in page[place : place + 600]
    assert "def signals(bars, days:" in page
    assert 'aria-describedby="keys script-error"' in page
    assert "data-unsaved" in page
    assert "SPX if empty; several with commas." in page
    assert not BacktestRun.objects.exists()


def test_check_says_what_it_finds_without_running_anything(browser, db):
    response = browser.post(NEW, {"script": "import os\n" + SCRIPT, "action": "check"})
    page = text_of(response)
    assert response.status_code == 200
    assert "Line 1</b> import os is not allowed." in page
    assert "1 thing to change" in page
    assert not BacktestRun.objects.exists()


def test_the_check_while_typing_is_the_same_part_of_the_page(db, empty_cache):
    page = text_of(Client().post("/scripts/check", {"script": "<b>x</b>\n" + SCRIPT}))
    assert 'data-line="1"' in page
    assert "<html" not in page
    raw = Client().post("/scripts/check", {"script": "<b>x</b>\n"}).content.decode()
    assert "<b>x</b>" not in raw
    assert "Nothing to change" in text_of(Client().post("/scripts/check", {"script": SCRIPT}))
    assert Client().get("/scripts/check").status_code == 405


def test_too_many_keystrokes_leave_the_page_as_it_is(db, empty_cache):
    browser = Client()
    answers = {browser.post("/scripts/check", {"script": ""}).status_code for _ in range(245)}
    assert answers == {200, 204}


def test_of_very_many_problems_the_first_are_listed(db, empty_cache):
    page = text_of(Client().post("/scripts/check", {"script": "import os\n" * 120 + SCRIPT}))
    assert "120 things to change" in page
    assert page.count("<li") == 50
    assert "The first 50 are listed." in page


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"script": ""}, "script", "It was not run"),
        ({"symbol": "NOSUCHTHING"}, "symbol", "NOSUCHTHING"),
        ({"start": "2018-01-01", "end": "2005-01-01"}, "end", "before the start"),
        ({"params": "days=3"}, "params", 'Write them as {"days": 20}.'),
        ({"params": "[" * 1500}, "params", "Write them as"),
        ({"params": '{"dayz": 3}'}, "params", "no parameter 'dayz'"),
        ({"params": '{"days": NaN}'}, "params", "plain, finite"),
        ({"initial_capital": "-1"}, "initial_capital", "between 1"),
        ({"commission": "50"}, "commission", "between 0"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_is_lost(
    browser, bars, values, field, sentence
):
    response = browser.post(NEW, {"script": SCRIPT, "symbol": "SPX", **values})
    page = text_of(response)
    assert response.status_code == 422
    place = page.index(f'id="{field}-error"')
    assert sentence in page[place : place + 400]
    assert 'PARAMS = {"days": 50}' in page or not values.get("script", "x")
    assert not BacktestRun.objects.exists()


def test_a_script_that_looks_ahead_is_refused_with_line_and_value_on_its_page(browser, bars):
    answer = browser.post(NEW, {"script": PEEKING_SCRIPT, "symbol": "SPX"})
    pipeline.run_to_end(BacktestRun.objects.get())
    page = text_of(browser.get(answer["Location"]))
    assert "Look-ahead: the decision of " in page
    assert "Line 11: " in page
    assert "bars.close[1:]" in page
    assert "Edit this script" in page
    assert "Edit the idea" not in page


def test_the_same_form_sent_twice_is_one_run_and_another_text_another(browser, bars):
    values = {"script": SCRIPT, "symbol": "SPX", "key": "a-key"}
    first, second = (browser.post(NEW, values)["Location"] for _ in range(2))
    assert first == second
    values["script"] = SCRIPT.replace("50}", "51}")
    assert browser.post(NEW, values)["Location"] != first
    assert BacktestRun.objects.count() == 2


def test_a_used_up_day_says_so_and_keeps_the_text(browser, bars, settings):
    settings.DAILY_ALLOWANCE_USER = 0
    response = browser.post(NEW, {"script": SCRIPT, "symbol": "SPX"})
    assert response.status_code == 429
    assert "00:00 UTC" in text_of(response)
    assert SCRIPT in text_of(response)


def test_strangers_and_guessers_get_404(stranger, alice, empty_cache):
    run = make_completed(alice)
    for browser in (stranger, Client()):
        for run_id in (run.pk, uuid.uuid4()):
            assert browser.get(f"/backtests/{run_id}/edit/").status_code == 404
            answer = browser.post(f"/backtests/{run_id}/edit/", {"script": SCRIPT})
            assert answer.status_code == 404
    assert BacktestRun.objects.count() == 1


def test_a_run_without_a_script_has_nothing_to_edit(browser, alice):
    assert browser.get(f"/backtests/{make_run(alice).pk}/edit/").status_code == 404


def test_a_waiting_script_can_be_edited_with_what_was_asked(browser, alice):
    run = make_run(alice, idea="", own_script=STORED, symbol_text="AAPL", commission="0.002")
    page = text_of(browser.get(f"/backtests/{run.pk}/edit/"))
    assert 'value="AAPL"' in page and 'value="0.2"' in page
    assert "A script" in text_of(browser.get("/backtests/"))


def test_the_same_script_again_says_that_nothing_was_changed(browser, alice):
    parent = make_completed(alice)
    run = make_run(alice, idea="", own_script=STORED, parent=parent)
    page = text_of(browser.get(run.get_absolute_url()))
    assert "the script is the same" in page
    assert "What was edited" not in page


def test_scripts_of_very_many_lines_are_not_compared_at_every_look(browser, alice):
    parent = make_completed(alice)
    run = make_run(alice, idea="", own_script=STORED + "#\n" * 6000, parent=parent)
    assert "too long to be compared" in text_of(browser.get(run.get_absolute_url()))


def test_the_editor_and_the_page_of_an_edit_need_few_queries(
    browser, alice, django_assert_max_num_queries
):
    parent = make_completed(alice)
    run = make_run(alice, idea="", own_script=SCRIPT, parent=parent)
    with django_assert_max_num_queries(8):
        browser.get(f"/backtests/{parent.pk}/edit/")
    with django_assert_max_num_queries(12):
        browser.get(f"/backtests/{run.pk}/progress")
