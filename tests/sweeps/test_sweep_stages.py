"""A sweep from its ranges to its verdict, in the real sandbox, and what stops it on the way."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from accounts.access import Owner
from backtests import ledger
from backtests.errors import RunRefused
from backtests.pipeline.executing import simulation_config
from engine import Decisions, simulate
from engine.metrics import growth
from runs.states import Status
from sweeps import pipeline, services, sweeping
from sweeps.errors import SweepInvalid
from sweeps.models import Sweep, SweepChunk, SweepResult
from sweeps.pipeline.computing import World, decisions_of, stored
from sweeps.stages import Stage
from tests.sweeps.conftest import NOISE, SCRIPT, completed

pytestmark = pytest.mark.both_stacks


def kinds(sweep):
    return list(sweep.events.values_list("kind", flat=True))


def refused(start, **options):
    with pytest.raises(SweepInvalid) as caught:
        start(**options)
    return caught.value.errors


def test_the_ranges_of_the_script_become_a_result(start):
    sweep = pipeline.sweep_to_end(start())
    assert (sweep.status, sweep.failure_message, sweep.refusal) == (Status.COMPLETED, "", {})
    assert sweep.combinations == 18 == len(sweep.result)
    columns, study = sweep.result.columns, sweep.result.study
    assert set(columns) == {
        "params.days", "params.lag", "sharpe_ratio", "total_return", "max_drawdown", "trades",
    }  # fmt: skip
    assert study["best"] == int(np.argmax(columns["sharpe_ratio"]))
    assert [walk["kind"] for walk in study["walk_forward"]] == ["anchored", "rolling"]
    assert len(study["kfold"]["folds"]) == 5
    assert study["gate"]["cuts"] >= 2
    assert study["verdict"]["sentence"]
    assert not sweep.chunks.exists()
    assert kinds(sweep)[-1] == "run.completed"
    sequences = list(sweep.events.values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))


def test_each_line_is_what_a_run_with_these_parameters_gives(start, run):
    sweep = pipeline.sweep_to_end(start(ranges={"days": [20, 50]}))
    config = simulation_config(run.read_json("spec"))
    world = World.of(run)
    kept = Decisions.from_bytes(run.artifact("decisions").read(), bars=len(world.bars))
    equity = simulate(world.bars, kept, config).equity
    row = sweep.result.row(1)
    assert row["params.days"] == 50
    assert row["total_return"] == pytest.approx(equity[-1] / config.initial_cash - 1, rel=1e-12)
    ratio = growth.sharpe_ratio(growth.returns(equity), world.bars.periods_per_year)
    assert row["sharpe_ratio"] == pytest.approx(ratio, rel=1e-9)


def test_every_combination_is_entered_in_the_ledger_once(start, run):
    first = pipeline.sweep_to_end(start(ranges={"days": [20, 30, 40]}))
    assert first.result.study["luck"]["variants_tried"] == 4
    again = pipeline.sweep_to_end(start(ranges={"days": [20, 30, 50, 60]}))
    # 20 and 30 were tried before, and 50 is the run itself.
    assert again.result.study["luck"]["variants_tried"] == 5
    assert ledger.tally(run).variants == 5


def test_a_deliberately_overfitted_sweep_is_called_overfitted(data, alice, settings):
    settings.LOOK_AHEAD_CUTS = 4
    run = completed(alice, NOISE)
    sweep = services.start_sweep(owner=Owner(user=alice), run=run, enqueue=False)
    pipeline.sweep_to_end(sweep)
    study = sweep.result.study
    assert (sweep.combinations, study["luck"]["variants_tried"]) == (60, 60)
    assert study["verdict"]["level"] == "overfitted"
    assert study["luck"]["deflated_sharpe_ratio"] < 0.95
    assert study["verdict"]["sentence"].startswith("Overfitted: the best of 60 variants")
    assert sweep.headline["word"] == "Overfitted"


def test_a_random_draw_tries_as_many_as_it_should(start):
    sweep = pipeline.sweep_to_end(
        start(ranges={"days": (5, 200, 1), "lag": (1, 50, 1)}, method="random", samples=12, seed=3)
    )
    assert sweep.status == Status.COMPLETED
    assert (sweep.combinations, sweep.grid_size) == (12, 196 * 50)
    pairs = zip(
        sweep.result.columns["params.days"], sweep.result.columns["params.lag"], strict=True
    )
    assert len(set(pairs)) == 12


def test_ten_million_combinations_are_refused_with_the_count_and_nothing_is_kept(start):
    errors = refused(start, ranges={"days": (1, 10_000, 1), "lag": (1, 1000, 1)})
    assert "10,000,000 combinations" in errors["ranges"][0]
    assert "10,000 is the most" in errors["ranges"][0]
    assert not Sweep.objects.exists()


WRONG = [
    ({"ranges": {"days": (10, 60, 0)}}, "ranges.days"),
    ({"ranges": {"days": (60, 10, 5)}}, "ranges.days"),
    ({"ranges": {"weeks": (1, 2, 1)}}, "ranges.weeks"),
    ({"ranges": {"days": (1.5, 3, 1)}}, "ranges.days"),
    ({"ranges": {"mode": (1, 3, 1)}}, "ranges.mode"),
    ({"ranges": {}}, "ranges"),
    ({"ranges": {"days": [20]}}, "ranges"),
    ({"method": "random"}, "samples"),
    ({"method": "random", "samples": 10_001}, "samples"),
    ({"method": "annealing"}, "method"),
    ({"seed": -1}, "seed"),
]


def test_what_is_wrong_is_said_at_its_field(start):
    for options, field in WRONG:
        assert field in refused(start, **options), options
    assert not Sweep.objects.exists()


def test_a_run_without_a_result_cannot_be_swept(start, run):
    type(run).objects.filter(pk=run.pk).update(status=Status.FAILED)
    run.refresh_from_db()
    assert "completed" in refused(start)["run"][0]


def test_sealed_days_are_read_through_no_sweep(start, run, alice):
    waiting = start(ranges={"days": [20, 30]})
    cut = completed(alice, SCRIPT, holdout="20%")
    cut.refresh_from_db()
    assert "are sealed for this idea" in refused(start)["run"][0]
    pipeline.sweep_to_end(waiting)
    assert (waiting.status, waiting.refusal["code"]) == (Status.REFUSED, "sealed")
    allowed = services.start_sweep(
        owner=Owner(user=alice), run=cut, ranges={"days": [20, 30]}, enqueue=False
    )
    assert pipeline.sweep_to_end(allowed).status == Status.COMPLETED
    bars = World.of(cut).bars
    assert allowed.result.study["bars"] == len(bars)
    assert str(bars.time[-1])[:10] < str(cut.lineage.hold_outs.get().first_day)


def test_a_parameter_that_opens_a_leak_is_refused_by_name(start):
    sweep = pipeline.sweep_to_end(start(ranges={"days": [20], "lag": [-5, 1]}))
    assert sweep.status == Status.REFUSED
    assert sweep.refusal["code"] == "lookahead"
    assert "lag -5" in sweep.refusal["message"]
    assert not SweepResult.objects.exists()


def test_a_script_that_is_random_for_some_parameters_is_refused(start):
    sweep = pipeline.sweep_to_end(start(ranges={"mode": ["calm", "random"], "days": [20, 30]}))
    assert (sweep.status, sweep.refusal["code"]) == (Status.REFUSED, "random")


def test_a_script_that_fails_for_a_value_says_which(start):
    sweep = pipeline.sweep_to_end(start(ranges={"days": (11, 14, 1)}))
    assert sweep.status == Status.REFUSED
    assert "days = 13" in sweep.refusal["message"]
    assert "thirteen is unlucky" in sweep.refusal["message"]
    assert not SweepResult.objects.exists() and not sweep.chunks.exists()


def test_what_is_too_much_for_one_job_is_done_in_halves(run, settings):
    world, points = World.of(run), [{"days": 20 + n, "mode": "slow"} for n in range(8)]
    whole = decisions_of(world, points, threading.Event())
    settings.SANDBOX_EXECUTION_SECONDS = 0.6
    halved = decisions_of(world, points, threading.Event())
    assert [one.to_bytes() for one in halved] == [one.to_bytes() for one in whole]


def test_one_combination_that_takes_too_long_is_named(run, settings):
    settings.SANDBOX_EXECUTION_SECONDS = 0.05
    with pytest.raises(RunRefused, match="With days 20, mode slow"):
        decisions_of(World.of(run), [{"days": 20, "mode": "slow"}], threading.Event())


def test_a_second_worker_finds_the_chunk_claimed(start):
    sweep = start()
    chunk = sweep.chunks.first()
    assert chunk.claim(lease=timedelta(seconds=30))
    assert not SweepChunk.objects.get(pk=chunk.pk).claim(lease=timedelta(seconds=30))
    assert pipeline.compute_chunk(chunk.pk) is None


def test_the_last_chunk_calls_the_study_and_only_once(start, settings):
    settings.SWEEP_CHUNK_SIZE = 9
    sweep = start()
    following = [pipeline.compute_chunk(chunk.pk) for chunk in sweep.chunks.all()]
    assert [item.stage for item in following][-1] == Stage.STUDYING
    assert {item.stage for item in following[:-1]} == {Stage.COMPUTING}
    pipeline.study_sweep(sweep.pk)
    pipeline.study_sweep(sweep.pk)
    assert SweepResult.objects.count() == 1
    assert kinds(sweep).count("run.completed") == 1


def test_a_killed_workers_chunk_is_taken_up_again_with_the_same_result(start):
    sweep = start()
    dead = sweep.chunks.first()
    assert dead.claim(lease=timedelta(seconds=30))
    Sweep.objects.filter(pk=sweep.pk).update(status=Status.RUNNING)
    assert sweeping.take_stale_sweeps() == []
    SweepChunk.objects.filter(pk=dead.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeping.take_stale_sweeps() == [(sweep.pk, Stage.COMPUTING)]
    late = SweepChunk.objects.get(pk=dead.pk)
    assert pipeline.compute_chunk(late.pk) is not None
    # The dead worker wakes up: what it brings is not needed.
    assert not dead.finish(b"something else")
    late.refresh_from_db()
    bars = World.of(sweep.run).bars
    assert len(stored(late, len(bars))) == late.size
    assert pipeline.sweep_to_end(sweep).status == Status.COMPLETED


def test_a_forgotten_sweep_is_found_after_a_while(start):
    sweep = start()
    assert sweeping.take_stale_sweeps() == []
    long_ago = timezone.now() - timedelta(minutes=5)
    Sweep.objects.filter(pk=sweep.pk).update(moved_at=long_ago)
    assert sweeping.take_stale_sweeps() == [(sweep.pk, Stage.COMPUTING)]
    assert sweeping.take_stale_sweeps() == []


def test_cancelled_in_the_middle_it_leaves_nothing(start):
    sweep = start()
    first, second = sweep.chunks.all()[:2]
    pipeline.compute_chunk(first.pk)
    assert second.claim(lease=timedelta(seconds=30))
    assert services.cancel_sweep(sweep=sweep)
    assert not second.renew(lease=timedelta(seconds=30))
    assert not second.finish(b"late")
    assert not sweep.chunks.exists()
    sweep.refresh_from_db()
    assert (sweep.status, kinds(sweep)[-1]) == (Status.CANCELLED, "run.cancelled")
    assert not services.cancel_sweep(sweep=sweep)


def test_a_chunk_killed_too_often_ends_the_sweep(start, settings):
    sweep = start()
    chunk = sweep.chunks.first()
    SweepChunk.objects.filter(pk=chunk.pk).update(attempt=settings.STAGE_MAX_ATTEMPTS)
    assert pipeline.compute_chunk(chunk.pk) is None
    sweep.refresh_from_db()
    assert sweep.status == Status.FAILED
    assert "interrupted too often" in sweep.failure_message


def test_one_sweep_is_one_of_the_days_allowance_and_a_refusal_gives_it_back(start, run, alice):
    from accounts.access import Owner
    from billing.services import allowance_for

    before = allowance_for(Owner(user=alice)).used
    sweep = start(ranges={"days": [20, 30]})
    assert allowance_for(Owner(user=alice)).used == before + 1
    assert pipeline.sweep_to_end(sweep).status == Status.COMPLETED
    assert allowance_for(Owner(user=alice)).used == before + 1
    pipeline.sweep_to_end(start(ranges={"days": [12, 13]}))
    assert allowance_for(Owner(user=alice)).used == before + 1


def test_the_same_key_gives_the_same_sweep(start):
    one, two = start(idempotency_key="once"), start(idempotency_key="once")
    assert one.pk == two.pk
    assert Sweep.objects.count() == 1
