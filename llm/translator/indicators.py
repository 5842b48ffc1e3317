"""The grammar of indicators and averages, each with its numbers.

numbers  := period prefix | "(" n {"," n} ")" | n | "with" n "periods" | "over" n "days"
average  := [period] kind ["of" operand] | "the 200-day one" | "that average"
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from llm.specification.indicators import INDICATORS, MOVING_AVERAGES
from llm.specification.model import Indicator, Previous, Price
from llm.specification.walk import scale_of
from llm.translator.reader import CLOSE, Reader

# "5 days" is a stretch of time where "5-day" is a kind of average.
_STRETCHES = ("days", "bars", "periods", "sessions", "trading days", "candles")


class It:
    """A pronoun, resolved once the other side of the comparison is known."""


IT = It()


class Indicators(Reader, ABC):
    """Reads indicators."""

    __slots__ = ()

    @abstractmethod
    def _core(self, subject: Any) -> Any:
        """Any value; the grammar of operands says which."""

    def _window_before(self) -> tuple[int, bool] | None:
        mark = self.mark()
        previous = bool(self.take("PREVIOUS"))
        if not previous:
            self.take("LAST", "NEW")
        bars = self.span()
        if bars is None:
            self.reset(mark)
            return None
        return bars, previous

    def _window_after(self) -> tuple[int, bool] | None:
        mark = self.mark()
        if self.take("OF", "FOR", "IN"):
            self.skip("NOISE")
            previous = bool(self.take("PREVIOUS"))
            if not previous:
                self.take("LAST")
            bars = self.span()
            if bars is None and (token := self.number()) is not None and token.value:
                previous = bool(self.take("PREVIOUS")) or previous
                if self.take("LAST") or previous:
                    bars = round(token.value) if self.take("DAY", "BAR") else None
            if bars is not None:
                self.take("LOOKBACK")
                return bars, previous
        self.reset(mark)
        return None

    def _average(self, subject: Any) -> Any:
        own = self.take("OWN", "IT")
        period = self._prefix()
        volume = self.take("VOLUME")
        word = self.take("MA")
        if word is None:
            return self._average_again(period)
        kind = next(t for t in word.tags if t.startswith("MA:"))[3:]
        if kind == "ma":
            kind = self._kind_of_average()
        elif self.peek("MA") and not self.peek("NUM"):
            self.take("MA")
        volume = self.take("VOLUME") or volume
        source: Any = Price(field="volume") if volume else None
        previous = False
        if period is None:
            period, previous = self._suffix_period()
        if source is None and self.take("OFSTRICT"):
            self.skip("NOISE")
            source = self._core(None)
            if source is None or source is IT:
                return None
        if period is None:
            said = self.known.get(kind)
            if self.memory.last_average is not None:
                return self.memory.last_average
            usual = said[0] if said else 20.0
            where = "elsewhere in the idea" if said else "so the usual"
            label = INDICATORS[kind].label
            self.assume(f"No length was given here for the {label}, {where}: {usual:g} bars.")
            own_source = source or self._own_source(bool(own), subject)
            self.remember(average=kind)
            return Indicator(name=kind, numbers=(usual,), source=own_source)
        if source is None:
            source = self._own_source(bool(own), subject)
        self.remember(average=kind)
        found = self._make(kind, (period,), source=source)
        self.remember(last_average=found)
        return Previous(of=found, bars=1) if previous and found is not None else found

    def _own_source(self, own: bool, subject: Any) -> Any:
        """ "its average" is the subject's own, unless that is a price-like curve already."""
        if own and isinstance(subject, Price):
            return subject
        if own and isinstance(subject, Indicator) and scale_of(subject) != "price":
            return subject
        return CLOSE

    def _kind_of_average(self) -> str:
        if self.memory.average and self.memory.average in MOVING_AVERAGES:
            return self.memory.average
        if "ma_kind" in self.known:
            return "sma"
        self.assume("A moving average without a type is the simple one (SMA).")
        return "sma"

    def _average_again(self, period: float | None) -> Any:
        """ "the 200-day one", "the fifty-day": the same kind of average again."""
        if period is None or not self.memory.average:
            return None
        unit = self.tokens[self.i - 1]
        if not (unit.has("DAY", "BAR") or self.peek("ONE")) or unit.text in _STRETCHES:
            return None
        self.take("ONE")
        ends = self.peek(",", "AND", "WHEN", "STOPMARK", "SELL", "BUY") or self.at_end
        compared = self.peek(
            "CROSS", "UPCROSS", "DOWNCROSS", "BE", "ABOVE", "BELOW", "RISE", "FALL"
        )
        if not ends and not compared:
            return None
        return self._make(self.memory.average, (period,), source=CLOSE)

    def _prefix(self) -> float | None:
        """A period before the name: "14-day", "9"."""
        mark = self.mark()
        bars = self.span()
        if bars is not None:
            return float(bars)
        token = self.number()
        if token is None or token.percent or token.has("ONE"):
            self.reset(mark)
            return None
        return token.value

    def _suffix_period(self) -> tuple[float | None, bool]:
        mark = self.mark()
        numbers = self._bracketed()
        if numbers is not None and len(numbers) == 1:
            return numbers[0], False
        self.reset(mark)
        window = self._window_after()
        if window is not None:
            return float(window[0]), window[1]
        token = self.take("NUM")
        if token is not None and not token.percent and not self.peek("PERCENT", "STOP", "TARGET"):
            self.take("DAY", "BAR")
            return token.value, False
        self.reset(mark)
        return None, False

    def _bracketed(self) -> list[float] | None:
        """(12, 26, 9) or 14,3,3 or 20/2."""
        mark = self.mark()
        closing = self.take("(")
        if closing and self.sequence("CLOSE", ","):
            self.skip("NOISE")
        values: list[float] = []
        while (token := self.take("NUM")) is not None and token.value is not None:
            values.append(token.value)
            self.skip("DAY", "BAR", "STDEVS", "STEP", "HIGHEST", "MAXIMUM", "PERIODWORD")
            if not self.peek("NUM", ahead=1) or not self.take(",", "/", "-"):
                break
        if not values or (closing and not self._close_bracket()):
            self.reset(mark)
            return None
        return values

    def _close_bracket(self) -> bool:
        self.skip("DAY", "BAR", "NOISE", "CLOSE")
        return self.take(")") is not None

    def _indicator(self) -> Any:
        self.skip("OWN")
        period = self._prefix()
        word = self.take("IND")
        if word is None:
            return None
        name = next(t for t in word.tags if t.startswith("IND:"))[4:]
        info = INDICATORS[name]
        numbers: list[float] | None = [period] if period is not None else None
        if info.parameters and numbers is None:
            numbers = self._own_numbers(len(info.parameters))
        source: Any = None
        if info.reads_series:
            source = CLOSE
            if name in ("zscore", "stddev") and self.take("OFSTRICT"):
                source = self._core(None)
                if numbers is None:
                    numbers = self._own_numbers(len(info.parameters))
        self.sequence("OF", ("SYMBOL", "GENERIC"))
        if not info.parameters:
            self._explained()
        return self._make(name, tuple(numbers) if numbers else None, source=source)

    def _explained(self) -> None:
        """A bracket after a name; the candle grammar says what it may hold."""

    def _own_numbers(self, limit: int) -> list[float] | None:
        mark = self.mark()
        self.take("OF")
        numbers = self._bracketed()
        if numbers is not None and len(numbers) <= limit:
            self.take("STEP")
            return numbers
        self.reset(mark)
        window = self._window_after()
        if window is not None:
            return [float(window[0])]
        self.reset(mark)
        return None

    def _band(self) -> Any:
        self.skip("OWN")
        full = self.take("BANDFULL")
        if full is not None:
            self.skip("OFSTRICT", "BB")
            said = self._bracketed()
            column = next(t for t in full.tags if t.startswith("BANDFULL:"))[9:]
            return self._make("bbands", tuple(said) if said else None, column, CLOSE)
        before = self._bracketed() if self.peek("NUM") else None
        self.take("BB")
        side = self.take("BANDSIDE")
        if side is None:
            return None
        named = self.take("BB")
        if not self.take("BAND") and not named:
            return None
        numbers = before or self._bracketed()
        output = next(t for t in side.tags if t.startswith("BANDSIDE:"))[9:]
        return self._make("bbands", tuple(numbers) if numbers else None, output, CLOSE)

    def _macd(self) -> Any:
        self.skip("OWN")
        word = self.take("MACD", "SIGNAL", "HIST")
        if word is None:
            return None
        numbers = self._macd_numbers()
        if word.has("HIST"):
            output = "histogram"
        elif word.has("SIGNAL"):
            output = "signal"
        else:
            output = "line"
            if self.peek("SIGNAL") and not self.peek("CROSS", "CROSSES", ahead=1):
                self.take("SIGNAL")
                output = "signal"
            elif self.take("HIST"):
                output = "histogram"
        return self._make("macd", numbers or self._macd_numbers(), output, CLOSE)

    def _macd_numbers(self) -> tuple[float, ...] | None:
        mark = self.mark()
        numbers = self._bracketed()
        if numbers is not None and len(numbers) == 3:
            return tuple(numbers)
        self.reset(mark)
        self.take("OF")
        values = []
        for name in ("FAST", "SLOW", "SIGNAL"):
            self.skip(",", "AND")
            pair = self.sequence(name, "NUM")
            if pair is None:
                self.reset(mark)
                return None
            values.append(pair[1].value or 0)
        return tuple(values)

    def _stochastic(self) -> Any:
        period = self._prefix()
        named = self.take("STOCH")
        numbers = self._bracketed() if named else None
        column = self.take("PCT_K", "PCT_D")
        if not named and (not column or period is not None):
            return None
        if period is not None:
            numbers = [period]
        output = "d" if column and column.has("PCT_D") else "k"
        if not numbers and (named or self.peek("(")):
            numbers = self._bracketed()
            if numbers and output == "d" and not named:
                numbers = None
        if numbers and len(numbers) == 1:
            numbers = [numbers[0], 3, 3]
        return self._make("stoch", tuple(numbers) if numbers else None, output)

    def _channel(self) -> Any:
        """the upper Donchian channel (20); the lower Keltner band (20, 2)"""
        self.skip("OWN")
        period = self._prefix()
        first = self.take("BANDSIDE")
        kind = self.take("DONCHIAN", "KELTNER")
        side = first or self.take("BANDSIDE")
        if side is None or (kind is None and not self.peek("CHANNEL")):
            return None
        if not self.take("CHANNEL", "BAND") and kind is None:
            return None
        self.take("BAND")
        name = (
            self.memory.channel
            if kind is None
            else "donchian"
            if kind.has("DONCHIAN")
            else "keltner"
        )
        if not name:
            return None
        numbers = [period] if period is not None else self._bracketed()
        output = next(t for t in side.tags if t.startswith("BANDSIDE:"))[9:]
        self.remember(channel=name)
        if name == "keltner":
            return self._make("keltner", tuple(numbers) if numbers else None, output)
        if output == "middle":
            return None
        extreme = "highest" if output == "upper" else "lowest"
        length = (
            numbers
            or list(self.known.get("donchian", ()))
            or list(dict(self.memory.numbers).get("donchian", ()))
        )
        if not length:
            length = [20.0]
            self.assume("A Donchian channel without numbers uses the usual ones: 20.")
        kept = tuple(p for p in self.memory.numbers if p[0] != "donchian")
        self.remember(numbers=(*kept, ("donchian", (length[0],))))
        source = Price(field="high" if output == "upper" else "low")
        found = self._make(extreme, (length[0],), source=source if self.has_range else CLOSE)
        self.assume("A Donchian channel is that of the days before today.")
        return None if found is None else Previous(of=found, bars=1)

    def _ichimoku_line(self) -> Any:
        word = self.take("TENKAN", "KIJUN")
        if word is None:
            return None
        numbers = self._bracketed()
        if numbers is not None:
            return None
        output = "conversion_line" if word.has("TENKAN") else "base_line"
        return self._make("ichimoku", None, output)

    def _aroon(self) -> Any:
        word = self.take("AROON")
        side = self.take("UP", "DOWN") if word else None
        if side is None:
            return None
        numbers = self._own_numbers(1)
        output = "up" if side.has("UP") else "down"
        return self._make("aroon", tuple(numbers) if numbers else None, output)

    def _make(
        self, name: str, numbers: tuple[float, ...] | None, output: str = "", source: Any = None
    ) -> Indicator | None:
        """The indicator with its numbers: said here, said elsewhere, or the usual ones."""
        info = INDICATORS[name]
        if numbers is None:
            numbers = self.known.get(name)
            if numbers is None:
                numbers = tuple(default for _, default in info.parameters)
                if numbers:
                    said = ", ".join(f"{n:g}" for n in numbers)
                    self.assume(f"{info.label} without numbers uses the usual ones: {said}.")
        else:
            remembered = tuple(p for p in self.memory.numbers if p[0] != name)
            self.remember(numbers=(*remembered, (name, numbers)))
        if len(numbers) < len(info.parameters):
            usual = tuple(default for _, default in info.parameters)
            numbers = (*numbers, *usual[len(numbers) :])
        if len(numbers) != len(info.parameters):
            return None
        if any(n <= 0 for n in numbers) or (numbers and numbers[0] > 5000):
            said = ", ".join(f"{n:g}" for n in numbers)
            self.complain("invalid_value", f"{info.label} cannot be computed over {said} bars.")
            return None
        whole = name not in ("sar",)
        if whole and any(not float(n).is_integer() for n in numbers[:1]):
            self.complain("invalid_value", f"The length of {info.label} must be a whole number.")
            return None
        if info.reads_series and source is None:
            source = CLOSE
        return Indicator(
            name=name, numbers=numbers, output=output, source=source if info.reads_series else None
        )
