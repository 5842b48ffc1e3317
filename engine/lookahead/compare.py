"""The first decision that two runs of a script disagree on."""

from dataclasses import dataclass

import numpy as np

from engine.decisions import ENTRIES, EVERY_BAR, EXITS, MASKS, SETTINGS, Decisions
from engine.errors import EngineError

# Levels are compared like prices: rounding is not foresight.
CLOSE_ENOUGH = 1e-9


@dataclass(frozen=True)
class Difference:
    """The first decision that changed: on which bar, what, and from which value to which."""

    bar: int
    field: str
    full: bool | float
    partial: bool | float


def first_difference(full: Decisions, partial: Decisions, t: int) -> Difference | None:
    """Compare two runs up to and including bar t; None when every decision is the same.

    Levels count on the bars that read them: entries, exits, or every bar.
    """
    if len(partial) < t + 1 or len(full) < t + 1:
        raise EngineError(f"There are no decisions for bar {t} to compare.")
    found = _global_difference(full, partial) or _flag_difference(full, partial, t)
    for name in sorted({*full.levels, *partial.levels}):
        level = _level_difference(name, full, partial, t)
        if level is not None and (found is None or level.bar < found.bar):
            found = level
    return found


def _global_difference(full: Decisions, partial: Decisions) -> Difference | None:
    for name in SETTINGS:
        values = getattr(full, name), getattr(partial, name)
        if values[0] != values[1]:
            return Difference(0, name, *values)
    return None


def _flag_difference(full: Decisions, partial: Decisions, t: int) -> Difference | None:
    changed = full.flags[: t + 1] ^ partial.flags[: t + 1]
    if not changed.any():
        return None
    bar = int(np.argmax(changed != 0))
    name, bit = next((name, bit) for name, bit in MASKS.items() if changed[bar] & bit)
    return Difference(bar, name, bool(full.flags[bar] & bit), bool(partial.flags[bar] & bit))


def _level_difference(name: str, full: Decisions, partial: Decisions, t: int) -> Difference | None:
    one, other = full.level(name)[: t + 1], partial.level(name)[: t + 1]
    same = np.isclose(one, other, rtol=CLOSE_ENOUGH, atol=0.0, equal_nan=True)
    matters = np.ones(t + 1, bool)
    if name not in EVERY_BAR:
        matters = (full.flags[: t + 1] & (EXITS if name == "exit_size" else ENTRIES)) > 0
    changed = ~same & matters
    if not changed.any():
        return None
    bar = int(np.argmax(changed))
    return Difference(bar, name, float(one[bar]), float(other[bar]))
