"""`manage.py prepare`: everything a first page needs, without starting a server."""

import subprocess
from typing import Any

from django.core.management.base import BaseCommand

from alphabench.serve.errors import ServeError
from alphabench.serve.preparation import kernels_to_warm, prepare


class Command(BaseCommand):
    """Migrate, import the bundled data, collect static files and compile kernels, if needed."""

    help = "Prepare database, bundled data, static files and compiled kernels, if needed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is still to do and say so."""
        try:
            prepare(say=self.stdout.write)
        except ServeError as error:
            raise SystemExit(str(error)) from None
        if kernels := kernels_to_warm():
            self.stdout.write("Compiling the engine's kernels")
            subprocess.run(kernels, check=True)
