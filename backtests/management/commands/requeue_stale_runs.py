"""`manage.py requeue_stale_runs`: what the scheduler does every few seconds, once, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backtests import sweeping, tasks


class Command(BaseCommand):
    """Enqueue again the runs that nobody works on."""

    help = "Pick up runs whose worker died or whose message was lost. Safe to run at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        for run_id, stage in sweeping.stale_runs() if dry else sweeping.take_stale_runs():
            if not dry:
                tasks.enqueue(run_id, stage)
            self.stdout.write(f"{run_id} {stage}")
