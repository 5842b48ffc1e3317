"""Leaving: exits, time limits, holding until."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Ago, AllOf, Calendar, Compare, Number
from llm.translator.reading.actions import Actions
from llm.translator.reading.conditions import ways_of_list
from llm.translator.reading.memory import OfTrade, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.said import Said

# Words for not being in: nothing is bought then, either.
_STAYS = (
    "do not be",
    "not be",
    "avoid",
    "stay",
    "keep",
    "remain",
    "be ",
    "sit",
    "flat",
    "cash",
    "in cash",
    "stand aside",
)
# Days in a row on which a position may be kept away from; others name one day.
_LASTING = ("month", "quarter", "year", "year_of_four")


_STAYS_OUT = ("stay out", "stay away", "keep out", "stand aside", "stay out of market")


class Leaving(Actions):
    """Reads rules that close a position."""

    # -- leaving -------------------------------------------------------------------------------

    def leave(self, found: Any, *, cover: bool = False) -> None:
        """Put one way out: a condition, or something true of the open trade."""
        if isinstance(found, tuple):
            for part in found:
                self.leave(part, cover=cover)
            return
        if isinstance(found, OfTrade):
            amount = found.amount
            self.set_risk(found.name, amount)
            return
        side = "short" if cover else self._side_to_leave()
        self.found.exits[side].append(found)

    def _side_to_leave(self) -> str:
        found = self.found
        if found.side == "short" and (not found.entries["long"] or found.exits["long"]):
            return "short"
        return "long"

    def _exit_condition(self, said: Any) -> Any:
        self.leaving = True
        try:
            found = self.read(said)
        finally:
            self.leaving = False
        if not isinstance(found, OfTrade | tuple):
            self._remember(found)
        return found

    def on_leave(self, action: Any, *parts: Any) -> None:
        cover = self.action(action) == "cover"
        self.opening = tuple(
            p for p in (action, *parts) if isinstance(p, Said) and not p.kind.startswith("exit_c")
        )
        ways = [p for p in parts if isinstance(p, Said) and p.kind.startswith("exit_")]
        if self._stays_out(action, ways):
            return
        if any(word.text.startswith(_STAYS) for word in action.words):
            # "Stay out unless A": nothing is bought then, either.
            told = [way.parts[-1] for way in ways if way.kind == "exit_unless"]
            self.found.gates += [self.condition(way) for way in told]
        if any(word.text in _STAYS_OUT for word in action.words):
            kept = [w.parts[-1] for w in ways if w.kind.startswith("exit_condition")]
            self.found.gates += [negate(self.condition(way)) for way in kept]
        for part in parts:
            if isinstance(part, Said):
                # "when A, B or after ten days": a list of ways out.
                said = ways_of_list(part) if part in ways[:-1] else part
                self._leave_part(said, cover=cover)
        self.opening = ()

    def on_leave_each_side(self, action: Any, first: Any, word: Any, second: Any) -> None:
        """ "a long is closed by A and a short by B"."""
        cover = self.action(action) == "cover"
        names = action.words[0].text.startswith(("short", "cover") if cover else "long")
        if not names or word.has("SHORT") is cover:
            raise Unreadable("not_understood", "Which side is left by what?")
        self.on_leave(action, first)
        self._leave_part(second, cover=not cover)

    def _stays_out(self, action: Any, ways: list[Any]) -> bool:
        """ "Be in cash in September": on those days nothing is bought, and what is held is sold."""
        if len(ways) != 1 or not any(word.has("FLAT") for word in action.words):
            return False
        kept = self.memory.copy()
        if self._keeps_away(self.read(ways[0])):
            return True
        self.memory = kept  # read again as a rule for selling
        return False

    def _keeps_away(self, days: Any) -> bool:
        if not isinstance(days, Calendar) or days.unit not in _LASTING or days.fills:
            return False
        self.found.gates.append(negate(days))
        self.found.days_off.append(days)
        return True

    def _leave_part(self, part: Any, *, cover: bool) -> None:
        if part.kind.startswith(("object", "setting_tail", "size")):
            self.read(part)
            return
        found = self.read(part)
        if found is not None:
            self.leave(self._on_its_open(found), cover=cover)

    def _on_its_open(self, found: Any) -> Any:
        """ "sell on Friday at the open": the day named is that of the fill."""
        has_day = isinstance(found, Calendar | AllOf | Ago | Compare)
        return self._filled(self.opening, found) if has_day and self.opening else found

    def on_exit_condition(self, *parts: Any) -> Any:
        return self._exit_condition(parts[-1])

    def on_exit_at_close_of(self, word: Any, *parts: Any) -> Any:
        """ "at the close of the first day that ends above it"."""
        self.on_object_at_close(word)
        return self._exit_condition(parts[-1])

    def on_exit_condition_bare(self, *parts: Any) -> Any:
        return self._exit_condition(parts[-1])

    def on_exit_first(self, condition: Any) -> Any:
        """ "at the first close above the day before's high"."""
        return self._exit_condition(condition)

    def on_exit_with(self, condition: Any) -> Any:
        """ "go out with RSI(2) above 80"."""
        return self._exit_condition(condition)

    def on_at_leave(self, level: Any, action: Any) -> None:
        self.action(action)
        self.leave(self._at(level, leaving=True))

    def on_target_is(self, _word: Any, condition: Any, *tails: Any) -> None:
        """ "the target is a touch of the upper band"."""
        self._tails(tails)
        self.leave(self._exit_condition(condition))

    def on_nothing_while(self, condition: Any) -> None:
        """ "long while it is up, nothing while it is down"."""
        self.leave(self._exit_condition(condition))

    def on_exit_unless(self, condition: Any) -> Any:
        return negate(self.condition(condition))

    def on_exit_at(self, level: Any) -> Any:
        return self._at(level, leaving=True)

    def on_exit_at_reading(self, *parts: Any) -> Any:
        """ "sell at RSI 70", "at a %B of 1"."""
        *words, number = parts
        nums = [p for p in words if isinstance(p, Said)]
        word = next(p for p in words if not isinstance(p, Said))
        left = self.on_oscillator_nums(word, nums[0]) if nums else self.on_oscillator(word)
        return self._reached(left, Number(value=self.number(number)))

    def on_exit_protection(self, part: Any) -> None:
        self.read(part)

    def on_exit_later(self, number: Any, unit: Any) -> OfTrade:
        span = self.span_of(self.number(number), unit)
        return OfTrade("hold_bars", self.bars_in(span))

    def on_exit_unit_later(self, *parts: Any) -> OfTrade:
        return OfTrade("hold_bars", self.bars_in(self.span_of(1.0, parts[-1])))

    def on_exit_later_span(self, *parts: Any) -> OfTrade:
        span = next(p for p in parts if isinstance(p, Said))
        return OfTrade("hold_bars", self.bars_in(self.read(span)))

    def on_exit_nth_day(self, nth: Any, *_: Any) -> Any:
        """ "sell on the tenth day": of the month, where a day of the month was bought."""
        entry = next(iter(self.found.entries["long"][-1:]), None)
        if isinstance(entry, Calendar) and "month" in entry.unit:
            return Calendar(unit="trading_day_of_month", values=(int(nth.sub("NTH")),))
        return OfTrade("hold_bars", int(nth.sub("NTH")))

    def on_exit_next_day(self, *_: Any) -> OfTrade:
        if any(self.found.exits.values()):
            raise Unreadable("ambiguous", "The day after the signal to sell, or after buying?")
        return OfTrade("hold_bars", 1)

    def on_exit_profit(self, pct: Any) -> OfTrade:
        return OfTrade("take_profit", self.read(pct))

    def on_when_stopped_out(self, condition: Any) -> None:
        """ "if the trade loses 5 % we are stopped out"."""
        self.leave(self._exit_condition(condition), cover=False)

    def on_when_leave_morning(self, condition: Any, verb: Any, *tails: Any) -> None:
        """ "when A, I sell in the morning"."""
        self.on_when_leave(condition, Said("exit_action", (verb,)), *tails)
        self.before_open(rule for rules in self.found.exits.values() for rule in rules)

    def on_when_leave(self, condition: Any, action: Any, *tails: Any) -> None:
        found = self._exit_condition(condition)
        cover = self.action(action) == "cover"
        self._tails(tails)
        if any(word.has("FLAT") for word in action.words) and self._keeps_away(found):
            return
        if action.words and action.words[0].text in _STAYS_OUT and found not in self.found.gates:
            self.found.gates.append(negate(found))
        self.opening = (action, *(tail for tail in tails if isinstance(tail, Said)))
        found = self._on_its_open(found)
        self.opening = ()
        self.leave(found, cover=cover)

    on_when_leave_bare = on_when_leave

    def on_leave_after(self, span: Any, action: Any, *tails: Any) -> None:
        self.action(action)
        self._tails(tails)
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def on_hold_then_leave(self, *parts: Any) -> None:
        span = next(p for p in parts if isinstance(p, Said) and p.kind in ("span", "one_unit"))
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def on_leave_next_day(self, action: Any, *_: Any) -> None:
        self.action(action)
        if any(self.found.exits.values()):
            raise Unreadable("ambiguous", "The day after the signal to sell, or after buying?")
        self.set_risk("hold_bars", 1)

    def on_only_exits(self, *parts: Any) -> None:
        for part in parts:
            if part.kind not in ("number", "list_comma"):
                self._leave_part(part, cover=False)

    def on_no_exit(self, *_: Any) -> None:
        """ "nothing else": what is held in certain times only still ends with them."""
        self.found.no_exit = self.found.regime is None

    # -- holding -------------------------------------------------------------------------------

    def on_hold_for(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said) and part.kind in ("span", "one_unit"):
                self.set_risk("hold_bars", self.bars_in(self.read(part)))
            elif isinstance(part, Said):
                self.read(part)

    def on_hold_for_or_until(self, *parts: Any) -> None:
        """ "hold for 8 days or until RSI is above 70": whichever comes first."""
        self.on_hold_for(*parts[:-1])
        self.leave(self._exit_condition(parts[-1]))

    on_time_stop = on_hold_plain = on_hold_for

    def on_days_held(self, *parts: Any) -> None:
        """ "days held >= 12": bars of the trade, said without a unit."""
        self.set_risk("hold_bars", max(1, round(self.number(parts[-1]))))

    def on_hold_for_or_leave(self, *parts: Any) -> None:
        """ "give it 10 days or the first close above the average"."""
        ways = [p for p in parts if isinstance(p, Said) and p.kind.startswith("exit_")]
        self.on_hold_for(*(p for p in parts if p not in ways))
        for way in ways:
            self._leave_part(way, cover=False)

    def on_wait_for_or_time(self, condition: Any, span: Any) -> None:
        """ "I wait for RSI above 50 or 15 days, whichever comes first": both end the trade."""
        if not any(self.found.entries.values()):
            raise Unreadable("ambiguous", "Waiting before the trade, or in it?")
        self.on_hold_for_or_until(span, condition)

    def on_wait_time_or_for(self, span: Any, condition: Any) -> None:
        self.on_wait_for_or_time(condition, span)

    def on_hold_until(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said) and not part.kind.startswith("object"):
                self.leave(self._exit_condition(part))

    def on_when_hold_until(self, condition: Any, *parts: Any) -> None:
        """ "if A, buy and hold until B, then sell"."""
        self.enter("long", self.condition(condition))
        for part in parts:
            if isinstance(part, Said) and part.kind == "exit_action":
                self.action(part)
            elif isinstance(part, Said):
                self._leave_part(part, cover=False)

    def on_hold_with(self, *parts: Any) -> None:
        """ "let it run with a 10 % trailing stop"."""
        self.read(parts[-1])

    def on_hold_until_then(self, *parts: Any) -> None:
        """ "He sits on it until A, and then he sells the next morning"."""
        said = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("object")]
        self.leave(self._exit_condition(said[0]))
        for part in said[1:]:
            if part.kind == "exit_action":
                self.action(part)

    def on_hold_until_ending(self, *parts: Any) -> None:
        self._leave_part(parts[-1].parts[0], cover=False)

    # -- both sides ----------------------------------------------------------------------------

    def on_leave_both(self, *parts: Any) -> None:
        """ "both get closed at the middle band": longs and shorts, each from its own side."""
        if not all(self.found.entries.values()):
            raise Unreadable("ambiguous", "Both of what? Say when to buy and when to sell short.")
        last = self.found.side
        for side in ("long", "short"):
            self.found.side = side
            for part in parts:
                self._leave_part(part, cover=side == "short")
        self.found.side = last

    def on_always_reversed(self) -> None:
        """ "reversing each time", "never flat after the first trade"."""
        self.found.reverse = True
