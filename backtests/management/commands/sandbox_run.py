"""`manage.py sandbox_run`: one script in the sandbox."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from sandbox import commands


class Command(BaseCommand):
    help = "Run one script in the sandbox and print how it ended; nothing is stored."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands.add_run_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = commands.run_script_file(
            options["script"],
            options["data"],
            options["out"],
            options["timeout"],
            options["memory_mb"],
            socket_path=getattr(settings, "SANDBOX_SOCKET", None),
            min_level=getattr(settings, "SANDBOX_MIN_LEVEL", "A"),
        )
        self.stdout.write(commands.show(outcome, as_line=options["json"]))
