"""Rows of days and what each of them does; states with a name; one thing after another."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Ago,
    AllOf,
    Arithmetic,
    Candle,
    Compare,
    Cross,
    First,
    Function,
    Indicator,
    Number,
    Price,
    Streak,
)
from llm.specification.walk import nodes
from llm.translator.reading.comparisons import HIGH, LOW, OPEN
from llm.translator.reading.extremes import before
from llm.translator.reading.kinds import is_grade, is_way_of_day
from llm.translator.reading.memory import CLOSE, OfTrade, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.shapes import Shapes
from llm.translator.said import Said, Word

_COLUMNS = ("HIGH", "LOW", "OPEN", "CLOSE")


def _column(words: Any) -> Any:
    word = next(w for w in words if isinstance(w, Word) and w.has(*_COLUMNS, "CLOSES"))
    field: Any = next((f for f in _COLUMNS if word.has(f)), "CLOSE").lower()
    return Price(field=field)


# What goes through a line.
_VERBS = ("cross_verb", "soft_verb")


class Rows(Shapes):
    """Reads rows of days, named states and sequences."""

    # -- rows ----------------------------------------------------------------------------------

    def on_days_side(self, number: Any, *parts: Any) -> Any:
        """ "three days in a row below 0.2": of what is spoken of."""
        rest = tuple(p for p in parts if isinstance(p, Said) or not p.has("DAY", "BAR"))
        return self._streak(self.on_compare_it(*rest), number)

    def on_day_side(self, *parts: Any) -> Any:
        rest = tuple(p for p in parts if isinstance(p, Said) or not p.has("DAY", "ONE"))
        return self.on_compare_it(*rest)

    def on_pattern_each(self, *parts: Any) -> Any:
        """ "each with a lower high and a higher low than the day before"."""
        return self.on_pattern(next(p for p in parts if isinstance(p, Word) and p.has("PATTERN")))

    def on_pattern_row_with(self, number: Any, *parts: Any) -> Any:
        return self._streak(self.on_pattern_each(*parts), number)

    def on_streak_closes_be(self, *parts: Any) -> Any:
        return self.on_streak_closes(*parts)

    def on_row_steps(self, row: Any, *steps: Any) -> Any:
        """ "three green candles in a row, every close higher than the one before"."""
        found = self._and_part(row)
        if not isinstance(found, Streak):
            raise Unreadable("not_understood", "Each of which candles?")
        parts = [self.read(step) for step in steps]
        step = parts[0] if len(parts) == 1 else AllOf(conditions=tuple(parts))
        if found.of == step:
            return found
        if all(_of_day_before(said) for said in steps):
            self.assume("The first of these days is compared with the day before it as well.")
            return AllOf(conditions=(found, Streak(of=step, bars=found.bars)))
        pairs = step if found.bars == 2 else Streak(of=step, bars=found.bars - 1)
        return AllOf(conditions=(found, pairs))

    def on_step_side(self, *parts: Any) -> Any:
        """One day against the day before, in the same column."""
        k = next(k for k, p in enumerate(parts) if self._is_side(p) and is_grade(p))
        price = _column(parts[:k])
        told = [p for p in parts[k + 1 :] if isinstance(p, Word) and p.has(*_COLUMNS)]
        other = _column(told) if told and not told[-1].has("PREDECESSOR") else price
        operator: Any = self._operator(parts[k])
        return Compare(left=price, operator=operator, right=before(other))

    def on_step_closes(self, *parts: Any) -> Any:
        k = next(k for k, p in enumerate(parts) if self._is_side(p) and is_grade(p))
        told = [p for p in parts[k + 1 :] if isinstance(p, Word) and p.has(*_COLUMNS)]
        other = _column(told) if told and not told[-1].has("PREDECESSOR") else CLOSE
        operator: Any = self._operator(parts[k])
        return Compare(left=CLOSE, operator=operator, right=before(other))

    def on_step_in_body(self, *_: Any) -> Any:
        return self._in_body_before(OPEN)

    def on_in_body_before(self, *parts: Any) -> Any:
        be, left, _rest = self._split(parts)
        return self._denied(be, self._in_body_before(self.value(left)))

    def on_opens_in_body_before(self, *_: Any) -> Any:
        return self._in_body_before(OPEN)

    def _in_body_before(self, price: Any) -> Any:
        """Between the open and the close of the day before, whichever is the higher one."""
        if not isinstance(price, Price) or price.field == "volume":
            raise Unreadable("not_understood", "What lies inside that body?")
        top, bottom = (Function(name=n, of=(OPEN, CLOSE)) for n in ("larger", "smaller"))
        return AllOf(
            conditions=(
                Compare(left=price, operator="<=", right=before(top)),
                Compare(left=price, operator=">=", right=before(bottom)),
            )
        )

    def on_graded(self, way: Any, column: Any) -> Any:
        """ "a lower high": than the day before."""
        price = _column((column,))
        return Compare(left=price, operator=">" if way.has("UP") else "<", right=before(price))

    def on_each_graded(self, *parts: Any) -> Any:
        found = tuple(self.read(p) for p in parts if isinstance(p, Said) and p.kind == "graded")
        return found[0] if len(found) == 1 else AllOf(conditions=found)

    on_day_graded = on_each_graded  # "a day has a lower low than the day before"

    def on_days_graded(self, number: Any, *parts: Any) -> Any:
        return self._streak(self.on_each_graded(*parts), number)

    def on_close_in_part(self, _close: Any, part: Any) -> Any:
        return self.on_closes_in_part_of_range(part)

    def on_gaps_beyond(self, *parts: Any) -> Any:
        """ "gaps below yesterday's low": the open lies there."""
        side = next(p for p in parts if isinstance(p, Word))
        level = self.value(parts[-1], OPEN)
        self.assume("A gap is told by the open.")
        return self.compare(OPEN, ">" if side.has("ABOVE") else "<", level)

    def on_streak_columns(self, number: Any, way: Any, column: Any) -> Any:
        """ "three higher lows in a row"."""
        return self._streak(self.on_graded(way, column), number)

    def on_colour_alone(self, word: Any) -> Any:
        """ "green means long": of the Supertrend or the candles that were introduced."""
        if self.memory.coloured == "supertrend":
            line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
            return self._direction(line, up=word.has("GREEN"), flips=False)
        if self.memory.coloured == "heikin_ashi":
            return self._candle(up=word.has("GREEN"))
        raise Unreadable("ambiguous", "What is green or red?")

    def on_own_trend(self, word: Any) -> Any:
        """ "long in an uptrend": of the Supertrend that was introduced."""
        if self.memory.coloured != "supertrend":
            raise Unreadable("ambiguous", "A trend told by what?")
        line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
        return self._direction(line, up=word.has("INUP"), flips=False)

    # -- states with a name --------------------------------------------------------------------

    def on_define_state(self, name: Any, condition: Any) -> None:
        """ "a squeeze is on when ...": what the name stands for."""
        self.memory.meanings[f"state:{name.detail}"] = self.condition(condition)

    def on_define_state_called(self, *parts: Any) -> None:
        *words, condition = parts
        self.on_define_state(next(p for p in words if p.has("NAMED")), condition)

    def _state(self, name: Any) -> Any:
        found = self.memory.meanings.get(f"state:{name.detail}")
        if found is None:
            raise Unreadable("not_understood", f"When is {name.text} on?")
        return found

    def on_state_on(self, name: Any, *be: Any) -> Any:
        return self._denied(be[0] if be else None, self._state(name))

    def on_state_off(self, name: Any, *after: Any) -> Any:
        off = negate(self._state(name))
        told = [p for p in after if isinstance(p, Said) and p.kind == "after_on"]
        return self._off_after(name, told[0]) if told else off

    def _off_after(self, name: Any, told: Any) -> Any:
        """ "without a squeeze after it was on for at least five days"."""
        on = self._state(name)
        if {p.text for p in told.parts if not isinstance(p, Said) and p.has("NAMED")} - {name.text}:
            raise Unreadable("not_understood", "Days of another state?")
        counted = [p for p in told.parts if isinstance(p, Said) and p.kind == "number"]
        row = self._streak(on, counted[0]) if counted else on
        return AllOf(conditions=(Ago(of=row, bars=1), negate(on)))

    def on_state_off_after(self, name: Any, be: Any, told: Any) -> Any:
        if not any(word.has("NOT") for word in be.words):
            raise Unreadable("not_understood", "Off, after it was on?")
        return self._off_after(name, told)

    def on_state_ends(self, name: Any) -> Any:
        return First(of=negate(self._state(name)))

    def on_define_same(self, part: Any, value: Any) -> None:
        """ "Body means the distance between open and close": what it is anyway, or nothing."""
        known, said = self.value(part), self.value(value)
        inner: Any = said.of[0] if isinstance(said, Function) and said.name == "abs" else said
        ends = (inner.left, inner.right) if isinstance(inner, Arithmetic) else ()
        usual = {"body": ({OPEN, CLOSE}, True), "range": ({HIGH, LOW}, False)}
        pair, turned = usual.get(getattr(known, "name", ""), (set(), False))
        is_gap = len(ends) == 2 and inner.operator == "-" and set(ends) == pair
        if not is_gap or not (turned or ends == (HIGH, LOW)):
            raise Unreadable("not_understood", "This definition is not the usual one.")

    # -- one thing after another ---------------------------------------------------------------

    def on_after_that(self, condition: Any, earlier: Any) -> Any:
        """ "a doji after two red candles": the row ends on the day before."""
        found = self._and_part(condition)
        row = self._and_part(earlier)
        if (isinstance(found, Candle) or is_way_of_day(found)) and is_way_of_day(row):
            self.assume("A candle “after” a day is that of the next one.")
        elif isinstance(row, Ago):  # "after closing below it the day before": the day is told
            return AllOf(conditions=(found, row))
        elif not isinstance(row, Streak | Candle):
            raise Unreadable("ambiguous", "How many days after that?")
        bars = found.bars if isinstance(found, Streak) else 1
        parts = found.conditions if isinstance(found, AllOf) else (found,)
        return AllOf(conditions=(Ago(of=row, bars=bars), *parts))

    def on_after_all(self, *parts: Any) -> Any:
        """ "an outside day that closes up after two down days"."""
        return self.on_after_that(Said("all_of", parts[:-1]), parts[-1])

    def on_way_after_that(self, word: Any, earlier: Any) -> Any:
        """ "the first up day after three down days"."""
        row = self._and_part(earlier)
        if not isinstance(row, Streak | Candle):
            raise Unreadable("ambiguous", "How many days after that?")
        coloured = word.has("GREEN", "RED")
        day = self._candle(up=word.has("GREEN")) if coloured else self._way((word,))
        return AllOf(conditions=(Ago(of=row, bars=1), day))

    def on_then_that(self, earlier: Any, *parts: Any) -> Any:
        """ "two red candles, then a green one": the row ends on the day before."""
        if not isinstance(self._and_part(earlier), Streak | Candle):
            raise Unreadable("ambiguous", "How many days after that?")
        return self.on_followed(earlier, *parts)

    def on_of_pattern_day(self, _pattern: Any, column: Any) -> Any:
        """ "an inside day followed by a close above its high"."""
        if not self.following:
            raise Unreadable("unsupported", "The levels of a day that is past are not kept.")
        return before(_column((column,)))

    def then_back(self, first: Any, second: Any) -> Any:
        """Below a line, and then back above it: on the day after, not on one day."""
        if not (isinstance(first, Compare | Cross) and isinstance(second, Compare | Cross)):
            return None
        if (first.left, first.right) != (second.left, second.right):
            return None
        if {_way(first), _way(second)} != {"<", ">"}:
            return None
        if isinstance(first, Compare) and isinstance(second, Compare):
            return AllOf(conditions=(Ago(of=first, bars=1), second))
        return self.cross(second.left, "above" if _way(second) == ">" else "below", second.right)

    def on_first_of_all(self, *parts: Any) -> Any:
        """ "on the first day that A and B"."""
        found = self.on_all_of(*parts)
        return found if self.leaving or self.within_season else First(of=found)

    def on_first_of_if(self, first: Any, *parts: Any) -> Any:
        """ "on the first day that A, if B": only A is new on that day."""
        return self._joined((self.on_first_of(first), *(self._and_part(p) for p in parts)))

    def _joined(self, found: tuple[Any, ...]) -> Any:
        if any(isinstance(one, OfTrade) for one in found):
            raise Unreadable("unsupported", "A rule about the open trade stands alone.")
        flat = [
            part for one in found for part in (one.conditions if isinstance(one, AllOf) else (one,))
        ]
        return AllOf(conditions=tuple(dict.fromkeys(flat)))

    def on_on_closes_only(self, condition: Any, word: Any) -> Any:
        """ "... on a closing basis": true of every rule that reads the close."""
        closing = condition.kind.replace("new_", "new_closing_")
        is_looked_at = word.text.split()[0] in ("judged", "checked", "evaluated", "looked", "at")
        if closing in ("new_closing_high", "new_closing_low") and not is_looked_at:
            return self.read(Said(closing, condition.parts))  # the highest of the closes
        found = self._and_part(condition)
        read = [n.field for n in nodes(found) if isinstance(n, Price)]
        left = getattr(found, "left", CLOSE)
        if "close" not in read or (isinstance(left, Price) and left.field != "close"):
            raise Unreadable("ambiguous", "On a closing basis: the close of what?")
        return found

    # -- values --------------------------------------------------------------------------------

    def on_middle_of_extremes(self, *parts: Any) -> Any:
        """ "the midpoint of the highest and lowest closes of 40 days"."""
        words = [p for p in parts if isinstance(p, Word) and p.has("EXT")]
        columns = [p for p in parts[:-1] if isinstance(p, Said)]
        bars, ago = self._window(parts[-1])
        last = self.value(columns[-1]) if columns else None
        prices = [self.value(columns[0]) if len(columns) == 2 else last, last]
        found = []
        for word, price in zip(words, prices, strict=True):
            name = word.sub("EXT")
            usual = Price(field="high" if name == "highest" else "low")
            source = price if price is not None else usual
            line: Any = Indicator(name=name, numbers=(float(bars),), source=source)
            found.append(before(line) if ago else line)
        if {word.sub("EXT") for word in words} != {"highest", "lowest"}:
            raise Unreadable("not_understood", "The middle between which two?")
        total = Arithmetic(operator="+", left=found[0], right=found[1])
        return Arithmetic(operator="/", left=total, right=Number(value=2))

    def on_middle_of_body_before(self, *_: Any) -> Any:
        total = Arithmetic(operator="+", left=before(OPEN), right=before(CLOSE))
        return Arithmetic(operator="/", left=total, right=Number(value=2))

    def on_middle_of_range_before(self, *_: Any) -> Any:
        total = Arithmetic(operator="+", left=before(HIGH), right=before(LOW))
        return Arithmetic(operator="/", left=total, right=Number(value=2))

    def _cloud(self, nums: list[Any], *, top: bool) -> Any:
        numbers = self.nums(nums[0]) if nums else self.memory.said.get("ichimoku")
        one, other = (self.make("ichimoku", numbers, f"span_{side}") for side in "ab")
        return Function(name="larger" if top else "smaller", of=(one, other))

    def on_cloud_edge(self, word: Any, *nums: Any) -> Any:
        """ "the top of the cloud": the higher of its two spans."""
        side = word.sub("BANDSIDE")
        if side not in ("upper", "lower"):
            raise Unreadable("not_understood", "The top or the bottom of the cloud?")
        self.memory.meanings["cloud_edge"] = True
        return self._cloud(list(nums), top=side == "upper")

    def on_cloud_span(self, word: Any, *parts: Any) -> Any:
        nums = [p for p in parts if isinstance(p, Said)]
        return self._cloud(nums, top=word.has("UP"))

    def on_crosses_cloud(self, *parts: Any) -> Any:
        """ "crosses above the cloud": its upper edge; on the way down its lower one."""
        said = [p for p in parts if isinstance(p, Said)]
        verb = next(p for p in said if p.kind in _VERBS)
        values = [p for p in said if p.kind not in (*_VERBS, "nums")]
        left = self.value(values[0]) if values else CLOSE
        way = self._cross_way(verb)
        nums = [p for p in said if p.kind == "nums"]
        return self.cross(left, way, self._cloud(nums, top=way == "above"))

    @staticmethod
    def _cross_way(verb: Any) -> str:
        return "above" if any(w.has("UPCROSS", "ABOVE", "UP") for w in verb.words) else "below"

    def on_yesterday_sum(self, _yesterday: Any, formula: Any) -> Any:
        return _of_the_day_before(self.value(formula))

    def on_sum_of_yesterday(self, formula: Any, number: Any, *_: Any) -> Any:
        share = Number(value=self.number(number))
        total = _of_the_day_before(self.value(formula))
        return Arithmetic(operator="/", left=total, right=share)

    def on_define_name_yesterday(self, _yesterday: Any, word: Any, value: Any) -> None:
        """ "yesterday's pivot P = ...": of the bar before."""
        found = _of_the_day_before(self.value(value))
        self.call(f"name:{word.detail}", found)  # type: ignore[attr-defined]

    def on_own_day_value(self, *parts: Any) -> Any:
        """ "their own day's P": as it stands on each of these days."""
        return self.value(parts[-1], self.left)

    def on_defined_between(self, word: Any, formula: Any) -> Any:
        return self.on_defined_value(Said("oscillator", (word,)), formula)


def _way(condition: Any) -> str:
    if isinstance(condition, Cross):
        return ">" if condition.direction == "above" else "<"
    return str(condition.operator[0])


def _of_the_day_before(value: Any) -> Any:
    """Each value of a formula as it was the day before."""
    if isinstance(value, Arithmetic):
        left, right = (_of_the_day_before(side) for side in (value.left, value.right))
        return Arithmetic(operator=value.operator, left=left, right=right)
    return value if isinstance(value, Number) else before(value)


def _of_day_before(step: Said) -> bool:
    """ "each closing above the prior day's high": a day has one before it, in the row or not."""
    words = [p for p in step.parts if isinstance(p, Word)]
    return any(p.has("YESTERDAY") and not p.has("PREDECESSOR") for p in words)
