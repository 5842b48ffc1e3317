"""The contract check: what passes, and what is said about the rest."""

import pytest

from engine import contract
from tests.engine import scripts

HEAD = "from engine import Signals, ta\nPARAMS = {}\n"
TAIL = "\ndef signals(bars):\n    return Signals()\n"


@pytest.mark.parametrize(
    "source",
    [scripts.SMA_CROSS, scripts.SMA_CROSS_WALKING, scripts.PEEKING, scripts.PEEKING_IN_STOPS],
)
def test_scripts_as_people_write_them_pass(source: str) -> None:
    assert contract.check(source) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import os", "import os"),
        ("import os.path", "import os.path"),
        ("from subprocess import run", "import subprocess"),
        ("from . import secrets", "not allowed"),
        ("from numpy import *", "hides names"),
        ("from engine import simulate", "engine has no simulate"),
        ("from engine.kernel import step", "import engine.kernel"),
        ("from numpy import load", ".load is not allowed"),
        ("import numpy.ctypeslib", "import numpy.ctypeslib"),
        ("x = open('f')", "open is not allowed"),
        ("x = ctx._past", "_past is private"),
        ("x = eval('1')", "eval is not allowed"),
        ("x = __import__('os')", "__import__ is not allowed"),
        ("x = getattr(1, 'real')", "getattr is not allowed"),
        ("x = ().__class__", "attribute __class__"),
        ("x = __builtins__", "__builtins__ is not allowed"),
        ("import pandas as pd; x = pd.read_csv('f')", ".read_csv is not allowed"),
        ("import numpy as np; x = np.load('f')", ".load is not allowed"),
        ("import numpy as np; np.ones(3).tofile('f')", ".tofile is not allowed"),
        ("import sys; x = sys.modules", ".modules is not allowed"),
        ("async def later(): pass", "nothing to wait for"),
    ],
)
def test_what_a_script_must_not_do_is_named_with_its_line(line: str, words: str) -> None:
    problems = contract.check(HEAD + line + TAIL)
    assert problems, line
    assert problems[0].line == 3
    assert words in problems[0].message
    assert problems[0].hint


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "PARAMS is missing"),
        ("PARAMS = {}", "neither signals"),
        ("PARAMS = dict(a=1)" + TAIL, "PARAMS must be a dict of plain values"),
        ("PARAMS = {1: 2}" + TAIL, "PARAMS must be a dict of plain values"),
        ("PARAMS = {'a': b'1'}\ndef signals(bars, a): pass", "PARAMS must be a dict of plain"),
        ("PARAMS = {'a': 1e999}\ndef signals(bars, a): pass", "PARAMS must be a dict of plain"),
        ("PARAMS = {'a': 1" + "0" * 30 + "}" + TAIL, "PARAMS must be a dict of plain values"),
        ("PARAMS = {'a': 1}" + TAIL, "PARAMS has a, which signals() does not take"),
        ("PARAMS = {}\ndef signals(bars, a): pass", "signals() wants a, which PARAMS lacks"),
        ("PARAMS = {}\ndef signals(): pass", "takes the bars"),
        ("PARAMS = {}\nclass A(Strategy): pass", "A has no on_bar"),
        ("PARAMS = {}\ndef signals(bars:", "not Python"),
        ("x = '\0'", "not Python|cannot be read"),
        ("x = " + "(" * 5000, "not Python|cannot be read"),
        ("#" * 300_000, "300,000 characters"),
        ("x = a" + ".b" * 2000, "nested too deeply"),
        (HEAD + "Signals(stop_loss=1" + "0" * 400 + ")" + TAIL, "too large"),
    ],
)
def test_a_script_that_lacks_something_is_told_what(source: str, words: str) -> None:
    problems = contract.check(source)
    said = [problem.message for problem in problems]
    assert any(option in message for message in said for option in words.split("|")), said


def test_arguments_with_defaults_and_rest_are_fine() -> None:
    assert contract.check("PARAMS = {'a': 1}\ndef signals(bars, a, b=2): pass") == []
    assert contract.check("PARAMS = {'a': 1}\ndef signals(bars, **params): pass") == []


