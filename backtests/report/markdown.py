"""The report as Markdown: the same facts, for terminals, files and mail."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from backtests.report import scenes
from backtests.report.marking import code, plain, table
from backtests.report.wording import DASH, number, percent

TRADES_SHOWN = 20
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PERCENT = {
    "total_return",
    "cagr",
    "volatility",
    "max_drawdown",
    "value_at_risk",
    "cvar",
    "alpha",
    "exposure",
    "best_month",
    "worst_month",
    "win_rate",
    "expectancy",
    "average_win",
    "average_loss",
    "best",
    "worst",
    "ulcer_index",
}
BRIEF = ("total_return", "cagr", "sharpe_ratio", "max_drawdown", "trades")
# Risks and shares are sizes: a plus before them would mean nothing.
SIGNED = PERCENT - {"exposure", "win_rate", "volatility", "ulcer_index", "value_at_risk", "cvar"}


def write(facts: dict[str, Any], acted_out: Mapping[str, Any] | None = None) -> str:
    """The whole report; `acted_out` are the scenes of its rules, where there are any."""
    sections = (
        _head(facts),
        _prose(facts),
        _sealed(facts),
        _luck(facts["luck"], facts["verdict"]),
        _resampled(facts["luck"]),
        _fragility(facts.get("fragility") or []),
        _regimes(facts.get("regimes") or []),
        _metrics(facts),
        _costs(facts["costs"], facts["settings"]),
        _months(facts["months"]),
        _reading(facts["reading"], facts["settings"]),
        scenes.write(acted_out or {}),
        _second(facts.get("second_reading")),
        _trades(facts["trades"]),
        _provenance(facts["provenance"]),
    )
    return "\n".join(line for section in sections for line in section)


def _head(facts: dict[str, Any]) -> Iterable[str]:
    data = facts["dataset"]
    yield f"# {plain(facts['title'])}"
    yield ""
    yield f"> {plain(facts['idea'])}"
    yield ""
    yield f"**{facts['verdict']['sentence']}**"
    yield ""
    if facts["verdict"]["why"]:
        yield facts["verdict"]["why"]
        yield ""
    yield (
        f"{data['name']} ({data['symbol']}), {data['first_day']} to {data['last_day']}, "
        f"{data['bars']:,} bars. Simulated on past prices; not advice."
    )
    yield ""
    if data.get("notes"):
        yield " ".join(data["notes"])
        yield ""


def _prose(facts: dict[str, Any]) -> Iterable[str]:
    if missing := facts.get("analysis_missing"):
        yield from (plain(missing), "")
    if analysis := facts["analysis"]:
        yield from ("## In words (by the model; figures by us)", "")
        yield from (re.sub("^#+ ", "### ", line) for line in analysis.splitlines())
        yield ""


def _luck(luck: dict[str, Any], verdict: dict[str, Any]) -> Iterable[str]:
    yield f"## Is it luck? {verdict['word']}"
    yield ""
    error = luck["sharpe_standard_error"]
    yield from table(
        ("", "figure"),
        (
            (
                "Sharpe ratio, with one standard error",
                f"{number(luck['sharpe_ratio'])} ± {number(error)}",
            ),
            (
                "Probability that the true Sharpe ratio is above 0",
                percent(luck["probabilistic_sharpe_ratio"], 0, sign=False),
            ),
            (
                "The same, allowing for the variants tried",
                percent(luck["deflated_sharpe_ratio"], 0, sign=False),
            ),
            ("Random entries as good", percent(luck["random_entry_share"], 0, sign=False)),
            ("Variants of this idea tried", str(luck["variants_tried"])),
        ),
    )


def _sealed(facts: dict[str, Any]) -> Iterable[str]:
    for part in (facts.get("holdout"), facts.get("sealed_test")):
        if part:
            yield part["sentence"]
            yield ""


def _resampled(luck: dict[str, Any]) -> Iterable[str]:
    intervals = (luck.get("bootstrap") or {}).get("intervals")
    if not intervals:
        return
    yield from table(
        ("the same days drawn again", "as tested", "95 % of histories"),
        (
            (
                label(name),
                figure(name, found["point"]),
                f"{figure(name, found['low'])} to {figure(name, found['high'])}",
            )
            for name, found in intervals.items()
        ),
    )


def _fragility(rows: list[dict[str, Any]]) -> Iterable[str]:
    if rows:
        yield "## What breaks it?"
        yield ""
        yield from table(("", *(label(name) for name in BRIEF)), (_brief(row) for row in rows))


def _regimes(rows: list[dict[str, Any]]) -> Iterable[str]:
    if rows:
        yield "## In good times and bad"
        yield ""
        names = ("bars", "cagr", "sharpe_ratio", "max_drawdown")
        yield from table(
            ("", *(label(name) for name in names)),
            ((row["label"], *(figure(name, row[name]) for name in names)) for row in rows),
        )


def _brief(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["label"], *(figure(name, row[name]) for name in BRIEF))


def _metrics(facts: dict[str, Any]) -> Iterable[str]:
    yield "## Figures"
    yield ""
    ours, theirs = facts["metrics"], facts["benchmark"]["metrics"]
    yield from table(
        ("", "strategy", facts["benchmark"]["name"]),
        ((label(name), figure(name, ours[name]), figure(name, theirs.get(name))) for name in ours),
    )
    yield from table(
        ("trades", "figure"),
        ((label(name), figure(name, value)) for name, value in facts["trade_metrics"].items()),
    )


def _costs(costs: dict[str, Any], settings: dict[str, Any]) -> Iterable[str]:
    rate = percent(settings["commission"], 3, sign=False)
    even = percent(costs["break_even_commission"], 3, sign=False)
    twice = percent(costs["total_return_at_twice"])
    yield "## Costs"
    yield ""
    yield (
        f"Charged {number(costs['charged'])} in all, at {rate} per side. "
        f"Break-even costs: {even} per side. "
        f"At twice the costs it would have made {twice} in all."
    )
    yield ""


def _months(months: list[dict[str, Any]]) -> Iterable[str]:
    yield "## Months"
    yield ""
    yield from table(
        ("year", *MONTHS, "year's total"),
        (
            (str(row["year"]), *(percent(m) for m in row["months"]), percent(row["total"]))
            for row in months
        ),
    )


def _reading(reading: dict[str, Any], settings: dict[str, Any]) -> Iterable[str]:
    yield "## How the idea was read"
    yield ""
    yield plain(reading["echo"])
    yield ""
    choices = reading.get("assumption_choices", ())
    chosen = {one["sentence"] for one in choices if one["is_chosen"]}
    for assumption in reading["assumptions"]:
        yield f"- {'chosen' if assumption in chosen else 'assumed'}: {plain(assumption)}"
    capital = number(settings["initial_capital"])
    yield f"- {settings['start']} to {settings['end']}, starting with {capital}"
    yield ""


def _second(second: dict[str, Any] | None) -> Iterable[str]:
    if not second:
        return
    yield "## A second reading"
    yield ""
    yield f"{plain(second['sentence'])} {plain(second.get('reason', ''))}".strip()
    yield ""
    if second["outcome"] == "agree" or "translator" not in second:
        return
    yield f"- the model: {plain(second['model']['echo'])}"
    yield f"- the translator: {plain(second['translator']['echo'])}"
    yield ""
    rows = [(one["name"], one["model"], one["translator"]) for one in second["settings"]]
    rows += [(day["day"], day["model"], day["translator"]) for day in second.get("first_days", [])]
    if rows:
        yield from table(
            ("", "the model", "the translator"),
            (tuple(plain(cell) for cell in row) for row in rows),
        )


def _trades(trades: list[dict[str, Any]]) -> Iterable[str]:
    yield f"## Trades: {len(trades)}"
    yield ""
    if not trades:
        return
    if len(trades) > TRADES_SHOWN:
        yield f"The latest {TRADES_SHOWN}:"
        yield ""
    yield from table(
        ("no.", "side", "in", "out", "entry", "exit", "return", "why"),
        (
            (
                str(trade["number"]),
                trade["side"],
                trade["entry_time"][:10],
                "open" if trade["open_at_end"] else trade["exit_time"][:10],
                number(trade["entry_price"]),
                number(trade["exit_price"]),
                percent(trade["return"], 2),
                trade["exit_reason"],
            )
            for trade in trades[-TRADES_SHOWN:]
        ),
    )


def _provenance(provenance: dict[str, Any]) -> Iterable[str]:
    yield "## Where the numbers come from"
    yield ""
    for name in ("dataset_hash", "script_hash", "parameters", "engine_version"):
        yield f"- {label(name)}: `{code(provenance[name])}`"
    yield ""


def figure(name: str, value: Any) -> str:
    """One metric as text."""
    if value is None:
        return DASH
    if name in PERCENT:
        return percent(value, 2, sign=name in SIGNED)
    return f"{value:,}" if isinstance(value, int) else number(value)


def label(name: str) -> str:
    """`max_drawdown` as “max drawdown”."""
    return name.replace("_", " ")
