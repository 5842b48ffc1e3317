"""`manage.py backtest "IDEA"`: the real stages in this process, no server needed."""

import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from backtests.console import Console

COSTS = {
    "slippage": "fraction by which every fill is worse",
    "half_spread": "fraction of notional a fill",
    "slippage_atr": "share of the ATR(14) by which every fill is worse",
    "fee_per_unit": "money a unit",
    "fixed_fee": "money a fill",
    "minimum_fee": "money a fill, at least",
    "borrow_rate": "fraction a year, on shorts",
    "cash_rate": "fraction a year, earned on idle money",
}


class Command(BaseCommand):
    """Turn an idea into a report."""

    help = "Backtest a trading idea. Exit code 0: completed, 3: refused, 1: failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("idea", help="the idea in plain English; - reads standard input")
        add_run_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_prepared(self.stderr)
        idea = sys.stdin.read() if options["idea"] == "-" else options["idea"]
        sys.exit(Console(self.stdout, self.stderr).run(idea=idea, **run_options(options)))


def add_run_arguments(parser: CommandParser) -> None:
    """The options that `backtest` and `run_script` share."""
    parser.add_argument("--symbol", default="", help="for example SPX, IXIC or AAPL")
    parser.add_argument("--from", dest="start", type=day, metavar="DAY")
    parser.add_argument("--to", dest="end", type=day, metavar="DAY")
    parser.add_argument("--capital", metavar="AMOUNT", help="initial capital")
    parser.add_argument("--commission", metavar="FRACTION", help="costs per side: 0.001 is 0.1 %%")
    for name, help_text in COSTS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="NUMBER", help=help_text)
    parser.add_argument("--tiers", metavar="JSON", help="[[from notional, commission], …]")
    parser.add_argument("--whole-units", action="store_true", help="round units down")
    parser.add_argument("--holdout", metavar="SHARE", help="seal the last of the data, e.g. 20%%")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run_options(options: dict[str, Any]) -> dict[str, Any]:
    """The shared options as the service wants them."""
    return {
        "symbol": options["symbol"],
        "start": options["start"],
        "end": options["end"],
        "initial_capital": options["capital"],
        "commission": options["commission"],
        "costs": {name: options[name] for name in (*COSTS, "tiers", "whole_units")},
        "holdout": options["holdout"],
        "as_json": options["json"],
    }


def day(text: str) -> date:
    """A calendar day from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; write it as 2005-01-31") from None


def ensure_prepared(err: Any) -> None:
    """On a folder where nothing was set up yet: make the database and import the data first."""
    if "market_symbol" not in connection.introspection.table_names():
        call_command("prepare", stdout=err)


def read_script(path: str) -> str:
    """A script from a file, as text."""
    return Path(path).read_text(encoding="utf-8")
