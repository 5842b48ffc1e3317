"""Moves from one bar to the next: rising, falling by so much, gaps, rows of days."""

from __future__ import annotations

from typing import Any

from llm.choices import COUNTED
from llm.specification.nodes import (
    Ago,
    AllOf,
    Arithmetic,
    Compare,
    Indicator,
    Number,
    OnPeriod,
    Previous,
    Price,
)
from llm.specification.walk import scale_of
from llm.translator.reading.comparisons import OPEN, is_it
from llm.translator.reading.memory import CLOSE, OfTrade, Span, Unreadable
from llm.translator.reading.slopes import Slopes
from llm.translator.said import Said

SINCE_ENTRY, IN_ONE_DAY = COUNTED
UP_CLOSE = Compare(left=CLOSE, operator=">", right=Previous(of=CLOSE, bars=1))
DOWN_CLOSE = Compare(left=CLOSE, operator="<", right=Previous(of=CLOSE, bars=1))
GREEN = Compare(left=CLOSE, operator=">", right=OPEN)
RED = Compare(left=CLOSE, operator="<", right=OPEN)


class Moves(Slopes):
    """Reads trends, moves and streaks."""

    # -- trends --------------------------------------------------------------------------------

    def on_trend(self, left: Any, way: Any) -> Any:
        first = self.memory.subject if is_it(left) else self.value(left)
        if is_it(left) and (line := self._introduced()) is not None:
            return self._supertrend_turns(line, way)
        if first is None:
            raise Unreadable("ambiguous", "What is rising or falling?")
        if getattr(first, "name", "") == "supertrend":
            return self._supertrend_turns(first, way)
        if (turn := self.turned(first, way)) is not None:
            return turn
        self.assume("“Rising” and “falling” compare with the day before.")
        return self._than_before(first, up=way.has("RISING"), bars=1)

    def _introduced(self) -> Any:
        """The Supertrend, where "it" can be nothing else."""
        subject = self.memory.subject
        named = getattr(subject, "name", "") == "supertrend"
        spoken_of = self.memory.coloured == "supertrend" or "supertrend" in self.known
        if not named and (subject is not None or not spoken_of):
            return None
        return self.make("supertrend", self.memory.said.get("supertrend"), "line")

    def _supertrend_turns(self, line: Any, way: Any) -> Any:
        """ "the Supertrend turns up": its direction, and not the line's slope."""
        if not way.text.startswith("turn"):
            raise Unreadable("ambiguous", "The direction of the Supertrend, or its line?")
        direction = line.model_copy(update={"output": "direction"})
        return self.cross(direction, "above" if way.has("RISING") else "below", Number(value=0))

    def on_trend_it(self, way: Any) -> Any:
        if (line := self._introduced()) is not None:
            return self._supertrend_turns(line, way)
        if self.memory.subject is None:
            raise Unreadable("ambiguous", "What is rising or falling?")
        if (both := self.memory.meanings.get("moving together")) is not None:
            return self._trends(both, way)  # type: ignore[attr-defined]
        if (turn := self.turned(self.memory.subject, way)) is not None:
            return turn
        self.assume("“Rising” and “falling” compare with the day before.")
        return self._than_before(self.memory.subject, up=way.has("RISING"), bars=1)

    def on_trend_over(self, left: Any, way: Any, span: Any) -> Any:
        first = self.memory.subject if is_it(left) else self.value(left)
        bars = self.bars_in(self.read(span))
        self.assume(f"Rising for {bars} days means higher than {bars} days earlier.")
        return self._than_before(first, up=way.has("RISING"), bars=bars)

    def on_above_its_past(self, left: Any, side: Any, *rest: Any) -> Any:
        return self._than_past(left, side, self.read(rest[-1]))

    def on_above_its_yesterday(self, left: Any, side: Any, *_: Any) -> Any:
        return self._than_past(left, side, Span(1, "DAY"))

    def _than_past(self, left: Any, side: Any, span: Span) -> Any:
        """ "it is higher than it was 60 days ago"; "it is lower" is then lower than the same."""
        spoken = self.memory.subject if self.memory.subject is not None else CLOSE
        first = spoken if is_it(left) else self.value(left)
        up = self._operator(side).startswith(">")
        if isinstance(first, OnPeriod):
            return self._than(first, self.earlier(first, span), up=up)
        return self._than_before(first, up=up, bars=span.bars)

    def _than_before(self, left: Any, *, up: bool, bars: int) -> Any:
        if left is None or isinstance(left, Number):
            raise Unreadable("not_understood", "What is compared with its past?")
        return self._than(left, Previous(of=left, bars=bars), up=up)

    def _than(self, left: Any, right: Any, *, up: bool) -> Any:
        found = Compare(left=left, operator=">" if up else "<", right=right)
        self.memory.subject, self.memory.pair = left, found
        return found

    def on_side_of_trending(self, *parts: Any, closes: bool = False) -> Any:
        """ "below a falling 200-day average (lower than 20 days ago)"."""
        *before, side, trending = parts
        be = next((p for p in before if p.kind == "be_not"), None)
        left = next((p for p in before if p.kind != "be_not"), None)
        way, series, *notes = trending.parts
        first, second = self.left_of(left, series, closes=closes)
        found = self._trending(second, way.has("RISING"), notes)
        return AllOf(conditions=(self.compare(first, self._operator(side, be), second), found))

    def on_closes_side_of_trending(self, *parts: Any) -> Any:
        return self.on_side_of_trending(*parts, closes=True)

    def _trending(self, of: Any, up: bool, notes: list[Any]) -> Any:
        if not notes:
            self.assume("“Rising” and “falling” compare with the day before.")
            return self._than_before(of, up=up, bars=1)
        side, ago = (p for p in notes[0].parts if not isinstance(p, Said) or p.kind != "it")
        if self._operator(side) != (">" if up else "<"):
            raise Unreadable("contradictory", "Rising or falling?")
        return self._than_before(of, up=up, bars=self.bars_in(self.read(ago)))

    # -- moves ---------------------------------------------------------------------------------

    def _compared_span(self, source: Any) -> int | None:
        """ "Compare the close with that of 126 days ago. Up 2 %: ...": up over these days."""
        first, second = self.memory.meanings.get("compared", (None, None))
        is_earlier = isinstance(second, Previous) and second.of == first == source
        return second.bars if is_earlier else None

    def _move(self, parts: tuple[Any, ...], *, up: bool, bars: int | None = None) -> Any:
        """The market falls 2 % or more in a day; is up more than 1 % over five days."""
        said = [p for p in parts if isinstance(p, Said)]
        amount = next(p for p in said if p.kind.endswith("_move"))
        times = [p for p in said if p.kind in (*_ONE_DAY, "in_span", "in_unit", "since_ago")]
        values = [p for p in said if p is not amount and p not in times]
        if self.leaving and bars is None and not times and self._is_trades(values, up=up):
            return self._of_trade(self.read(amount.parts[0]), up=up)
        source = self._moved(values[0]) if values else CLOSE
        if bars is None and not times:
            bars = self._compared_span(source)
        if times and times[0].kind == "one_day_close" and source != CLOSE:
            raise Unreadable("not_understood", "Only the close is counted from a close there.")
        length = bars if bars is not None else self._length(times)
        if bars is None and not times:
            self.assume("A move without a span is counted over one day.")
        fraction = self.read(amount.parts[0])
        strict = amount.kind == "strict_move"
        change = Indicator(name="change", numbers=(float(length),), source=source)
        operator: Any = (">" if up else "<") + ("" if strict else "=")
        level = Number(value=fraction if up else -fraction)
        return Compare(left=change, operator=operator, right=level)

    def _is_trades(self, values: list[Any], *, up: bool) -> bool:
        """ "Sell when it is up 5 %" is of the trade, unless the idea speaks of something else."""
        subject = self.memory.subject
        is_other = isinstance(subject, Price) and subject.field == "volume"
        plain = not values or (is_it(values[0]) and not is_other) or _is_price(values[0])
        if plain and self.choices.get(_move_key(up), SINCE_ENTRY) != SINCE_ENTRY:
            self._assume_counted(IN_ONE_DAY, up=up)
            return False
        return plain

    def _of_trade(self, fraction: float, *, up: bool) -> OfTrade:
        self._assume_counted(SINCE_ENTRY, up=up)
        gains = up != (self.found.side == "short" and not self.found.entries["long"])
        return OfTrade("take_profit" if gains else "stop_loss", fraction)

    def _assume_counted(self, way: str, *, up: bool) -> None:
        told = "the entry price" if way == SINCE_ENTRY else "the day before"
        self.assume(
            f"“{'Up' if up else 'Down'}” is counted from {told} there.",
            _move_key(up),
            way,
            COUNTED,
        )

    def _moved(self, said: Any) -> Any:
        """What moves: a price or volume, never an oscillator."""
        source = self.memory.subject if is_it(said) and self.memory.subject else None
        source = CLOSE if source is None or not isinstance(source, Price) else source
        if not is_it(said):
            source = self.value(said)
        if not isinstance(source, Price):
            raise Unreadable("not_understood", "Only prices and volume move by a percentage.")
        return source

    def _length(self, times: list[Any]) -> int:
        if not times or times[0].kind in _ONE_DAY:
            return 1
        found = self.read(times[0])
        return self.bars_in(found) if isinstance(found, Span) else 1

    def on_one_day_close(self, *_: Any) -> Span:
        """ "down 1 % from yesterday's close"."""
        return Span(1.0, "day")

    def on_since_ago(self, *parts: Any) -> Span:
        """ "down 5 % compared with where it closed ten days earlier"."""
        found: Span = self.read(parts[-1])
        return found

    def on_in_span(self, span: Any) -> Span:
        found = self.read(span)
        assert isinstance(found, Span)
        return found

    def on_in_unit(self, *parts: Any) -> Span:
        return self.span_of(1.0, parts[-1])

    def on_rises(self, *parts: Any) -> Any:
        return self._move(parts, up=True)

    def on_falls(self, *parts: Any) -> Any:
        return self._move(parts, up=False)

    on_rises_up = on_rises_after = on_rises_noun = on_rises_of = on_rises
    on_falls_down = on_falls_after = on_falls_noun = on_falls_of = on_falls

    def on_falls_from(self, *parts: Any) -> Any:
        """ "drops 10 % from its 252-day high"."""
        return self._off(parts, up=False)

    def on_rises_from(self, *parts: Any) -> Any:
        return self._off(parts, up=True)

    def _off(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        amount = next(p for p in parts if isinstance(p, Said) and p.kind.endswith("_move"))
        level = self.value(parts[-1], CLOSE)
        values = [p for p in parts[:-1] if isinstance(p, Said) and p is not amount]
        if values and not is_it(values[0]) and self.value(values[0]) != CLOSE:
            raise Unreadable("not_understood", "Only the close is measured from another price.")
        if scale_of(level) != "price":
            raise Unreadable("not_understood", "Away from which price?")
        if not up and parts[-1].kind in ("column", "own_base") and level == Price(field="high"):
            raise Unreadable("ambiguous", "A fall from which high?")
        fraction = self.read(amount.parts[0])
        factor = Number(value=round(1 + fraction if up else 1 - fraction, 12))
        operator = (">" if up else "<") + ("" if amount.kind == "strict_move" else "=")
        return self.compare(CLOSE, operator, Arithmetic(operator="*", left=factor, right=level))

    def on_span_falls_of(self, span: Any, *parts: Any) -> Any:
        return self._move(parts, up=False, bars=self.bars_in(self.read(span)))

    def on_span_rises_of(self, span: Any, *parts: Any) -> Any:
        return self._move(parts, up=True, bars=self.bars_in(self.read(span)))

    def on_gaps_up(self, *parts: Any) -> Any:
        return self._gap(parts, up=True)

    def on_gaps_down(self, *parts: Any) -> Any:
        return self._gap(parts, up=False)

    def _gap(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        amounts = [p for p in parts if isinstance(p, Said) and p.kind.endswith("_move")]
        self.assume("A gap is the open against the close of the day before.")
        before: Any = Previous(of=CLOSE, bars=1)
        operator = ">" if up else "<"
        if amounts:
            fraction = self.read(amounts[0].parts[0])
            factor = round(1 + fraction if up else 1 - fraction, 12)
            before = Arithmetic(operator="*", left=Number(value=factor), right=before)
            operator += "=" if amounts[0].kind == "least_move" else ""
        return Compare(left=OPEN, operator=operator, right=before)  # type: ignore[arg-type]

    def on_up_close(self, *parts: Any) -> Any:
        return self._not_graded(parts, up=True)

    def on_is_up_on_day(self, *parts: Any) -> Any:
        return self._than_yesterday(parts, up=True)

    def on_is_down_on_day(self, *parts: Any) -> Any:
        return self._than_yesterday(parts, up=False)

    def _than_yesterday(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        """ "RSI was below 20 and is higher than yesterday": what the condition speaks of."""
        subject = self.left if self.left is not None else self.memory.subject
        spoken = any(isinstance(p, Said) for p in parts)
        if spoken or not isinstance(subject, Indicator) or scale_of(subject) == "price":
            return self.on_up_close(*parts) if up else self.on_down_close(*parts)
        return self._than_before(subject, up=up, bars=1)

    def on_down_close(self, *parts: Any) -> Any:
        return self._not_graded(parts, up=False)

    def _not_graded(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        """After "higher than the average", "it is lower" may mean either."""
        spoken = [p for p in parts if isinstance(p, Said)]
        if "graded" in self.memory.meanings and all(is_it(p) for p in spoken):
            raise Unreadable("ambiguous", "Lower or higher than what?")
        return self._close_way(parts, up=up)

    def _close_way(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        values = [p for p in parts if isinstance(p, Said)]
        if values and is_it(values[0]) and "compared" in self.memory.meanings:
            left, right = self.memory.meanings["compared"]
            return self.compare(left, ">" if up else "<", right)
        if values and is_it(values[0]) and self.memory.moving is not None:
            return self._than_before(self.memory.moving, up=up, bars=1)
        if values and not is_it(values[0]):
            found = self.value(values[0])
            self.memory.moving = None if found == CLOSE else found
            if found != CLOSE:
                return self._than_before(found, up=up, bars=1)
        return UP_CLOSE if up else DOWN_CLOSE

    def _coloured_line(self, values: list[Any]) -> Any:
        """ "Supertrend (10, 3): long while it is up": its direction, not the day's."""
        named = bool(values) and not is_it(values[0])
        if named or self.memory.coloured != "supertrend":
            return None
        if getattr(self.memory.subject, "name", "supertrend") != "supertrend":
            return None
        numbers = self.memory.said.get("supertrend")
        return self.make("supertrend", numbers, "direction")

    def on_up_close_noun(self, *_: Any) -> Any:
        return UP_CLOSE

    def on_down_close_noun(self, *_: Any) -> Any:
        return DOWN_CLOSE

    def on_yesterday_up(self, *parts: Any) -> Any:
        return self._yesterday(parts, up=True)

    def on_yesterday_down(self, *parts: Any) -> Any:
        return self._yesterday(parts, up=False)

    def _yesterday(self, parts: tuple[Any, ...], *, up: bool) -> Any:
        if any(isinstance(p, Said) and p.kind.endswith("_move") for p in parts):
            return Ago(of=self._move(parts, up=up), bars=1)
        return Ago(of=UP_CLOSE if up else DOWN_CLOSE, bars=1)

    def on_green_candle(self, *_: Any) -> Any:
        return self._candle(up=True)

    def on_red_candle(self, *_: Any) -> Any:
        return self._candle(up=False)

    def _candle(self, *, up: bool) -> Any:
        """A green candle; of Heikin-Ashi where those were introduced."""
        if self.memory.coloured == "heikin_ashi":
            left = Indicator(name="heikin_ashi", output="close")
            right = Indicator(name="heikin_ashi", output="open")
            return Compare(left=left, operator=">" if up else "<", right=right)
        return GREEN if up else RED


_ONE_DAY = ("one_day", "one_day_close")


def _move_key(up: bool) -> str:
    return "exit.move.up" if up else "exit.move.down"


def _is_price(said: Said) -> bool:
    """ "The price", which is not called the close or the open; "the shares" are those one has."""
    if said.kind == "generic_price":
        return said.words[0].text == "shares"
    return said.kind == "column" and len(said.parts) == 1 and said.parts[0].has("PRICE")
