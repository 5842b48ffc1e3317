"""How a trade ends, in everyday words: gains and losses, the best close, the last day."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.leaving import Leaving
from llm.translator.reading.memory import OfTrade, Unreadable
from llm.translator.reading.positions import amount_in
from llm.translator.said import Said

_CLOSE_BASED = (
    "Gains and losses are measured inside each bar here, not on closes alone: say “a stop of 5 %” "
    "or “a target of 8 %”."
)

_STOPS = {"stop_loss", "stop_distance", "stop_level", "trailing_stop", "trailing_distance"}


def of_close(parts: tuple[Any, ...]) -> bool:
    """Whether a rule about the trade names the close, so that a day's low does not count."""
    words = [w for p in parts for w in (p.words if isinstance(p, Said) else (p,))]
    return any(w.has("CLOSE", "CLOSEV", "CLOSES") for w in words)


def _is_way(part: Any) -> bool:
    return isinstance(part, Said) and part.kind.startswith("way_")


class Ends(Leaving):
    """Reads ways out that only everyday words give."""

    # -- gains and losses ----------------------------------------------------------------------

    def _of_trade_before(self) -> OfTrade:
        last = self.memory.meanings.get("of_trade")
        if not isinstance(last, OfTrade):
            raise Unreadable("ambiguous", "Measured from what?")
        return last

    def on_beyond_it(self, *parts: Any) -> OfTrade:
        """ "... or a tenth below it": the entry price spoken of just before."""
        self._of_trade_before()
        side = next(p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW"))
        up = side.has("ABOVE") != (self.found.side == "short")
        found = self._amount_t(amount_in(parts))
        return self._gain(found) if up else self._loss(found)

    on_beyond_again = on_beyond_it

    def on_made(self, *parts: Any) -> OfTrade:
        return self._gain(self._amount_t(amount_in(parts)))

    def on_lost_it(self, *parts: Any) -> OfTrade:
        if len(parts) == 2:
            self._of_trade_before()
        return self._loss(self._amount_t(amount_in(parts)))

    def on_lost_after(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(amount_in(parts)))

    def on_plus_amount(self, *parts: Any) -> OfTrade:
        return self._gain(self._amount_t(amount_in(parts)))

    def on_minus_amount(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(amount_in(parts)))

    def on_signed_amount(self, *parts: Any) -> OfTrade:
        """ "+12 % or -8 % against what I paid"."""
        return self._signed(amount_in(parts).parts[0])

    def on_exit_signed(self, pct: Any) -> OfTrade:
        return self._signed(pct)

    def on_exit_minus(self, pct: Any) -> OfTrade:
        """ "out at minus 7 percent"."""
        return self._loss(abs(self.read(pct)))

    def on_exit_plus(self, pct: Any) -> OfTrade:
        return self._gain(abs(self.read(pct)))

    def on_leave_wrong(self, word: Any, *parts: Any) -> None:
        """ "if it goes wrong I am out at minus 7 %": said before a loss, and only there."""
        before = dict(self.found.risk)
        self.on_leave(*parts)
        told = {name for name, value in self.found.risk.items() if before.get(name) != value}
        gains = {name for name in told if name.startswith("take_profit")}
        if not told or (gains != told if word.has("GOESWELL") else gains):
            raise Unreadable("ambiguous", "Out at which gain, and at which loss?")

    def on_exit_signed_two(self, one: Any, other: Any) -> tuple[OfTrade, ...]:
        """ "+8 % / -4 %"."""
        return self._signed(one), self._signed(other)

    def on_exit_nth(self, nth: Any) -> OfTrade:
        """ "on the 5th day after entry"."""
        return OfTrade("hold_bars", int(next(w for w in nth.words if w.has("NTH")).sub("NTH")))

    def on_nth_after_leave(self, nth: Any, action: Any, *tails: Any) -> None:
        self.action(action)
        self._tails(tails)
        self.leave(self.on_exit_nth(nth))

    def on_let_end(self, protection: Any, *_: Any) -> None:
        """ "let a 3 ATR trailing stop take me out"."""
        self.read(protection)

    def on_exit_of_trade(self, of: Any) -> Any:
        """ "sell with a gain of 10 %"."""
        return self._exit_condition(of)

    def _signed(self, pct: Any) -> OfTrade:
        if pct.kind not in ("pct", "pct_of"):
            raise Unreadable("not_understood", "A gain or a loss in percent is meant here.")
        amount, word = self.read(pct), pct.words[0]
        if amount < 0:
            return self._loss(-amount)
        if word.detail != "+":
            raise Unreadable("ambiguous", "A gain or a loss? Say +5 % or -5 %.")
        return self._gain(amount)

    def on_ends_trade(self, *parts: Any) -> None:
        """ "A loss of 5 % ends the trade, and so does a gain of 10 %"."""
        for part in parts:
            if isinstance(part, Said):
                self.leave(self.read(part))

    def on_profit_leave(self, pct: Any, action: Any) -> None:
        self.action(action)
        self.set_risk("take_profit", self.read(pct))

    def on_leave_ways(self, *parts: Any) -> None:
        """ "8 % profit, 4 % loss, 30 days": each of them ends the trade."""
        ways = [w for p in parts if isinstance(p, Said) for w in (p, *p.parts) if _is_way(w)]
        listed = [w for p in parts if getattr(p, "kind", "") == "exit_ways" for w in p.parts]
        if any(isinstance(w, Said) and not _is_way(w) for w in listed):
            raise Unreadable("not_understood", "Which ways out are these?")
        found = [self.read(way) for way in ways]
        named = any(not isinstance(p, Said) and p.has("FIRSTOFTHESE") for p in parts)
        told = getattr(parts[0], "kind", "") == "exit_ways"
        if not (named or told or any(isinstance(one, OfTrade | tuple) for one in found)):
            raise Unreadable("ambiguous", "Is each of them a way out, or all of them together?")
        for part in parts:
            if isinstance(part, Said) and part.kind == "exit_action":
                self.action(part)
            elif isinstance(part, Said) and part.kind != "exit_ways" and not _is_way(part):
                self.read(part)
        for one in found:
            self.leave(one)

    def on_trade_up_way(self, pct: Any, *_: Any) -> OfTrade:
        """ "4 % up, 2 % down, or after 8 days" in a list of ways out."""
        return self._gain(self.read(pct))

    def on_trade_down_way(self, pct: Any, *_: Any) -> OfTrade:
        return self._loss(self.read(pct))

    def on_way_of(self, *parts: Any) -> Any:
        return self._exit_condition(parts[-1])

    def on_way_at(self, level: Any) -> Any:
        """ "at the middle band" in such a list."""
        return self._at(level, leaving=True)

    def on_way_stop(self, protection: Any) -> tuple[OfTrade, ...]:
        """ "a 6 % stop" in such a list."""
        self.read(protection)
        return ()

    def on_way_signed(self, pct: Any) -> OfTrade:
        return self._signed(pct)

    def on_way_span(self, span: Any) -> OfTrade:
        return OfTrade("hold_bars", self.bars_in(self.read(span)))

    def on_way_day(self, *parts: Any) -> OfTrade:
        """ "on day 10": of the trade."""
        return OfTrade("hold_bars", max(1, round(self.number(parts[-1]))))

    def on_ends_down(self, *parts: Any) -> None:
        """ "cut losses when down 4 %"."""
        self.leave(self._loss(self._amount_t(amount_in(parts))))

    def on_exit_list(self, *parts: Any) -> tuple[Any, ...]:
        """ "it is 7 % under my price, it is 18 % over it, or 45 days are up"."""
        found = []
        for part in parts:
            found.append(self.read(part))
        return tuple(found)

    # -- off the best close --------------------------------------------------------------------

    def _trail(self, found: Any, parts: tuple[Any, ...]) -> OfTrade:
        if any(w.has("HIGH") for p in parts if isinstance(p, Said) for w in p.words):
            self.found.risk["trail_from"] = "high"
        return OfTrade("trailing_stop" if isinstance(found, float) else "trailing_distance", found)

    def on_off_peak(self, *parts: Any) -> OfTrade:
        return self._trail(self._amount_t(amount_in(parts)), parts)

    def on_off_high(self, *parts: Any) -> OfTrade:
        """ "falls 20 % from its high", said of leaving: from the highest since the purchase."""
        return self._trail(self._amount_t(amount_in(parts)), ())

    def on_off_peak_minus(self, *parts: Any) -> OfTrade:
        multiple = next(p for p in parts if isinstance(p, Said) and p.kind.endswith("_amount"))
        return self._trail(self.amount(multiple).distance, parts)

    def on_off_peak_share(self, *parts: Any) -> OfTrade:
        share = next(p for p in parts if isinstance(p, Said) and p.kind in ("pct", "pct_of"))
        return self._trail(round(1 - self.read(share), 12), parts)

    def on_off_peak_times(self, *parts: Any) -> OfTrade:
        factor = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        return self._trail(round(1 - self.number(factor), 12), parts)

    # -- the last day --------------------------------------------------------------------------

    def on_leave_later(self, *parts: Any) -> None:
        """ "Two weeks later, that is ten trading days, sell": the last length counts."""
        spans = [p for p in parts if isinstance(p, Said) and p.kind in ("span", "one_unit")]
        self.action(parts[-1])
        self.set_risk("hold_bars", self.bars_in(self.read(spans[-1])))

    def on_leave_after_span(self, *parts: Any) -> None:
        span = next(p for p in parts if isinstance(p, Said) and p.kind in ("span", "one_unit"))
        self.set_risk("hold_bars", self.bars_in(self.read(span)))

    def on_exit_nth_after(self, nth: Any, *_: Any) -> OfTrade:
        return OfTrade("hold_bars", int(nth.sub("NTH")))

    def on_nth_leave(self, nth: Any, *parts: Any) -> None:
        self._tails(tuple(p for p in parts if isinstance(p, Said) and p.kind != "exit_action"))
        self.set_risk("hold_bars", int(nth.sub("NTH")))

    # -- stops that move -----------------------------------------------------------------------

    def on_breakeven_when(self, *parts: Any) -> None:
        said = next(p for p in parts if isinstance(p, Said) and p.kind != "move_stop")
        if of_close((said,)):
            raise Unreadable("unsupported", _CLOSE_BASED)
        found = self.read(said)
        if not isinstance(found, OfTrade) or found.name != "take_profit":
            raise Unreadable("unsupported", "A move to breakeven is given in percent of gain.")
        self.set_risk("breakeven", found.amount)

    def on_breakeven_close(self, *_: Any) -> None:
        raise Unreadable("unsupported", _CLOSE_BASED)

    def on_exit_at_the_stop(self, *_: Any) -> Any:
        """ "exit on the opposite cross or at the stop": the one that was told before."""
        if not _STOPS & set(self.found.risk):
            raise Unreadable("ambiguous", "How far away is the stop?")
        return ()

    # -- as much as was said -------------------------------------------------------------------

    def _that(self, parts: tuple[Any, ...]) -> float:
        """ "twice that": of the gain or loss spoken of last."""
        names = ("stop_loss", "take_profit")
        known = [self.found.risk[name] for name in names if name in self.found.risk]
        if len(known) != 1:
            raise Unreadable("ambiguous", "Twice what?")
        factor = 1.0
        for part in parts:
            if isinstance(part, Said) and part.kind == "number":
                factor = self.number(part)
            elif not isinstance(part, Said):
                factor = 2.0 if part.has("TWICE") else 0.5 if part.has("HALF") else factor
        return float(round(factor * known[0], 12))

    def on_stop_that(self, *parts: Any) -> None:
        self.set_risk("stop_loss", self._that(parts))

    def on_target_that(self, *parts: Any) -> None:
        self.set_risk("take_profit", self._that(parts))
