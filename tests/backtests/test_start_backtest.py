"""Starting a backtest: bad requests leave nothing, good ones count once."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.access import Owner
from backtests import pipeline, services
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from billing.errors import AllowanceExhausted
from billing.services import allowance_for
from tests.backtests.ideas import GOLDEN_CROSS

pytestmark = pytest.mark.both_stacks


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"idea": ""}, "idea", "Write a trading idea"),
        ({"idea": "   \n "}, "idea", "Write a trading idea"),
        ({"idea": "buy " * 5000}, "idea", "4,000 is the most"),
        ({"idea": "buy\x00"}, "idea", "NUL"),
        ({"symbol": "QZXWV"}, "symbol", "QZXWV"),
        ({"symbol": "XOM,XOM"}, "symbol", "once"),
        ({"start": date(2012, 1, 1), "end": date(2011, 1, 1)}, "end", "before the start"),
        ({"symbol": "SPX", "start": date(2030, 1, 1)}, "start", "2018-12-31"),
        ({"symbol": "SPX", "end": date(1980, 1, 1)}, "end", "1999-01-04"),
        ({"initial_capital": "-5"}, "initial_capital", "between 1"),
        ({"initial_capital": "many"}, "initial_capital", "not a number"),
        ({"initial_capital": "NaN"}, "initial_capital", "infinity"),
        ({"commission": "0.5"}, "commission", "between 0"),
        ({"commission": "-0.1"}, "commission", "between 0"),
    ],
)
def test_a_bad_request_is_told_field_by_field_and_leaves_nothing(
    data, alice, options, field, words
):
    owner = Owner(user=alice)
    with pytest.raises(BacktestInvalid) as caught:
        services.start_backtest(owner=owner, **({"idea": GOLDEN_CROSS} | options))
    assert list(caught.value.errors) == [field]
    assert words in caught.value.errors[field][0]
    assert not BacktestRun.objects.exists()
    assert allowance_for(owner).used == 0


def test_a_run_keeps_what_was_asked_for(start, alice):
    run = start(
        GOLDEN_CROSS,
        owner=Owner(user=alice),
        symbol="AAPL",
        initial_capital="2500.5",
        commission=0.001,
    )
    run.refresh_from_db()
    assert (run.initial_capital, run.commission) == (Decimal("2500.50"), Decimal("0.001000"))
    assert (run.user, run.visitor, run.status) == (alice, None, "queued")


def test_the_same_key_gives_the_same_run_and_counts_once(start, alice):
    owner = Owner(user=alice)
    first = start(GOLDEN_CROSS, owner=owner, idempotency_key="k-1")
    second = start(GOLDEN_CROSS, owner=owner, idempotency_key="k-1")
    assert first.pk == second.pk
    assert allowance_for(owner).used == 1


def test_a_used_up_allowance_refuses_and_stores_nothing(start, alice, settings):
    owner = Owner(user=alice)
    for _ in range(settings.DAILY_ALLOWANCE_USER):
        start(GOLDEN_CROSS, owner=owner)
    with pytest.raises(AllowanceExhausted):
        start(GOLDEN_CROSS, owner=owner)
    assert BacktestRun.objects.count() == settings.DAILY_ALLOWANCE_USER


def test_a_refused_idea_gives_the_allowance_back_and_a_report_does_not(start, alice):
    owner = Owner(user=alice)
    pipeline.run_to_end(start("hello", owner=owner))
    assert allowance_for(owner).used == 0
    pipeline.run_to_end(start(GOLDEN_CROSS, owner=owner))
    assert allowance_for(owner).used == 1


def test_cancelling_before_the_start_gives_back_and_later_does_not(start, alice):
    owner = Owner(user=alice)
    services.cancel_run(run=start(GOLDEN_CROSS, owner=owner))
    assert allowance_for(owner).used == 0
    run = start(GOLDEN_CROSS, owner=owner)
    pipeline.run_stage(run.pk, "generating")
    services.cancel_run(run=run)
    assert allowance_for(owner).used == 1


def test_a_visitor_who_signs_in_keeps_the_runs(start, alice):
    from accounts.models import Visitor
    from accounts.signals import visitor_claimed

    visitor = Visitor.objects.create()
    run = start(GOLDEN_CROSS, owner=Owner(visitor=visitor))
    visitor_claimed.send(None, user=alice, visitor=visitor)
    assert list(BacktestRun.objects.visible_to(Owner(user=alice))) == [run]
    assert not BacktestRun.objects.visible_to(Owner(visitor=visitor)).exists()


def test_deleting_a_run_deletes_files_nobody_else_uses(start):
    from django.core.files.storage import default_storage

    first, second = (pipeline.run_to_end(start(GOLDEN_CROSS)) for _ in range(2))
    shared, own = first.artifact("data").path, first.artifact("facts").path
    same_facts = first.artifact("facts").content_hash == second.artifact("facts").content_hash
    services.delete_run(run=first)
    assert default_storage.exists(shared)
    assert default_storage.exists(own) == same_facts
    services.delete_run(run=second)
    assert not default_storage.exists(shared)
