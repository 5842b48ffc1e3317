"""The grammar of acting: verbs with their objects, ways out, stops and targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from llm.specification.model import (
    Arithmetic,
    Indicator,
    Number,
)
from llm.specification.walk import scale_of
from llm.translator.conditions import Conditions
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
    pending: list[Any] = field(default_factory=list)
    defined: list[str] = field(default_factory=list)


class Exits(Conditions):
    """Reads actions, exits and risk."""

    __slots__ = ("found",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = Found()

    # -- actions ----------------------------------------------------------------------------

    def action(self) -> str | None:
        """One verb with its object, time of day and size."""
        self.skip("NOISE")
        if self.peek("RISKNOISE", "INVEST") and self.attempt(self._put_money):
            return "buy"
        word = self.take("IN") if self.peek("IN") and self.peek(":", ahead=1) else None
        if word is not None:
            return "buy"
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

    def _put_money(self) -> bool | None:
        """ "put half of the capital into Apple"."""
        self.take("RISKNOISE", "INVEST")
        if not self._size():
            return None
        if self.take("IN") and not self.take("SYMBOL", "GENERIC", "IT"):
            return None
        self._objects()
        return True

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
            condition = self.attempt(self.condition)
        if condition is None and self.take("FIRST"):  # while holding, the first is any
            condition = self.condition()
        if condition is None:
            return False
        return self._put(name, condition)

    def _exit_span(self, name: str) -> bool:
        after = self.take("AFTER")
        self.take("WHEN")
        bars = self.span() or self.unit_alone()
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
        self.skip("WHEN", "NOISE", "AT", "ON")
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
        trade = subject is None or subject.has("IT", "TRADE")
        self.take("BE")
        way = self.take("UP", "DOWN", "RISE", "FALL")
        if way is None:
            return False
        self.skip("BYW", "ABOVE", "GE", "REACH", "OFSTRICT")
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

    def _after_condition(self) -> bool:
        """Trailing words of time and place."""
        self._objects()
        return True

    def _at_band(self, name: str) -> Any:
        """ "at the lower band": the close reaching it."""
        band = self.attempt(lambda: self._band())
        if band is None or band.output == "middle":
            return self._at_curve(name, band)
        above = band.output == "upper"
        self.assume("“At the band” is the close crossing it, outward.")
        return self._cross(CLOSE, "above" if above else "below", band)

    def _at_level(self) -> Any:
        """ "sell at 70", where RSI was spoken of."""
        subject, pair = self.memory.subject, self.memory.pair
        level = self.level()
        if level is None or pair is None or not isinstance(subject, Indicator):
            return None
        return self._reached(subject, level)

    def _at_curve(self, name: str, curve: Any) -> Any:
        """ "exit at the middle band", "cover at the 20-day SMA": once the close is there."""
        if name not in ("sell", "cover"):
            return None
        if curve is None and (at := self.attempt(self._at_level)) is not None:
            return at
        curve = curve or self.attempt(lambda: self._average(None))
        if not isinstance(curve, Indicator) or scale_of(curve) != "price":
            return None
        short = name == "cover" or self.found.side == "short"
        self.assume("Leaving “at” a line means: when the close has come back to it or beyond.")
        return self._compare(CLOSE, "<=" if short else ">=", curve)


def _is_distance(value: Arithmetic) -> bool:
    return (
        isinstance(value.left, Number)
        and isinstance(value.right, Indicator)
        and value.right.name == "atr"
    )
