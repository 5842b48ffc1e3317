"""The grammar of things that have a value: prices, indicators, levels.

operand  := factor "times" operand | distance ("above"|"below") operand | core ["days ago"]
core     := extreme | average | indicator | band | macd | stochastic | price | "it" | number
numbers  := period prefix | "(" n {"," n} ")" | n | "with" n "periods" | "over" n "days"
"""

from __future__ import annotations

from typing import Any

from llm.specification.model import Arithmetic, Indicator, Number, Previous, Price
from llm.specification.walk import scale_of
from llm.translator.indicators import IT, Indicators, It
from llm.translator.reader import CLOSE, UNITS

_PRICES: dict[str, Any] = {
    "CLOSE": "close",
    "PRICE": "close",
    "OPEN": "open",
    "HIGH": "high",
    "LOW": "low",
    "VOLUME": "volume",
}


class Operands(Indicators):
    """Reads values."""

    __slots__ = ()

    def operand(self, subject: Any = None) -> Any:
        """A value, or None. `subject` is what "its own average" would be an average of."""
        self.skip("NOISE")
        found = self.first_of(
            self._price_ago,
            lambda: self._scaled(subject),
            lambda: self._shifted(subject),
            lambda: self._core(subject),
        )
        if found is None or found is IT:
            return found
        mark = self.mark()
        if (bars := self.span()) is not None:
            if self.take("AGO"):
                return Previous(of=found, bars=bars)
            self.reset(mark)
        return found

    def _price_ago(self) -> Any:
        """the close of 60 days ago"""
        price = self._price()
        if price is None or not self.take("OFSTRICT", "FROM"):
            return None
        bars = self.span()
        return Previous(of=price, bars=bars) if bars and self.take("AGO") else None

    def level(self) -> Number | None:
        """A plain number; a percentage keeps its number, the comparison decides the unit."""
        token = self.number()
        if token is None or token.value is None:
            return None
        if any(self.peek(unit) for unit in UNITS):
            return None
        if token.percent or self.take("PERCENT"):
            self.remember()
            return Number(value=token.value)
        return Number(value=token.value)

    def _scaled(self, subject: Any) -> Any:
        """1.5 times X, twice X, 2 ATR."""
        token = self.take("TWICE", "HALF") or self.number()
        if token is None or token.percent:
            return None
        factor = 2.0 if token.has("TWICE") else 0.5 if token.has("HALF") else token.value
        if not (self.take("TIMES") or token.has("TWICE") or self.peek("IND:atr")):
            return None
        self.skip("NOISE")
        of = self._core(subject)
        if of is None or of is IT or factor is None:
            return None
        return Arithmetic(operator="*", left=Number(value=factor), right=of)

    def _shifted(self, subject: Any) -> Any:
        """2% above X, 2 ATR below X."""
        fraction = self.percent()
        distance = None
        if fraction is None:
            distance = self.attempt(lambda: self._scaled(subject))
            if distance is None:
                return None
        side = self.take("ABOVE", "BELOW")
        if side is None:
            return None
        of = self.operand(subject)
        if of is None or of is IT:
            return None
        up = side.has("ABOVE")
        if distance is not None:
            return Arithmetic(operator="+" if up else "-", left=of, right=distance)
        factor = round(1 + fraction, 12) if up else round(1 - fraction, 12)  # type: ignore[operator]
        return Arithmetic(operator="*", left=Number(value=factor), right=of)

    def _core(self, subject: Any) -> Any:
        return self.first_of(
            lambda: self._extreme(subject),
            self._yesterday,
            lambda: self._average(subject),
            self._band,
            self._macd,
            self._stochastic,
            self._aroon,
            self._channel,
            self._ichimoku_line,
            self._indicator,
            self._price,
            self._pronoun,
        )

    def _price(self) -> Any:
        if self.take("SYMBOL", "GENERIC"):
            self.skip("OWN", "NOISE")
            if not self.peek(*_PRICES) or self.peek("OPENV", "CLOSEV"):
                return CLOSE
        self.skip("OWN", "NOISE")
        if self.peek("DAY") and self.peek("VOLUME", "HIGH", "LOW", "CLOSE", ahead=1):
            self.take("DAY")
        self.take("CLOSING")
        for tag, field in _PRICES.items():
            if self.peek(tag):
                self.take(tag)
                return Price(field=field)
        return None

    def _pronoun(self) -> Any:
        return IT if self.take("IT") else None

    def _yesterday(self) -> Any:
        self.skip("OWN")
        if self.take("YESTERDAY") or self.take("PREVIOUS"):
            self.take("DAY")
            of = self.first_of(self._indicator, self._price, lambda: self._average(None))
            return None if of is None else Previous(of=of, bars=1)
        of = self._price()
        if of is not None and self.sequence("OF", ("YESTERDAY",)):
            return Previous(of=of, bars=1)
        return None

    def _extreme(self, subject: Any = None) -> Any:
        """The highest high of the previous 20 days; the 20-day high; its 20-day high."""
        if self.take("OWN") and isinstance(subject, Indicator) and scale_of(subject) != "price":
            return None  # the high of an indicator is not the high of the price
        before = self._window_before()
        word = self.take("HIGHEST", "LOWEST")
        if word is not None:
            name = "highest" if word.has("HIGHEST") else "lowest"
            if called := self.attempt(lambda: self._called_extreme(name)):
                return called
            price = CLOSE if self.peek("OF", "FOR", "IN") else self._price()
            if price is None or price.field not in ("high", "low", "close"):
                return None
            window = before or self._window_after()
            if window is None:
                return None
            bars, previous = window
        elif before is not None:
            closing = self.take("CLOSING")
            side = self.take("HIGH", "LOW")
            if side is None:
                return None
            bars, previous = before[0], True
            name = "highest" if side.has("HIGH") else "lowest"
            price = (
                CLOSE
                if closing or not self.has_range
                else Price(field="high" if name == "highest" else "low")
            )
            self.take("CLOSE")
        else:
            return None
        extreme = Indicator(name=name, numbers=(bars,), source=price)
        return Previous(of=extreme, bars=1) if previous else extreme

    def _called_extreme(self, name: str) -> Any:
        """highest(high, 20)"""
        if not self.take("("):
            return None
        price = self._price()
        self.take(",")
        token = self.take("NUM")
        if price is None or token is None or token.value is None or not self.take(")"):
            return None
        return self._make(name, (token.value,), source=price)


__all__ = ["IT", "It", "Operands"]
