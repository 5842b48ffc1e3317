"""The strategy specification: what an idea means, without a word of how it was said.

Version 1. Frozen and hashable, so that equal parts of an idea are one part of the script.
`StrategySpec.model_json_schema()` is the schema that other providers are asked to fill.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from llm.specification.indicators import INDICATORS

SPECIFICATION_VERSION = 1


class Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Number(Node):
    """A level, in the units of what it is compared with (fractions for changes)."""

    kind: Literal["number"] = "number"
    value: float


class Price(Node):
    """One column of the bars."""

    kind: Literal["price"] = "price"
    field: Literal["open", "high", "low", "close", "volume"] = "close"


class Indicator(Node):
    """A named indicator with all its numbers; `source` only where it reads one series."""

    kind: Literal["indicator"] = "indicator"
    name: str
    numbers: tuple[float, ...] = ()
    output: str = ""
    source: Value | None = None

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


Value = Annotated[Number | Price | Indicator | Previous | Arithmetic, Field(discriminator="kind")]


class Compare(Node):
    """True on every bar where it holds."""

    kind: Literal["compare"] = "compare"
    left: Value
    operator: Literal[">", ">=", "<", "<="]
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
    """True when the condition held on at least one of the last `bars` bars, today included."""

    kind: Literal["within"] = "within"
    of: Condition
    bars: int = Field(ge=1)


class AllOf(Node):
    kind: Literal["all"] = "all"
    conditions: tuple[Condition, ...] = Field(min_length=2)


class AnyOf(Node):
    kind: Literal["any"] = "any"
    conditions: tuple[Condition, ...] = Field(min_length=2)


class NotTrue(Node):
    kind: Literal["not"] = "not"
    of: Condition


class Calendar(Node):
    """A rule about the day of the bar; weekdays are 0 (Monday) to 6, months 1 to 12."""

    kind: Literal["calendar"] = "calendar"
    unit: Literal["weekday", "month", "month_start"]
    values: tuple[int, ...] = ()


class Always(Node):
    kind: Literal["always"] = "always"


Condition = Annotated[
    Compare | Cross | Streak | Within | AllOf | AnyOf | NotTrue | Calendar | Always,
    Field(discriminator="kind"),
]


class Settings(Node):
    """What the idea itself says about the test; absent where it says nothing."""

    start: date | None = None
    end: date | None = None
    initial_capital: float | None = Field(default=None, gt=0)
    commission: float | None = Field(default=None, ge=0, lt=0.5)
    slippage: float | None = Field(default=None, ge=0, lt=0.5)

    def said(self) -> dict[str, object]:
        """The settings the idea gives, days in ISO form."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self
            if value is not None
        }


class StrategySpec(Node):
    """One strategy on one symbol, one position at a time."""

    version: Literal[1] = 1
    symbol: str
    long_entry: Condition | None = None
    long_exit: Condition | None = None
    short_entry: Condition | None = None
    short_exit: Condition | None = None
    reverse: bool = False
    stop_loss: float | None = Field(default=None, gt=0, lt=1)
    take_profit: float | None = Field(default=None, gt=0)
    trailing_stop: float | None = Field(default=None, gt=0, lt=1)
    stop_distance: Value | None = None
    target_distance: Value | None = None
    trailing_distance: Value | None = None
    hold_bars: int | None = Field(default=None, ge=1)
    size: float = Field(default=1.0, gt=0, le=1)
    settings: Settings = Settings()
    assumptions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _enters(self) -> StrategySpec:
        if self.long_entry is None and self.short_entry is None:
            raise ValueError("a strategy needs at least one entry")
        return self


for _model in (Indicator, Previous, Arithmetic, Compare, Cross, Streak, Within, AllOf, AnyOf):
    _model.model_rebuild()
NotTrue.model_rebuild()
StrategySpec.model_rebuild()
