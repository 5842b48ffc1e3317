"""Several symbols: which are meant, which is held when."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Compare, Number
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.orders import Orders
from llm.translator.said import Said


class Rotations(Orders):
    """Reads rotations; the symbols themselves are found by name before."""

    def on_rotation(self, part: Any) -> None:
        self.read(part)

    def on_universe(self, *_: Any) -> None:
        self.found.rotation.setdefault("when", None)

    def _put_rotation(self, name: str, value: Any) -> None:
        self.found.rotation[name] = value

    def on_rotate(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said) and part.kind != "symbols":
                self.read(part)

    on_rotate_best = on_rotate_among = on_rotate

    def on_rotate_moved(self, *parts: Any) -> None:
        """ "whichever rose more over the past 6 months"."""
        self._put_rotation("rank", self._change(self.withs(parts[-1])[0]))

    def on_rotate_performer(self, *parts: Any) -> None:
        best = next(p for p in parts if isinstance(p, Said) and p.kind in ("best", "worst"))
        self._put_rotation("rank", self._change(self.withs(parts[-1])[0]))
        self._put_rotation("lowest", best.kind == "worst")

    def on_rotate_which(self, *parts: Any) -> None:
        best = next(p for p in parts if isinstance(p, Said) and p.kind in ("best", "worst"))
        self._put_rotation("rank", self.series(parts[-1]))
        self._put_rotation("lowest", best.kind == "worst")

    def on_rotate_by(self, _symbols: Any, *rest: Any) -> None:
        values = [p for p in rest if isinstance(p, Said) and not p.kind.startswith("object_")]
        if not values:
            raise Unreadable("ambiguous", "Rotate by what? Name a return over a number of days.")
        self._put_rotation("rank", self.series(values[0]))

    def on_hold_best(self, *parts: Any) -> None:
        best = next(p for p in parts if isinstance(p, Said) and p.kind in ("best", "worst"))
        numbers = [p for p in parts if isinstance(p, Said) and p.kind == "number"]
        for part in parts:
            if isinstance(part, Said) and part.kind == "horizon":
                self._horizon(part)
        self._put_rotation("rank", self.series(parts[-1]))
        self._put_rotation("lowest", best.kind == "worst")
        if numbers:
            self._put_rotation("hold", round(self.number(numbers[0])))

    on_hold_best_one = on_hold_best_n = on_hold_best

    def _horizon(self, said: Any) -> None:
        """ "for the next month": the choice is made anew at each month's end."""
        from llm.specification.nodes import Calendar

        word = said.parts[0].parts[0]
        units = {"WEEK": "week_end", "MONTH": "month_end", "QUARTER": "quarter_end"}
        unit: Any = next((u for tag, u in units.items() if word.has(tag)), "year_end")
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=unit)

    def on_rotate_by_value(self, *parts: Any) -> None:
        """ "rank A and B by their return over 126 days": the best is held."""
        said = [p for p in parts if isinstance(p, Said)]
        value = next(p for p in said if p.kind not in ("symbols", "hold_winner"))
        self._put_rotation("rank", self.series(value))
        self.found.rotation["ranked"] = True
        for part in said:
            if part.kind == "hold_winner":
                self.read(part)

    on_rotate_compare = on_rotate_by_value

    def on_rotation_checked(self, rule: Any, day: Any) -> None:
        """ "..., decided at every month end"."""
        self.found.schedule = self.read(day)
        self.read(rule)

    def on_held_winner(self, part: Any) -> None:
        self.read(part)

    def on_hold_winner(self, *parts: Any) -> None:
        if "rank" not in self.found.rotation:
            raise Unreadable("ambiguous", "The better one by what?")
        for part in parts:
            if isinstance(part, Said) and part.kind == "horizon_words":
                self._horizon(part)
        if any(not isinstance(p, Said) and p.has("FLAT") for p in parts):
            self.on_cash_if_none()

    def on_hold_performer(self, *parts: Any) -> None:
        withs = [p for p in parts if isinstance(p, Said) and p.kind.startswith("with_")]
        if not withs:
            raise Unreadable("ambiguous", "The best performer over how many days?")
        self._put_rotation("rank", self._change(self.withs(withs[0])[0]))

    def on_cash_if(self, *parts: Any) -> None:
        """ "hold cash if both returns are negative": only what is not may be held."""
        sign = parts[-1].parts[0]
        if isinstance(sign, Said) and sign.kind == "sign":
            negative = sign.parts[0].has("NEGATIVE")
        else:
            negative = True
        rank = self.found.rotation.get("rank")
        if rank is None or not negative:
            raise Unreadable("ambiguous", "In cash when?")
        self._put_rotation("only_if", Compare(left=rank, operator=">=", right=Number(value=0)))

    def on_cash_if_none(self, *_: Any) -> None:
        rank = self.found.rotation.get("rank")
        if rank is None:
            raise Unreadable("ambiguous", "In cash when?")
        self._put_rotation("only_if", Compare(left=rank, operator=">", right=Number(value=0)))

    def on_rotation_cash(self, part: Any) -> None:
        self.read(part)

    def on_equal_weight(self, *_: Any) -> None:
        self._put_rotation("rank", None)

    def on_only_trade(self, word: Any) -> None:
        self.found.traded = word.detail

    def on_never_trade(self, word: Any) -> None:
        """Said of a symbol that is only looked at."""
        self.found.rotation.pop("when", None)

    def on_traffic_light(self, *_: Any) -> None:
        """A symbol that is only looked at; the rules say how."""
