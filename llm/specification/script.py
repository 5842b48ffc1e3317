"""From a specification to one readable Python file, and its lines explained.

Every number of the idea becomes a named entry of PARAMS, every indicator a named line, so that
the script can be read aloud against the idea and swept over its numbers.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from llm.specification.echo import describe, when
from llm.specification.expressions import Expressions, tidy
from llm.specification.meanings import HANDED_OVER, LOOPS, of_argument, of_parameter, of_return
from llm.specification.model import StrategySpec
from llm.specification.names import variable
from llm.specification.nodes import Always
from llm.specification.rotating import RotationLines
from llm.specification.walk import VALUES, roots, warm_up
from llm.specification.words import percent

LINE = 96
_ENTRIES = (
    ("long_entry", "enter", "Buy"),
    ("long_exit", "exit", "Sell"),
    ("short_entry", "enter_short", "Sell short"),
    ("short_exit", "exit_short", "Cover"),
)


@dataclass(frozen=True, slots=True)
class Explained:
    """One line of a script (from 1) in plain English."""

    line: int
    sentence: str


def write_script(spec: StrategySpec) -> str:
    """The whole file: docstring, PARAMS, signals(), and the line that lets it run by itself."""
    return _File(spec).text()


def parameters(spec: StrategySpec) -> dict[str, float | int]:
    """PARAMS as the script has them."""
    file = _File(spec)
    file.text()
    return file.writer.params


def explain(spec: StrategySpec) -> list[Explained]:
    """Every line of the script with what it does, in the order of lines; from the specification."""
    file = _File(spec)
    file.text()
    return file.explained


def lookback_bars(spec: StrategySpec) -> int:
    """How many bars pass before the first possible signal (an upper estimate)."""
    return max((warm_up(root) for root in roots(spec)), default=0)


class _File:
    def __init__(self, spec: StrategySpec) -> None:
        self.spec = spec
        self.writer: Expressions = RotationLines(spec) if spec.rotation else Expressions(spec)
        self.explained: list[Explained] = []

    def text(self) -> str:
        result = self._result()
        writer = self.writer
        first = "panel" if self._is_panel else "bars"
        names = ["Weights" if self._is_panel else "Signals", "run", "ta"]
        if self.spec.parts:
            names = ["Leg", *names]
        head: list[tuple[str, str]] = [
            (line, "") for line in f'"""{_wrap(describe(self.spec))}\n"""\n'.splitlines()
        ]
        if writer.uses_numpy:
            head += [("import numpy as np", "numpy, for columns of numbers."), ("", "")]
        imports = f"from engine import {', '.join(names)}"
        head += [(imports, "What the engine offers to a strategy."), ("", "")]
        head += self._params()
        head += [("", ""), ("", "")]
        if isinstance(writer, RotationLines):
            head += writer.helpers
        head += self._signature(first)
        body = [(f"    {text}" if text else "", why) for text, why in writer.lines]
        tail = [("", ""), ("", "")]
        tail += [('if __name__ == "__main__":', "Only when the file is run by itself:")]
        tail += [("    run(signals, PARAMS)", "Lets the file run by itself on a file of prices.")]
        lines = [*head, *body, *result, *tail]
        self.explained = [Explained(k, why) for k, (_, why) in enumerate(lines, 1) if why]
        return "\n".join(text for text, _ in lines) + "\n"

    @property
    def _is_panel(self) -> bool:
        return self.spec.rotation is not None or len(self.spec.symbols) > 1

    def _params(self) -> list[tuple[str, str]]:
        params = self.writer.params
        if not params:
            return [("PARAMS = {}", "The idea has no numbers to vary.")]
        lines = [("PARAMS = {", "Every number of the idea, by name; a sweep varies these.")]
        told = self.writer.told
        lines += [
            (f'    "{k}": {v!r},', of_parameter(k, v, told.get(k, ""))) for k, v in params.items()
        ]
        return [*lines, ("}", "The end of the numbers.")]

    def _signature(self, first: str) -> list[tuple[str, str]]:
        params, why = self.writer.params, "Decides for every bar at its close, from the past alone."
        if not params:
            return [(f"def signals({first}):", why)]
        line = f"def signals({first}, {', '.join(params)}):"
        if len(line) <= LINE:
            return [(line, why)]
        return [
            ("def signals(", why),
            (f"    {first},", "The prices, bar by bar."),
            *(
                (f"    {name},", of_parameter(name, value, self.writer.told.get(name, "")))
                for name, value in params.items()
            ),
            ("):", "From here on: what is decided."),
        ]

    # -- what signals() returns ---------------------------------------------------------------

    def _result(self) -> list[tuple[str, str]]:
        if isinstance(self.writer, RotationLines):
            self.writer.write()
            return [("    return Weights(target)", "The shares to hold from the next open on.")]
        if self._is_panel:
            return self._one_of_several()
        arguments = self._signals()
        call = f"    return Signals({', '.join(arguments)})"
        if len(call) <= LINE:
            return [(call, of_return(self.spec))]
        return [
            ("    return Signals(", f"{HANDED_OVER}:"),
            *((f"        {argument},", of_argument(argument, self.spec)) for argument in arguments),
            ("    )", "That is all it decides."),
        ]

    def _one_of_several(self) -> list[tuple[str, str]]:
        """Trade the first symbol with an eye on the others."""
        writer, spec = self.writer, self.spec
        writer.uses_numpy = True
        writer.line(f'bars = panel["{spec.symbol}"]', f"The prices of {spec.symbol}, the traded.")
        for symbol in spec.symbols:
            if symbol != spec.symbol:
                writer.line(f'{variable(symbol)} = panel["{symbol}"]', f"The prices of {symbol}.")
        entry = writer.condition(spec.long_entry)
        writer.line(f"enter = {entry}", f"Buy {when(spec.long_entry)}.")
        writer.side = "exit"
        leave = "np.zeros(len(bars), dtype=bool)"
        why = "It never sells."
        if spec.long_exit is not None:
            leave, why = writer.condition(spec.long_exit), f"Sell {when(spec.long_exit)}."
        writer.line(f"leave = {leave}", why)
        column = list(spec.symbols).index(spec.symbol)
        for line in (
            "",
            "target = np.full(panel.close.shape, np.nan)",
            "held = False",
            "for t in np.flatnonzero(enter | leave):",
            "    if (leave[t] if held else enter[t]):",
            "        held = not held",
            "        target[t] = 0.0",
        ):
            writer.line(line, LOOPS.get(line.strip(), ""))
        share = f"        target[t, {column}] = {tidy(spec.size)!r} if held else 0.0"
        writer.line(share, f"and {spec.symbol} has {percent(spec.size)} of the account while held.")
        return [("    return Weights(target)", "The share to hold from the next open on.")]

    def _signals(self) -> list[str]:
        spec, writer = self.spec, self.writer
        arguments = []
        for part, name, verb in _ENTRIES:
            condition = getattr(spec, part)
            if condition is None:
                continue
            writer.side = part.split("_")[1] if "long" in part else name
            variable_ = "leave" if name == "exit" else name
            first = "the first day" if isinstance(condition, Always) else ""
            text = writer.condition(condition)
            writer.line(
                f"{variable_} = {text}", f"{verb} {f'on {first}' if first else when(condition)}."
            )
            arguments.append(f"{name}={variable_}")
        for part in ("stop_loss", "take_profit", "trailing_stop", "target_multiple", "breakeven"):
            if (fraction := getattr(spec, part)) is not None:
                arguments.append(f"{part}={writer.param(part, fraction)}")
        for part in VALUES:
            if (level := getattr(spec, part)) is not None:
                text = writer.value(level, name=part)
                writer.line(f"{part} = {text}", of_argument(part, spec))
                arguments.append(f"{part}={part}")
        return arguments + self._options()

    def _options(self) -> list[str]:
        spec, writer = self.spec, self.writer
        found = []
        if (spec.entry_limit or spec.entry_stop) and spec.entry_expiry != 1:
            found.append(f"entry_expiry={spec.entry_expiry}")
        if spec.hold_bars is not None:
            found.append(f"max_bars={writer.param('hold_bars', spec.hold_bars)}")
        if spec.cooldown:
            found.append(f"cooldown={writer.param('cooldown', spec.cooldown)}")
        if spec.reverse:
            found.append("reverse=True")
        if spec.trail_intrabar:
            found.append("trail_intrabar=True")
        if spec.trail_from == "high":
            found.append('trail_from="high"')
        if spec.sizing != "equity":
            found.append(f'sizing="{spec.sizing}"')
        if spec.size != 1:
            found.append(f"size={writer.param('size', spec.size)}")
        if spec.max_entries > 1:
            found.append(f"max_entries={spec.max_entries}")
        if spec.exit_size is not None:
            found.append(f"exit_size={writer.param('exit_size', spec.exit_size)}")
        if spec.parts:
            found.append(f"legs=[{', '.join(_leg(part) for part in spec.parts)}]")
        return found


def _leg(part: Any) -> str:
    if part.take_profit is not None:
        return f"Leg({part.share:g}, take_profit={part.take_profit:g})"
    return f"Leg({part.share:g}, target_multiple={part.target_multiple:g})"


def _wrap(text: str) -> str:
    return textwrap.fill(text.replace("\\", "/").replace('"', "'"), LINE - 4)
