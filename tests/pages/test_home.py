"""The idea box: what it takes, what it says when it does not."""

import html
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backtests.models import BacktestRun
from tests.pages.runs import make_completed, make_run

IDEA = "Buy when RSI(14) is below 30 and sell when it is above 70."


def test_a_visitor_without_runs_sees_the_box_examples_and_an_empty_state(db):
    response = Client().get("/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "What would have happened?" in page
    assert "Nothing tested yet" in page
    assert page.count("data-example=") >= 3


def test_looking_around_stores_no_visitor(db):
    from accounts.models import Visitor

    Client().get("/")
    assert not Visitor.objects.exists()


def test_an_idea_becomes_a_run_and_the_browser_is_sent_to_it(browser):
    response = browser.post("/", {"idea": IDEA, "start": "2005-01-01", "end": "2018-12-31"})
    run = BacktestRun.objects.get()
    assert response.status_code == 302
    assert response["Location"] == run.get_absolute_url()
    assert (run.idea, run.status) == (IDEA, "queued")
    assert (run.requested_start.year, run.requested_end.year) == (2005, 2018)


def test_the_same_form_sent_twice_is_one_run(browser):
    places = [browser.post("/", {"idea": IDEA, "key": "a-key"})["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert BacktestRun.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"idea": ""}, "idea", "Write what should be bought or sold"),
        ({"idea": "   \n "}, "idea", "Write what should be bought or sold"),
        ({"idea": "buy low " * 2500}, "idea", "characters long"),
        ({"idea": IDEA, "start": "2018-01-01", "end": "2005-01-01"}, "end", "before the start"),
        ({"idea": IDEA, "start": "31.12.2005"}, "start", "Enter a valid date"),
        ({"idea": IDEA, "symbol": "NOSUCHTHING"}, "symbol", "NOSUCHTHING"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_is_lost(browser, values, field, sentence):
    response = browser.post("/", values)
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    place = page.index(f'id="{field}-error"')
    assert sentence in page[place : place + 400]
    assert f'aria-describedby="{field}-error"' in page
    assert not BacktestRun.objects.exists()
    if values["idea"].strip():
        assert values["idea"].strip()[:60] in page


def test_a_used_up_day_says_when_the_next_begins(browser, alice, settings):
    settings.DAILY_ALLOWANCE_USER = 1
    browser.post("/", {"idea": IDEA})
    response = browser.post("/", {"idea": IDEA})
    page = response.content.decode()
    assert response.status_code == 429
    assert "00:00 UTC" in page
    assert IDEA in page
    assert BacktestRun.objects.count() == 1


def test_the_allowance_left_is_shown(browser):
    assert "5 of 5" in browser.get("/").content.decode()


def test_edit_the_idea_brings_text_symbol_and_dates_back(browser, alice):
    day = datetime(2010, 3, 4, tzinfo=UTC).date()
    run = make_run(alice, "refused", idea="Buy <b>low</b>", symbol_text="SPX", requested_start=day)
    page = browser.get(f"/?from={run.pk}").content.decode()
    assert "Buy &lt;b&gt;low&lt;/b&gt;" in page
    assert 'value="SPX"' in page
    assert 'value="2010-03-04"' in page


def test_nobody_can_read_an_idea_through_the_edit_link(stranger, alice):
    run = make_run(alice, "refused", idea="A secret idea")
    response = stranger.get(f"/?from={run.pk}")
    assert response.status_code == 200
    assert "A secret idea" not in response.content.decode()


def test_an_example_link_fills_the_box_without_javascript(db):
    page = Client().get("/?idea=Buy+on+Mondays").content.decode()
    assert "Buy on Mondays" in page


def test_recent_runs_are_listed_with_their_figures_newest_first(browser, alice):
    make_run(alice, title="The older one", created_at=timezone.now() - timedelta(days=2))
    make_completed(alice)
    page = browser.get("/").content.decode()
    assert page.index("RSI(2) dips") < page.index("The older one")
    assert "−3.4\u202f% a year" in page
    assert "no edge" in page


def test_the_home_page_needs_few_queries(browser, alice, django_assert_max_num_queries):
    for _ in range(6):
        make_completed(alice)
    with django_assert_max_num_queries(8):
        browser.get("/")
