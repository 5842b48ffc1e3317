"""New highs and lows, breakouts."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    Compare,
    Indicator,
    Previous,
    Price,
)
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.counting import Counting
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.said import Said


def before(value: Any) -> Previous:
    return Previous(of=value, bars=1)


class Extremes(Counting):
    """Reads new extremes of prices and of other values."""

    # -- new highs and lows --------------------------------------------------------------------

    def _watched(self, name: str) -> Any:
        """The indicator of this name that the idea said is looked at."""
        return self.memory.meanings.get(name)

    def _new_extreme(self, side: str, parts: tuple[Any, ...], *, closing: bool) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        period = next(p for p in said if p.kind in ("span", "bare_span", "one_unit"))
        bars = self.bars_in(self.read(period))
        subject = self._subject_of(said)
        if isinstance(subject, Price) and subject.field == "close":
            rest = tuple(p for p in parts if getattr(p, "kind", "") != "lead")
            return self._of(subject.symbol, self._new_extreme(side, rest, closing=closing))
        notes = [p for p in said if p.kind.startswith("note_")]
        prior = any(self._tells_prior(note, bars) for note in notes)
        if subject is not None:
            return self._own_extreme(subject, side, bars, prior=prior)
        closing = any([closing, *(self._tells_closes(note, side) for note in notes)])
        name = "highest" if side == "high" else "lowest"
        # "I look at the highest close of 63 days": then its 63-day high is one of closes.
        closing |= self._watched(name) == Indicator(name=name, numbers=(bars,), source=CLOSE)
        operator: Any = ">" if side == "high" else "<"
        if closing:
            best = Indicator(name=name, numbers=(bars,), source=CLOSE)
            if prior:
                return Compare(left=CLOSE, operator=operator, right=before(best))
            return Compare(left=CLOSE, operator=_or_equal(operator), right=best)
        return self._new_extreme_of(bars, side)

    def _new_extreme_of(self, bars: int, side: str) -> Any:
        name, operator = ("highest", ">") if side == "high" else ("lowest", "<")
        source: Any = Price(field=side) if self.symbol.has_range else CLOSE  # type: ignore[arg-type]
        best = Indicator(name=name, numbers=(bars,), source=source)
        self.assume(
            f"A {bars}-day {side} is a close beyond the {name} {source.field} of the "
            f"{bars} days before."
        )
        return Compare(left=CLOSE, operator=operator, right=before(best))  # type: ignore[arg-type]

    def _tells_prior(self, note: Said, bars: float) -> bool:
        """ "a new 50-day high (compared with the previous 50 days)": today is not among them."""
        told = note.find("number", "unit") if note.kind in ("note_prior", "note_facts") else []
        if told and self.bars_in(self.read(Said("span", tuple(told)))) != bars:
            raise Unreadable("ambiguous", "Of how many days is it the extreme?")
        return note.kind in ("note_prior", "note_facts")

    def _tells_closes(self, note: Said, side: str) -> bool:
        """ "(previous 50 days, closes)"; "(... highs)" says the same again of a high."""
        columns = [column.words[0] for column in note.find("note_column")]
        if any(word.has("LOW" if side == "high" else "HIGH") for word in columns):
            raise Unreadable("ambiguous", "The extreme of highs or of lows?")
        told = any(not word.has("HIGH", "LOW") for word in columns)
        return told or note.kind in ("note_closing", "note_closing_only")

    def _subject_of(self, said: list[Any]) -> Any:
        """What makes the new high, where it is not the price."""
        spoken = [p for lead in said if lead.kind == "lead" for p in lead.parts]
        values = [p for p in spoken if isinstance(p, Said)]
        if not values:
            return None
        found = self.memory.subject if is_it(values[0]) else self.series(values[0])
        if isinstance(found, Price) and found.symbol and found.field == "close":
            return found  # "IXIC makes a new 50-day high"
        return None if found is None or scale_of(found) == "price" else found

    def _own_extreme(self, subject: Any, side: str, bars: int, *, prior: bool = False) -> Any:
        name = "highest" if side == "high" else "lowest"
        best = Indicator(name=name, numbers=(float(bars),), source=subject)
        self.memory.subject = subject
        if prior:
            operator: Any = ">" if side == "high" else "<"
            return Compare(left=subject, operator=operator, right=before(best))
        return Compare(left=subject, operator=">=" if side == "high" else "<=", right=best)

    def on_breakout_of(self, *parts: Any) -> Any:
        """ "the break of the 55-day high": through it, whichever side it lies on."""
        level = self.value(parts[-1], CLOSE)
        inner = level.of if isinstance(level, Previous) else level
        side = getattr(inner, "output", "") or getattr(inner, "name", "")
        if side not in ("upper", "lower", "highest", "lowest"):
            raise Unreadable("ambiguous", "Through which level, upwards or downwards?")
        return self.compare(CLOSE, ">" if side in ("upper", "highest") else "<", level)

    def on_new_high(self, *parts: Any) -> Any:
        return self._new_extreme("high", parts, closing=False)

    def on_new_low(self, *parts: Any) -> Any:
        return self._new_extreme("low", parts, closing=False)

    def on_new_closing_high(self, *parts: Any) -> Any:
        return self._new_extreme("high", parts, closing=True)

    def on_new_closing_low(self, *parts: Any) -> Any:
        return self._new_extreme("low", parts, closing=True)

    on_breakout = on_breaks_high = on_new_high
    on_breakdown = on_breaks_low = on_new_low

    def on_breakout_above(self, *parts: Any) -> Any:
        return self.compare(CLOSE, ">", self.value(parts[-1], CLOSE))

    def on_bare_breakout(self, *parts: Any) -> Any:
        """ "a breakout to a new high": without a length, that of a Donchian channel."""
        word = next(p for p in parts if not isinstance(p, Said) and p.has("BREAKOUT", "BREAKSOUT"))
        upwards = any(not isinstance(p, Said) and p.has("HIGH") for p in parts)
        if word.text.split() == ["break"] or (self.leaving and not upwards):
            raise Unreadable("ambiguous", "A break of what, upwards or downwards?")
        if self.found.side == "short" and not upwards:
            raise Unreadable("ambiguous", "Upwards or downwards?")
        return self._beyond_channel(parts, "upper")

    def on_bare_breakdown(self, *parts: Any) -> Any:
        """ "when it breaks down": under the low of a Donchian channel."""
        return self._beyond_channel(parts, "lower")

    def _beyond_channel(self, parts: tuple[Any, ...], side: str) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        if said and not is_it(said[0]) and self.value(said[0]) != CLOSE:
            raise Unreadable("ambiguous", "Out of what, and beyond which value?")
        bars = int(self.numbers_of("donchian", None)[0])
        rules = [one for found in self.found.entries.values() for one in found]
        if any(
            isinstance(node, Indicator)
            and node.name in ("highest", "lowest")
            and node.numbers != (bars,)
            for rule in rules
            for node in nodes(rule)
        ):
            raise Unreadable("ambiguous", "Beyond the high or low of how many days?")
        return self._new_extreme_of(bars, "high" if side == "upper" else "low")

    def on_volume_extreme(self, *parts: Any) -> Any:
        """ "on volume that is the largest of the past 20 days"."""
        volume = Price(field="volume")
        found = self.value(parts[-1], volume)
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "The highest or lowest of what?")
        if inner.source != volume:
            raise Unreadable("not_understood", "The highest of what?")
        operator: Any = ">" if inner.name == "highest" else "<"
        return self.compare(volume, operator + ("" if found is not inner else "="), found)

    def on_at_extreme(self, *parts: Any) -> Any:
        """ "closes at its lowest close of 7 days"; "RSI is at its lowest of 20 days"."""
        extreme = parts[-1]
        spoken = [p for lead in parts[:-1] for p in lead.parts if isinstance(p, Said)]
        left: Any = self.series(spoken[0]) if spoken and not is_it(spoken[0]) else None
        if spoken and is_it(spoken[0]):
            left = self.memory.subject
        found = self.value(extreme, left)
        inner = found.of if isinstance(found, Previous) else found
        if not isinstance(inner, Indicator) or inner.name not in ("highest", "lowest"):
            raise Unreadable("not_understood", "At which value?")
        if left is not None and scale_of(left) != "price" and isinstance(inner.source, Price):
            # "OBV makes a new high of the previous 50 days": its own, not that of the price.
            inner = inner.model_copy(update={"source": left})
            found = before(inner) if isinstance(found, Previous) else inner
        elif spoken and is_it(spoken[0]) and isinstance(inner.source, Price):
            left = inner.source  # "it closes at its highest close": the close does, not an average
        if left is None or (isinstance(inner.source, Price) and isinstance(left, Price)):
            left = left if left == inner.source else inner.source
        high = inner.name == "highest"
        operator: Any = ">" if high else "<"
        if isinstance(left, Indicator) or getattr(left, "field", "") == "volume":
            self.memory.subject = left
        if isinstance(found, Previous):
            left = CLOSE if scale_of(inner.source) == "price" else inner.source
            return Compare(left=left, operator=operator, right=found)
        own = spoken and not is_it(spoken[0]) and left == self.series(spoken[0])
        if isinstance(inner.source, Price) and inner.source.field in ("high", "low"):
            # "makes the lowest low of 10 days": the low itself, unless the close is named.
            left = inner.source if own or not _names_close(parts[:-1]) else CLOSE
        return Compare(left=left, operator=_or_equal(operator), right=found)

    def on_reaches_own_high(self, value: Any, *parts: Any, side: str = "high") -> Any:
        """ "RSI rises to a 50-day high": to its own."""
        subject = self.series(value)
        if scale_of(subject) == "price":
            raise Unreadable("not_understood", "Prices reach the level, which is one of theirs.")
        period = next(p for p in parts if isinstance(p, Said))
        return self._own_extreme(subject, side, self.bars_in(self.read(period)))

    def on_reaches_own_low(self, value: Any, *parts: Any) -> Any:
        return self.on_reaches_own_high(value, *parts, side="low")

    def on_gets_to_extreme(self, value: Any, _way: Any, *extreme: Any) -> Any:
        """ "volume falls to its lowest in 20 days"."""
        return self.on_at_extreme(Said("lead", (value,)), extreme[-1])


def _names_close(leads: tuple[Said, ...]) -> bool:
    return any(word.has("CLOSE", "CLOSEV") for said in leads for word in said.words)


def _or_equal(operator: str) -> Any:
    return f"{operator}="
