"""What comes after a trade: when a signal counts again, and what only its outcome decides."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Compare, Cross, First, Indicator, Number
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.ends import Ends
from llm.translator.reading.memory import CLOSE, OfTrade, Unreadable
from llm.translator.said import Said

_STOPS = {"stop_loss", "stop_distance", "stop_level", "trailing_stop", "trailing_distance"}
_APART = {"sizing", "size", "cooldown", "trail_from", "trail_intrabar", "breakeven"}


def _is_event(condition: Any) -> bool:
    """Whether it must happen anew to be true again."""
    return any(isinstance(node, Cross | First) for node in nodes(condition))


class Afterwards(Ends):
    """Reads what must happen before it is bought again."""

    def on_fresh_signal(self, *_: Any) -> None:
        """ "After a stop wait for a fresh signal": a state must begin anew, a crossing does."""
        entries = self.found.entries
        if not any(entries.values()):
            raise Unreadable("ambiguous", "A fresh signal of which rule?")
        for side, told in entries.items():
            entries[side] = [one if _is_event(one) else First(of=one) for one in told]
            if entries[side] != told:
                self.assume("A trade begins only when its condition becomes true anew.")

    def on_fresh_after(self, *parts: Any) -> None:
        """ "If the stop is hit, no new purchase until the close has been below the average"."""
        between = self.condition([p for p in parts if isinstance(p, Said)][-1])
        entries = self.found.entries
        told = [entry for side in entries.values() for entry in side]
        if not told or not all(self._ended_by(entry, between) for entry in told):
            raise Unreadable(
                "unsupported",
                "What must happen between two trades can only be that the reason for buying is "
                "gone; a pause is counted in days.",
            )
        self.on_fresh_signal()

    def _ended_by(self, entry: Any, between: Any) -> bool:
        if not isinstance(between, Compare) or not isinstance(entry, Compare | Cross):
            return False
        if isinstance(entry, Cross):
            turned = ">" if entry.direction == "above" else "<"
        else:
            turned = entry.operator[0]
        same = (entry.left, entry.right) == (between.left, between.right)
        return same and {turned, between.operator[0]} == {">", "<"}

    def on_cooldown_after_stop(self, *parts: Any) -> None:
        """ "once stopped out, stay out for ten days"."""
        found = self.found
        if any(found.exits.values()) or set(found.risk) - _STOPS - _APART:
            raise Unreadable(
                "unsupported",
                "A pause after stops only is not possible: it holds after every exit.",
            )
        self.on_cooldown(*parts)
        self.assume("The pause holds after every exit, not only after a stop.")

    def on_trail_line(self, *parts: Any) -> None:
        """ "trail the stop at the 10-day low": a line that moves from day to day."""
        said = next(p for p in parts if isinstance(p, Said))
        short = self.found.side == "short"
        self.assume("A line as a trailing stop: left at the next open after a close beyond it.")
        line = self.value(said)
        if scale_of(line) != "price":
            raise Unreadable("not_understood", "A stop lies at a price.")
        self.leave(self.compare(CLOSE, ">" if short else "<", line), cover=short)

    def on_exit_bracket(self, one: Any, other: Any) -> None:
        """ "a bracket of +8 %/-4 %"."""
        for way in self.on_exit_signed_two(one, other):
            self.leave(way)

    def on_exit_multiple(self, number: Any) -> OfTrade:
        """ "exit at 2R"."""
        return OfTrade("target_multiple", self.number(number))

    def on_risk_and_reward(self, risk: Any, reward: Any) -> None:
        """ "risk 2 ATR, reward 4 ATR"; in percent it may be the account that is risked."""
        stop, target = self.risk(risk), self.risk(reward)
        if isinstance(stop, float) or isinstance(target, float):
            raise Unreadable("ambiguous", "Percent of the account, or of the price? Say “stop”.")
        self.set_risk("stop_distance", stop)
        self.set_risk("target_distance", target)

    def on_chandelier_nums(self, bars: Any, factor: Any) -> None:
        """ "chandelier exit (22, 3)": 3 ATR(22) below the highest high."""
        atr = Indicator(name="atr", numbers=(self.number(bars),))
        times = Number(value=self.number(factor))
        self.found.risk["trail_from"] = "high"
        self.set_risk("trailing_distance", Arithmetic(operator="*", left=times, right=atr))

    def on_back_to(self, *parts: Any) -> Any:
        """ "cover when it is back to 50"."""
        left, right = self.left_of(parts[0] if len(parts) > 1 else None, parts[-1])
        return self._reached(left, right)

    def on_if_profitable(self, *_: Any) -> None:
        raise Unreadable(
            "unsupported",
            "Whether a trade is in profit can decide nothing but a target or a stop: a time limit "
            "holds for every trade.",
        )
