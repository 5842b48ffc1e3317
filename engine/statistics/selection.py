"""Choosing on the past and earning in the future: walk-forward analysis of a matrix of returns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ForwardSelection:
    """What was chosen on each training window, and what it earned next.

    Attributes
    ----------
    picks : tuple of int
        Column chosen in each fold.
    in_sample, out_of_sample : ndarray, shape (folds,)
        Mean return a bar of the pick on its training and its test window.
    stitched : ndarray
        Returns of all test windows, one after the other.
    """

    picks: tuple[int, ...]
    in_sample: Floats
    out_of_sample: Floats
    stitched: Floats

    @property
    def efficiency(self) -> float | None:
        """Mean out-of-sample over mean in-sample return (Pardo 2008); None unless positive."""
        inside = float(self.in_sample.mean())
        return float(self.out_of_sample.mean()) / inside if inside > 0 else None


def forward_selection(
    returns: npt.ArrayLike,
    train: int,
    test: int,
    *,
    step: int | None = None,
    anchored: bool = False,
) -> ForwardSelection:
    """Choose the variant with the best Sharpe ratio of each training window.

    Parameters
    ----------
    returns : array_like, shape (T, N)
        Bar returns of N variants.
    train, test : int
        Bars of a training and of a test window.
    step : int, optional
        Bars from fold to fold; `test` unless given.
    anchored : bool
        Train on everything from the first bar on instead of the last `train` bars.

    Source: R. Pardo, "The Evaluation and Optimization of Trading Strategies" (2008).
    """
    matrix = np.asarray(returns, dtype=np.float64)
    step = test if step is None else step
    if matrix.ndim != 2 or min(train, test, step) < 2 or len(matrix) < train + test:
        raise EngineError(f"Windows of {train} and {test} bars do not fit returns {matrix.shape}.")
    picks, inside, outside, parts = [], [], [], []
    for start in range(train, len(matrix) - test + 1, step):
        past = matrix[0 if anchored else start - train : start]
        spread = past.std(axis=0, ddof=1)
        ratio = np.divide(past.mean(axis=0), spread, out=np.zeros_like(spread), where=spread > 0)
        pick = int(np.argmax(ratio))
        future = matrix[start : start + test, pick]
        picks.append(pick)
        inside.append(float(past[:, pick].mean()))
        outside.append(float(future.mean()))
        parts.append(future)
    return ForwardSelection(
        tuple(picks), np.array(inside), np.array(outside), np.concatenate(parts)
    )
