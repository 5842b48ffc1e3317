"""Is the best of many variants better than a benchmark, given that it is the best of many?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Floats = npt.NDArray[np.float64]

REPETITIONS = 1000
SEED = 20_050_365


@dataclass(frozen=True)
class SpaResult:
    """P-values that no variant beats the benchmark, and how far the best one is ahead.

    `consistent` is Hansen's; `lower` assumes that poor variants do not matter, `upper` that all
    do, which is White's reality check (studentised unless asked otherwise). `advantage` is the
    largest mean difference of a bar's return.
    """

    lower: float
    consistent: float
    upper: float
    advantage: float

    @property
    def p_value(self) -> float:
        """Hansen's consistent p-value."""
        return self.consistent


def spa(
    benchmark: npt.ArrayLike,
    models: npt.ArrayLike,
    *,
    block_size: int | None = None,
    repetitions: int = REPETITIONS,
    studentize: bool = True,
    seed: int = SEED,
) -> SpaResult:
    """Hansen's test of superior predictive ability over a stationary bootstrap.

    Parameters
    ----------
    benchmark : array_like, shape (T,)
        Bar returns of what is to be beaten; zeros for cash.
    models : array_like, shape (T, N)
        Bar returns of every variant tried.
    block_size : int, optional
        Mean length of the blocks; √T unless given.

    Source: P. Hansen, "A test for superior predictive ability", Journal of Business & Economic
    Statistics 23 (2005); computed by `arch`.
    """
    from arch.bootstrap import SPA

    held, tried = _checked(benchmark, models)
    gains = tried - held[:, None]
    advantage = float(gains.mean(axis=0).max())
    moving = np.ptp(gains, axis=0) > 0.0
    if not moving.any():
        return SpaResult(1.0, 1.0, 1.0, advantage)
    test = SPA(
        -held,
        -tried[:, moving],
        block_size=block_size,
        reps=repetitions,
        bootstrap="stationary",
        studentize=studentize,
        seed=seed,
    )
    test.compute()
    p = test.pvalues
    return SpaResult(float(p["lower"]), float(p["consistent"]), float(p["upper"]), advantage)


def spa_statistic(benchmark: npt.ArrayLike, models: npt.ArrayLike, block_size: int) -> float:
    """Largest mean advantage over its standard deviation under the stationary bootstrap.

    The variance is γ(0) + 2 Σ κ(i) γ(i), κ(i) = (T − i)/T (1 − p)^i + i/T (1 − p)^(T − i), with
    p = 1 / block size (Hansen 2005, after Politis and Romano 1994); for √T times the mean.
    """
    held, tried = _checked(benchmark, models)
    gains = tried - held[:, None]
    n, p = len(gains), 1.0 / block_size
    deviation = gains - gains.mean(axis=0)
    variance = np.mean(deviation**2, axis=0)
    for lag in range(1, n):
        weight = (n - lag) / n * (1 - p) ** lag + lag / n * (1 - p) ** (n - lag)
        if weight < 1e-12:
            continue
        variance = variance + 2.0 * weight * np.sum(deviation[lag:] * deviation[:-lag], axis=0) / n
    moving = variance > 0.0
    if not moving.any():
        return 0.0
    return float((gains.mean(axis=0)[moving] / np.sqrt(variance[moving])).max())


def whites_reality_check(
    benchmark: npt.ArrayLike,
    models: npt.ArrayLike,
    *,
    block_size: int | None = None,
    repetitions: int = REPETITIONS,
    seed: int = SEED,
) -> float:
    """P-value of White's reality check: the upper, unstudentised case of the same test.

    Source: H. White, "A reality check for data snooping", Econometrica 68 (2000).
    """
    return spa(
        benchmark,
        models,
        block_size=block_size,
        repetitions=repetitions,
        studentize=False,
        seed=seed,
    ).upper


def superior_models(
    benchmark: npt.ArrayLike,
    models: npt.ArrayLike,
    *,
    size: float = 0.05,
    block_size: int | None = None,
    repetitions: int = REPETITIONS,
    seed: int = SEED,
) -> list[int]:
    """Numbers of the variants that beat the benchmark at a family-wise error of `size`.

    Source: J. Romano and M. Wolf, "Stepwise multiple testing as formalized data snooping",
    Econometrica 73 (2005); computed by `arch`.
    """
    import pandas as pd
    from arch.bootstrap import StepM

    held, tried = _checked(benchmark, models)
    test = StepM(
        pd.Series(-held),
        pd.DataFrame(-tried),
        size=size,
        block_size=block_size,
        reps=repetitions,
        bootstrap="stationary",
        seed=seed,
    )
    try:
        test.compute()
    except ValueError as error:
        # arch 8.0.0 stumbles over the empty rest once every variant has been found superior.
        if "zero-size array" not in str(error):
            raise
        return list(range(tried.shape[1]))
    return [int(str(number)) for number in test.superior_models]


def _checked(benchmark: npt.ArrayLike, models: npt.ArrayLike) -> tuple[Floats, Floats]:
    held = np.asarray(benchmark, dtype=np.float64)
    tried = np.asarray(models, dtype=np.float64)
    if tried.ndim != 2 or held.shape != (len(tried),) or len(held) < 2:
        raise EngineError(
            f"Returns of shape {tried.shape} do not go with a benchmark of shape {held.shape}."
        )
    if not (np.isfinite(held).all() and np.isfinite(tried).all()):
        raise EngineError("The returns hold NaN or infinite values.")
    return held, tried
