"""Bands, channels and envelopes with numbers of their own."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.formulas import Formulas, times
from llm.translator.reading.memory import Unreadable
from llm.translator.said import Said


class OwnBands(Formulas):
    """Reads the lines of bands that are set in words."""

    def band_numbers(self, said: Any, bars: float | None = None) -> tuple[float, float]:
        """Length and deviations, as they were said after the bands or elsewhere."""
        usual = self.memory.said.get("bbands") or self.known.get("bbands")
        if said is None:
            return (bars or 20.0, usual[1] if usual and bars is None else 2.0)
        if said.kind == "bb_two":
            first = next(p for p in said.parts if isinstance(p, Said))
            if first.kind == "number":
                return (self.number(first), self._width(said))
            return (float(self.bars_in(self.read(first))), self._width(said))
        if said.kind == "bb_width":
            if bars is None and usual is None:
                self.assume("No length is given for the bands: 20 days.")
            return (bars or (usual[0] if usual else 20.0), self._width(said))
        numbers = self.nums(said.parts[-1])
        if bars is not None or len(numbers) > 2:
            raise Unreadable("not_understood", "Bollinger bands have a length and a width.")
        return (numbers[0], numbers[1] if len(numbers) == 2 else 2.0)

    def _width(self, said: Any) -> float:
        numbers = [p for p in said.parts if isinstance(p, Said) and p.kind == "number"]
        return self.number(numbers[-1])

    def _side_of(self, parts: tuple[Any, ...]) -> str:
        words = [p for p in parts if not isinstance(p, Said)]
        return str(next(w.sub("BANDSIDE") for w in words if w.has("BANDSIDE")))

    def on_band_set(self, *parts: Any) -> Any:
        self.memory.channel = "bbands"
        return self.make("bbands", self.band_numbers(parts[-1]), self._side_of(parts))

    def on_band_period(self, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        bars = float(self.bars_in(self.read(said[0])))
        numbers = self.band_numbers(said[1] if len(said) > 1 else None, bars)
        if len(said) == 1:
            self.assume("The other numbers of the Bollinger band are the usual ones: 2.")
        self.memory.channel = "bbands"
        return self.make("bbands", numbers, self._side_of(parts))

    on_band_period_first = on_band_period

    def on_band_set_full(self, word: Any, said: Any) -> Any:
        self.memory.channel = "bbands"
        return self.make("bbands", self.band_numbers(said), word.sub("BANDFULL"))

    def on_band_period_full(self, period: Any, word: Any, said: Any = None) -> Any:
        bars = float(self.bars_in(self.read(period)))
        numbers = self.band_numbers(said, bars) if said is not None else (bars,)
        self.memory.channel = "bbands"
        return self.make("bbands", numbers, word.sub("BANDFULL"))

    def on_band_period_line(self, period: Any, word: Any = None) -> Any:
        """ "the 20-day middle line": of the bands spoken of, which have that length."""
        known = self.memory.said.get("bbands") or self.known.get("bbands")
        if known is None and self.memory.channel == "bbands":
            known = (20.0, 2.0)  # what was assumed of them
        bars = float(self.bars_in(self.read(period)))
        if self.memory.channel not in (None, "", "bbands") or known is None or known[0] != bars:
            raise Unreadable("not_understood", "The line of which bands?")
        return self.make("bbands", known, self._side_of((word,)) if word else "middle")

    def of_the_bands(self, word: Any, numbers: tuple[float, ...] | None) -> Any:
        """%B and the bandwidth, with the numbers of their bands."""
        if word.sub("IND") not in ("percent_b", "bandwidth"):
            raise Unreadable("not_understood", "Bollinger bands have no such line.")
        self.memory.channel = "bbands"
        bands = self.make("bbands", numbers, "middle")
        return self.make(word.sub("IND"), bands.numbers)

    def on_of_bands(self, word: Any, *parts: Any) -> Any:
        said = [p for p in parts if isinstance(p, Said)]
        return self.of_the_bands(word, self.several(said[0]) if said else None)

    def on_of_period_bands(self, word: Any, period: Any, *parts: Any) -> Any:
        bars = float(self.bars_in(self.read(period)))
        said = [p for p in parts if isinstance(p, Said)]
        return self.of_the_bands(word, self.band_numbers(said[0], bars) if said else (bars,))

    def on_of_set_bands(self, word: Any, *parts: Any) -> Any:
        return self.of_the_bands(word, self.band_numbers(parts[-1]))

    def on_band_before(self, *parts: Any) -> Any:
        said = next(p for p in parts if isinstance(p, Said))
        self.memory.channel = "bbands"
        return self.make("bbands", self.several(said), self._side_of(parts))

    def on_envelope_side(self, word: Any, pct: Any, average: Any) -> Any:
        self.envelope(self.value(average), self.read(pct))
        return self._line_of("own", word, None)

    def on_envelope_memory(self, word: Any, *_: Any) -> Any:
        return self._line_of("own", word, None)

    def envelope(self, middle: Any, share: float) -> None:
        """Lines a percentage above and below another."""
        upper, lower = (times(round(1 + s * share, 12), middle) for s in (1, -1))
        self.own_channel(upper, middle, lower)

    def own_channel(self, upper: Any, middle: Any, lower: Any) -> None:
        self.memory.channel = "own"
        self.memory.meanings["channel"] = {"upper": upper, "middle": middle, "lower": lower}

    def on_envelope_side_first(self, pct: Any, word: Any, average: Any) -> Any:
        return self.on_envelope_side(word, pct, average)
