"""The one place where this project talks to a language model, at any OpenAI-compatible server.

Importing this package imports no client library; the first call does.
"""

from llm.gateway.answers import AnswerCache
from llm.gateway.breaker import Breaker
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import (
    LLMBadOutput,
    LLMBudget,
    LLMCancelled,
    LLMConfig,
    LLMContext,
    LLMError,
    LLMPaused,
    LLMRefused,
    LLMTimeout,
    LLMTransient,
)
from llm.gateway.figures import fill_placeholders
from llm.gateway.provider import ModelProvider
from llm.gateway.store import Store
from llm.gateway.usage import Budget, CallRecord, TokenBudget, Usage

__all__ = [
    "AnswerCache",
    "Breaker",
    "Budget",
    "CallRecord",
    "ConnectionSettings",
    "LLMBadOutput",
    "LLMBudget",
    "LLMCancelled",
    "LLMConfig",
    "LLMContext",
    "LLMError",
    "LLMPaused",
    "LLMRefused",
    "LLMTimeout",
    "LLMTransient",
    "ModelProvider",
    "Store",
    "TokenBudget",
    "Usage",
    "fill_placeholders",
]
