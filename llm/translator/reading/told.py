"""Rules told the other way round: "a close above it is my entry", "that is the buy"."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Streak
from llm.translator.reading.conditions import returned
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.schedules import Schedules
from llm.translator.said import Said, Word


class Told(Schedules):
    """Reads rules in which the condition is the subject, or was told a sentence before."""

    def on_told_entry(self, condition: Any, told: Any, *tails: Any) -> None:
        self._enter_told(self.condition(condition), told, tails)

    def on_named_entry(self, *parts: Any) -> None:
        """ "Outside day as a contrarian buy: high above ..., low below ..."."""
        name, told, condition, *rest = (p for p in parts if isinstance(p, Said))
        tails = tuple(rest)
        explained = Said("explained", (name, Said("note_added", (condition,))))
        self._enter_told(self.condition(explained), told, tails)

    def on_told_entry_bare(self, condition: Any, *tails: Any) -> None:
        """ "20-day breakout entries"."""
        self.enter(self.found.side, self.condition(condition))
        self._tails(tails)

    def on_told_entry_if(self, condition: Any, told: Any, more: Any, *tails: Any) -> None:
        """ "a bullish crossover counts as a buy only if C"."""
        first = self.condition(condition)
        both = AllOf(conditions=(first, self.condition(more)))
        self._enter_told(both, told, tails)

    def on_told_entry_for(self, condition: Any, told: Any, span: Any) -> None:
        """ "puts me in for 7 trading days"."""
        self._enter_told(self.condition(condition), told, ())
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def on_told_entry_unless(self, condition: Any, told: Any, less: Any, *tails: Any) -> None:
        if less.kind == "unless":
            raise Unreadable("ambiguous", "Which exception belongs to which?")
        first = self.condition(condition)
        both = AllOf(conditions=(first, negate(self.condition(less))))
        self._enter_told(both, told, tails)

    def on_told_entry_first_unless(self, told: Any, condition: Any, *rest: Any) -> None:
        self.on_told_entry_unless(condition, told, *rest)

    def on_told_entry_first(self, told: Any, condition: Any, *tails: Any) -> None:
        self.on_told_entry(condition, told, *tails)

    def on_told_entry_first_if(self, told: Any, condition: Any, more: Any, *tails: Any) -> None:
        self.on_told_entry_if(condition, told, more, *tails)

    def on_told_entry_before(self, told: Any, *tails: Any) -> None:
        """ "That is the buy": what the sentences before say."""
        self._enter_told(self._told_before(), told, tails)

    def on_act_alone(self, action: Any, *tails: Any) -> None:
        """ "Then buy": on what the sentences before say."""
        condition = self._told_before()
        self._tails(tails)
        self._say_side(action)
        self._enter(action, condition)

    def on_act_on_that(self, action: Any, *tails: Any) -> None:
        """ "Long on that": on what the sentences before say."""
        self.on_act_alone(action, *(p for p in tails if isinstance(p, Said)))

    def on_looks_like_act(self, condition: Any, *parts: Any) -> None:
        """ "A down day of 2 % looks like capitulation to me: buy it"."""
        told = [p for p in parts if isinstance(p, Said)]
        self.on_when_act(condition, *told)

    def on_act_after_nth(self, action: Any, *parts: Any) -> None:
        """ "Three green candles in a row. I buy after the third one."."""
        condition = self._told_before()
        self._ends_row(condition, parts)
        self._tails(tuple(p for p in parts if isinstance(p, Said)))
        self._say_side(action)
        self._enter(action, condition)

    def on_row_act_nth(self, condition: Any, action: Any, *parts: Any) -> None:
        """ "Three green candles in a row: I buy on the third"."""
        found = self.condition(condition)
        self._ends_row(found, parts)
        self._tails(tuple(p for p in parts if isinstance(p, Said)))
        self._say_side(action)
        self._enter(action, found)

    def _ends_row(self, condition: Any, parts: tuple[Any, ...]) -> None:
        """The day that is named is the last one of the row, on which the row is complete."""
        nth = next(p for p in parts if isinstance(p, Word) and p.has("NTH"))
        told = condition.conditions if isinstance(condition, AllOf) else (condition,)
        rows = [one.bars for one in told if isinstance(one, Streak)]
        if int(nth.sub("NTH")) != max(rows, default=0):
            raise Unreadable("ambiguous", "The how many of which days?", nth.text)

    def _told_before(self) -> Any:
        pending = self.found.pending
        defined = [v for k, v in self.memory.meanings.items() if k.startswith("candle ")]
        if not pending and len(defined) == 1 and not any(self.found.entries.values()):
            return defined[0]
        if not pending:
            raise Unreadable("ambiguous", "No entry is given: please say when to buy.")
        kept = returned(pending)
        told = kept[0] if len(kept) == 1 else AllOf(conditions=tuple(kept))
        pending.clear()
        return told

    def _enter_told(self, condition: Any, told: Any, tails: tuple[Any, ...]) -> None:
        words = told.words if isinstance(told, Said) else (told,)
        short = any(word.has("SHORTNOUN", "GETSSHORT") for word in words)
        if short:
            self.found.side = "short"
        else:
            self._not_if_short(words)
        self._tails(tails)
        self.enter("short" if short else "long", condition)

    def on_told_exit(self, condition: Any, *tails: Any) -> None:
        found = self._exit_condition(condition)
        self._tails(tails)
        self.leave(found)

    def on_told_exit_if(self, condition: Any, more: Any, *tails: Any) -> None:
        found = AllOf(conditions=(self._exit_condition(condition), self._exit_condition(more)))
        self._tails(tails)
        self.leave(found)

    def on_told_exit_first(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said):
                self._leave_part(part, cover=False)
