"""The reproducibility bundle: unzip, run one command, get the same numbers."""

import io
import json
import zipfile
from importlib.metadata import version
from pathlib import Path

import engine
from reports.models import Report

# What the engine imports; the versions that made the report are written beside the names.
REQUIREMENTS = ("numpy", "pandas", "numba", "TA-Lib", "scipy")
# Before 1980 ZIP knows no time; a fixed one makes equal contents equal files.
MOMENT = (1980, 1, 1, 0, 0, 0)
README = """# {title}

{idea}

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/python strategy.py --data data.csv --log run.log --cash {cash} \\
        --commission {commission} --slippage {slippage} --params '{params}'

The command prints what `report.json` says: {trades} trades, a total return of {total:.6f}.
`engine/` is the simulator ({engine_version}) that made the report. The four values that decide
every number:

- data: {dataset_hash}
- script: {script_hash}
- parameters: {params}
- engine: {engine_version}

Simulated on past prices; not advice.
"""


def build_bundle(report: Report) -> bytes:
    """The archive of a report; the same report gives the same bytes."""
    run = report.run
    files = {
        "README.md": readme(report).encode(),
        "report.json": json.dumps(report.facts, indent=2, ensure_ascii=False).encode(),
        "requirements.txt": requirements().encode(),
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
    settings = facts["settings"]
    return README.format(
        title=facts["title"],
        idea=facts["idea"],
        cash=settings["initial_capital"],
        commission=settings["commission"],
        slippage=settings.get("slippage") or 0.0,
        params=json.dumps(facts["provenance"]["parameters"], sort_keys=True),
        trades=facts["trade_metrics"]["trades"],
        total=facts["metrics"]["total_return"],
        dataset_hash=report.dataset_hash,
        script_hash=report.script_hash,
        engine_version=report.engine_version,
    )


def requirements() -> str:
    """The pinned versions this server runs."""
    return "".join(f"{name}=={version(name)}\n" for name in REQUIREMENTS)


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
