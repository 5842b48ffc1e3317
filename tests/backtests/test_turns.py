"""Whose turn it is: one person's twenty ideas do not stand in front of another's one."""

import pytest

from accounts.access import Owner
from backtests import pipeline, services, turns
from backtests.models import BacktestRun
from backtests.stages import Stage
from runs.states import Status
from tests.backtests.ideas import GOLDEN_CROSS

pytestmark = pytest.mark.both_stacks


@pytest.fixture
def owners(django_user_model):
    return [
        Owner(user=django_user_model.objects.create_user(email=f"{name}@example.org"), visitor=None)
        for name in ("ann", "bob", "cy")
    ]


def names(order, by_run):
    return [by_run[run_id] for run_id in order]


def test_everybodys_first_comes_before_anybodys_second(start, owners):
    ann, bob, cy = owners
    by_run = {}
    for name, owner in (
        ("a1", ann),
        ("a2", ann),
        ("a3", ann),
        ("b1", bob),
        ("b2", bob),
        ("c1", cy),
    ):
        by_run[start(GOLDEN_CROSS, owner=owner).pk] = name
    assert names(turns.in_turn(), by_run) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    runs = {name: BacktestRun.objects.get(pk=run_id) for run_id, name in by_run.items()}
    assert [services.progress(runs[name]).queue_position for name in ("a1", "c1", "a3")] == [
        1,
        3,
        6,
    ]
    told = runs["c1"].events.get(kind="run.queued").payload
    assert told == {"ahead": 2}


def test_runs_being_worked_on_count(start, owners):
    ann, bob, _ = owners
    by_run = {}
    for name, owner in (("a1", ann), ("a2", ann), ("a3", ann), ("b1", bob)):
        by_run[start(GOLDEN_CROSS, owner=owner).pk] = name
    first, stage = pipeline.begin_next(turns.in_turn()[0])
    assert (by_run[first], stage) == ("a1", Stage.VALIDATING)
    assert names(turns.in_turn(), by_run) == ["b1", "a2", "a3"]


def test_every_message_begins_one_run_and_none_is_left(start, owners):
    ann, bob, _ = owners
    messages = [start(GOLDEN_CROSS, owner=owner).pk for owner in (ann, ann, ann, bob)]
    begun = [pipeline.begin_next(message)[0] for message in messages]
    assert begun == [messages[0], messages[3], messages[1], messages[2]]
    assert not BacktestRun.objects.filter(status=Status.QUEUED).exists()
    assert turns.in_turn() == []


def test_a_message_for_a_run_that_lost_its_worker_is_for_that_run(start, owners):
    ann, bob, _ = owners
    lost, waiting = start(GOLDEN_CROSS, owner=ann), start(GOLDEN_CROSS, owner=bob)
    BacktestRun.objects.filter(pk=lost.pk).update(status=Status.RUNNING)
    assert pipeline.begin_next(lost.pk) == (lost.pk, Stage.VALIDATING)
    assert turns.in_turn() == [waiting.pk]


def test_a_message_for_a_cancelled_run_serves_the_next(start, owners):
    ann, bob, _ = owners
    cancelled, waiting = start(GOLDEN_CROSS, owner=ann), start(GOLDEN_CROSS, owner=bob)
    services.cancel_run(run=cancelled)
    assert pipeline.begin_next(cancelled.pk) == (waiting.pk, Stage.VALIDATING)
    assert pipeline.begin_next(waiting.pk) is None
