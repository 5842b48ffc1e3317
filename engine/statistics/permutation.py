"""Would chance have done as well? The same trades or positions, in another order or sign."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.metrics.growth import as_returns

Floats = npt.NDArray[np.float64]

EXACT_TRADES = 20  # a million patterns; above, they are drawn
# Sums of the same numbers in another order differ by rounding.
SAME = 1e-12


def sign_flip_p_value(
    trade_returns: npt.ArrayLike, *, draws: int = 10_000, seed: int = 0
) -> float | None:
    """Probability of a mean trade at least as high if gains and losses were equally likely.

    Parameters
    ----------
    trade_returns : array_like, shape (n,)
        Fractions. Each keeps its size and gets a random sign.
    draws, seed : int
        For more than 20 trades; up to 20 all 2^n patterns are counted.

    Returns
    -------
    float or None
        One-sided; (k + 1) / (draws + 1) where patterns are drawn; None without a trade.

    Source: R. A. Fisher, "The Design of Experiments" (1935), §21.
    """
    r = as_returns(trade_returns)
    if len(r) == 0:
        return None
    observed, sizes = float(r.sum()), np.abs(r)
    tolerance = SAME * max(1.0, float(sizes.sum()))
    if len(r) <= EXACT_TRADES:
        sums = np.zeros(1)
        for size in sizes:
            sums = np.concatenate([sums + size, sums - size])
        return float(np.mean(sums >= observed - tolerance))
    rng = np.random.default_rng(seed)
    better = 0
    for done in range(0, draws, 1000):
        signs = rng.integers(0, 2, size=(min(1000, draws - done), len(r))) * 2 - 1
        better += int(np.sum(signs @ sizes >= observed - tolerance))
    return (better + 1) / (draws + 1)


@dataclass(frozen=True)
class ShuffledTiming:
    """What the sum of position × return comes to when the positions are shuffled over the days.

    `mean` and `standard_deviation` are exact, over all permutations.
    """

    statistic: float
    mean: float
    standard_deviation: float

    @property
    def z(self) -> float:
        """How many standard deviations the strategy is above shuffled positions."""
        if self.standard_deviation == 0.0:
            return 0.0
        return (self.statistic - self.mean) / self.standard_deviation

    @property
    def p_value(self) -> float:
        """One-sided, by the normal approximation."""
        from scipy.special import ndtr

        return float(ndtr(-self.z))


def shuffled_timing(position: npt.ArrayLike, returns: npt.ArrayLike) -> ShuffledTiming:
    """Compare the timing of positions with every other order of the same positions.

    Parameters
    ----------
    position, returns : array_like, shape (T,)
        What is held over a bar (signed fraction) and what that bar returned.

    Source: A. Wald and J. Wolfowitz, Annals of Mathematical Statistics 15 (1944): over all
    permutations the sum has mean T p̄ r̄ and variance SS(p) SS(r) / (T − 1).
    """
    p, r = _pair(position, returns)
    n = len(p)
    spread = float(np.sum((p - p.mean()) ** 2) * np.sum((r - r.mean()) ** 2) / (n - 1))
    return ShuffledTiming(float(p @ r), float(n * p.mean() * r.mean()), spread**0.5)


def shuffled_p_value(
    position: npt.ArrayLike, returns: npt.ArrayLike, *, draws: int = 5000, seed: int = 0
) -> float:
    """The same comparison with drawn permutations: (k + 1) / (draws + 1)."""
    p, r = _pair(position, returns)
    rng, observed = np.random.default_rng(seed), float(p @ r)
    better = sum(float(rng.permutation(p) @ r) >= observed - SAME for _ in range(draws))
    return (better + 1) / (draws + 1)


def cyclic_shift_p_value(position: npt.ArrayLike, returns: npt.ArrayLike) -> float:
    """Share of all T rotations of the positions that do at least as well, the real one included.

    A rotation keeps how long positions last, which a shuffle destroys.

    Source: rotation test, E. Pitman (1937) applied to a circular group; exact, by FFT.
    """
    p, r = _pair(position, returns)
    sums = np.fft.irfft(np.fft.rfft(r) * np.conj(np.fft.rfft(p)), n=len(p))
    scale = max(1.0, float(np.abs(p) @ np.abs(r)))
    return float(np.mean(sums >= float(p @ r) - 1e-11 * scale))


def _pair(position: npt.ArrayLike, returns: npt.ArrayLike) -> tuple[Floats, Floats]:
    p, r = as_returns(position), as_returns(returns)
    if len(p) != len(r) or len(p) < 2:
        raise EngineError(f"{len(p)} positions do not go with {len(r)} returns.")
    return p, r
