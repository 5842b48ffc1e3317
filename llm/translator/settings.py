"""Dates, capital and costs: read from anywhere in the idea, before its rules.

What is read here leaves the token stream, so that the grammar of rules never sees it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from llm.translator.tokens import Token

_EDGES = ("WITH", "USE", "CHARGE", "AND", ",", "ON", "FOR", "OF", "TEST", "STARTWITH", "PERTRADE",
          "CAPITAL", "SINCE", "IN")  # fmt: skip

_STRETCH_WORDS = ("in", "during", "for", "over")
_TITLES = ("period", "dates", "date", "from", "test period", "time", "years")


@dataclass(slots=True)
class Said:
    """The settings an idea gives; `words` is what a complaint would quote."""

    values: dict[str, Any] = field(default_factory=dict)
    problem: tuple[str, str, str] | None = None

    def put(self, name: str, value: Any, words: str) -> None:
        if name in self.values and self.values[name] != value:
            self.problem = ("contradictory", f"Two different values for {name}.", words)
        self.values[name] = value


def take_settings(tokens: list[Token], last_day: date | None) -> tuple[list[Token], Said]:
    """The settings, and the tokens that remain (a GAP where something was taken)."""
    said = Said()
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        length = 0
        for rule in (_dates, _recent, _capital, _cost):
            length = rule(tokens, k, said, last_day)
            if length:
                break
        if length:
            while _ties(out):
                out.pop()
            first = tokens[k]
            out.append(Token("", "gap", first.start, first.end, tags=frozenset({"GAP"})))
            k += length
            while k < len(tokens) and tokens[k].has("PERTRADE"):
                k += 1
            continue
        out.append(tokens[k])
        k += 1
    _check(said)
    return _tidy(out), said


def _ties(out: list[Token]) -> bool:
    """Whether the last token only led up to a setting: "with a", "and"."""
    if not out:
        return False
    leading = ("WITH", "USE", "CHARGE", "STARTWITH")
    article = out[-1].tags == frozenset({"NOISE"}) and len(out) > 1 and out[-2].has(*leading)
    return article or out[-1].has(*leading) or _and_before(out)


def _and_before(out: list[Token]) -> bool:
    """An "and" that only joined two settings."""
    return len(out) > 1 and out[-1].has("AND") and out[-2].has("GAP")


def _tidy(tokens: list[Token]) -> list[Token]:
    """Gaps swallow the small words that tied the settings to the sentence."""
    out: list[Token] = []
    for k, token in enumerate(tokens):
        neighbours = [t for t in (tokens[k - 1 : k] + tokens[k + 1 : k + 2]) if t.has("GAP")]
        if (
            _has(tokens, k, ":")
            and k
            and tokens[k - 1].text in _TITLES
            and _has(tokens, k + 1, "GAP")
        ):
            out.pop()
            continue
        before_gap = _has(tokens, k + 1, "GAP")
        if token.has("(") and before_gap and _has(tokens, k + 2, ")"):
            continue
        if token.has(")") and k > 1 and tokens[k - 1].has("GAP") and tokens[k - 2].has("("):
            continue
        after_gap = k and tokens[k - 1].has("GAP")
        if neighbours and token.has("STARTWITH", "CHARGE"):
            continue
        if after_gap and token.has(","):
            continue
        next_ends = k + 1 >= len(tokens) or tokens[k + 1].has("STOPMARK", ":")
        if after_gap and token.has("AND") and next_ends:
            continue
        out.append(token)
    kept = []
    for k, token in enumerate(out):
        follows = out[k + 1] if k + 1 < len(out) else None
        if follows is not None and follows.has("GAP") and token.has("ON", "FOR", "IN", "SINCE"):
            continue
        kept.append(token)
    return kept


def _check(said: Said) -> None:
    start, end = said.values.get("start"), said.values.get("end")
    if start and end and start > end:
        said.problem = (
            "invalid_dates",
            f"The start {start} is after the end {end}.",
            f"{start} {end}",
        )
    if said.values.get("initial_capital", 1) <= 0:
        said.problem = ("invalid_value", "The capital must be more than zero.", "capital")


def _has(tokens: list[Token], k: int, *tags: str) -> bool:
    return k < len(tokens) and tokens[k].has(*tags)


def _speaks_of_starting(tokens: list[Token], k: int) -> bool:
    """ "Start with 20k in 2003": the year is a beginning, not the whole stretch."""
    for token in reversed(tokens[:k]):
        if token.has("STOPMARK"):
            return False
        if token.text.startswith(("start", "begin")):
            return True
    return False


def _day(tokens: list[Token], k: int, *, last: bool) -> tuple[int, date | None]:
    """A day, a month with a year, or a year alone; its first or last day."""
    if k >= len(tokens):
        return 0, None
    token = tokens[k]
    if token.day is not None:
        return 1, token.day
    if token.kind == "number" and (token.value or 0) <= 31 and _has(tokens, k + 1, "MONTHNAME"):
        named, year = tokens[k + 1], _year(tokens, k + 2)
        month = int(next(t for t in named.tags if ":" in t).split(":")[1])
        try:
            return (3, date(year, month, int(token.value or 0))) if year else (0, None)
        except ValueError:
            return 0, None
    if token.has("MONTHNAME"):
        month = int(next(t for t in token.tags if ":" in t).split(":")[1])
        j = k + 1
        number = tokens[j] if j < len(tokens) else None
        if number is not None and number.kind == "number" and (number.value or 0) <= 31:
            j += 1 + _has(tokens, j + 1, ",")
            year = _year(tokens, j)
            if year is None:
                return 0, None
            try:
                return j - k + 1, date(year, month, int(number.value or 1))
            except ValueError:
                return 0, None
        year = _year(tokens, j)
        if year is None:
            return 0, None
        day = calendar.monthrange(year, month)[1] if last else 1
        return 2, date(year, month, day)
    year = _year(tokens, k)
    if year is None:
        return 0, None
    return 1, date(year, 12, 31) if last else date(year, 1, 1)


def _year(tokens: list[Token], k: int) -> int | None:
    if k >= len(tokens) or tokens[k].kind != "number" or tokens[k].percent:
        return None
    value = tokens[k].value or 0
    if not (1900 <= value <= 2100 and float(value).is_integer()):
        return None
    if _has(tokens, k + 1, "DAY", "BAR", "PERCENT", "DOLLARS", "YEAR"):
        return None
    return int(value)


def _dates(tokens: list[Token], k: int, said: Said, last_day: date | None) -> int:
    """since 2008; from A to B; between A and B; A - B; until B."""
    j = k
    opening = _has(tokens, j, "SINCE", "BETWEEN")
    if (n := _one_sided(tokens, k, said)) > 0:
        return n
    if opening:
        j += 1
        while _has(tokens, j, ":", "BE", "NOISE"):
            j += 1
    elif _has(tokens, j, "UNTIL", "RANGETO") and not _has(tokens, j, "AND", "-"):
        n, end = _day(tokens, j + 1, last=True)
        if n and end:
            said.put("end", end, str(end.year))
            return 1 + n
        return 0
    elif tokens[j].text in _STRETCH_WORDS and (m := _titles(tokens, j + 1)) > j + 1:
        opening, j = True, m
        if not _has(tokens, j + 1, "RANGETO", "UNTIL", "-"):
            return 0
    elif tokens[j].text in ("in", "during", "for") and _year(tokens, j + 1):
        opening, j = True, j + 1
        if not _has(tokens, j + 1, "RANGETO", "UNTIL", "-"):
            year = _year(tokens, j)
            assert year is not None
            said.put("start", date(year, 1, 1), str(year))
            if not _speaks_of_starting(tokens, k):
                said.put("end", date(year, 12, 31), str(year))
            return 2
    n, start = _day(tokens, j, last=False)
    if not n or start is None:
        return 0
    j += n
    if _has(tokens, j, "RANGETO", "UNTIL", "-", "AND") and (opening or not _has(tokens, j, "AND")):
        m, end = _day(tokens, j + 1, last=True)
        if m and end is not None:
            said.put("start", start, str(start.year))
            said.put("end", end, str(end.year))
            return j + 1 + m - k
    if not opening or _has(tokens, k, "BETWEEN"):
        return 0
    j += _has(tokens, j, "ONWARDS")
    said.put("start", start, str(start.year))
    return j - k


def _titles(tokens: list[Token], k: int) -> int:
    """The first place after "the years", "the period"."""
    while _has(tokens, k, "NOISE") or (k < len(tokens) and tokens[k].text in _TITLES):
        k += 1
    return k


def _one_sided(tokens: list[Token], k: int, said: Said) -> int:
    """before 2010; after 2010; end date 2010-12-31."""
    word = tokens[k].text
    if word == "before":
        n, day = _day(tokens, k + 1, last=False)
        if n and day:
            said.put("end", day - timedelta(days=1), str(day.year))
            return n + 1
    elif word == "after":
        n, day = _day(tokens, k + 1, last=True)
        if n and day:
            said.put("start", day + timedelta(days=1), str(day.year))
            return n + 1
    elif tokens[k].has("ENDDATE"):
        j = k + 1
        while _has(tokens, j, ":", "BE", "NOISE", "EQUALS"):
            j += 1
        n, day = _day(tokens, j, last=True)
        if n and day:
            said.put("end", day, str(day.year))
            return j + n - k
    return 0


def _recent(tokens: list[Token], k: int, said: Said, last_day: date | None) -> int:
    """on the last 5 years of data; over the past 18 months."""
    j = k
    alone = k == 0 or _has(tokens, k - 1, ",", "STOPMARK", "GAP")
    if _has(tokens, j, "ON", "FOR", "IN", "DURING", "OF"):
        j += 1
    elif not alone:
        return 0
    while _has(tokens, j, "NOISE"):
        j += 1
    before = tokens[k - 1] if k else None
    of_something = before is not None and (
        before.percent
        or before.has("PERCENT", "HIGH", "LOW", "CLOSE", "VOLUME", "HIGHEST", "LOWEST")
    )
    if not _has(tokens, j, "LAST") or of_something:
        return 0
    number = tokens[j + 1] if j + 1 < len(tokens) else None
    if number is None or number.value is None or not _has(tokens, j + 2, "YEAR", "MONTH"):
        return 0
    if last_day is None:
        return 0
    months = round(number.value * (12 if tokens[j + 2].has("YEAR") else 1))
    total = last_day.year * 12 + last_day.month - 1 - months
    year, month = divmod(total, 12)
    day = min(last_day.day, calendar.monthrange(year, month + 1)[1])
    said.put("start", date(year, month + 1, day), number.text)
    return j + 3 - k


def _capital(tokens: list[Token], k: int, said: Said, last_day: date | None) -> int:
    """$10,000; 50k; a 100,000 dollar account."""
    token, j = tokens[k], k + 1
    if token.has("CAPITAL", "STARTWITH"):
        j += _has(tokens, j, "OF", "BE", ":", "EQUALS")
        amount = tokens[j] if j < len(tokens) else None
        if amount is None or amount.kind not in ("number", "money") or amount.percent:
            return 0
        if (amount.kind == "number" and abs(amount.value or 0) < 100) or _year(tokens, j):
            return 0
        said.put("initial_capital", amount.value, amount.text)
        return j + 1 - k + _has(tokens, j + 1, "DOLLARS")
    money = token.kind == "money"
    if token.kind == "number" and _has(tokens, j, "DOLLARS"):
        money, j = True, j + 1
    if not money or token.value is None:
        return 0
    if _has(tokens, j, "PERTRADE", "COMMISSION", "SLIPPAGE"):
        return 0
    spoken = [t for t in tokens[max(0, k - 3) : k] if not t.has("NOISE")]
    priced = ("ABOVE", "BELOW", "GE", "LE", "AT", "REACH", "RISKNOISE", "INVEST", "BUY", "CROSS")
    if spoken and spoken[-1].has(*priced) and not spoken[-1].has("STARTWITH", "WITH"):
        return 0
    said.put("initial_capital", token.value, token.text)
    return j - k + _has(tokens, j, "CAPITAL")


def _cost(tokens: list[Token], k: int, said: Said, last_day: date | None) -> int:
    """0.1% commission; commission of 10 bps; 5 bps slippage; no costs."""
    if _has(tokens, k, "NO") and _has(tokens, k + 1, "COMMISSION", "SLIPPAGE"):
        said.put(_cost_name(tokens[k + 1]), 0.0, "no")
        return 2
    n, rate = _rate(tokens, k)
    j = k + n
    if n and rate is not None:
        while _has(tokens, j, "PERTRADE", "NOISE") or (
            _has(tokens, j, "OF", "IN") and _has(tokens, j + 1, "COMMISSION", "SLIPPAGE")
        ):
            j += 1
        if _has(tokens, j, "COMMISSION", "SLIPPAGE"):
            said.put(_cost_name(tokens[j]), rate, tokens[k].text)
            return j + 1 - k
        charged = k > 0 and tokens[k - 1].has("WITH", "CHARGE")
        if charged and tokens[j - 1].has("PERTRADE") and j > k + n:
            said.put("commission", rate, tokens[k].text)
            return j - k
        return 0
    if not _has(tokens, k, "COMMISSION", "SLIPPAGE"):
        return 0
    j = k + 1
    while _has(tokens, j, "OF", "BE", "AT", ":", "EQUALS", "NOISE", "PERTRADE"):
        j += 1
    n, rate = _rate(tokens, j)
    if not n or rate is None:
        return 0
    said.put(_cost_name(tokens[k]), rate, tokens[j].text)
    return j + n - k


def _rate(tokens: list[Token], k: int) -> tuple[int, float | None]:
    if k >= len(tokens) or tokens[k].kind != "number" or tokens[k].value is None:
        return 0, None
    value = tokens[k].value
    assert value is not None
    if tokens[k].percent:
        return 1, round(value / 100, 12)
    if _has(tokens, k + 1, "PERCENT"):
        return 2, round(value / 100, 12)
    if _has(tokens, k + 1, "BPS"):
        return 2, round(value / 10000, 12)
    return 0, None


def _cost_name(token: Token) -> str:
    return "slippage" if token.has("SLIPPAGE") else "commission"
