"""What many tries, other histories and other orders say: published and hand-worked values."""

import numpy as np
import pytest

from engine import EngineError
from engine import statistics as st
from engine.statistics.reality_check import spa_statistic
from tests.engine.markets import adjusted_closes, index_bars

P_VALUES = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216]
MIRRORED = np.array([[0.01, 0.02, 0.01, 0.02, -0.01, -0.02, -0.01, -0.02]]).T * [1, -1]


def index_returns() -> np.ndarray:
    close = adjusted_closes("sp500")[1]
    return close[1:] / close[:-1] - 1.0


def test_adjusted_p_values() -> None:
    assert st.bonferroni(P_VALUES)[:3] == pytest.approx([0.01, 0.08, 0.39])
    assert st.holm(P_VALUES)[[0, 1, 2, 7]] == pytest.approx([0.01, 0.072, 0.312, 0.615])
    expected = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1]
    assert st.benjamini_hochberg(P_VALUES)[:6] == pytest.approx(expected)
    assert st.benjamini_yekutieli(P_VALUES)[0] == pytest.approx(0.02928968253968254)
    assert st.sidak(P_VALUES)[0] == pytest.approx(0.009955119790251765)
    shuffled = [P_VALUES[k] for k in (3, 0, 9)]
    assert st.holm(shuffled).tolist() == pytest.approx([0.082, 0.003, 0.216])
    with pytest.raises(EngineError):
        st.holm([0.5, 1.2])


def test_the_haircut_of_harvey_and_liu() -> None:
    cut = st.haircut_sharpe_ratio(1.0, 120, 12, 100, 0.1)
    assert (round(cut.sharpe_ratio, 3), round(cut.p_adjusted, 3)) == (0.912, 0.465)
    assert (round(cut.sharpe_after, 3), round(cut.haircut, 3)) == (0.232, 0.746)


def test_the_best_of_many_worthless_tries() -> None:
    assert st.expected_maximum_normal(1) == 0.0
    assert st.expected_maximum_normal(2) == pytest.approx(1 / np.sqrt(np.pi), rel=1e-12)
    assert st.minimum_backtest_length(45) == pytest.approx(4.998087004443404)
    same = np.tile(index_returns()[:300, None], (1, 5))
    assert st.effective_trials(same) == pytest.approx(1.0)
    assert st.effective_trials(np.random.default_rng(1).normal(size=(5000, 8))) > 7.5


def test_overfitting_worked_by_hand() -> None:
    found = st.probability_of_backtest_overfitting(MIRRORED, 4)
    assert (found.probability, len(found.logits)) == (1.0, 6)
    assert found.probability_of_loss == pytest.approx(1 / 3)
    assert found.degradation == pytest.approx((-1.0, 0.0), abs=1e-12)
    true_edge = np.random.default_rng(2).normal(0, 0.01, (600, 10))
    true_edge[:, 3] += 0.004
    assert st.probability_of_backtest_overfitting(true_edge, 8).probability < 0.05
    for wrong in ((MIRRORED, 3), (MIRRORED, 8), (MIRRORED[:, :1], 4)):
        with pytest.raises(EngineError):
            st.probability_of_backtest_overfitting(*wrong)


def test_superior_models_and_the_reality_check() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.01, (800, 6))
    assert st.spa(np.zeros(800), noise, seed=1).p_value > 0.05
    edge = noise.copy()
    edge[:, 4] += 0.002
    assert st.spa(np.zeros(800), edge, seed=1).p_value < 0.02
    assert st.whites_reality_check(np.zeros(800), edge, seed=1) < 0.02
    assert st.superior_models(np.zeros(800), edge, seed=1) == [4]
    assert spa_statistic(np.zeros(800), edge, 10) > spa_statistic(np.zeros(800), noise, 10)
    idle = st.spa(np.zeros(800), np.zeros((800, 2)))
    assert (idle.p_value, idle.advantage) == (1.0, 0.0)


def test_all_superior_is_no_error_of_the_library() -> None:
    better = np.random.default_rng(5).normal(0.01, 0.005, (400, 3))
    assert st.superior_models(np.zeros(400), better, size=0.1, seed=2) == [0, 1, 2]


def test_resampled_histories_hold_the_point_and_repeat_themselves() -> None:
    r = index_returns()[-2520:]
    found = st.bootstrap_intervals(r, 252, mean_block=20)
    assert found["sharpe_ratio"].point == pytest.approx(0.7202795189939208)
    for name, width in (("sharpe_ratio", 1.1), ("cagr", 0.2), ("max_drawdown", 0.3)):
        one = found[name]
        assert one.low < one.point < one.high
        assert one.high - one.low == pytest.approx(width, rel=0.2)
    assert st.bootstrap_intervals(r, 252, mean_block=20) == found
    assert st.bootstrap_intervals(r[:20], 252) == {}
    assert st.bootstrap_intervals(np.zeros(100), 252) == {}
    assert st.block_length(r) >= 1.0


def test_permutations() -> None:
    trades = [0.02, -0.01, 0.03, 0.015, -0.02, 0.01, 0.005, -0.005, 0.02, 0.012]
    assert st.sign_flip_p_value(trades) == 0.08203125
    many = np.random.default_rng(7).normal(0.01, 0.02, 60)
    assert st.sign_flip_p_value(many) < 0.01
    r = index_returns()
    knowing = (r > 0).astype(float)
    assert st.shuffled_timing(knowing, r).p_value < 1e-6
    assert st.cyclic_shift_p_value(knowing, r) == pytest.approx(1 / len(r))
    assert st.shuffled_p_value(knowing, r, draws=99) == pytest.approx(0.01)
    always = st.shuffled_timing(np.ones(len(r)), r)
    assert (always.z, always.p_value) == (0.0, 0.5)


def test_autocorrelation_changes_the_year() -> None:
    rho = [0.3**k for k in range(1, 4)]
    assert st.annualisation_factor(4, rho) == pytest.approx(1.604628002595577)
    assert st.annualisation_factor(252, []) == pytest.approx(np.sqrt(252))
    r = np.random.default_rng(9).normal(0, 1, 4000)
    assert abs(st.autocorrelations(r, 5)).max() < 0.05
    assert st.ljung_box(np.cumsum(r), 10) > 1000
    with pytest.raises(EngineError):
        st.autocorrelations(np.ones(50), 3)


def test_forward_selection_takes_what_was_best_and_earns_what_came() -> None:
    first, second = np.tile([0.02, 0.0], 20), np.tile([0.01, -0.01], 20)
    matrix = np.column_stack([np.concatenate([first, second]), np.concatenate([second, first])])
    found = st.forward_selection(matrix, 20, 20)
    assert found.picks == (0, 0, 1)
    assert found.out_of_sample == pytest.approx([0.01, 0.0, 0.01])
    anchored = st.forward_selection(matrix, 20, 20, anchored=True)
    assert anchored.picks == (0, 0, 0)
    with pytest.raises(EngineError):
        st.forward_selection(matrix, 70, 20)


def test_regimes_share_out_the_days_and_know_nothing_too_early() -> None:
    bars = index_bars()
    masks = st.regime_masks(bars)
    assert (masks["bull"] ^ masks["bear"]).all()
    assert not (masks["high_volatility"] & masks["low_volatility"]).any()
    shorter = st.regime_masks(bars.head(3000))
    for name, mask in shorter.items():
        assert (mask == masks[name][: len(mask)]).all()
    named = {one.name: one for one in st.regime_results(bars, bars.close)}
    growth = (1 + named["bull"].total_return) * (1 + named["bear"].total_return)
    assert growth == pytest.approx(bars.close[-1] / bars.close[0])
