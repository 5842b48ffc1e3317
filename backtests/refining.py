"""Ideas that were changed in words: read again from the idea on, or from the run before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from backtests.explaining import specification_of
from backtests.models import BacktestRun
from llm.provider import Choice, Draft, IdeaContext, Refusal
from llm.specification import Change, Settings, StrategySpec, difference
from market import services as market

# What a form may say of the test as an idea may: field of the run, and name among the settings.
FORM = (
    ("requested_start", "start"),
    ("requested_end", "end"),
    ("initial_capital", "initial_capital"),
    ("commission", "commission"),
)
AFRESH = "A language model wrote the run before; here the built-in translator read the idea afresh."
NOT_READ = (
    "Only ideas that the built-in translator understands can be refined so far, and this one was "
    "written by a language model: {why}"
)


def context_of(run: BacktestRun, choices: Mapping[str, Any]) -> IdeaContext:
    """What the idea of a run may be about, with what was chosen."""
    context = market.idea_context(symbol=run.symbol_text.strip() or None)
    return replace(context, extra=dict(choices))


def read(run: BacktestRun, choices: Mapping[str, Any]) -> Draft | Refusal:
    """The idea of a run after its changes; a run without changes is read as its idea."""
    # The grammar is heavy: only what reads an idea imports it.
    from llm.translator.drafting import draft_of
    from llm.translator.refine import Step, replay

    context = context_of(run, choices)
    steps = _from_parent(run, choices, context)
    afresh = False
    if steps is None:
        first = _of_idea(run, context)
        if isinstance(first, Refusal) or not run.refinements:
            return first
        afresh = _is_of_model(run.parent)
        assert first.specification is not None
        base = Step(folded(first.specification, run), tuple(first.choices))
        steps = replay(base, run.refinements, context)
    if isinstance(steps, Refusal):
        return steps
    draft = draft_of(steps[-1].spec, steps[-1].choices)
    return replace(draft, assumptions=(*draft.assumptions, AFRESH)) if afresh else draft


def changes(run: BacktestRun, words: str) -> list[Change] | Refusal:
    """What a change in words would do to a run."""
    from llm.translator.refine import Step, is_undo, refine

    if is_undo(words) and not run.refinements:
        return Refusal("invalid_value", "There is nothing to undo: this is the idea itself.")
    draft = _now(run)
    if isinstance(draft, Refusal):
        return draft
    assert draft.specification is not None
    before = draft.specification
    if is_undo(words):
        after = read(_like(run, [*run.refinements, words]), run.choices)
        if isinstance(after, Refusal):
            return after
        assert after.specification is not None
        return difference(before, after.specification)
    now = Step(before, tuple(draft.choices))
    context = context_of(run, run.choices)
    found = refine(now.spec, words, context, choices=now.choices)
    return found if isinstance(found, Refusal) else list(found.changes)


def _now(run: BacktestRun) -> Draft | Refusal:
    """A run as it was read; read again where a model wrote it."""
    step = _stored(run)
    if step is not None:
        from llm.translator.drafting import draft_of

        return draft_of(step.spec, step.choices)
    found = read(run, run.choices)
    if isinstance(found, Refusal):
        return _not_read(found) if _is_of_model(run) else found
    assert found.specification is not None
    return replace(found, specification=told(found.specification, run))


def difference_of(run: BacktestRun, other: BacktestRun | None) -> list[Change] | None:
    """What a run does differently from another, in words; None where one has no specification."""
    specs = [specification_of(one) if one else None for one in (other, run)]
    before, after = specs
    if before is None or after is None or other is None:
        return None
    return difference(told(before, other), told(after, run))


def told(spec: StrategySpec, run: BacktestRun) -> StrategySpec:
    """The specification of a run with what its form says; after a change in words it is in it."""
    return spec if run.refinements else folded(spec, run)


def folded(spec: StrategySpec, run: BacktestRun) -> StrategySpec:
    """A specification with what the form says of the test, which counts before the idea's words."""
    said = {name: getattr(run, field) for field, name in FORM}
    said["slippage"] = run.costs.get("slippage")
    plain = {
        name: value if isinstance(value, date) else float(value)
        for name, value in said.items()
        if value is not None
    }
    settings = Settings(**(dict(spec.settings) | plain))
    return spec.model_copy(update={"settings": settings})


def costs_left(run: BacktestRun) -> dict[str, Any]:
    """The costs of the form that no change in words can have replaced."""
    return {name: value for name, value in run.costs.items() if name != "slippage"}


def _of_idea(run: BacktestRun, context: IdeaContext) -> Draft | Refusal:
    from llm.translator import Translator

    found = Translator().write(run.idea, context)
    if isinstance(found, Refusal) and run.refinements and _is_of_model(run.parent):
        return _not_read(found)
    return found


def _not_read(refusal: Refusal) -> Refusal:
    return replace(refusal, code="unsupported", message=NOT_READ.format(why=refusal.message))


def _is_of_model(run: BacktestRun | None) -> bool:
    spec = run.read_json("spec") if run is not None else None
    return spec is not None and spec["specification"] is None


def _stored(run: BacktestRun) -> Any:
    """A run's specification and what it left open, as its own reading stored them."""
    from llm.translator.refine import Step

    kept = run.read_json("spec")
    spec = specification_of(run, kept) if kept else None
    if kept is None or spec is None:
        return None
    choices = tuple(
        Choice(one["key"], one["sentence"], one["value"], tuple(one["options"]))
        for one in kept.get("assumption_choices", ())
    )
    return Step(told(spec, run), choices)


def _from_parent(run: BacktestRun, choices: Mapping[str, Any], context: IdeaContext) -> Any:
    """The run before, changed by the last words; None where it has to be read from the idea on.

    What a person saw and changed is the specification that was stored, not one that a newer
    reading of the same words would give.
    """
    from llm.translator.refine import is_undo, replay

    parent = run.parent
    if parent is None or not run.refinements or is_undo(run.refinements[-1]):
        return None
    same = all(getattr(run, name) == getattr(parent, name) for name in _SAME)
    if not same or dict(choices) != parent.choices or run.refinements[:-1] != parent.refinements:
        return None
    step = _stored(parent)
    return None if step is None else replay(step, run.refinements[-1:], context)


_SAME = ("idea", "symbol_text", "costs", *(field for field, _ in FORM))


def _like(run: BacktestRun, refinements: list[str]) -> BacktestRun:
    """A run that is not stored, with the same idea and form."""
    fields = {name: getattr(run, name) for name in _SAME}
    return BacktestRun(**fields, user=run.user, visitor=run.visitor, refinements=refinements)
