"""Typed answers: the ladder, the repair turn, and what is taken for JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from llm.gateway.circumstances import Circumstances
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMBadOutput, LLMConfig
from llm.gateway.reading import StrategyReading
from llm.gateway.schema import json_object_in, wire_schema
from llm.gateway.structured import complete_structured, forget
from llm.gateway.thinking import Delta, ThinkingSplitter, drop_unopened_thinking
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.llm.connections import ask, connect


class Inner(BaseModel):
    title: str
    level: float = Field(ge=0, le=1)


class Plan(BaseModel):
    title: str = Field(max_length=20)
    side: Literal["long", "short"]
    inner: Inner | None = None
    steps: list[Inner] = []


GOOD = {"title": "dip", "side": "long", "inner": {"title": "t", "level": 0.5}, "steps": []}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


def plan(
    connection: ConnectionSettings,
    memory: dict[Any, Any] | None = None,
    check: Callable[[Plan], str | None] | None = None,
    repairs: int = 1,
) -> Plan:
    messages = [{"role": "system", "content": "Plan."}, {"role": "user", "content": "go"}]
    around = Circumstances(deadline=5.0, memory={} if memory is None else memory)
    value, _ = asyncio.run(
        complete_structured(
            connection,
            messages,
            Plan,
            max_tokens=500,
            around=around,
            check=check,
            repairs=repairs,
        )
    )
    return value


def formats(server: OpenAIServer) -> list[str | None]:
    return [(body.get("response_format") or {}).get("type") for body in server.bodies]


def test_the_first_rung_sends_a_strict_schema_that_every_server_can_read(
    server: OpenAIServer,
) -> None:
    server.push(Step(content=json.dumps(GOOD)))
    assert plan(connect(server)).inner == Inner(title="t", level=0.5)
    sent = server.bodies[0]["response_format"]["json_schema"]
    assert sent["strict"] is True
    text = json.dumps(sent["schema"])
    for word in ("$ref", "$defs", "minimum", "maximum", "maxLength", "default"):
        assert word not in text
    assert set(sent["schema"]["required"]) == {"title", "side", "inner", "steps"}
    assert sent["schema"]["properties"]["title"] == {"type": "string"}
    assert sent["schema"]["properties"]["steps"]["items"]["additionalProperties"] is False


def test_every_object_of_the_reading_schema_is_closed_and_complete() -> None:
    def check(node: object) -> None:
        if isinstance(node, list):
            for item in node:
                check(item)
        if isinstance(node, dict):
            if node.get("type") == "object":
                assert node["additionalProperties"] is False
                assert set(node["required"]) == set(node["properties"])
            for value in node.values():
                check(value)

    schema = wire_schema(StrategyReading)
    check(schema)
    assert "title" in schema["properties"]


def test_the_ladder_is_climbed_down_and_the_rung_remembered() -> None:
    def answer(body: dict[str, Any]) -> Step:
        return Step(content=json.dumps(GOOD), rejected_formats=("json_schema", "json_object"))

    with OpenAIServer(answer) as server:
        memory: dict[Any, Any] = {}
        plan(connect(server), memory)
        assert formats(server) == ["json_schema", "json_object", None]
        assert '"title"' in server.bodies[1]["messages"][0]["content"]
        assert '"title"' in server.bodies[2]["messages"][0]["content"]
        plan(connect(server), memory)
        assert formats(server)[3:] == [None]
        forget(connect(server), memory)
        plan(connect(server), memory)
        assert formats(server)[4:] == ["json_schema", "json_object", None]


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501])
def test_each_way_of_saying_unsupported_steps_down_without_waiting(
    server: OpenAIServer, status: int
) -> None:
    server.push(
        Step(status=status, error={"message": "failed to compile grammar"}),
        Step(content=json.dumps(GOOD)),
    )
    plan(connect(server))
    assert formats(server) == ["json_schema", "json_object"]


def test_a_wrong_key_is_not_taken_for_a_missing_ability(server: OpenAIServer) -> None:
    server.push(Step(status=401, error={"message": "response_format needs a paid key"}))
    with pytest.raises(LLMConfig):
        plan(connect(server))
    assert len(server.journal) == 1


def test_a_server_that_ignores_the_schema_is_asked_in_words(server: OpenAIServer) -> None:
    server.push(Step(content="Sure! I would go long."), Step(content=json.dumps(GOOD)))
    plan(connect(server))
    assert formats(server) == ["json_schema", "json_object"]


def test_one_repair_turn_quotes_what_was_wrong(server: OpenAIServer) -> None:
    wrong = {**GOOD, "side": "sideways", "inner": {"title": "t", "level": 7}}
    server.push(Step(content=json.dumps(wrong)), Step(content=json.dumps(GOOD)))
    assert plan(connect(server)).side == "long"
    turns = server.bodies[1]["messages"]
    assert [m["role"] for m in turns] == ["system", "user", "assistant", "user"]
    assert "side" in turns[3]["content"]
    assert "inner.level" in turns[3]["content"]


def test_a_second_wrong_answer_ends_it(server: OpenAIServer) -> None:
    server.push(Step(content='{"title": 1}'), Step(content='{"title": 2}'))
    with pytest.raises(LLMBadOutput) as caught:
        plan(connect(server))
    assert caught.value.code == "schema"
    assert len(server.journal) == 2


def test_a_rule_no_schema_can_hold_uses_the_same_turn(server: OpenAIServer) -> None:
    server.push(Step(content=json.dumps(GOOD)), Step(content=json.dumps({**GOOD, "side": "short"})))
    value = plan(connect(server), check=lambda p: "must be short" if p.side == "long" else None)
    assert value.side == "short"
    assert "must be short" in server.bodies[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        '  {"a": 1}\n',
        'Here:\n```json\n{"a": 1}\n```\nDone.',
        'First {"a": 0} was wrong, so {"a": 1}',
        'Two braces {so} in prose and then {"a": 1} follow',
        '```\n{"a": 1}\n```',
    ],
)
def test_the_json_object_is_found(text: str) -> None:
    assert json_object_in(text) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "[1, 2]",
        '{"a": 1',
        '{"a": "cut',
        '{"a": NaN}',
        '{"x": {"a": 1}',
        "{" * 5000,
        "null",
    ],
)
def test_what_is_not_a_complete_object_is_never_completed(text: str) -> None:
    with pytest.raises(ValueError, match="no complete JSON object"):
        json_object_in(text)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_inline_thinking_is_split_off_whatever_the_chunks(server: OpenAIServer, size: int) -> None:
    server.push(Step(content="<think>a < b, so</think>\n\nThe <think> answer", chunk=size))
    answer = ask(connect(server))
    assert answer.reasoning == "a < b, so"
    assert answer.text == "The <think> answer"


def test_thinking_opened_by_the_template_is_split_off_at_the_end(server: OpenAIServer) -> None:
    server.push(Step(content="let me see</think>\nfine"))
    answer = ask(connect(server))
    assert (answer.reasoning, answer.text) == ("let me see", "fine")
    assert drop_unopened_thinking("plain") == ("", "plain")


def test_an_answer_that_is_only_thinking_is_empty(server: OpenAIServer) -> None:
    server.push(Step(content="<think>for ever and ever"))
    with pytest.raises(LLMBadOutput) as caught:
        ask(connect(server))
    assert caught.value.code == "empty"


def test_a_held_back_tag_beginning_is_given_out_at_the_end() -> None:
    splitter = ThinkingSplitter()
    assert splitter.feed("<thi") == []
    assert splitter.finish() == [Delta("text", "<thi")]
