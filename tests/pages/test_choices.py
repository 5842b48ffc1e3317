"""Assumptions with their values as controls: on the home page, on a run, in its report."""

import html

import pytest

from backtests import pipeline
from backtests.models import BacktestRun

URL = "/backtests/reading"
IDEA = "Buy the S&P 500 when RSI is below 30 and sell when it is above 70. 2005 to 2018."


@pytest.fixture
def data(db, empty_cache):
    from market import services

    services.import_bundled()


def reading(browser, **values):
    answer = browser.post(URL, {"idea": IDEA} | values)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_an_assumption_is_shown_with_its_value_in_a_field(client, data):
    page = reading(client)
    assert 'name="choice.rsi.numbers"' in page
    assert 'value="14"' in page
    assert "assumed: No period is given for RSI: 14." in page


def test_a_chosen_value_is_read_at_once_and_its_control_stays_open(client, data):
    answer = client.post(
        URL,
        {"idea": IDEA, "choice.rsi.numbers": "7"},
        headers={"HX-Trigger-Name": "choice.rsi.numbers"},
    )
    page = html.unescape(answer.content.decode())
    assert "the 7-day RSI is below 30" in page
    assert "chosen: No period is given for RSI: 7." in page
    assert '<details class="menu settle" open>' in page


@pytest.mark.parametrize("value", ["0", "many", "", "1e999", "99999"])
def test_a_value_that_is_none_is_said_and_the_usual_is_read(client, data, value):
    page = reading(client, **{"choice.rsi.numbers": value})
    assert "the 14-day RSI" in page
    assert 'role="alert"' in page


def test_the_usual_value_is_no_choice(browser, data):
    browser.post("/", {"idea": IDEA, "choice.rsi.numbers": "14"})
    assert BacktestRun.objects.get().choices == {}


def test_a_run_keeps_what_was_chosen(browser, data):
    browser.post("/", {"idea": IDEA, "choice.rsi.numbers": "7"})
    assert BacktestRun.objects.get().choices == {"rsi.numbers": [7.0]}


def test_a_wrong_choice_is_a_mistake_of_the_form(browser, data):
    answer = browser.post("/", {"idea": IDEA, "choice.rsi.numbers": "0"})
    assert answer.status_code == 422
    assert "must lie between 1 and" in answer.content.decode()
    for name, value in (("moon.phase", "full"), ("oversold.level", "20")):
        answer = browser.post("/", {"idea": IDEA, f"choice.{name}": value})
        assert answer.status_code == 422
    assert not BacktestRun.objects.exists()


def test_without_javascript_a_button_shows_how_it_is_read(browser, data):
    page = browser.post("/", {"idea": IDEA, "action": "read"}).content.decode()
    assert 'name="choice.rsi.numbers"' in page
    assert not BacktestRun.objects.exists()


@pytest.fixture
def done(browser, transactional_db, empty_cache):
    from market import services

    services.import_bundled()
    browser.post("/", {"idea": IDEA})
    run = BacktestRun.objects.get()
    pipeline.run_to_end(run)
    run.refresh_from_db()
    assert run.status == "completed", run.failure_message
    return run


def test_run_page_and_report_have_the_control_and_it_starts_a_child(browser, done):
    for address in (f"/reports/{done.pk}/", f"/backtests/{done.pk}/?stages"):
        page = browser.get(address).content.decode()
        assert f'action="/backtests/{done.pk}/choose"' in page
        assert 'name="choice.rsi.numbers"' in page
    answer = browser.post(f"/backtests/{done.pk}/choose", {"choice.rsi.numbers": "5"})
    child = BacktestRun.objects.exclude(pk=done.pk).get()
    assert answer["Location"] == child.get_absolute_url()
    assert (child.parent, child.choices, child.idea) == (done, {"rsi.numbers": [5.0]}, done.idea)
    pipeline.run_to_end(child)
    child.refresh_from_db()
    told = child.read_json("facts")["reading"]
    [one] = [c for c in told["assumption_choices"] if c["key"] == "rsi.numbers"]
    assert (one["value"], one["is_chosen"]) == ([5.0], True)
    assert "5-day RSI" in told["echo"]
    assert "Chosen by you." in browser.get(f"/reports/{child.pk}/").content.decode()
    assert child.lineage_id == done.lineage_id


def test_a_choice_that_changes_nothing_or_is_none_starts_nothing(browser, stranger, done):
    for values in ({}, {"choice.rsi.numbers": "0"}, {"choice.rsi.numbers": "14"}):
        answer = browser.post(f"/backtests/{done.pk}/choose", values, follow=True)
        assert "notice error" in answer.content.decode(), values
    assert BacktestRun.objects.count() == 1
    assert stranger.post(f"/backtests/{done.pk}/choose", {}).status_code == 404


def test_the_same_form_sent_twice_is_one_run(browser, done):
    values = {"choice.rsi.numbers": "5", "csrfmiddlewaretoken": "of this page"}
    places = {browser.post(f"/backtests/{done.pk}/choose", values)["Location"] for _ in range(2)}
    assert len(places) == 1
    assert BacktestRun.objects.count() == 2


def test_the_api_takes_choices_and_lists_them(browser, done):
    def post(choices):
        body = {"strategy_description": IDEA, "choices": choices}
        return browser.post("/api/backtests", body, content_type="application/json")

    for wrong in ({"rsi.numbers": [0]}, {"nope": 1}, {"exit.days": 5}, {"rsi.numbers": {}}):
        answer = post(wrong)
        assert answer.status_code == 400, wrong
        assert list(answer.json()["errors"]) == ["choices"]
    answer = post({"rsi.numbers": [7]})
    assert answer.status_code == 202
    assert answer.json()["choices"] == {"rsi.numbers": [7.0]}
    told = browser.get(f"/api/backtests/{done.pk}/reading").json()
    [one] = told["assumption_choices"]
    assert (one["key"], one["value"], one["is_chosen"]) == ("rsi.numbers", [14.0], False)
