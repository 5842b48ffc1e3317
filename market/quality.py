"""What is wrong or odd with a series of prices, said in sentences. Pure; changes nothing.

An *error* makes the series useless for a backtest (the import refuses it), a *warning* is
something a reader of a report should know, a *note* is a fact without consequence.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from market import exchange_days
from market.columns import PRICES, Columns, Floats, Times

Severity = Literal["error", "warning", "note"]
Mask = NDArray[np.bool_]

VERSION = 1
EXAMPLES = 3
# A close that moves further is either news or a mistake; both deserve a look.
OUTLIER_DEVIATIONS = 5.0
OUTLIER_RETURN = 0.20
# Half the value in a bar is more often an unadjusted split than news.
SUSPECT_RETURN = 0.50
# So many equal closes in a row are rather a dead feed than a quiet market.
STALE_CLOSES = 5
# Above this share, opens that repeat the close before are the source's invention.
COPIED_OPEN_SHARE = 0.02
# Without an exchange's calendar, holidays explain gaps of up to this many days.
LONGEST_HOLIDAY = 5


@dataclass(frozen=True)
class Finding:
    """One kind of oddity: how often, how bad, and a sentence with examples."""

    code: str
    severity: Severity
    count: int
    message: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class QualityReport:
    """All findings on one series."""

    rows: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What makes the series useless."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the database and the API."""
        findings = [asdict(f) | {"examples": list(f.examples)} for f in self.findings]
        return {"version": VERSION, "rows": self.rows, "findings": findings}


def inspect(
    columns: Columns, *, calendar: str = "weekdays", frequency: str = "1d"
) -> QualityReport:
    """Look at every row, in the order given.

    Parameters
    ----------
    columns : Columns, n rows
        As they came; NaN where a cell was empty.
    calendar : {"xnys", "weekdays", "every_day"}
        On which days a daily series should have bars.
    frequency : {"1d", "1w", "1mo"}
        Gaps of slower series are judged by the usual distance.
    """
    if len(columns) == 0:
        empty = Finding("empty", "error", 1, "There is not a single bar.")
        return QualityReport(0, (empty,))
    checks: list[Iterator[Finding]] = [
        _order(columns.time),
        _numbers(columns),
        _ranges(columns),
        _gaps(columns.time, calendar, frequency),
        _moves(columns),
        _stale(columns),
        _opens(columns),
        _volume(columns),
    ]
    return QualityReport(len(columns), tuple(f for check in checks for f in check))


def _order(time: Times) -> Iterator[Finding]:
    steps = np.diff(time.astype(np.int64))
    backwards = np.r_[False, steps < 0]
    if backwards.any():
        yield _finding(
            "unordered",
            "error",
            backwards,
            time,
            "{n} earlier than the row before",
            "row is|rows are",
        )
    _, first, counts = np.unique(time, return_index=True, return_counts=True)
    repeated = np.zeros(len(time), dtype=bool)
    repeated[first[counts > 1]] = True
    if repeated.any():
        yield _finding(
            "duplicated", "error", repeated, time, "{n} more than one row", "time has|times have"
        )


def _numbers(columns: Columns) -> Iterator[Finding]:
    table = np.column_stack([getattr(columns, name) for name in (*PRICES, "volume")])
    missing = ~np.isfinite(table).all(axis=1)
    if missing.any():
        yield _finding(
            "missing_number",
            "error",
            missing,
            columns.time,
            "{n} an empty or infinite cell",
            "row has|rows have",
        )
    wrong = np.any(table[:, :4] <= 0, axis=1)
    if wrong.any():
        yield _finding(
            "price_not_positive",
            "error",
            wrong,
            columns.time,
            "{n} a price of zero or below",
            "row has|rows have",
        )
    negative = table[:, 4] < 0
    if negative.any():
        yield _finding(
            "volume_negative",
            "error",
            negative,
            columns.time,
            "{n} a negative volume",
            "row has|rows have",
        )


def _ranges(columns: Columns) -> Iterator[Finding]:
    crossed = columns.high < columns.low
    if crossed.any():
        yield _finding(
            "high_below_low",
            "error",
            crossed,
            columns.time,
            "{n} its high below its low",
            "row has|rows have",
        )
    top = np.maximum(columns.open, columns.close)
    bottom = np.minimum(columns.open, columns.close)
    outside = ~crossed & ((top > columns.high) | (bottom < columns.low))
    if outside.any():
        yield _finding(
            "outside_range",
            "error",
            outside,
            columns.time,
            "{n} its open or close outside of high and low",
            "row has|rows have",
        )


def _gaps(time: Times, calendar: str, frequency: str) -> Iterator[Finding]:
    days = np.unique(time[~np.isnat(time)].astype("datetime64[D]"))
    if len(days) < 2:
        return
    if frequency != "1d":
        longest = np.median(np.diff(days).astype(float)) * 1.8
        yield from _long_pauses(days, longest)
    elif calendar == "weekdays":
        yield from _long_pauses(days, LONGEST_HOLIDAY)
    else:
        yield from _against_calendar(days, calendar)


