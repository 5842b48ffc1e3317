"""One word about luck, with its thresholds in the open."""

from dataclasses import dataclass
from typing import Literal

LIKELY_FROM = 0.95  # the usual 5 % level, asked of both witnesses
NOTHING_BELOW = 0.50  # worse than a coin toss: there is nothing to explain
TRADES_TO_JUDGE = 10  # fewer say little, whatever the ratio

Level = Literal["none", "cannot_tell", "likely", "no_trades"]


@dataclass(frozen=True)
class LuckVerdict:
    """How far the result is from luck; `evidence` lies in [0, 1]."""

    level: Level
    evidence: float


def luck_verdict(
    probabilistic_sharpe_ratio: float | None,
    deflated_sharpe_ratio: float | None,
    random_entry_share: float | None,
    *,
    trades: int,
) -> LuckVerdict:
    """Judge a result by its weaker witness.

    The witnesses are the deflated Sharpe ratio (the probabilistic one where it is missing) and
    the share of random entries that did worse. `evidence` is the smaller of the two:
    "likely" skill from 0.95 with at least 10 trades, "none" below 0.50, otherwise
    "cannot_tell". "no_trades" says itself.
    """
    if trades == 0:
        return LuckVerdict("no_trades", 0.0)
    ratio = deflated_sharpe_ratio
    if ratio is None:
        ratio = probabilistic_sharpe_ratio
    witnesses = [] if ratio is None else [ratio]
    if random_entry_share is not None:
        witnesses.append(1.0 - random_entry_share)
    if not witnesses:
        return LuckVerdict("cannot_tell", 0.0)
    evidence = min(1.0, max(0.0, min(witnesses)))
    if evidence >= LIKELY_FROM and ratio is not None and trades >= TRADES_TO_JUDGE:
        return LuckVerdict("likely", evidence)
    return LuckVerdict("none" if evidence < NOTHING_BELOW else "cannot_tell", evidence)
