"""What sweeps over noise are called, and what a sweep over a true edge is."""

from functools import cache

import numpy as np
import pytest

from engine import Bars, Decisions, SimulationConfig, simulate
from engine.metrics import growth
from engine.statistics import deflated_sharpe_ratio
from engine.validation import study
from engine.validation.grids import Axis
from engine.validation.stability import Stability
from engine.validation.verdict import Evidence, judge

CONFIG = SimulationConfig(commission=0.0002)
BARS = 1500


def market(seed):
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, BARS)))
    time = np.datetime64("2010-01-04", "s") + np.arange(BARS) * np.timedelta64(1, "D")
    return Bars.from_columns(time=time, open=close, high=close, low=close, close=close)


def noise(bars, seed):
    drawn = np.random.default_rng(seed).random(len(bars))
    return Decisions(np.where(drawn < 0.05, 1, np.where(drawn > 0.95, 2, 0)).astype(np.uint8))


def knowing(bars, seed, share):
    """Decisions that are right about the day after tomorrow a little more often than not."""
    rng = np.random.default_rng(seed)
    tomorrow = np.r_[np.diff(np.log(bars.close)), 0]
    rises = np.r_[tomorrow[1:], 0] > 0
    knows = rng.random(len(bars)) < share
    up = np.where(knows, rises, rng.random(len(bars)) < 0.5)
    return Decisions(np.where(up, 1, 2).astype(np.uint8))


def studied(bars, decisions, tried=None):
    variants = study.Variants(
        (Axis("n", len(decisions), whole=True),),
        range(len(decisions)),
        lambda: [decisions[:7], decisions[7:]],
        decisions.__getitem__,
    )
    scored = study.score_all(bars, variants, CONFIG)
    per_bar = scored.sharpe_ratio / np.sqrt(bars.periods_per_year)
    return study.examine(
        bars,
        variants,
        scored,
        CONFIG,
        tried=tried or len(decisions),
        sharpe_variance=float(np.nanvar(per_bar, ddof=1)) if scored.best is not None else None,
    )


@cache
def of_noise(seed):
    bars = market(seed)
    return studied(bars, [noise(bars, 1000 * seed + number) for number in range(60)])


@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_sixty_noise_strategies_is_called_overfitted(seed):
    found = of_noise(seed)
    assert found.verdict.level == "overfitted"
    assert found.verdict.reasons


def test_a_true_edge_is_not_called_overfitted():
    bars = market(99)
    found = studied(bars, [knowing(bars, number, 0.1 + number / 200) for number in range(30)])
    assert found.verdict.level == "likely", found.verdict
    assert found.evidence.pbo < 0.2 and found.evidence.spa_p_value < 0.05


def test_the_figures_are_those_of_the_public_functions():
    bars = market(1)
    decisions = [noise(bars, 1000 + number) for number in range(60)]
    found = of_noise(1)
    books = [simulate(bars, one, CONFIG) for one in decisions]
    ratios = [
        growth.sharpe_ratio(growth.returns(one.equity), bars.periods_per_year) for one in books
    ]
    assert found.scored.best == int(np.argmax(ratios))
    assert np.allclose(found.scored.sharpe_ratio, ratios, rtol=1e-9)
    variance = float(np.var(np.array(ratios) / np.sqrt(bars.periods_per_year), ddof=1))
    expected = deflated_sharpe_ratio(
        growth.returns(books[found.scored.best].equity), 60, sharpe_variance=variance
    )
    assert found.evidence.deflated_sharpe_ratio == pytest.approx(expected, rel=1e-6)
    assert found.picks[0] == found.scored.best


def test_variants_that_never_trade_are_said_to_be_so():
    bars = market(3)
    found = studied(bars, [Decisions(np.zeros(BARS, np.uint8)) for _ in range(10)])
    assert (found.verdict.level, found.picks) == ("no_trades", [])


def test_a_short_history_leaves_out_what_it_cannot_answer():
    bars = market(4).head(90)
    found = studied(bars, [noise(bars, number) for number in range(20)])
    assert found.anchored is None and found.folds is None
    assert found.verdict.level in ("overfitted", "cannot_tell")


PLATEAU = Stability("plateau", 0.9, 8, 1.0, (), "On a plateau.")
SPIKE = Stability("spike", 0.1, 8, 0.1, (), "A spike.")
GOOD = {
    "variants": 100,
    "best_sharpe": 1.5,
    "deflated_sharpe_ratio": 0.97,
    "spa_p_value": 0.01,
    "pbo": 0.05,
    "efficiency": 0.8,
    "out_of_sample_return": 0.5,
    "stability": PLATEAU,
}


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "likely"),
        ({"best_sharpe": None}, "no_trades"),
        ({"best_sharpe": -0.1}, "overfitted"),
        ({"deflated_sharpe_ratio": 0.9}, "cannot_tell"),
        ({"spa_p_value": 0.2}, "cannot_tell"),
        ({"pbo": 0.6}, "cannot_tell"),
        ({"pbo": 0.3}, "cannot_tell"),
        ({"efficiency": None, "out_of_sample_return": None}, "cannot_tell"),
        ({"deflated_sharpe_ratio": 0.5, "pbo": 0.5}, "overfitted"),
        ({"deflated_sharpe_ratio": 0.5, "out_of_sample_return": -0.1}, "overfitted"),
        ({"deflated_sharpe_ratio": 0.5, "efficiency": 0.1}, "overfitted"),
        ({"spa_p_value": 0.4, "stability": SPIKE, "pbo": 0.3}, "overfitted"),
        ({"spa_p_value": 0.4, "stability": SPIKE}, "cannot_tell"),
        ({"deflated_sharpe_ratio": None}, "cannot_tell"),
    ],
)
def test_the_word_follows_from_the_witnesses(change, level):
    verdict = judge(Evidence(**{**GOOD, **change}))
    assert verdict.level == level
    assert verdict.sentence.endswith(".")
