"""The one sentence that answers: would it have worked, at what pain, compared with doing nothing,
and was it luck?"""

from collections.abc import Mapping
from typing import Any

from backtests.report.wording import number, percent, tone
from engine.statistics.verdict import TRADES_TO_JUDGE

Part = dict[str, str | None]

# A record this many times as long as the data is no advice.
HOPELESS = 100

WORDS = {
    "none": "No edge",
    "cannot_tell": "Cannot tell",
    "likely": "Likely not luck",
    "no_trades": "It never traded",
}
CLOSING = {
    "none": "There is no sign of an edge.",
    "cannot_tell": "The timing is not distinguishable from luck.",
    "likely": "Luck alone explains this poorly.",
}


def verdict(
    metrics: Mapping[str, Any],
    benchmark: Mapping[str, Any],
    luck: Mapping[str, Any],
    *,
    level: str,
    evidence: float,
    trades: int,
    held_name: str,
) -> dict[str, Any]:
    """The verdict of a report: parts with tones, the plain sentence, and why."""
    parts = _no_trades() if level == "no_trades" else _parts(metrics, benchmark, level, held_name)
    return {
        "parts": parts,
        "sentence": "".join(str(part["text"]) for part in parts),
        "why": _why(luck, level, trades),
        "word": WORDS[level],
        "level": level,
        "evidence": evidence,
    }


def _no_trades() -> list[Part]:
    return [
        _part("The rules never led to a trade in this period.", "strong"),
        _part(" The money stayed in cash. Loosen a condition or choose a longer period."),
    ]


def _parts(
    metrics: Mapping[str, Any], benchmark: Mapping[str, Any], level: str, held_name: str
) -> list[Part]:
    earned = metrics["cagr"]
    return [
        _part("It earned " if (earned or 0) >= 0 else "It made "),
        _part(percent(earned), tone(earned), "metrics.cagr"),
        _part(" a year with a worst fall of "),
        _part(
            percent(metrics["max_drawdown"], 0),
            tone(metrics["max_drawdown"]),
            "metrics.max_drawdown",
        ),
        _part(", invested "),
        _part(percent(metrics["exposure"], 0, sign=False), None, "metrics.exposure"),
        _part(" of the time. "),
        _part(f"Holding {held_name} "),
        _part("earned " if (benchmark["cagr"] or 0) >= 0 else "made "),
        _part(percent(benchmark["cagr"]), None, "benchmark.metrics.cagr"),
        _part(" and fell "),
        _part(percent(benchmark["max_drawdown"], 0), None, "benchmark.metrics.max_drawdown"),
        _part(". "),
        _part(CLOSING[level], "strong"),
    ]


def _why(luck: Mapping[str, Any], level: str, trades: int) -> str:
    if level == "no_trades":
        return "A strategy that does nothing has no luck to judge."
    sentences = []
    if trades < TRADES_TO_JUDGE:
        count = "One trade is" if trades == 1 else f"{trades} trades are"
        sentences.append(f"{count} too few to judge by.")
    share = luck["random_entry_share"]
    if share is not None:
        sentences.append(
            "Entering on random days with the same holding times did as well in "
            f"{round(share * 100)} of 100 tries."
        )
    needed, there = luck["minimum_track_record_bars"], luck["track_record_bars"]
    if needed is None:
        sentences.append("No length of record would make this Sharpe ratio convincing.")
    elif needed > HOPELESS * there:
        sentences.append(
            "No record that a market could give would make this Sharpe ratio convincing."
        )
    elif needed > there:
        sentences.append(
            f"It would take {number(needed, 0)} bars for 95 % confidence in a Sharpe ratio "
            f"above zero; there are {number(there, 0)}."
        )
    if luck["variants_tried"] > 1:
        sentences.append(f"{luck['variants_tried']} variants of this idea were tried.")
    return " ".join(sentences)


def _part(text: str, tone: str | None = None, key: str | None = None) -> Part:
    """A piece of the sentence; `key` is the fact that a figure is."""
    return {"text": text, "tone": tone} | ({"key": key} if key else {})
