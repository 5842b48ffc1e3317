"""The reproducibility bundle: unzip, run one command, get the same numbers."""

import io
import json
import sys
import zipfile
from dataclasses import asdict
from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import engine
from backtests.costs import simulation_config
from reports.models import Report

# What the engine imports; all of it with what it needs itself is pinned as it is installed here.
REQUIREMENTS = ("numpy", "pandas", "numba", "TA-Lib", "scipy", "arch")
# Before 1980 ZIP knows no time; a fixed one makes equal contents equal files.
MOMENT = (1980, 1, 1, 0, 0, 0)
README = """# {title}

{idea}

    sh run.sh

makes a virtual environment with exactly the packages that made the report, runs the script and
compares: every trade and the final equity must be those of `report.json`, to the last bit.
`python check.py` does the same in an environment that is there already.

The report says: {trades} trades, a total return of {total:.6f}. `account.json` has the capital
and every cost, `parameters.json` what the script was called with.
`engine/` is the simulator ({engine_version}) that made the report. The four values that decide
every number:

- data: {dataset_hash}
- script: {script_hash}
- parameters: {params}
- engine: {engine_version}

Simulated on past prices; not advice.
"""
RUN = """#!/bin/sh
# Make the environment of the report and run its script again.
set -eu
cd "$(dirname "$0")"
if [ ! -x .venv/bin/python ]; then
    if command -v uv >/dev/null; then
        uv venv -q --python {python} .venv
        uv pip install -q --python .venv/bin/python -r requirements.txt
    else
        python{python} -m venv .venv
        .venv/bin/pip install -q -r requirements.txt
    fi
fi
exec .venv/bin/python check.py
""".format(python=".".join(map(str, sys.version_info[:2])))
CHECK = '''"""Run the script again and compare every trade and the final equity with the report."""

import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
command = [sys.executable, "strategy.py", "--data", "data.csv", "--log", "run.log"]
command += ["--account", "account.json", "--params", (here / "parameters.json").read_text()]
subprocess.run(command, cwd=here, check=True)

report = json.loads((here / "report.json").read_text(encoding="utf-8"))
lines = [json.loads(line) for line in (here / "run.log").read_text(encoding="utf-8").splitlines()]
names = ("side", "entry_time", "exit_time", "entry_price", "exit_price", "pnl")
ours = [[line[name] for name in names] for line in lines if line["event"] == "trade"]
theirs = [[trade[name] for name in names] for trade in report["trades"]]
final = lines[-1]["final_equity"]
if ours != theirs or final != report["metrics"]["final_equity"]:
    sys.exit("The numbers are not those of the report.")
print(f"The same {len(ours)} trades and the same final equity, {final!r}, to the last bit.")
'''


def build_bundle(report: Report) -> bytes:
    """The archive of a report; the same report gives the same bytes."""
    run = report.run
    files = {
        "README.md": readme(report).encode(),
        "report.json": json.dumps(report.facts, indent=2, ensure_ascii=False).encode(),
        "requirements.txt": requirements().encode(),
        "account.json": as_json(asdict(simulation_config(report.facts["settings"]))),
        "parameters.json": as_json(report.facts["provenance"]["parameters"]),
        "check.py": CHECK.encode(),
        "run.sh": RUN.encode(),
    }
    for kind, name in (
        ("script", "strategy.py"),
        ("data", "data.csv"),
        ("report_markdown", "report.md"),
    ):
        artifact = run.artifact(kind)
        if artifact is not None:
            files[name] = artifact.read()
    return zipped(files | engine_sources())


def readme(report: Report) -> str:
    """How to run it, with the report's own settings."""
    facts = report.facts
    return README.format(
        title=facts["title"],
        idea=facts["idea"],
        params=json.dumps(facts["provenance"]["parameters"], sort_keys=True),
        trades=facts["trade_metrics"]["trades"],
        total=facts["metrics"]["total_return"],
        dataset_hash=report.dataset_hash,
        script_hash=report.script_hash,
        engine_version=report.engine_version,
    )


def as_json(value: object) -> bytes:
    """JSON a person can read."""
    return json.dumps(value, indent=2, sort_keys=True).encode()


def requirements() -> str:
    """The versions this server runs, of what the engine needs and of what that needs."""
    found: dict[str, str] = {}
    waiting = [Requirement(name) for name in REQUIREMENTS]
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker and not one.marker.evaluate({"extra": ""})):
            continue
        found[name] = version(name)
        waiting += [Requirement(text) for text in requires(name) or ()]
    return "".join(f"{name}=={number}\n" for name, number in sorted(found.items()))


def engine_sources() -> dict[str, bytes]:
    """The simulator itself."""
    root = Path(engine.__file__).parent
    return {
        f"engine/{path.relative_to(root).as_posix()}": path.read_bytes()
        for path in sorted(root.rglob("*.py"))
    }


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive with a fixed order and fixed times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"alphabench/{name}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
