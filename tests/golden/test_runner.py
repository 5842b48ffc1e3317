"""The runner of golden files: what is right passes, what is wrong or unknown fails by name."""

import json
from pathlib import Path

import pytest

from tests.golden.__main__ import main

SHARPE_ERROR = {
    "id": "hs.lo.se.0.5.12",
    "group": "hs.lo_se",
    "kind": "published",
    "inputs": {"sharpe_per_period": 0.5, "T": 12},
    "expected": {"published": 0.306, "exact": 0.30618621784789724},
    "tol": {"abs_published": 0.0006, "rel": 1e-10},
}
TRADES = {
    "id": "pm.trades.x",
    "group": "pm.trades",
    "kind": "analytic",
    "inputs": {"trades": [0.02, -0.01]},
    "expected": {"trades": 2, "win_rate": 0.5, "profit_factor": 2.0, "kelly": 0.25},
    "tol": {"rel": 1e-12},
}
SHORT = {
    "id": "hs.error.pbo_short",
    "group": "hs.errors",
    "kind": "error",
    "inputs": {},
    "expected": {"behaviour": "fewer than S*2 rows: error"},
    "tol": {"exact": True},
}


def run(folder: Path, *entries: dict, group: str = "") -> int:
    file = folder / "golden.json"
    file.write_text(json.dumps({"entries": entries}))
    return main([str(file), *(["--group", group] if group else [])])


def test_right_values_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SHARPE_ERROR, TRADES, SHORT) == 0
    assert capsys.readouterr().out == "3 passed, 0 failed\n"


def test_a_wrong_value_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {**TRADES, "expected": {**TRADES["expected"], "win_rate": 0.6}}
    assert run(tmp_path, SHARPE_ERROR, wrong) == 1
    out = capsys.readouterr().out
    assert out.splitlines() == ["pm.trades.x: win_rate: 0.5, not 0.6", "1 passed, 1 failed"]


def test_what_nobody_computes_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = {**TRADES, "expected": {"luck_of_the_irish": 7}}
    behaviour = {**SHORT, "id": "hs.error.tea", "expected": {"behaviour": "tea is served"}}
    assert run(tmp_path, unknown, behaviour) == 1
    assert capsys.readouterr().out.endswith("0 passed, 2 failed\n")


def test_a_group_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, SHARPE_ERROR, TRADES, group="pm.") == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"
