"""What one can do with reports."""

import json

from django.db import transaction

from backtests.events import REPORT_READY
from backtests.models import BacktestRun
from reports.models import Report
from runs.states import Status


def report_of(*, run: BacktestRun) -> Report | None:
    """The report of a run, made now if it is missing; None while the run has no facts.

    Safe to call from several places at once: there is one report a run, whoever comes first.
    """
    found = Report.objects.filter(run=run).first()
    if found is not None or run.status != Status.COMPLETED:
        return found
    artifact = run.artifact("facts")
    if artifact is None:
        return None
    facts = json.loads(artifact.read())
    provenance = facts["provenance"]
    with transaction.atomic():
        report, made = Report.objects.get_or_create(
            run=run,
            defaults={
                "facts": facts,
                "facts_hash": artifact.content_hash,
                "engine_version": provenance["engine_version"],
                "dataset_hash": provenance["dataset_hash"],
                "script_hash": provenance["script_hash"],
            },
        )
        if made:
            run.record(REPORT_READY, {"report": str(report.pk)})
    return report


def make_missing_reports(*, limit: int = 100) -> int:
    """Make the reports whose signal was lost; how many were made."""
    lost = BacktestRun.objects.filter(
        status=Status.COMPLETED, report__isnull=True, artifacts__kind="facts"
    ).distinct()[:limit]
    return sum(report_of(run=run) is not None for run in lost)