def test_of_ten_thousand_problems_enough_are_named() -> None:
    names = "\n".join(f"ta.zq{number}" for number in range(10_000))
    assert len(contract.check(HEAD + names + TAIL)) == contract.MOST_PROBLEMS


def test_problems_come_in_order_of_lines() -> None:
    lines = [p.line for p in contract.check("import os\nx = eval('1')\nimport socket")]
    assert lines == sorted(lines) and len(lines) >= 3


def about(call: str, head: str = "from engine import Leg, Signals, ta\n") -> list[str]:
    source = f"{head}PARAMS = {{}}\ndef signals(bars):\n    return {call}\n"
    return [f"{p.line}: {p.message} {p.hint}" for p in contract.check(source)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("Signals(entry=ta.rsi(bars) < 30)", "4: Signals has no entry. Did you mean"),
        ("Signals(stoploss=0.1)", "4: Signals has no stoploss. Did you mean stop_loss?"),
        ("Signals(enter=ta.supertrnd(bars))", "ta has no indicator supertrnd. Did you mean ta.sup"),
        ("Signals(enter=ta.xyzzy(bars))", "docs/indicators.md lists"),
        ("Signals(sizing='kelly')", "sizing is one of equity, cash, units, risk, not 'kelly'"),
        ("Signals(trail_from='low')", "trail_from is one of close, high"),
        ("Signals(max_entries=5000)", "max_entries must lie between 1 and 1,000"),
        ("Signals(entry_limit=bars.low, entry_expiry=-1)", "entry_expiry must lie between 0"),
        ("Signals(cooldown=2.5)", "cooldown is a whole number, not 2.5"),
        ("Signals(reverse=1)", "reverse is True or False, not 1"),
        ("Signals(stop_loss=5)", "stop_loss is a fraction"),
        ("Signals(stop_loss=-0.05)", "stop_loss must be above 0"),
        ("Signals(exit_size=1.5)", "exit_size is a share"),
        ("Signals(size=0)", "size must be above 0"),
        ("Signals(size='all')", "size must hold numbers, not 'all'"),
        ("Signals(enter=True)", "enter is a column of True and False, not True"),
        ("Signals(legs=0.5)", "legs is a list of Leg"),
        ("Signals(legs=[Leg(0.5)])", "A leg has one target"),
        ("Signals(legs=[Leg(0.5, take_profit=0.1, target_multiple=2)])", "A leg has one target"),
        ("Signals(legs=[Leg(0.5, target=0.1)])", "Leg has no target. It has share"),
        ("Signals(entry_expiry=5)", "entry_expiry means nothing alone"),
        ("Signals(breakeven_after_target=True)", "Add one of legs"),
        ("Signals(sizing='risk', size=0.01)", 'sizing="risk" needs a stop'),
    ],
)
def test_misused_signals_and_indicators_are_named_before_the_run(call: str, words: str) -> None:
    said = about(call)
    assert any(words in line for line in said), said


def test_renamed_imports_are_followed() -> None:
    assert about("S(enter=t.rsy(bars))", "from engine import Signals as S, ta as t\n")
    assert about("e.Signals(entry=e.ta.rsi(bars))", "import engine as e\n")
    assert about("Signals(x=1)", "from engine.indicators import rsi\nSignals = dict\n") == []
    assert "nosuch" in about("0", "from engine.indicators import nosuch\n")[0]


@pytest.mark.parametrize(
    "call",
    [
        "Signals(enter=ta.RSI(bars) < 30, size=0.5, stop_loss=0.05, sizing='risk', max_bars=None)",
        "Signals(legs=[Leg(0.5, take_profit=0.1)], breakeven_after_target=True)",
        "Signals(size=5_000, sizing='cash', entry_stop=bars.high, entry_expiry=0, cooldown=3)",
        "Signals(**{'enter': ta.CDLDOJI(bars) > 0})",
        "Signals(ta.week_end(bars), ta.month_end(bars))",
    ],
)
def test_good_signals_pass(call: str) -> None:
    assert about(call) == []
