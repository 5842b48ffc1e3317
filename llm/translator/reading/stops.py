"""Stops and targets told around their numbers: measured from where, judged when, fixed at what."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.orders import Orders
from llm.translator.said import Said

_NOTES = ("trail_closing", "trail_intrabar", "trail_measured", "trail_ratchet")
_STOPS = ("stop_loss", "stop_distance", "stop_level", "trailing_stop", "trailing_distance")
_TARGETS = ("take_profit", "target_distance", "target_level", "target_multiple")


def _parts(condition: Any) -> set[Any]:
    """All that must be true at once."""
    if not isinstance(condition, AllOf):
        return {condition}
    return {part for one in condition.conditions for part in _parts(one)}


class Stops(Orders):
    """Reads what is said about a stop besides how far away it is."""

    # -- trailing stops ------------------------------------------------------------------------

    def on_trail_after(self, *parts: Any) -> None:
        notes = [p for p in parts if isinstance(p, Said) and p.kind in _NOTES]
        self._measured(notes)
        self._set("trail", self._risk_part(parts))
        if any(note.kind == "trail_ratchet" for note in notes):
            self._only_upward()

    on_trail_before = on_trail_after

    def _measured(self, notes: list[Said]) -> None:
        """ "below the highest high": such a stop waits in the market, unless closes decide."""
        kinds = {note.kind for note in notes}
        highs = any(
            word.has("HIGH", "LOW")
            for note in notes
            if note.kind == "trail_measured"
            for word in note.words
        )
        if "trail_intrabar" in kinds or (highs and "trail_closing" not in kinds):
            self.found.risk["trail_intrabar"] = True
        if highs:
            self.found.risk["trail_from"] = "high"

    def _only_upward(self) -> None:
        """ "never lowered": a share of the peak never falls, a multiple of the ATR may."""
        if "trailing_distance" in self.found.risk:
            raise Unreadable(
                "unsupported",
                "A trailing stop in ATR follows the ATR of each bar here, so that it may fall "
                "back; one in percent never does.",
            )

    def on_trail_chandelier(self, *parts: Any) -> None:
        """ "chandelier exit of 3 ATR(22)": below the highest high, judged on closes."""
        notes = [p for p in parts if isinstance(p, Said) and p.kind in _NOTES]
        closes = [
            note
            for note in notes
            if note.kind == "trail_measured" and not any(w.has("HIGH", "LOW") for w in note.words)
        ]
        if not closes:
            self.found.risk["trail_from"] = "high"
        if any(note.kind == "trail_intrabar" for note in notes):
            self.found.risk["trail_intrabar"] = True
        self._set("trail", self._risk_part(parts))

    def on_trail_chandelier_level(self, level: Any, *notes: Any) -> None:
        """ "chandelier stop: highest high since entry minus 3 ATR(22)"."""
        peak, risk = level.parts
        measured = Said("trail_measured", (peak,))
        self.on_trail_chandelier(measured, risk, *notes)

    def on_trail_at_level(self, *parts: Any) -> None:
        """ "trailing stop at the highest close since entry minus 3 ATR(22)"."""
        level = next(p for p in parts if isinstance(p, Said) and p.kind == "trail_level")
        peak, risk = level.parts
        rest = [p for p in parts if p is not level]
        self.on_trail_after(Said("trail_measured", (peak,)), risk, *rest)

    def on_only_intrabar(self, *_: Any) -> None:
        """ "..., intraday": as stops and targets are; a trailing stop only where it is said."""
        if {"trailing_stop", "trailing_distance"} & set(self.found.risk):
            self.found.risk["trail_intrabar"] = True
        elif not self.found.risk:
            raise Unreadable("intraday", "Only daily bars are available.")

    # -- fixed at the signal -------------------------------------------------------------------

    def on_only_note_atr(self, *_: Any) -> None:
        """ "both with the ATR of the signal day": as every stop at a distance is read."""
        if "trailing_distance" in self.found.risk:
            raise Unreadable(
                "unsupported", "A trailing stop uses the ATR of each bar, not of the signal day."
            )

    def on_signal_days(self, *parts: Any) -> Any:
        """ "the signal day's low", "the low of that signal day"."""
        return self.value(parts[-1], self.left)

    def on_signal_day_told(self, *parts: Any) -> Any:
        """ "that day's low", of the day that gave the signal."""
        return self._column_of(parts[-1])

    def _column_of(self, part: Any) -> Any:
        return self.value(part, self.left) if isinstance(part, Said) else self._price_of(part)

    def on_pattern_days(self, pattern: Any, of: Any) -> Any:
        """ "the inside day's low": of the day that was bought for being one."""
        shape = self.on_pattern(pattern)
        if not any(_parts(shape) <= _parts(entry) for entry in self._entries()):
            raise Unreadable("ambiguous", "The low or high of which day?")
        return self.value(of, self.left)

    def _entries(self) -> list[Any]:
        return [*self.found.entries["long"], *self.found.entries["short"], *self.found.pending]

    def on_stop_of_entry(self, *parts: Any) -> None:
        """ "stop at 95 % of the entry price"; "a stop of 5 % of the price paid"."""
        share = self.read(next(p for p in parts if isinstance(p, Said)))
        if share != 0.5:
            self.set_risk("stop_loss", share if share < 0.5 else round(1 - share, 12))
            return
        raise Unreadable("ambiguous", "A stop at half of the entry price, or half of it below?")

    def on_target_of_entry(self, *parts: Any) -> None:
        """ "target at 110 % of the entry price"."""
        share = self.read(next(p for p in parts if isinstance(p, Said)))
        self.set_risk("take_profit", share if share < 1 else round(share - 1, 12))

    def on_only_upward(self, *_: Any) -> None:
        if not {"trailing_stop", "trailing_distance"} & set(self.found.risk):
            raise Unreadable("ambiguous", "Which stop is never lowered?")
        self._only_upward()

    def on_stop_sets_size(self) -> None:
        """ "..., with a stop 3 ATR under the entry that also sets the size": of a risk told."""
        if self.found.risk.get("sizing") != "risk" or not set(_STOPS) & set(self.found.risk):
            raise Unreadable("ambiguous", "How much of the account may a stop cost?")

    def on_besides(self, *parts: Any) -> None:
        """ "Apart from the stop, sell when ...": one way out more."""
        kept = {"STOP": _STOPS, "TRAIL": _STOPS[3:], "TARGET": _TARGETS}
        for tag, names in kept.items():
            if any(part.has(tag) for part in parts) and not set(names) & set(self.found.risk):
                raise Unreadable("ambiguous", "Which stop or target?")

    def on_protects_side(self, protection: Any, *words: Any) -> None:
        """ "a 4 % stop loss on the short": of the one side that is traded."""
        self.read(protection)
        side = "long" if words[-1].has("LONG") else "short"
        other = "short" if side == "long" else "long"
        if self.found.entries[other] and not self.found.entries[side]:
            raise Unreadable("contradictory", f"No {side} trade is made that this could protect.")
        self.found.sided = True

    def on_stop_is_all(self, *_: Any) -> None:
        """ "that stop is the only exit"."""
        if not set(_STOPS) & set(self.found.risk):
            raise Unreadable("ambiguous", "Which stop?")
        self.found.no_exit = True

    def on_target_once(self, *_: Any) -> None:
        """ "target at the stop distance": as far above as the stop is below."""
        self.set_risk("target_multiple", 1.0)
