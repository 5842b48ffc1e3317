"""Ranges become points, and what is no range is refused with its name."""

import pytest

from engine.validation.declared import DeclarationError, declared, default_ranges
from engine.validation.grids import (
    GridError,
    axes_of,
    combinations,
    grid_numbers,
    indices,
    point,
    points,
    random_numbers,
)

PARAMS = {"fast": 20, "slow": 100, "share": 0.5, "both": True, "kind": "sma"}


def refused(ranges, field):
    with pytest.raises(GridError) as caught:
        axes_of(PARAMS, ranges)
    return " ".join(caught.value.errors[field])


def test_a_range_holds_both_ends_in_the_type_of_its_parameter():
    axes = axes_of(PARAMS, {"fast": (5, 50, 15), "share": {"low": 0.1, "high": 0.5, "step": 0.1}})
    assert axes[0].values() == [5, 20, 35, 50]
    assert all(isinstance(value, int) for value in axes[0].values())
    assert axes[1].values() == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_choices_are_taken_as_they_are():
    axes = axes_of(PARAMS, {"both": [True, False], "kind": {"values": ["sma", "ema"]}})
    assert [axis.values() for axis in axes] == [[True, False], ["sma", "ema"]]


def test_the_last_parameter_varies_fastest():
    axes = axes_of(PARAMS, {"fast": (1, 2, 1), "slow": (10, 30, 10)})
    assert [tuple(p.values()) for p in points(axes, grid_numbers(axes, 6))] == [
        (1, 10), (1, 20), (1, 30), (2, 10), (2, 20), (2, 30),
    ]  # fmt: skip
    assert indices(axes, 4) == (1, 1)


def test_a_grid_of_ten_million_is_counted_and_refused_with_both_numbers():
    axes = axes_of(PARAMS, {"fast": (1, 1000, 1), "slow": (1, 10_000, 1)})
    assert combinations(axes) == 10_000_000
    with pytest.raises(GridError) as caught:
        grid_numbers(axes, 10_000)
    assert "10,000,000 combinations" in str(caught.value)
    assert "10,000 is the most" in str(caught.value)


def test_a_random_draw_is_without_repetition_and_the_same_for_the_same_seed():
    axes = axes_of(PARAMS, {"fast": (1, 10**6, 1), "slow": (1, 10**6, 1), "share": (0, 1, 1e-6)})
    drawn = random_numbers(axes, 500, 10_000, seed=7)
    assert len(set(drawn)) == 500 == len(drawn)
    assert drawn == random_numbers(axes, 500, 10_000, seed=7)
    assert drawn != random_numbers(axes, 500, 10_000, seed=8)
    assert set(point(axes, drawn[0])) == {"fast", "slow", "share"}


def test_a_random_draw_of_more_than_there_is_takes_everything():
    axes = axes_of(PARAMS, {"fast": (1, 5, 1)})
    assert random_numbers(axes, 100, 1000) == [0, 1, 2, 3, 4]
    assert len(random_numbers(axes, 3, 1000)) == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((5, 50, 0), "above 0"),
        ((5, 50, -1), "above 0"),
        ((50, 5, 1), "ends before it"),
        ((5, 50), "(low, high, step)"),
        ((5, "50", 1), "must be a number"),
        ((5, float("nan"), 1), "must be a number"),
        ((5.5, 50, 1), "whole number"),
        ({"low": 5, "high": 50, "stride": 1}, "no part of a range"),
        ({"low": 5, "step": 1}, "high is missing"),
        ([], "empty"),
        ([5, 5], "twice"),
        ([True], "must be a number"),
        (7, "list of"),
    ],
)
def test_a_wrong_range_is_refused_at_its_parameter(given, said):
    assert said in refused({"fast": given}, "ranges.fast")


def test_every_wrong_range_is_named_at_once():
    with pytest.raises(GridError) as caught:
        axes_of(PARAMS, {"fast": (5, 50, 0), "unknown": (1, 2, 1), "both": (0, 1, 1)})
    assert set(caught.value.errors) == {"ranges.fast", "ranges.unknown", "ranges.both"}
    assert "it has fast, slow" in str(caught.value)


def test_nothing_to_vary_is_refused():
    assert "at least one" in refused({}, "ranges")


def test_params_and_ranges_are_read_without_running_the_script():
    found = declared('PARAMS = {"n": 3, "deep": [1]}\nRANGES = {"n": (1, 5, 1)}\nraise SystemExit')
    assert found.params == {"n": 3}
    assert found.ranges == {"n": (1, 5, 1)}
    with pytest.raises(DeclarationError, match="RANGES must be a dict"):
        declared("PARAMS = {}\nRANGES = make()")


@pytest.mark.parametrize("value", [1, 2, 3, 5, 14, 20, 50, 200, 0.02, 0.5, 1.5, -3, 0])
def test_ranges_nobody_gave_hold_the_present_value_among_a_few(value):
    axis = axes_of({"x": value}, default_ranges({"x": value}))[0]
    assert any(abs(tried - value) < 1e-9 for tried in axis.values())
    assert 2 <= axis.count <= 20
