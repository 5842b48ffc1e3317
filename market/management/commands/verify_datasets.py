"""`manage.py verify_datasets`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.bars import read_columns
from market.errors import DatasetDamaged
from market.models import Dataset


class Command(BaseCommand):
    """Read every stored dataset and prove it by its hash."""

    help = "Read every stored dataset and compare it with its hash; exit code 1 on a difference."

    def handle(self, *args: Any, **options: Any) -> None:
        damaged = 0
        for dataset in Dataset.objects.select_related("symbol").defer("quality"):
            try:
                read_columns(dataset)
            except DatasetDamaged as error:
                damaged += 1
                self.stderr.write(str(error))
        total = Dataset.objects.count()
        if damaged:
            raise CommandError(f"{damaged} of {total} datasets are damaged; import them again.")
        self.stdout.write(f"{total} datasets are what their hashes say.")
