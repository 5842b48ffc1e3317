"""The strategy specification: what an idea means, without a word of how it was said.

Version 2. `StrategySpec.model_json_schema()` is the schema that other providers are asked to
fill; `llm.specification.nodes` holds the values and conditions it is made of.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from llm.specification.nodes import Condition, Node, Value

SPECIFICATION_VERSION = 2


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


class Part(Node):
    """A share of every entry with a target of its own: one of the two is given."""

    share: float = Field(gt=0, le=1)
    take_profit: float | None = Field(default=None, gt=0)
    target_multiple: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_target(self) -> Part:
        if (self.take_profit is None) == (self.target_multiple is None):
            raise ValueError("a part has one target")
        return self


class Rotation(Node):
    """On every bar where `when` holds, the best of several symbols are held until the next.

    `rank` is computed for each symbol; `only_if`, for each symbol too, says whether it may be held
    at all. What is not held stays in cash. Without `rank` all that may be held get equal shares.
    """

    when: Condition
    rank: Value | None = None
    hold: int = Field(default=1, ge=1)
    lowest: bool = False
    only_if: Condition | None = None
    shares: tuple[float, ...] = ()


class StrategySpec(Node):
    """One strategy: rules for one symbol (which may read others), or a rotation over several."""

    version: Literal[2] = 2
    symbol: str
    # Every symbol whose prices are needed, the traded one first; empty where it is the only one.
    symbols: tuple[str, ...] = ()

    long_entry: Condition | None = None
    long_exit: Condition | None = None
    short_entry: Condition | None = None
    short_exit: Condition | None = None
    reverse: bool = False
    rotation: Rotation | None = None

    stop_loss: float | None = Field(default=None, gt=0, lt=1)
    take_profit: float | None = Field(default=None, gt=0)
    trailing_stop: float | None = Field(default=None, gt=0, lt=1)
    stop_distance: Value | None = None
    target_distance: Value | None = None
    trailing_distance: Value | None = None
    stop_level: Value | None = None
    target_level: Value | None = None
    target_multiple: float | None = Field(default=None, gt=0)
    breakeven: float | None = Field(default=None, gt=0)
    trail_intrabar: bool = False
    trail_from: Literal["close", "high"] = "close"
    hold_bars: int | None = Field(default=None, ge=1)
    cooldown: int = Field(default=0, ge=0)
    parts: tuple[Part, ...] = Field(default=(), max_length=4)
    exit_size: float | None = Field(default=None, gt=0, le=1)

    entry_limit: Value | None = None
    entry_stop: Value | None = None
    entry_expiry: int = Field(default=1, ge=0)

    sizing: Literal["equity", "cash", "units", "risk"] = "equity"
    size: float = Field(default=1.0, gt=0)
    max_entries: int = Field(default=1, ge=1, le=1000)

    settings: Settings = Settings()
    assumptions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> StrategySpec:
        if self.rotation is None and self.long_entry is None and self.short_entry is None:
            raise ValueError("a strategy needs at least one entry")
        if self.sizing in ("equity", "risk") and self.size > 1:
            raise ValueError("a share of the account is at most 1")
        if self.sizing == "risk" and not self.has_stop:
            raise ValueError("sizing by risk needs a stop")
        if self.target_multiple is not None and not self.has_stop:
            raise ValueError("a target in multiples of the risk needs a stop")
        if self.symbols and self.symbol not in self.symbols:
            raise ValueError("the traded symbol is not among the symbols")
        return self

    @property
    def has_stop(self) -> bool:
        """Whether a fixed stop is set at the entry."""
        return any((self.stop_loss, self.stop_distance, self.stop_level))
