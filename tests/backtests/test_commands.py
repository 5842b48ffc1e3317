"""The command line, as people and checks script it."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.backtests.ideas import GOLDEN_CROSS, PEEKING_SCRIPT, SCRIPT


@pytest.fixture(scope="module")
def manage(tmp_path_factory):
    """Run `manage.py` in a folder of its own, where nothing was set up."""
    folder = tmp_path_factory.mktemp("site")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ALPHABENCH_", "TEST_", "DATABASE_", "REDIS_"))
    }
    environment |= {
        "DJANGO_SETTINGS_MODULE": "alphabench.settings",
        "ALPHABENCH_VAR": str(folder / "var"),
    }

    def manage(*words, text=None):
        return subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return manage


def test_an_idea_on_an_empty_folder_prepares_it_and_prints_one_object(manage):
    done = manage("backtest", GOLDEN_CROSS, "--symbol", "IXIC", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["status"], told["symbol"], told["refusal"]) == ("completed", "IXIC", None)
    assert len(told["trades"]) == told["metrics"]["trades"] > 5
    assert {"entry_time", "exit_time", "side", "entry_price", "exit_price"} <= set(
        told["trades"][0]
    )


def test_an_idea_from_standard_input_prints_the_report(manage):
    done = manage("backtest", "-", "--from", "2010-01-01", text=GOLDEN_CROSS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# SMA(50) crosses above SMA(200)")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["hello"], 3, "not_a_strategy"),
        ([""], 3, "Write a trading idea"),
        ([GOLDEN_CROSS, "--symbol", "NOPE1"], 3, "NOPE1"),
        ([GOLDEN_CROSS, "--symbol", "XOM,CVX"], 3, "The same rules for several symbols"),
        ([GOLDEN_CROSS, "--capital", "-5"], 3, "between 1"),
        ([GOLDEN_CROSS, "--from", "tomorrow"], 2, "write it as 2005-01-31"),
    ],
)
def test_a_bad_request_ends_with_a_sentence_and_its_exit_code(manage, words, code, said):
    done = manage("backtest", *words)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_script_file_runs_and_a_peeking_one_is_refused(manage, tmp_path):
    for name, source, code in (("good", SCRIPT, 0), ("bad", PEEKING_SCRIPT, 3)):
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        done = manage("run_script", str(path), "--symbol", "SPX", "--json")
        assert done.returncode == code, done.stderr
        told = json.loads(done.stdout)
        assert (told["refusal"] or {}).get("code") == (None if code == 0 else "lookahead")


def test_a_script_file_that_is_not_there_or_no_text_says_so(manage, tmp_path):
    assert "cannot be read" in manage("run_script", str(tmp_path / "none.py")).stderr
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in manage("run_script", str(tmp_path / "bytes.py")).stderr
