"""`manage.py run_script FILE`: a script of one's own through the same checks and stages."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backtests.console import Console
from backtests.management.commands.backtest import (
    add_run_arguments,
    ensure_prepared,
    read_script,
    run_options,
)


class Command(BaseCommand):
    """Test a script."""

    help = "Run a strategy script through the gates. Exit code 0: completed, 3: refused, 1: failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the script")
        parser.add_argument("--params", default="", metavar="JSON", help="values for its PARAMS")
        add_run_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            script = read_script(options["file"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        try:
            params = json.loads(options["params"] or "{}")
        except ValueError as error:
            raise CommandError(f"--params is not JSON: {error}") from error
        if not isinstance(params, dict):
            raise CommandError('--params must be a JSON object, for example {"days": 20}.')
        ensure_prepared(self.stderr)
        run = Console(self.stdout, self.stderr)
        sys.exit(run.run(idea="", own_script=script, script_params=params, **run_options(options)))
