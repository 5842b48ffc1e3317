"""`manage.py sandbox_serve`: the fork server, in the foreground."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sandbox import commands


class Command(BaseCommand):
    help = "Keep a sandbox fork server running at SANDBOX_SOCKET until stopped (for services)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--socket", help="instead of SANDBOX_SOCKET")
        parser.add_argument(
            "--client-uid",
            type=int,
            help="uid of the application, when the server itself is started by root",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["socket"] or getattr(settings, "SANDBOX_SOCKET", None)
        if not path:
            raise CommandError("Name a socket: --socket PATH, or SANDBOX_SOCKET in the settings.")
        commands.serve(str(path), commands.service_options(options["client_uid"]))
