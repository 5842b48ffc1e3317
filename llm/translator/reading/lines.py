"""Bands, channels, and indicators of several lines."""

from __future__ import annotations

from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Indicator, Previous
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.variation import Variation
from llm.translator.said import Said


def _side(word: Any) -> str:
    return str(word.sub("BANDSIDE") or word.sub("BANDFULL"))


class Lines(Variation):
    """Reads lines by the side or the name they have."""

    def _nums(self, parts: tuple[Any, ...]) -> tuple[float, ...] | None:
        found = [p for p in parts if isinstance(p, Said) and p.kind in ("nums", "bare")]
        return self.nums(found[0]) if found else None

    # -- bands ---------------------------------------------------------------------------------

    def _band(self, word: Any, parts: tuple[Any, ...]) -> Any:
        self.memory.channel = "bbands"
        return self.make("bbands", self._nums(parts), _side(word))

    def on_band_name(self, word: Any, *parts: Any) -> Any:
        return self._band(word, parts)

    def on_band_name_first(self, *parts: Any) -> Any:
        word = next(p for p in parts if not isinstance(p, Said) and p.has("BANDSIDE"))
        return self._band(word, parts)

    on_band_name_mid = on_band_name_first

    def on_band_full(self, word: Any, *parts: Any) -> Any:
        return self._band(word, parts)

    def on_band_two_numbers(self, word: Any, *numbers: Any) -> Any:
        """ "lower bollinger band 20 2": as in brackets."""
        return self._line_of("bbands", word, tuple(self.number(n) for n in numbers))

    def on_band_plain(self, word: Any, *parts: Any) -> Any:
        name = self.memory.channel or "bbands"
        return self._line_of(name, word, self._nums(parts))

    def on_band_bare(self, word: Any, *_: Any) -> Any:
        if not self.memory.channel and "bbands" not in self.known:
            if self.memory.meanings.get("cloud_edge"):
                return self.read(Said("cloud_edge", (word,)))
            raise Unreadable("not_understood", "The upper or lower what?", word.text)
        return self._line_of(self.memory.channel or "bbands", word, None)

    def on_channel(self, word: Any, *parts: Any) -> Any:
        name = next(p for p in parts if not isinstance(p, Said) and p.has("CHANNELNAME"))
        periods = [p for p in parts if isinstance(p, Said) and p.kind in ("span", "bare_span")]
        numbers = (float(self.bars_in(self.read(periods[0]))),) if periods else self._nums(parts)
        return self._line_of(name.sub("CHANNELNAME"), word, numbers)

    def on_channel_period(self, period: Any, word: Any, name: Any) -> Any:
        numbers = (float(self.bars_in(self.read(period))),)
        return self._line_of(name.sub("CHANNELNAME"), word, numbers)

    def on_channel_mid(self, period: Any, name: Any, word: Any) -> Any:
        return self.on_channel_period(period, word, name)

    def on_channel_after(self, name: Any, *parts: Any) -> Any:
        return self._line_of(name.sub("CHANNELNAME"), parts[-1], self._nums(parts))

    def on_channel_memory(self, word: Any) -> Any:
        if not self.memory.channel:
            raise Unreadable("not_understood", "Which channel is meant?", word.text)
        return self._line_of(self.memory.channel, word, None)

    def on_channel_of_period(self, word: Any, period: Any) -> Any:
        """ "the bottom of the 20-day channel": of highs and lows, unless another was named."""
        name = self.memory.channel or "donchian"
        if name not in ("donchian", "keltner"):
            raise Unreadable("not_understood", "Which channel is meant?", word.text)
        return self._line_of(name, word, (float(self.bars_in(self.read(period))),))

    def _line_of(self, name: str, word: Any, numbers: tuple[float, ...] | None) -> Any:
        self.memory.channel = name
        if name == "own":
            return self.memory.meanings["channel"][_side(word)]
        found = self.make(name, numbers, _side(word))
        if name == "donchian" and found.output != "middle":
            self.assume("A Donchian channel is that of the days before today.")
            return Previous(of=found, bars=1)
        return found

    def on_channel_high(self, *parts: Any) -> Any:
        words = [p for p in parts if not isinstance(p, Said)]
        periods = [p for p in parts if isinstance(p, Said)]
        numbers = (float(self.bars_in(self.read(periods[0]))),) if periods else None
        name = words[0].sub("CHANNELNAME")
        output = "upper" if words[-1].has("HIGH") else "lower"
        self.memory.channel = name
        found = self.make(name, numbers, output)
        return Previous(of=found, bars=1) if name == "donchian" else found

    # -- MACD ----------------------------------------------------------------------------------

    def _macd(self, numbers: tuple[float, ...] | None, output: str) -> Any:
        return self.make("macd", numbers, output)

    def on_macd(self, _word: Any, *parts: Any) -> Any:
        return self._macd(self._nums(parts), "line")

    def on_macd_period(self, *_: Any) -> Any:
        raise Unreadable("not_understood", "MACD has three lengths, such as MACD(12, 26, 9).")

    def on_macd_signal(self, _word: Any, *parts: Any) -> Any:
        return self._macd(self._nums(parts), "signal")

    def on_macd_fast_line(self, *parts: Any) -> Any:
        """ "the fast line of the MACD": its own; the slow one is its signal."""
        return self._macd_line(parts, "line")

    def on_macd_slow_line(self, *parts: Any) -> Any:
        return self._macd_line(parts, "signal")

    def _macd_line(self, parts: tuple[Any, ...], output: str) -> Any:
        words = [p for p in parts if not isinstance(p, Said)]
        known = "macd" in self.memory.said or any(w.has("MACD") for w in words)
        spoken = getattr(self.left, "name", "") or getattr(self.memory.subject, "name", "")
        if not known and spoken != "macd":
            pair = self.by_speed()  # type: ignore[attr-defined]
            if pair is not None and INDICATORS[pair[0].name].scale == "same":
                return pair[output == "signal"]  # "the fast line" of two averages
            raise Unreadable("ambiguous", "The fast or the slow line of what?")
        return self._macd(self._nums(parts), output)

    def on_signal(self) -> Any:
        if "signal" in self.memory.meanings:
            return self.memory.meanings["signal"]
        left = self.left if self.left is not None else self.memory.subject
        if isinstance(left, Indicator) and left.name == "macd":
            return left.model_copy(update={"output": "signal"})
        return self._macd(None, "signal")

    def on_line_alone(self) -> Any:
        """ "the line" of what was introduced."""
        if "linearreg" in self.memory.said and "macd" not in self.memory.said:
            return self.make("linearreg", self.memory.said["linearreg"])
        spoken = self.memory.subject
        if isinstance(spoken, Indicator) and spoken.name == "macd":
            return spoken.model_copy(update={"output": "line"})
        if "macd" not in self.memory.said and "macd" not in self.known:
            raise Unreadable("not_understood", "Which line?")
        return self._macd(self.memory.said.get("macd"), "line")

    def on_macd_hist(self, _word: Any, *parts: Any) -> Any:
        return self._macd(self._nums(parts), "histogram")

    def on_hist(self) -> Any:
        return self._macd(self.memory.said.get("macd") or None, "histogram")

    def on_hist_of(self, _word: Any, *parts: Any) -> Any:
        return self._macd(self._nums(parts), "histogram")

    # -- stochastic ----------------------------------------------------------------------------

    def _stoch(self, parts: tuple[Any, ...], output: str) -> Any:
        numbers = self._nums(parts) or self.memory.said.get("stoch")
        if numbers is None and "stochrsi lines" in self.memory.meanings:
            return self.line_of_stochrsi(output)  # type: ignore[attr-defined]
        return self.make("stoch", numbers, output)

    def on_stoch_k(self, *parts: Any) -> Any:
        return self._stoch(parts, "k")

    def on_stoch_d(self, *parts: Any) -> Any:
        return self._stoch(parts, "d")

    def on_stoch_period(self, period: Any, _word: Any) -> Any:
        return self.make("stoch", (float(self.bars_in(self.read(period))),), "k")

    def on_stoch_period_d(self, period: Any, _word: Any) -> Any:
        return self.make("stoch", (float(self.bars_in(self.read(period))),), "d")

    def on_pct_k(self, *parts: Any) -> Any:
        return self._stoch(parts, "k")

    def on_pct_d(self, *parts: Any) -> Any:
        """ "%K(14,3) crosses above %D(3)": a number alone smooths the line that was named."""
        numbers = self._nums(parts)
        if numbers is None or len(numbers) != 1:
            return self._stoch(parts, "d")
        left = self.left if self.left is not None else self.memory.subject
        if not isinstance(left, Indicator) or left.name != "stoch":
            raise Unreadable("ambiguous", "%D of which stochastic?")
        return self.make("stoch", (*left.numbers[:2], numbers[0]), "d")

    def on_pct_k_of(self, *parts: Any) -> Any:
        """ "the fast line of the slow stochastic (14,3,3), %K," """
        return self._stoch(parts, "k")

    def on_pct_d_of(self, *parts: Any) -> Any:
        return self._stoch(parts, "d")

    # -- others --------------------------------------------------------------------------------

    def on_aroon_up(self, *parts: Any) -> Any:
        return self.make("aroon", self._nums(parts) or self.memory.said.get("aroon"), "up")

    def on_aroon_down(self, *parts: Any) -> Any:
        return self.make("aroon", self._nums(parts) or self.memory.said.get("aroon"), "down")

    def on_tenkan(self, *parts: Any) -> Any:
        numbers = self._nums(parts)
        if numbers and len(numbers) == 1:
            numbers = self._ichimoku(0, numbers[0])
        return self.make("ichimoku", numbers, "conversion_line")

    def on_kijun(self, *parts: Any) -> Any:
        numbers = self._nums(parts)
        if numbers and len(numbers) == 1:
            numbers = self._ichimoku(1, numbers[0])
        return self.make("ichimoku", numbers, "base_line")

    def _ichimoku(self, place: int, number: float) -> tuple[float, ...]:
        """One length of three: the others as they were said before, or the usual ones."""
        numbers = list(self.memory.said.get("ichimoku") or (9.0, 26.0, 52.0))
        numbers[place] = number
        self.memory.said["ichimoku"] = tuple(numbers)
        return tuple(numbers)

    def on_supertrend_line(self, *parts: Any) -> Any:
        return self.make("supertrend", self._nums(parts), "line")

    def on_pivot_line(self, word: Any) -> Any:
        name = word.sub("PIVOT")
        said = self.memory.meanings.get(f"pivot:{name}")
        if said is None:
            return Indicator(name="pivots", output=name)
        return said if "defining" in self.memory.meanings else Previous(of=said, bars=1)

    def on_heikin_column(self, column: Any) -> Any:
        field = self.value(column).field
        return Indicator(name="heikin_ashi", output=field)
