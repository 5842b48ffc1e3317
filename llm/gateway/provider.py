"""The provider that asks a model: reading first, then code, then repair and prose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from llm.gateway.answers import AnswerCache, Answers
from llm.gateway.blocking import CallersThread
from llm.gateway.breaker import Breaker
from llm.gateway.callers import CallersBudget, CallersStore
from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest, IsCancelled, ShowDelta
from llm.gateway.code import CodeError, params_of, script_in
from llm.gateway.connection import ConnectionSettings
from llm.gateway.contract import contract
from llm.gateway.errors import LLMBadOutput
from llm.gateway.explaining import (
    NOTHING_LEFT,
    Explained,
    ScriptExplanation,
    split_lines,
    what_passes,
)
from llm.gateway.figures import flatten, format_fact, problems_of
from llm.gateway.honesty import Known, honest, honest_refusal, tidy, visible
from llm.gateway.material import numbered, strategy_text, symbols_text
from llm.gateway.parameters import Memory
from llm.gateway.reading import (
    StrategyReading,
    chips_of,
    complaint,
    data_refusal,
    refusal_of,
    resolve_symbol,
)
from llm.gateway.redact import redact
from llm.gateway.retry import complete
from llm.gateway.structured import complete_structured
from llm.gateway.thinking import Delta
from llm.gateway.usage import Budget, Message, RecordCall
from llm.prompts import DataFence, Prompt, load
from llm.provider import Draft, IdeaContext, OnDelta, Refusal

# After so many repairs the way is blocked; more only cost money.
MOST_REPAIRS = 3
MOST_IDEA = 8_000
MOST_ERROR = 4_000
# The code of the error when prose typed figures, or was no prose, also the second time.
REFUSED = "refused_prose"


@dataclass(frozen=True, slots=True)
class Limits:
    """Room for one kind of call. Reasoning models need several times what the answer takes."""

    max_tokens: int
    deadline: float


READING = Limits(4000, 120.0)
SCRIPT = Limits(8000, 240.0)
ANALYSIS = Limits(4000, 180.0)
EXPLANATION = Limits(8000, 120.0)


@dataclass(slots=True)
class ModelProvider:
    """Implements `llm.provider.Provider` over one connection.

    Everything that asks raises members of `LLMError`.
    """

    connection: ConnectionSettings
    record_call: RecordCall | None = None
    is_cancelled: IsCancelled | None = None
    budget: Budget | None = None
    memory: Memory | None = None
    breaker: Breaker | None = None
    answers: AnswerCache | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.connection.model

    # The protocol

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        """A specification in typed form first, then the script written against it."""
        idea = idea[:MOST_IDEA]
        reading = tidy(self.read(idea, context))
        refused = refusal_of(reading)
        if refused:
            return honest_refusal(refused, Known.of(idea, reading, None, ""))
        found = resolve_symbol(reading, context)
        if isinstance(found, Refusal):
            return found
        symbol, about_symbol = found
        refused = data_refusal(reading, symbol)
        if refused:
            return refused
        script = self._script(idea, reading, on_delta)
        otherwise = _first_words(idea)
        draft = Draft(
            title=reading.title or otherwise,
            script=script,
            params=params_of(script),
            echo=reading.summary,
            symbol=symbol.code,
            chips=chips_of(reading, symbol),
            assumptions=(*about_symbol, *reading.assumptions),
            settings=reading.settings(),
            lookback_bars=reading.warm_up_bars,
        )
        return honest(draft, Known.of(idea, reading, symbol, script), otherwise)

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """A corrected script; the last attempt starts afresh, without the code that failed."""
        if attempt > MOST_REPAIRS:
            return None
        fence = DataFence()
        afresh = attempt == MOST_REPAIRS
        prompt = load("rewrite_script" if afresh else "repair_script")
        parts = [fence.wrap("strategy", strategy_text(draft))]
        if not afresh:
            parts.append(fence.wrap("script", script))
        found = redact(error, self.connection.secrets)[-MOST_ERROR:]
        parts.append(fence.wrap("failure", found))
        messages = _conversation(prompt.fill(contract=contract(fence)), "\n\n".join(parts))
        caller = CallersThread()
        around = self._around(caller, "repair", SCRIPT, prompt, fence)
        try:
            better = caller.run(self._ask_for_script(messages, around))
        except LLMBadOutput:
            return None
        return None if better.strip() == script.strip() else better

    def analyse(self, facts: Mapping[str, object]) -> str | None:
        """Prose with `{{key}}` placeholders, each of them checked; an error rather than doubt."""
        caller = CallersThread()
        return caller.run(self._analyse(facts, caller))

    def explain(self, script: str) -> Explained:
        """A sentence for every line of code, as far as they pass; at least one does."""
        fence, prompt = DataFence(), load("explain_script")
        shown = numbered(split_lines(script), self.connection.secrets)
        asked = fence.wrap("script", "\n".join(shown))
        passing = partial(what_passes, script=script, lines_seen=len(shown))
        caller = CallersThread()
        said, _ = caller.run(
            complete_structured(
                self.connection,
                _conversation(prompt.fill(fence_rule=fence.rule), asked),
                ScriptExplanation,
                max_tokens=EXPLANATION.max_tokens,
                around=self._around(caller, "explain", EXPLANATION, prompt, fence),
                check=lambda value: None if passing(value).sentences else NOTHING_LEFT,
            )
        )
        return passing(said)

    # The calls

    def read(self, idea: str, context: IdeaContext) -> StrategyReading:
        """What the idea means, as the model reads it."""
        fence, prompt = DataFence(), load("read_idea")
        asked = "\n\n".join(
            [
                fence.wrap("symbols", symbols_text(context)),
                fence.wrap("idea", redact(idea, self.connection.secrets)),
            ]
        )
        caller = CallersThread()
        reading, _ = caller.run(
            complete_structured(
                self.connection,
                _conversation(prompt.fill(fence_rule=fence.rule), asked),
                StrategyReading,
                max_tokens=READING.max_tokens,
                around=self._around(caller, "reading", READING, prompt, fence),
                check=lambda value: complaint(value, redact(idea, self.connection.secrets)),
            )
        )
        return reading

    def _script(self, idea: str, reading: StrategyReading, on_delta: OnDelta | None) -> str:
        fence, prompt = DataFence(), load("write_script")
        wanted = reading.model_dump_json(
            indent=1, include={"summary", "side", "rules", "assumptions", "warm_up_bars"}
        )
        idea = redact(idea, self.connection.secrets)
        asked = f"{fence.wrap('specification', wanted)}\n\n{fence.wrap('idea', idea)}"
        caller = CallersThread()
        around = self._around(caller, "script", SCRIPT, prompt, fence, on_delta)
        return caller.run(self._ask_for_script(_conversation(contract(fence), asked), around))

    async def _ask_for_script(self, messages: list[Message], around: Circumstances) -> str:
        """One fenced block; an answer without it gets one more turn, unseen by the reader."""
        request = ChatRequest(tuple(messages), SCRIPT.max_tokens)
        answer = await complete(self.connection, request, around)
        script, wrong = _script_or_complaint(answer.text)
        if script is None:
            quiet = replace(around, on_delta=None)
            again = (*messages, *_turn(answer.text, f"That answer was rejected: {wrong}."))
            answer = await complete(self.connection, ChatRequest(again, SCRIPT.max_tokens), quiet)
            script, wrong = _script_or_complaint(answer.text)
        if script is None:
            raise LLMBadOutput(
                wrong, code="script", partial=answer.text, secrets=self.connection.secrets
            )
        around.keep_answers()
        return script

    async def _analyse(self, facts: Mapping[str, object], caller: CallersThread) -> str:
        fence, prompt = DataFence(), load("analyse")
        listed = "\n".join(f"{k} = {format_fact(k, v)}" for k, v in flatten(facts).items())
        listed = redact(listed, self.connection.secrets)
        first = _conversation(prompt.fill(fence_rule=fence.rule), fence.wrap("facts", listed))
        messages = first
        around = self._around(caller, "analysis", ANALYSIS, prompt, fence)
        for _ in range(2):
            request = ChatRequest(tuple(messages), ANALYSIS.max_tokens)
            answer = await complete(self.connection, request, around)
            wrong = problems_of(answer.text, facts)
            if not wrong:
                around.keep_answers()
                return answer.text.strip()
            said = f"That text was rejected: {'; '.join(wrong)}. Write the whole text again."
            messages = [*first, *_turn(answer.text, said)]
        raise LLMBadOutput("; ".join(wrong), code=REFUSED, secrets=self.connection.secrets)

    def _around(
        self,
        caller: CallersThread,
        purpose: str,
        limits: Limits,
        prompt: Prompt,
        fence: DataFence,
        on_delta: OnDelta | None = None,
    ) -> Circumstances:
        return Circumstances(
            purpose=purpose,
            deadline=limits.deadline,
            on_delta=caller.wrap(_text_only(on_delta)) if on_delta else None,
            is_cancelled=caller.wrap(self.is_cancelled) if self.is_cancelled else None,
            record_call=caller.wrap(self.record_call) if self.record_call else None,
            budget=CallersBudget(self.budget, caller) if self.budget else None,
            memory=self.memory,
            breaker=self._breaker(caller),
            answers=self._answers(caller, fence, prompt),
            prompt_version=prompt.label,
        )

    def _breaker(self, caller: CallersThread) -> Breaker | None:
        if self.breaker is None:
            return None
        return replace(self.breaker, store=CallersStore(self.breaker.store, caller))

    def _answers(self, caller: CallersThread, fence: DataFence, prompt: Prompt) -> Answers | None:
        if self.answers is None:
            return None
        cache = replace(self.answers, store=CallersStore(self.answers.store, caller))
        return Answers(cache, fence.tag, prompt.label)


def _conversation(system: str, user: str) -> list[Message]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _turn(answer: str, reply: str) -> Sequence[Message]:
    said = answer[:MOST_IDEA]
    return [{"role": "assistant", "content": said}, {"role": "user", "content": reply}]


def _script_or_complaint(answer: str) -> tuple[str | None, str]:
    try:
        return script_in(answer), ""
    except CodeError as error:
        return None, str(error)


def _text_only(on_delta: OnDelta) -> ShowDelta:
    def show(delta: Delta) -> None:
        if delta.kind == "text":
            on_delta(delta.text)

    return show


def _first_words(idea: str) -> str:
    return visible(" ".join(idea.split()[:8]), 60) or "Untitled"
