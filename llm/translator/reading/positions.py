"""What is true of the open trade: profit, loss, time, distance from its best price."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.bars_before import BarsBefore
from llm.translator.reading.memory import OfTrade, Unreadable
from llm.translator.said import Said

_ON_CLOSES = (
    "A gain or loss is measured inside each bar, not on closes alone: say “a stop of 5 %” or “a "
    "target of 8 %”."
)


def amount_in(parts: tuple[Any, ...]) -> Any:
    """The amount among the parts of a construction."""
    return next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")


class Positions(BarsBefore):
    """Reads conditions that only an open trade can meet."""

    # -- the open trade ------------------------------------------------------------------------

    def _amount_t(self, said: Any) -> Any:
        part = said.parts[0]
        if part.kind in ("pct", "pct_of", "bps_of", "half_percent"):
            return self.read(part)
        return self.amount(part).distance

    def _loss(self, amount: Any) -> OfTrade:
        name = "stop_loss" if isinstance(amount, float) else "stop_distance"
        return self._told(OfTrade(name, amount))

    def _gain(self, amount: Any) -> OfTrade:
        name = "take_profit" if isinstance(amount, float) else "target_distance"
        return self._told(OfTrade(name, amount))

    def _told(self, found: OfTrade) -> OfTrade:
        """Kept for what follows: "... or a tenth below it"."""
        self.memory.meanings["of_trade"] = found
        return found

    def on_profit(self, *parts: Any) -> OfTrade:
        kinds = ("amount_t", "pct", "pct_of", "bps_of", "half_percent")
        said = [p for p in parts if isinstance(p, Said) and p.kind in kinds][-1]
        amount = self.read(said) if said.kind != "amount_t" else self._amount_t(said)
        return self._gain(amount)

    def on_profit_noun(self, amount: Any) -> OfTrade:
        return self._gain(self._amount_t(amount))

    def on_loss_noun(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(amount_in(parts)))

    def on_profit_or_loss(self, gain: Any, loss: Any) -> tuple[OfTrade, OfTrade]:
        return self.on_profit_noun(gain), self.on_loss_noun(loss)

    def on_loss_or_profit(self, loss: Any, gain: Any) -> tuple[OfTrade, OfTrade]:
        return self.on_profit_or_loss(gain, loss)

    def on_trade_up(self, *parts: Any) -> OfTrade:
        return self._gain(self._amount_t(amount_in(parts)))

    def on_trade_down(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(amount_in(parts)))

    def _not_of_closes(self, parts: tuple[Any, ...]) -> None:
        """ "when the close is 8 % above the entry": a target would be met earlier in the day."""
        words = [w for p in parts for w in (p.words if isinstance(p, Said) else (p,))]
        if any(w.has("CLOSE", "CLOSEV", "CLOSES") for w in words):
            raise Unreadable("unsupported", _ON_CLOSES)

    def on_against_entry(self, *parts: Any) -> OfTrade:
        self._not_of_closes(parts)
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        found = self._amount_t(amount)
        short = self.found.side == "short"
        return self._loss(found) if short else self._gain(found)

    def on_beyond_entry(self, *parts: Any) -> OfTrade:
        self._not_of_closes(parts)
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        side = next(p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW"))
        up = side.has("ABOVE") != (self.found.side == "short")
        found = self._amount_t(amount)
        return self._gain(found) if up else self._loss(found)

    on_beyond_entry_verb = on_beyond_entry

    def on_beyond_entry_on_close(self, *_: Any) -> OfTrade:
        """ "closes 20 % above the purchase price"."""
        raise Unreadable("unsupported", _ON_CLOSES)

    def on_falls_from_entry(self, *parts: Any) -> OfTrade:
        self._not_of_closes(parts)
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        found = self._amount_t(amount)
        return self._gain(found) if self.found.side == "short" else self._loss(found)

    def on_goes_against(self, *parts: Any) -> OfTrade:
        """ "goes 6 % against me": a loss on either side."""
        self._not_of_closes(parts)
        return self._loss(self._amount_t(amount_in(parts)))

    def on_goes_for(self, *parts: Any) -> OfTrade:
        """ "runs 10 % in my favour"."""
        self._not_of_closes(parts)
        return self._gain(self._amount_t(amount_in(parts)))

    def on_time_passed(self, *parts: Any) -> OfTrade:
        span = next(p for p in parts if isinstance(p, Said) and p.kind in ("span", "one_unit"))
        return OfTrade("hold_bars", self.bars_in(self.read(span)))

    def on_time_after(self, span: Any) -> OfTrade:
        return OfTrade("hold_bars", self.bars_in(self.read(span)))
