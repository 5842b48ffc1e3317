"""JSON Schema for the wire, and JSON out of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

# What some server's grammar compiler refuses; these rules stay in pydantic.
NOT_SENT = frozenset(
    {
        "title",
        "default",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "multipleOf",
        "examples",
        "uniqueItems",
        "discriminator",
    }
)
FENCED = re.compile(r"```(?:json|JSON)?\s*\n?(.*?)```", re.DOTALL)


def wire_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema reduced to what every strict mode accepts.

    References inlined, every key required, no further keys, no bounds or defaults. The model must
    not be recursive.
    """
    schema = model.model_json_schema()
    reduced = _reduce(schema, schema.pop("$defs", {}))
    assert isinstance(reduced, dict)
    return reduced


def _reduce(node: Any, definitions: dict[str, Any], *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_reduce(n, definitions) for n in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        rest = {k: v for k, v in node.items() if k != "$ref"}
        node = {**definitions[node["$ref"].rpartition("/")[2]], **rest}
    out = {
        key: _reduce(value, definitions, names=key == "properties" and not names)
        for key, value in node.items()
        # Below "properties" the keys are field names, and a field may be called "title".
        if names or key not in NOT_SENT
    }
    if names:
        return out
    if "const" in out:
        out["enum"] = [out.pop("const")]
    if "oneOf" in out:
        out["anyOf"] = out.pop("oneOf")
    if out.get("type") == "object" and "properties" in out:
        out["additionalProperties"] = False
        out["required"] = list(out["properties"])
    return out


def json_object_in(text: str) -> dict[str, Any]:
    """The JSON object of an answer: the whole text, a fenced block, or the last object in it.

    A cut object is never completed: half an answer is not an answer. Raises `ValueError`.
    """
    for candidate in _candidates(text):
        try:
            value = json.loads(candidate, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    raise ValueError("there is no complete JSON object in the answer")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _candidates(text: str) -> Iterator[str]:
    yield text.strip()
    yield from (block.strip() for block in reversed(FENCED.findall(text)))
    yield from reversed(_balanced_objects(text))


def _balanced_objects(text: str) -> list[str]:
    found, depth, start = [], 0, 0
    quoted = escaped = False
    for i, character in enumerate(text):
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"' and depth:
            quoted = True
        elif character == "{":
            start = i if depth == 0 else start
            depth += 1
        elif character == "}" and depth:
            depth -= 1
            if depth == 0:
                found.append(text[start : i + 1])
    return found


def what_is_wrong(error: ValueError) -> str:
    """One line a model can act on; without the values, which it has in front of it."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'.'.join(str(part) for part in e['loc']) or 'the object'}: {e['msg']}"
        for e in error.errors()[:6]
    )
