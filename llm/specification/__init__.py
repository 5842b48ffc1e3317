"""The typed reading of an idea, and everything that is generated from it."""

from llm.specification.difference import Change, difference
from llm.specification.echo import chips, describe
from llm.specification.model import Settings, StrategySpec
from llm.specification.script import (
    Explained,
    explain,
    lookback_bars,
    parameters,
    write_script,
)
from llm.specification.title import title

__all__ = [
    "Change",
    "Explained",
    "Settings",
    "StrategySpec",
    "chips",
    "describe",
    "difference",
    "explain",
    "lookback_bars",
    "parameters",
    "title",
    "write_script",
]
