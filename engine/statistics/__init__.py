"""Is it luck? Standard errors, probabilities and comparisons that keep a result honest."""

from engine.statistics.costs import break_even_commission
from engine.statistics.random_entry import random_entries, random_totals
from engine.statistics.sharpe import (
    deflated_sharpe_ratio,
    deflated_sharpe_ratio_of,
    expected_maximum_sharpe,
    minimum_track_record_length,
    minimum_track_record_length_of,
    probabilistic_sharpe_ratio,
    probabilistic_sharpe_ratio_of,
    sharpe_standard_error,
    sharpe_standard_error_of,
)
from engine.statistics.verdict import LuckVerdict, luck_verdict

__all__ = [
    "LuckVerdict",
    "break_even_commission",
    "deflated_sharpe_ratio",
    "deflated_sharpe_ratio_of",
    "expected_maximum_sharpe",
    "luck_verdict",
    "minimum_track_record_length",
    "minimum_track_record_length_of",
    "probabilistic_sharpe_ratio",
    "probabilistic_sharpe_ratio_of",
    "random_entries",
    "random_totals",
    "sharpe_standard_error",
    "sharpe_standard_error_of",
]
