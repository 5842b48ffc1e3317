"""What a script writes about `ta`, `Signals` and `Leg`, read before it is run.

Values that are plain in the source go through the very checks that `Signals` makes at run time.
"""

import ast
from collections.abc import Iterator
from dataclasses import fields
from difflib import get_close_matches

import numpy as np

from engine import indicators, signals

Found = tuple[int, str, str]  # line, message, hint
_COUNTS = {
    "max_bars": (1, signals.MAX_HOLDING),
    "max_entries": (1, signals.MAX_ENTRIES),
    "entry_expiry": (0, signals.MAX_HOLDING),
    "cooldown": (0, signals.MAX_HOLDING),
}
_CHOICES = {"sizing": signals.SIZINGS, "trail_from": signals.PEAKS}
_SWITCHES = ("reverse", "trail_intrabar", "breakeven_after_target")
_COLUMNS = ("enter", "exit", "enter_short", "exit_short")
_FIELDS = {
    "Signals": [field.name for field in fields(signals.Signals)],
    "Leg": [field.name for field in fields(signals.Leg)],
}


def check_calls(tree: ast.Module) -> Iterator[Found]:
    """Yield what is wrong with the names of indicators and the arguments of signals."""
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield from _indicator(node, names)
        elif isinstance(node, ast.ImportFrom) and node.module == "engine.indicators":
            for alias in node.names:
                yield from _known(node.lineno, alias.name)
        elif isinstance(node, ast.Call):
            yield from _call(node, names)


def _imported(tree: ast.Module) -> dict[str, str]:
    """Return what the script calls things: its name for each name of the engine."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "engine":
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "engine.indicators" and alias.asname:
                    found[alias.asname] = "ta"
                elif alias.name == "engine":
                    found[alias.asname or "engine"] = "engine"
    return found


def _meaning(node: ast.expr, names: dict[str, str]) -> str | None:
    """Return the engine's name for an expression: Signals, ta; None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and _meaning(node.value, names) == "engine":
        return node.attr
    return None


def _indicator(node: ast.Attribute, names: dict[str, str]) -> Iterator[Found]:
    if _meaning(node.value, names) == "ta":
        yield from _known(node.lineno, node.attr)


def _known(line: int, name: str) -> Iterator[Found]:
    if not indicators.known(name) and not name.startswith("__"):
        hint = indicators.meant(name).strip() or "docs/indicators.md lists what there is."
        yield line, f"ta has no indicator {name}.", hint


def _call(node: ast.Call, names: dict[str, str]) -> Iterator[Found]:
    kind = _meaning(node.func, names)
    if kind not in _FIELDS:
        return
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        if keyword.arg not in _FIELDS[kind]:
            close = get_close_matches(keyword.arg, _FIELDS[kind], n=1)
            hint = f"Did you mean {close[0]}?" if close else f"It has {', '.join(_FIELDS[kind])}."
            yield keyword.value.lineno, f"{kind} has no {keyword.arg}.", hint
        elif kind == "Signals":
            yield from _refused(keyword)
    if kind == "Leg":
        yield from _leg(node)
    elif not any(keyword.arg is None for keyword in node.keywords):
        yield from _together(node)


def _refused(keyword: ast.keyword) -> Iterator[Found]:
    """Let the signals' own checks speak about a value that is plain in the source."""
    try:
        value = ast.literal_eval(keyword.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    try:
        _try(str(keyword.arg), value)
    except (signals.SignalsError, OverflowError) as error:
        yield keyword.value.lineno, str(error), f"Change {keyword.arg}, or leave it out."


def _try(name: str, value: object) -> None:
    if name in _COUNTS:
        if value is not None or name != "max_bars":
            signals.as_count(name, value, *_COUNTS[name])  # type: ignore[arg-type]
    elif name in _CHOICES:
        signals.as_choice(name, value, _CHOICES[name])  # type: ignore[arg-type]
    elif name in _SWITCHES:
        signals.as_switch(name, value)  # type: ignore[arg-type]
    elif name in _COLUMNS:
        if value is not None:
            raise signals.SignalsError(f"{name} is a column of True and False, not {value!r}.")
    elif name == "legs":
        signals.as_legs(value, has_distance=True)  # type: ignore[arg-type]
    elif isinstance(value, bool | str):
        raise signals.SignalsError(f"{name} must hold numbers, not {value!r}.")
    elif isinstance(value, int | float):
        signals.check_level(name, np.array([float(value)]))


def _leg(node: ast.Call) -> Iterator[Found]:
    given = {keyword.arg for keyword in node.keywords} - {"share"}
    if None not in given and len(given) + max(0, len(node.args) - 1) != 1:
        message = "A leg has one target: take_profit, target_multiple or target_distance."
        yield node.lineno, message, "For example Leg(0.5, take_profit=0.04)."


def _together(node: ast.Call) -> Iterator[Found]:
    """Fields that mean nothing without another one."""
    given = {str(keyword.arg) for keyword in node.keywords}
    stops = {"stop_loss", "stop_distance", "stop_level"}
    stops |= {"trailing_stop", "trailing_distance", "trailing_level"}
    sizing = next((k.value for k in node.keywords if k.arg == "sizing"), None)
    risk = isinstance(sizing, ast.Constant) and sizing.value == "risk"
    for name, wants in (
        ("entry_expiry", {"entry_limit", "entry_stop"}),
        ("breakeven_after_target", {"legs"}),
        ("breakeven_multiple", stops),
        ("target_multiple", stops),
    ):
        if name in given and not given & wants:
            hint = f"Add one of {', '.join(sorted(wants))}."
            yield node.lineno, f"{name} means nothing alone.", hint
    if risk and not given & stops:
        message = 'sizing="risk" needs a stop: without one there is no entry.'
        yield node.lineno, message, f"Add one of {', '.join(sorted(stops))}."
