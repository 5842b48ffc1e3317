"""Does the best point stand on a plateau or on a spike?

A rule that works only at exactly 17 days has found a day, not a rule. Source of the idea:
R. Pardo, The Evaluation and Optimization of Trading Strategies, 2nd ed. (2008), ch. 10
(profit spikes against robust neighbourhoods).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError

Kind = Literal["plateau", "slope", "spike", "unknown"]

PLATEAU_FROM = 0.7
SPIKE_BELOW = 0.4
REACH = 0.05  # of an axis's length, and at least one step
FEWEST = 2


@dataclass(frozen=True)
class Stability:
    """The neighbourhood of the best point.

    `score` is the mean Sharpe ratio of the neighbours over the best one, cut to [0, 1];
    None when there are not enough neighbours, or the best is not above 0.
    """

    kind: Kind
    score: float | None
    neighbours: int
    neighbour_sharpe: float | None
    at_edge: tuple[str, ...]
    sentence: str


def stability(
    positions: npt.ArrayLike,
    sharpe_ratios: npt.ArrayLike,
    best: int,
    *,
    names: tuple[str, ...],
    counts: tuple[int, ...],
) -> Stability:
    """Compare the best point with those around it.

    Parameters
    ----------
    positions : array_like of int, shape (k, d)
        Where each point stands on each axis, in steps.
    sharpe_ratios : array_like, shape (k,)
        NaN where a variant never traded; as a neighbour it counts as 0.
    best : int
        Number of the best point.
    names, counts : d names of the axes and the number of values on each

    Notes
    -----
    Neighbours differ by at most one step, or by 5 % of a longer axis, on every axis at once.
    A random search may have too few of them; then the 2 d nearest points stand in (distance
    in shares of the axes).
    """
    places = np.asarray(positions, dtype=np.int64)
    values = np.asarray(sharpe_ratios, dtype=np.float64)
    lengths = np.asarray(counts, dtype=np.int64)
    if places.shape != (len(values), len(names)) or len(lengths) != len(names):
        raise EngineError("Every point has one place an axis, and one Sharpe ratio.")
    around = _neighbours(places, best, lengths)
    edges = _edges(places[best], names, lengths)
    if len(around) < FEWEST or not values[best] > 0:
        return Stability("unknown", None, len(around), None, edges, _unknown(values[best]))
    mean = float(np.nan_to_num(values[around]).mean())
    score = min(1.0, max(0.0, mean / float(values[best])))
    kind: Kind = "plateau" if score >= PLATEAU_FROM else "spike" if score < SPIKE_BELOW else "slope"
    return Stability(kind, score, len(around), mean, edges, _say(kind, score, len(around), edges))


def _neighbours(
    places: npt.NDArray[np.int64], best: int, lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.intp]:
    away = np.abs(places - places[best])
    reach = np.maximum(1, np.round(REACH * lengths))
    near = (away <= reach).all(axis=1)
    near[best] = False
    varying = int((lengths > 1).sum())
    if near.sum() >= FEWEST:
        return np.flatnonzero(near)
    distance = (away / np.maximum(1, lengths - 1)).max(axis=1, initial=0.0)
    distance[best] = np.inf
    order = np.argsort(distance, kind="stable")[: 2 * varying]
    return np.asarray(order[np.isfinite(distance[order])])


def _edges(
    place: npt.NDArray[np.int64], names: tuple[str, ...], lengths: npt.NDArray[np.int64]
) -> tuple[str, ...]:
    return tuple(
        name
        for name, at, length in zip(names, place.tolist(), lengths.tolist(), strict=True)
        if length > 2 and at in (0, length - 1)
    )


def _unknown(best: float) -> str:
    if not best > 0:
        return "No combination earned anything for its risk, so there is no peak to look at."
    return "There are too few combinations around the best one to say whether it stands alone."


def _say(kind: Kind, score: float, count: int, edges: tuple[str, ...]) -> str:
    share = f"{score:.0%}".replace("%", "\u202f%")
    said = {
        "plateau": f"The best combination stands on a plateau: its {count} neighbours keep "
        f"{share} of its Sharpe ratio.",
        "slope": f"The best combination stands on a slope: its {count} neighbours keep {share} "
        "of its Sharpe ratio.",
        "spike": f"The best combination is a spike: its {count} neighbours keep only {share} "
        "of its Sharpe ratio.",
        "unknown": "",
    }[kind]
    if edges:
        said += f" It lies at the edge of the range of {' and '.join(edges)}."
    return said
