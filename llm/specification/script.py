"""From a specification to one readable Python file.

Every number of the idea becomes a named entry of PARAMS, every indicator a named line, so that
the script can be read aloud against the idea and swept over its numbers.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

from llm.specification.echo import describe
from llm.specification.indicators import INDICATORS
from llm.specification.model import (
    AllOf,
    Always,
    AnyOf,
    Arithmetic,
    Calendar,
    Compare,
    Cross,
    Indicator,
    NotTrue,
    Number,
    Previous,
    Price,
    StrategySpec,
    Streak,
    Within,
)
from llm.specification.walk import PARTS, all_nodes, warm_up

LINE = 96


def write_script(spec: StrategySpec) -> str:
    """The whole file: docstring, PARAMS, signals(), and the line that lets it run by itself."""
    return _Writer(spec).text()


def parameters(spec: StrategySpec) -> dict[str, float | int]:
    """PARAMS as the script has them."""
    writer = _Writer(spec)
    writer.text()
    return writer.params


def lookback_bars(spec: StrategySpec) -> int:
    """How many bars pass before the first possible signal (an upper estimate)."""
    roots = [getattr(spec, part) for part in PARTS]
    return max((warm_up(root) for root in roots if root is not None), default=0)


class _Writer:
    def __init__(self, spec: StrategySpec) -> None:
        self.spec = spec
        self.params: dict[str, float | int] = {}
        self.lines: list[str] = []
        self.variables: dict[Any, str] = {}
        self.unpacked: dict[tuple[Any, ...], dict[str, str]] = {}
        self.imports_numpy = False
        self.side = "entry"
        self.nicknames = _nicknames(spec)

    # -- the file -----------------------------------------------------------------------

    def text(self) -> str:
        arguments = self._signals()
        body = [f"    {line}" for line in self.lines]
        call = f"    return Signals({', '.join(arguments)})"
        if len(call) > LINE:
            call = "    return Signals(\n" + "".join(f"        {a},\n" for a in arguments) + "    )"
        head = f"def signals(bars, {', '.join(self.params)}):" if self.params else ""
        if len(head) > LINE:
            names = "".join(f"    {name},\n" for name in self.params)
            head = f"def signals(\n    bars,\n{names}):"
        params = "".join(f'    "{k}": {v!r},\n' for k, v in self.params.items())
        parts = [
            f'"""{_wrap(describe(self.spec))}\n"""',
            "",
            *(["import numpy as np", ""] if self.imports_numpy else []),
            "from engine import Signals, run, ta",
            "",
            "PARAMS = {\n" + params + "}" if params else "PARAMS = {}",
            "",
            "",
            head or "def signals(bars):",
            *body,
            call,
            "",
            "",
            'if __name__ == "__main__":',
            "    run(signals, PARAMS)",
            "",
        ]
        return "\n".join(parts)

    def _signals(self) -> list[str]:
        spec = self.spec
        arguments = []
        for part, name in (
            ("long_entry", "enter"),
            ("long_exit", "exit"),
            ("short_entry", "enter_short"),
            ("short_exit", "exit_short"),
        ):
            condition = getattr(spec, part)
            if condition is not None:
                self.side = part.split("_")[1] if "long" in part else name
                variable = "leave" if name == "exit" else name
                self.lines.append(f"{variable} = {self.condition(condition)}")
                arguments.append(f"{name}={variable}")
        for part in ("stop_loss", "take_profit", "trailing_stop"):
            if (fraction := getattr(spec, part)) is not None:
                arguments.append(f"{part}={self._param(part, fraction)}")
        for part in ("stop_distance", "target_distance", "trailing_distance"):
            if (distance := getattr(spec, part)) is not None:
                self.lines.append(f"{part} = {self.value(distance, name=part)}")
                arguments.append(f"{part}={part}")
        if spec.hold_bars is not None:
            arguments.append(f"max_bars={self._param('hold_bars', spec.hold_bars)}")
        if spec.reverse:
            arguments.append("reverse=True")
        if spec.size != 1:
            arguments.append(f"size={self._param('size', spec.size)}")
        return arguments

    # -- values -------------------------------------------------------------------------

    def value(self, node: Any, *, name: str = "", inside: bool = False) -> str:
        if isinstance(node, Number):
            if not name or node.value in (0, 1, -1):
                return repr(_tidy(node.value))
            return self._param(name, node.value)
        if isinstance(node, Price):
            return f"bars.{node.field}"
        if isinstance(node, Previous):
            of = self.value(node.of)
            if node.bars == 1:
                return f"ta.previous({of})"
            return f"ta.previous({of}, {self._param('bars_back', node.bars)})"
        if isinstance(node, Arithmetic):
            left = self.value(node.left, name=f"{name}_factor" if name else "factor", inside=True)
            right = self.value(node.right, name=f"{name}_amount" if name else "amount", inside=True)
            text = f"{left} {node.operator} {right}"
            return f"({text})" if inside else text
        return self._indicator(node)

    def _indicator(self, node: Indicator) -> str:
        if node in self.variables:
            return self.variables[node]
        info = INDICATORS[node.name]
        source = self.value(node.source) if node.source is not None else ""
        nickname = self.nicknames[_key(node)]
        fields: dict[str, str] = {"x": source}
        used = {f for _, f, _, _ in Formatter().parse(info.template) if f}
        for (parameter, _), number in zip(info.parameters, node.numbers, strict=True):
            if parameter in used:
                whole = parameter not in ("deviations", "multiple", "step", "maximum")
                fields[parameter] = self._param(
                    f"{nickname}_{parameter}", int(number) if whole else number
                )
        if info.outputs:
            return self._unpack(node, info.template.format(**fields), nickname)
        self.variables[node] = nickname
        self.lines.append(f"{nickname} = {info.template.format(**fields)}")
        return nickname

    def _unpack(self, node: Indicator, call: str, nickname: str) -> str:
        info = INDICATORS[node.name]
        wanted = {
            other.output
            for other in all_nodes(self.spec)
            if isinstance(other, Indicator) and _key(other) == _key(node)
        }
        names = []
        for output in info.outputs:
            if output not in wanted:
                names.append("_")
                continue
            names.append(f"{nickname}_{output}")
            twin = node.model_copy(update={"output": output})
            self.variables[twin] = names[-1]
        self.lines.append(f"{', '.join(names)} = {call}")
        return self.variables[node]

    # -- conditions ---------------------------------------------------------------------

    def condition(self, node: Any) -> str:
        if isinstance(node, Compare):
            left, right = self._pair(node.left, node.right, node.operator)
            return f"{left} {node.operator} {right}"
        if isinstance(node, Cross):
            left, right = self._pair(node.left, node.right, node.direction)
            return f"ta.crosses_{node.direction}({left}, {right})"
        if isinstance(node, Streak):
            bars = self._param(f"{self.side}_days_in_a_row", node.bars)
            return f"ta.consecutive({self.condition(node.of)}) >= {bars}"
        if isinstance(node, Within):
            bars = self._param(f"{self.side}_within_days", node.bars)
            return f"ta.within({self.condition(node.of)}, {bars})"
        if isinstance(node, AllOf | AnyOf):
            joint = " & " if isinstance(node, AllOf) else " | "
            return joint.join(f"({self.condition(c)})" for c in node.conditions)
        if isinstance(node, NotTrue):
            return f"~({self.condition(node.of)})"
        if isinstance(node, Calendar):
            return self._calendar(node)
        if isinstance(node, Always):
            self.imports_numpy = True
            return "np.ones(len(bars), dtype=bool)"
        raise TypeError(f"not a condition: {node!r}")

    def _pair(self, left: Any, right: Any, how: str) -> tuple[str, str]:
        first = self.value(left, name=self._level_name(right, how))
        return first, self.value(right, name=self._level_name(left, how))

    def _level_name(self, node: Any, how: str) -> str:
        word = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most"}.get(how, how)
        text = self.value(node) if isinstance(node, Indicator | Price) else "level"
        return f"{self.side}_{re.sub(r'^bars.', '', text)}_{word}"

    def _calendar(self, node: Calendar) -> str:
        self.imports_numpy = True
        values = list(node.values)
        months = "bars.time.astype('datetime64[M]').astype(int)"
        if node.unit == "weekday":
            # Day 0 of the epoch was a Thursday.
            days = "(bars.time.astype('datetime64[D]').astype(int) + 3) % 7"
            return f"np.isin({days}, {values})"
        month = f"np.isin({months} % 12 + 1, {values})"
        if node.unit == "month":
            return month
        first = f"(np.diff({months}, prepend=-1) != 0) & (np.arange(len(bars)) > 0)"
        return f"{first} & {month}" if values else first

    # -- names --------------------------------------------------------------------------

    def _param(self, name: str, number: float) -> str:
        name = re.sub(r"\W+", "_", name).strip("_")
        tidy = _tidy(number)
        candidate, k = name, 2
        while candidate in self.params and self.params[candidate] != tidy:
            candidate, k = f"{name}_{k}", k + 1
        self.params[candidate] = tidy
        return candidate


def _key(node: Indicator) -> tuple[Any, ...]:
    """One call of an indicator, whichever of its columns is meant."""
    return (node.name, node.numbers, node.source)


def _nicknames(spec: StrategySpec) -> dict[tuple[Any, ...], str]:
    """A speaking name for every indicator: `rsi`, `fast_sma`, `slow_sma`, `highest_high`."""
    groups: dict[str, list[Indicator]] = {}
    for node in all_nodes(spec):
        if isinstance(node, Indicator):
            base = node.name
            if base in ("highest", "lowest") and isinstance(node.source, Price):
                base = f"{base}_{node.source.field}"
            elif base in ("sma", "ema", "stddev") and node.source != Price():
                source = node.source
                if isinstance(source, Price):
                    base = f"{source.field}_{base}"
                elif isinstance(source, Indicator):
                    base = f"{source.name}_{base}"
            group = groups.setdefault(base, [])
            if all(_key(node) != _key(other) for other in group):
                group.append(node)
    names: dict[tuple[Any, ...], str] = {}
    for base, group in groups.items():
        group.sort(key=lambda node: node.numbers)
        marks = {1: [""], 2: ["fast_", "slow_"], 3: ["fast_", "middle_", "slow_"]}.get(len(group))
        for k, node in enumerate(group):
            names[_key(node)] = f"{marks[k]}{base}" if marks else f"{base}_{k + 1}"
    return names


def _tidy(number: float) -> float | int:
    return int(number) if float(number).is_integer() else round(float(number), 12)


def _wrap(text: str) -> str:
    import textwrap

    return textwrap.fill(text.replace("\\", "/").replace('"', "'"), LINE - 4)
