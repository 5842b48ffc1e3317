"""The grammar of rules: what to do, and when.

idea    := {rule [","|"and"|"then"]} {end of sentence ...}
rule    := action ("when"|"on"|"after"|"while") exits | "when" condition [","] action
         | condition [":"|"="] action | "otherwise" action | stop | test of a named strategy
exits   := exit {"or" exit};  exit := stop | "after" span | profit or loss | condition
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from llm.specification.model import (
    Always,
    AnyOf,
    Arithmetic,
    Cross,
    Indicator,
    Number,
    Price,
)
from llm.translator.conditions import Conditions, negate
from llm.translator.operands import IT
from llm.translator.reader import CLOSE

CONNECTORS = ("WHEN", "ON", "AFTER", "WHILE", "AT", "UNTIL", ":", "ARROW", "EQUALS", "IN")
OBJECTS = ("SYMBOL", "GENERIC", "IT", "TRADE", "NEXTOPEN", "NOISE", "ENDOFDAY", "EVERY", "OWN")
EXITS = ("sell", "cover", "flat")


@dataclass(slots=True)
class Found:
    """What the rules of an idea add up to, before it becomes a specification."""

    entries: dict[str, list[Any]] = field(default_factory=lambda: {"long": [], "short": []})
    exits: dict[str, list[Any]] = field(default_factory=lambda: {"long": [], "short": []})
    risk: dict[str, Any] = field(default_factory=dict)
    side: str = "long"
    holds: bool = False
    regime: Any = None
    reverse: bool = False
    otherwise: bool = False
    no_exit: bool = False


class Sentences(Conditions):
    """Reads whole ideas."""

    __slots__ = ("found",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = Found()

    def idea(self) -> Found | None:
        """Everything the text says, or None with `furthest` at the first word not understood."""
        self._between_rules()
        while not self.at_end:
            before = self.i
            if not self._rule_or_definition():
                return None
            if self.i == before:
                return None
            self._between_rules()
        return self.found

    def _between_rules(self) -> None:
        self.skip("STOPMARK", ",", "AND", "NOISE", "PLEASANTRY", ":", "-", "OR", "GAP")
        if self.peek("NUM") and self.peek("STOPMARK", ")", ahead=1) and self._starts_line():
            self.i += 2
            self._between_rules()

    def _starts_line(self) -> bool:
        return self.i == 0 or self.tokens[self.i - 1].has("STOPMARK", ":", "NOISE")

    def _rule_or_definition(self) -> bool:
        for rule in (
            self._risk_rule,
            self._otherwise_rule,
            self._regime_rule,
            self._never_sell,
            self._action_first,
            self._span_then_action,
            self._condition_first,
            self._tested_strategy,
            self._if_else,
            self._definition,
            self._label,
        ):
            if self.attempt(lambda rule=rule: rule() or None):  # type: ignore[misc]
                return True
        return False

    # -- actions ----------------------------------------------------------------------------

    def action(self) -> str | None:
        """One verb with its object, time of day and size."""
        self.skip("NOISE")
        word = None
        for tag in ("BUYHOLD", "COVER", "SHORT", "BUY", "SELL", "HOLD", "FLAT", "LONG", "OUT"):
            if (word := self.take(tag)) is not None:
                name = tag.lower()
                break
        if word is None:
            return None
        if name == "buy" and self.take("SHORT"):
            name = "short"
        if name == "out" or name == "flat":
            name = "sell"
        if name == "long":
            name = "buy"
        if name == "hold" and self.take("FLAT"):
            name = "sell"
        self._objects()
        return name

    def _objects(self) -> None:
        while True:
            if self.skip(*OBJECTS):
                continue
            if self.take("ATCLOSE"):
                self.assume("Orders fill at the next open after the signal, not at the close.")
                continue
            if self.attempt(self._size):
                continue
            if self.peek("LONG") and not self.peek("WHEN"):
                self.take("LONG")
                continue
            if self.peek("OF", "IN") and self.peek("SYMBOL", "GENERIC", "TRADE", "IT", ahead=1):
                self.i += 2
                continue
            break

    def _size(self) -> bool | None:
        """half of the capital; 50% of equity."""
        self.take("WITH")
        if self.take("HALF"):
            size = 0.5
        else:
            fraction = self.percent()
            if fraction is None:
                return None
            size = fraction
        self.skip("OF", "NOISE", "OWN")
        if not self.take("CAPITAL", "TRADE"):
            return None
        self.take("IN")
        if not 0 < size <= 1:
            return None
        self.found.risk["size"] = size
        return True

    def _put(self, name: str, condition: Any) -> bool:
        found = self.found
        if name in ("buy", "hold", "buyhold"):
            found.entries["long"].append(condition)
            found.side = "long"
        elif name == "short":
            found.entries["short"].append(condition)
            found.side = "short"
        elif name == "cover":
            found.exits["short"].append(condition)
        else:
            side = "short" if found.side == "short" and not found.entries["long"] else "long"
            if found.side == "short" and found.exits["long"]:
                side = "short"
            found.exits[side].append(condition)
        return True

    # -- rules ------------------------------------------------------------------------------

    def _action_first(self) -> bool:
        name = self.action()
        if name is None:
            return False
        if name == "buyhold":
            self.found.no_exit = True
            return self._put(name, Always())
        if name in ("sell", "cover"):
            return self._exit_items(name)
        if name == "hold" and self._hold_span():
            return True
        self.take(",")
        connector = self.take(*CONNECTORS)
        if connector is not None and connector.has("UNTIL"):
            return self._until(name)
        self.skip(*CONNECTORS, "NOISE", "EVERY", "GENERIC") if connector else None
        condition = self._at_band(name) if connector and connector.has("AT", "ON") else None
        if condition is None:
            condition = self.condition()
        if condition is None:
            return False
        self._holding(name, condition)
        return self._put(name, condition) and self._after_condition()

    def _holding(self, name: str, condition: Any) -> None:
        if name == "hold":
            self.found.regime = condition

    def _after_condition(self) -> bool:
        """Trailing words of time and place."""
        self._objects()
        return True

    def _at_band(self, name: str) -> Any:
        """ "at the lower band": the close reaching it."""
        band = self.attempt(lambda: self._band())
        if band is None:
            return None
        above = band.output == "upper"
        if band.output == "middle":
            return None
        self.assume("“At the band” is the close crossing it, outward.")
        return self._cross(CLOSE, "above" if above else "below", band)

    def _until(self, name: str) -> bool:
        if name != "hold":
            return False
        return self._exit_items("sell")

    def _hold_span(self) -> bool:
        self.skip("FOR", "OF")
        self.take("EXACTLY")
        bars = self.span()
        if bars is None:
            return False
        self.found.risk["hold_bars"] = bars
        return True

    def _condition_first(self) -> bool:
        when = self.take("WHEN", "WHILE", "AFTER", "ON", "AT")
        self.skip("WHEN", "NOISE")
        condition = self.condition()
        if condition is None:
            return False
        self.skip(",", ":", "ARROW", "EQUALS", "NOISE", "-")
        name = self._action_word()
        if name is None:
            return False
        if name in ("sell", "cover") and when is None and self.take("WITH"):
            return False
        self._holding(name, condition)
        if not self._put(name, condition):
            return False
        return self._else_part()

    def _action_word(self) -> str | None:
        if self.take("IN"):
            return "buy" if self._rule_ends() else None
        name = self.action()
        if name is None or name == "buyhold":
            return None
        return name if self._rule_ends() or self.peek("OTHERWISE") else name

    def _rule_ends(self) -> bool:
        return self.at_end or self.peek("STOPMARK", ",", "AND", "OTHERWISE", "NOISE", ";")

    def _else_part(self) -> bool:
        mark = self.mark()
        self.skip(",", "AND", "STOPMARK")
        if self._otherwise_rule():
            return True
        self.reset(mark)
        return True

    def _otherwise_rule(self) -> bool:
        self.skip("AND", ",", "BE")
        if self.take("OTHERWISE"):
            self.take(",")
            name = self.action()
            if name in ("sell", "cover") and not self._rule_ends():
                return self._exit_items(name)
        else:
            name = self.action()
            if name is None or not self.take("OTHERWISE"):
                return False
        if name not in ("sell", "cover", "hold"):
            return name == "short" and self._otherwise_short()
        last = self.found.entries["long"] or self.found.entries["short"]
        if not last or name == "hold":
            return False
        self.found.otherwise = True
        condition = last[-1] if len(last) == 1 else AnyOf(conditions=tuple(last))
        return self._put("sell", negate(condition))

    def _otherwise_short(self) -> bool:
        last = self.found.entries["long"]
        if len(last) != 1:
            return False
        self.found.reverse = True
        return self._put("short", negate(last[0]))

    def _regime_rule(self) -> bool:
        """ "Be long while A, be out while it is below" and "hold while A"."""
        name = self.action()
        if name not in ("hold", "buy") or not (self.take("WHILE") or self.take("WHEN")):
            return False
        self.skip("WHILE", "NOISE", ":")
        condition = self.condition()
        if condition is None:
            return False
        if name == "hold":
            self.found.regime = condition
        return self._put(name, condition) and self._else_part()

    def _never_sell(self) -> bool:
        self.skip("NOISE")
        if self.take("NOT") and self.take("SELL", "COVER"):
            self._objects()
            self.found.no_exit = True
            return self._rule_ends()
        return False

    def _span_then_action(self) -> bool:
        """ "after 10 trading days I'm out"."""
        if not self.take("AFTER"):
            return False
        bars = self.span()
        if bars is None:
            return False
        self.skip(",", "NOISE", "BE")
        if self.action() not in ("sell", "cover"):
            return False
        self.found.risk["hold_bars"] = bars
        return True

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
        self.skip("TEST", "BUY", "NOISE", "WITH", "USE")
        pair = self._strategy_pair()
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
        self.skip("USE", "NOISE", "BUY", "TEST", "LABELS", "WITH")
        value = self.first_of(self._band_numbers, self._aroon_numbers, self._core_named)
        if value is None:
            return False
        self.skip("NOISE", "LABELS")
        if not (self.at_end or self.peek("STOPMARK", ":", ",", "GAP")):
            return False
        if isinstance(value, Indicator):
            self.remember(subject=value)
        return True

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
        start = self.i
        names = ("LABELS", "NOISE", "BREAKOUT", "SYMBOL", "GENERIC", "ON", "GAP", "TEST", "FOR")
        self.skip(*names)
        if self.i > start and (self.at_end or self.peek(":", "STOPMARK", "-", ",")):
            return True
        self.skip(*names, "IND", "MACD", "BB", "STOCH", "OF", "MA", "AND", "WITH", "CANDLES")
        return self.i > start and self.peek(":")

    # -- exits and stops --------------------------------------------------------------------

    def _exit_items(self, name: str) -> bool:
        self.skip(",", "NOISE")
        if not self._exit_item(name):
            return False
        while self.attempt(lambda: self._exit_more(name) or None):
            pass
        return self._after_condition()

    def _exit_more(self, name: str) -> bool:
        self.take(",")
        if not (self.skip("OR", "AND") or self.tokens[self.i - 1].has(",")):
            return False
        return self._exit_item(name)

    def _exit_item(self, name: str) -> bool:
        self.skip("NOISE")
        for rule in (self._risk_item, lambda: self._exit_span(name), self._profit_or_loss,
                     self._since_entry):  # fmt: skip
            if self.attempt(lambda rule=rule: rule() or None):  # type: ignore[misc]
                return True
        return bool(self.attempt(lambda: self._exit_condition(name) or None))

    def _exit_condition(self, name: str) -> bool:
        connector = self.take(*CONNECTORS)
        self.skip(*CONNECTORS, "NOISE", "BOTH")
        condition = self._at_band(name) if connector and connector.has("AT", "ON") else None
        if condition is None:
            condition = self.condition()
        if condition is None:
            return False
        return self._put(name, condition)

    def _exit_span(self, name: str) -> bool:
        after = self.take("AFTER")
        self.take("WHEN")
        bars = self.span()
        if bars is None:
            return False
        later = self.take("LATER") or self.take("AFTER")
        if later is not None:
            self.skip("ENTRYPRICE", "BUY", "NOISE", "IT")
        if not (after or later):
            return False
        if self.peek("ABOVE", "BELOW", "CONSECUTIVE", "HIGH", "LOW", "UP", "DOWN", "MA", "IND"):
            return False
        self.found.risk["hold_bars"] = bars
        return True

    def _profit_or_loss(self) -> bool:
        """profit reaches 6%; the trade is down 4%; price rises 3% against the entry."""
        self.skip("WHEN", "NOISE")
        if self.take("PROFIT"):
            self.skip("RISE", "REACH", "BE", "OF", "ABOVE", "GE", "AT")
            return self._set_risk("take_profit", self.percent())
        if (fraction := self.percent()) is not None:
            if self.take("PROFIT"):
                return self._set_risk("take_profit", fraction)
            if self.take("FALL"):
                return self._set_risk("stop_loss", fraction)
            return False
        subject = self.take("IT", "TRADE", "SYMBOL", "GENERIC", "PRICE", "CLOSE")
        trade = subject is not None and subject.has("IT", "TRADE")
        self.take("BE")
        way = self.take("UP", "DOWN", "RISE", "FALL")
        if way is None:
            return False
        self.skip("BYW", "ABOVE", "GE")
        fraction = self.percent()
        if fraction is None:
            return False
        self.take("OR_MORE")
        self.skip("BELOW", "ABOVE", "FROM", "SINCE", "NOISE", "OWN")
        entry = self.take("ENTRYPRICE", "SINCEENTRY")
        if not (entry or (trade and self._note_ends())):
            return False
        if entry is not None and "against" in entry.text:
            return self._set_risk("stop_loss", fraction)
        up = way.has("UP", "RISE")
        if self.found.side == "short":
            up = not up
        self._stop_note()
        return self._set_risk("take_profit" if up else "stop_loss", fraction)

    def _note_ends(self) -> bool:
        return self.at_end or self.peek("STOPMARK", ",", "OR", "AND", "(")

    def _stop_note(self) -> None:
        mark = self.mark()
        if self.take("(") and self.take("STOP", "TARGET") and self.take(")"):
            return
        self.reset(mark)

    def _since_entry(self) -> bool:
        """15% below the highest close since I bought; 3 ATR below it."""
        self.skip("WHEN", "NOISE")
        self.take("IT", "PRICE", "CLOSE", "SYMBOL", "GENERIC")
        self.take("CLOSEV", "BE", "FALL")
        self.skip("ABOVE", "BYW", "GE")
        distance: Any = None
        fraction = self.percent()
        if fraction is None:
            distance = self.attempt(lambda: self._scaled(None))
            if distance is None:
                return False
        self.take("OR_MORE")
        self.skip("BELOW", "FROM", "SINCE", "NOISE", "OWN")
        peak = self.take("HIGHEST", "LOWEST")
        if peak is None:
            return False
        self.take("CLOSE", "PRICE")
        if not self.take("SINCEENTRY"):
            return False
        if fraction is not None:
            return self._set_risk("trailing_stop", fraction)
        return self._set_risk("trailing_distance", distance)

    def _risk_rule(self) -> bool:
        if not self._risk_item():
            return False
        while self.attempt(lambda: self._risk_more() or None):
            pass
        return True

    def _risk_more(self) -> bool:
        self.skip(",", "AND", "OR")
        return self._risk_item()

    def _risk_item(self) -> bool:
        self.skip("RISKNOISE", "NOISE", "WITH", "AND", "IT")
        if self.take("NOEXIT"):
            return True
        if self.take("NO"):
            return bool(self.take("STOP", "TARGET", "TRAIL"))
        fraction = self.percent()
        distance = None
        if fraction is None:
            distance = self.attempt(lambda: self._scaled(None))
        word = self.take("TRAIL", "STOP", "TARGET")
        if word is None:
            return False
        trailing = word.has("TRAIL") or bool(self.take("TRAIL"))
        if word.has("TRAIL"):
            self.take("STOP")
        self.skip("NOISE", "BE", "OF", "AT", ":", "RISKNOISE", "IN", "EQUALS", "PROFIT", "WHEN")
        if fraction is None and distance is None:
            fraction = self.percent()
            if fraction is None:
                distance = self.attempt(lambda: self._scaled(None))
        self.skip("BELOW", "ABOVE", "FROM", "SINCE", "OF")
        self.skip("ENTRYPRICE", "NOISE", "PROFIT")
        self._atr_note()
        kind = "trailing" if trailing else "target" if word.has("TARGET") else "stop"
        if distance is not None:
            return self._set_risk(f"{kind}_distance", distance)
        name = {"trailing": "trailing_stop", "target": "take_profit", "stop": "stop_loss"}[kind]
        return self._set_risk(name, fraction)

    def _atr_note(self) -> None:
        """ ", with the ATR taken on the signal day": what the engine does anyway."""
        mark = self.mark()
        self.skip(",", "WITH")
        if self.take("IND:atr") and self.take("SIGNALDAY"):
            return
        self.reset(mark)

    def _set_risk(self, name: str, amount: Any) -> bool:
        if amount is None:
            return False
        if isinstance(amount, float) and (amount <= 0 or (name != "take_profit" and amount >= 1)):
            label = name.replace("_", " ")
            self.complain("invalid_value", f"A {label} of {amount * 100:g} % is not possible.")
            return False
        if isinstance(amount, Arithmetic) and not _is_distance(amount):
            return False
        if name in self.found.risk and self.found.risk[name] != amount:
            return False
        self.found.risk[name] = amount
        if name == "trailing_stop":
            self.assume("Trailing stops look at closes and leave at the next open.")
        return True


def _is_distance(value: Arithmetic) -> bool:
    return (
        isinstance(value.left, Number)
        and isinstance(value.right, Indicator)
        and value.right.name == "atr"
    )


__all__ = ["Cross", "Found", "Sentences"]
