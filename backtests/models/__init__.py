"""Runs of ideas with their files, and what is remembered of every idea."""

from backtests.models.ideas import HoldOut, Lineage, LineageWords, Variant
from backtests.models.runs import (
    Artifact,
    BacktestEvent,
    BacktestRun,
    Reader,
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
    "Reader",
    "RunDataset",
    "Variant",
    "content_path",
]
