"""The luck panel: how sure the result is, and what chance would have done."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine import Books
from engine import metrics as measures
from engine import statistics as luck_of
from engine.portfolio import PortfolioBooks, rotated_share

if TYPE_CHECKING:
    from backtests.report.facts import Study, Subject

Floats = npt.NDArray[np.float64]

RANDOM_DRAWS = 1000
# Fixed, so that the same run always tells the same story.
SEED = 20_050_101


def tell_luck(subject: "Subject", study: "Study") -> dict[str, Any]:
    """The figures of the luck panel."""
    returns = measures.returns(study.books.equity, subject.config.initial_cash)
    per_year = subject.bars.periods_per_year
    random, draws = random_share(study.books)
    return {
        "sharpe_ratio": measures.sharpe_ratio(returns, per_year),
        "sharpe_standard_error": luck_of.sharpe_standard_error(returns, per_year),
        "probabilistic_sharpe_ratio": luck_of.probabilistic_sharpe_ratio(returns),
        "deflated_sharpe_ratio": luck_of.deflated_sharpe_ratio(
            returns, subject.variants_tried, subject.trials_sharpe_variance
        ),
        "variants_tried": subject.variants_tried,
        "trials_sharpe_variance": subject.trials_sharpe_variance,
        "random_entry_share": random,
        "random_entry_draws": draws,
        "minimum_track_record_bars": luck_of.minimum_track_record_length(returns),
        "track_record_bars": len(returns),
        "bootstrap": tell_bootstrap(returns, per_year) if study.books.trades else {},
    }


def random_share(books: Books) -> tuple[float | None, int]:
    """Share of random timings that did as well, and how many there were."""
    if isinstance(books, PortfolioBooks):
        return rotated_share(books), len(books.equity) - 1
    share = luck_of.random_entries(books.bars, books, draws=RANDOM_DRAWS, seed=SEED)
    return share, RANDOM_DRAWS


def tell_bootstrap(returns: Floats, per_year: float) -> dict[str, Any]:
    """What else the same days could have given; empty where there are too few."""
    found = luck_of.bootstrap_intervals(returns, per_year)
    intervals = {
        name: {"point": one.point, "low": one.low, "high": one.high} for name, one in found.items()
    }
    return {"intervals": intervals} if intervals else {}
