"""Which provider writes the script: the model when one is set up, the translator otherwise."""

import ast
from collections.abc import Callable
from dataclasses import asdict
from textwrap import shorten
from typing import Any

import structlog
from django.conf import settings

from llm.provider import Draft, IdeaContext, OnDelta, Provider, Refusal

log = structlog.get_logger(__name__)

# What fits beside the buttons of a report.
TITLE_LENGTH = 90
OPENAI = "https://api.openai.com/v1"


def provider_for(
    own_script: str = "", *, is_cancelled: Callable[[], bool] | None = None
) -> Provider:
    """The provider of a run."""
    if own_script:
        return OwnScript(own_script)
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        return model_provider(is_cancelled)
    return translator()


def translator() -> Provider:
    """The built-in translator, which needs no network."""
    from llm.translator import Translator

    return Translator()


def model_provider(is_cancelled: Callable[[], bool] | None = None) -> Provider:
    """The OpenAI-compatible endpoint of the settings, which the operator may keep in-house."""
    from llm.gateway import ConnectionSettings, ModelProvider

    return ModelProvider(
        ConnectionSettings(
            base_url=settings.OPENAI_BASE_URL or OPENAI,
            api_key=settings.OPENAI_API_KEY or "none",
            model=settings.OPENAI_MODEL,
            allow_private_addresses=True,
        ),
        record_call=_log_call,
        is_cancelled=is_cancelled,
    )


def _log_call(record: Any) -> None:
    """Keep what a call cost in the log; the record holds neither prompt nor key."""
    log.info("model_call", **asdict(record))


class OwnScript:
    """A script that a person wrote; nothing is generated and nothing can be repaired."""

    name = "own script"

    def __init__(self, source: str) -> None:
        self._source = source

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        """Hand the script over as it is, with its docstring's first line as the title."""
        try:
            tree = ast.parse(self._source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            where = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
            return Refusal("not_a_strategy", f"This is not a Python script: {error}{where}.")
        docstring = (ast.get_docstring(tree) or "").strip()
        title = docstring.splitlines()[0] if docstring else "A script of one's own"
        return Draft(
            title=shorten(title, TITLE_LENGTH, placeholder=" …"),
            script=self._source,
            params=_params(tree),
            echo=docstring,
            symbol=context.default_symbol,
        )

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """Nobody but the author can repair it."""
        return None

    def analyse(self, facts: object) -> str | None:
        """No prose beyond what the report says anyway."""
        return None


def _params(tree: ast.Module) -> dict[str, object]:
    """The literal `PARAMS` of a script; the contract check complains when it is not literal."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "PARAMS" for target in node.targets
        ):
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                return {}
            return value if isinstance(value, dict) else {}
    return {}
