"""What stands in brackets behind a condition: the same again, or what a name stands for."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Compare, Indicator, Number, Previous
from llm.specification.walk import nodes
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.stretches import Stretches

# What stands in brackets behind these speaks of the lines that they speak of.
_KEPT = ("trend", "trend_it", "averages_stacked", "stacked_noted", "stacked")


def _in_prices(found: Any) -> Any:
    """ "the 12-month return is positive": the close is above that of then."""
    change: Any = getattr(found, "left", None)
    is_change = isinstance(change, Indicator) and change.name in ("change", "roc", "mom")
    if not is_change or getattr(found, "right", None) != Number(value=0):
        return None
    of = change.source or CLOSE
    then = Previous(of=of, bars=int(change.numbers[0]))
    return found.model_copy(update={"left": of, "right": then})


# What a definition beside it may spell out.
_PATTERNS = ("pattern", "pattern_of", "candle", "narrow_range")


# What the form of a candle, or of a few of them, is told with.
_SHAPES = ("range", "true_range", "ibs", "body", "lower_wick", "upper_wick", "heikin_ashi",
           "typical", "median_price", "midpoint", "change")  # fmt: skip


def _of_a_few_bars(found: Any) -> bool:
    """Whether a definition speaks of candles themselves, and of no average or oscillator."""
    measured = [node for node in nodes(found) if isinstance(node, Indicator)]
    return all(
        node.name in _SHAPES or (node.name in ("highest", "lowest") and node.numbers[0] <= 20)
        for node in measured
    )


def _of_narrowest(found: Any) -> bool:
    best = getattr(found, "right", None)
    return isinstance(best, Indicator) and best.source == Indicator(name="range")


class Explanations(Stretches):
    """Reads conditions that are explained in brackets."""

    def on_explained(self, condition: Any, note: Any) -> Any:
        """A definition in brackets counts, where it stands beside a pattern's name."""
        kept = self.memory.copy()
        first = self.read(condition)
        known = self.memory
        if condition.kind not in _KEPT:
            self.memory = kept
        second = self.read(note.parts[0])
        if second in (first, getattr(first, "of", None), *_parts(first), _in_prices(first)):
            return first
        if _measures(second, first):  # so it is not the day before that is compared with
            told = [a for a in self.memory.assumptions if not a.sentence.startswith("“Rising”")]
            self.memory.assumptions = kept.assumptions + [
                a for a in told if a not in kept.assumptions
            ]
            return second
        if condition.kind not in (*_PATTERNS, "compare"):
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        if condition.kind == "narrow_range" and _of_narrowest(second):
            raise Unreadable("contradictory", "The narrowest range of how many days?")
        if note.parts[0].kind in _PATTERNS:
            # "an NR4 day that is an inside day": the one is no definition of the other.
            if note.kind != "note_told":
                raise Unreadable("ambiguous", "One pattern, or both on the same day?")
            return AllOf(conditions=(first, second))
        if condition.kind != "compare" and not _of_a_few_bars(second):
            # "a hammer (close above the 200-day average)": that defines no candle.
            if note.kind != "note_added":
                raise Unreadable("ambiguous", "What the pattern is, or what else must be true?")
            return AllOf(conditions=(first, second))
        self.memory = known if condition.kind == "compare" else self.memory
        return second


def _measures(note: Any, trend: Any) -> bool:
    """ "rising (higher than 10 days ago)": against which day it rises."""
    if not (isinstance(note, Compare) and isinstance(trend, Compare)):
        return False
    same = note.left == trend.left and note.operator[0] == trend.operator[0]
    pasts = (note.right, trend.right)
    return same and all(isinstance(p, Previous) and p.of == note.left for p in pasts)


def _parts(found: Any) -> tuple[Any, ...]:
    return tuple(found.conditions) if isinstance(found, AllOf) else ()
