"""What the grammar hands on: every reading as a tree of named parts and words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llm.translator.tokens import Token

# What a construction costs: plainer readings come first, stretched ones are tried last.
COSTS = {
    # “The 4th trading day of the month” is not “the 4th of the month”.
    "day_of_month": 1,
    # “Each closing higher and opening inside the body before”: that holds of each, too.
    "in_body_before": 1,
    "elliptic_average": 6,
    "average_of_known": 6,
    "average": 1,
    "entry_noun": 1,
    "exit_noun": 1,
    "channel_memory": 2,
    "bare_span": 1,
    "band_bare": 4,
    "yesterday_alone": 4,
    "compare_it": 1,
    "recently": 1,
    "plural_close": 4,
    "through_band": 3,
    "trend_it": 2,
    "each_unit": 2,
    "compare_again_it": 3,
    "signed_it": 2,
    "cross_two": 2,
    "cross_again_end": 2,
    "at_act": 3,
    "at_leave": 3,
    "line_alone": 2,
    "scheduled_pending": 3,
    "compare_again": 3,
    "cross_again": 1,
    "cross_again_it": 2,
    "cross_no_direction": 3,
    "soft_cross_again": 2,
    "is_multiple": 2,
    "is_at": 3,
    "at_extreme": 3,
    "extreme_bare": 3,
    "it_own": 3,
    "generic_price": 1,
    "symbol_price": 1,
    "pending": 8,
    "gate": 1,
    "define_bare": 9,
    "define_length_factor": 9,
    "define_range_factor": 9,
    "define_titled": 6,
    "side_after_being": 1,
    "define_numbers": 5,
    "label": 1,
    "scheduled": 2,
    "scheduled_after": 3,
    "scheduled_alone": 3,
    "turn_of_month": 2,
    "label_empty": 4,
    "label_indicator": 3,
    "symbol_label": 3,
    "act_when_bare": 1,
    "when_act_bare": 1,
    "when_leave_bare": 1,
    "exit_condition_bare": 1,
    "act_alone": 9,
    "leave_alone": 9,
    "at_the_close": 3,
    "last_day_spoken": 4,
    "appears": 1,
    "leave_each": 1,
    "regime_act": 1,
    "side_long": 1,
    "side_short": 1,
    "graded_again": 3,
    "slope_of": 3,
    "told_entry": 1,
    "told_entry_if": 2,
    "told_entry_first": 1,
    "told_entry_first_if": 2,
    "told_exit": 1,
    "told_exit_first": 1,
    "risk_bare_number": 6,
    "capital": 1,
    "object_none": 0,
    "hold_plain": 4,
    "limit_plain": 4,
    "candle_colour": 1,
    "up_close": 1,
    "down_close": 1,
    "time_after": 1,
    "condition_note": 1,
    "level_value": 1,
    "two_protections": 1,
    "oscillator_bare": 1,
    "average_bare": 1,
    "oscillator_of_only": 1,
    "own_base": 0,
    "define_as": 6,
    "ignorable": 1,
    "at_level": 1,
    "generic_first": 1,
    "trade_up": 1,
    "trade_down": 1,
    "stop_before": 0,
    "return_one": 2,
    "of_symbol_after": 1,
    "after_day": 0,
    "drawdown": 1,
    "hold_days_bare": 3,
    "unseparated": 2,
    "all_met_it": 4,
    "year_day": 2,
    "year_day_us": 2,
    "signal": 1,
    "divided_slash": 2,
    "is_up": 1,
    "is_up_on_day": 1,
    "is_down_on_day": 1,
    "is_down": 1,
    "define_bands_later": 8,
    "elliptic_value": 2,
    "signed_before": 1,
    "closes_beyond_again": 2,
    "oscillator_span": 2,
    "define_averages": 6,
    "define_averages_after": 6,
    "define_called": 2,
    "define_sum": 2,
    "both_compare": 1,
    "half_level": 2,
    "defined_value": 1,
    "at_least_it": 3,
    "at_most_it": 3,
    "inside_band": 2,
    "its_past": 1,
    "its_yesterday": 1,
    "recently_before": 1,
    "exit_first": 4,
    "when_close": 9,
    "act_first": 2,
    "first_seen": 4,
    "leave_first": 4,
    "act_with": 3,
    "exit_with": 3,
    "was_yesterday": 1,
    "close_when": 4,
    "heikin_candle": 1,
    "and_leave": 3,
    "near_level": 1,
    "define_for": 2,
    "first_of": 1,
    "colour_alone": 4,
    "gate_unless": 1,
    "gated_rule": 2,
    "moved_so_far": 1,
    "leave_ways": 3,
    "distance_it": 1,
    "entry_price": 3,
    "way_span": 2,
    "beyond_again": 3,
    "case_act": 1,
    "for_as_many": 2,
    "first_close": 1,
    "probes_but_closes": -1,
    "candle_closing": -1,
    "heikin_closing": -1,
    "noted": 1,
    "only_flat": -1,
    "always_reversed": -1,
    "days_graded": -1,
    "graded": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the idea with its tags; equal only to itself."""

    text: str
    tags: frozenset[str]
    value: float | None
    start: int
    end: int
    detail: str
    day: Any = None

    def has(self, *tags: str) -> bool:
        return not self.tags.isdisjoint(tags)

    def sub(self, head: str) -> str:
        """What stands after the colon: "sma" of the tag MA:sma."""
        found = [tag for tag in self.tags if tag.startswith(head + ":")]
        return min(found).partition(":")[2] if found else ""


@dataclass(frozen=True, slots=True)
class Said:
    """One construction of the grammar, by its name, with its parts in order."""

    kind: str
    parts: tuple[Any, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """Every word in it, in order."""
        found: list[Word] = []
        for part in self.parts:
            if isinstance(part, Said):
                found.extend(part.words)
            elif isinstance(part, Word):
                found.append(part)
        return tuple(found)

    def find(self, *kinds: str) -> list[Said]:
        """The parts of these kinds, at the first level."""
        return [p for p in self.parts if isinstance(p, Said) and p.kind in kinds]


class Trees:
    """The grammar's actions: every rule becomes a `Said` of its name."""

    def __init__(self) -> None:
        self._made: dict[str, Callable[..., Any]] = {}

    @staticmethod
    def word(token: Token) -> Word:
        """A word of the idea, as it stands in trees."""
        return Word(
            token.text, token.tags, token.value, token.start, token.end, token.detail, token.day
        )

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        made = self._made.get(name)
        if made is None:

            def made(*parts: Any) -> Said:
                return Said(name, parts)

            made.cost = COSTS.get(name, 0)  # type: ignore[attr-defined]
            self._made[name] = made
        return made
