"""What a model is given to work on, as text for the fence."""

from __future__ import annotations

import json
from collections.abc import Iterable

from llm.gateway.redact import redact
from llm.prompts.fence import MOST_CHARACTERS
from llm.provider import Draft, IdeaContext

MOST_SYMBOLS = 200


def symbols_text(context: IdeaContext) -> str:
    """What can be traded, one symbol a line."""
    rows = [
        {
            "code": s.code,
            "name": s.name,
            "first_day": s.first_day.isoformat() if s.first_day else None,
            "last_day": s.last_day.isoformat() if s.last_day else None,
            "has_volume": s.has_volume,
            "has_range": s.has_range,
        }
        for s in context.symbols[:MOST_SYMBOLS]
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    return "\n".join([*lines, f"default: {context.default_symbol}"])


def strategy_text(draft: Draft) -> str:
    """What a script was to do, as far as it is known when it has to be repaired."""
    lines = [draft.title, draft.echo, *(f"- {a}" for a in draft.assumptions)]
    lines += [f"- {chip.label}: {chip.value}" for chip in draft.chips]
    return "\n".join(line for line in lines if line)


def numbered(lines: Iterable[str], secrets: Iterable[str]) -> list[str]:
    """Lines with their numbers, without secrets; as many as the fence lets through whole.

    Line by line, so that taking something out never moves a number.
    """
    secrets, room, shown = tuple(secrets), MOST_CHARACTERS, []
    for number, line in enumerate(lines, start=1):
        text = f"{number}| {redact(line, secrets)}"
        room -= len(text) + 1
        if room < 0:
            break
        shown.append(text)
    return shown
