"""What a specification decides on given bars, from its nodes alone; no script is written or run."""

from __future__ import annotations

from typing import Any

import numpy as np

from backtests.fidelity.indicators import neat
from backtests.fidelity.reading import Reading
from engine import Bars, Decisions, EngineError, Leg, Panel, Signals, Weights
from engine.worlds import Intent, World
from llm.specification.model import Rotation, StrategySpec
from llm.specification.walk import VALUES

_CONDITIONS = {
    "long_entry": "enter",
    "long_exit": "exit",
    "short_entry": "enter_short",
    "short_exit": "exit_short",
}
_NUMBERS = ("stop_loss", "take_profit", "trailing_stop", "target_multiple", "breakeven")
# What weights of several symbols cannot say.
_ONE_SYMBOL_ONLY = (
    "short_entry", "short_exit", *_NUMBERS, *VALUES, "hold_bars", "exit_size", "parts",
)  # fmt: skip


class NotInterpretable(EngineError):
    """The specification asks for what no decisions can say; the message names it."""


def is_for_several(spec: StrategySpec) -> bool:
    """Whether the specification's world is a panel."""
    return spec.rotation is not None or len(spec.symbols) > 1


def decide(spec: StrategySpec, world: World, readings: dict[str, Reading] | None = None) -> Intent:
    """The decisions of a specification on bars or a panel.

    `readings` keeps what was computed on this world for the next specification.

    Raises
    ------
    EngineError
        For decisions that no engine takes, as a stop distance below 0.
    """
    kept = {} if readings is None else readings
    with np.errstate(divide="ignore", invalid="ignore"):
        if isinstance(world, Bars):
            reading = kept.setdefault("", Reading(world))
            return Decisions.from_signals(signals(spec, reading), len(world))
        if spec.rotation is None:
            return _one_of_several(spec, world, kept)
        return _rotate(spec.rotation, world, kept)


def signals(spec: StrategySpec, reading: Reading) -> Signals:
    """The signals of a specification for one symbol."""
    given: dict[str, Any] = {}
    for part, name in _CONDITIONS.items():
        if (condition := getattr(spec, part)) is not None:
            given[name] = reading.condition(condition)
    for name in _NUMBERS:
        if (number := getattr(spec, name)) is not None:
            given[name] = neat(number)
    for name in VALUES:
        if (level := getattr(spec, name)) is not None:
            given[name] = reading.value(level)
    if spec.size != 1:
        given["size"] = neat(spec.size)
    if spec.exit_size is not None:
        given["exit_size"] = neat(spec.exit_size)
    waits = spec.entry_limit is not None or spec.entry_stop is not None
    return Signals(
        **given,
        max_bars=spec.hold_bars,
        cooldown=spec.cooldown,
        reverse=spec.reverse,
        trail_intrabar=spec.trail_intrabar,
        sizing=spec.sizing,
        max_entries=spec.max_entries,
        entry_expiry=spec.entry_expiry if waits else 1,
        legs=tuple(
            Leg(part.share, take_profit=part.take_profit, target_multiple=part.target_multiple)
            for part in spec.parts
        ),
    )


def _one_of_several(spec: StrategySpec, panel: Panel, kept: dict[str, Reading]) -> Weights:
    """Trade one symbol with an eye on the others."""
    for name in _ONE_SYMBOL_ONLY:
        if getattr(spec, name):
            raise NotInterpretable(f"With several symbols there is no {name.replace('_', ' ')}.")
    reading = _reading(panel, spec.symbol, kept)
    n = len(panel)
    nothing = np.zeros(n, dtype=bool)
    enter = nothing if spec.long_entry is None else reading.condition(spec.long_entry)
    leave = nothing if spec.long_exit is None else reading.condition(spec.long_exit)
    traded = panel.symbols.index(spec.symbol)
    target = np.full((n, len(panel.symbols)), np.nan)
    held = False
    for t in range(n):
        if held and leave[t]:
            held, target[t] = False, 0.0
        elif not held and enter[t]:
            held, target[t] = True, 0.0
            target[t, traded] = neat(spec.size)
    return Weights(target, panel.symbols).checked(n, len(panel.symbols))


def _rotate(rotation: Rotation, panel: Panel, kept: dict[str, Reading]) -> Weights:
    """On each named day the best of those that may be held; a change of them is an order."""
    readings = [_reading(panel, symbol, kept) for symbol in panel.symbols]
    n, k = len(panel), len(readings)
    when = readings[0].condition(rotation.when)
    scores = allowed = None
    if rotation.rank is not None:
        scores = np.column_stack([one.value(rotation.rank) for one in readings])
        when = when & ~np.isnan(scores).any(axis=1)
    if rotation.only_if is not None:
        allowed = np.column_stack([one.condition(rotation.only_if) for one in readings])
    target = np.full((n, k), np.nan)
    held: list[int] | None = None
    for t in np.flatnonzero(when):
        chosen = [
            symbol
            for symbol in _best_first(scores, int(t), k, lowest=rotation.lowest)
            if allowed is None or allowed[t, symbol]
        ]
        if scores is not None:
            chosen = chosen[: rotation.hold]
        if chosen != held:
            held, target[t] = chosen, 0.0
            for symbol in chosen:
                target[t, symbol] = _share(rotation, symbol, len(chosen))
    return Weights(target, panel.symbols).checked(n, k)


def _best_first(scores: Any, t: int, k: int, *, lowest: bool) -> list[int]:
    if scores is None:
        return list(range(k))
    return sorted(range(k), key=lambda symbol: scores[t, symbol] * (1 if lowest else -1))


def _share(rotation: Rotation, symbol: int, chosen: int) -> float:
    if rotation.shares:
        return neat(rotation.shares[symbol])
    return 1.0 / chosen if rotation.rank is None else neat(1 / rotation.hold)


def _reading(panel: Panel, symbol: str, kept: dict[str, Reading]) -> Reading:
    if symbol not in kept:
        kept[symbol] = Reading(panel[symbol], {one.symbol: one for one in panel.bars})
    return kept[symbol]
