"""Places within the range of some days, slopes, and extremes in other words."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Arithmetic,
    Compare,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import HIGH, LOW, OPEN, is_it
from llm.translator.reading.extremes import before
from llm.translator.reading.formulas import times
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.zones import Zones
from llm.translator.said import Said

_OF_A_CANDLE = ("range", "body", "lower_wick", "upper_wick")
SHARES = {"quarter_part": 0.25, "third_part": 1 / 3, "half_part": 0.5, "extreme_quarter_part": 0.25}


class Spans(Zones):
    """Reads places within a range, and other values of several days."""

    # -- parts of a value ----------------------------------------------------------------------

    def on_nth_of(self, nth: Any, of: Any) -> Any:
        return times(1 / float(nth.sub("NTH")), self.value(of, self.left))

    def on_third_of(self, *parts: Any) -> Any:
        return times(1 / 3, self.value(parts[-1], self.left))

    def on_quarter_of(self, *parts: Any) -> Any:
        return times(0.25, self.value(parts[-1], self.left))

    def on_thirds_of(self, number: Any, *parts: Any) -> Any:
        return times(self.number(number) / 3, self.value(parts[-1], self.left))

    def on_quarters_of(self, number: Any, *parts: Any) -> Any:
        return times(self.number(number) / 4, self.value(parts[-1], self.left))

    # -- the range of some days ----------------------------------------------------------------

    def _edges(self, bars: int, ago: bool) -> tuple[Any, Any]:
        """The lowest low and the highest high of some days."""
        low, high = (LOW, HIGH) if self.symbol.has_range else (CLOSE, CLOSE)
        lowest: Any = Indicator(name="lowest", numbers=(float(bars),), source=low)
        highest: Any = Indicator(name="highest", numbers=(float(bars),), source=high)
        return (before(lowest), before(highest)) if ago else (lowest, highest)

    def on_range_withs(self, withs: Any) -> tuple[Any, Any]:
        return self._edges(*self._window(withs))

    def on_range_period(self, period: Any) -> tuple[Any, Any]:
        bars = self.bars_in(self.read(period))
        if bars == 1:
            raise Unreadable("not_understood", "The range of one day is the day's.")
        return self._edges(bars, False)

    def on_range_between(self, one: Any, column: Any, other: Any, second: Any, withs: Any) -> Any:
        bars, ago = self._window(withs)
        found = [
            Indicator(name=w.sub("EXT"), numbers=(float(bars),), source=self.value(c))
            for w, c in ((one, column), (other, second))
        ]
        found.sort(key=lambda node: node.name, reverse=True)
        if [node.name for node in found] != ["lowest", "highest"]:
            raise Unreadable("not_understood", "A range lies between a lowest and a highest value.")
        return tuple(before(node) if ago else node for node in found)

    def on_range_spoken_of(self, *_: Any) -> Any:
        found = self.memory.meanings.get("span")
        if found is None and getattr(self.memory.subject, "name", "") in _OF_A_CANDLE:
            return LOW, HIGH
        if found is None:
            raise Unreadable("not_understood", "Which range is meant?")
        return found

    def on_define_range(self, span: Any) -> None:
        self.memory.meanings["span"] = self.read(span)

    def on_define_range_of_two(self, *parts: Any) -> None:
        self.memory.meanings["span"] = self.on_range_between(*parts)

    def on_place_in_range(self, *parts: Any) -> Any:
        return self._place(self.read(parts[-1]))

    def on_middle_of_span(self, span: Any) -> Any:
        lowest, highest = self.read(span)
        total = Arithmetic(operator="+", left=highest, right=lowest)
        return Arithmetic(operator="/", left=total, right=Number(value=2))

    def on_in_part_of_span(self, *parts: Any) -> Any:
        """ "in the bottom tenth of its 10-day range"."""
        said = [p for p in parts if isinstance(p, Said)]
        part, span = said[-2], said[-1]
        rest = said[:-2]
        be = next((p for p in rest if p.kind == "be_not"), None)
        values = [p for p in rest if p.kind != "be_not"]
        of = CLOSE if not values or is_it(values[0]) else self.value(values[0])
        top, share = self._part(part)
        if scale_of(of) != "price":
            return self._in_own_span(of, span, top, share)
        self.memory.meanings["span"] = self.read(span)
        level = Number(value=round(1 - share if top else share, 12))
        found = self.compare(self._place(self.read(span), of), ">=" if top else "<=", level)
        return negate(found) if be is not None and any(w.has("NOT") for w in be.words) else found

    def _part(self, part: Any) -> tuple[bool, float]:
        """Which end, and how much of it."""
        word = part.parts[0]
        top = word.sub("EXT") == "highest" or word.sub("BANDSIDE") == "upper"
        if not word.has("EXT") and word.sub("BANDSIDE") not in ("upper", "lower"):
            raise Unreadable("not_understood", "The upper or the lower part?")
        if part.kind in ("nth_part", "extreme_nth_part"):
            return top, 1 / float(part.parts[-1].sub("NTH"))
        return top, SHARES.get(part.kind) or self.read(part.parts[-1])

    def on_in_part_of_range(self, *parts: Any) -> Any:
        """ "yesterday's close was in the top half of its range": of that day's range."""
        be, left, rest = self._split(parts)
        of = CLOSE if is_it(left) else self.value(left)
        found = self._part_of_range(rest[-1])
        if isinstance(of, Previous) and of.of == CLOSE:
            found = found.model_copy(update={"left": Previous(of=found.left, bars=of.bars)})
        elif of != CLOSE:
            raise Unreadable("not_understood", "Only the close has a place in the day's range.")
        return negate(found) if be is not None and any(w.has("NOT") for w in be.words) else found

    def on_closes_in_part_of_range(self, part: Any) -> Any:
        if "span" in self.memory.meanings:
            raise Unreadable("ambiguous", "The range of the day, or the one spoken of before?")
        return self._part_of_range(part)

    def on_closes_in_part_spoken(self, part: Any) -> Any:
        """ "closing in the top fifth", of the range that was introduced."""
        span = self.on_range_spoken_of()
        top, share = self._part(part)
        level = Number(value=round(1 - share if top else share, 12))
        return self.compare(self._place(span), ">=" if top else "<=", level)

    def _part_of_range(self, part: Any) -> Any:
        """The top quarter of the day's range is an IBS of at least 0.75."""
        top, share = self._part(part)
        level = Number(value=round(1 - share if top else share, 12))
        return self.compare(Indicator(name="ibs"), ">=" if top else "<=", level)

    # -- how far at most -----------------------------------------------------------------------

    def _nearer(self, parts: tuple[Any, ...], *, equal: bool) -> Any:
        """ "at most 4 % above the lowest low": so far, or less."""
        said = [p for p in parts if isinstance(p, Said)]
        words = [p for p in parts if not isinstance(p, Said)]
        be = next((p for p in said if p.kind == "be_not"), None)
        if be is not None and any(w.has("NOT") for w in be.words):
            raise Unreadable("ambiguous", "Not less than what?")
        pct = next(p for p in said if p.kind.startswith(("pct", "bps", "half_percent")))
        right_said = said[-1]
        values = [p for p in said if p not in (be, pct, right_said)]
        first, second = self.left_of(values[0] if values else None, right_said)
        if isinstance(second, Number):
            raise Unreadable("not_understood", "How far from what?")
        if [_extreme_of(node) for node in (first, second)] != ["highest", "lowest"]:
            raise Unreadable(
                "ambiguous", "Is it above at all, or may it lie below, too?", words[-1].text
            )
        factor = 1 + self.read(pct)
        return self.compare(first, "<=" if equal else "<", times(factor, second))

    def on_distance_most(self, *parts: Any) -> Any:
        return self._nearer(parts, equal=True)

    def on_distance_less(self, *parts: Any) -> Any:
        return self._nearer(parts, equal=False)

    def on_than_ago(self, *parts: Any, least: bool = False) -> Any:
        """ "more than 15 % lower than ten days ago"."""
        said = [p for p in parts if isinstance(p, Said)]
        ago = next(p for p in said if p.kind == "ago_span")
        pct = next(p for p in said if p.kind.startswith(("pct", "bps", "half_percent")))
        side = next(
            p for p in parts if not isinstance(p, Said) and p.has("ABOVE", "BELOW", "GE", "LE")
        )
        rest = [p for p in said if p not in (ago, pct) and p.kind != "be_not"]
        if any(w.has("NOT") for p in said if p.kind == "be_not" for w in p.words):
            raise Unreadable("ambiguous", "Not more than what?")
        source = CLOSE if not rest or is_it(rest[0]) else self.value(rest[0])
        if len(rest) > 1 and self.value(rest[-1]) != source:
            raise Unreadable("not_understood", "A value is compared with its own past.")
        up = self._side_operator(side).startswith(">")
        operator: Any = (">" if up else "<") + ("=" if least else "")
        bars = float(self.bars_in(self.read(ago)))
        change = Indicator(name="change", numbers=(bars,), source=source)
        self.memory.subject, fraction = source, self.read(pct)
        return Compare(
            left=change, operator=operator, right=Number(value=fraction if up else -fraction)
        )

    def on_than_ago_least(self, *parts: Any) -> Any:
        return self.on_than_ago(*parts, least=True)

    def on_opens_distance_or_more(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        side = next(p for p in parts if not isinstance(p, Said) and not p.has("OR_MORE"))
        amount = next(p for p in said if p.kind.endswith("_amount"))
        return self._distance(OPEN, amount, side, self.value(said[-1], OPEN), least=True)

    # -- windows -------------------------------------------------------------------------------

    def on_in_window(self, window: Any, atom: Any) -> Any:
        """ "over the 15 days before today, the highest high is ... above the lowest low"."""
        number, unit = window.parts[0], window.parts[-1]
        bars = self.bars_in(self.span_of(self.number(number), unit))
        self.memory.meanings["window"] = (bars, window.kind == "before_part")
        self.memory.meanings.pop("window used", None)
        found = self._and_part(atom)
        self.memory.meanings.pop("window")
        if self.memory.meanings.pop("window used", None) is None:
            raise Unreadable("not_understood", "What is meant over these days?")
        return found

    def on_extreme_in_window(self, word: Any, of: Any) -> Any:
        window = self.memory.meanings.get("window")
        if window is None:
            raise Unreadable("ambiguous", f"The {word.sub('EXT')} of how many days?", word.text)
        self.memory.meanings["window used"] = True
        return self._extreme(word, self.series(of, self.left), *window)

    def on_extreme_same_window(self, word: Any, of: Any, period: Any) -> Any:
        """ "the lowest close of those 30 days": those of the value beside it."""
        bars, beside = self.bars_in(self.read(period)), self.left
        inner = beside.of if isinstance(beside, Previous) else beside
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "Which days are meant?")
        if inner.numbers != (float(bars),):
            raise Unreadable("not_understood", "Those days are not the ones spoken of.")
        return self._extreme(word, self.series(of), bars, isinstance(beside, Previous))

    def on_extreme_of_bare_closes(self, word: Any, number: Any, *_: Any) -> Any:
        return self._extreme(word, CLOSE, self._count(number), False)

    def on_without_today(self, extreme: Any) -> Any:
        found = self.value(extreme, self.left)
        if isinstance(found, Previous):
            return found
        if not isinstance(found, Indicator):
            raise Unreadable("not_understood", "Today is left out of what?")
        return before(found)

    def on_today_included(self, atom: Any) -> Any:
        found = self._and_part(atom)
        right = getattr(found, "right", None)
        if isinstance(right, Previous) and getattr(right.of, "name", "") in ("highest", "lowest"):
            raise Unreadable("contradictory", "No close is beyond an extreme that includes it.")
        return found

    # -- extremes in other words ---------------------------------------------------------------

    def on_beyond_each(self, *parts: Any) -> Any:
        """ "higher than each of its previous 40 closes"."""
        said = [p for p in parts if isinstance(p, Said)]
        prior = said[-1]
        operator = self._operator(next(p for p in parts if _is_side(p)))
        if any(w.text.startswith("any") for w in prior.words):
            self.assume("Beyond any of them means beyond each of them.")
        values = [p for p in said[:-1] if not _is_side(p) and p.kind != "be_not"]
        if any(w.has("NOT") for p in said if p.kind == "be_not" for w in p.words):
            raise Unreadable("ambiguous", "Not beyond each, or beyond none?")
        source: Any = CLOSE
        kind = prior.kind.removeprefix("those_")
        if kind == "columns_part":
            source = HIGH if prior.parts[-1].has("HIGH") else LOW
        elif kind.startswith("ranges_"):
            source = Indicator(name="range")
        usual = source if kind.startswith("ranges_") else CLOSE
        left = usual if not values or is_it(values[0]) else self.value(values[0])
        source = left if kind == "days_part" else source
        if kind == "ranges_window_part":
            count = self._window(prior.parts[-1])[0]
        elif kind != prior.kind:
            count = _named_count(prior)
        else:
            count = self._count(next(p for p in prior.parts if isinstance(p, Said)))
        name = "highest" if operator.startswith(">") else "lowest"
        best = Indicator(name=name, numbers=(float(count),), source=source)
        return self.compare(left, operator, before(best))

    def on_record_high(self, *parts: Any) -> Any:
        return self._record("high", parts)

    def on_bars_before(self, span: Any) -> Any:
        """ "with at least 252 bars of history": so many days before there is a close."""
        bars = self.bars_in(self.read(span))
        self.assume(f"{bars} bars of history are there once there is a close {bars - 1} days back.")
        return Compare(left=Previous(of=CLOSE, bars=bars - 1), operator=">", right=Number(value=0))

    def on_record_low(self, *parts: Any) -> Any:
        return self._record("low", parts)

    def on_record_extreme(self, *parts: Any) -> Any:
        word = next(p for p in parts if not isinstance(p, Said) and p.has("EXT"))
        return self._record("high" if word.sub("EXT") == "highest" else "low", parts)

    def _record(self, side: str, parts: tuple[Any, ...]) -> Any:
        spoken = [p for lead in parts if isinstance(lead, Said) for p in lead.parts]
        values = [p for p in spoken if isinstance(p, Said)]
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "A record of what?")
        if side == "low":
            raise Unreadable("unsupported", "The lowest close of all the data is not known here.")
        self.assume("An all-time high is a close above all closes before it in the data.")
        best = Indicator(name="peak", source=CLOSE)
        return Compare(left=CLOSE, operator=">", right=before(best))

    def on_has_extreme(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        plain = ("it", "generic_price", "symbol_price")
        if len(said) > 1 and said[0].kind not in plain:
            raise Unreadable("not_understood", "What has that value?")
        found = self.value(said[-1])
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "The highest or lowest of what?")
        operator: Any = ">" if inner.name == "highest" else "<"
        operator += "" if isinstance(found, Previous) else "="
        return self.compare(inner.source, operator, found)

    def on_has_own_extreme(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        word = next(p for p in parts if not isinstance(p, Said) and p.has("EXT"))
        if len(said) > 1 and said[0].kind not in ("it", "generic_price", "symbol_price"):
            raise Unreadable("not_understood", "What makes that close?")
        bars, ago = self._window(said[-1])
        best = self._extreme(word, CLOSE, bars, ago)
        operator: Any = ">" if word.sub("EXT") == "highest" else "<"
        return Compare(left=CLOSE, operator=operator + ("" if ago else "="), right=best)

    # -- of the last week, month, quarter or year ----------------------------------------------

    def _last_of(self, unit: Any, field: Any) -> Any:
        word = unit.parts[0]
        self.assume(f"“Last {word.text}” is the last finished calendar {word.text}.")
        return self._finished(unit, Price(field=field))

    def on_last_high_of_period(self, _word: Any, unit: Any) -> Any:
        return self._last_of(unit, "high")

    def on_last_low_of_period(self, _word: Any, unit: Any) -> Any:
        return self._last_of(unit, "low")

    def on_last_close_of_period(self, _word: Any, unit: Any) -> Any:
        return self._last_of(unit, "close")

    def on_last_high_first(self, unit: Any, _word: Any) -> Any:
        return self._last_of(unit, "high")

    def on_last_low_first(self, unit: Any, _word: Any) -> Any:
        return self._last_of(unit, "low")

    def on_last_close_first(self, unit: Any, _word: Any) -> Any:
        return self._last_of(unit, "close")

    def on_extreme_of_period_first(self, unit: Any, word: Any, column: Any) -> Any:
        return self.on_extreme_of_period(word, column, unit)

    def on_last_extreme_of_period(self, word: Any, column: Any, unit: Any) -> Any:
        found = self.on_extreme_of_period(word, column, unit)
        if unit.parts[0].has("YEAR"):
            raise Unreadable("ambiguous", "The last calendar year, or the last 252 days?")
        text = unit.parts[0].text
        self.assume(f"“Last {text}” is the last finished calendar {text}.")
        return found

    def on_last_extreme_first(self, unit: Any, word: Any, column: Any) -> Any:
        return self.on_last_extreme_of_period(word, column, unit)


def _extreme_of(node: Any) -> str:
    return str(getattr(node.of if isinstance(node, Previous) else node, "name", ""))


def _is_side(part: Any) -> bool:
    if isinstance(part, Said):
        return part.kind in ("side", "side_or_equal")
    return bool(part.has("ABOVE", "BELOW", "GE", "LE"))


def _named_count(said: Any) -> int:
    """How many days "each of the two previous days" are."""
    counts = {"two": 2, "three": 3, "four": 4, "five": 5, "both": 2}
    found = {counts[word] for word in said.words[0].text.split() if word in counts}
    if len(found) != 1:
        raise Unreadable("ambiguous", "Each of how many days?")
    return found.pop()
