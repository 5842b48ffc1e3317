"""`manage.py sandbox_ingest`: the host's own reading of a result."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sandbox import commands


class Command(BaseCommand):
    help = "Read a sandbox result as the pages do: bounded, strict, escaped. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("result", help="the JSON line that sandbox_run printed, in a file")
        parser.add_argument("folder", help="the output directory of that run")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(commands.ingest(options["result"], options["folder"]))
        except (OSError, ValueError) as error:
            raise CommandError(f"not a readable result: {error}") from error
