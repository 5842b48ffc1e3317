"""Entry functions that the tests' fork server has imported before it forks."""

import json
from pathlib import Path


def reverse(source: str, data_path: str, params: dict[str, object]) -> bytes:
    return Path(data_path).read_bytes()[::-1]


def echo(source: str, data_path: str, params: dict[str, object]) -> bytes:
    return json.dumps({"source": source, "params": params, "has_data": bool(data_path)}).encode()


def text(source: str, data_path: str, params: dict[str, object]) -> str:
    return "not bytes"


def flood(source: str, data_path: str, params: dict[str, object]) -> bytes:
    return bytes(64 << 20)


def run_source(source: str, data_path: str, params: dict[str, object]) -> bytes:
    scope: dict[str, object] = {}
    exec(source, scope)
    return str(scope.get("answer")).encode()
