"""What the small parts of a script mean: its parameters, and what it hands to the engine."""

from __future__ import annotations

from typing import Any

from llm.specification.echo import protection, when
from llm.specification.indicators import INDICATORS
from llm.specification.model import StrategySpec
from llm.specification.words import days, percent, say_value

HANDED_OVER = "Hand the decisions to the engine, which keeps the books"
# Lines of loops, which are the same in every script that has them.
LOOPS = {
    "held = False": "Nothing is held before the first bar.",
    "held = None": "Nothing is held before the first choice.",
    "held = not held": "In after a purchase, out after a sale.",
    "held = chosen": "Remember what is held from here on.",
    "target[t] = 0.0": "Nothing is kept of what was held before,",
    "target = np.full(panel.close.shape, np.nan)": "A row of NaN changes nothing.",
    "for t in np.flatnonzero(enter | leave):": "Go through the days on which something happens.",
    "if (leave[t] if held else enter[t]):": "Sell only what is held, buy only when flat.",
}
_FRACTIONS = {
    "stop_loss": "Stop loss: {} from the entry.",
    "take_profit": "Take profit: {} of gain.",
    "trailing_stop": "Trailing stop: {} behind the best price.",
    "breakeven": "The stop moves to the entry after a gain of {}.",
    "exit_size": "An exit signal sells {} of the position.",
}
_DAYS = {
    "hold_bars": "Sold after {} at the latest.",
    "max_bars": "Sold after {} at the latest.",
    "cooldown": "No new entry for {} after an exit.",
}
_SIGNALS = {
    "enter": ("Buy", "long_entry"),
    "exit": ("Sell", "long_exit"),
    "enter_short": ("Sell short", "short_entry"),
    "exit_short": ("Cover", "short_exit"),
}
_LEVELS = {
    "stop_distance": "The stop lies this far from the fill price: {}.",
    "target_distance": "The target lies this far from the fill price: {}.",
    "trailing_distance": "The trailing stop follows at this distance: {}.",
    "stop_level": "The stop lies at this price: {}.",
    "target_level": "The target lies at this price: {}.",
    "entry_limit": "The entry waits for this price or a better one: {}.",
    "entry_stop": "The entry waits until the market reaches this price: {}.",
}


def of_parameter(name: str, value: float, told: str = "") -> str:
    """One entry of PARAMS; `told` is what the writer knows of it."""
    if told:
        return told
    if name in _FRACTIONS:
        return _FRACTIONS[name].format(percent(value))
    if name in _DAYS:
        return _DAYS[name].format(days(int(value)))
    text = " ".join(_spoken(word) for word in name.split("_"))
    return f"{text[0].upper()}{text[1:]}: {value:g}."


def _spoken(word: str) -> str:
    """The name of an indicator as charts write it; any other word as it is."""
    return word.upper() if word in INDICATORS and len(word) <= 5 else word


def of_argument(argument: str, spec: StrategySpec) -> str:
    """One `name=value` of what `signals` returns."""
    name = argument.partition("=")[0]
    if name in _SIGNALS:
        verb, part = _SIGNALS[name]
        return f"{verb} {when(getattr(spec, part))}."
    if name in _FRACTIONS:
        return _FRACTIONS[name].format(percent(getattr(spec, name)))
    if name in _LEVELS:
        return _LEVELS[name].format(say_value(getattr(spec, name)))
    if name in _DAYS:
        value = spec.hold_bars if name == "max_bars" else spec.cooldown
        return _DAYS[name].format(days(value or 1))
    return _of_option(name, spec)


def _of_option(name: str, spec: StrategySpec) -> str:
    told: dict[str, Any] = {
        "target_multiple": f"The target is {spec.target_multiple or 0:g} times as far as the stop.",
        "entry_expiry": "The entry waits until it is cancelled."
        if not spec.entry_expiry
        else f"The entry waits {days(spec.entry_expiry)}.",
        "reverse": "An opposite entry closes the position and opens the other one.",
        "trail_from": "The trailing stop is measured from the highest high.",
        "trail_intrabar": "The trailing stop is looked at inside each bar, too.",
        "max_entries": f"At most {spec.max_entries} entries are open at once.",
        "legs": "Each part of the position has a target of its own.",
    }
    if name in told:
        return str(told[name])
    sizes = [chip.value for chip in protection(spec) if chip.label == "Size"]
    return f"Size: {sizes[0] if sizes else 'all of the account'}."


def of_return(spec: StrategySpec) -> str:
    """The one line that hands everything over, with what it says beyond the signals."""
    extra = [f"{chip.label.lower()}: {chip.value}" for chip in protection(spec)]
    return "; ".join([HANDED_OVER, *extra]) + "."
