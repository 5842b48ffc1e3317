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
        ("PARAMS = {'a': 1}" + TAIL, "PARAMS has a, which signals() does not take"),
        ("PARAMS = {}\ndef signals(bars, a): pass", "signals() wants a, which PARAMS lacks"),
        ("PARAMS = {}\ndef signals(): pass", "takes the bars"),
        ("PARAMS = {}\nclass A(Strategy): pass", "A has no on_bar"),
        ("PARAMS = {}\ndef signals(bars:", "not Python"),
        ("x = '\0'", "not Python|cannot be read"),
        ("x = " + "(" * 5000, "not Python|cannot be read"),
        ("#" * 300_000, "300,000 characters"),
    ],
)
def test_a_script_that_lacks_something_is_told_what(source: str, words: str) -> None:
    problems = contract.check(source)
    said = [problem.message for problem in problems]
    assert any(option in message for message in said for option in words.split("|")), said


def test_arguments_with_defaults_and_rest_are_fine() -> None:
    assert contract.check("PARAMS = {'a': 1}\ndef signals(bars, a, b=2): pass") == []
    assert contract.check("PARAMS = {'a': 1}\ndef signals(bars, **params): pass") == []


def test_problems_come_in_order_of_lines() -> None:
    lines = [p.line for p in contract.check("import os\nx = eval('1')\nimport socket")]
    assert lines == sorted(lines) and len(lines) >= 3
