"""Scenes show every kind of order, the same every time, and tell misreadings apart."""

import numpy as np
import pytest

from backtests.fidelity.charts import HEIGHT, WIDTH, chart_of
from backtests.fidelity.demands import canonical
from backtests.fidelity.scenes import MOST, Stage, _Search, fidelity_of
from backtests.fidelity.showing import as_data
from benchmarks.fidelity import measure
from engine import Bars
from llm.specification import Settings
from tests.backtests.planted_specs import SPECS, is_, number, of, spec

QUICK = [
    "rsi2", "golden_cross", "stop_and_target", "three_falls", "turtle", "short_breakdown",
    "macd_reverse", "halloween", "tuesday", "trailing", "gap_down", "percent_fall", "either",
    "cool_down", "momentum",
]  # fmt: skip


def kinds(name):
    return {scene.moment.kind for scene in fidelity_of(SPECS[name]).scenes}


def test_nine_in_ten_planted_misreadings_are_caught_and_no_right_script_is_blamed():
    tally = measure(QUICK)

    assert tally.blamed == []
    assert tally.caught + len(tally.missed) >= 60
    assert tally.share >= 0.9, tally.missed


@pytest.mark.parametrize("name", SPECS)
def test_there_are_three_to_six_scenes_and_each_is_what_the_rules_do(name):
    fidelity = fidelity_of(SPECS[name])

    assert 3 <= len(fidelity.scenes) <= MOST
    for scene in fidelity.scenes:
        alone = Stage(SPECS[name], scene.world, fidelity.cash)
        assert scene.outcome.equals(alone.outcome)
        assert 20 <= scene.last - scene.first + 1 <= 40
    assert len(fidelity.missed) <= 0.3 * fidelity.misread


def test_every_way_out_has_a_scene():
    assert {"1 stop", "1 target"} <= kinds("stop_and_target")
    assert "1 trail" in kinds("trailing")
    assert "1 time" in kinds("three_falls")
    assert {"1 reverse", "-1 reverse"} <= kinds("macd_reverse")
    assert {"1 stop", "1 signal"} <= kinds("cool_down")
    assert {"1 entry", "1 signal"} <= kinds("halloween")
    assert "change" in kinds("momentum")


def test_a_near_miss_lacks_exactly_one_condition():
    for scene in fidelity_of(SPECS["rsi2"]).scenes:
        if scene.moment.missing is not None:
            entry = SPECS["rsi2"].long_entry
            stage = Stage(SPECS["rsi2"], scene.world, 10_000)
            assert stage.outcome is not None
            held = [stage.readings[""].condition(part) for part in entry.conditions]
            assert [column[scene.moment.first] for column in held].count(False) == 1
            return
    raise AssertionError("there is no near miss")


def test_the_same_rules_have_the_same_scenes_whatever_they_say_of_money_and_dates():
    one = SPECS["rsi2"]
    other = one.model_copy(update={"settings": Settings(commission=0.01), "assumptions": ("x",)})

    assert canonical(one) == canonical(other)
    first, again = _Search(one).fidelity(), _Search(other).fidelity()
    assert as_data(first) == as_data(again)


def test_made_up_prices_are_valid_and_on_exchange_days():
    for scene in fidelity_of(SPECS["tuesday"]).scenes:
        world = scene.world
        assert isinstance(world, Bars)
        Bars.from_matrix(world.to_matrix())  # raises for a row that no market has
        assert not np.isin(world.time.astype("datetime64[D]").astype(int) % 7, (2, 3)).any()


def test_rules_in_points_and_levels_get_prices_they_can_act_on():
    below = spec(long_entry=is_(of("sma", 3), "<", 1500), long_exit=is_(of("sma", 3), ">", 1600))

    scenes = fidelity_of(below).scenes
    assert any(scene.moment.fill for scene in scenes)
    assert number(1500) == number(1500.0)


def test_rules_that_never_act_have_no_orders_and_break_nothing():
    never = spec(long_entry=is_(of("rsi", 14), "<", -5), long_exit=is_(of("rsi", 14), ">", 70))

    fidelity = fidelity_of(never)
    assert all(not scene.outcome.fills() for scene in fidelity.scenes)
    assert as_data(fidelity)["failed"] == []


def test_a_chart_keeps_everything_inside_its_frame_and_says_itself_in_words():
    for scene in as_data(fidelity_of(SPECS["stop_and_target"]))["scenes"]:
        chart = chart_of(scene)
        assert len(chart.candles) == len(scene["bars"])
        for candle in chart.candles:
            assert 0 <= candle.high <= candle.low <= HEIGHT
            assert 0 <= candle.left <= WIDTH
        assert len(chart.markers) == len(scene["fills"])
        assert "candles from" in chart.label
        for fill in scene["fills"]:
            assert f"{fill['word']} at {fill['price']:,.2f}" in chart.label


def test_captions_say_the_rule_and_its_numbers():
    captions = [scene["caption"] for scene in as_data(fidelity_of(SPECS["rsi_levels"]))["scenes"]]

    assert any("The 14-day RSI crosses below 30 (" in text for text in captions)
    assert any("bought at the next open" in text for text in captions)
    assert any("Near, but the 14-day RSI does not cross below 30 (" in text for text in captions)
