"""Typed answers: a ladder of ways to ask, our own validation, one repair turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest
from llm.gateway.connection import ConnectionSettings, Rung
from llm.gateway.errors import LLMBadOutput, LLMError
from llm.gateway.parameters import Learned, Memory, learned, structure_refused
from llm.gateway.retry import complete
from llm.gateway.schema import json_object_in, what_is_wrong, wire_schema
from llm.gateway.transcript import Answer
from llm.gateway.usage import Message

RUNGS: tuple[Rung, ...] = ("json_schema", "json_object", "plain")
SHOWN_AGAIN = 6000

M = TypeVar("M", bound=BaseModel)


async def complete_structured(
    connection: ConnectionSettings,
    messages: Sequence[Message],
    schema: type[M],
    *,
    max_tokens: int,
    around: Circumstances,
    check: Callable[[M], str | None] | None = None,
    repairs: int = 1,
) -> tuple[M, Answer]:
    """An answer that validates, by the highest rung this server can climb.

    `check` adds rules a schema cannot hold: it returns what is wrong, or None. After `repairs`
    turns that quote the errors the answer is `LLMBadOutput`.
    """
    known = learned(connection, around.memory)
    wire = wire_schema(schema)
    conversation = list(messages)
    while True:
        rung = known.rung or connection.structured
        request = _request(conversation, rung, schema.__name__, wire, max_tokens)
        try:
            answer = await complete(connection, request, around, rung=rung)
        except LLMError as error:
            if not structure_refused(error) or not _step_down(known, rung):
                raise
            continue
        try:
            value = _validated(schema, answer.text, check)
        except ValueError as error:
            wrong = what_is_wrong(error)
        else:
            around.keep_answers()
            return value, answer
        if rung == "json_schema" and not answer.text.lstrip().startswith("{"):
            # The server took the parameter and ignored it.
            _step_down(known, rung)
        if repairs <= 0:
            raise _useless(answer, wrong, connection)
        repairs -= 1
        conversation = [*messages, *_repair_turn(answer.text, wrong)]


def _useless(answer: Answer, wrong: str, connection: ConnectionSettings) -> LLMBadOutput:
    return LLMBadOutput(
        f"the answer does not fit: {wrong}",
        code="schema",
        partial=answer.text,
        usage=answer.usage,
        secrets=connection.secrets,
    )


def _request(
    messages: list[Message], rung: Rung, name: str, wire: dict[str, Any], max_tokens: int
) -> ChatRequest:
    request = ChatRequest(tuple(messages), max_tokens)
    if rung == "json_schema":
        described = {"name": name, "strict": True, "schema": wire}
        return replace(request, response_format={"type": rung, "json_schema": described})
    schema = json.dumps(wire, separators=(",", ":"))
    note = f"Answer with one JSON object only, matching this JSON Schema:\n{schema}"
    request = replace(request, messages=tuple(_with_note(messages, note)))
    if rung == "json_object":
        return replace(request, response_format={"type": rung})
    return request


def _with_note(messages: list[Message], note: str) -> list[Message]:
    if messages and messages[0]["role"] == "system":
        first = {**messages[0], "content": f"{messages[0]['content']}\n\n{note}"}
        return [first, *messages[1:]]
    return [{"role": "system", "content": note}, *messages]


def _step_down(known: Learned, rung: Rung) -> bool:
    if rung == RUNGS[-1]:
        return False
    known.rung = RUNGS[RUNGS.index(rung) + 1]
    return True


def _validated(schema: type[M], text: str, check: Callable[[M], str | None] | None) -> M:
    value = schema.model_validate(json_object_in(text))
    complaint = check(value) if check else None
    if complaint:
        raise ValueError(complaint)
    return value


def _repair_turn(text: str, wrong: str) -> list[Message]:
    return [
        {"role": "assistant", "content": text[:SHOWN_AGAIN]},
        {
            "role": "user",
            "content": f"That answer was rejected: {wrong}\n"
            "Answer again with the corrected JSON object only.",
        },
    ]


def forget(connection: ConnectionSettings, memory: Memory | None = None) -> None:
    """Start at the top of the ladder again, for instance after the model was changed."""
    known = learned(connection, memory)
    known.rung = None
    known.dropped.clear()
    known.refused_token_names.clear()
    known.tokens_named = connection.tokens_named
