"""Values and conditions as Python: every indicator a named line, every number a parameter."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.model import StrategySpec
from llm.specification.names import key, nicknames, variable
from llm.specification.nodes import (
    Ago,
    AllOf,
    Always,
    AnyOf,
    Arithmetic,
    Calendar,
    Candle,
    Compare,
    Cross,
    First,
    Function,
    Indicator,
    NotTrue,
    Number,
    OnPeriod,
    Previous,
    Price,
    Streak,
    Within,
)
from llm.specification.walk import all_nodes, nodes
from llm.specification.words import say_value

_PERIODS = {"W": "weekly", "M": "monthly", "Q": "quarterly", "Y": "yearly"}
_NOT_WHOLE = ("deviations", "multiple", "step", "maximum", "share")
_FLAGS = {
    "week_start", "week_end", "month_start", "month_end",
    "quarter_start", "quarter_end", "year_start", "year_end",
}  # fmt: skip
_COUNTS = {
    "weekday": "day_of_week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
    "year_of_four": "year",
    "day_of_month": "day_of_month",
    "trading_day_of_month": "trading_day_of_month",
    "trading_days_left_in_month": "trading_days_left_in_month",
    "trading_day_of_week": "trading_day_of_week",
}
_FUNCTIONS = {"log": "np.log", "abs": "np.abs", "larger": "np.maximum", "smaller": "np.minimum"}


class Expressions:
    """Writes values and conditions; collects lines, their reasons, and parameters."""

    def __init__(self, spec: StrategySpec) -> None:
        self.spec = spec
        self.params: dict[str, float | int] = {}
        self.lines: list[tuple[str, str]] = []
        self.variables: dict[Any, str] = {}
        # What some parameters mean, where their names alone do not say it.
        self.told: dict[str, str] = {}
        self.uses_numpy = False
        self.side = "entry"
        self.bars = "bars"
        self.period = ""
        self.nicknames = nicknames(spec)

    def line(self, text: str, why: str) -> None:
        self.lines.append((text, why))

    # -- values -------------------------------------------------------------------------

    def value(self, node: Any, *, name: str = "", inside: bool = False) -> str:
        if isinstance(node, Number):
            if not name or node.value in (0, 1, -1):
                return repr(tidy(node.value))
            return self.param(name, node.value)
        if isinstance(node, Price):
            return f"{self._bars_of(node.symbol)}.{node.field}"
        if isinstance(node, Previous):
            of = self.value(node.of, name=name)
            if node.bars == 1:
                return f"ta.previous({of})"
            return f"ta.previous({of}, {self.param('bars_back', node.bars)})"
        if isinstance(node, Arithmetic):
            left = self.value(node.left, name=f"{name}_factor" if name else "factor", inside=True)
            right = self.value(node.right, name=f"{name}_amount" if name else "amount", inside=True)
            text = f"{left} {node.operator} {right}"
            return f"({text})" if inside else text
        if isinstance(node, Function):
            self.uses_numpy = True
            return f"{_FUNCTIONS[node.name]}({', '.join(self.value(part) for part in node.of)})"
        if isinstance(node, OnPeriod):
            return self._on_period(node)
        return self._indicator(node)

    def _bars_of(self, symbol: str) -> str:
        if not symbol or symbol == self.spec.symbol:
            return self.bars
        return self.variables.get((self.period, symbol), variable(symbol))

    def _on_period(self, node: OnPeriod) -> str:
        """The value on longer bars, brought back to the days."""
        if node in self.variables:
            return self.variables[node]
        longer, days = _PERIODS[node.period], self.bars
        if (node.period, "bars") not in self.variables:
            call = f"ta.resampled({days}, {node.period!r})"
            self.line(f"{longer} = {call}", f"Put the days together to finished {longer} bars.")
            self.variables[(node.period, "bars")] = longer
        for symbol in sorted(self._others_in(node)):
            if (node.period, symbol) not in self.variables:
                theirs = f"{longer}_{variable(symbol)}"
                call = f"ta.resampled({variable(symbol)}, {node.period!r})"
                self.line(f"{theirs} = {call}", f"The finished {longer} bars of {symbol}.")
                self.variables[(node.period, symbol)] = theirs
        kept, self.bars, self.period = self.variables, longer, node.period
        self.variables = {k: v for k, v in kept.items() if isinstance(k, tuple)}
        text = self.value(node.of)
        self.variables, self.bars, self.period = kept, days, ""
        if node.before:
            text = f"ta.previous({text})"
        name = self._free(f"{longer}_{re.sub(r'^.*[.]', '', text).split('(')[0] or 'value'}")
        self.variables[node] = name
        self.line(
            f"{name} = ta.align({longer}, {text}, {days})", f"On each day: {say_value(node)}."
        )
        return name

    def _others_in(self, node: OnPeriod) -> set[str]:
        """The other symbols that a value on longer bars reads."""
        named = {getattr(inner, "symbol", "") for inner in nodes(node.of)}
        return named - {"", self.spec.symbol}

    def _free(self, name: str) -> str:
        name = re.sub(r"\W+", "_", name).strip("_")
        taken, candidate, k = set(self.variables.values()), name, 2
        while candidate in taken:
            candidate, k = f"{name}_{k}", k + 1
        return candidate

    def _indicator(self, node: Indicator) -> str:
        if node in self.variables:
            return self.variables[node]
        info = INDICATORS[node.name]
        source = self.value(node.source) if node.source is not None else ""
        nickname = self.nicknames[key(node)]
        if self.bars != "bars" and self.bars in _PERIODS.values():
            nickname = f"{self.bars}_{nickname}"
        fields: dict[str, str] = {"x": source}
        used = {f for _, f, _, _ in Formatter().parse(info.template) if f}
        for (parameter, _), number in zip(info.parameters, node.numbers, strict=True):
            if parameter in used:
                whole = parameter not in _NOT_WHOLE
                named = self.param(f"{nickname}_{parameter}", int(number) if whole else number)
                self.told[named] = f"The {parameter.replace('_', ' ')} of {say_value(node)}."
                fields[parameter] = named
        call = info.template.format(**fields)
        if "np." in call:
            self.uses_numpy = True
        call = re.sub(r"\bbars\b", self._bars_of(node.symbol), call)
        if info.outputs:
            return self._unpack(node, call, nickname)
        self.variables[node] = nickname
        self.line(f"{nickname} = {call}", f"Compute {say_value(node)}.")
        return nickname

    def _unpack(self, node: Indicator, call: str, nickname: str) -> str:
        info = INDICATORS[node.name]
        wanted = {
            other.output
            for other in all_nodes(self.spec)
            if isinstance(other, Indicator) and key(other) == key(node)
        }
        names = []
        for output in info.outputs:
            if output not in wanted:
                names.append("_")
                continue
            names.append(f"{nickname}_{output}")
            twin = node.model_copy(update={"output": output})
            self.variables[twin] = names[-1]
        said = " and ".join(
            say_value(node.model_copy(update={"output": o})) for o in info.outputs if o in wanted
        )
        self.line(f"{', '.join(names)} = {call}", f"Compute {said}.")
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
            bars = self.param(f"{self.side}_days_in_a_row", node.bars)
            return f"ta.consecutive({self.condition(node.of)}, {bars})"
        if isinstance(node, Within):
            return self._within(node)
        if isinstance(node, Ago):
            return f"ta.previous({self.condition(node.of)}, {node.bars})"
        if isinstance(node, First):
            return f"ta.first({self.condition(node.of)})"
        if isinstance(node, AllOf | AnyOf):
            joint = " & " if isinstance(node, AllOf) else " | "
            return joint.join(f"({self.condition(c)})" for c in node.conditions)
        if isinstance(node, NotTrue):
            return f"~({self.condition(node.of)})"
        return self._named_condition(node)

    def _within(self, node: Within) -> str:
        bars = self.param(f"{self.side}_within_days", node.bars)
        if node.times == 1:
            return f"ta.within({self.condition(node.of)}, {bars})"
        self.uses_numpy = True
        inner = self.condition(node.of)
        count = f"np.convolve({inner}, np.ones({bars}, dtype=int))[: len({self.bars})]"
        return f"{count} >= {self.param(f'{self.side}_times', node.times)}"

    def _named_condition(self, node: Any) -> str:
        if isinstance(node, Calendar):
            return self._calendar(node)
        if isinstance(node, Candle):
            sign = {True: "> 0", False: "< 0", None: "!= 0"}[node.bullish]
            return f"ta.cdl{node.name}({self.bars}) {sign}"
        if isinstance(node, Always):
            self.uses_numpy = True
            return f"np.ones(len({self.bars}), dtype=bool)"
        raise TypeError(f"not a condition: {node!r}")

    def _pair(self, left: Any, right: Any, how: str) -> tuple[str, str]:
        first = self.value(left, name=self._level_name(right, how))
        return first, self.value(right, name=self._level_name(left, how))

    def _level_name(self, node: Any, how: str) -> str:
        words = {">": "above", ">=": "at_least", "<": "below", "<=": "at_most", "==": "equal"}
        text = self.value(node) if isinstance(node, Indicator | Price) else "level"
        return f"{self.side}_{re.sub(r'^bars.', '', text)}_{words.get(how, how)}"

    def _calendar(self, node: Calendar) -> str:
        bars = self._coming() if node.fills else self.bars
        if node.unit in _FLAGS:
            text = f"ta.{node.unit}({bars})"
            if not node.values:
                return text
            return f"{text} & {self._one_of(f'ta.month({bars})', node.values)}"
        counted = f"ta.{_COUNTS[node.unit]}({bars})"
        if node.unit == "year_of_four":
            counted = f"{counted} % 4"
        return self._one_of(counted, node.values)

    def _one_of(self, counted: str, values: tuple[int, ...]) -> str:
        if len(values) == 1:
            return f"({counted} == {values[0]})"
        self.uses_numpy = True
        return f"np.isin({counted}, {list(values)})"

    def _coming(self) -> str:
        if "coming" not in self.variables:
            self.variables["coming"] = "coming"
            self.line(
                f"coming = ta.next_session({self.bars})",
                "The session on which an order of this day fills.",
            )
        return "coming"

    # -- names --------------------------------------------------------------------------

    def param(self, name: str, number: float) -> str:
        name = re.sub(r"\W+", "_", name).strip("_")
        neat = tidy(number)
        candidate, k = name, 2
        while candidate in self.params and self.params[candidate] != neat:
            candidate, k = f"{name}_{k}", k + 1
        self.params[candidate] = neat
        return candidate


def tidy(number: float) -> float | int:
    return int(number) if float(number).is_integer() else round(float(number), 12)
