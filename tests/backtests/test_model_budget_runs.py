"""A used-up budget: no call is made, the translator reads the idea, and the report says so."""

from collections.abc import Iterator

import pytest

from accounts.access import Owner
from accounts.models import Visitor
from backtests import pipeline
from billing.models import ModelCall, UsageDay
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.fixture
def server(settings) -> Iterator[OpenAIServer]:
    with OpenAIServer(StrategyModel()) as running:
        settings.OPENAI_BASE_URL = running.url
        yield running


def said_about_the_budget(run):
    said = run.read_json("spec")["assumptions"]
    return [s for s in said if s.startswith("Today's budget for the language model is used up (")]


def test_a_run_uses_the_budget_of_its_owner_and_settles_it(server, start, alice):
    run = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    assert run.status == "completed", run.failure_message
    calls = ModelCall.objects.filter(run=run.pk)
    assert UsageDay.objects.get().model_tokens == 18 * len(calls) == 18 * 3


def test_without_tokens_the_translator_reads_and_no_call_is_made(server, start, alice, settings):
    settings.LLM_DAILY_TOKENS_USER = 100
    run = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    assert run.status == "completed", run.failure_message
    [sentence] = said_about_the_budget(run)
    assert sentence.endswith("100 of 100 are left); the built-in translator read the idea.")
    assert server.journal == []
    assert not ModelCall.objects.exists()
    assert UsageDay.objects.get().model_tokens == 0


def test_a_visitor_without_money_left_is_told_the_same(server, start, settings):
    settings.LLM_DAILY_DOLLARS_VISITOR = 0.01
    settings.OPENAI_PRICE_PROMPT, settings.OPENAI_PRICE_COMPLETION = 1.0, 10.0
    run = pipeline.run_to_end(start(IDEA, owner=Owner(visitor=Visitor())))
    assert run.status == "completed", run.failure_message
    [sentence] = said_about_the_budget(run)
    assert "$0.01 of $0.01 are left" in sentence
    assert server.journal == []


def test_a_known_price_is_in_the_ledger_and_on_the_day(server, start, alice, settings):
    settings.OPENAI_PRICE_PROMPT, settings.OPENAI_PRICE_COMPLETION = 1.0, 10.0
    run = pipeline.run_to_end(start(IDEA, owner=Owner(user=alice)))
    assert run.status == "completed", run.failure_message
    costs = set(ModelCall.objects.values_list("cost", "currency"))
    assert [(f"{cost:f}", currency) for cost, currency in costs] == [("0.00008100", "USD")]
    assert UsageDay.objects.get().model_microdollars == 3 * 81
