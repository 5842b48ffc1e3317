"""One sentence about a sweep: did it find a rule, or the past?"""

from dataclasses import dataclass
from typing import Literal

from engine.validation.stability import Stability

Level = Literal["overfitted", "cannot_tell", "likely", "no_trades"]

WORDS: dict[Level, str] = {
    "overfitted": "Overfitted",
    "cannot_tell": "Cannot tell",
    "likely": "Likely not luck",
    "no_trades": "No trades",
}
SURE = 0.95  # the usual 5 % level, for the deflated Sharpe ratio and the SPA test alike
PBO_HIGH = 0.4  # of worthless variants about half of the winners fall below the median
PBO_LOW = 0.2
KEEPS_TOO_LITTLE = 0.3
KEEPS_ENOUGH = 0.5  # Pardo's (2008) threshold for walk-forward efficiency


@dataclass(frozen=True)
class Evidence:
    """The witnesses; None where one has nothing to say.

    Attributes
    ----------
    variants : int
        Every variant ever tried for the idea, those of the sweep among them.
    deflated_sharpe_ratio : float or None
        Probability that the best combination's true Sharpe ratio is above what the best of so
        many worthless variants would show (Bailey and López de Prado 2014).
    spa_p_value : float or None
        Of Hansen's (2005) test that no combination beats cash.
    pbo : float or None
        Probability of backtest overfitting (Bailey et al. 2017).
    efficiency, out_of_sample_return : float or None
        Of the anchored walk-forward analysis.
    """

    variants: int
    best_sharpe: float | None
    deflated_sharpe_ratio: float | None
    spa_p_value: float | None
    pbo: float | None
    efficiency: float | None
    out_of_sample_return: float | None
    stability: Stability | None


@dataclass(frozen=True)
class SweepVerdict:
    """The word, the sentence, and why."""

    level: Level
    word: str
    sentence: str
    reasons: tuple[str, ...]


def judge(evidence: Evidence) -> SweepVerdict:
    """Judge a sweep.

    "likely" asks all witnesses: deflated Sharpe ratio from 0.95, SPA p-value to 0.05, PBO to 0.2,
    walk-forward efficiency from 0.5 and no spike. "overfitted" is a best combination that fails
    the correction for the number of tries and one of the out-of-sample witnesses as well (PBO
    from 0.4, nothing kept out of sample, a spike with a PBO above 0.2). The rest is "cannot_tell".
    """
    if evidence.best_sharpe is None:
        return _verdict("no_trades", "No combination made a single trade.", ())
    unlucky, against = _not_significant(evidence), _contradicted(evidence)
    reasons = tuple(unlucky + against)
    tried = f"{evidence.variants:,} variants"
    if evidence.best_sharpe <= 0:
        said = f"Not one of {tried} earned anything for its risk."
        return _verdict("overfitted", said, reasons)
    if unlucky and against:
        said = (
            f"Overfitted: the best of {tried} looks good because it is the best of so many, "
            "and what was chosen on one part of the past did not hold on another."
        )
        return _verdict("overfitted", said, reasons)
    if not unlucky and not against and _convinced(evidence):
        said = (
            f"Likely not luck: the best combination is too good for the best of {tried}, "
            "and choices made on the past kept what they promised."
        )
        return _verdict("likely", said, ())
    return _verdict("cannot_tell", _undecided(evidence, tried, unlucky, against), reasons)


def _undecided(evidence: Evidence, tried: str, unlucky: list[str], against: list[str]) -> str:
    if unlucky:
        return (
            f"Cannot tell: the best of {tried} is no better than the best of so many would be by "
            "luck, though it held on bars it was not chosen on."
        )
    if not against:
        return f"Cannot tell: the best of {tried} is too good for luck alone, but only just."
    walked = evidence.out_of_sample_return is not None and evidence.out_of_sample_return > 0
    if walked and (evidence.efficiency or 0.0) >= KEEPS_TOO_LITTLE:
        doubt = "which combination is best depends on the part of the past one looks at."
    else:
        doubt = "it did not hold where it was not chosen."
    return f"Cannot tell: the best of {tried} is too good for luck alone, but {doubt}"


def _verdict(level: Level, sentence: str, reasons: tuple[str, ...]) -> SweepVerdict:
    return SweepVerdict(level, WORDS[level], sentence, reasons)


def _not_significant(evidence: Evidence) -> list[str]:
    reasons = []
    ratio, p_value = evidence.deflated_sharpe_ratio, evidence.spa_p_value
    if ratio is None or ratio < SURE:
        chance = "unknown" if ratio is None else _percent(ratio)
        reasons.append(
            f"The probability that its Sharpe ratio is more than the best of "
            f"{evidence.variants:,} worthless variants would show is {chance}; 95\u202f% is asked."
        )
    if p_value is not None and p_value > 1 - SURE:
        reasons.append(
            f"If no combination were better than cash, one as good would still turn up in "
            f"{_percent(p_value)} of such sweeps."
        )
    return reasons


def _contradicted(evidence: Evidence) -> list[str]:
    reasons = []
    if evidence.pbo is not None and evidence.pbo >= PBO_HIGH:
        reasons.append(
            f"In {_percent(evidence.pbo)} of the ways to halve the past, the best of one half "
            "was below the median on the other."
        )
    kept = evidence.efficiency
    if evidence.out_of_sample_return is not None and evidence.out_of_sample_return <= 0:
        reasons.append(
            "Walking forward, the choices lost money: "
            f"{_percent(evidence.out_of_sample_return)} on bars they were not made on."
        )
    elif kept is not None and kept < KEEPS_TOO_LITTLE:
        reasons.append(
            f"Walking forward, the choices kept {_percent(kept)} of the growth they promised."
        )
    # Alone a spike says little: unrelated choices side by side make spikes of true edges, too.
    spike = evidence.stability is not None and evidence.stability.kind == "spike"
    if evidence.stability is not None and spike and (evidence.pbo or 0.0) > PBO_LOW:
        reasons.append(evidence.stability.sentence)
    return reasons


def _convinced(evidence: Evidence) -> bool:
    return (
        evidence.spa_p_value is not None
        and evidence.pbo is not None
        and evidence.pbo <= PBO_LOW
        and evidence.efficiency is not None
        and evidence.efficiency >= KEEPS_ENOUGH
    )


def _percent(value: float) -> str:
    digits = 0 if abs(value) >= 0.1 else 1
    return f"{value * 100:.{digits}f}\u202f%".replace("-", "\u2212")