def _against_calendar(days: Times, calendar: str) -> Iterator[Finding]:
    expected_days: Callable[..., Times] = (
        exchange_days.new_york if calendar == "xnys" else exchange_days.every_day
    )
    expected = expected_days(days[0].item(), days[-1].item())
    missing = np.setdiff1d(expected, days)
    what = "exchange day" if calendar == "xnys" else "day"
    if len(missing):
        yield _listed("gaps", "warning", missing, "{n} without a bar", f"{what} is|{what}s are")
    extra = np.setdiff1d(days, expected)
    if len(extra):
        yield _listed(
            "closed_days", "warning", extra, "{n} on days without trading", "bar lies|bars lie"
        )


def _long_pauses(days: Times, longest: float) -> Iterator[Finding]:
    steps = np.diff(days).astype(float)
    before = days[:-1][steps > longest]
    if len(before):
        most = int(steps.max())
        text = f"{{n}} between neighbouring bars, up to {most} days long"
        yield _listed("gaps", "warning", before, text, "long gap lies|long gaps lie")


def _moves(columns: Columns) -> Iterator[Finding]:
    returns = _returns(columns.close)
    known = returns[np.isfinite(returns)]
    if len(known) < 3:
        return
    far = (np.abs(returns - known.mean()) > OUTLIER_DEVIATIONS * known.std(ddof=1)) | (
        np.abs(returns) > OUTLIER_RETURN
    )
    if not far.any():
        return
    rows = np.flatnonzero(far)
    rows = rows[np.argsort(-np.abs(returns[rows]), kind="stable")]
    examples = tuple(
        f"{_stamp(columns.time[i])} ({returns[i] * 100:+.1f} %)" for i in rows[:EXAMPLES]
    )
    much = _number(len(rows), "close moves|closes move")
    rule = f"more than {OUTLIER_DEVIATIONS:g} standard deviations or {OUTLIER_RETURN:.0%}"
    most = _joined(examples)
    text = f"{much} {rule.replace('%', ' %')} from one bar to the next, most of all {most}."
    suspect = bool(np.abs(returns[rows[0]]) > SUSPECT_RETURN)
    yield Finding("outliers", "warning" if suspect else "note", len(rows), text, examples)


def _stale(columns: Columns) -> Iterator[Finding]:
    close = columns.close
    starts = np.flatnonzero(np.r_[True, close[1:] != close[:-1]])
    lengths = np.diff(np.r_[starts, len(close)])
    long = lengths >= STALE_CLOSES
    if long.any():
        longest = int(lengths.max())
        text = f"{{n}} of {STALE_CLOSES} or more equal closes, up to {longest} in a row"
        yield _listed("stale", "warning", columns.time[starts[long]], text, "run|runs")


def _opens(columns: Columns) -> Iterator[Finding]:
    if not columns.has_range:
        text = "Only closes are known: open, high and low repeat them."
        yield Finding("close_only", "note", len(columns), text)
        return
    copied = np.r_[False, columns.open[1:] == columns.close[:-1]]
    share = copied.sum() / max(len(columns) - 1, 1)
    if share > COPIED_OPEN_SHARE:
        text = (
            f"{{n}} exactly the close before ({share * 100:.1f} %), which is no real opening price"
        )
        yield _finding("copied_open", "warning", copied, columns.time, text, "open is|opens are")


def _volume(columns: Columns) -> Iterator[Finding]:
    if not columns.has_volume:
        yield Finding("no_volume", "note", len(columns), "No volume is known.")
        return
    none = columns.volume == 0
    if none.any():
        yield _finding(
            "zero_volume", "warning", none, columns.time, "{n} no volume", "row has|rows have"
        )


def _returns(close: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.r_[np.nan, close[1:] / close[:-1] - 1]


def _finding(
    code: str, severity: Severity, rows: Mask, time: Times, text: str, words: str
) -> Finding:
    """A finding on rows; `words` is the subject in singular and plural."""
    examples = tuple(
        f"{_stamp(time[i])} (row {i + 1})" if severity == "error" else _stamp(time[i])
        for i in np.flatnonzero(rows)[:EXAMPLES]
    )
    return _said(code, severity, int(rows.sum()), text, words, examples)


def _listed(code: str, severity: Severity, times: Times, text: str, words: str) -> Finding:
    examples = tuple(_stamp(moment) for moment in times[:EXAMPLES])
    return _said(code, severity, len(times), text, words, examples)


def _said(
    code: str, severity: Severity, count: int, text: str, words: str, examples: tuple[str, ...]
) -> Finding:
    more = " and more" if count > len(examples) else ""
    sentence = f"{text.format(n=_number(count, words))}: {'; '.join(examples)}{more}."
    return Finding(code, severity, count, sentence, examples)


def _number(count: int, words: str) -> str:
    one, many = words.split("|")
    return f"{count:,} {one if count == 1 else many}"


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _stamp(moment: np.datetime64) -> str:
    """The day, with the time where it is not midnight."""
    if np.isnat(moment):
        return "no time"
    text = str(np.datetime_as_string(moment, unit="m"))
    return text.removesuffix("T00:00").replace("T", " ")
