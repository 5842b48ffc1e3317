"""What a person sees for every fault of a model's server: the table in docs/language-models.md.

Each row is produced by a real run against the local server, and its sentence is the report's.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from backtests import pipeline
from llm.gateway import provider
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel

IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
DOCS = Path(__file__).resolve().parents[2] / "docs" / "language-models.md"
HTML = {"raw": b"<html>Sign in</html>", "content_type": "text/html"}
BROKEN = StrategyModel(break_first=True)
LATE = 8.0  # beyond the deadline of these tests

# What the server does, request after request; the last one for good.
FAULTS: dict[str, Callable[[], list[Step]]] = {
    "429 with Retry-After, then well": lambda: [
        Step(status=429, headers={"Retry-After": "0.1"}, error={"message": "slow down"}),
    ],
    "429, again and again": lambda: [Step(status=429, headers={"Retry-After": "0.1"})] * 3,
    "429 with a Retry-After of a day": lambda: [
        Step(status=429, headers={"Retry-After": "86400"}, error={"message": "come back tomorrow"}),
    ],
    "quota used up": lambda: [
        Step(status=429, error={"code": "insufficient_quota", "message": "over quota"})
    ],
    "key refused (401)": lambda: [Step(status=401, error={"message": "bad key sk-test-canary"})],
    "500, then well": lambda: [Step(status=500)],
    "500, again and again": lambda: [Step(status=500)] * 3,
    "502 with a web page": lambda: [Step(status=502, **HTML)] * 3,
    "slow first token": lambda: [Step(first_token_after=LATE)],
    "heartbeats and no answer": lambda: [Step(first_token_after=LATE, heartbeat=0.1)],
    "stream cut short": lambda: [Step(content="half an answer", cut=(2, "clean"))] * 3,
    "connection reset": lambda: [Step(content="half an answer", cut=(2, "rst"))] * 3,
    "malformed JSON in the stream": lambda: [Step(bad_json_at=1)] * 3,
    "cut JSON body": lambda: [Step(raw=b'{"choices": [{"mess')] * 3,
    "in-band error": lambda: [Step(error_at=1)] * 3,
    "HTML page": lambda: [Step(**HTML)],
    "redirect": lambda: [Step(status=307, raw=b"", headers={"Location": "http://127.0.0.1:9/"})],
    "context overflow": lambda: [Step(context_tokens=0)],
    "empty answer": lambda: [Step(content="  ")] * 3,
    "token limit": lambda: [Step(content="{", finish="length")],
    "wrong schema, then right": lambda: [Step(content='{"words": 1}')],
    "wrong schema, again and again": lambda: [Step(content='{"words": 1}')] * 9,
    "prose instead of JSON": lambda: [Step(content="Sure! I would buy low.")] * 9,
    "refusal": lambda: [Step(content=None, refusal="I will not")],
    "content filter": lambda: [Step(finish="content_filter")],
    "no such server": lambda: [],
}


@pytest.fixture
def server(settings, monkeypatch, empty_cache) -> Iterator[OpenAIServer]:
    """A server to break, with deadlines that a test can sit through."""
    import_module("openai")  # on a busy machine that alone takes longer than they are
    monkeypatch.setattr(provider, "READING", provider.Limits(4000, 3.0))
    settings.LLM_CACHE_SECONDS, settings.LOOK_AHEAD_CUTS = 0, 2
    with OpenAIServer(StrategyModel()) as running:
        settings.OPENAI_BASE_URL = running.url
        settings.OPENAI_API_KEY = "sk-test-canary"
        yield running


def rows() -> dict[str, str]:
    """What the table says a person sees, by fault."""
    table = DOCS.read_text().partition("## What a person sees when it fails")[2]
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table.partition("\n## ")[0], re.M)
    return {fault.strip(): seen.strip() for fault, seen in found[1:]}


def test_the_table_has_a_row_for_every_fault_and_no_other():
    assert list(rows()) == [*FAULTS, *IN_LATER_CALLS]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_report_says_what_the_table_says(fault, server, start, settings):
    server.push(*FAULTS[fault]())
    if fault == "no such server":
        settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    assert seen_after(pipeline.run_to_end(start(IDEA))) == rows().get(fault)


IN_LATER_CALLS: dict[str, Callable[[OpenAIServer], None]] = {
    "the script call fails": lambda server: after(server, 1, Step(status=500)),
    "no script in the answer": lambda server: after(server, 1, Step(content="I cannot.")),
    "the repair call fails": lambda server: after(server, 2, Step(status=500), broken=True),
    "the commentary fails": lambda server: after(server, 2, Step(status=500)),
    "the commentary types figures": lambda server: after(server, 2, Step(content="It made 12 %.")),
}


@pytest.mark.parametrize("fault", IN_LATER_CALLS)
def test_the_later_calls_have_their_rows_too(fault, server, start):
    IN_LATER_CALLS[fault](server)
    assert seen_after(pipeline.run_to_end(start(IDEA))) == rows().get(fault)


def after(server: OpenAIServer, calls: int, step: Step, *, broken: bool = False) -> None:
    """Let so many calls go well (with a script that fails), then this for good."""
    model = BROKEN if broken else StrategyModel()
    count = iter(range(10**6))

    def respond(body):
        return model(body) if next(count) < calls else step

    server._responder = respond


def seen_after(run) -> str:
    """The sentence of the report about the model, or about the commentary it did not write."""
    assert run.status == "completed", run.failure_message or run.refusal
    facts = run.read_json("facts")
    said = [s for s in facts["reading"]["assumptions"] if "language model" in s]
    assert "sk-test-canary" not in str(facts)
    if said:
        return re.sub(r"in \d+ tokens", "in N tokens", " ".join(said))
    assert facts["provenance"]["provider"] != "translator"
    if missing := facts.get("analysis_missing"):
        assert not facts["analysis"]
        assert missing in run.artifact("report_markdown").read().decode()
        return f"in place of the commentary: {missing}"
    assert facts["analysis"]
    return "nothing: the model read it"
