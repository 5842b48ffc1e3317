"""The grammar of comparing two values: above, below, crossing, rising, between."""

from __future__ import annotations

from typing import Any

from llm.specification.model import (
    AllOf,
    Arithmetic,
    Compare,
    Cross,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.operands import IT
from llm.translator.relations import Relations, negate


class Comparisons(Relations):
    """Reads comparisons."""

    __slots__ = ()

    def _comparison(self) -> Any:
        left = self.attempt(self.operand)
        self.skip("NOISE", "OWN")
        negated = bool(self.take("NOT"))
        verb = self.take("BE", "CLOSEV", "OPENV", "HOLD")
        negated = bool(self.take("NOT")) or negated
        self.skip("NOISE")
        if verb is not None and verb.has("OPENV"):
            left = Price(field="open")
        found = self.first_of(
            lambda: self._crossing(left, verb),
            lambda: self._sign(left, verb),
            lambda: self._own_extreme(left),
            lambda: self._trend(left),
            lambda: self._between(left),
            lambda: self._by_distance(left, verb),
            lambda: self._multiple(left, verb),
            lambda: self._state(left, verb),
            lambda: self._soft(left),
        )
        if found is None or (negated and isinstance(found, Cross)):
            return None
        if self.verb_last:
            found = self._verb_at_end(found)
        return negate(found) if negated else found

    def _verb_at_end(self, found: Any) -> Any:
        """ "über 60 liegt" is a state, "über 60 steigt" a crossing."""
        if self.take("ENDVERB"):
            return found
        verb = self.take("RISE", "FALL", "CROSS")
        if verb is None or not isinstance(found, Compare):
            return found
        direction = "above" if found.operator.startswith(">") else "below"
        return self._cross(found.left, direction, found.right)

    def _state(self, left: Any, verb: Any) -> Any:
        word = self.take("ABOVE", "BELOW", "GE", "LE", "REACH")
        if word is None:
            if self.sequence("UP"):
                return None
            return None
        self.skip("NOISE", "BOTH")
        right = self._right(left, verb)
        if right is None:
            return self._state_again(left, word)
        left = self._resolve(left, verb, right)
        if left is None:
            return None
        operator = {"ABOVE": ">", "BELOW": "<", "GE": ">=", "LE": "<="}.get(
            next((t for t in ("ABOVE", "BELOW", "GE", "LE") if word.has(t)), "")
        )
        if operator is None:
            return self._reached(left, right)
        if self.take("OR_MORE") or self.take("OR_LESS"):
            operator = operator if operator.endswith("=") else operator + "="
        if word.has("ABOVE", "BELOW") and self.take("BYW"):
            return self._by_more(left, operator, right)
        return self._compare(left, operator, right)

    def _state_again(self, left: Any, word: Any) -> Any:
        """ "... when it is below": the pair spoken of before."""
        pair = self.memory.pair
        if pair is None or isinstance(pair.right, Number) or not word.has("ABOVE", "BELOW"):
            return None
        if not (
            self.at_end or self.peek("STOPMARK", ",", "AND", "OR", "SELL", "FLAT", "OUT", "IT")
        ):
            return None
        self.take("IT")
        if left not in (None, IT) and left != pair.left:
            return None
        return self._compare(pair.left, ">" if word.has("ABOVE") else "<", pair.right)

    def _by_more(self, left: Any, operator: str, right: Any) -> Any:
        """... exceeds X by more than Y."""
        self.take("ABOVE", "GE")
        distance = self.operand()
        if distance is None or distance is IT or isinstance(distance, Number):
            return None
        over = (left, right) if operator.startswith(">") else (right, left)
        difference = Arithmetic(operator="-", left=over[0], right=over[1])
        return self._compare(difference, ">", distance)

    def _crossing(self, left: Any, verb: Any) -> Any:
        word = self.take("UPCROSS", "DOWNCROSS", "CROSS")
        if word is None:
            return None
        side = self.take("ABOVE", "BELOW", "UP", "DOWN")
        if word.has("UPCROSS", "DOWNCROSS"):
            up = word.has("UPCROSS")
        elif side is None and self.peek("FROMBELOW", "FROMABOVE"):
            up = self.take("FROMBELOW") is not None
            self.take("FROMABOVE")
            return self._cross_with(left, verb, up)
        elif side is not None:
            up = side.has("ABOVE", "UP")
        else:
            return self._crossing_told_later(left, verb)
        self.take("ABOVE", "BELOW") if word.has("UPCROSS", "DOWNCROSS") else None
        return self._cross_with(left, verb, up)

    def _crossing_told_later(self, left: Any, verb: Any) -> Any:
        """ "sma 50 crosses sma 200 upwards", "ema 9 x ema 21"."""
        mark = self.mark()
        right = self._right(left)
        if right is None:
            return None
        way = self.take("UP", "DOWN", "FROMBELOW", "FROMABOVE")
        if way is None:
            if left in (None, IT) or isinstance(right, Number) or self.memory.cross is not None:
                return None
            self.assume("A crossing without a direction is the upward one.")
        self.reset(mark)
        found = self._cross_with(left, verb, way is None or way.has("UP", "FROMBELOW"))
        self.take("UP", "DOWN", "FROMBELOW", "FROMABOVE")
        return found

    def _soft(self, left: Any) -> Any:
        """drops below, goes above: read as a crossing."""
        word = self.take("RISE", "FALL")
        if word is None:
            return None
        if self.take("THROUGH", "OFSTRICT"):
            return self._cross_with(left, None, word.has("RISE"))
        self.take("UP", "DOWN")
        side = self.take("ABOVE", "BELOW")
        if side is None:
            return None
        return self._cross_with(left, None, side.has("ABOVE"))

    def _cross_with(self, left: Any, verb: Any, up: bool) -> Any:
        direction = "above" if up else "below"
        self.skip("NOISE")
        right = self._right(left, verb)
        if right is None:
            if isinstance(left, Indicator) and left.name == "macd" and left.output == "line":
                signal = left.model_copy(update={"output": "signal"})
                return self._cross(left, direction, signal)
            pair = self.memory.cross or self.memory.pair
            if pair is None or left not in (None, IT, pair.left):
                return None
            return self._cross(pair.left, direction, pair.right)
        left = self._resolve(left, verb, right)
        if left is None:
            return None
        found = self._cross(left, direction, right)
        if self.peek("FROMBELOW", "FROMABOVE") and self.peek("FROMBELOW") == up:
            self.take("FROMBELOW", "FROMABOVE")
        return found

    def _sign(self, left: Any, verb: Any) -> Any:
        turn = self.take("RISE", "FLIP", "CROSS")
        if turn and self.sequence("SINCE", ("POSITIVE", "NEGATIVE")):
            self.take("RANGETO")
        word = self.take("POSITIVE", "NEGATIVE")
        if (word is None or left is None) and (word is None or self.memory.subject is None):
            return None
        left = self.memory.subject if left in (None, IT) else left
        if left is None or scale_of(left) == "price":
            return None
        up = word.has("POSITIVE")
        if turn:
            return self._cross(left, "above" if up else "below", Number(value=0))
        return self._compare(left, ">" if up else "<", Number(value=0))

    def _trend(self, left: Any) -> Any:
        """is rising; is higher than it was 20 days ago."""
        left = self.memory.subject if left is IT else left
        if left is None:
            return None
        if word := self.take("RISING", "FALLING"):
            self.assume("“Rising” and “falling” compare with the day before.")
            return Compare(
                left=left,
                operator=">" if word.has("RISING") else "<",
                right=Previous(of=left, bars=1),
            )
        side = self.take("ABOVE", "BELOW")
        if side is None or not self.take("IT", "OWN"):
            return None
        self.take("BE", "VALUE")
        bars = self.span()
        if bars is None or not self.take("AGO"):
            return None
        self.remember(subject=left)
        return Compare(
            left=left,
            operator=">" if side.has("ABOVE") else "<",
            right=Previous(of=left, bars=bars),
        )

    def _own_extreme(self, left: Any) -> Any:
        """the range is the narrowest of the last 7 days; RSI is at its lowest of 20 days"""
        left = self.memory.subject if left is IT else left
        self.skip("AT", "OWN", "NOISE")
        word = self.take("HIGHEST", "LOWEST")
        if word is None or left is None or isinstance(left, Number):
            return None
        self.skip("VALUE", "CLOSE")
        window = self._window_after()
        if window is None or window[1]:
            return None
        name = "highest" if word.has("HIGHEST") else "lowest"
        best = Indicator(name=name, numbers=(window[0],), source=left)
        return Compare(left=left, operator=">=" if name == "highest" else "<=", right=best)

    def _between(self, left: Any) -> Any:
        if not self.take("BETWEEN"):
            return None
        low = self.level()
        if low is None or not self.take("AND"):
            return None
        high = self.level()
        left = self._resolve(left, None, high)
        if high is None or left is None:
            return None
        first = self._compare(left, ">=", low)
        second = self._compare(left, "<=", high)
        return AllOf(conditions=(first, second)) if first and second else None

    def _by_distance(self, left: Any, verb: Any) -> Any:
        """is more than 2% above X; is 10% or more below X; 2.5 standard deviations below X."""
        strict = self.take("ABOVE")
        if not strict:
            self.take("GE")
        deviations = self.attempt(self._deviations)
        fraction = None if deviations is not None else self.percent()
        distance = None
        if deviations is None and fraction is None:
            distance = self.attempt(lambda: self._scaled(None))
            if distance is None:
                return None
        inclusive = bool(self.take("OR_MORE"))
        side = self.take("ABOVE", "BELOW")
        if side is None:
            return None
        up = side.has("ABOVE")
        right = self._right(left)
        left = self._resolve(left, verb, right)
        if left is None or right is None or isinstance(right, Number):
            return None
        operator = (">" if up else "<") + ("=" if inclusive else "")
        if deviations is not None:
            return self._deviating(left, operator, deviations, right, up=up)
        if distance is not None:
            edge: Any = Arithmetic(operator="+" if up else "-", left=right, right=distance)
        else:
            assert fraction is not None
            factor = round(1 + fraction if up else 1 - fraction, 12)
            edge = Arithmetic(operator="*", left=Number(value=factor), right=right)
        return self._compare(left, operator, edge)

    def _multiple(self, left: Any, verb: Any) -> Any:
        """ "volume is twice its average": at least that."""
        if verb is None or left in (None, IT):
            return None
        right = self._scaled(left)
        if right is None:
            return None
        self.assume("“Is twice” and the like mean: at least.")
        return self._compare(left, ">=", right)

    def _deviations(self) -> float | None:
        token = self.number()
        if token is None or not self.take("STDEVS", "IND:stddev"):
            return None
        return token.value

    def _deviating(
        self, left: Any, operator: str, deviations: float, right: Any, *, up: bool
    ) -> Any:
        if not isinstance(right, Indicator) or right.name != "sma":
            return None
        band = Indicator(
            name="bbands",
            numbers=(right.numbers[0], deviations),
            output="upper" if up else "lower",
            source=right.source,
        )
        return self._compare(left, operator, band)

    def _pair_cross(self) -> Any:
        """A bullish MACD crossover; a crossing without its two sides."""
        kind = self.take("UPCROSS", "DOWNCROSS")
        if kind is not None and self.take("OFSTRICT"):
            return self._cross_of_two("above" if kind.has("UPCROSS") else "below")
        if kind is not None:
            pair = self.memory.cross or self.memory.pair
            if pair is None or not isinstance(pair.left, Indicator):
                return None
            return self._cross(pair.left, "above" if kind.has("UPCROSS") else "below", pair.right)
        bull = self.take("BULLISH", "BEARISH")
        if bull is None:
            return None
        macd = self._macd()
        pair_left: Any
        if macd is not None:
            pair_left = macd.model_copy(update={"output": "line"})
            pair_right: Any = macd.model_copy(update={"output": "signal"})
        elif self.memory.cross is not None:
            pair_left, pair_right = self.memory.cross.left, self.memory.cross.right
        else:
            return None
        if not self.take("CROSS"):
            return None
        return self._cross(pair_left, "above" if bull.has("BULLISH") else "below", pair_right)

    def _cross_of_two(self, direction: str) -> Any:
        """a bullish crossover of the 15-day and 45-day EMAs"""
        first = self._prefix()
        word = self.take("MA")
        self.skip("AND", "OVER", "WITH", "/")
        second = self._prefix()
        word = self.take("MA") or word
        if first is None or second is None or first == second or word is None:
            return None
        kind = next(t for t in word.tags if t.startswith("MA:"))[3:]
        kind = self._kind_of_average() if kind == "ma" else kind
        fast, slow = sorted((first, second))
        return self._cross(self._make(kind, (fast,)), direction, self._make(kind, (slow,)))
