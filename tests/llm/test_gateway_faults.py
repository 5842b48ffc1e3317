"""What a caller sees in each fault a server can produce, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from llm.gateway.errors import (
    LLMBadOutput,
    LLMCancelled,
    LLMConfig,
    LLMContext,
    LLMError,
    LLMRefused,
    LLMTimeout,
    LLMTransient,
)
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.llm.connections import KEY, ask, connect
from tests.waiting import without_waiting_for


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


FAULTS = {
    "clean end without finish_reason": (
        Step(content="half an answer", cut=(2, "clean")),
        LLMTransient,
        "no finish_reason",
    ),
    "no finish_reason but DONE": (Step(finish=None), LLMTransient, "no finish_reason"),
    "FIN inside a chunk": (Step(content="half an answer", cut=(2, "eof")), LLMTransient, "conn"),
    "RST": (Step(content="half an answer", cut=(2, "rst")), LLMTransient, "conn"),
    "RST before the first delta": (Step(cut=(0, "rst")), LLMTransient, "connection"),
    "malformed JSON line": (Step(bad_json_at=1), LLMTransient, "malformed"),
    "error inside the stream": (Step(error_at=1), LLMTransient, "disconnected"),
    "quota error inside the stream": (
        Step(error_at=1, error={"code": "insufficient_quota", "message": "pay first"}),
        LLMConfig,
        "pay first",
    ),
    "error with status 200": (
        Step(error={"code": 429, "message": "slow down"}),
        LLMTransient,
        "slow down",
    ),
    "credit error with status 200": (
        Step(error={"code": 402, "message": "no credits"}),
        LLMConfig,
        "no credits",
    ),
    "web page with status 200": (
        Step(raw=b"<html>Sign in</html>", content_type="text/html; charset=utf-8"),
        LLMConfig,
        "web page",
    ),
    "cut JSON with status 200": (Step(raw=b'{"choices": [{"mess'), LLMTransient, "malformed"),
    "a JSON list with status 200": (Step(raw=b"[1, 2]"), LLMTransient, "malformed"),
    "choices empty": (Step(empty_choices=True), LLMTransient, "no finish_reason"),
    "choices empty, not streamed": (
        Step(empty_choices=True, ignore_stream=True),
        LLMTransient,
        "no choices",
    ),
    "400": (Step(status=400), LLMError, "status 400"),
    "401": (Step(status=401), LLMConfig, "status 401"),
    "402": (Step(status=402), LLMConfig, "status 402"),
    "404": (Step(status=404), LLMConfig, "status 404"),
    "429": (Step(status=429), LLMTransient, "status 429"),
    "429 for a used-up quota": (
        Step(status=429, error={"code": "insufficient_quota", "message": "over quota"}),
        LLMConfig,
        "over quota",
    ),
    "500": (Step(status=500), LLMTransient, "status 500"),
    "502 with a web page": (
        Step(status=502, raw=b"<html>Bad gateway</html>", content_type="text/html"),
        LLMTransient,
        "502",
    ),
    "529": (Step(status=529), LLMTransient, "status 529"),
    "redirect": (
        Step(status=307, raw=b"", headers={"Location": "http://127.0.0.1:9/v1"}),
        LLMConfig,
        "redirect",
    ),
    "context overflow": (Step(context_tokens=0), LLMContext, "maximum context length"),
    "refusal": (Step(content=None, refusal="I will not"), LLMRefused, "I will not"),
    "content filter": (Step(finish="content_filter"), LLMRefused, "content filter"),
    "token limit": (Step(content="def sig", finish="length"), LLMBadOutput, "token limit"),
    "all tokens thought away": (
        Step(content="", reasoning="hmm " * 20, finish="length"),
        LLMBadOutput,
        "all of it reasoning",
    ),
    "empty answer": (Step(content="  \n"), LLMBadOutput, "empty"),
    "slow first token": (Step(first_token_after=3.0), LLMTimeout, "in time"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_becomes_exactly_one_of_our_errors(server: OpenAIServer, name: str) -> None:
    step, kind, words = FAULTS[name]
    server.push(step)
    with pytest.raises(LLMError) as caught:
        # Only what is to come too late is given little time.
        deadline = 1.0 if kind is LLMTimeout else 20.0
        ask(connect(server), "a question of more than four letters", deadline=deadline)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_server_that_is_not_there_is_a_transient_failure(server: OpenAIServer) -> None:
    gone = connect(server, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(LLMTransient, match="connection"):
        ask(gone)


def test_a_good_answer_comes_with_text_usage_and_times(server: OpenAIServer) -> None:
    server.push(Step(content="All is well.", usage=(20, 4), usage_extra={"cost": 0.002}))
    answer = ask(connect(server))
    assert answer.text == "All is well."
    assert (answer.usage.prompt, answer.usage.completion, answer.usage.cost) == (20, 4, 0.002)
    assert not answer.usage.estimated
    assert answer.request_id == "req_stream"
    assert answer.first_token_milliseconds is not None


def test_missing_usage_is_estimated_and_says_so(server: OpenAIServer) -> None:
    server.push(Step(content="abcdef", usage=None))
    answer = ask(connect(server, price_prompt=1.0, price_completion=4.0), "x" * 30)
    assert answer.usage.estimated
    assert (answer.usage.prompt, answer.usage.completion) == (10, 2)
    assert answer.usage.cost == pytest.approx(18e-6)


def test_an_answer_in_one_piece_is_taken_although_a_stream_was_asked_for(
    server: OpenAIServer,
) -> None:
    server.push(Step(content="whole", reasoning="because", ignore_stream=True))
    answer = ask(connect(server))
    assert (answer.text, answer.reasoning) == ("whole", "because")
    assert (answer.usage.prompt, answer.usage.completion) == (11, 7)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_fields_are_kept_apart_from_the_answer(server: OpenAIServer, field: str) -> None:
    server.push(Step(content="42", reasoning="six times seven", reasoning_field=field))
    seen: list[tuple[str, str]] = []
    answer = ask(connect(server), on_delta=lambda d: seen.append((d.kind, d.text)))
    assert (answer.text, answer.reasoning) == ("42", "six times seven")
    assert "".join(t for k, t in seen if k == "reasoning") == "six times seven"
    assert "".join(t for k, t in seen if k == "text") == "42"


def test_comments_keep_the_connection_open_but_not_beyond_the_deadline(
    server: OpenAIServer,
) -> None:
    server.push(Step(first_token_after=60, heartbeat=0.05))
    start = time.monotonic()
    with without_waiting_for(60), pytest.raises(LLMTimeout):
        ask(connect(server, idle_seconds=0.5), deadline=1.0)
    assert time.monotonic() - start > 0.9
    assert server.wait_for_hang_up()


def test_a_slow_first_token_within_the_deadline_is_waited_for(server: OpenAIServer) -> None:
    server.push(Step(content="late", first_token_after=0.4, heartbeat=0.1))
    assert ask(connect(server)).text == "late"


def test_a_drip_of_tokens_does_not_outlast_the_deadline(server: OpenAIServer) -> None:
    server.push(Step(content="x" * 1200, chunk=1, gap=0.05))
    with without_waiting_for(60), pytest.raises(LLMTimeout) as caught:
        ask(connect(server), deadline=0.8)
    assert set(caught.value.partial) == {"x"}


def test_silence_longer_than_the_idle_limit_is_a_timeout(server: OpenAIServer) -> None:
    server.push(Step(first_token_after=60))
    with without_waiting_for(60), pytest.raises(LLMTimeout):
        ask(connect(server, idle_seconds=0.4), deadline=60)


def test_a_finished_answer_counts_although_the_connection_stays_open(
    server: OpenAIServer,
) -> None:
    server.push(Step(content="done", hold_open=60))
    with without_waiting_for(60):
        answer = ask(connect(server), deadline=60)
    assert answer.text == "done"
    assert answer.usage.prompt == 11


def test_cancelling_closes_the_connection_even_before_the_first_token(
    server: OpenAIServer,
) -> None:
    server.push(Step(first_token_after=60, heartbeat=0.05))
    start = time.monotonic()
    with without_waiting_for(60), pytest.raises(LLMCancelled):
        ask(connect(server), is_cancelled=lambda: time.monotonic() - start > 0.5, deadline=60)
    assert server.wait_for_hang_up()


def test_cancelling_keeps_what_had_come(server: OpenAIServer) -> None:
    server.push(Step(content="x" * 400, chunk=1, gap=0.02))
    seen: list[str] = []
    with pytest.raises(LLMCancelled) as caught:
        ask(
            connect(server),
            on_delta=lambda d: seen.append(d.text),
            is_cancelled=lambda: len(seen) > 5,
        )
    assert caught.value.partial.startswith("xxxxx")
    assert server.wait_for_hang_up()


def test_an_exception_of_the_callers_own_callback_is_not_called_a_model_failure(
    server: OpenAIServer,
) -> None:
    def fail(delta: object) -> None:
        raise KeyError("my database")

    with pytest.raises(KeyError, match="my database"):
        ask(connect(server), on_delta=fail)
    assert len(server.journal) == 1


NO_REASON = "its server answered with status 500 and no reason"
WORDS = {
    "overloaded": Step(status=500, error={"message": "overloaded"}),
    "a bare sentence": Step(status=500, raw=b'{"error": "a bare sentence"}'),
    "busy": Step(status=500, raw=b'{"detail": "busy"}'),
    "in a list": Step(status=500, raw=b'[{"error": {"message": "in a list"}}]'),
    "upstream timed out": Step(status=500, raw=b"upstream timed  out\n", content_type="text/plain"),
}
SILENT = [
    Step(status=500, raw=b"<html>Bad gateway</html>", content_type="text/html"),
    Step(status=500, raw=b""),
    Step(status=500, raw=b"{}"),
    Step(status=500, raw=b"[]"),
    Step(status=500, raw=b'{"error": {"message": ["odd"]}}'),
]


@pytest.mark.parametrize("words", WORDS)
def test_a_fault_is_said_in_the_servers_own_words(server: OpenAIServer, words: str) -> None:
    server.push(WORDS[words])
    with pytest.raises(LLMTransient) as caught:
        ask(connect(server))
    assert str(caught.value) == words


@pytest.mark.parametrize("step", SILENT)
def test_a_server_that_says_nothing_of_use_is_told_by_its_status(
    server: OpenAIServer, step: Step
) -> None:
    server.push(step)
    with pytest.raises(LLMTransient) as caught:
        ask(connect(server))
    assert str(caught.value) == NO_REASON


def test_long_words_are_cut_and_no_half_of_a_key_is_left(server: OpenAIServer) -> None:
    server.push(Step(status=500, error={"message": f"{'a' * 290} {KEY} and more"}))
    with pytest.raises(LLMTransient) as caught:
        ask(connect(server))
    assert str(caught.value).endswith(" …")
    assert len(str(caught.value)) <= 302
    assert KEY[:6] not in str(caught.value)
