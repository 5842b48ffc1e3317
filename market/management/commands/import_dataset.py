"""`manage.py import_dataset FILE --symbol X`"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.errors import MarketError
from market.models import Symbol
from market.services import import_file


class Command(BaseCommand):
    """Import prices from a CSV or Parquet file and use them for new runs."""

    help = "Import daily, weekly or monthly prices from a CSV (also .gz) or Parquet file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--symbol", required=True, help="ticker, new or known")
        parser.add_argument("--name", default="", help="name of a new symbol")
        parser.add_argument("--kind", default="", choices=["", *Symbol.Kind.values])
        parser.add_argument("--calendar", default="", choices=["", *Symbol.Calendar.values])
        parser.add_argument(
            "--timezone", default="UTC", help="whose days count when the file holds instants"
        )
        parser.add_argument("--licence", default="", help="a note kept with the data")
        adjusted = parser.add_mutually_exclusive_group()
        adjusted.add_argument("--adjusted", action="store_true", default=None)
        adjusted.add_argument("--unadjusted", action="store_false", dest="adjusted")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = ("symbol", "name", "kind", "calendar", "timezone", "adjusted", "licence")
        try:
            dataset = import_file(options["file"], **{name: options[name] for name in chosen})
        except MarketError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{dataset}: {dataset.rows:,} {dataset.get_frequency_display()} bars")
        self.stdout.write(f"hash {dataset.content_hash}")
        for finding in dataset.quality["findings"]:
            self.stdout.write(f"{finding['severity']}: {finding['message']}")
