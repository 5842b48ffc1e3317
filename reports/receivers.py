"""What reports do when a run has ended or a report goes."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from backtests.models import BacktestRun
from backtests.signals import run_completed
from reports import services
from reports.builders.pdf import discard_pdf
from reports.models import Report


@receiver(run_completed)
def keep_report(sender: Any, *, run_id: UUID, **_: Any) -> None:
    """Keep the report of a run that completed."""
    run = BacktestRun.objects.filter(pk=run_id).first()
    if run is not None:
        services.report_of(run=run)


@receiver(post_delete, sender=Report)
def drop_pdf(sender: Any, *, instance: Report, **_: Any) -> None:
    """Delete the PDF with its last report."""
    facts_hash = instance.facts_hash

    def drop() -> None:
        if not Report.objects.filter(facts_hash=facts_hash).exists():
            discard_pdf(facts_hash)

    transaction.on_commit(drop)
