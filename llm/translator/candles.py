"""The grammar of candles and of indicators that speak in colours."""

from __future__ import annotations

from typing import Any

from llm.specification.model import (
    AllOf,
    Arithmetic,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
    Streak,
)
from llm.translator.comparisons import Comparisons
from llm.translator.reader import CLOSE

OPEN, HIGH, LOW = Price(field="open"), Price(field="high"), Price(field="low")


def before(value: Any) -> Previous:
    return Previous(of=value, bars=1)


def above(left: Any, right: Any) -> Compare:
    return Compare(left=left, operator=">", right=right)


def below(left: Any, right: Any) -> Compare:
    return Compare(left=left, operator="<", right=right)


class Candles(Comparisons):
    """Reads inside days, engulfing candles, Supertrend flips, clouds, Heikin-Ashi colours."""

    __slots__ = ()

    def _candle_pattern(self) -> Any:
        self.skip("ON", "AFTER", "BE", "GENERIC", "NOISE")
        if (gap := self.attempt(self._gap)) is not None:
            return gap
        word = self.take("PATTERN")
        if word is None:
            return self._narrow_range()
        name = next(t for t in word.tags if t.startswith("PATTERN:"))[8:]
        self.skip("DAY", "BAR", "CANDLES")
        self._explained()
        if name == "inside":
            return AllOf(conditions=(below(HIGH, before(HIGH)), above(LOW, before(LOW))))
        if name == "outside":
            return AllOf(conditions=(above(HIGH, before(HIGH)), below(LOW, before(LOW))))
        up = name == "bullish_engulfing"
        first = (below if up else above)(before(CLOSE), before(OPEN))
        second = (above if up else below)(CLOSE, OPEN)
        sides: tuple[Any, Any] = ("<=", ">=") if up else (">=", "<=")
        self.assume(
            "An engulfing candle: the day before has the other colour, and today's body covers "
            "its whole body."
        )
        return AllOf(
            conditions=(
                first,
                second,
                Compare(left=OPEN, operator=sides[0], right=before(CLOSE)),
                Compare(left=CLOSE, operator=sides[1], right=before(OPEN)),
            )
        )

    def _gap(self) -> Any:
        """gaps down by more than 1%: the open against the close before"""
        self.first_of(self._price)
        if not self.take("GAPS"):
            return None
        way = self.take("UP", "DOWN")
        if way is None:
            return None
        self.skip("OFSTRICT", "BYW", "ABOVE", "GE")
        fraction = self.percent()
        if fraction is None:
            return None
        self.take("OR_MORE")
        up = way.has("UP")
        self.assume("A gap is the open against the close of the day before.")
        factor = Number(value=round(1 + fraction if up else 1 - fraction, 12))
        edge = Arithmetic(operator="*", left=factor, right=before(CLOSE))
        return (above if up else below)(OPEN, edge)

    def _explained(self) -> None:
        """A bracket that explains the name in price words and nothing else."""
        mark = self.mark()
        if self.take("("):
            self.skip("HIGH", "LOW", "CLOSE", "OPEN", "BELOW", "ABOVE", "UP", "DOWN", "YESTERDAY",
                      "AND", ",", "THAN", "PREVIOUS", "DAY", "NOISE", "OWN", "MINUS", "DIVIDED",
                      "BYW", "PRICE")  # fmt: skip
            if self.take(")"):
                return
        self.reset(mark)

    def _narrow_range(self) -> Any:
        """NR7: the narrowest high-low range of seven days; closes in the top of its range."""
        if (part := self.attempt(self._part_of_range)) is not None:
            return part
        word = self.take("NARROW")
        if word is None:
            return None
        days = 4 if "4" in word.text else 7
        spread = Indicator(name="range")
        least = Indicator(name="lowest", numbers=(days,), source=spread)
        return Compare(left=spread, operator="<=", right=least)

    def _part_of_range(self) -> Any:
        """closes in the top quarter of its range"""
        self.take("IT")
        self.first_of(self._price)
        self.take("CLOSEV", "BE")
        if not self.take("IN"):
            return None
        side = self.take("BANDSIDE")
        fraction = self.percent()
        word = None if fraction is not None else self.take("HALF", "QUARTER", "THIRD")
        if side is None or (fraction is None and word is None):
            return None
        self.take("OFSTRICT")
        self.skip("OWN", "NOISE", "DAY")
        if not self.take("IND:range"):
            return None
        if word is not None:
            fraction = 0.5 if word.has("HALF") else 0.25 if word.has("QUARTER") else 1 / 3
        strength, top = Indicator(name="ibs"), side.has("BANDSIDE:upper")
        assert fraction is not None
        level = Number(value=round(1 - fraction if top else fraction, 9))
        return Compare(left=strength, operator=">=" if top else "<=", right=level)

    def _supertrend_flip(self) -> Any:
        """Supertrend flips green, turns bullish; it is green."""
        named = self.take("SUPERTREND")
        numbers = self._bracketed() if named else None
        if named is None:
            self.take("IT")
            if "supertrend" not in dict(self.memory.numbers) | self.known:
                return None
        turning = self.take("FLIP", "RISE", "FALL")
        state = None if turning else self.take("BE")
        way = self.take("UP", "DOWN", "POSITIVE", "NEGATIVE", "BULLISH", "BEARISH", "LONG")
        if way is None or not (turning or state):
            return None
        up = way.has("UP", "POSITIVE", "BULLISH", "LONG")
        line = self._make("supertrend", tuple(numbers) if numbers else None, "direction")
        if line is None:
            return None
        self.remember(subject=line)
        zero = Number(value=0)
        now = (above if up else below)(line, zero)
        if state:
            return now
        return AllOf(conditions=(now, (below if up else above)(before(line), zero)))

    def _cloud(self) -> Any:
        """the close is above [both edges of] the cloud"""
        self.first_of(self._price, self._pronoun)
        self.take("BE", "CLOSEV")
        side = self.take("ABOVE", "BELOW")
        if side is None:
            return None
        edges = self.take("BOTH") and self.take("EDGES")
        self.skip("OFSTRICT", "NOISE")
        named = self.take("CLOUD")
        if not (named or edges):
            return None
        spans = [self._make("ichimoku", None, output) for output in ("span_a", "span_b")]
        compare = above if side.has("ABOVE") else below
        return AllOf(conditions=tuple(compare(CLOSE, span) for span in spans))

    def _heikin(self) -> Any:
        """two green Heikin-Ashi candles in a row; the first red one."""
        token = self.number()
        count = round(token.value) if token is not None and token.value else 1
        self.take("FIRST", "CONSECUTIVE")
        named = self.take("HEIKIN")
        way = self.take("UP", "DOWN", "BULLISH", "BEARISH")
        if way is None or way.text in ("up", "down", "higher", "lower"):
            return None
        named = self.take("HEIKIN") or named
        if not self.take("BAR", "ONE", "CANDLES") and not named:
            return None
        straight = self.take("IN_A_ROW")
        if count > 1 and not straight and not token:
            return None
        if named:
            self.remember(heikin=True)
        if not (named or self.memory.heikin):
            return self._plain_candle(way, count)
        lines = [self._make("heikin_ashi", (), output) for output in ("close", "open")]
        of = (above if way.has("UP", "BULLISH") else below)(lines[0], lines[1])
        return of if count == 1 else Streak(of=of, bars=count)

    def _plain_candle(self, way: Any, count: int) -> Any:
        of = (above if way.has("UP", "BULLISH") else below)(CLOSE, OPEN)
        return of if count == 1 else Streak(of=of, bars=count)
