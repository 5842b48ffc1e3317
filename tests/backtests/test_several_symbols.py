"""A script of several symbols through the whole product: gate, account, report, bundle."""

import json

import pytest
from django.conf import settings

from tests.backtests.test_commands import manage

__all__ = ["manage"]

SCRIPTS = settings.BASE_DIR / "docs" / "strategies"
PEEKING = '''"""Buys whichever will have risen most."""

import numpy as np

from engine import Weights

PARAMS = {}


def signals(panel):
    target = np.full(panel.close.shape, np.nan)
    best = np.argmax(panel.close[-1] / panel.close[0])
    target[::100] = 0.0
    target[::100, best] = 1.0
    return Weights(target)
'''


def test_it_trades_both_and_says_what_it_is_compared_with(manage):
    script = str(SCRIPTS / "rotation.py")
    done = manage("run_script", script, "--symbol", "AAPL,MSFT", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["symbol"] == "AAPL,MSFT"
    assert {trade["symbol"] for trade in told["trades"]} == {"AAPL", "MSFT"}
    assert len(told["trades"]) == told["metrics"]["trades"] == 65
    assert told["trades"][0]["entry_time"].startswith("1990-08-01")


def test_an_idea_in_words_rotates_like_the_script_written_by_hand(manage):
    idea = (
        "At each month end hold for the next month whichever of them had the better return over "
        "the last 126 trading days, and hold cash if both returns are negative."
    )
    words = manage("backtest", f"Look at Apple and Microsoft. {idea}", "--json")
    script = manage("run_script", str(SCRIPTS / "rotation.py"), "--symbol", "AAPL,MSFT", "--json")
    assert words.returncode == 0, words.stdout + words.stderr
    told, by_hand = json.loads(words.stdout), json.loads(script.stdout)
    assert told["symbol"] == "AAPL,MSFT"
    assert told["trades"] == by_hand["trades"]


def test_an_idea_in_words_may_look_at_another_symbol(manage):
    done = manage(
        "backtest",
        "Buy Apple when its 20-day SMA is above its 100-day SMA and Microsoft closes above "
        "Microsoft's 200-day SMA. Sell Apple when its 20-day SMA is below its 100-day SMA.",
        "--symbol",
        "AAPL,MSFT",
        "--json",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert {trade["symbol"] for trade in told["trades"]} == {"AAPL"}


def test_its_report_is_about_all_of_them(manage):
    script = str(SCRIPTS / "equal_weight.py")
    done = manage("run_script", script, "--symbol", "JNJ,XOM,WMT")
    assert done.returncode == 0, done.stderr
    assert "Holding all of them in equal parts" in done.stdout
    assert "(JNJ,XOM,WMT)" in done.stdout
    assert "Without its five best trades" not in done.stdout


def test_a_weight_that_peeks_is_refused_with_its_line(manage, tmp_path):
    (tmp_path / "peek.py").write_text(PEEKING)
    done = manage("run_script", str(tmp_path / "peek.py"), "--symbol", "AAPL,MSFT")
    assert done.returncode == 3
    assert "Look-ahead" in done.stdout and "weight of" in done.stdout
    assert "Line 12: `best = np.argmax(panel.close[-1] / panel.close[0])`" in done.stdout


@pytest.mark.parametrize(
    ("script", "symbols", "said"),
    [
        ("rotation.py", "AAPL,NOPE", "NOPE"),
        ("rotation.py", "AAPL,AAPL", "each symbol once"),
        ("rsi2.py", "AAPL,MSFT", "gets a panel"),
        ("rotation.py", "AAPL", "for several symbols"),
    ],
)
def test_what_does_not_go_together_ends_with_a_sentence(manage, script, symbols, said):
    done = manage("run_script", str(SCRIPTS / script), "--symbol", symbols)
    assert done.returncode in (1, 3), done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stderr
