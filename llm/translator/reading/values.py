"""Values: prices, averages, oscillators, extremes, and sums of them."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import (
    Arithmetic,
    Function,
    Indicator,
    Number,
    OnPeriod,
    Previous,
    Price,
)
from llm.specification.walk import rebuilt, scale_of
from llm.translator.reading.kinds import (
    is_average_of_closes,
    is_extreme,
    is_of_one_day,
    is_part,
    is_price,
    symbol_of,
)
from llm.translator.reading.memory import CLOSE, Base, Span, Unreadable
from llm.translator.said import Said

FIELDS = ("CLOSE", "OPEN", "HIGH", "LOW", "VOLUME")
_RANGE = Arithmetic(operator="-", left=Price(field="high"), right=Price(field="low"))
FORMULAS = {
    "ibs": Arithmetic(
        operator="/",
        left=Arithmetic(operator="-", left=CLOSE, right=Price(field="low")),
        right=_RANGE,
    ),
    "range": _RANGE,
}


class Values(Base):
    """Reads what has a value on every bar."""

    def value(self, said: Any, left: Any = None) -> Any:
        """A value; `left` is what it is compared with."""
        before, self.left = self.left, left
        try:
            found = self.read(said)
        finally:
            self.left = before
        if self.of_symbol:
            found = self._of(self.of_symbol, found)
        return found

    def series(self, said: Any, left: Any = None) -> Any:
        """A value that is no plain number."""
        if said.kind in ("month_close", "week_close", "unit_close"):
            raise Unreadable("not_understood", "Closes of longer bars: over how many of them?")
        found = self.value(said, left)
        if isinstance(found, Number):
            raise Unreadable("not_understood", f"{found.value:g} is a number, not a series.")
        return found

    # -- arithmetic ----------------------------------------------------------------------------

    def on_plus(self, left: Any, right: Any) -> Any:
        share = self._share_of(left, right)
        return self._arithmetic("+", left, right) if share is None else self._grown(left, share)

    def on_minus(self, left: Any, right: Any) -> Any:
        share = self._share_of(left, right)
        return self._arithmetic("-", left, right) if share is None else self._grown(left, -share)

    def _share_of(self, left: Any, right: Any) -> float | None:
        """The 1 % of "the average plus 1 %"; None where something else is added."""
        if getattr(right, "kind", "") != "level_percent":
            return None
        priced = scale_of(self.value(left, self.left)) == "price"
        return float(self.read(right.parts[0])) if priced else None

    def _grown(self, of: Any, share: float) -> Any:
        factor = Number(value=round(1 + share, 12))
        return Arithmetic(operator="*", left=factor, right=self.value(of, self.left))

    def on_times(self, left: Any, right: Any) -> Any:
        return self._arithmetic("*", left, right)

    def on_divided(self, left: Any, right: Any) -> Any:
        return self._arithmetic("/", left, right)

    def on_ratio_of(self, left: Any, right: Any) -> Any:
        """ "the ratio of A to B"; "the ratio" stands for it from then on."""
        found = self._arithmetic("/", left, right)
        self.memory.meanings["ratio"] = found
        return found

    def on_ratio_of_two(self, over: Any, under: Any) -> Any:
        """ "the A/B ratio"."""
        return self.on_ratio_of(Said("symbol_price", (over,)), Said("symbol_price", (under,)))

    def on_ratio_alone(self, *_: Any) -> Any:
        found = self.memory.meanings.get("ratio")
        if found is None:
            raise Unreadable("ambiguous", "The ratio of what to what?")
        return found

    def _arithmetic(self, operator: Any, left: Any, right: Any) -> Any:
        first = self.value(left, self.left)
        second = self.value(right, self.left if operator == "*" else first)
        scales = {scale_of(first), scale_of(second)}
        mixed = operator in "+-" and len(scales - {"price", "price_difference"}) > 0
        if mixed and len(scales) > 1 and "number" not in scales:
            raise Unreadable("not_understood", "These two cannot be added: their units differ.")
        return Arithmetic(operator=operator, left=first, right=second)

    def on_twice(self, _word: Any, of: Any) -> Any:
        return Arithmetic(operator="*", left=Number(value=2), right=self.value(of, self.left))

    def on_half_of(self, *parts: Any) -> Any:
        return Arithmetic(
            operator="*", left=Number(value=0.5), right=self.value(parts[-1], self.left)
        )

    def on_percent_of(self, pct: Any, of: Any) -> Any:
        """ "2 % of the close", beside what is measured in prices too."""
        pair = self.memory.pair
        if of.kind == "it" and pair is not None and not isinstance(pair.right, Number):
            right = pair.right  # "above 98 % of the high, ... below 90 % of it"
            if isinstance(right, Arithmetic) and isinstance(right.left, Number):
                right = right.right
        else:
            right = self.series(of, self.left)
        return Arithmetic(operator="*", left=Number(value=self.read(pct)), right=right)

    def on_log_of(self, of: Any) -> Any:
        return Function(name="log", of=(self.value(of),))

    def on_level(self, number: Any) -> Any:
        return Number(value=self.number(number))

    def on_zero(self) -> Any:
        return Number(value=0)

    def on_money_level(self, word: Any) -> Any:
        self.memory.meanings["money"] = Number(value=float(word.value))
        return self.memory.meanings["money"]

    def on_level_percent(self, pct: Any) -> Any:
        """A percentage, in the units of what it is compared with."""
        fraction = self.read(pct)
        scale = scale_of(self.left) if self.left is not None else "none"
        if scale in ("fraction", "unit", "ratio"):
            return Number(value=fraction)
        if scale not in ("percent", "percent_change", "willr", "none", "oscillator"):
            raise Unreadable(
                "not_understood", "A percentage of what? A price is compared with a price."
            )
        return Number(value=round(fraction * 100, 12))

    # -- time ----------------------------------------------------------------------------------

    def on_back(self, of: Any, ago: Any) -> Any:
        return self.earlier(self.series(of, self.left), self.read(ago))

    def on_back_first(self, ago: Any, of: Any) -> Any:
        return self.on_back(of, ago)

    def on_ago_span(self, span: Any) -> Span:
        found = self.read(span)
        assert isinstance(found, Span)
        return found

    def on_yesterday(self, *parts: Any) -> Any:
        of = self.series(parts[-1], self.left)
        if getattr(of, "name", "") == "pivots":
            return of  # "yesterday's pivot": made of yesterday's prices, as every pivot is
        if "levels_before" in self.memory.meanings and isinstance(of, Previous):
            raise Unreadable("ambiguous", "A level of yesterday, or one from yesterday's prices?")
        return Previous(of=of, bars=1)

    def on_yesterday2(self, *parts: Any) -> Any:
        of = self.series(parts[-1], self.left)
        if isinstance(of, Previous) and isinstance(of.of, Indicator):
            return of  # "the previous 20-day high" ends yesterday already
        return Previous(of=of, bars=1)

    def on_of_yesterday(self, of: Any, *_: Any) -> Any:
        return self.on_yesterday(of)

    on_of_previous = on_of_yesterday

    def on_yesterday_alone(self, *_: Any) -> Any:
        """ "higher than yesterday": the same value, a bar earlier."""
        if self.left is None or isinstance(self.left, Number):
            raise Unreadable("not_understood", "“Yesterday” needs a value: which of yesterday?")
        return Previous(of=self.left, bars=1)

    def on_defined_value(self, name: Any, formula: Any) -> Any:
        """ "IBS (close minus low, divided by high minus low)": the formula counts."""
        known = self.value(name, self.left)
        said = self.value(formula)
        if isinstance(said, Number):
            raise Unreadable("not_understood", "A number alone is no formula.")
        return known if FORMULAS.get(getattr(known, "name", "")) == said else said

    def on_defined_ratio(self, name: Any, above: Any, below: Any) -> Any:
        """ "IBS (close minus low, over high minus low)"."""
        return self.on_defined_value(name, Said("divided", (above, below)))

    # -- whose ---------------------------------------------------------------------------------

    def on_of_symbol(self, word: Any, *parts: Any) -> Any:
        return self._of(word.detail, self.value(parts[-1], self.left))

    def on_of_symbol_after(self, of: Any, word: Any) -> Any:
        return self._of(word.detail, self.value(of, self.left))

    def on_own_base(self, *parts: Any) -> Any:
        found = self.value(parts[-1], self.left)
        if is_of_one_day(self.left) and not isinstance(found, Number | Previous):
            # "yesterday's close is above its open": the open of that day.
            return Previous(of=found, bars=self.left.bars)
        subject = self._own()
        # "its 20-day average" of what was spoken of; "its high" is the symbol's.
        if subject is not None and not is_price(subject) and is_extreme(found):
            best = found.of.model_copy(update={"source": subject})
            return Previous(of=best, bars=1)
        nests = isinstance(found, Indicator) and found.source == CLOSE
        same = getattr(subject, "name", "") == getattr(found, "name", None)
        if nests and subject is not None and not is_price(subject) and not same:
            nested = found.model_copy(update={"source": subject})
            self.memory.average = nested if self.memory.average == found else self.memory.average
            if nested.name == "zscore":
                self.memory.meanings["zscore"] = nested
            return nested
        beside = symbol_of(self.left)
        return self._of(beside, found) if beside else found

    def on_of_generic(self, of: Any, _word: Any) -> Any:
        return self.value(of, self.left)

    def on_generic_first(self, _word: Any, of: Any) -> Any:
        return self.value(of, self.left)

    def _of(self, code: str, node: Any) -> Any:
        """The same value of another symbol."""
        if code.casefold() == self.symbol.code.casefold():
            return node

        def change(part: Any) -> Any:
            if isinstance(part, Price) and not part.symbol:
                return part.model_copy(update={"symbol": code})
            if isinstance(part, Indicator) and part.source is None and not part.symbol:
                return part.model_copy(update={"symbol": code})
            return part

        return rebuilt(node, change)

    def _own(self) -> Any:
        """What "its" stands for: what it is compared with, else what was spoken of."""
        if self.left is not None and not isinstance(self.left, Number):
            return self.left
        return None if self.memory.level_met else self.memory.subject

    def on_symbol_price(self, word: Any) -> Any:
        return self._of(word.detail, CLOSE)

    def on_generic_price(self, word: Any) -> Any:
        if word.text == "share" and "rank" in self.memory.meanings:
            raise Unreadable("ambiguous", "The share of what: of those values, or the stock?")
        return CLOSE

    def on_it(self, _word: Any) -> Any:
        found = self.memory.subject
        return found if found is not None else CLOSE

    def on_it_own(self) -> Any:
        return self.on_it(None)

    def on_it_last(self) -> Any:
        """ "RSI is falling and the last value is under 15": of what was spoken of."""
        if self.memory.subject is None:
            raise Unreadable("ambiguous", "The last value of what?")
        return self.memory.subject

    def on_that_close(self, *_: Any) -> Any:
        return CLOSE

    def on_entry_price(self, _word: Any) -> Any:
        raise Unreadable(
            "unsupported",
            "The price of the entry can be used for stops and targets only, for example: "
            "stop loss 5 %.",
        )

    # -- prices --------------------------------------------------------------------------------

    def on_column(self, *words: Any) -> Any:
        word = words[0] if len(words) == 1 or not words[0].has("PRICE") else words[1]
        if word.has("PRICE") and not word.has("CLOSE"):
            return CLOSE
        field = next((f for f in FIELDS if word.has(f)), "CLOSE")
        return Price(field=field.lower())  # type: ignore[arg-type]

    def on_plural_close(self, _word: Any) -> Any:
        return CLOSE

    def on_typical(self) -> Any:
        return Indicator(name="typical")

    def on_day_range(self) -> Any:
        return Indicator(name="range")

    def on_body(self) -> Any:
        return Indicator(name="body")

    def on_middle_of_range(self) -> Any:
        return Indicator(name="median_price")

    # -- checks --------------------------------------------------------------------------------

    def comparable(self, left: Any, right: Any) -> None:
        """Refuse what can never be compared, or never be met."""
        if isinstance(right, Number) and not isinstance(left, Number):
            self._in_range(left, right.value)
            return
        of_itself = isinstance(right, Arithmetic) and isinstance(right.left, Number)
        if left == (right.right if of_itself else right):
            raise Unreadable("contradictory", "A value cannot be compared with itself.")
        if isinstance(left, Number):
            return
        first, second = scale_of(left), scale_of(right)
        if {first, second} == {"price", "price_difference"} and is_part(left, right):
            return
        if first != second and "none" not in (first, second):
            raise Unreadable(
                "not_understood",
                "These two cannot be compared: they are measured in different units.",
            )

    def _in_range(self, left: Any, level: float) -> None:
        if scale_of(left) == "price" and level <= 0:
            raise Unreadable("invalid_value", f"A price never reaches {level:g}.")
        if is_average_of_closes(left):
            raise Unreadable(
                "ambiguous", f"Is {level:g} a price here, or the length of a second average?"
            )
        inner = left
        while isinstance(inner, Previous | OnPeriod) or (
            isinstance(inner, Indicator) and INDICATORS[inner.name].scale == "same"
        ):
            inner = inner.of if isinstance(inner, Previous | OnPeriod) else inner.source
        bounds = INDICATORS[inner.name].bounds if isinstance(inner, Indicator) else None
        if bounds is not None and not bounds[0] <= level <= bounds[1]:
            assert isinstance(inner, Indicator)
            raise Unreadable(
                "invalid_value",
                f"{INDICATORS[inner.name].label} is always between {bounds[0]:g} and "
                f"{bounds[1]:g}; it can never pass {level:g}.",
            )
