"""Rules in short words: "buy low, sell high", "..., do the rest", "switch at the next open"."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Compare, Indicator, Number
from llm.translator.reading.frames import Frames
from llm.translator.reading.memory import CLOSE, Span, Unreadable
from llm.translator.reading.patterns import LEVELS
from llm.translator.said import Said

_SPANS = ("span", "one_unit")
# What a big move is where nobody says, in percent of the day before's close.
_MUCH = 3.0
_STOPS = frozenset(("stop_loss", "stop_distance"))
_TARGETS = frozenset(("take_profit", "target_distance"))
_ELSEWHERE = frozenset(("stop_level", "target_level", "trailing_stop", "trailing_distance"))


class Sayings(Frames):
    """Reads what is said of rules in passing, and rules that are a saying."""

    # -- moves ---------------------------------------------------------------------------------

    def on_moves_over_span(self, *parts: Any) -> Any:
        """ "a 2 % one-day loss", "a 5 % three-day drop"."""
        said = [p for p in parts if isinstance(p, Said)]
        word = next(p for p in parts if not isinstance(p, Said) and p.has("RISE", "FALL"))
        span = self.read(said[1]) if len(said) > 1 else Span(1.0, "DAY")
        return self._move((said[0],), up=word.has("RISE"), bars=self.bars_in(span))

    def on_moves_much(self, *words: Any) -> Any:
        """ "a big drop", "a sharp one-day rally": by how much is assumed, and said."""
        word = next(w for w in words if w.has("RISE", "FALL", "UP", "DOWN"))
        if self.leaving and not any(w.has("DAY") for w in words):
            raise Unreadable("ambiguous", "A big move since the entry, or of one day?")
        up = word.has("RISE", "UP")
        name = "big rise" if up else "big drop"
        level = abs(float(self.choices.get(f"{name}.level", _MUCH)))
        if not level:
            raise Unreadable("invalid_value", f"A {name} is more than nothing.")
        told = f"A {name} is one of {level:g} % or more in one day."
        self.assume(told, f"{name}.level", level)
        change = Indicator(name="change", numbers=(1.0,), source=CLOSE)
        fraction = round(level / 100, 12)
        least = Number(value=fraction if up else -fraction)
        return Compare(left=change, operator=">=" if up else "<=", right=least)

    # -- fills ---------------------------------------------------------------------------------

    def on_when_buy_close(self, condition: Any, word: Any, *tails: Any) -> None:
        """ "If RSI(2) is below 5, buy the close."."""
        self.on_buy_close_when(word, condition, *tails)

    def on_when_sell_close(self, condition: Any, word: Any, *tails: Any) -> None:
        """ "if it is above 70, sell the close"."""
        self.on_sell_close_when(Said("exit_verb", (word,)), condition, *tails)

    def on_hold_span_after(self, _verb: Any, *parts: Any) -> None:
        """ "Hold two weeks after a 3 % drop": from the drop on, not two weeks after it."""
        said = [p for p in parts if isinstance(p, Said)]
        k = next(k for k, p in enumerate(said) if p.kind in _SPANS)
        self._tails(tuple(said[:k] + said[k + 2 :]))
        self.set_risk("hold_bars", self.bars_in(self.read(said[k])))
        self.enter("long", self.condition(said[k + 1]))

    def on_switched_at_open(self, *_: Any) -> None:
        """ "..., switch on the next open": from one side to the other, as told before."""
        if not all(self.found.entries[side] for side in ("long", "short")):
            raise Unreadable("ambiguous", "Switch from what to what?")
        self.found.reverse = True

    # -- stops and targets ---------------------------------------------------------------------

    def on_let_end_alone(self, protection: Any, *_: Any) -> None:
        """ "a 12 % trailing stop is the only exit"."""
        self.read(protection)
        if any(self.found.exits.values()):
            raise Unreadable("contradictory", "Another exit is given besides the only one.")
        self.found.no_exit = True

    def on_only_from_entry(self, *parts: Any) -> None:
        """ "..., both from my entry price": as stops and targets at a distance are counted."""
        both = any(not isinstance(p, Said) and p.has("BOTH") for p in parts)
        told = set(self.found.risk)
        counted = [bool(told & _STOPS), bool(told & _TARGETS)]
        if told & _ELSEWHERE or not any(counted) or (both and not all(counted)):
            raise Unreadable("ambiguous", "What is counted from the entry?")
        for part in parts:
            if isinstance(part, Said):
                self.on_only_note_atr(part)

    # -- an indicator with its usual levels ----------------------------------------------------

    def on_buy_low_sell_high(self, name: Any, *_: Any) -> None:
        """ "Trade RSI: buy low, sell high.": below and above its usual levels."""
        value = self.value(name)
        levels = LEVELS.get(getattr(value, "name", ""))
        if levels is None:
            raise Unreadable("ambiguous", "Low and high of what, by which numbers?")
        low, high = self.memory.meanings.get("levels", levels)
        low = float(self.choices.get("oversold.level", low))
        high = float(self.choices.get("overbought.level", high))
        label = INDICATORS[value.name].label
        self.assume(f"Low means {label} below {low:g}.", "oversold.level", low)
        self.assume(f"High means {label} above {high:g}.", "overbought.level", high)
        self.enter("long", self.compare(value, "<", Number(value=low)))
        self.leave(self.compare(value, ">", Number(value=high)))

    def on_buy_low_sell_high_bands(self, *parts: Any) -> None:
        """ "Use Bollinger Bands to buy dips and sell rallies": beyond the outer bands."""
        said = next((p for p in parts if isinstance(p, Said)), None)
        numbers = None
        if said is not None:
            numbers = self.nums(said) if said.kind == "nums" else self.band_numbers(said)
        lower, upper = (self.make("bbands", numbers, side) for side in ("lower", "upper"))
        self.assume("Low means a close below the lower Bollinger band.")
        self.assume("High means a close above the upper Bollinger band.")
        self.enter("long", self.compare(CLOSE, "<", lower))
        self.leave(self.compare(CLOSE, ">", upper))
