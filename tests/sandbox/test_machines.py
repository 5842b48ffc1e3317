"""Machines that lack something: what is said, and that nothing runs below the level asked for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import Proof, prove
from sandbox.probe import REMEDIES
from tests.sandbox.without import CONTAINER, MISSING

ROOT = Path(__file__).resolve().parents[2]


def without(calls: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands where the kernel refuses these calls."""
    return subprocess.run(
        [sys.executable, "-m", "tests.sandbox.without", calls, "--", sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def proof_without(calls: str) -> Proof:
    found = json.loads(without(calls, "-m", "sandbox.commands", "prove").stdout)
    return Proof(found["level"], tuple(found["layers"]), tuple(found["reasons"]))


def run_without(calls: str, level: str, source: str, folder: Path) -> dict[str, object]:
    script = folder / "script.py"
    script.write_text(source)
    words = ("-m", "sandbox.commands", "run", "--script", str(script), "--json")
    found = json.loads(without(calls, *words, "--min-level", level).stdout)
    assert isinstance(found, dict)
    return found


def test_this_machine_gives_everything() -> None:
    proof = prove()
    assert (proof.level, proof.reasons, proof.problem("A")) == ("A", (), "")
    assert set(MISSING) <= set(proof.layers)


@pytest.mark.parametrize("layer", sorted(set(MISSING) - {"namespaces"}))
def test_a_mandatory_layer_that_is_missing_stops_everything(layer: str) -> None:
    proof = proof_without(MISSING[layer])
    assert proof.level == "N"
    for least in "AB":
        problem = proof.problem(least)
        assert problem.startswith("Sandbox unavailable. ")
        assert f"the layer {layer} is missing" in problem
        assert REMEDIES[layer] in problem


def test_a_container_gives_level_b_and_says_what_is_missing_for_a() -> None:
    proof = proof_without(CONTAINER)
    assert proof.level == "B"
    assert proof.problem("B") == ""
    assert "the layer namespaces is missing" in proof.problem("A")
    assert "or accept level B with SANDBOX_MIN_LEVEL=B" in proof.problem("A")


def test_a_container_runs_scripts_at_level_b_only_where_that_is_accepted(folder: Path) -> None:
    source = "import os\nprint(6 * 7)\nos.fork()"
    refused = run_without(CONTAINER, "A", source, folder)
    assert refused["status"] == "error:sandbox"
    assert refused["stdout"] == ""
    assert "unshare" in str(refused["sentence"])
    walled = run_without(CONTAINER, "B", source, folder)
    assert (walled["status"], walled["limit"], walled["level"]) == ("error", "processes", "B")
    assert walled["stdout"] == "42\n"


@pytest.mark.parametrize("layer", ["landlock", "seccomp", "rlimits"])
def test_no_line_runs_without_a_mandatory_layer(layer: str, folder: Path) -> None:
    found = run_without(MISSING[layer], "B", "print('ran')", folder)
    assert (found["status"], found["stdout"]) == ("error:sandbox", "")
    assert f"the layer {layer} is missing" in str(found["sentence"])


def test_the_system_check_says_it_too() -> None:
    told = without(MISSING["landlock"], "manage.py", "check", "--tag", "sandbox").stderr
    assert "alphabench.W013" in told
    assert "Sandbox unavailable. At every level the layer landlock is missing" in told
    assert without("unshare", "manage.py", "check", "--tag", "sandbox").returncode == 0


def test_another_system_is_told_where_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    problem = prove().problem("B")
    assert "this is darwin" in problem
    assert "Linux container" in problem
