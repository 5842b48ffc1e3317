"""The client against a test server that is not ours: the protocol as somebody else reads it."""

import asyncio
import json
import time
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from backtests import pipeline
from llm.gateway.circumstances import Circumstances
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMContext, LLMTimeout, LLMTransient
from llm.gateway.structured import complete_structured
from tests.fakes.aimock_server import AimockServer, why_not
from tests.fakes.strategy_model import PROSE, StrategyModel
from tests.llm.connections import ask

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
MODEL = StrategyModel()
SCRIPT = MODEL.script(f"<idea-x>\n{IDEA}\n</idea-x>", repairing=False)
LONG = "A sentence of several words. " * 40
FIXTURES = [
    {"match": {"userMessage": "plain"}, "response": {"content": "All is well."}},
    {"match": {"userMessage": "long"}, "response": {"content": LONG}},
    {
        "match": {"userMessage": "schema", "responseFormat": "json_schema"},
        "response": {"content": '{"word": "yes", "number": 7}'},
    },
    {
        "match": {"userMessage": "limited"},
        "response": {
            "error": {"message": "Slow down", "type": "rate_limit_error"},
            "status": 429,
            "retryAfter": 7,
        },
    },
    {"match": {"userMessage": "broken"}, "response": {"error": {"message": "Oops"}, "status": 500}},
    {
        "match": {"userMessage": "overflow"},
        "response": {
            "error": {
                "message": "This model's maximum context length is 8192 tokens.",
                "code": "context_length_exceeded",
            },
            "status": 400,
        },
    },
    {
        "match": {"userMessage": "slow"},
        "response": {"content": "late"},
        "streamingProfile": {"ttft": 3000},
    },
    {
        "match": {"systemMessage": "You read trading ideas"},
        "response": {"content": json.dumps(MODEL.reading(IDEA))},
    },
    {
        "match": {"systemMessage": "You write one readable Python file"},
        "response": {"content": SCRIPT},
    },
    {"match": {"systemMessage": "You comment on a finished"}, "response": {"content": PROSE}},
]
pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.usefixtures("empty_cache"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[AimockServer]:
    with AimockServer(FIXTURES, tmp_path_factory.mktemp("aimock")) as running:
        yield running


@pytest.fixture
def connection(server) -> ConnectionSettings:
    return ConnectionSettings(
        base_url=server.url, api_key="sk-test", model="gpt-4o", allow_private_addresses=True
    )


class Told(BaseModel):
    word: str
    number: int


def test_a_plain_question_is_answered_with_usage(connection):
    answer = ask(connection, "plain")
    assert (answer.text, answer.finish) == ("All is well.", "stop")
    assert answer.usage.prompt > 0 and answer.usage.completion > 0


def test_an_answer_arrives_in_pieces(connection):
    pieces: list[str] = []
    answer = ask(connection, "long", on_delta=lambda delta: pieces.append(delta.text))
    assert len(pieces) > 5
    assert "".join(pieces) == answer.text == LONG


def test_a_schema_is_asked_for_and_kept(connection):
    asked = [{"role": "user", "content": "schema"}]
    around = Circumstances(deadline=5.0, tries=1, memory={})
    told, _ = asyncio.run(
        complete_structured(connection, asked, Told, max_tokens=100, around=around)
    )
    assert told == Told(word="yes", number=7)


def test_too_many_requests_say_when_to_come_back(connection):
    with pytest.raises(LLMTransient, match="Slow down") as caught:
        ask(connection, "limited")
    assert (caught.value.status, caught.value.retry_after) == (429, 7.0)


def test_a_broken_server_is_a_transient_failure(connection):
    with pytest.raises(LLMTransient, match="Oops") as caught:
        ask(connection, "broken")
    assert caught.value.status == 500


def test_a_prompt_that_is_too_long_is_no_reason_to_try_again(connection):
    with pytest.raises(LLMContext, match="maximum context length"):
        ask(connection, "overflow")


def test_a_first_token_that_does_not_come_ends_at_the_deadline(connection):
    started = time.monotonic()
    with pytest.raises(LLMTimeout):
        ask(connection, "slow", deadline=0.5)
    assert time.monotonic() - started >= 0.5


def test_a_whole_run_goes_through_it(server, start, settings):
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = server.url, "gpt-4o"
    run = pipeline.run_to_end(start(IDEA))
    assert run.status == "completed", run.failure_message
    facts = run.read_json("facts")
    assert facts["provenance"]["provider"] == "gpt-4o"
    assert facts["second_reading"]["outcome"] == "agree"
    assert facts["analysis"].startswith("## What happened")
