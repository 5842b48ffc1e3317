"""What is true of the open trade: profit, loss, time, distance from its best price."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.memory import OfTrade
from llm.translator.reading.patterns import Patterns
from llm.translator.said import Said


class Positions(Patterns):
    """Reads conditions that only an open trade can meet."""

    # -- the open trade ------------------------------------------------------------------------

    def _amount_t(self, said: Any) -> Any:
        part = said.parts[0]
        if part.kind in ("pct", "pct_of", "bps_of", "half_percent"):
            return self.read(part)
        return self.amount(part).distance

    def _loss(self, amount: Any) -> OfTrade:
        return OfTrade("stop_loss" if isinstance(amount, float) else "stop_distance", amount)

    def _gain(self, amount: Any) -> OfTrade:
        return OfTrade("take_profit" if isinstance(amount, float) else "target_distance", amount)

    def on_profit(self, *parts: Any) -> OfTrade:
        said = parts[-1]
        amount = self.read(said) if said.kind != "amount_t" else self._amount_t(said)
        return self._gain(amount)

    def on_profit_noun(self, amount: Any) -> OfTrade:
        return self._gain(self._amount_t(amount))

    def on_loss_noun(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(parts[-1]))

    def on_trade_up(self, *parts: Any) -> OfTrade:
        return self._gain(self._amount_t(parts[-1]))

    def on_trade_down(self, *parts: Any) -> OfTrade:
        return self._loss(self._amount_t(parts[-1]))

    def on_against_entry(self, *parts: Any) -> OfTrade:
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        found = self._amount_t(amount)
        short = self.found.side == "short"
        return self._loss(found) if short else self._gain(found)

    def on_beyond_entry(self, *parts: Any) -> OfTrade:
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        side = next(p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW"))
        up = side.has("ABOVE") != (self.found.side == "short")
        found = self._amount_t(amount)
        return self._gain(found) if up else self._loss(found)

    on_beyond_entry_verb = on_beyond_entry

    def on_falls_from_entry(self, *parts: Any) -> OfTrade:
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        found = self._amount_t(amount)
        return self._gain(found) if self.found.side == "short" else self._loss(found)

    def on_off_peak(self, *parts: Any) -> OfTrade:
        amount = next(p for p in parts if isinstance(p, Said) and p.kind == "amount_t")
        found = self._amount_t(amount)
        return OfTrade("trailing_stop" if isinstance(found, float) else "trailing_distance", found)

    def on_time_passed(self, span: Any) -> OfTrade:
        return OfTrade("hold_bars", self.bars_in(self.read(span)))

    def on_time_after(self, span: Any) -> OfTrade:
        return OfTrade("hold_bars", self.bars_in(self.read(span)))
