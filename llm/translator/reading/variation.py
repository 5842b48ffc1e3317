"""Standard deviations of prices, of their changes, and of other values."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.indicators import Indicators


class Variation(Indicators):
    """Reads how much a value varies."""

    def on_stdev_of_returns(self, word: Any, withs: Any = None) -> Any:
        return self._deviation_of_changes(word, self.withs(withs) if withs is not None else None)

    def _deviation_of_changes(self, word: Any, numbers: tuple[float, ...] | None) -> Any:
        """Of returns the sample's, as statistics does; of prices the population's, as charts do."""
        if word.text.startswith("population"):
            return self.make("stddev", numbers, source=self._change(1.0))
        self.assume("The standard deviation of changes is that of a sample (it divides by n - 1).")
        return self.make("sample_stddev", numbers, source=self._change(1.0))

    def on_period_stdev_of_returns(self, period: Any, word: Any) -> Any:
        return self._deviation_of_changes(word, (float(self.bars_in(self.read(period))),))

    def on_period_stdev_of(self, period: Any, _word: Any, of: Any) -> Any:
        return self.make(
            "stddev", (float(self.bars_in(self.read(period))),), source=self.series(of)
        )

    def on_period_stdev(self, period: Any, _word: Any) -> Any:
        return self.make("stddev", (float(self.bars_in(self.read(period))),))

    def on_stdev_nums(self, _word: Any, nums: Any) -> Any:
        return self.make("stddev", self.nums(nums))

    def on_stdev_with(self, _word: Any, withs: Any) -> Any:
        return self.make("stddev", self.withs(withs))

    def on_stdev_of_with(self, _word: Any, of: Any, withs: Any) -> Any:
        return self.make("stddev", self.withs(withs), source=self.series(of))
