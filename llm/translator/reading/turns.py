"""Turns after the other way, averages in order, rows told in the middle, and nearness."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from llm.specification.nodes import Ago, AllOf, AnyOf, Candle, Compare, Indicator, Number, Previous
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.crossings import partner_of
from llm.translator.reading.formulas import times
from llm.translator.reading.groups import is_not
from llm.translator.reading.indicators import VOLUME
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.windows import Windows
from llm.translator.said import Said

_EXTREMES = {"highest": True, "peak": True, "lowest": False}


def _values(parts: tuple[Any, ...]) -> list[Any]:
    return [
        p
        for p in parts
        if isinstance(p, Said) and p.kind not in ("be_not", "number", "stack_note", "turn_note")
    ]


def _words(parts: tuple[Any, ...], *tags: str) -> list[Any]:
    return [p for p in parts if not isinstance(p, Said) and p.has(*tags)]


class Turns(Windows):
    """Reads what a value or several averages do from one bar to the next."""

    # -- turns ---------------------------------------------------------------------------------

    def _spoken(self, values: list[Any]) -> Any:
        """What is named, or what was spoken of, or the close."""
        if values and not is_it(values[0]):
            return self.series(values[0])
        return self.memory.subject if self.memory.subject is not None else CLOSE

    def _turn(self, of: Any, *, up: bool) -> Any:
        """Now one way, and the other way the bar before."""
        before = Previous(of=of, bars=1)
        earlier = Previous(of=of, bars=2)
        self.memory.subject = of
        first = self.compare(of, ">" if up else "<", before)
        last = self.compare(before, "<" if up else ">", earlier)
        self.memory.subject = of
        return AllOf(conditions=(first, last))

    def on_turns_up(self, value: Any, _way: Any, note: Any) -> Any:
        """ "turns up (today above yesterday, after being lower the day before)"."""
        return self._noted_turn(value, note, up=True)

    def on_turns_down(self, value: Any, _way: Any, note: Any) -> Any:
        return self._noted_turn(value, note, up=False)

    def _noted_turn(self, value: Any, note: Any, *, up: bool) -> Any:
        sides = [
            word.has("ABOVE", "UP")
            for word in note.words
            if word.has("ABOVE", "BELOW", "UP", "DOWN")
        ]
        if sides != [up, not up]:
            raise Unreadable("not_understood", "What stands in brackets says something else.")
        return self._turn(self._spoken([value]), up=up)

    def on_turns_up_after(self, *parts: Any) -> Any:
        """ "rises after falling the day before"."""
        return self._turn_after(parts, up=True)

    def on_turns_down_after(self, *parts: Any) -> Any:
        return self._turn_after(parts, up=False)

    def _turn_after(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        values = _values(parts)
        agos = [p for p in values if p.kind == "ago_span"]
        if agos and self.bars_in(self.read(agos[0])) != 1:
            raise Unreadable("ambiguous", "For how long did it go the other way?")
        return self._turn(self._spoken([v for v in values if v not in agos]), up=up)

    def on_trend_versus(self, *parts: Any) -> Any:
        """ "is rising vs 10 days ago", "has risen compared with its value then": higher than it."""
        way = _words(parts, "RISING", "UP", "RISE", "FALLING", "DOWN", "FALL")[0]
        *values, ago = _values(parts)
        bars = self.bars_in(self.read(ago))
        up = way.has("RISING", "UP", "RISE")
        return self._than_before(self._spoken(values), up=up, bars=bars)

    def on_trend_not(self, *parts: Any) -> Any:
        """ "sell when it is not rising": as high as the day before, or lower."""
        way = _words(parts, "RISING", "FALLING")[-1]
        found = self.on_trend(_values(parts)[0], way) if _values(parts) else self.on_trend_it(way)
        if not isinstance(found, Compare):
            raise Unreadable("ambiguous", "Not rising: no turn, or falling?")
        return negate(found)

    def on_moves_on_volume(self, *parts: Any) -> Any:
        """ "rises on higher volume than the day before"."""
        values = _values(parts)
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "What moves on that volume?")
        way = _words(parts, "RISE", "FALL")[0]
        more = _words(parts, "UP", "RISING", "DOWN", "FALLING")[-1]
        moved = self.on_up_close_noun() if way.has("RISE") else self.on_down_close_noun()
        volume = self._than_before(VOLUME, up=more.has("UP", "RISING"), bars=1)
        self.memory.subject = CLOSE
        return AllOf(conditions=(moved, volume))

    def on_compare_moving(self, *parts: Any) -> Any:
        """ "the price above a rising 50-day average"."""
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above it, or not rising?")
        way = _words(parts, "RISING", "FALLING")[-1]
        verbs = [p for p in parts if isinstance(p, Said) and p.kind == "cross_verb"]
        sides = [p for p in parts if self._is_side(p)]
        values = [p for p in _values(parts) if p not in verbs and p not in sides]
        if bool(verbs) == bool(sides):
            raise Unreadable("ambiguous", "Above or below it?")
        if verbs:
            said = Said("cross", (values[0], verbs[0], values[-1]))
            said = said if len(values) > 1 else Said("cross_it", (verbs[0], values[-1]))
        elif len(values) > 1:
            said = Said("compare", (values[0], sides[0], values[-1]))
        else:
            said = Said("closes_it", (sides[0], values[-1]))
        found = self.read(said)
        subject, average = found.left, found.right
        trend = self._than_before(average, up=way.has("RISING"), bars=1)
        self.memory.subject, self.memory.pair = subject, found
        self.assume("“Rising” and “falling” compare with the day before.")
        return AllOf(conditions=(found, trend))

    def on_them_trend(self, *parts: Any) -> Any:
        """ "sell when all of them are falling"."""
        way = _words(parts, "RISING", "FALLING", "RISE", "FALL")[-1]
        found = self._trends(self._several(), way)
        said = [p for p in parts if isinstance(p, Said) and p.kind.startswith("of_them")]
        return self._counted_of(said[0], list(found.conditions)) if said else found

    def on_explained_as_trend(self, condition: Any, *rest: Any) -> Any:
        """ "both averages go up, it means today is higher than yesterday": what it says anyway."""
        found = self.read(condition)
        parts: list[Any] = list(found.conditions) if isinstance(found, AllOf | AnyOf) else [found]
        operator = self._operator(next(p for p in rest if self._is_side(p)))
        for part in parts:
            before = Previous(of=getattr(part, "left", None) or CLOSE, bars=1)
            if getattr(part, "operator", "") != operator or part.right != before:
                raise Unreadable("not_understood", "What is explained there says something else.")
        return found

    def on_explained_as_turn(self, condition: Any, said: Any) -> Any:
        """ "turns up, meaning it is higher than yesterday, and yesterday's was not"."""
        line, up = self.turning(self.read(condition))
        sides = [p for p in said.parts if self._is_side(p)]
        be = next((p for p in said.parts if isinstance(p, Said) and p.kind == "be_not"), None)
        now, before = self._operator(sides[0]), self._operator(sides[1], be)
        if line is None or now != (">" if up else "<") or before[0] != ("<" if up else ">"):
            raise Unreadable("not_understood", "What is explained there says something else.")
        strict = not before.endswith("=")
        known = self.memory.meanings.get("turning", {})
        self.memory.meanings["turning"] = {**known, line: strict}
        return self.turns_now(line, up=up, strict=strict)

    def on_moves_alone(self, value: Any, way: Any) -> Any:
        """ "long when it rises": of a line that was introduced, not of prices."""
        found = self._spoken([value])
        if not isinstance(found, Indicator):
            raise Unreadable("not_understood", "Rises or falls by how much?")
        self.assume("“Rising” and “falling” compare with the day before.")
        return self._than_before(found, up=way.has("RISE"), bars=1)

    def on_side_after_days(self, *parts: Any) -> Any:
        """ "above the average after ten days below it": the row ended the day before."""
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above it, or not after these days?")
        verbs = [p for p in parts if isinstance(p, Said) and p.kind == "cross_verb"]
        sides = [p for p in parts if self._is_side(p)]
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        values = [p for p in _values(parts) if p not in verbs and p not in sides]
        values = [v for v in values if not is_it(v) or v is values[0]]
        if len(sides) + len(verbs) != 2:
            raise Unreadable("ambiguous", "Above or below it?")
        left, right = self.left_of(values[0], values[1])
        if len(values) > 2 and self.value(values[2], left) != right:
            raise Unreadable("ambiguous", "Above one and below another?")
        before = self._streak(self.compare(left, self._operator(sides[-1]), right), number)
        if verbs:
            now = self.read(Said("cross", (values[0], verbs[0], values[1])))
            up = now.direction == "above"
        else:
            now = self.compare(left, self._operator(sides[0]), right)
            up = now.operator.startswith(">")
        if up == self._operator(sides[-1]).startswith(">"):
            raise Unreadable("contradictory", "It comes from the other side.")
        return AllOf(conditions=(now, Ago(of=before, bars=1)))

    def on_nth_side(self, nth: Any, *parts: Any) -> Any:
        """ "the third close in a row under the average"."""
        side = next(p for p in parts if self._is_side(p))
        right = self.value(parts[-1], CLOSE)
        return self._nth(nth, self.compare(CLOSE, self._operator(side), right))

    def on_column_row(self, *parts: Any) -> Any:
        """ "four lower lows in a row"."""
        way = _words(parts, "UP", "DOWN")[0]
        word = _words(parts, "HIGH", "LOW", "OPEN")[-1]
        if any(not is_it(v) and self.value(v) != CLOSE for v in _values(parts)):
            raise Unreadable("not_understood", "The high and low of what?")
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        return self._streak(self.on_makes_than_before(way, word), number)

    def on_day_moves(self, *parts: Any) -> Any:
        """ "a down day of at least 1.5 %"."""
        way = _words(parts, "UP", "DOWN")[0]
        said = tuple(p for p in parts if isinstance(p, Said))
        return self._move(said, up=way.has("UP"), bars=1)

    # -- averages in order ---------------------------------------------------------------------

    def on_averages_stacked(self, *parts: Any) -> Any:
        """ "the 10, 20 and 50 day averages are stacked": the shorter above the longer."""
        said = next(p for p in parts if isinstance(p, Said) and p.kind == "several_averages")
        self.memory.meanings["several"] = self.averages(said)
        found = self._in_order(parts)
        return negate(found) if is_not(parts) else found

    def on_stacked_noted(self, *parts: Any) -> Any:
        return self._in_order(parts)

    def _in_order(self, parts: tuple[Any, ...]) -> Any:
        notes = [p for p in parts if isinstance(p, Said) and p.kind == "stack_note"]
        falling = any(word.sub("STACKNOTE") == "down" for note in notes for word in note.words)
        found = self._several()
        if any(len(getattr(f, "numbers", ())) != 1 for f in found):
            raise Unreadable("not_understood", "What is stacked?")
        rows = [row for note in notes for row in note.find("stack_row")]
        falling = self._rows_fall(rows, sorted(f.numbers[0] for f in found)) if rows else falling
        ordered = sorted(found, key=lambda f: f.numbers, reverse=falling)
        pairs = [self.compare(a, ">", b) for a, b in pairwise(ordered)]
        stacked = self._all_or_any(pairs, True)
        self.memory.meanings["stack"] = stacked
        return stacked

    def _rows_fall(self, rows: list[Any], lengths: list[float]) -> bool:
        """ "(20 over 50 over 100)": the same order in numbers, whether it begins with the least."""
        told = set()
        for row in rows:
            numbers = [self.number(n) for n in row.find("number")]
            sides = [self._operator(p) for p in row.parts if self._is_side(p)]
            for (a, b), side in zip(pairwise(numbers), sides, strict=True):
                told.add((a, b) if side.startswith(">") else (b, a))
        if told not in (set(pairwise(lengths)), set(pairwise(reversed(lengths)))):
            raise Unreadable("not_understood", "What is said of their order says something else.")
        return told != set(pairwise(lengths))

    def on_stack_broken(self, *_: Any) -> Any:
        """ "the moment the order breaks"."""
        stacked = self.memory.meanings.get("stack")
        if stacked is None:
            raise Unreadable("ambiguous", "Which order is meant?")
        return negate(stacked)

    def on_stacked_as(self, *parts: Any) -> Any:
        """ "all three averages lined up: 10 over 30 and 30 over 90": as it is spelled out."""
        word = _words(parts, "MA")[0]
        self.memory.kind = word.sub("MA") if word.sub("MA") != "ma" else self._usual_kind()
        found = self.read(parts[-1].parts[0])
        self.memory.meanings["stack"] = found
        return found

    # -- at a level or beyond ------------------------------------------------------------------

    def on_reaches_or_beyond(self, *parts: Any) -> Any:
        """ "gets back to the average or higher"."""
        more = _words(parts, "OR_MORE", "OR_LESS")[0]
        values = _values(parts)
        left, right = self.left_of(values[0] if len(values) > 1 else None, values[-1])
        found = self.compare(left, ">=" if more.has("OR_MORE") else "<=", right)
        return negate(found) if is_not(parts) else found

    def on_closes_or_beyond(self, *parts: Any) -> Any:
        more = _words(parts, "OR_MORE", "OR_LESS")[0]
        values = _values(parts)
        first = values[0] if len(values) > 1 else None
        left, right = self.left_of(first, values[-1], closes=True)
        return self.compare(left, ">=" if more.has("OR_MORE") else "<=", right)

    def on_near_level(self, *parts: Any) -> Any:
        """ "less than 2 % away from its highest close": nearer to it than that."""
        if is_not(parts):
            raise Unreadable("ambiguous", "Not how far away?")
        pct = next(p for p in _values(parts) if p.kind.startswith(("pct", "bps", "half_percent")))
        values = [p for p in _values(parts) if p is not pct]
        left, right = self.left_of(values[0] if len(values) > 1 else None, values[-1])
        if isinstance(right, Number) or scale_of(right) != "price":
            raise Unreadable("not_understood", "How far from what?")
        inner = right.of if isinstance(right, Previous) else right
        name = inner.name if isinstance(inner, Indicator) else ""
        words = [p for p in parts if not isinstance(p, Said)]
        strict = not any(w.has("OR_LESS") or (w.has("LE") and not w.has("BELOW")) for w in words)
        share = self.read(pct)
        below = self.compare(left, ">" if strict else ">=", times(round(1 - share, 12), right))
        above = self.compare(left, "<" if strict else "<=", times(round(1 + share, 12), right))
        if name in _EXTREMES:
            return below if _EXTREMES[name] else above
        if sum(w.has("BELOW") for w in words) > (1 if strict else 0):
            raise Unreadable("ambiguous", "Is it below at all, or may it lie above, too?")
        return AllOf(conditions=(below, above))

    def on_in_part_spoken(self, *parts: Any) -> Any:
        """ "... in the bottom 10 % of its range; when it is in the top 20 %"."""
        if any(word.has("NOT") for p in parts[:-1] if isinstance(p, Said) for word in p.words):
            raise Unreadable("ambiguous", "Not in which part?")
        return self.on_closes_in_part_spoken(parts[-1])

    def on_days_between(self, *parts: Any) -> Any:
        """ "has finished two days running under 30"."""
        if is_not(parts):
            raise Unreadable("ambiguous", "Not on each of these days, or on none?")
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        side = next(p for p in parts if self._is_side(p))
        values = [p for p in _values(parts) if p is not side]
        closes = not any(isinstance(p, Said) and p.kind == "be_not" for p in parts)
        first = values[0] if len(values) > 1 else None
        left, right = self.left_of(first, values[-1], closes=closes and len(values) > 1)
        return self._streak(self.compare(left, self._operator(side), right), number)

    # -- crossings -----------------------------------------------------------------------------

    def on_bull_cross_of(self, way: Any, line: Any) -> Any:
        """ "bullish signal-line crosses of the 12/26/9 MACD"."""
        found = self.value(line)
        right = partner_of(found)
        if right is None:
            raise Unreadable("ambiguous", "A crossover of what?")
        up = way.has("BULLISH", "UPCROSS")
        return self.cross(found, "above" if up else "below", right)

    def on_bull_one(self, way: Any, _one: Any) -> Any:
        """ "enter on a bullish crossover, exit on a bearish one"."""
        pair, shaped = self.memory.cross, self.memory.meanings.get("shaped")
        up = way.has("BULLISH", "POSITIVE")
        if pair is not None and shaped is not None:
            raise Unreadable("ambiguous", "A bullish or bearish what?")
        if shaped == "engulfing":
            return self._pattern(shaped, None, (way,))
        if shaped is not None:
            return Candle(name=shaped, bullish=up)
        if pair is None and self.memory.coloured == "supertrend":
            line = self.make("supertrend", self.memory.said.get("supertrend"), "direction")
            return self._direction(line, up=up, flips=False)
        if pair is None:
            return self._candle(up=up)
        return self.cross(pair.left, "above" if up else "below", pair.right)

    def on_cross_told_beyond(self, left: Any, *rest: Any) -> Any:
        """ "crosses its signal line upward below the zero line"."""
        right, way, side, level = rest[-4:]
        crossing = self.on_cross_told_later(left, right, way)
        edge = self.value(level, crossing.left)
        if not isinstance(edge, Number) or isinstance(crossing.right, Number):
            raise Unreadable("ambiguous", "Which of the two is meant there?")
        return AllOf(conditions=(crossing, self.compare(crossing.left, self._operator(side), edge)))

    def on_side_after_being(self, *parts: Any) -> Any:
        """ "back above 30 after being below 30": the crossing."""
        _, left, rest = self._split(parts)
        if is_not(parts):
            raise Unreadable("ambiguous", "Not above it, or not after being below?")
        side, right, before = rest[:3]
        first, second = self.left_of(left, right)
        up = self._operator(side).startswith(">")
        told = [p for p in rest[3:] if isinstance(p, Said) and not is_it(p)]
        if up == self._operator(before).startswith(">"):
            raise Unreadable("contradictory", "It crosses from the other side.")
        if told and self.value(told[0], first) != second:
            raise Unreadable("ambiguous", "How long ago should it have been there?")
        return self.cross(first, "above" if up else "below", second)

    def on_cross_again_beyond(self, way: Any, side: Any, level: Any) -> Any:
        """ "buy the bullish cross below 20": of the lines spoken of."""
        crossing = self.on_cross_again_it(way)
        edge = self.value(level, crossing.left)
        if not isinstance(edge, Number) or isinstance(crossing.right, Number):
            raise Unreadable("ambiguous", "Which of the two is meant there?")
        return AllOf(conditions=(crossing, self.compare(crossing.left, self._operator(side), edge)))

    def on_through_beyond(self, left: Any, verb: Any, right: Any, side: Any, level: Any) -> Any:
        """ "%K rises through %D below 20"."""
        return self.on_cross_told_beyond(left, right, verb, side, level)

    def on_bull_cross_after(self, line: Any, way: Any) -> Any:
        return self.on_bull_cross_of(way, line)
