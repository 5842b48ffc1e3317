"""What a model understood is compared with what the built-in translator understands."""

import json
from collections.abc import Iterator

import pytest

from accounts.access import Owner
from backtests import pipeline, second_reading
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from tests.factories import browser_of
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    with OpenAIServer(StrategyModel()) as running:
        settings.OPENAI_BASE_URL = running.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        settings.LLM_CACHE_SECONDS = 0  # the same words are heard differently here
        yield running


def misread(
    server,
    idea=IDEA,
    *,
    heard="Buy the S&P 500 when RSI(14) is below 35 and sell when RSI(14) is above 70.",
    **reading,
):
    """Let the model write what it heard, which is not what was said."""
    model = StrategyModel()
    script = model.script(f"<idea-tag>\n{heard}\n</idea-tag>", repairing=False)
    server.push(Step(content=json.dumps(model.reading(heard) | reading)), Step(content=script))


def finished(run):
    run = pipeline.run_to_end(run)
    assert run.status == "completed", run.failure_message or run.refusal
    return run


def test_two_readings_that_decide_the_same_say_so(server, start):
    run = finished(start(IDEA))
    told = run.read_json("facts")["second_reading"]
    assert told["outcome"] == "agree"
    assert (
        told["sentence"]
        == f"Two independent readings agree: {told['model']['decisions']:,} decisions."
    )
    assert told["model"]["decisions"] == told["translator"]["decisions"] > 100
    assert told["days"] == 0 and told["first_days"] == [] and told["same_trades"]
    assert second_reading.of(run) == told
    assert told["sentence"] in run.artifact("report_markdown").read().decode()


def test_a_misread_number_is_shown_with_the_first_days_it_changes(server, start):
    misread(server)
    told = finished(start(IDEA)).read_json("facts")["second_reading"]
    assert told["outcome"] == "differ"
    assert "35" in told["model"]["echo"] and "30" in told["translator"]["echo"]
    assert told["sentence"] == (
        f"Two independent readings differ: they decide differently on {told['days']:,} days."
    )
    assert len(told["first_days"]) == 3
    assert {(day["model"], day["translator"]) for day in told["first_days"]} == {("buy", "nothing")}
    assert [day["day"] for day in told["first_days"]] == sorted(
        day["day"] for day in told["first_days"]
    )


def test_signals_that_change_no_trade_are_told_apart(server, start):
    model = StrategyModel()
    script = model.script(f"<idea-tag>\n{IDEA}\n</idea-tag>", repairing=False).replace(
        "enter=rsi < low", "enter=(rsi < low) & ~ta.previous(rsi < low)"
    )
    # Sold in between or not: the account holds until RSI is above 70, so only the first day counts.
    server.push(Step(content=json.dumps(model.reading(IDEA))), Step(content=script))
    told = finished(start(IDEA)).read_json("facts")["second_reading"]
    assert told["outcome"] == "same_trades", told
    assert told["days"] > 0 and told["same_trades"]


def test_other_dates_costs_and_symbols_are_differences_too(server, start):
    misread(server, heard=IDEA, start="2010-01-01", commission=0.01)
    told = finished(start(IDEA)).read_json("facts")["second_reading"]
    assert told["outcome"] == "differ"
    assert [(d["name"], d["model"], d["translator"]) for d in told["settings"]] == [
        ("start", "2010-01-01", "the first day there is"),
        ("commission", "0.01", "0.0005"),
    ]
    misread(server, heard=IDEA, symbol="NASDAQ")
    told = finished(start(IDEA)).read_json("facts")["second_reading"]
    assert told["outcome"] == "differ"
    assert told["settings"][0]["name"] == "symbol"
    assert "not compared" in told["sentence"]


def test_dates_that_mean_the_same_bars_are_no_difference(server, start):
    idea = IDEA + " From 2010-01-01."
    misread(server, idea, heard=IDEA, start="2010-01-03")
    told = finished(start(idea)).read_json("facts")["second_reading"]
    assert told["outcome"] == "agree", told


def test_what_the_translator_does_not_understand_has_no_second_reading(server, start):
    idea = IDEA.replace("below 30", "below 30 and the moon is full")
    told = finished(start(idea)).read_json("facts")["second_reading"]
    assert told["outcome"] == "none"
    assert told["sentence"].startswith("There was no second reading")
    assert "moon" in told["reason"]


def test_the_translators_own_runs_are_not_compared(start):
    run = finished(start(IDEA))
    assert "second_reading" not in run.read_json("facts")
    assert second_reading.of(run) is None
    with pytest.raises(BacktestInvalid):
        second_reading.run_instead(run=run, enqueue=False)


def test_a_site_may_do_without(server, start, settings):
    settings.SECOND_READING = False
    assert "second_reading" not in finished(start(IDEA)).read_json("facts")


def test_the_translators_reading_runs_with_one_click(server, start, alice):
    misread(server)
    run = finished(start(IDEA, owner=Owner(user=alice), commission="0.002"))
    browser = browser_of(alice)
    page = browser.get(f"/reports/{run.pk}/").content.decode()
    assert "Run the translator's reading instead" in page
    answer = browser.post(f"/backtests/{run.pk}/second-reading")
    child = BacktestRun.objects.get(parent=run)
    assert answer.url == child.get_absolute_url()
    assert browser.post(f"/backtests/{run.pk}/second-reading").url == answer.url
    asked = len(server.journal)
    child = finished(child)
    assert len(server.journal) == asked
    facts = child.read_json("facts")
    assert facts["provenance"]["provider"] == "translator"
    assert facts["settings"]["commission"] == 0.002
    told = run.read_json("facts")["second_reading"]
    assert facts["metrics"]["total_return"] == told["translator"]["total_return"]


def test_the_api_compares_and_runs_it_and_strangers_see_neither(server, start, alice, bob):
    misread(server)
    run = finished(start(IDEA, owner=Owner(user=alice)))
    address = f"/api/backtests/{run.pk}/second-reading"
    browser = browser_of(alice)
    assert browser.get(address).json() == run.read_json("facts")["second_reading"]
    started = browser.post(address)
    assert started.status_code == 202
    assert started.json()["parent"] == str(run.pk)
    assert browser_of(bob).get(address).status_code == 404
    assert browser_of(bob).post(address).status_code == 404
    assert browser_of(bob).post(f"/backtests/{run.pk}/second-reading").status_code == 404
