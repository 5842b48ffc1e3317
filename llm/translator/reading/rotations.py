"""Several symbols: which are meant, which is held when."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Always, Compare, Number
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.stops import Stops
from llm.translator.said import Said


def _over(said: list[Said]) -> Said:
    """The length over which is compared, among the parts of a rotation."""
    return next(p for p in said if p.kind.startswith("with_"))


def _without_verbs(parts: tuple[Any, ...]) -> list[Any]:
    """The parts without "hold" and "buy"."""
    return [p for p in parts if isinstance(p, Said) or not p.has("HOLD", "BUY")]


def _code_of(said: Any) -> str:
    """The symbol whose value is spoken of; none where it is the first one's own."""
    words = [w for w in said.words if w.has("SYMBOL")]
    return words[0].detail if words else ""


def _says_worst(part: Any) -> bool:
    """Whether "worst", "lowest" or "least" is among the words of a part."""
    if not isinstance(part, Said):
        return False
    return part.kind == "worst" or any(_says_worst(p) for p in part.parts)


def _bare(said: Any) -> Any:
    """ "Apple's 6-month return" without Apple: what is computed of each symbol."""
    if said.kind == "of_symbol":
        return said.parts[-1]
    return said.parts[0] if said.kind == "of_symbol_after" else said


class Rotations(Stops):
    """Reads rotations; the symbols themselves are found by name before."""

    def on_rotation(self, part: Any) -> None:
        self.read(part)

    def on_universe(self, *_: Any) -> None:
        self.found.rotation.setdefault("when", None)

    def _put_rotation(self, name: str, value: Any) -> None:
        if name == "rank" and getattr(value, "name", "") == "mom":
            # In money it would always be the dearer one that moves most.
            value = self._change(value.numbers[0])
            self.assume("The momentum of several symbols is compared as a percentage.")
        self.found.rotation[name] = value

    def on_rotate(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said) and part.kind != "symbols":
                self.read(part)

    on_rotate_best = on_rotate_among = on_rotate

    def on_rotate_moved(self, *parts: Any) -> None:
        """ "whichever rose more over the past 6 months"."""
        self._put_rotation("rank", self._change(self.withs(parts[-1])[0]))
        self._if_worst(parts)

    def _if_worst(self, parts: tuple[Any, ...]) -> None:
        """ "that rose the least", "the worst performer", "that fell most"; not "fell least"."""
        worst = any(_says_worst(p) for p in parts)
        words = [w for p in parts for w in (p.words if isinstance(p, Said) else (p,))]
        lost = any(w.has("LOSER", "DIDWORSE") for w in words)
        fell = any(w.has("FALL") and not w.has("RISE") for w in words)
        if worst is not (lost or fell):
            self._put_rotation("lowest", True)

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
            self.on_universe()
            return
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

    def on_compare_two(self, first: Any, *parts: Any) -> None:
        """ "compare the 63-day return of A with that of B and hold the stronger one"."""
        second, winner = parts
        other = _code_of(second) if isinstance(second, Said) else second.detail
        rank = self.series(_bare(first))
        if not _code_of(first) or not other or _code_of(first) == other:
            raise Unreadable("not_understood", "Which two symbols are compared?")
        if isinstance(second, Said) and self.series(_bare(second)) != rank:
            raise Unreadable("ambiguous", "Both are ranked by the same value.")
        self._put_rotation("rank", rank)
        self.found.rotation["ranked"] = True
        self.read(winner)

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
        self._if_worst(parts)

    def on_cash_if(self, *parts: Any) -> None:
        """ "hold cash if both returns are negative": only what is not may be held."""
        said = parts[-1].parts
        if isinstance(said[0], Said) and said[0].kind == "sign":
            negative = said[0].parts[0].has("NEGATIVE")
        else:
            word = said[0].words[0] if isinstance(said[0], Said) else said[0]
            negative = word.has("BELOW", "LE") and self.number(said[1]) == 0
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

    def on_equal_weight_while(self, symbols: Any, condition: Any, *_: Any) -> None:
        """ "equal weights, but each is held only while ...": what is not held leaves its share."""
        count = len([word for word in symbols.words if word.has("SYMBOL")])
        self._put_rotation("rank", None)
        self._put_rotation("shares", (1 / count,) * count)
        self._put_rotation("only_if", self.condition(condition))
        if self.found.schedule is None:
            self.found.schedule = Always()

    def on_rest_in_cash(self, *_: Any) -> None:
        """ "its half stays in cash otherwise": so it does."""
        if "shares" not in self.found.rotation:
            raise Unreadable("ambiguous", "The share of what?")

    def on_rotate_over(self, *parts: Any) -> None:
        """ "the one of A and B that did better over 20 days"; "the loser of the last 21 days"."""
        said = [p for p in parts if isinstance(p, Said)]
        self._put_rotation("rank", self._change(self.withs(_over(said))[0]))
        self._if_worst(parts)
        for part in said:
            if part.kind == "hold_winner":
                self.read(part)
            if part.kind == "horizon_words":
                self._horizon(part)
            if part.kind.startswith("cash_if"):
                if self.found.rotation.get("lowest"):
                    raise Unreadable("ambiguous", "In cash when?")
                self.read(part)

    def on_held_loser(self, *parts: Any) -> None:
        if "rank" not in self.found.rotation:
            raise Unreadable("ambiguous", "The worse one by what?")
        self._put_rotation("lowest", True)
        for part in parts:
            if isinstance(part, Said) and part.kind == "horizon_words":
                self._horizon(part)

    def on_cash_if_negative(self, *parts: Any) -> None:
        """ "if that return is negative, sit in cash": only what has not fallen is held."""
        rank = self.found.rotation.get("rank")
        if rank is None or self.found.rotation.get("lowest"):
            raise Unreadable("ambiguous", "In cash when?")
        self._put_rotation("only_if", Compare(left=rank, operator=">=", right=Number(value=0)))

    def on_cash_if_below(self, *parts: Any) -> None:
        """ "if its return is below 0, hold cash"."""
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        if self.number(number) != 0:
            raise Unreadable("unsupported", "Only a return below zero can be asked for there.")
        self.on_cash_if_negative()

    def on_one_or_other(self, *parts: Any) -> None:
        """ "hold A if its return is above B's, otherwise B": the one with the higher return."""
        first, left, side, right, second = _without_verbs(parts)
        self._one_or_other(first, left, side, right, second)

    def on_other_if_one(self, *parts: Any) -> None:
        left, side, right, first, second = _without_verbs(parts)
        self._one_or_other(first, left, side, right, second)

    def _one_or_other(self, first: Any, left: Any, side: Any, right: Any, second: Any) -> None:
        codes = [_code_of(left) or first.detail, _code_of(right)]
        if sorted(codes) != sorted((first.detail, second.detail)) or codes[0] == codes[1]:
            raise Unreadable("ambiguous", "Which of the two is held when?")
        rank, other = self.series(_bare(left)), self.series(_bare(right))
        if right.kind != "symbol_price" and rank != other:
            raise Unreadable("ambiguous", "Both are ranked by the same value.")
        word = side.words[0] if isinstance(side, Said) else side
        higher = word.has("ABOVE", "GE")
        if not higher and not word.has("BELOW", "LE"):
            raise Unreadable("ambiguous", "Higher or lower?")
        self._put_rotation("rank", rank)
        self._put_rotation("lowest", higher is not (codes[0] == first.detail))
        if self.found.schedule is None:
            self.found.schedule = Always()

    def on_one_if_beats(self, *parts: Any) -> None:
        """ "hold A when it has beaten B over 63 days, otherwise B"."""
        words = [p for p in parts if not isinstance(p, Said) and p.has("SYMBOL", "IT")]
        self._if_beaten(words[0], words[1:3], words[-1], parts)

    def on_beats_then_one(self, *parts: Any) -> None:
        words = [p for p in parts if not isinstance(p, Said) and p.has("SYMBOL", "IT")]
        self._if_beaten(words[2], words[:2], words[-1], parts)

    def _if_beaten(self, first: Any, compared: Any, second: Any, parts: tuple[Any, ...]) -> None:
        codes = [word.detail if word.has("SYMBOL") else first.detail for word in compared]
        if sorted(codes) != sorted((first.detail, second.detail)) or codes[0] == codes[1]:
            raise Unreadable("ambiguous", "Which of the two is held when?")
        said = [p for p in parts if isinstance(p, Said)]
        beats = any(not isinstance(p, Said) and p.has("BEATS") for p in parts)
        self._put_rotation("rank", self._change(self.withs(_over(said))[0]))
        self._put_rotation("lowest", beats is not (codes[0] == first.detail))
        for part in said:
            if part.kind == "horizon_words":
                self._horizon(part)

    def on_only_trade(self, word: Any) -> None:
        self.found.traded = word.detail

    def on_never_trade(self, *_: Any) -> None:
        """Said of a symbol that is only looked at."""
        self.found.rotation.pop("when", None)

    def on_traffic_light_traded(self, *symbols: Any) -> None:
        """ "trade only MSFT, with AAPL as the filter"."""
        traded, looked_at = (word.detail for word in symbols if word.has("SYMBOL"))
        if traded == looked_at:
            raise Unreadable("contradictory", f"{traded} is traded, or only looked at?")
        self.found.traded = traded

    def on_traffic_light_led(self, *symbols: Any) -> None:
        """ "with AAPL as the filter, trade MSFT"."""
        self.on_traffic_light_traded(*reversed(symbols))

    def on_traffic_light(self, *_: Any) -> None:
        """A symbol that is only looked at; the rules say how."""
