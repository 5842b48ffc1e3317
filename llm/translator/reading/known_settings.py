"""Numbers of an indicator given before it is used: "MACD 5/35/5", "20 periods, 2.5 deviations"."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.definitions import Definitions
from llm.translator.reading.memory import Unreadable


class KnownSettings(Definitions):
    """Reads the numbers of MACD and of bands told ahead."""

    def on_definable_macd_settings(self, _word: Any, settings: Any) -> Any:
        return self.make("macd", self.several(settings), "line")

    def on_definable_macd_before(self, settings: Any, _word: Any) -> Any:
        return self.make("macd", self.several(settings), "line")

    def _bands_of(self, numbers: tuple[float, ...]) -> Any:
        self.memory.channel = "bbands"
        return self.make("bbands", numbers, "middle")

    def on_definable_bb_before(self, settings: Any, _word: Any) -> Any:
        return self._bands_of(self.several(settings))

    def on_definable_bb_period(self, period: Any, _word: Any, said: Any = None) -> Any:
        bars = float(self.bars_in(self.read(period)))
        return self._bands_of(self.band_numbers(said, bars) if said is not None else (bars,))

    def on_define_bands_later(self, said: Any) -> None:
        """ "20 periods, 2.5 deviations": of the bands that were spoken of."""
        if self.memory.channel != "bbands":
            raise Unreadable("not_understood", "Numbers of what?")
        self.make("bbands", self.band_numbers(said), "middle")

    def on_definable_bb_set(self, _word: Any, said: Any) -> Any:
        return self._bands_of(self.band_numbers(said))
