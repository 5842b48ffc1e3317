"""Scenes in plain English, generated from the specification and the orders of the scene."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backtests.fidelity.moments import Moment
from backtests.fidelity.outcomes import Fill
from backtests.fidelity.reading import Reading
from backtests.fidelity.slips import denied, slip
from engine import Bars, Panel
from engine.worlds import World
from llm.specification import StrategySpec
from llm.specification import nodes as n
from llm.specification.walk import nodes, scale_of
from llm.specification.words import days, percent, say_condition, say_value

MOST_VALUES = 2
_WAYS_OUT = {
    "stop": "The stop is reached",
    "target": "The target is reached",
    "trail": "The trailing stop is reached",
    "signal": "The rule says so",
    "reverse": "The opposite entry comes",
}


def caption(spec: StrategySpec, world: World, moment: Moment) -> str:
    """What the scene shows, in one to three sentences."""
    if isinstance(world, Panel):
        told = [] if moment.fill is None and moment.other else [_of_several(spec, world, moment)]
        return _with_slip(spec, world, moment, told)
    reading = Reading(world)
    with np.errstate(divide="ignore", invalid="ignore"):
        if moment.missing is not None:
            return _near_miss(spec, reading, moment)
        told = [
            _entry(spec, reading, fill) if fill.opens else _exit(spec, reading, fill)
            for fill in (moment.fill, moment.exit)
            if fill is not None
        ]
    return _with_slip(spec, world, moment, told)


def _with_slip(spec: StrategySpec, world: World, moment: Moment, told: list[str]) -> str:
    if moment.other is not None:
        day = str(world.time[moment.last])[:10]
        wrong = slip(spec, moment.other)
        told.append(f"A script that {wrong} differs here, on {day}{_nothing(told)}.")
    return " ".join(told)


def _nothing(told: list[str]) -> str:
    return "" if told else ": by the rules nothing is ordered then"


def why(spec: StrategySpec, world: World, expected: Sequence[Fill], did: Sequence[Fill]) -> str:
    """Why the rules do what they do where a script does otherwise; empty where it is not short."""
    if isinstance(world, Panel):
        fill = next(iter(expected), None)
        return _of_several(spec, world, Moment("", 0, 0, 0, fill)) if fill is not None else ""
    reading = Reading(world)
    with np.errstate(divide="ignore", invalid="ignore"):
        for fill in expected:
            return _entry(spec, reading, fill) if fill.opens else _exit(spec, reading, fill)
        for fill in did:
            if not fill.opens and fill.reason != "signal":
                return ""
            side = "long" if (fill.way > 0) == fill.opens else "short"
            condition = getattr(spec, f"{side}_{'entry' if fill.opens else 'exit'}")
            if condition is None or fill.bar < 1 or reading.condition(condition)[fill.bar - 1]:
                return ""
            values = _values(condition, reading, fill.bar - 1)
            return f"At the close before, {denied(condition)}{values}."
    return ""


def _entry(spec: StrategySpec, reading: Reading, fill: Fill) -> str:
    condition = spec.long_entry if fill.way > 0 else spec.short_entry
    price = money(fill.price)
    if spec.entry_limit is not None or spec.entry_stop is not None:
        kind = "limit" if spec.entry_stop is None else "stop"
        return f"A waiting {kind} order is reached: {fill.word} at {price}."
    if isinstance(condition, n.Always):
        return f"The first day: {fill.word} at the next open, {price}."
    values = _values(condition, reading, fill.bar - 1)
    return f"{_upper(_brief(condition))}{values}: {fill.word} at the next open, {price}."


def _exit(spec: StrategySpec, reading: Reading, fill: Fill) -> str:
    price, is_long = money(fill.price), fill.way < 0
    if fill.reason == "time":
        return f"{_upper(days(spec.hold_bars or 0))} after the entry: {fill.word} at {price}."
    if fill.reason == "signal":
        condition = spec.long_exit if is_long else spec.short_exit
        values = _values(condition, reading, fill.bar - 1)
        return f"{_upper(_brief(condition))}{values}: {fill.word} at the next open, {price}."
    if fill.reason == "reverse":
        condition = spec.short_entry if is_long else spec.long_entry
        return f"{_upper(_brief(condition))}: {fill.word} and turned round at {price}."
    # A stop that moved is no longer at its distance.
    stop = spec.stop_loss if spec.breakeven is None else None
    size = {"stop": stop, "target": spec.take_profit, "trail": spec.trailing_stop}
    how = _WAYS_OUT.get(fill.reason, "The rule says so")
    if (fraction := size.get(fill.reason)) is not None:
        how = f"{how} ({percent(fraction)})"
    return f"{how}: {fill.word} at {price}."


def _near_miss(spec: StrategySpec, reading: Reading, moment: Moment) -> str:
    entry = spec.long_entry if spec.long_entry is not None else spec.short_entry
    word = "bought" if spec.long_entry is not None else "sold short"
    values = _values(moment.missing, reading, moment.first)
    missing = f"{denied(moment.missing)}{values}"
    if not isinstance(entry, n.AllOf):
        return f"Near, but {missing}: nothing is {word}."
    rest = [part for part in entry.conditions if part != moment.missing]
    return f"{_upper(' and '.join(map(_brief, rest)))}, but {missing}: nothing is {word}."


def _of_several(spec: StrategySpec, panel: Panel, moment: Moment) -> str:
    fill = moment.fill
    if spec.rotation is None:
        condition = spec.long_entry if fill is None or fill.opens else spec.long_exit
        done = "nothing changes" if fill is None else f"{fill.symbol} is {fill.word}"
        return f"{_upper(_brief(condition))}: {done} at the next open."
    when = _upper(_brief(spec.rotation.when))
    if fill is None:
        return f"{when}, and the same symbols are chosen again: nothing is ordered."
    chosen = f"{fill.symbol} is {'bought' if fill.way > 0 else 'sold'} at the next open"
    if spec.rotation.rank is None:
        return f"{when}: {chosen}."
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = [Reading(one).value(spec.rotation.rank)[fill.bar - 1] for one in panel.bars]
    told = ", ".join(
        f"{symbol} {_number(score, scale_of(spec.rotation.rank))}"
        for symbol, score in zip(panel.symbols, scores, strict=True)
    )
    ranked = say_value(spec.rotation.rank).removeprefix("the ")
    return f"{when}. By {ranked} ({told}) {chosen}."


def _values(condition: Any, reading: Reading, bar: int) -> str:
    """The numbers behind a condition on its day: " (28.4)", with names where there are several."""
    told: list[tuple[str, str]] = []
    comparisons = list(compared(condition))
    for node in comparisons:
        for value in (node.left, node.right):
            if not isinstance(value, n.Number | n.Price) and len(told) < MOST_VALUES:
                name = say_value(value).removeprefix("the ")
                number = float(reading.value(value)[bar]) if bar >= 0 else np.nan
                if np.isfinite(number) and all(name != known for known, _ in told):
                    told.append((name, _number(number, scale_of(value))))
    if len(told) == 1 or len(comparisons) == 1:
        return f" ({' against '.join(number for _, number in told)})" if told else ""
    return f" ({', '.join(f'{name} {number}' for name, number in told)})" if told else ""


def compared(condition: Any) -> Iterator[Any]:
    """The comparisons and crossings that a condition is made of."""
    if condition is not None:
        yield from (one for one in nodes(condition) if isinstance(one, n.Compare | n.Cross))


def overlays(spec: StrategySpec, bars: Bars) -> list[tuple[str, Any]]:
    """What the rules compare prices with, as lines over the candles: (name, one value a bar)."""
    reading, found = Reading(bars), dict[Any, str]()
    for condition in (spec.long_entry, spec.long_exit, spec.short_entry, spec.short_exit):
        for node in compared(condition):
            for value in (node.left, node.right):
                if not isinstance(value, n.Number | n.Price) and scale_of(value) == "price":
                    found.setdefault(value, say_value(value).removeprefix("the "))
    with np.errstate(divide="ignore", invalid="ignore"):
        return [(name, reading.value(value)) for value, name in list(found.items())[:3]]


def money(price: float) -> str:
    """A price as on the chart."""
    return f"{price:,.2f}"


def _number(value: float, scale: str) -> str:
    if scale == "fraction":
        return f"{value * 100:+.1f} %"
    if scale == "price":
        return money(value)
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"


def _brief(condition: Any) -> str:
    return say_condition(condition) if condition is not None else "always"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
