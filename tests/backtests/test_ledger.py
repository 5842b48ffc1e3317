"""Everything tried for an idea is counted, once, and stays counted."""

import numpy as np
import pytest
from django.test import Client

from accounts.access import Owner
from backtests import ledger, pipeline, services
from backtests.models import BacktestRun, HoldOut, Lineage, Variant
from backtests.models.ideas import LedgerIsAppendOnly
from engine import metrics as measures
from tests.backtests.ideas import SCRIPT
from tests.factories import make_user

IDEA = "Buy when the 20-day SMA crosses above the 100-day SMA, sell when it crosses below."
WIDER = IDEA.replace("20", "30").replace("100", "150")
OTHER = "Buy when RSI(2) is below 10, sell when RSI(2) is above 70."

pytestmark = pytest.mark.both_stacks


@pytest.fixture
def run(start):
    """Return a function that makes a completed run."""

    def run(idea=IDEA, **options):
        done = pipeline.run_to_end(start(idea, **options))
        assert done.status == "completed", (done.failure_message, done.refusal)
        return done

    return run


def test_the_same_words_with_other_figures_are_one_idea(run):
    first, second = run(), run(WIDER)
    assert first.lineage == second.lineage
    assert second.read_json("facts")["luck"]["variants_tried"] == 2


def test_other_words_or_another_symbol_are_another_idea(run):
    assert len({run().lineage, run(OTHER).lineage, run(symbol="IXIC").lineage}) == 3


def test_a_run_started_from_another_is_the_same_idea_whatever_its_words(run):
    first = run()
    second = run(OTHER, parent=first)
    assert ledger.tally(second).variants == 2
    assert run(OTHER).lineage == first.lineage, "the words belong to the idea from now on"


def test_two_ideas_become_one_when_a_run_joins_them(run):
    first, other = run(), run(OTHER)
    joined = run(OTHER.replace("70", "80"), parent=first)
    assert ledger.tally(joined).variants == 3
    other.refresh_from_db()
    assert other.lineage == joined.lineage
    assert Lineage.objects.count() == 1


def test_a_repeat_is_no_new_variant_but_other_costs_or_days_are(run):
    first = run()
    assert ledger.tally(run()).variants == 1
    run(commission="0.002")
    run(costs={"fixed_fee": 1})
    run(start="2010-01-01")
    assert ledger.tally(first).variants == 4


def test_deleting_runs_does_not_uncount_them(run):
    for idea in (IDEA, WIDER):
        services.delete_run(run=run(idea))
    assert not BacktestRun.objects.exists()
    assert run(IDEA.replace("20", "40")).read_json("facts")["luck"]["variants_tried"] == 3


def test_nobody_can_change_or_delete_what_was_tried(run):
    run()
    variant = Variant.objects.get()
    for forbidden in (variant.save, variant.delete, Variant.objects.all().delete):
        with pytest.raises(LedgerIsAppendOnly):
            forbidden()
    with pytest.raises(LedgerIsAppendOnly):
        Variant.objects.update(sharpe_ratio=None)


def test_the_trials_own_variance_deflates_the_sharpe_ratio(run):
    runs = [run(), run(WIDER)]
    rows = [row.split(",") for row in runs[1].artifact("equity").read().decode().splitlines()[1:]]
    own = measures.sharpe_ratio(measures.returns([float(row[1]) for row in rows]), 1.0)
    known = list(Variant.objects.order_by("pk").values_list("sharpe_ratio", flat=True))
    assert known[1] == pytest.approx(own, rel=1e-12)
    luck = runs[1].read_json("facts")["luck"]
    assert luck["trials_sharpe_variance"] == pytest.approx(np.var(known, ddof=1))
    assert runs[0].read_json("facts")["luck"]["trials_sharpe_variance"] is None


def test_trials_of_a_sweep_count_and_the_run_itself_only_once(run):
    first = run("", own_script=SCRIPT)
    trials = [ledger.Trial({"days": days}, 0.01 * days, 100) for days in (40, 50.0, 60)]
    ledger.record_many(first, trials)
    ledger.record_many(first, trials)
    assert ledger.tally(first).variants == 3


def test_a_visitor_takes_the_ledger_along(run, client):
    client.post("/api/backtests", {"strategy_description": IDEA}, content_type="application/json")
    pending = BacktestRun.objects.get()
    pipeline.run_to_end(pending)
    alice = make_user("alice")
    mine = run(WIDER, owner=Owner(user=alice))
    client.force_login(alice)
    ledger.claim(user=alice, visitor=pending.visitor)
    pending.refresh_from_db()
    mine.refresh_from_db()
    assert pending.lineage == mine.lineage
    assert ledger.tally(mine).variants == 2
    assert Lineage.objects.filter(user=alice).count() == 1
    assert (
        run(IDEA.replace("20", "25"), owner=Owner(user=alice)).read_json("facts")["luck"][
            "variants_tried"
        ]
        == 3
    )


def test_owners_do_not_share_ideas(run):
    first, second = (run(owner=Owner(user=make_user(name))) for name in ("alice", "bob"))
    assert first.lineage != second.lineage


def test_an_account_that_is_deleted_takes_its_ledger_along(run):
    alice = make_user("alice")
    run(owner=Owner(user=alice), holdout="20%")
    alice.delete()
    assert not (Lineage.objects.exists() or Variant.objects.exists() or HoldOut.objects.exists())


def test_a_strangers_run_is_no_parent(run, data):
    first = run(owner=Owner(user=make_user("alice")))
    answer = Client().post(
        "/api/backtests",
        {"strategy_description": IDEA, "parent": str(first.pk)},
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["parent"]
