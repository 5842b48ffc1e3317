"""Text in, strategy out: what turns an idea into a specification and a script.

Two providers speak one protocol (`llm.provider.Provider`): the built-in translator, which needs
no network, and the gateway to any OpenAI-compatible model. Importing `llm` imports neither.
"""

from llm.provider import (
    Chip,
    Choice,
    Draft,
    IdeaContext,
    Provider,
    Refusal,
    RefusalCode,
    SymbolFacts,
)

__all__ = [
    "Chip",
    "Choice",
    "Draft",
    "IdeaContext",
    "Provider",
    "Refusal",
    "RefusalCode",
    "SymbolFacts",
]
