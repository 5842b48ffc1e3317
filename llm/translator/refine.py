"""Changes in words to an idea that was read: "use a 3 % stop instead", "same but on NASDAQ".

A change is read against the specification there is, with the grammar that ideas are read with;
what it says takes the place of what was said before. What would change nothing, could mean several
things or is not understood is refused with the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llm.provider import Choice, IdeaContext, Refusal
from llm.specification import (
    Change,
    Settings,
    StrategySpec,
    difference,
)
from llm.specification.model import Rotation
from llm.translator.assemble import assemble
from llm.translator.editing import Editor
from llm.translator.editing.keeping import still_true
from llm.translator.reading.memory import Assumption, Unreadable
from llm.translator.refusals import before_reading

EXAMPLES = ("use a 3 % stop instead", "same but on NASDAQ", "only since 2010")
LONGEST = 400
_UNDO = re.compile(
    r"^(?:please )?(?:undo|revert|go back|back|take (?:that|it) back|undo (?:that|it|this|the last "
    r"(?:change|one))|as (?:it was )?before|the way it was(?: before)?)(?: please)?[.!]?$",
    re.IGNORECASE,
)
# Where one change ends and the next begins; tried one after the other when the whole is not read.
_CUTS = (r"\s*;\s*|\.\s+|\s+then\s+", r"\s*,\s*(?:and|but|plus)?\s+|\s+(?:and|but|plus)\s+")


@dataclass(frozen=True, slots=True)
class Refined:
    """What an idea became: its specification, what is assumed now, and what is different."""

    spec: StrategySpec
    choices: tuple[Choice, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """An idea at one moment: as it was read, or after a change."""

    spec: StrategySpec
    choices: tuple[Choice, ...] = ()


def is_undo(words: str) -> bool:
    """Whether the words ask for the state before the last change."""
    return bool(_UNDO.match(words.strip()))


def refine(
    previous: StrategySpec,
    words: str,
    context: IdeaContext,
    *,
    choices: Sequence[Choice] = (),
    earlier: Step | None = None,
) -> Refined | Refusal:
    """Apply a change in words; `earlier` is what "undo" goes back to."""
    refusal = _unusable(words, context)
    if refusal is not None:
        return refusal
    if is_undo(words):
        if earlier is None:
            return Refusal("invalid_value", "There is nothing to undo: this is the idea itself.")
        changes = tuple(difference(previous, earlier.spec))
        return Refined(earlier.spec, earlier.choices, changes)
    first: Refusal | None = None
    for parts in _readings(words):
        found = _applied(previous, parts, context, choices)
        if isinstance(found, Refined):
            return found
        if first is None or first.code == "not_understood":
            first = found
        if found.code != "not_understood":
            break  # it was understood: cutting it into pieces would only twist it
    assert first is not None
    return first


def replay(base: Step, refinements: Sequence[str], context: IdeaContext) -> list[Step] | Refusal:
    """The idea after each of its changes, the idea itself first; or why one cannot be applied."""
    steps, live = [base], [base]
    for words in refinements:
        earlier = live[-2] if len(live) > 1 else None
        now = live[-1]
        found = refine(now.spec, words, context, choices=now.choices, earlier=earlier)
        if isinstance(found, Refusal):
            return found
        if is_undo(words):
            live.pop()
        else:
            live.append(Step(found.spec, found.choices))
        steps.append(live[-1])
    return steps


def _unusable(words: str, context: IdeaContext) -> Refusal | None:
    text = words.strip()
    if not text:
        return Refusal("not_understood", "Say what should be changed.", (), EXAMPLES)
    if len(text) > LONGEST:
        return Refusal(
            "not_understood",
            f"A change of at most {LONGEST} characters can be understood; this has {len(text):,}.",
        )
    refusal = before_reading(text, context)
    return refusal if refusal is not None and refusal.code == "not_a_strategy" else None


def _readings(words: str) -> list[list[str]]:
    """The words as one change, then as several."""
    found = [[words]]
    for cut in (_CUTS[0], "|".join(_CUTS)):
        parts = [part for part in re.split(cut, words.strip(), flags=re.IGNORECASE) if part.strip()]
        if len(parts) > 1 and parts not in found:
            found.append(parts)
    return found


def _applied(
    previous: StrategySpec, parts: list[str], context: IdeaContext, choices: Sequence[Choice]
) -> Refined | Refusal:
    editor = Editor(previous, context)
    try:
        for part in parts:
            editor.edit(part)
    except Unreadable as error:
        return _refused(error, parts)
    made = [*_kept(previous, choices), *editor.made]
    spec = _assembled(editor, made)
    if isinstance(spec, Refusal):
        return spec
    changes = tuple(difference(previous, spec))
    if not changes:
        told = " ".join(parts)
        return Refusal(
            "invalid_value", f"“{told}” would change nothing: the idea says so already.", (told,)
        )
    true = [one for one in _once(made) if still_true(one, spec)]
    spec = spec.model_copy(update={"assumptions": tuple(one.sentence for one in true)})
    kept = tuple(Choice(o.key, o.sentence, o.value, o.options) for o in true if o.key)
    return Refined(spec, kept, changes)


def _once(made: list[Assumption]) -> list[Assumption]:
    return list({one.sentence: one for one in made}.values())


def _kept(spec: StrategySpec, choices: Sequence[Choice]) -> list[Assumption]:
    """What was assumed before; whether it is sold at all is decided anew."""
    known = {choice.sentence: choice for choice in choices}
    found = []
    for sentence in spec.assumptions:
        choice = known.get(sentence)
        if choice is None:
            found.append(Assumption(sentence))
        elif choice.key != "exit.days":
            found.append(Assumption(sentence, choice.key, choice.value, choice.options))
    return found


def _assembled(editor: Editor, made: list[Assumption]) -> StrategySpec | Refusal:
    found, previous = editor.found, editor.spec
    if previous.rotation is None:
        chosen = {k: v for k, v in editor.context.extra.items() if k == "exit.days"}
        named = editor.named or ()
        return assemble(found, editor.facts, named, editor.context, made, chosen)
    symbols = editor.named
    told = found.rotation | {"when": found.schedule}
    if not 1 <= int(told["hold"]) <= len(symbols):
        return Refusal("invalid_value", f"{told['hold']} of {len(symbols)} symbols cannot be held.")
    if found.risk or any(found.entries.values()) or any(found.exits.values()):
        return Refusal(
            "unsupported",
            "A rotation has no stops, targets or rules: only what is held, by what, and when.",
        )
    return previous.model_copy(
        update={
            "symbol": symbols[0],
            "symbols": symbols,
            "rotation": Rotation(**told),
            "settings": Settings(**found.settings),
        }
    )


def _refused(error: Unreadable, parts: list[str]) -> Refusal:
    told = error.message
    words = error.words or tuple(parts)
    examples = EXAMPLES if error.code == "not_understood" else ()
    if error.code == "not_understood" and not any(word in told for word in words):
        told = f"{told} (“{' '.join(words)}”)"
    return Refusal(error.code, told, words, examples)
