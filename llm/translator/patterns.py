"""The grammar of named conditions: streaks, moves, new highs, candles, named crosses."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import (
    Calendar,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.translator.candles import Candles
from llm.translator.operands import IT
from llm.translator.reader import CLOSE

UP_CLOSE = Compare(left=CLOSE, operator=">", right=Previous(of=CLOSE, bars=1))
DOWN_CLOSE = Compare(left=CLOSE, operator="<", right=Previous(of=CLOSE, bars=1))


class Patterns(Candles):
    """Reads conditions that have a name of their own."""

    __slots__ = ()

    # -- named conditions -------------------------------------------------------------------

    def _named(self) -> Any:
        if word := self.take("GOLDEN", "DEATH"):
            above = word.has("GOLDEN")
            fast, slow = (Indicator(name="sma", numbers=(n,), source=CLOSE) for n in (50, 200))
            self.assume("A golden or death cross is the 50-day SMA crossing the 200-day SMA.")
            return self._cross(fast, "above" if above else "below", slow)
        if found := self.first_of(
            self._candle_pattern, self._supertrend_flip, self._cloud, self._heikin
        ):
            return found
        if self.take("OPPOSITE"):
            pair = self.memory.cross or self.memory.pair
            return None if pair is None else self._turned(pair)
        subject = self.first_of(self._indicator, self._price, self._pronoun)
        self.take("BE")
        if word := self.take("OVERSOLD", "OVERBOUGHT"):
            low = word.has("OVERSOLD")
            if subject is None or subject is IT or isinstance(subject, Price):
                subject = self.memory.subject
                if getattr(subject, "name", "") not in ("rsi", "mfi", "stoch", "cci", "willr"):
                    subject = Indicator(
                        name="rsi", numbers=self.known.get("rsi", (14,)), source=CLOSE
                    )
            levels = {"rsi": (30, 70), "mfi": (20, 80), "stoch": (20, 80), "cci": (-100, 100),
                      "willr": (-80, -20)}.get(getattr(subject, "name", ""))  # fmt: skip
            if levels is None:
                return None
            level = levels[0] if low else levels[1]
            said_level = self.attempt(self._bracketed_level)
            if said_level is not None:
                return self._compare(subject, "<" if low else ">", said_level)
            label = INDICATORS[subject.name].label
            if subject.name == "rsi":
                label = f"RSI({subject.numbers[0]:g})"
            word_said = "Oversold" if low else "Overbought"
            self.assume(f"{word_said} means {label} {'below' if low else 'above'} {level}.")
            return self._compare(subject, "<" if low else ">", Number(value=level))
        return None

    def _bracketed_level(self) -> Any:
        """(below 30)"""
        if not self.take("("):
            return None
        self.take("ABOVE", "BELOW")
        level = self.level()
        return level if level is not None and self.take(")") else None

    def _calendar(self) -> Any:
        self.skip("ON", "AT", "BE", "IN", "OF", "DAY")
        self.skip("EVERY", "NOISE")
        if self.take("FIRST"):
            return self._month_start()
        self.take("SINCE")
        month = self.take("MONTHNAME")
        if month is not None:
            return self._months(month)
        day = self.take("WEEKDAY")
        if day is not None:
            values = [self._value(day)]
            while self.attempt(lambda: self._another(values, "WEEKDAY")):
                pass
            return Calendar(unit="weekday", values=tuple(values))
        return None

    def _month_start(self) -> Any:
        """the first trading day of the month, of November"""
        if not (self.take("DAY") and self.take("OFSTRICT")):
            return None
        self.skip("EVERY", "NEW", "NOISE")
        if self.take("MONTH"):
            return Calendar(unit="month_start")
        month = self.take("MONTHNAME")
        if month is None:
            return None
        return Calendar(unit="month_start", values=(self._value(month),))

    def _months(self, first: Any) -> Any:
        values = [self._value(first)]
        if self.take("RANGETO"):
            last = self.take("MONTHNAME")
            if last is None:
                return None
            month = values[0]
            while month != self._value(last):
                month = month % 12 + 1
                values.append(month)
        else:
            while self.attempt(lambda: self._another(values, "MONTHNAME")):
                pass
        return Calendar(unit="month", values=tuple(values))

    def _another(self, values: list[int], tag: str) -> bool | None:
        if not self.take("OR", "AND", ","):
            return None
        self.take("AND", "OR")
        self.skip("EVERY", "NOISE")
        token = self.take(tag)
        if token is None:
            return None
        values.append(self._value(token))
        return True

    @staticmethod
    def _value(token: Any) -> int:
        return int(next(t for t in token.tags if ":" in t).split(":")[1])

    def _streak(self) -> Any:
        """3 down closes in a row; closes lower four days in a row; the first up close."""
        return self.first_of(self._streak_of_closes, self._closes_in_a_row, self._first_close)

    def _streak_of_closes(self) -> Any:
        token = self.number()
        if token is None or token.percent or not token.value:
            return None
        straight = self.take("CONSECUTIVE")
        way = self.take("UP", "DOWN")
        if way is None or not self._closes_word():
            return None
        if not (self.take("IN_A_ROW") or straight):
            return None
        return Streak(of=UP_CLOSE if way.has("UP") else DOWN_CLOSE, bars=round(token.value))

    def _closes_word(self) -> bool:
        return bool(self.take("CLOSEV", "CLOSE", "DAY", "BAR"))

    def _closes_in_a_row(self) -> Any:
        self.first_of(self._price, self._pronoun)
        if not self.take("CLOSEV", "BE", "CLOSE"):
            return None
        way = self.take("UP", "DOWN", "FALLING", "RISING")
        if way is None:
            return None
        of = UP_CLOSE if way.has("UP", "RISING") else DOWN_CLOSE
        for_word = self.take("FOR")
        token = self.number()
        if token is None or not token.value or token.percent:
            if for_word or self.peek("BYW", "ABOVE", "GE"):
                return None
            self.take("SINGLE_DAY")
            return of
        straight = self.take("CONSECUTIVE")
        if not self.take("DAY", "BAR"):
            return None
        if not (self.take("IN_A_ROW") or straight or for_word):
            return None
        return of if token.value == 1 else Streak(of=of, bars=round(token.value))

    def _first_close(self) -> Any:
        self.take("FIRST")
        way = self.take("UP", "DOWN")
        if way is None or not self.take("CLOSEV", "CLOSE", "DAY"):
            return None
        if self.peek("ABOVE", "BELOW", "NUM"):
            return None
        return UP_CLOSE if way.has("UP") else DOWN_CLOSE

    def _move(self) -> Any:
        """The market falls 2% or more in a day; is up more than 1% over five days."""
        subject = self.first_of(self._price, self._pronoun)
        source = Price(field="volume") if subject == Price(field="volume") else CLOSE
        if isinstance(subject, Price) and subject != source:
            return None
        length = self.attempt(self.span)
        word = self.take("RISE", "FALL")
        if word is not None and self.take("OFSTRICT"):
            length = length or 1
        elif length is not None:
            return None
        if word is None:
            closev = self.take("CLOSEV", "BE")
            word = self.take("UP", "DOWN") if closev else None
            if word is None:
                return None
        up = word.has("RISE", "UP")
        if self.take("UP", "DOWN"):
            pass
        self.take("BYW")
        strict = self.take("ABOVE")
        if not strict:
            self.take("GE")
        fraction = self.percent()
        if fraction is None or fraction <= 0:
            return None
        self.take("OR_MORE")
        bars = length or self._move_length()
        if bars is None or self.peek("ABOVE", "BELOW", "ENTRYPRICE"):
            return None
        change = Indicator(name="change", numbers=(bars,), source=source)
        operator: Any = (">" if up else "<") + ("" if strict else "=")
        level = Number(value=fraction if up else -fraction)
        return Compare(left=change, operator=operator, right=level)

    def _move_length(self) -> int | None:
        if self.take("SINGLE_DAY"):
            return 1
        mark = self.mark()
        if self.take("FOR", "IN", "OF"):
            self.skip("NOISE")
            self.take("LAST")
            bars = self.span() or self.unit_alone()
            if bars is not None:
                return bars
            self.reset(mark)
            return None
        return 1

    def _extreme_close(self) -> Any:
        """[closes at] a new 52-week high; a 55-day breakout; the lowest close of 7 days."""
        self.first_of(self._price, self._pronoun)
        self.take("CLOSEV", "BE", "REACH", "USE")
        self.take("MAKE")
        self.take("AT", "ON")
        self.skip("NOISE", "OWN", "IT")
        self.take("NEW")
        start = self.i
        if self.sequence("BREAKOUT", "ABOVE"):
            level = self.operand()
            return (
                self._compare(CLOSE, ">", level)
                if isinstance(level, Previous | Indicator)
                else None
            )
        if (bars := self.attempt(self._breakout)) is not None:
            return self._new_extreme("highest", bars, closing=False)
        mark = self.mark()
        self.take("NEW")
        window = self._window_before()
        closing = self.take("CLOSING")
        side = self.take("HIGH", "LOW") if window else None
        if side is not None and window is not None:
            closing = self.take("CLOSE") or closing
            note = self._closing_note()
            name = "highest" if side.has("HIGH") else "lowest"
            return self._new_extreme(name, window[0], closing=bool(closing or note))
        self.reset(mark)
        self.i = start
        extreme = self._extreme()
        if isinstance(extreme, Indicator) and isinstance(extreme.source, Price):
            operator = ">=" if extreme.name == "highest" else "<="
            return self._compare(CLOSE, operator, extreme)
        if isinstance(extreme, Previous):
            return None
        return None

    def _closing_note(self) -> bool:
        """ "(252 trading days, closing prices)" after a high."""
        mark = self.mark()
        if self.take("("):
            self.span()
            self.skip(",", "NOISE")
            closing = bool(self.take("PRICE", "CLOSE")) or True
            if self.take(")"):
                return closing
        self.reset(mark)
        return False

    def _breakout(self) -> int | None:
        bars = self.span()
        return bars if bars is not None and self.take("BREAKOUT") else None

    def _new_extreme(self, name: str, bars: int, *, closing: bool) -> Any:
        operator = ">" if name == "highest" else "<"
        if closing:
            best = Indicator(name=name, numbers=(bars,), source=CLOSE)
            return Compare(left=CLOSE, operator=f"{operator}=", right=best)  # type: ignore[arg-type]
        field: Any = "high" if name == "highest" else "low"
        source = Price(field=field) if self.has_range else CLOSE
        best = Indicator(name=name, numbers=(bars,), source=source)
        word = "high" if name == "highest" else "low"
        self.assume(
            f"A {bars}-day {word} is a close beyond the {name} {source.field} of the "
            f"{bars} days before."
        )
        return Compare(left=CLOSE, operator=operator, right=Previous(of=best, bars=1))  # type: ignore[arg-type]
