"""What else could have happened: measures of histories drawn again from the same days."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import as_returns

Floats = npt.NDArray[np.float64]

DRAWS = 1000
SEED = 19_940_101
FEWEST_RETURNS = 30  # fewer cannot be cut into blocks that mean anything
MEASURES = ("cagr", "sharpe_ratio", "max_drawdown")


@dataclass(frozen=True)
class Interval:
    """A measure with the range that holds the given share of resampled histories."""

    point: float
    low: float
    high: float


def bootstrap_intervals(
    returns: npt.ArrayLike,
    periods_per_year: float,
    *,
    draws: int = DRAWS,
    confidence: float = 0.95,
    mean_block: float | None = None,
    seed: int = SEED,
) -> dict[str, Interval]:
    """Percentile intervals of CAGR, Sharpe ratio and maximum drawdown.

    Parameters
    ----------
    returns : array_like, shape (T,)
        Bar returns as fractions.
    periods_per_year : float
        Bars in a year; the CAGR of a drawn history counts bars, because drawn days have no dates.
    draws : int
    confidence : float
        Share of drawn histories inside the interval.
    mean_block : float, optional
        Mean length of the blocks; by default `block_length`.
    seed : int

    Returns
    -------
    dict of str to Interval
        Under the names of `MEASURES`; empty for fewer than 30 or for constant returns, which say
        nothing about what else could have happened.
    """
    r = as_returns(returns)
    if len(r) < FEWEST_RETURNS or np.ptp(r) == 0.0:
        return {}
    drawn = resampled_measures(
        r, periods_per_year, draws=draws, mean_block=mean_block or block_length(r), seed=seed
    )
    tail = (1.0 - confidence) / 2.0
    points = _measures(r[None, :], periods_per_year)[:, 0]
    low, high = np.quantile(drawn, [tail, 1.0 - tail], axis=1)
    return {
        name: Interval(float(points[k]), float(low[k]), float(high[k]))
        for k, name in enumerate(MEASURES)
    }


def resampled_measures(
    returns: npt.ArrayLike,
    periods_per_year: float,
    *,
    draws: int = DRAWS,
    mean_block: float,
    seed: int = SEED,
) -> Floats:
    """Return each measure of each drawn history, shape (3, draws), in the order of `MEASURES`.

    The stationary bootstrap: blocks begin anywhere, have geometric lengths with the given mean,
    and run on from the last day to the first.

    Source: D. Politis and J. Romano, "The stationary bootstrap", Journal of the American
    Statistical Association 89 (1994); drawn by `arch.bootstrap.StationaryBootstrap`.
    """
    from arch.bootstrap import StationaryBootstrap  # takes seconds to load

    r = as_returns(returns)
    if draws < 1 or not mean_block >= 1.0:
        raise EngineError("There is at least one draw, and a block has at least one bar.")
    # arch's hint says int, but a mean length need not be whole.
    source = StationaryBootstrap(mean_block, r, seed=np.random.default_rng(seed))  # type: ignore[arg-type]
    drawn = np.empty((len(MEASURES), draws))
    for k, (data, _) in enumerate(source.bootstrap(draws)):
        drawn[:, k] = _measures(np.asarray(data[0])[None, :], periods_per_year)[:, 0]
    return drawn


def block_length(returns: npt.ArrayLike) -> float:
    """Mean block length that suits the series' own memory, at least 1.

    Source: A. Patton, D. Politis and H. White, correction to "Automatic block-length selection
    for the dependent bootstrap", Econometric Reviews 28 (2009), as `arch` computes it.
    """
    from arch.bootstrap import optimal_block_length

    r = as_returns(returns)
    if np.ptp(r) == 0.0:
        return 1.0
    length = float(optimal_block_length(r)["stationary"].iloc[0])
    return max(1.0, length) if np.isfinite(length) else 1.0


def _measures(histories: Floats, periods_per_year: float) -> Floats:
    """CAGR, Sharpe ratio and maximum drawdown of each row, shape (3, rows)."""
    bars = histories.shape[1]
    growth = np.cumprod(1.0 + histories, axis=1)
    years = bars / periods_per_year
    cagr = np.maximum(growth[:, -1], 0.0) ** (1.0 / years) - 1.0
    spread = histories.std(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        sharpe = histories.mean(axis=1) / spread * np.sqrt(periods_per_year)
    peak = np.maximum(np.maximum.accumulate(growth, axis=1), 1.0)
    fall = np.minimum((growth / peak - 1.0).min(axis=1), 0.0)
    return np.stack([cagr, np.where(spread > 0.0, sharpe, 0.0), np.maximum(fall, -1.0)])
