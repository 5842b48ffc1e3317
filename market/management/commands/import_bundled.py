"""`manage.py import_bundled`"""

from typing import Any

from django.core.management.base import BaseCommand

from market.services import import_bundled


class Command(BaseCommand):
    """Import the real prices that came with the installed packages; safe to repeat."""

    help = "Import the prices that came with the installed packages. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        new = import_bundled()
        if not options["verbosity"]:
            return
        for dataset in new:
            self.stdout.write(f"{dataset}: {dataset.rows:,} bars")
        if not new:
            self.stdout.write("Everything is there already.")
