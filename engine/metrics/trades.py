"""What the single trades say."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from engine.metrics.growth import NEGLIGIBLE, Floats, Maybe, as_returns
from engine.simulator import Trade


def trade_summary(trades: Sequence[Trade]) -> dict[str, Maybe | int]:
    """Measures of a list of trades, an open one included as it stands.

    Returns are net of costs over the notional at entry. See `returns_summary`.
    """
    held = [trade.bars_held for trade in trades]
    figures = returns_summary([trade.return_ for trade in trades])
    return {**figures, "average_bars_held": float(np.mean(held)) if held else None}


def returns_summary(returns: npt.ArrayLike) -> dict[str, Maybe | int]:
    """Measures of trade returns R_i, i = 1..n; a trade of exactly 0 counts in n only.

    Returns
    -------
    dict
        trades n; win_rate wins / n; profit_factor sum of gains / |sum of losses|; expectancy
        mean R; average_win, average_loss; payoff_ratio average win / |average loss|; sqn
        sqrt(n) mean / std(ddof 1) (V. Tharp, "Definitive guide to position sizing", 2008);
        kelly W - (1 - W) / payoff (J. Kelly, Bell System Technical Journal 35, 1956); best;
        worst; max_consecutive_wins; max_consecutive_losses.
    """
    r = as_returns(np.asarray(returns, dtype=np.float64))
    n = len(r)
    gains, losses = r[r > 0], r[r < 0]
    win_rate = len(gains) / n if n else None
    average_win = float(np.mean(gains)) if len(gains) else None
    average_loss = float(np.mean(losses)) if len(losses) else None
    payoff = None
    if average_win is not None and average_loss is not None:
        payoff = average_win / abs(average_loss)
    return {
        "trades": n,
        "win_rate": win_rate,
        "profit_factor": float(np.sum(gains) / -np.sum(losses)) if len(losses) else None,
        "expectancy": float(np.mean(r)) if n else None,
        "average_win": average_win,
        "average_loss": average_loss,
        "payoff_ratio": payoff,
        "sqn": _sqn(r),
        "kelly": win_rate - (1.0 - win_rate) / payoff if payoff and win_rate else None,
        "best": float(np.max(r)) if n else None,
        "worst": float(np.min(r)) if n else None,
        "max_consecutive_wins": _longest(r > 0),
        "max_consecutive_losses": _longest(r < 0),
    }


def _sqn(r: Floats) -> Maybe:
    if len(r) < 2:
        return None
    deviation = float(np.std(r, ddof=1))
    if deviation <= NEGLIGIBLE:
        return None
    return float(np.sqrt(len(r)) * np.mean(r) / deviation)


def _longest(mask: npt.NDArray[np.bool_]) -> int:
    runs = (sum(1 for _ in run) for value, run in groupby(mask.tolist()) if value)
    return max(runs, default=0)
