"""The five stages on real data in the real sandbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backtests import pipeline, sweeping
from backtests.models import BacktestRun
from backtests.stages import Stage
from runs.models import LeaseLost
from runs.states import Status
from tests.backtests.ideas import (
    BROKEN_SCRIPT,
    GOLDEN_CROSS,
    NEVER_SCRIPT,
    PEEKING_SCRIPT,
    RANDOM_SCRIPT,
    RSI_IDEA,
    SCRIPT,
)

pytestmark = pytest.mark.both_stacks
LEFT_BEHIND = {
    "script",
    "spec",
    "data",
    "decisions",
    "trades",
    "equity",
    "log",
    "facts",
    "chart",
    "report_markdown",
    "scenes",
}


def kinds(run):
    return list(run.events.values_list("kind", flat=True))


def test_an_idea_becomes_a_report(start):
    run = pipeline.run_to_end(start(RSI_IDEA))
    assert (run.status, run.failure_message, run.refusal) == (Status.COMPLETED, "", {})
    facts = run.read_json("facts")
    assert facts["dataset"]["symbol"] == "SPX"
    assert facts["settings"]["commission"] == 0.001
    assert (facts["settings"]["start"], facts["settings"]["end"]) == ("2005-01-01", "2018-12-31")
    assert facts["trade_metrics"]["trades"] == len(facts["trades"]) > 90
    assert run.headline["symbol"] == "SPX"


def test_every_stage_leaves_what_it_should_and_the_small_dataset_is_gone(start):
    run = pipeline.run_to_end(start(GOLDEN_CROSS))
    assert set(run.artifacts.values_list("kind", flat=True)) == LEFT_BEHIND
    finished = [event.payload["stage"] for event in run.events.filter(kind="stage.finished")]
    assert finished == ["generating", "validating", "executing", "reporting"]


def test_numbers_of_events_have_no_gap(start):
    run = pipeline.run_to_end(start(GOLDEN_CROSS))
    numbers = list(run.events.values_list("sequence", flat=True))
    assert numbers == list(range(1, run.last_sequence + 1))


def test_the_same_idea_twice_gives_the_same_figures(start):
    first, second = (pipeline.run_to_end(start(RSI_IDEA)) for _ in range(2))
    for kind in ("decisions", "trades", "equity", "chart", "script"):
        assert first.artifact(kind).content_hash == second.artifact(kind).content_hash


def test_an_idea_nobody_understands_is_refused_and_leaves_no_script(start):
    run = pipeline.run_to_end(start("hello"))
    assert run.status == Status.REFUSED
    assert run.refusal["code"] == "not_a_strategy"
    assert kinds(run)[-1] == "run.refused"
    assert not run.artifacts.exists()


def test_dates_outside_the_data_are_refused_with_the_span(start):
    run = pipeline.run_to_end(
        start(
            "Buy when RSI(14) is below 30, sell when it is above 70. From 2021-01-01 to 2022-12-31."
        )
    )
    assert run.status == Status.REFUSED
    assert run.refusal["code"] == "invalid_dates"
    assert "2018-12-31" in run.refusal["message"]


def test_too_few_bars_for_the_indicator_are_refused(start):
    run = pipeline.run_to_end(start(GOLDEN_CROSS + " From 2010-01-01 to 2010-03-31."))
    assert run.status == Status.REFUSED
    assert run.refusal["code"] == "missing_data"
    assert "201 bars" in run.refusal["message"]


def test_a_script_of_ones_own_runs_with_its_parameters(start):
    run = pipeline.run_to_end(start(own_script=SCRIPT, symbol="IXIC", script_params={"days": 20}))
    assert run.status == Status.COMPLETED, run.failure_message
    facts = run.read_json("facts")
    assert facts["title"] == "Hold above the 50-day average."
    assert facts["provenance"]["parameters"] == {"days": 20}


def test_a_script_that_sees_tomorrow_is_refused_with_the_day(start):
    run = pipeline.run_to_end(start(own_script=PEEKING_SCRIPT, symbol="SPX"))
    assert run.status == Status.REFUSED
    assert run.refusal["code"] == "lookahead"
    assert "Look-ahead: the decision of " in run.refusal["message"]


def test_a_script_that_fails_without_later_bars_is_told_what_that_means(start):
    source = SCRIPT.replace("def signals(", "LATER = 399\n\n\ndef signals(").replace(
        "    return", "    later = bars.close[LATER]\n    assert later > 0\n    return"
    )
    assert source.count("LATER") == 2
    run = pipeline.run_to_end(start(own_script=source, symbol="SPX"))
    assert run.status == Status.FAILED
    assert "fails when those after " in run.failure_message
    assert "IndexError" in run.failure_message


def test_only_decisions_that_were_checked_become_a_result(start):
    run = start(own_script=SCRIPT, symbol="SPX")
    pipeline.run_stage(run.pk, Stage.GENERATING)
    assert pipeline.run_stage(run.pk, Stage.VALIDATING) == Stage.EXECUTING
    line = run.events.get(payload__has_key="decisions")
    line.payload["decisions"] = "0" * 64
    line.save()
    assert pipeline.run_stage(run.pk, Stage.EXECUTING) is None
    run.refresh_from_db()
    assert run.status == Status.FAILED
    assert "decided otherwise than when it was checked" in run.failure_message


def test_a_random_script_is_not_accepted(start):
    run = pipeline.run_to_end(start(own_script=RANDOM_SCRIPT, symbol="SPX"))
    assert run.status == Status.FAILED
    assert "different decisions" in run.failure_message


def test_a_broken_script_fails_with_its_own_error(start):
    run = pipeline.run_to_end(start(own_script=BROKEN_SCRIPT, symbol="SPX"))
    assert run.status == Status.FAILED
    assert "closing" in run.failure_message


def test_a_strategy_that_never_trades_gets_a_report_that_says_so(start):
    run = pipeline.run_to_end(start(own_script=NEVER_SCRIPT, symbol="SPX"))
    assert run.status == Status.COMPLETED, run.failure_message
    facts = run.read_json("facts")
    assert facts["verdict"]["level"] == "no_trades"
    assert facts["metrics"]["total_return"] == 0
    assert facts["metrics"]["sharpe_ratio"] is None


def test_a_claimed_stage_cannot_be_claimed_again(start):
    run = start(GOLDEN_CROSS)
    assert run.claim(Stage.GENERATING, lease=timedelta(seconds=30))
    other = BacktestRun.objects.get(pk=run.pk)
    assert not other.claim(Stage.GENERATING, lease=timedelta(seconds=30))
    assert pipeline.run_stage(run.pk, Stage.GENERATING) is None


def test_an_expired_lease_is_found_by_the_sweeper_and_the_old_holder_changes_nothing(start):
    run = start(GOLDEN_CROSS)
    assert run.claim(Stage.GENERATING, lease=timedelta(seconds=-1))
    assert sweeping.stale_runs() == [(run.pk, Stage.GENERATING)]
    finished = pipeline.run_to_end(BacktestRun.objects.get(pk=run.pk))
    assert finished.status == Status.COMPLETED
    with pytest.raises(LeaseLost):
        run.advance(Stage.VALIDATING)


def test_a_stale_run_is_taken_once_and_the_worker_that_lost_it_changes_nothing(start):
    run = start(GOLDEN_CROSS)
    assert run.claim(Stage.GENERATING, lease=timedelta(seconds=-1))
    assert sweeping.take_stale_runs() == [(run.pk, Stage.GENERATING)]
    assert sweeping.take_stale_runs() == []
    with pytest.raises(LeaseLost):
        run.advance(Stage.VALIDATING)
    assert pipeline.run_to_end(run).status == Status.COMPLETED


def test_a_stage_that_is_killed_again_and_again_ends_the_run(start, settings):
    run = start(GOLDEN_CROSS)
    for _ in range(settings.STAGE_MAX_ATTEMPTS):
        assert run.claim(Stage.GENERATING, lease=timedelta(seconds=-1))
    ended = pipeline.run_to_end(run)
    assert ended.status == Status.FAILED
    assert "interrupted" in ended.failure_message


def test_a_run_that_waits_too_long_between_stages_is_found(start):
    run = start(GOLDEN_CROSS)
    assert sweeping.stale_runs() == []
    BacktestRun.objects.filter(pk=run.pk).update(
        moved_at=timezone.now() - sweeping.PATIENCE - timedelta(seconds=1)
    )
    assert sweeping.stale_runs() == [(run.pk, Stage.GENERATING)]


def test_a_cancelled_run_stays_cancelled_whatever_a_worker_still_computes(start):
    run = start(GOLDEN_CROSS)
    assert pipeline.run_stage(run.pk, Stage.GENERATING) == Stage.VALIDATING
    run.refresh_from_db()
    assert run.claim(Stage.VALIDATING, lease=timedelta(seconds=30))
    from backtests import services

    assert services.cancel_run(run=BacktestRun.objects.get(pk=run.pk))
    with pytest.raises(LeaseLost):
        run.advance(Stage.EXECUTING)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert not services.cancel_run(run=run)
    assert kinds(run)[-1] == "run.cancelled"


def test_the_owners_usual_costs_count_where_the_idea_says_none(start, alice):
    from accounts.access import Owner
    from accounts.models import UserSettings

    own = UserSettings.of(alice)
    own.default_commission, own.default_initial_capital = "0.002", "5000"
    own.save()
    run = pipeline.run_to_end(start(GOLDEN_CROSS, owner=Owner(user=alice)))
    settings = run.read_json("facts")["settings"]
    assert (settings["commission"], settings["initial_capital"]) == (0.002, 5000.0)
    said = run.read_json("spec")["assumptions"]
    assert "Costs of 0.2 % per side are charged, as none were named." in said
