"""The grammar of named strategies, definitions and labels."""

from __future__ import annotations

from typing import Any

from llm.specification.model import (
    Always,
    Indicator,
    Price,
)
from llm.translator.exits import Exits
from llm.translator.operands import IT
from llm.translator.reader import CLOSE
from llm.translator.relations import negate


class Strategies(Exits):
    """Reads what introduces rules or replaces them."""

    __slots__ = ()

    def _rule_ends(self) -> bool:
        return self.at_end or self.peek("STOPMARK", ",", "AND", "OTHERWISE", "NOISE", ";")

    def _if_else(self) -> bool:
        """ "if A then 100% cash, else 100% S&P 500"."""
        if not self.take("WHEN"):
            return False
        condition = self.condition()
        if condition is None:
            return False
        self.skip(",", "NOISE")
        first = self._allocation()
        self.skip(",", "STOPMARK", "NOISE")
        if first is None or not self.take("OTHERWISE"):
            return False
        second = self._allocation()
        if second is None or first == second:
            return False
        inside = condition if first == "buy" else negate(condition)
        return self._put("buy", inside) and self._put("sell", negate(inside))

    def _allocation(self) -> str | None:
        fraction = self.percent()
        if fraction not in (None, 1.0):
            return None
        self.skip("IN", "NOISE", "BE")
        if self.take("FLAT"):
            return "sell"
        if fraction is not None and self.take("SYMBOL", "GENERIC", "LONG", "HOLD"):
            return "buy"
        name = self.action()
        return "buy" if name in ("buy", "hold") else name if name == "sell" else None

    def _tested_strategy(self) -> bool:
        """ "Test MACD signal line crossovers"; "trade a 20/50 EMA crossover"."""
        tested = self.skip("TEST", "NOISE", "WITH", "USE")
        if tested and self.take("BUYHOLD"):
            self._objects()
            self.found.no_exit = True
            return self._put("buy", Always())
        self.skip("BUY", "NOISE")
        pair = (
            self._strategy_pair() if not (tested and self.take("GOLDEN")) else self._golden_pair()
        )
        if pair is None:
            return False
        self._objects()
        while self.take("ON", "FOR", "OF"):
            self._objects()
        if not (self._rule_ends() or self.peek("GAP")):
            return False
        left, right = pair
        self._put("buy", self._cross(left, "above", right))
        self._put("sell", self._cross(left, "below", right))
        self.assume("A crossover strategy buys the upward crossing and sells the downward one.")
        return True

    def _golden_pair(self) -> tuple[Any, Any]:
        fast, slow = (Indicator(name="sma", numbers=(n,), source=CLOSE) for n in (50, 200))
        self.assume("A golden cross is the 50-day SMA crossing the 200-day SMA.")
        return fast, slow

    def _strategy_pair(self) -> tuple[Any, Any] | None:
        macd = self.attempt(self._macd)
        if macd is not None:
            self.take("SIGNAL")
            if not self.take("CROSSES", "CROSS"):
                return None
            return (
                macd.model_copy(update={"output": "line"}),
                macd.model_copy(update={"output": "signal"}),
            )
        numbers = self._bracketed()
        self.take("DAY", "BAR")
        word = self.take("MA")
        if word is None:
            return None
        kind = next(t for t in word.tags if t.startswith("MA:"))[3:]
        kind = self._kind_of_average() if kind == "ma" else kind
        if not self.take("CROSSES", "CROSS"):
            return None
        numbers = numbers or self._bracketed()
        if numbers is None:
            numbers = [50.0, 200.0]
            self.assume("No lengths were given for the two averages: 50 and 200 bars.")
        if len(numbers) != 2 or numbers[0] == numbers[1]:
            return None
        fast, slow = sorted(numbers)
        first, second = self._make(kind, (fast,)), self._make(kind, (slow,))
        return None if first is None or second is None else (first, second)

    def _definition(self) -> bool:
        """ "Use a MACD with fast 8, slow 21, signal 5." names numbers used elsewhere."""
        before = self.tokens[self.i - 1] if self.i else None
        starts = before is None or before.has("STOPMARK", ":", "GAP", "PLEASANTRY")
        if not starts and not self.peek("USE", "PARAMS"):
            return False  # in the middle of a rule a bare value is a part we did not understand
        self.skip("USE", "NOISE", "BUY", "TEST", "LABELS", "WITH", "ON", "PARAMS")
        value = self.first_of(
            self._band_numbers, self._aroon_numbers, self._named_settings, self._core_named
        )
        if value is None:
            return False
        self.skip("NOISE", "LABELS")
        if not (self.at_end or self.peek("STOPMARK", ":", ",", "GAP")):
            return False
        if isinstance(value, Indicator):
            self.remember(subject=value)
            self.found.defined.append(value.name)
        return True

    def _named_settings(self) -> Any:
        """ "Supertrend (10, 3):", "Ichimoku:", "Standard 9/26 settings"."""
        if self.take("HEIKIN"):
            self.remember(heikin=True)
            self.skip("BAR", "CANDLES", "ON", "NOISE")
            return CLOSE
        for tag, name, output in (
            ("SUPERTREND", "supertrend", "direction"),
            ("ICHIMOKU", "ichimoku", "base_line"),
            ("DONCHIAN", "donchian", ""),
            ("KELTNER", "keltner", "middle"),
            ("AROON", "aroon", "up"),
        ):
            if self.take(tag):
                self.skip("CLOUD", "CHANNEL", "LABELS", "WITH", "OF")
                numbers = self._bracketed()
                if name == "donchian" and numbers:
                    self.remember(numbers=(*self.memory.numbers, (name, (numbers[0],))))
                if numbers is None or name == "donchian":
                    if name == "donchian":
                        self.remember(channel=name)
                    return CLOSE if numbers or self.peek(":", "LABELS") else None
                return self._make(name, tuple(numbers), output)
        numbers = self._bracketed()
        if numbers in ([9, 26], [9, 26, 52]):
            return self._make("ichimoku", tuple(numbers), "base_line")
        return None

    def _core_named(self) -> Any:
        value = self._core(None)
        return None if value is IT or isinstance(value, Price) else value

    def _band_numbers(self) -> Any:
        if not self.take("BB"):
            return None
        self.skip("OF", "BE", "WITH")
        numbers = self._bracketed()
        if numbers is not None and len(numbers) == 1 and self.take("AND"):
            token = self.take("NUM")
            if token is None or not self.take("STDEVS") or token.value is None:
                return None
            numbers.append(token.value)
        if not numbers or len(numbers) > 2:
            return None
        return self._make("bbands", tuple(numbers), "middle", CLOSE)

    def _aroon_numbers(self) -> Any:
        if not self.take("AROON"):
            return None
        numbers = self._own_numbers(1)
        return None if numbers is None else self._make("aroon", tuple(numbers), "up")

    def _label(self) -> bool:
        """ "Donchian breakout:" - a name that decides nothing."""
        before = self.tokens[self.i - 1] if self.i else None
        starts = before is None or before.has("STOPMARK", ":", "GAP", "PLEASANTRY")
        start = self.i
        where = ("SYMBOL", "GENERIC", "ON", "GAP", "TEST", "FOR")
        self.skip(*where)
        if self.i > start and (self.at_end or self.peek(":", "STOPMARK", "-", ",")):
            return True
        names = (*where, "LABELS", "NOISE", "DONCHIAN", "NARROW", "BREAKOUT")
        self.skip(*names)
        if starts and self.i > start and (self.at_end or self.peek(":", "STOPMARK", "-", ",")):
            return True
        self.skip(*names, "IND", "MACD", "BB", "STOCH", "OF", "MA", "AND", "WITH", "CANDLES")
        return self.i > start and self.peek(":")
