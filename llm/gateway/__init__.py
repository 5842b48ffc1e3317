"""The one place where this project talks to a language model, at any OpenAI-compatible server.

Importing this package imports no client library; the first call does.
"""

from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import (
    LLMBadOutput,
    LLMBudget,
    LLMCancelled,
    LLMConfig,
    LLMContext,
    LLMError,
    LLMRefused,
    LLMTimeout,
    LLMTransient,
)
from llm.gateway.figures import fill_placeholders
from llm.gateway.provider import ModelProvider
from llm.gateway.usage import CallRecord, TokenBudget, Usage

__all__ = [
    "CallRecord",
    "ConnectionSettings",
    "LLMBadOutput",
    "LLMBudget",
    "LLMCancelled",
    "LLMConfig",
    "LLMContext",
    "LLMError",
    "LLMRefused",
    "LLMTimeout",
    "LLMTransient",
    "ModelProvider",
    "TokenBudget",
    "Usage",
    "fill_placeholders",
]
