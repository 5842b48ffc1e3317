"""Is it luck? Standard errors, probabilities and comparisons that keep a result honest."""

from engine.statistics.autocorrelation import (
    annualisation_factor,
    autocorrelated_sharpe_ratio,
    autocorrelations,
    ljung_box,
)
from engine.statistics.bootstrap import (
    Interval,
    block_length,
    bootstrap_intervals,
    resampled_measures,
)
from engine.statistics.costs import break_even_commission
from engine.statistics.multiple import (
    Haircut,
    autocorrelation_corrected_sharpe,
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    haircut_sharpe_ratio,
    holm,
    sharpe_of_p_value,
    sidak,
)
from engine.statistics.pbo import Overfitting, probability_of_backtest_overfitting
from engine.statistics.permutation import (
    ShuffledTiming,
    cyclic_shift_p_value,
    shuffled_p_value,
    shuffled_timing,
    sign_flip_p_value,
)
from engine.statistics.random_entry import random_entries, random_totals
from engine.statistics.reality_check import SpaResult, spa, superior_models, whites_reality_check
from engine.statistics.regimes import Regime, regime_masks, regime_results
from engine.statistics.selection import ForwardSelection, forward_selection
from engine.statistics.sharpe import (
    benchmark_standard_error_of,
    deflated_sharpe_ratio,
    deflated_sharpe_ratio_of,
    expected_maximum_sharpe,
    general_standard_error_of,
    minimum_track_record_length,
    minimum_track_record_length_of,
    probabilistic_sharpe_ratio,
    probabilistic_sharpe_ratio_of,
    sharpe_standard_error,
    sharpe_standard_error_of,
)
from engine.statistics.trials import (
    effective_trials,
    expected_maximum_normal,
    mean_correlation,
    minimum_backtest_length,
)
from engine.statistics.verdict import LuckVerdict, luck_verdict

__all__ = [
    "ForwardSelection",
    "Haircut",
    "Interval",
    "LuckVerdict",
    "Overfitting",
    "Regime",
    "ShuffledTiming",
    "SpaResult",
    "annualisation_factor",
    "autocorrelated_sharpe_ratio",
    "autocorrelation_corrected_sharpe",
    "autocorrelations",
    "benchmark_standard_error_of",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "block_length",
    "bonferroni",
    "bootstrap_intervals",
    "break_even_commission",
    "cyclic_shift_p_value",
    "deflated_sharpe_ratio",
    "deflated_sharpe_ratio_of",
    "effective_trials",
    "expected_maximum_normal",
    "expected_maximum_sharpe",
    "forward_selection",
    "general_standard_error_of",
    "haircut_sharpe_ratio",
    "holm",
    "ljung_box",
    "luck_verdict",
    "mean_correlation",
    "minimum_backtest_length",
    "minimum_track_record_length",
    "minimum_track_record_length_of",
    "probabilistic_sharpe_ratio",
    "probabilistic_sharpe_ratio_of",
    "probability_of_backtest_overfitting",
    "random_entries",
    "random_totals",
    "regime_masks",
    "regime_results",
    "resampled_measures",
    "sharpe_of_p_value",
    "sharpe_standard_error",
    "sharpe_standard_error_of",
    "shuffled_p_value",
    "shuffled_timing",
    "sidak",
    "sign_flip_p_value",
    "spa",
    "superior_models",
    "whites_reality_check",
]
