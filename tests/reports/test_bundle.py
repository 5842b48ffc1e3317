"""The bundle of a real run gives the same numbers in an environment of its own."""

import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from accounts.access import Owner
from backtests import pipeline, services
from market import services as market
from reports import services as reports
from reports.builders.bundle import build_bundle, requirements

IDEA = (
    "Buy the S&P 500 when RSI(2) drops below 10 while it is above its 200-day average; "
    "sell when it closes above its 5-day average. Stop loss 3 %. 2005 to 2018."
)
COSTS = {"slippage": 0.0001, "half_spread": 0.0002, "fixed_fee": 1.5, "cash_rate": 0.01}


@pytest.fixture
def bundle(transactional_db, tmp_path) -> Path:
    """Return the unpacked bundle of a run with every kind of cost."""
    market.import_bundled()
    run = services.start_backtest(owner=Owner.local(), idea=IDEA, costs=COSTS, enqueue=False)
    report = reports.report_of(run=pipeline.run_to_end(run))
    assert report is not None
    assert len(report.facts["trades"]) > 50
    with zipfile.ZipFile(io.BytesIO(build_bundle(report))) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "alphabench"


def run_it(bundle: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Do what its README says, with nothing of this project in sight."""
    kept = {"HOME": os.environ.get("HOME", "/tmp"), "NUMBA_CACHE_DIR": str(bundle / "cache")}
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        ["sh", "run.sh"],
        cwd=bundle,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=kept
        | {name: os.environ[name] for name in NETWORK if name in os.environ}
        | {"PATH": path}
        | environment,
    )


NETWORK = (
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
    "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT", "UV_INDEX_URL", "UV_DEFAULT_INDEX",
    "UV_CACHE_DIR",
)  # fmt: skip


def test_one_command_in_a_clean_environment_gives_the_same_bits(bundle):
    done = run_it(bundle, UV_OFFLINE="1")
    if done.returncode and not (bundle / "run.log").exists():
        # The packages are in no cache on this machine: fetch them, as anybody would.
        subprocess.run(["rm", "-rf", str(bundle / ".venv")], check=True)
        done = run_it(bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "to the last bit" in done.stdout
    assert (bundle / ".venv" / "bin" / "python").exists()
    prices = bundle / "data.csv"
    lines = prices.read_text().splitlines()
    prices.write_text("\n".join(lines[:-40] + lines[-30:]) + "\n")
    other = run_it(bundle)
    assert other.returncode == 1
    assert "not those of the report" in other.stderr


def test_everything_the_engine_needs_is_pinned():
    lines = requirements().splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][^ ]*", line) for line in lines)
    names = {line.split("==")[0] for line in lines}
    assert {"numpy", "numba", "llvmlite", "pandas", "ta-lib", "scipy", "arch", "six"} <= names
