"""How a run asks a language model: where, with whose key, and who keeps count."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from accounts.access import Owner
from accounts.api_keys import active_key, connection_of
from accounts.models import User
from backtests.models import BacktestRun
from billing.model_budget import DailyBudget
from billing.model_calls import record_model_call
from llm.gateway import AnswerCache, Breaker, ConnectionSettings, ModelProvider
from llm.gateway.errors import LLMBudget, LLMError, LLMPaused
from runs.memory import SharedMemory

log = structlog.get_logger(__name__)

OPENAI = "https://api.openai.com/v1"


def is_set_up(user: User | None = None) -> bool:
    """Whether runs of this user (or of nobody in particular) ask a language model."""
    site = settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL
    return bool(site) or active_key(user) is not None


def model_name(user: User | None = None) -> str:
    """The model that runs of this user ask; empty where there is none."""
    own = active_key(user)
    if own is not None:
        return own.model
    return settings.OPENAI_MODEL if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL else ""


def model_provider(
    run: BacktestRun, *, is_cancelled: Callable[[], bool] | None = None
) -> ModelProvider | None:
    """The model that writes for this run, or None when there is none.

    A user's own key comes first: its owner pays, so no budget of ours applies, and no key of ours
    steps in when it fails. Raises `LLMConfig` when it can no longer be read.
    """
    owner = Owner(user=run.user, visitor=run.visitor)
    own = active_key(run.user)
    connection = connection_of(own) if own else site_connection()
    if connection is None:
        return None
    budget = DailyBudget(owner, connection.price_prompt, connection.price_completion)
    return ModelProvider(
        connection,
        record_call=_Ledger(run, owner, own_key=own is not None),
        is_cancelled=is_cancelled,
        budget=None if own else budget,
        breaker=breaker(),
        answers=_answers(run, owner),
    )


def site_connection() -> ConnectionSettings | None:
    """The OpenAI-compatible endpoint of the settings, which may stand in-house."""
    if not is_set_up():
        return None
    return ConnectionSettings(
        base_url=settings.OPENAI_BASE_URL or OPENAI,
        api_key=settings.OPENAI_API_KEY or "none",
        model=settings.OPENAI_MODEL,
        allow_private_addresses=True,
        price_prompt=settings.OPENAI_PRICE_PROMPT,
        price_completion=settings.OPENAI_PRICE_COMPLETION,
    )


def breaker() -> Breaker:
    """What leaves a failing model alone for a while, shared by all workers."""
    return Breaker(
        SharedMemory(),
        failures=settings.LLM_BREAKER_FAILURES,
        pause_seconds=settings.LLM_BREAKER_SECONDS,
        config_pause_seconds=settings.LLM_BREAKER_CONFIG_SECONDS,
    )


def forget_answers(run: BacktestRun) -> None:
    """A run that failed must not find the same answers when it is tried again."""
    if answers := _answers(run, Owner(user=run.user, visitor=run.visitor)):
        answers.forget()


def _answers(run: BacktestRun, owner: Owner) -> AnswerCache | None:
    """The owner's own answers of the last day; nobody shares them."""
    seconds = int(settings.LLM_CACHE_SECONDS)
    if not seconds:
        return None
    return AnswerCache(SharedMemory(), _scope(owner), seconds, thread=str(run.pk))


def _scope(owner: Owner) -> str:
    if owner.user is not None:
        return f"user:{owner.user.pk}"
    return f"visitor:{owner.visitor.pk}" if owner.visitor is not None else "command line"


def reason(error: LLMError) -> str:
    """Why a model did not answer, as the beginning of a sentence."""
    if isinstance(error, LLMBudget):
        return f"Today's budget for the language model is used up ({error})"
    if isinstance(error, LLMPaused):
        return _paused(error)
    return f"The language model gave no answer ({error})"


def sentence_for(error: LLMError) -> str:
    """What a reader is told when the model did not read the idea."""
    it = "the idea" if isinstance(error, LLMBudget | LLMPaused) else "it"
    return f"{reason(error)}; the built-in translator read {it}."


def _paused(error: LLMPaused) -> str:
    again = timezone.now().astimezone(UTC) + timedelta(seconds=error.retry_after or 0)
    why = (
        "its key, address or quota was refused"
        if error.code == "configuration"
        else "it failed several times in a row"
    )
    return (
        f"The language model is left alone until {again:%H:%M:%S} UTC, because {why} "
        f"(last: {error})"
    )


class _Ledger:
    """Enters every attempt of one run; the record holds neither prompt nor key."""

    def __init__(self, run: BacktestRun, owner: Owner, *, own_key: bool) -> None:
        self._run_id = run.pk
        self._owner = owner
        self._own_key = own_key

    def __call__(self, record: Any) -> None:
        log.info("model_call", **asdict(record))
        record_model_call(record, owner=self._owner, run_id=self._run_id, own_key=self._own_key)
