"""Named strategies, definitions and labels."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import Arithmetic, Indicator, Number, OnPeriod, Price
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.definitions import Definitions
from llm.translator.reading.kinds import is_difference_of, is_same_formula
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.patterns import LEVELS
from llm.translator.reading.values import FORMULAS
from llm.translator.said import Said


class Named(Definitions):
    """Reads what introduces rules or replaces them."""

    # -- crossover systems ---------------------------------------------------------------------

    def on_trade_pair(self, *parts: Any) -> None:
        pair = next(p for p in parts if isinstance(p, Said) and p.kind.startswith("pair_"))
        for part in parts:
            if isinstance(part, Said) and part is not pair and part.kind != "entry_verb":
                self.read(part)
        left, right = self.read(pair)
        up, down = self.cross(left, "above", right), self.cross(left, "below", right)
        self.enter("long", up)
        self.found.exits["long"].append(down)
        self.assume("A crossover strategy buys the upward crossing and sells the downward one.")
        assumed = any(a.key == "pair.numbers" for a in self.memory.assumptions)
        if assumed or self.memory.meanings.pop("titled", False):
            self.memory.meanings["title"] = (up, down)

    def on_trade_pair_if(self, *parts: Any) -> None:
        """ "MACD crossover, but only if C": what the upward crossing needs besides."""
        self.on_trade_pair(*parts[:-1])
        self.found.gates.append(self.condition(parts[-1]))

    def on_pair_speedy(self, word: Any, *_: Any) -> tuple[Any, Any]:
        """ "crossovers of two EMAs, a fast one and a slow one"."""
        return self._of_pair(0, word), self._of_pair(1, word)

    def on_trade_two(self, left: Any, right: Any) -> None:
        first, second = self.left_of(left, right)
        self.enter("long", self.cross(first, "above", second))
        self.found.exits["long"].append(self.cross(first, "below", second))
        self.assume("A crossover strategy buys the upward crossing and sells the downward one.")

    def on_pair_cross(self, _macd: Any, *parts: Any) -> tuple[Any, Any]:
        nums = [p for p in parts if isinstance(p, Said)]
        line = self.make("macd", self.nums(nums[0]) if nums else None, "line")
        return line, line.model_copy(update={"output": "signal"})

    def on_pair_zero(self, *parts: Any) -> tuple[Any, Any]:
        """ "MACD zero-line cross"."""
        line, _ = self.on_pair_cross(*parts)
        return line, Number(value=0)

    def on_trade_channel(self, word: Any, said: Any, *tails: Any) -> None:
        """ "Donchian 20/10 breakout": in over the highs of the first, out under the second."""
        numbers = self.nums(said)
        if word.sub("CHANNELNAME") != "donchian" or len(numbers) > 2:
            raise Unreadable("ambiguous", "Bought on which side of the channel, and sold where?")
        for part in tails:
            if isinstance(part, Said):
                self.read(part)
        top = self.make("highest", (numbers[0],), source=Price(field="high"))
        bottom = self.make("lowest", (numbers[-1],), source=Price(field="low"))
        self.enter("long", self.compare(CLOSE, ">", top))
        self.found.exits["long"].append(self.compare(CLOSE, "<", bottom))
        self.assume("A breakout buys above the upper line and sells below the lower one.")

    def on_pair_average(self, *parts: Any) -> tuple[Any, Any]:
        word = next(p for p in parts if not isinstance(p, Said))
        said = [p for p in parts if isinstance(p, Said)]
        numbers: tuple[float, ...] = ()
        for part in said:
            if part.kind == "nums":
                numbers = self.nums(part)
            else:
                numbers = (float(self.bars_in(self.read(part))),)
        if len(numbers) == 1:
            return CLOSE, self._average(word, numbers)
        return self._two_averages(word, numbers)

    def on_pair_numbers(self, bare: Any, *rest: Any) -> tuple[Any, Any]:
        return self._two_averages(rest[-1], self.nums(bare))

    def on_pair_numbers_after(self, word: Any, bare: Any) -> tuple[Any, Any]:
        return self._two_averages(word, self.nums(bare))

    def on_pair_two(self, one: Any, other: Any, word: Any) -> tuple[Any, Any]:
        return self._two_averages(word, (self.number(one), self.number(other)))

    def on_pair_periods(self, one: Any, other: Any, word: Any) -> tuple[Any, Any]:
        """ "50-day vs 200-day SMA"."""
        lengths = (float(self.bars_in(self.read(period))) for period in (one, other))
        return self._two_averages(word, tuple(lengths))

    def _two_averages(self, word: Any, numbers: tuple[float, ...]) -> tuple[Any, Any]:
        if not numbers:
            numbers = tuple(self.choices.get("pair.numbers", (50.0, 200.0)))
            told = " and ".join(f"{n:g}" for n in numbers)
            self.assume(
                f"No lengths were given for the two averages: {told} bars.",
                "pair.numbers",
                list(numbers),
            )
        if len(numbers) != 2 or numbers[0] == numbers[1]:
            raise Unreadable("not_understood", "A crossover is of two averages.")
        fast, slow = sorted(numbers)
        return self._average(word, (fast,)), self._average(word, (slow,))

    def on_trade_golden_of(self, _word: Any, kind: Any, *parts: Any) -> None:
        """ "golden cross with EMAs and death cross"; the other cross is of the same averages."""
        for part in (kind, *parts):
            if part.has("MA"):
                self.on_definable_kind(part)
        self.on_trade_golden()

    def on_trade_golden(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said):
                self.read(part)
        self.enter("long", self._famous_cross("above"))
        self.found.exits["long"].append(self._famous_cross("below"))

    # -- definitions ---------------------------------------------------------------------------

    def on_define(self, *parts: Any) -> None:
        for part in parts:
            self._define(part)

    def on_define_bare(self, part: Any) -> None:
        """ "RSI(14)." alone; "one standard deviation" alone sets the width of some band."""
        scored = any(word.sub("IND") == "zscore" for word in part.words)
        if not scored and any(word.has("STDEV", "STDEVS") for word in part.words):
            raise Unreadable("ambiguous", "One standard deviation of what? Say it beside the band.")
        self._define(part)

    def _define(self, said: Any) -> None:
        found = self.read(said)
        if isinstance(found, Arithmetic):
            self.memory.subject, self.memory.level_met = found, False
        if isinstance(found, Indicator) and found.name == "stddev":
            raise Unreadable("ambiguous", "A standard deviation of what, and for what?")
        if isinstance(found, Indicator):
            # A channel is no value of its own: what goes above or below it is the price.
            self.memory.subject = None if found.output == "middle" else found
            self.memory.level_met = False
            self.found.defined.append(found.name)
            if found.source not in (None, CLOSE):
                self.memory.meanings[found.name] = found
                self.keep_average(found)
        elif isinstance(found, OnPeriod):
            # Said again below without "weekly", it would be the daily one.
            raise Unreadable("ambiguous", "Say “weekly” or “monthly” in the rule itself.")

    def keep_average(self, found: Any) -> None:
        """What "the average of the highs" is from here on."""
        known = self.memory.meanings.get("averages of", {})
        self.memory.meanings["averages of"] = {**known, found.source: found}

    def on_define_values(self, *parts: Any) -> None:
        """ "Track log(A/B) and its z-score over 60 days": the last is what is spoken of."""
        for part in parts:
            if not isinstance(part, Said) or part.kind.startswith("note_"):
                continue
            found = self.value(part)
            if isinstance(found, Number):
                raise Unreadable("not_understood", "A number alone defines nothing.")
            if "zscore" in self.found.defined and getattr(found, "name", "") == "stddev":
                raise Unreadable("ambiguous", "A standard deviation of what, and for what?")
            self.memory.subject, self.memory.level_met = found, False
            if isinstance(found, Indicator):
                self.memory.meanings[found.name] = found

    def on_define_rank(self, series: Any, number: Any, *rest: Any) -> None:
        source = self.series(series)
        if rest and self.series(rest[0]) != source:
            raise Unreadable("not_understood", "A value is ranked among its own past.")
        found = Indicator(name="rank", numbers=(self.number(number),), source=source)
        self.memory.meanings["rank"] = self.memory.subject = found
        self.memory.level_met = False

    def on_definable(self, _macd: Any, numbers: Any) -> Any:
        fast, slow, signal = (self.number(p) for p in numbers.find("number"))
        return self.make("macd", (fast, slow, signal), "line")

    def on_definable_macd(self, _macd: Any, nums: Any) -> Any:
        return self.make("macd", self.nums(nums), "line")

    def on_definable_macd_speedy(self, _speed: Any, macd: Any, nums: Any) -> Any:
        """ "a slow MACD, 19/39/9": its numbers say how slow."""
        return self.on_definable_macd(macd, nums)

    def on_definable_bands(self, *parts: Any) -> Any:
        said = parts[-1]
        numbers = self.nums(said) if said.kind in ("nums", "bare") else self.withs(said)
        self.memory.channel = "bbands"
        return self.make("bbands", numbers, "middle")

    def on_definable_bands_be(self, *parts: Any) -> Any:
        """ "the bands are 20 days, 2 deviations"."""
        return self.on_definable_bb_set(None, parts[-1])

    def on_definable_bare_bands(self, nums: Any) -> Any:
        """ "Fade the bands (20, 2.5)"."""
        numbers = self.nums(nums)
        if len(numbers) != 2 or self.memory.channel not in ("", "bbands"):
            raise Unreadable("ambiguous", "Which bands?")
        self.assume("Bands without a name are Bollinger bands.")
        return self.on_definable_bands(nums)

    def on_definable_supertrend(self, nums: Any) -> Any:
        self.memory.coloured = "supertrend"
        return self.make("supertrend", self.nums(nums), "direction")

    def on_definable_supertrend_words(self, period: Any, number: Any) -> Any:
        """ "with a 10-day ATR and a factor of 3"."""
        self.memory.coloured = "supertrend"
        numbers = (float(self.bars_in(self.read(period))), self.number(number))
        return self.make("supertrend", numbers, "direction")

    def on_definable_supertrend_times(self, number: Any, period: Any) -> Any:
        return self.on_definable_supertrend_words(period, number)

    def on_definable_aroon(self, said: Any) -> Any:
        numbers = self.nums(said) if said.kind in ("nums", "bare") else self.withs(said)
        return self.make("aroon", numbers, "up")

    def on_definable_aroon_span(self, span: Any) -> Any:
        return self.make("aroon", (float(self.bars_in(self.read(span))),), "up")

    def on_definable_stoch(self, _word: Any, said: Any) -> Any:
        return self.make("stoch", self.nums(said), "k")

    def on_definable_series(self, *said: Any) -> Any:
        if said and said[0].kind == "average" and said[0].parts[0].sub("MA") == "ma":
            raise Unreadable("not_understood", "Which average?")  # "pullback to the average:"
        found = self.value(said[0]) if said else self.on_stochrsi()
        if isinstance(found, Indicator) and scale_of(found) != "price":
            self.memory.meanings["topic"] = found
        return found

    def on_definable_channel(self, word: Any, nums: Any) -> Any:
        name = word.sub("CHANNELNAME")
        self.memory.channel = name
        return self.make(name, self.nums(nums), "middle")

    def on_definable_channel_period(self, period: Any, word: Any) -> Any:
        name = word.sub("CHANNELNAME")
        self.memory.channel = name
        return self.make(name, (float(self.bars_in(self.read(period))),), "middle")

    def on_definable_channel_number(self, word: Any, number: Any, *_: Any) -> Any:
        name = self.memory.channel = word.sub("CHANNELNAME")
        return self.make(name, (self.number(number),), "middle")

    def on_definable_channel_ranges(self, word: Any, *parts: Any) -> Any:
        """ "Keltner channel (20, 1.5 ATR)"."""
        name = self.memory.channel = word.sub("CHANNELNAME")
        of = next(p for p in parts if not isinstance(p, Said))
        if name != "keltner" or of.sub("IND") != "atr":
            raise Unreadable("not_understood", "This channel has no such numbers.")
        numbers = tuple(self.number(p) for p in parts if isinstance(p, Said) and p.kind == "number")
        return self.make(name, numbers, "middle")

    def on_definable_channel_of(self, word: Any, span: Any) -> Any:
        return self.on_definable_channel_period(span, word)

    def on_definable_heikin(self, *_: Any) -> None:
        self.memory.coloured = "heikin_ashi"

    def on_definable_ichimoku(self, *parts: Any) -> Any:
        if not parts:
            return None
        return self.make("ichimoku", self.nums(parts[0]), "base_line")

    def on_definable_lines(self, said: Any) -> Any:
        return self.read(said)

    def on_ichimoku_lines(self, *parts: Any) -> Any:
        """ "conversion and base lines with 7 and 22 days instead of 9/26"."""
        said = [p for p in parts if isinstance(p, Said) and p.kind not in ("unit", "bare")]
        counted = said[0].kind == "several_numbers"
        numbers = self.several(said[0]) if counted else tuple(self.number(p) for p in said)
        if len(numbers) != 2:
            raise Unreadable("not_understood", "These are two lines.")
        return self.make("ichimoku", numbers, "base_line")

    def on_define_as(self, name: Any, value: Any) -> None:
        """ "bandwidth is (upper - lower) / middle": a definition of what we know, or none."""
        first = self.value(name)
        if not isinstance(first, Indicator):
            raise Unreadable("not_understood", "What is defined here?")
        assumed = len(self.memory.assumptions)
        second = self.value(value)
        if is_difference_of(first, second):
            del self.memory.assumptions[assumed:]  # its lines have its numbers
            self.memory.subject = first
            return
        if not any(isinstance(node, Price | Indicator) for node in nodes(second)):
            raise Unreadable("not_understood", "A formula of numbers alone is none.")
        if second == FORMULAS.get(first.name):
            self.memory.subject = first
            return
        if not isinstance(second, Arithmetic):
            raise Unreadable("not_understood", "This definition is not the usual one.")
        self.memory.subject = first if is_same_formula(first, second) else second
        if self.memory.subject is second:
            self.memory.meanings[first.name] = second

    def on_define_numbers(self, *parts: Any) -> None:
        """ "Standard 9/26 settings": numbers of the one indicator that can take them."""
        bare = next(p for p in parts if isinstance(p, Said) and p.kind == "bare")
        numbers = self.nums(bare)
        shifts = [n for p in parts if isinstance(p, Said) for n in p.find("number")]
        if bare.find("number") != shifts and self.number(shifts[-1]) != numbers[1]:
            raise Unreadable("unsupported", "The cloud is shifted by the base line's length only.")
        if numbers[:2] == (9.0, 26.0):
            self.make("ichimoku", numbers, "base_line")
            return
        assumed = [a for a in self.memory.assumptions if a.sentence.startswith("No period")]
        spoken_of = any("for MACD" in a.sentence for a in assumed)
        if len(numbers) == 3 and (spoken_of or self.known.get("macd") == numbers):
            self.make("macd", numbers, "line")
            return
        if len(numbers) == 2:
            self._two_lengths(numbers, assumed)
            return
        raise Unreadable("not_understood", "Numbers of what?")

    def _two_lengths(self, numbers: tuple[float, ...], assumed: list[Any]) -> None:
        """ "Standard 12/26 settings": of the MACD, where only that was named without numbers."""
        alone = len(assumed) == 1 and "for MACD" in assumed[0].sentence
        if not alone and self.known.get("macd", ())[:2] != numbers:
            raise Unreadable("not_understood", "Numbers of what?")
        self.make("macd", numbers, "line")

    # -- labels --------------------------------------------------------------------------------

    def on_label(self, *parts: Any) -> None:
        for part in parts:
            if isinstance(part, Said):
                self.read(part)
        for part in parts:
            if not isinstance(part, Said):
                self._introduce(part)
        words = {p.text for p in parts if not isinstance(p, Said)}
        if any(w.endswith(("both ways", "both directions")) for w in words):
            self.found.both_ways = True
        if words & {"scale in", "scaling in", "pyramiding"}:
            self.found.risk.setdefault("max_entries", 1000)

    def _introduce(self, word: Any) -> None:
        """What a label names is what colours and bands belong to from here on."""
        if word.has("HEIKIN", "SUPERTREND"):
            self.memory.coloured = "heikin_ashi" if word.has("HEIKIN") else "supertrend"
        if word.has("CHANNELNAME"):
            self.memory.channel = word.sub("CHANNELNAME")
        if word.has("BB"):
            self.memory.channel = "bbands"
        if word.has("MA") and word.sub("MA") != "ma":
            self.on_definable_kind(word)
        if "moving average" in word.text and not self.memory.kind:
            self.memory.meanings["averages"] = True

    def on_label_indicator(self, word: Any, *_: Any) -> None:
        """ "RSI strategy:" names what follows; "EMA strategy:" says of which kind averages are."""
        if word.has("MA") and word.sub("MA") != "ma":
            self.on_definable_kind(word)

    def on_label_at_close(self, word: Any, *_: Any) -> None:
        """ "Market on close: ..."; "..., filled on the close of the same bar"."""
        self.on_object_at_close(word)  # type: ignore[attr-defined]

    def on_label_levels(self, word: Any, low: Any, high: Any) -> None:
        """ "RSI 25/75: ...": what oversold and overbought mean there."""
        levels = self.number(low), self.number(high)
        if word.sub("IND") not in LEVELS or not levels[0] < 50 < levels[1]:
            raise Unreadable("ambiguous", f"What are the two numbers of {word.text}?")
        self.memory.meanings["levels"] = levels

    def on_label_empty(self, *parts: Any) -> None:
        for word in parts:
            if not isinstance(word, Said) and word.has("CHANNELNAME"):
                self.memory.channel = word.sub("CHANNELNAME")

    def on_label_long_or_flat(self, *_: Any) -> None:
        """ "..., long or flat": no short positions, as always here."""
        if self.found.entries["short"]:
            raise Unreadable("contradictory", "Long or flat, and still a rule that sells short?")

    def on_symbol_label(self, word: Any) -> None:
        """ "Apple:" the symbol is found by name before."""
