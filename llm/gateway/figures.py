"""No figure in a report is typed by a model: it names a key, we put the value there.

Formatting follows the facts' own rule: fractions inside, percent only where a person reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from llm.gateway.number_words import disguised, unmarked, words_in

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}")
UNDEFINED = "undefined"
MOST_TEXT = 400

# Long lists, and what identifies the run instead of describing the result.
LEFT_OUT = frozenset(
    {
        "version",
        "months",
        "trades",
        "provenance",
        "idea",
        "analysis",
        "analysis_written",
        "analysis_missing",
    }
)

FRACTIONS = frozenset(
    {
        "total_return",
        "cagr",
        "volatility",
        "max_drawdown",
        "ulcer_index",
        "value_at_risk",
        "cvar",
        "alpha",
        "exposure",
        "best_month",
        "worst_month",
        "win_rate",
        "kelly",
        "total_return_at_twice",
        "cagr_at_twice",
        "break_even_commission",
        "random_entry_share",
        "probabilistic_sharpe_ratio",
        "deflated_sharpe_ratio",
        "evidence",
        "slippage",
        "settings.commission",
        "trade_metrics.best",
        "trade_metrics.worst",
        "trade_metrics.average_win",
        "trade_metrics.average_loss",
        "trade_metrics.expectancy",
    }
)
MONEY = frozenset(
    {"initial_capital", "final_equity", "charged", "costs.commission", "costs.slippage"}
)

Format = Callable[[str, object], str]

# What would change a value's meaning when it stands next to the braces.
SIGN_BEFORE = re.compile(
    r"(?:[-+−–±~\w.,^/]|[+−±~$€£]\s*|\b(?:minus|plus|negative|times)\s+"
    r"|\b(?:of|by|at|was|were|is|to|from|about|around)\s+[-–]\s*)\Z",
    re.IGNORECASE,
)
UNIT_AFTER = re.compile(
    r"^(?:\s*(?:%|‰|percent|per cent|percentage|basis|bps?\b|times\b|x\b|fold|k\b|m\b|bn\b|million"
    r"|billion|thousand|hundred|[$€£]|[/^]))|^[\w]",
    re.IGNORECASE,
)
# An entity is decoded by whoever renders the text: "&half;" is a figure.
UNSAFE = re.compile(r"!\[|\]\(|\]\[|https?:|www\.|<[a-z/!?]|&#?\w+;", re.IGNORECASE)


def flatten(facts: Mapping[str, object]) -> dict[str, object]:
    """Single values of the facts by dotted key: `metrics.cagr`, `verdict.word`, ..."""
    found: dict[str, object] = {}
    _flatten(facts, "", found)
    return found


def _flatten(node: Mapping[str, object], prefix: str, found: dict[str, object]) -> None:
    for name, value in node.items():
        if not prefix and name in LEFT_OUT:
            continue
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            _flatten(value, f"{key}.", found)
        elif (
            value is None
            or isinstance(value, bool | int | float)
            or (isinstance(value, str) and len(value) <= MOST_TEXT)
        ):
            found[key] = value


def format_fact(key: str, value: object) -> str:
    """How one fact reads in a sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNDEFINED
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float):
        return UNDEFINED
    short, last = ".".join(key.split(".")[-2:]), key.rpartition(".")[2]
    # The longer name decides: settings.commission is a fraction, costs.commission is money.
    for name in (short, last):
        if name in MONEY:
            return f"{value:,.2f}"
        if name in FRACTIONS:
            return _percent(float(value))
    return str(value) if isinstance(value, int) else f"{value:.4g}"


def _percent(value: float) -> str:
    shown = value * 100
    digits = 3 if 0 < abs(shown) < 0.1 else 1
    return f"{shown:.{digits}f} %"


def fill_placeholders(
    text: str, facts: Mapping[str, object], *, formatted: Format = format_fact
) -> str:
    """The text with every `{{key}}` replaced by its value; an unknown key reads as undefined."""
    values = flatten(facts)

    def value_of(match: re.Match[str]) -> str:
        key = match.group(1)
        return formatted(key, values[key]) if key in values else UNDEFINED

    return PLACEHOLDER.sub(value_of, text)


def typed_by_hand(text: str) -> list[str]:
    """Every figure outside the braces: digits of any script, fractions, number words."""
    bare = PLACEHOLDER.sub(" ", text)
    digits = re.findall(r"\S*\d\S*", bare)
    return list(dict.fromkeys([*digits, *words_in(bare)]))


def problems_of(text: str, facts: Mapping[str, object]) -> list[str]:
    """Why this prose may not be shown, in sentences for the model; empty when it may."""
    known = flatten(facts)
    found: list[str] = []
    unknown = sorted({k for k in PLACEHOLDER.findall(text) if k not in known})
    if unknown:
        found.append(f"unknown keys: {', '.join(unknown[:8])}")
    typed = typed_by_hand(text)
    if typed:
        found.append(f"figures typed by hand: {', '.join(typed[:8])}")
    touched = [m.group(0) for m in PLACEHOLDER.finditer(text) if _is_altered(text, m, known)]
    if touched:
        found.append(f"a sign or a unit written next to {', '.join(touched[:5])}")
    rest = PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        found.append("braces that are no {{key}}")
    if UNSAFE.search(rest):
        found.append("links, images or HTML")
    if odd := disguised(rest):
        found.append(f"invisible or unusual characters: {', '.join(odd[:5])}")
    return found


def _is_altered(text: str, match: re.Match[str], known: Mapping[str, object]) -> bool:
    if isinstance(known.get(match.group(1)), str):
        # A name or a sentence may stand anywhere.
        return False
    before, after = text[: match.start()], text[match.end() :]
    # As it reads: between a value and its unit there may be marks that nobody sees.
    near, next_ = unmarked(before[-24:]), unmarked(after[:32])
    return bool(before.endswith("~") or SIGN_BEFORE.search(near) or UNIT_AFTER.match(next_))
