"""The parts that rules are made of: values of a bar, and what can be true on it.

Frozen and hashable, so that equal parts of an idea are one part of the script.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from llm.specification.indicators import INDICATORS


class Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Node):
    """A level, in the units of what it is compared with (fractions for changes)."""

    kind: Literal["number"] = "number"
    value: float


class Price(Node):
    """One column of the bars; `symbol` where it is not that of the traded symbol."""

    kind: Literal["price"] = "price"
    field: Literal["open", "high", "low", "close", "volume"] = "close"
    symbol: str = ""


class Indicator(Node):
    """A named indicator with all its numbers; `source` only where it reads one series."""

    kind: Literal["indicator"] = "indicator"
    name: str
    numbers: tuple[float, ...] = ()
    output: str = ""
    source: Value | None = None
    symbol: str = ""

    @model_validator(mode="after")
    def _known(self) -> Indicator:
        info = INDICATORS.get(self.name)
        if info is None:
            raise ValueError(f"unknown indicator {self.name!r}")
        if len(self.numbers) != len(info.parameters):
            raise ValueError(f"{self.name} takes {len(info.parameters)} numbers")
        if info.outputs and self.output not in info.outputs:
            raise ValueError(f"{self.name} has no output {self.output!r}")
        if (self.source is not None) != info.reads_series:
            raise ValueError(f"{self.name}: source does not fit")
        if any(number < least for number, least in zip(self.numbers, info.least, strict=True)):
            raise ValueError(f"{self.name}: a number is too small")
        return self


class Previous(Node):
    """The same value some bars earlier."""

    kind: Literal["previous"] = "previous"
    of: Value
    bars: int = Field(ge=1)


class Arithmetic(Node):
    kind: Literal["arithmetic"] = "arithmetic"
    operator: Literal["+", "-", "*", "/"]
    left: Value
    right: Value


class Function(Node):
    """A function of one or two values: log(x), abs(x), larger(x, y), smaller(x, y)."""

    kind: Literal["function"] = "function"
    name: Literal["log", "abs", "larger", "smaller"]
    of: tuple[Value, ...] = Field(min_length=1, max_length=2)


class OnPeriod(Node):
    """A value of the last finished weeks, months, quarters or years, as known on each bar."""

    kind: Literal["on_period"] = "on_period"
    period: Literal["W", "M", "Q", "Y"]
    of: Value
    # The period before the one that is finished at this bar: "the previous month's high".
    before: bool = False


Value = Annotated[
    Number | Price | Indicator | Previous | Arithmetic | Function | OnPeriod,
    Field(discriminator="kind"),
]


class Compare(Node):
    """True on every bar where it holds."""

    kind: Literal["compare"] = "compare"
    left: Value
    operator: Literal[">", ">=", "<", "<=", "=="]
    right: Value


class Cross(Node):
    """True only on the bar of the crossing."""

    kind: Literal["cross"] = "cross"
    left: Value
    direction: Literal["above", "below"]
    right: Value


class Streak(Node):
    """True when the condition held on each of the last `bars` bars."""

    kind: Literal["streak"] = "streak"
    of: Condition
    bars: int = Field(ge=1)


class Within(Node):
    """True when the condition held on at least `times` of the last `bars` bars, today included."""

    kind: Literal["within"] = "within"
    of: Condition
    bars: int = Field(ge=1)
    times: int = Field(default=1, ge=1)


class Ago(Node):
    """True when the condition held exactly that many bars earlier."""

    kind: Literal["ago"] = "ago"
    of: Condition
    bars: int = Field(ge=1)


class First(Node):
    """True on the bar on which the condition turns true."""

    kind: Literal["first"] = "first"
    of: Condition


class AllOf(Node):
    kind: Literal["all"] = "all"
    conditions: tuple[Condition, ...] = Field(min_length=2)


class AnyOf(Node):
    kind: Literal["any"] = "any"
    conditions: tuple[Condition, ...] = Field(min_length=2)


class NotTrue(Node):
    kind: Literal["not"] = "not"
    of: Condition


class Candle(Node):
    """A candlestick pattern as TA-Lib recognises it; `bullish` None takes either sign."""

    kind: Literal["candle"] = "candle"
    name: str = Field(pattern=r"^[a-z0-9]+$")
    bullish: bool | None = None


CalendarUnit = Literal[
    "weekday",
    "month",
    "quarter",
    "year",
    "year_of_four",
    "day_of_month",
    "trading_day_of_month",
    "trading_days_left_in_month",
    "trading_day_of_week",
    "week_start",
    "week_end",
    "month_start",
    "month_end",
    "quarter_start",
    "quarter_end",
    "year_start",
    "year_end",
]


class Calendar(Node):
    """A rule about the day of the bar.

    `values` are days 0 (Monday) to 6, months 1 to 12, and so on; the units that name a start or
    an end need none. With `fills` the named day is that of the fill: the signal is given on the
    session before it.
    """

    kind: Literal["calendar"] = "calendar"
    unit: CalendarUnit
    values: tuple[int, ...] = ()
    fills: bool = False


class Always(Node):
    kind: Literal["always"] = "always"


Condition = Annotated[
    Compare
    | Cross
    | Streak
    | Within
    | Ago
    | First
    | AllOf
    | AnyOf
    | NotTrue
    | Candle
    | Calendar
    | Always,
    Field(discriminator="kind"),
]

for _model in (Indicator, Previous, Arithmetic, Function, OnPeriod, Compare, Cross):
    _model.model_rebuild()
for _part in (Streak, Within, Ago, First, AllOf, AnyOf, NotTrue):
    _part.model_rebuild()
