"""Connections to the test server, and calls the tests share."""

from __future__ import annotations

import asyncio
from typing import Any

from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest
from llm.gateway.connection import ConnectionSettings
from llm.gateway.retry import complete
from llm.gateway.transcript import Answer
from tests.fakes.openai_server import OpenAIServer

KEY = "sk-proj-canary0123456789abcdef"


def connect(server: OpenAIServer, **changes: Any) -> ConnectionSettings:
    facts: dict[str, Any] = {"base_url": server.url, "api_key": KEY, "model": "fake-1"}
    return ConnectionSettings(**{**facts, "allow_private_addresses": True, **changes})


def ask(connection: ConnectionSettings, text: str = "hello", **around: Any) -> Answer:
    request = ChatRequest(({"role": "user", "content": text},), 200)
    facts = {"deadline": 5.0, "tries": 1, "memory": {}, **around}
    return asyncio.run(complete(connection, request, Circumstances(**facts)))
