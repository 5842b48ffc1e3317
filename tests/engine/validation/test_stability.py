"""Plateaus, slopes and spikes."""

import numpy as np
import pytest

from engine.validation.stability import stability


def on_grid(values):
    table = np.asarray(values, float)
    places = np.array(list(np.ndindex(*table.shape)))
    flat = table.ravel()
    return stability(
        places, flat, int(np.nanargmax(flat)), names=("fast", "slow"), counts=table.shape
    )


def test_a_plateau_keeps_most_of_the_best():
    found = on_grid([[0.5, 0.8, 0.7], [0.9, 1.0, 0.9], [0.8, 0.9, 0.9]])
    assert (found.kind, found.neighbours) == ("plateau", 8)
    assert found.score == pytest.approx(0.8)
    assert "plateau" in found.sentence and "80" in found.sentence


def test_a_spike_stands_alone():
    found = on_grid([[0.1, -0.2, 0.0], [0.2, 1.5, 0.1], [0.0, np.nan, 0.3]])
    assert found.kind == "spike"
    assert found.score == pytest.approx(0.5 / 8 / 1.5)


def test_neighbours_that_lose_make_a_score_of_zero():
    assert on_grid([[-1, -1, -1], [-1, 1, -1], [-1, -1, -1]]).score == 0.0


def test_the_edge_of_a_range_is_named():
    found = on_grid([[0.5, 0.6, 0.7], [0.6, 0.7, 0.8], [0.7, 0.8, 0.9]])
    assert found.at_edge == ("fast", "slow")
    assert "at the edge of the range of fast and slow" in found.sentence


def test_nothing_earned_has_no_peak():
    found = on_grid([[-0.5, -0.1], [-0.2, -0.3]])
    assert (found.kind, found.score) == ("unknown", None)


def test_a_long_axis_has_a_wider_neighbourhood():
    places = np.arange(100).reshape(-1, 1)
    values = np.where(np.abs(places.ravel() - 50) <= 5, 1.0, 0.0)
    values[50] = 1.1
    found = stability(places, values, 50, names=("n",), counts=(100,))
    assert found.neighbours == 10


def test_a_random_draw_looks_at_the_nearest_points():
    rng = np.random.default_rng(5)
    places = np.unique(rng.integers(0, 1000, (60, 2)), axis=0)
    values = np.linspace(0.1, 1.0, len(places))
    found = stability(places, values, len(places) - 1, names=("a", "b"), counts=(1000, 1000))
    assert found.neighbours >= 2
