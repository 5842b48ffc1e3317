"""Dates, capital and costs."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any

from llm.translator.reading.memory import Unreadable
from llm.translator.reading.positions import Positions
from llm.translator.said import Said

# "Start capital 20.000", as it is written on the European mainland.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def _shifted(day: date, months: int) -> date:
    """The same day so many months away, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Dates(Positions):
    """Reads what an idea says about the test itself."""

    def put(self, name: str, value: Any, words: str = "") -> None:
        """Keep a setting; two different values contradict each other."""
        settings = self.found.settings
        if name in settings and settings[name] != value:
            raise Unreadable("contradictory", f"Two different values for {name}.", words)
        settings[name] = value
        start, end = settings.get("start"), settings.get("end")
        if start and end and start > end:
            raise Unreadable("invalid_dates", f"The start {start} is after the end {end}.")

    def on_setting(self, part: Any) -> None:
        self.read(part)

    def on_setting_tail(self, part: Any) -> None:
        self.read(part)

    # -- days ----------------------------------------------------------------------------------

    def day(self, said: Any, *, last: bool) -> date:
        """The first or last day of what was said."""
        words = said.words
        numbers = [w for w in words if w.value is not None or w.day is not None]
        if said.kind == "day_date":
            if words[0].day is None:
                told = f"{words[0].text} can be two days: write the month as a word."
                raise Unreadable("ambiguous", told, words[0].text)
            return date.fromisoformat(str(words[0].day))
        if said.kind in ("day_year", "day_year_end", "year"):
            year = int(numbers[-1].value)
            return date(year, 12, 31) if last or said.kind == "day_year_end" else date(year, 1, 1)
        month = int(next(w.sub("MONTHNAME") for w in words if w.has("MONTHNAME")))
        year = int(numbers[-1].value)
        if said.kind in ("day_month", "day_month_start", "day_month_end"):
            at_end = (last and said.kind == "day_month") or said.kind == "day_month_end"
            day = calendar.monthrange(year, month)[1] if at_end else 1
        elif said.kind == "day_nth":
            day = int(next(w.sub("NTH") for w in words if w.has("NTH")))
        else:
            day = int(next(w.value for w in numbers if w.value != year or w is not numbers[-1]))
        try:
            return date(year, month, day)
        except ValueError as error:
            raise Unreadable("invalid_dates", f"There is no day {day} in that month.") from error

    def _days(self, parts: tuple[Any, ...]) -> list[Any]:
        return [p for p in parts if isinstance(p, Said) and p.kind.startswith(("day_", "year"))]

    def on_start_on(self, *parts: Any) -> None:
        self.put("start", self.day(self._days(parts)[0], last=False))

    def on_end_on(self, *parts: Any) -> None:
        self.put("end", self.day(self._days(parts)[0], last=True))

    def on_between_days(self, *parts: Any) -> None:
        first, second = self._days(parts)
        self.put("start", self.day(first, last=False))
        self.put("end", self.day(second, last=True))

    def on_between_years(self, *parts: Any) -> None:
        first, second = self._days(parts)
        self.put("start", date(self._year(first), 1, 1))
        self.put("end", date(self._year(second), 12, 31))

    def _year(self, said: Any) -> int:
        return int(said.words[-1].value)

    def on_in_year(self, *parts: Any) -> None:
        year = self._year(self._days(parts)[-1])
        self.put("start", date(year, 1, 1))
        self.put("end", date(year, 12, 31))

    def on_before_day(self, *parts: Any) -> None:
        self.put("end", self.day(self._days(parts)[0], last=False) - timedelta(days=1))

    def on_after_day(self, *parts: Any) -> None:
        self.put("start", self.day(self._days(parts)[0], last=True) + timedelta(days=1))

    def on_last_units(self, *parts: Any) -> None:
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "unit_long_word")
        self._last(self.number(number), years=unit.parts[0].has("YEAR"))

    def on_last_unit(self, *parts: Any) -> None:
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "unit_long_word")
        self._last(1, years=unit.parts[0].has("YEAR"))

    def _last(self, count: float, *, years: bool) -> None:
        """Counted back from the last day of the data."""
        last = self.symbol.last_day
        if last is None:
            raise Unreadable("invalid_dates", "It is not known when the data end.")
        self.put("start", _shifted(last, -round(count * (12 if years else 1))))

    def on_leave_out_last(self, *parts: Any) -> None:
        """ "ignore the last two years": the test ends that much before the data."""
        self.put("end", self._from_edge(self.symbol.last_day, parts, back=True))

    def on_leave_out_first(self, *parts: Any) -> None:
        self.put("start", self._from_edge(self.symbol.first_day, parts, back=False))

    def _from_edge(self, edge: date | None, parts: tuple[Any, ...], *, back: bool) -> date:
        if edge is None:
            raise Unreadable("invalid_dates", "It is not known which days the data hold.")
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        unit = next(p for p in parts if isinstance(p, Said) and p.kind == "unit_long_word")
        count = self.number(numbers[0]) if numbers else 1
        months = round(count * (12 if unit.parts[0].has("YEAR") else 1))
        return _shifted(edge, -months if back else months)

    def on_dates_in_decade(self, word: Any) -> None:
        year = int(word.sub("DECADE"))
        self.put("start", date(year, 1, 1))
        self.put("end", date(year + 9, 12, 31))

    def on_start_on_crisis(self, *parts: Any) -> None:
        word = next(w for p in parts if isinstance(p, Said) for w in p.words if w.has("CRISIS"))
        day = date.fromisoformat(word.sub("CRISIS"))
        self.assume(f"“{word.text}” is taken from {day}.", "settings.start", day.isoformat())
        chosen = self.choices.get("settings.start")
        self.put("start", date.fromisoformat(chosen) if chosen else day)

    def on_whole_history(self, *_: Any) -> None:
        """All there is, which is what no date means."""

    # -- money ---------------------------------------------------------------------------------

    def on_capital(self, *parts: Any) -> None:
        found = [p for p in parts if not isinstance(p, Said) and p.value is not None]
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        amount = self.number(numbers[0]) if numbers else float(found[0].value)
        told = numbers[0].words[0].text if numbers and numbers[0].words else ""
        if _THOUSANDS.fullmatch(told):
            amount = float(told.replace(".", ""))
            self.assume(f"“{told}” is read as “{told.replace('.', ',')}”.")
        if amount <= 0:
            raise Unreadable("invalid_value", "The capital must be more than zero.", "capital")
        self.put("initial_capital", amount, "capital")

    def on_capital_since(self, *parts: Any) -> None:
        """ "Start with 20k in 2003": the year is a beginning, not the whole stretch."""
        day = self._days(parts)[0]
        self.on_capital(*(p for p in parts if p is not day))
        self.put("start", self.day(day, last=False))

    def _cost(self, word: Any, fraction: float) -> None:
        if not 0 <= fraction < 0.5:
            raise Unreadable("invalid_value", f"Costs of {fraction * 100:g} % are not possible.")
        name = "slippage" if word.words[0].has("SLIPPAGE") else "commission"
        self.put(name, fraction)

    def _parts_of_cost(self, parts: tuple[Any, ...]) -> tuple[Any, float]:
        word = next(p for p in parts if isinstance(p, Said) and p.kind == "cost_word")
        pct = next(p for p in parts if isinstance(p, Said) and p.kind != "cost_word")
        return word, self.read(pct)

    def on_cost_before(self, *parts: Any) -> None:
        self._cost(*self._parts_of_cost(parts))

    on_cost_after = on_cost_before

    def on_cost_per_trade(self, *parts: Any) -> None:
        words = [p for p in parts if isinstance(p, Said) and p.kind == "cost_word"]
        if words:
            self.on_cost_before(*parts)
            return
        pct = next(p for p in parts if isinstance(p, Said))
        self.put("commission", self.read(pct))

    def on_no_costs(self, *words: Any) -> None:
        for word in words:
            if isinstance(word, Said):
                self._cost(word, 0.0)

    def on_no_costs_at_all(self) -> None:
        self.put("commission", 0.0)

    def on_cost_told(self, *parts: Any) -> None:
        """ "every order costs 0.05% in fees"; without a word for it, it is a commission."""
        words = [p for p in parts if isinstance(p, Said) and p.kind == "cost_word"]
        if words:
            self.on_cost_before(*parts)
            return
        self.put("commission", self.read(next(p for p in parts if isinstance(p, Said))))

    def on_cost_round_trip(self, *parts: Any) -> None:
        words = [p for p in parts if isinstance(p, Said) and p.kind == "cost_word"]
        pct = next(p for p in parts if isinstance(p, Said) and p.kind != "cost_word")
        half = round(self.read(pct) / 2, 12)
        self.assume("Costs of a round trip are paid half on the way in and half on the way out.")
        if words:
            self._cost(words[0], half)
        else:
            self.put("commission", half)

    def on_cost_two_ways(self, *parts: Any) -> None:
        """ "10 bps on entry and 10 bps on exit"."""
        words = [p for p in parts if isinstance(p, Said) and p.kind == "cost_word"]
        shares = {self.read(p) for p in parts if isinstance(p, Said) and p.kind != "cost_word"}
        if len(shares) > 1:
            raise Unreadable("unsupported", "Costs are the same on the way in and out here.")
        if words:
            self._cost(words[0], shares.pop())
        else:
            self.put("commission", shares.pop())

    def on_cost_in_money(self, *_: Any) -> None:
        raise Unreadable(
            "unsupported", "Costs are a share of each trade here, such as 0.1 %: not a fixed sum."
        )

    def on_costs_each(self, *parts: Any) -> None:
        pct = next(p for p in parts if isinstance(p, Said) and p.kind != "cost_word")
        for part in parts:
            if isinstance(part, Said) and part is not pct:
                self._cost(part, self.read(pct))
