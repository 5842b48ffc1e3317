"""Runs of ideas with their files, and what is remembered of every idea."""

from backtests.models.ideas import HoldOut, Lineage, LineageWords, Variant
from backtests.models.runs import (
    Artifact,
    BacktestEvent,
    BacktestRun,
    RunDataset,
    content_path,
)

__all__ = [
    "Artifact",
    "BacktestEvent",
    "BacktestRun",
    "HoldOut",
    "Lineage",
    "LineageWords",
    "RunDataset",
    "Variant",
    "content_path",
]
