"""Stops, targets, sizes, waiting orders, pauses."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Arithmetic, Calendar, Indicator, Number, Price
from llm.specification.walk import scale_of
from llm.translator.reading.dates import Dates
from llm.translator.reading.memory import Unreadable
from llm.translator.said import Said

_DISTANCES = {"stop": "stop_distance", "target": "target_distance", "trail": "trailing_distance"}
_PRICES = ("level_", "below_that", "above_that", "percent_of_that", "at_that", "at_average")
_FRACTIONS = {"stop": "stop_loss", "target": "take_profit", "trail": "trailing_stop"}


def _counted(day: Calendar) -> Calendar:
    """The last trading day of a month has none after it."""
    if day.unit == "month_end":
        return Calendar(unit="trading_days_left_in_month", values=(0,), fills=day.fills)
    if day.unit == "month_start":
        return Calendar(unit="trading_day_of_month", values=(1,), fills=day.fills)
    return day


def _one_day(*conditions: Any) -> None:
    """A Tuesday that is a Monday never comes."""
    days: dict[tuple[str, bool], set[int]] = {}
    waiting = list(conditions)
    while waiting:
        part = waiting.pop()
        if isinstance(part, AllOf):
            waiting += part.conditions
        elif isinstance(part, Calendar) and (part := _counted(part)).values:
            key = (part.unit, part.fills)
            days[key] = days.get(key, set(part.values)) & set(part.values)
            if not days[key]:
                raise Unreadable("contradictory", "One day cannot be both; say “or” between days.")


class Orders(Dates):
    """Reads how a position is sized, entered and protected."""

    def set_risk(self, name: str, value: Any) -> None:
        """Keep one protection; two different ones of a kind contradict each other."""
        if isinstance(value, float):
            most = float("inf") if name in ("take_profit", "target_multiple") else 1.0
            if not 0 < value < most:
                told = f"{value * 100:g} %" if name != "target_multiple" else f"{value:g} R"
                label = name.replace("_", " ")
                raise Unreadable("invalid_value", f"A {label} of {told} is not possible.")
        if name in self.found.risk and self.found.risk[name] != value:
            raise Unreadable(
                "contradictory", f"Two different values for the {name.replace('_', ' ')}."
            )
        self.found.risk[name] = value
        trails = name in ("trailing_stop", "trailing_distance")
        if trails and not self.found.risk.get("trail_intrabar"):
            self.assume("Trailing stops look at closes and leave at the next open.")

    def risk(self, said: Any) -> Any:
        """A fraction (float) or a distance in price units."""
        kind = said.kind
        if kind == "risk_percent":
            return self.read(said.parts[0])
        if kind in ("risk_points", "risk_money"):
            part = said.parts[0]
            said_number = isinstance(part, Said)
            return Number(value=self.number(part) if said_number else float(part.value))
        if kind == "risk_turtle":
            self.assume("N is the 20-day ATR, as the Turtles had it.")
            atr = Indicator(name="atr", numbers=(20.0,))
            return Arithmetic(
                operator="*", left=Number(value=self.number(said.parts[0])), right=atr
            )
        if kind == "risk_bare_number":
            raise Unreadable("ambiguous", "A stop or target in percent, points or ATR? Say which.")
        factors = {"risk_twice": 2.0, "risk_one": 1.0, "risk_half": 0.5, "risk_one_bare": 1.0}
        factor = factors.get(kind)
        if factor is None:
            factor = self.number(said.parts[0])
        of = self.value(said.parts[-1])
        if scale_of(of) not in ("price_difference", "price"):
            raise Unreadable("not_understood", "A distance is counted in percent, points or ATR.")
        if factor == 1:
            return of
        return Arithmetic(operator="*", left=Number(value=factor), right=of)

    def _set(self, kind: str, said: Any) -> None:
        amount = self.risk(said)
        if kind == "stop" and isinstance(amount, float) and amount < 0:
            amount = -amount  # "a -6 % stop"
        self.set_risk(_FRACTIONS[kind] if isinstance(amount, float) else _DISTANCES[kind], amount)

    def _risk_part(self, parts: tuple[Any, ...]) -> Any:
        return next(p for p in parts if isinstance(p, Said) and p.kind.startswith("risk_"))

    # -- stops and targets ---------------------------------------------------------------------

    def on_protection(self, part: Any) -> None:
        self.read(part)

    def on_stop_before(self, *parts: Any) -> None:
        self._set("stop", self._risk_part(parts))

    on_stop_after = on_stop_after_words = on_stop_before

    def on_target_before(self, *parts: Any) -> None:
        self._set("target", self._risk_part(parts))

    on_target_after = on_target_before

    def on_stop_at_level(self, *parts: Any) -> None:
        self.set_risk("stop_level", self._level(parts[-1]))

    def on_target_at_level(self, *parts: Any) -> None:
        self.set_risk("target_level", self._level(parts[-1]))

    def _level(self, said: Any) -> Any:
        found = self.read(said)
        if scale_of(found) != "price":
            raise Unreadable("not_understood", "A stop or target lies at a price.")
        return found

    def on_level_value(self, *parts: Any) -> Any:
        self.ordering = True
        try:
            return self.value(parts[0])
        finally:
            self.ordering = False

    def on_level_just(self, *parts: Any) -> Any:
        return self.read(parts[-1])

    def on_level_minus(self, level: Any, risk: Any) -> Any:
        return self._shifted(level, risk, up=False)

    def on_level_plus(self, level: Any, risk: Any) -> Any:
        return self._shifted(level, risk, up=True)

    def on_level_below(self, risk: Any, *rest: Any) -> Any:
        return self._shifted(rest[-1], risk, up=False)

    def on_level_above(self, risk: Any, *rest: Any) -> Any:
        return self._shifted(rest[-1], risk, up=True)

    def on_level_close_minus(self, _word: Any, risk: Any) -> Any:
        """ "at the close minus half the ATR(10)": the price, not the time of day."""
        return self._shifted(Price(), risk, up=False)

    def on_level_close_plus(self, _word: Any, risk: Any) -> Any:
        return self._shifted(Price(), risk, up=True)

    def _shifted(self, level: Any, risk: Any, *, up: bool) -> Any:
        base = self.read(level) if isinstance(level, Said) else level
        amount = self.risk(risk)
        if isinstance(amount, float):
            factor = Number(value=round(1 + amount if up else 1 - amount, 12))
            return Arithmetic(operator="*", left=factor, right=base)
        return Arithmetic(operator="+" if up else "-", left=base, right=amount)

    def on_target_multiple(self, number: Any, *_: Any) -> None:
        self.set_risk("target_multiple", self.number(number))

    def on_target_multiple_after(self, *parts: Any) -> None:
        number = next((p for p in parts if isinstance(p, Said) and p.kind == "number"), None)
        self.set_risk("target_multiple", 2.0 if number is None else self.number(number))

    def on_target_twice(self, *_: Any) -> None:
        self.set_risk("target_multiple", 2.0)

    def on_reward_ratio(self, *parts: Any) -> None:
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        low, high = sorted(self.number(number) for number in numbers)
        self.set_risk("target_multiple", high / low)

    def on_no_stop(self, *_: Any) -> None:
        """Nothing to do: none is set unless one is said."""

    on_no_target = on_no_stop

    def on_two_protections(self, one: Any, other: Any) -> None:
        self.read(one)
        self.read(other)

    def on_breakeven(self, *parts: Any) -> None:
        amount = self.risk(self._risk_part(parts))
        if not isinstance(amount, float):
            raise Unreadable("unsupported", "A move to breakeven is given in percent.")
        self.set_risk("breakeven", amount)

    # -- sizes ---------------------------------------------------------------------------------

    def size(self, said: Any) -> tuple[str, float]:
        """What an entry buys: the kind of size, and how much."""
        shares = {"size_half": 0.5, "size_third": 1 / 3, "size_quarter": 0.25, "size_all": 1.0}
        if said.kind in shares:
            return "equity", shares[said.kind]
        if said.kind == "size_nth":
            nth = int(next(p for p in said.words if p.has("NTH")).sub("NTH"))
            if nth < 3:
                raise Unreadable("not_understood", "Which share of the account?")
            return "equity", 1 / nth
        if said.kind == "size_parts":
            of = 3 if said.parts[1].has("SHARETHIRDS") else 4
            return "equity", self.number(said.parts[0]) / of
        if said.kind == "size_fraction":
            return "equity", self.number(said.parts[0]) / self.number(said.parts[1])
        if said.kind == "size_percent":
            return "equity", self.read(next(p for p in said.parts if isinstance(p, Said)))
        if said.kind == "size_money":
            return "cash", float(said.parts[0].value)
        number = self.number(next(p for p in said.parts if isinstance(p, Said)))
        return ("cash" if said.kind == "size_dollars" else "units"), number

    def set_size(self, said: Any) -> None:
        kind, amount = self.size(said)
        if amount <= 0 or (kind == "equity" and amount > 1):
            raise Unreadable("invalid_value", f"A size of {amount:g} is not possible.")
        if "size" in self.found.risk and self.found.risk["size"] != amount:
            raise Unreadable("contradictory", "Two different sizes are given.")
        self.found.risk["sizing"], self.found.risk["size"] = kind, amount

    def on_object_size(self, size: Any) -> None:
        self.set_size(size)

    def on_object_size_each(self, size: Any) -> None:
        self.on_use_size_each(size)

    def on_size_tail(self, size: Any) -> None:
        self.set_size(size)

    def on_use_size(self, *parts: Any) -> None:
        self.set_size(next(p for p in parts if isinstance(p, Said) and p.kind.startswith("size_")))

    def on_use_share(self, *parts: Any) -> None:
        """ "put 25 % into each position"."""
        self.set_size(Said("size_percent", parts))

    def on_use_share_of(self, pct: Any, sum_: Any, *_: Any) -> None:
        """ "put 25 % of my 40,000 into each position": the account holds that much."""
        self.on_capital(sum_)
        self.on_use_share(pct)

    def on_use_size_each(self, size: Any) -> None:
        """ "a third at a time": every entry buys that much more."""
        self.set_size(size)
        kind, amount = self.size(size)
        self.found.risk.setdefault("max_entries", round(1 / amount) if kind == "equity" else 1000)

    def on_risk_share(self, *parts: Any) -> None:
        pct = next(p for p in parts if isinstance(p, Said))
        self.found.risk["sizing"], self.found.risk["size"] = "risk", self.read(pct)

    def on_risk_share_with(self, *parts: Any) -> None:
        """ "risk 1 % of equity with a stop 2 ATR below entry"."""
        self.on_risk_share(*parts)
        self.read(parts[-1])

    def on_most_entries(self, number: Any) -> None:
        self.found.risk["max_entries"] = max(1, round(self.number(number)))

    on_most_thirds = on_most_entries

    def on_one_at_a_time(self) -> None:
        """The rule anyway."""

    def on_add_more(self) -> None:
        self.found.risk.setdefault("max_entries", 1000)

    def on_never_sell(self) -> None:
        self.found.no_exit = True

    # -- waiting orders ------------------------------------------------------------------------

    def _order(self, name: str, price: Any) -> None:
        level = self.read(price)
        if scale_of(level) != "price":
            raise Unreadable("not_understood", "An order waits at a price.")
        self.set_risk(name, level)

    def on_below_that(self, amount: Any, *rest: Any) -> Any:
        return self._from_that(amount, rest[-1], up=False)

    def on_above_that(self, amount: Any, *rest: Any) -> Any:
        return self._from_that(amount, rest[-1], up=True)

    def on_percent_of_that(self, pct: Any, that: Any) -> Any:
        """ "at 99% of that close"."""
        base = self._price_of(that)
        return Arithmetic(operator="*", left=Number(value=self.read(pct)), right=base)

    def on_at_that(self, *parts: Any) -> Any:
        return self._price_of(parts[-1])

    def on_at_average(self, average: Any, *_: Any) -> Any:
        return self.value(average)

    def _price_of(self, that: Any) -> Price:
        word = that.words[-1] if isinstance(that, Said) else that
        fields = ("HIGH", "LOW", "OPEN")
        field = next((f.lower() for f in fields if word.has(f)), "close")
        return Price(field=field)  # type: ignore[arg-type]

    def _from_that(self, amount: Any, that: Any, *, up: bool) -> Any:
        base = self._price_of(that)
        if amount.kind == "money_amount":
            distance: Any = Number(value=float(amount.parts[0].value))
            return Arithmetic(operator="+" if up else "-", left=base, right=distance)
        if amount.kind.startswith(("pct", "bps")) or amount.kind.endswith("percent"):
            fraction = self.read(amount)
            factor = Number(value=round(1 + fraction if up else 1 - fraction, 12))
            return Arithmetic(operator="*", left=factor, right=base)
        distance = self.amount(amount).distance
        return Arithmetic(operator="+" if up else "-", left=base, right=distance)

    def _good_for(self, parts: tuple[Any, ...]) -> None:
        for part in parts:
            if isinstance(part, Said) and part.kind.startswith("good_"):
                self.read(part)

    def on_good_span(self, span: Any) -> None:
        self.found.risk["entry_expiry"] = self.bars_in(self.read(span))

    def on_good_one_day(self) -> None:
        self.found.risk["entry_expiry"] = 1

    def on_good_unless_met(self, unmet: Any) -> None:
        """ "if it is not hit within 3 days, cancel it"."""
        self.on_good_span(unmet.parts[-1])

    def on_good_until_cancelled(self) -> None:
        self.found.risk["entry_expiry"] = 0

    def on_order_expiry(self, good: Any) -> None:
        if not {"entry_limit", "entry_stop"} & set(self.found.risk):
            raise Unreadable("not_understood", "Good for how long? No order was named.")
        self.read(good)

    def _order_with(self, name: str, condition: Any, parts: tuple[Any, ...]) -> None:
        if condition is not None:
            self.enter("long", self.condition(condition))
        price = next(
            p
            for p in parts
            if isinstance(p, Said) and p is not condition and p.kind.startswith(_PRICES)
        )
        self._order(name, price)
        self._good_for(parts)

    def enter(self, side: str, condition: Any) -> None:
        """Put an entry; the rules say how."""
        if self.memory.meanings.get("shorts_only"):
            side = "short"
        told = [day for day in self.found.pending if isinstance(day, Calendar)]
        _one_day(condition, *told)
        if told and not told[0].fills and isinstance(condition, Calendar) and condition.fills:
            raise Unreadable("contradictory", "One day cannot be both; say “or” between days.")
        self._without_title()
        self.found.entries[side].append(condition)
        self.found.side = side

    def _without_title(self) -> None:
        """ "EMA crossover: buy when ...": the head was no rule of its own, and no lengths lack."""
        title = self.memory.meanings.pop("title", None)
        if title is None:
            return
        for rules in (self.found.entries["long"], self.found.exits["long"]):
            rules[:] = [rule for rule in rules if rule not in title]
        untold = ("No lengths were given", "A crossover strategy")
        self.memory.assumptions = [
            a for a in self.memory.assumptions if not a.sentence.startswith(untold)
        ]

    def on_limit_order(self, *parts: Any) -> None:
        self._order_with("entry_limit", None, parts)

    def on_stop_order(self, *parts: Any) -> None:
        self._order_with("entry_stop", None, parts)

    def on_limit_after(self, condition: Any, *parts: Any) -> None:
        self._order_with("entry_limit", condition, parts)

    def on_stop_after_condition(self, condition: Any, *parts: Any) -> None:
        self._order_with("entry_stop", condition, parts)

    def on_limit_when(self, *parts: Any) -> None:
        condition = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("good_")][-1]
        self._order_with("entry_limit", condition, parts)

    def on_stop_when(self, *parts: Any) -> None:
        condition = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("good_")][-1]
        self._order_with("entry_stop", condition, parts)

    # -- pauses --------------------------------------------------------------------------------

    def on_cooldown(self, *parts: Any) -> None:
        span = next(p for p in parts if isinstance(p, Said) and p.kind in ("span", "one_unit"))
        self.found.risk["cooldown"] = self.bars_in(self.read(span))
