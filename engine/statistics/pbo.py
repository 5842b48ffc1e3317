"""Probability of backtest overfitting, by combinatorially symmetric cross-validation."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]

ROWS_AT_ONCE = 4096  # combinations whose Sharpe ratios are held in memory together


@dataclass(frozen=True)
class Overfitting:
    """How the best variant of one half of the data fares in the other half.

    Attributes
    ----------
    probability : float
        Share of splits in which the best variant of one half is below the median of the other.
    probability_of_loss : float
        Share of splits in which it loses in the other half.
    logits : ndarray, shape (splits,)
        Of its relative rank out of sample; 0 is the median.
    in_sample, out_of_sample : ndarray, shape (splits,)
        Per-bar Sharpe ratios of the chosen variants.
    ranks : ndarray, shape (splits,)
        Relative ranks in (0, 1).
    """

    probability: float
    probability_of_loss: float
    logits: Floats
    in_sample: Floats
    out_of_sample: Floats
    ranks: Floats

    @property
    def degradation(self) -> tuple[float, float]:
        """Slope and intercept of out-of-sample on in-sample Sharpe ratios."""
        x, y = self.in_sample, self.out_of_sample
        spread = float(np.sum((x - x.mean()) ** 2))
        if spread == 0.0:
            return 0.0, float(y.mean())
        slope = float(np.sum((x - x.mean()) * (y - y.mean())) / spread)
        return slope, float(y.mean() - slope * x.mean())


def probability_of_backtest_overfitting(returns: npt.ArrayLike, splits: int = 16) -> Overfitting:
    """Cut the days into blocks and choose the best variant on every half of them.

    Parameters
    ----------
    returns : array_like, shape (T, N)
        Bar returns of the N variants tried.
    splits : int
        Even number S of blocks; all S! / (S/2)!² halves are looked at. What does not fill the
        blocks equally is dropped at the start, where the oldest days are.

    Notes
    -----
    The relative rank is rank / (N + 1), ties share their mean rank, and a logit of 0 counts as
    overfitted.

    Source: D. Bailey, J. Borwein, M. López de Prado and Q. Zhu, "The probability of backtest
    overfitting", Journal of Computational Finance 20 (2017).

    Raises
    ------
    EngineError
        For an odd S, fewer than 2 S rows, or fewer than two variants.
    """
    matrix = _checked(returns, splits)
    rows = len(matrix) // splits
    blocks = matrix[len(matrix) - rows * splits :].reshape(splits, rows, -1)
    sums, squares = blocks.sum(axis=1), (blocks**2).sum(axis=1)
    halves = np.zeros((_halves(splits), splits))
    for row, chosen in enumerate(combinations(range(splits), splits // 2)):
        halves[row, list(chosen)] = 1.0
    parts = [
        _look(half, sums, squares, rows * splits // 2)
        for half in np.array_split(halves, max(1, len(halves) // ROWS_AT_ONCE))
    ]
    inside, outside, ranks = (np.concatenate(column) for column in zip(*parts, strict=True))
    logits = np.log(ranks / (1.0 - ranks))
    return Overfitting(
        float(np.mean(logits <= 1e-12)), float(np.mean(outside < 0)), logits, inside, outside, ranks
    )


def _checked(returns: npt.ArrayLike, splits: int) -> Floats:
    matrix = np.asarray(returns, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] < 2:
        raise EngineError("Overfitting is a matter of choice: at least two variants are needed.")
    if splits < 2 or splits % 2:
        raise EngineError(f"The number of blocks is even and at least 2, not {splits}.")
    if len(matrix) < 2 * splits:
        raise EngineError(f"{len(matrix)} returns cannot be cut into {splits} blocks of two.")
    if not np.isfinite(matrix).all():
        raise EngineError("The returns hold NaN or infinite values.")
    return matrix


def _halves(splits: int) -> int:
    import math

    return math.comb(splits, splits // 2)


def _look(
    halves: Floats, sums: Floats, squares: Floats, rows: int
) -> tuple[Floats, Floats, Floats]:
    """Sharpe ratios of the chosen variants inside and outside, and their ranks outside."""
    inside = _sharpe(halves @ sums, halves @ squares, rows)
    outside = _sharpe((1.0 - halves) @ sums, (1.0 - halves) @ squares, rows)
    best = np.argmax(inside, axis=1)
    each = np.arange(len(halves))
    chosen = outside[each, best]
    below = np.sum(outside < chosen[:, None], axis=1)
    same = np.sum(outside == chosen[:, None], axis=1)
    ranks = (below + (same + 1) / 2.0) / (outside.shape[1] + 1)
    return inside[each, best], chosen, ranks


def _sharpe(total: Floats, squares: Floats, rows: int) -> Floats:
    """Per-bar Sharpe ratio (ddof 1) from sums; 0 for variants that never moved."""
    mean = total / rows
    variance = np.maximum(squares - rows * mean**2, 0.0) / (rows - 1)
    still = variance <= 1e-18 * np.maximum(squares, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(still, 0.0, mean / np.sqrt(variance))
