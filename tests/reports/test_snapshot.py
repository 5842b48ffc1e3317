"""The report as a row: made once, never changed, found again when its signal was lost."""

import pytest

from backtests.models import BacktestRun
from backtests.signals import run_completed
from reports import services
from reports.models import Report, ReportIsImmutable
from tests.pages.runs import FACTS, make_completed, make_run


def test_the_signal_of_a_completed_run_makes_its_report(alice):
    run = make_completed(alice)
    run_completed.send_robust(BacktestRun, run_id=run.pk)
    report = Report.objects.get(run=run)
    assert report.facts == FACTS
    assert report.engine_version == FACTS["provenance"]["engine_version"]
    assert report.dataset_hash == FACTS["provenance"]["dataset_hash"]
    assert report.script_hash == FACTS["provenance"]["script_hash"]
    assert report.facts_hash == run.artifact("facts").content_hash


def test_two_signals_make_one_report_and_one_event(alice):
    run = make_completed(alice)
    for _ in range(2):
        run_completed.send_robust(BacktestRun, run_id=run.pk)
    assert Report.objects.count() == 1
    assert run.events.filter(kind="report.ready").count() == 1


def test_a_signal_for_a_deleted_run_does_nothing(alice):
    run = make_completed(alice)
    pk = run.pk
    run.delete()
    results = run_completed.send_robust(BacktestRun, run_id=pk)
    assert not [error for _, error in results if isinstance(error, Exception)]
    assert not Report.objects.exists()


def test_a_run_that_did_not_complete_has_no_report(alice):
    assert services.report_of(run=make_run(alice, "failed")) is None
    assert services.report_of(run=make_run(alice, "completed")) is None


def test_a_report_cannot_be_changed(alice):
    report = services.report_of(run=make_completed(alice))
    report.facts = {}
    with pytest.raises(ReportIsImmutable):
        report.save()
    with pytest.raises(ReportIsImmutable):
        Report.objects.filter(pk=report.pk).update(engine_version="9")
    assert Report.objects.get().facts == FACTS


def test_lost_reports_are_made_by_the_sweep(alice):
    for _ in range(2):
        make_completed(alice)
    make_run(alice, "failed")
    assert services.make_missing_reports() == 2
    assert services.make_missing_reports() == 0
    assert Report.objects.count() == 2
