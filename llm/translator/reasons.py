"""Why an idea that was not understood could not have been tested anyway.

Words of another data source, of the clock, of the future, of nothing to trade at all: looked for in
the whole idea, and only once no reading was found, so that a rule that is understood is never held
up by a word of the story around it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from llm.provider import Refusal, RefusalCode, SymbolFacts

_FOLDER = Path(__file__).parent / "vocabulary"
WORDS: dict[str, Any] = json.loads((_FOLDER / "reasons.json").read_text(encoding="utf-8"))
_UNIT: str = WORDS["unit"]


def _compiled(kind: str) -> re.Pattern[str]:
    """All expressions of one kind, as whole words."""
    words = "|".join(WORDS[kind]).replace("{unit}", _UNIT).replace("{moves}", WORDS["moves"])
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


_ERRAND = _compiled("errand")
_OPPOSED = re.compile(
    r"\b(rsi|stochastic|cci|williams|mfi|adx|volume|close|price|index|stock|%k|macd)\b(?:\(\d+\))?"
    r"[^.;]{0,30}?(above|over|greater than|higher than|more than|>|at least|below|under|less than|"
    r"lower than|<|at most)\s*(-?\d+(?:\.\d+)?)\b(?!-|\s?day)([^.;]{0,60}?)(above|over|"
    r"greater than|higher than|more than|>|at least|below|under|less than|lower than|<|at most)\s*"
    r"(-?\d+(?:\.\d+)?)\b(?!-|\s?day)",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"\b(?:above|over)\b[^.;]{3,50}\b(?:and|while|but)\b[^.;]{0,40}\b(?:below|under)\b[^.;]{0,12}\b"
    r"(?:the|that|this) (?:very )?same\b"
    r"|\b(?:below|under)\b[^.;]{3,50}\b(?:and|while|but)\b[^.;]{0,40}\b(?:above|"
    r"over)\b[^.;]{0,12}\b"
    r"(?:the|that|this) (?:very )?same\b"
    r"|\blong and short\b[^.;]{0,30}\b(?:same time|once|simultaneously)|\b(?:buy and sell|sell and "
    r"buy)\b[^.;]{0,30}\b(?:same (?:time|moment|bar|day)|simultaneously)"
    r"|\bboth (?:above and below|below and above|rising and falling|up and down)\b",
    re.IGNORECASE,
)
_UPWARD = ("above", "over", "greater than", "higher than", "more than", ">", "at least")
_LEAVES = re.compile(
    r"\b(?:sell|exit|out|leave|cover|close it|get out|flat|otherwise|until|let it go)\b",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"\b(?:start|starting|from|begin|beginning|between|after|since)\b[^.;]{0,20}?\b((?:19|"
    r"20)\d\d)\b"
    r"[^;]{0,25}?\b(?:end|ending|finish|finishing|until|to|till|stop|through|and|"
    r"before)\b[^.;]{0,20}?"
    r"\b((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_TICKER = re.compile(
    r"\b(?:ticker|symbol|stock symbol)s?:?\s+(?:called |named |is )?\"?([A-Z]{2,6})\b"
)
_VOLUME = re.compile(
    r"\b(?:volumes?|obv|on[- ]balance|vwap|mfi|money flow|turnover)\b", re.IGNORECASE
)
# An order at a price that only the end of the day, week, month tells.
_AT_ITS_EXTREME = re.compile(
    r"\b(?:at|on|near|for|in) (?:exactly |precisely |about )?(?:the |each |every |its |that |this )"
    rf"(?:very |exact |absolute )*(?:(?:low|high|bottom|top|lowest|highest)(?: \w+)?s? (?:of|in) "
    rf"(?:the |each |every |any |that |this )?{_UNIT}\b(?! before| ago|s? of)|"
    rf"{_UNIT}'?s'? (?:very |exact )*"
    r"(?:low|high|bottom|top)\b)",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:buy|enter|purchase|go long|get in|bought|sell|exit|get out|leave)\b[^.;,]{0,14}$",
    re.IGNORECASE,
)
# An order that waits at the high of the day that gave the signal knows that high.
_WAITS = re.compile(r"\b(?:stop|limit|order)\b", re.IGNORECASE)
_OF_THAT_DAY = re.compile(r"\b(?:that|this|the same) (?:day|bar|candle|session)", re.IGNORECASE)
# What a rule says it does without.
_WITHOUT = re.compile(
    r"\b(?:no|not|without|never|ignor\w+|rather than|instead of|forget|avoid|don't|do not|"
    r"regardless of|isn't|aren't)\b[^,.;:!?]*",
    re.IGNORECASE,
)


def why_not(text: str, sentence: str, symbol: SymbolFacts | None) -> Refusal | None:
    """The reason that the words of an idea give, or of the sentence that was not understood."""
    said, stuck = _WITHOUT.sub(" ", text), _WITHOUT.sub(" ", sentence)
    if found := _contradiction(said):
        return found
    ticker = _TICKER.search(said)
    if ticker and (symbol is None or ticker[1] != symbol.code):
        return Refusal("unknown_symbol", f"The symbol {ticker[1]} is not known.", (ticker[1],))
    if symbol is not None and not symbol.has_volume and (word := _VOLUME.search(said)):
        return Refusal(
            "missing_data",
            f"{symbol.code} has no volume data, which “{word.group()}” needs.",
            (word.group(),),
        )
    for code, pattern, sentence in _REASONS:
        if word := pattern.search(stuck):
            return Refusal(code, sentence.format(word=word.group()), (word.group(),))
    return None


def at_its_extreme(text: str) -> Refusal | None:
    """ "Buy at the low of the month" would read as the low of the last month: it is the future."""
    for found in _AT_ITS_EXTREME.finditer(text):
        ordered = _ORDERS.search(text[: found.start()])
        if ordered and not (_WAITS.search(ordered.group()) and _OF_THAT_DAY.search(found.group())):
            return Refusal(
                "lookahead",
                f"This needs to know the future: “{found.group()}” is not known when the order is "
                "given.",
                (found.group(),),
            )
    return None


def is_errand(text: str) -> bool:
    """Small talk, and errands for somebody else."""
    return _ERRAND.search(text) is not None


_REASONS: tuple[tuple[RefusalCode, re.Pattern[str], str], ...] = (
    ("intraday", _compiled("intraday"), "Only daily bars are available, not “{word}”."),
    (
        "missing_data",
        _compiled("missing_data"),
        "There is no data for “{word}”: only daily prices and volume are available.",
    ),
    (
        "lookahead",
        _compiled("lookahead"),
        "This needs to know the future: “{word}” is not known when the order is given.",
    ),
)


def _contradiction(text: str) -> Refusal | None:
    """Limits that exclude each other, said before the exit; an end before its start."""
    entry = _LEAVES.split(text)[0]
    if same := _SAME.search(entry):
        return _contradicts(same.group())
    for left, first, low, between, second, high in _OPPOSED.findall(entry):
        again = re.search(r"\b(?:or|then|and (?:the|its) (?!same|very))\b", between)
        other = re.search(r"\b(?:rsi|cci|close|price|volume|macd|sma|ema|average)\b", between)
        if again or (other and left.casefold() not in between.casefold()):
            continue
        rises, falls = first.casefold() in _UPWARD, second.casefold() in _UPWARD
        if rises != falls and (float(low) >= float(high)) == rises:
            return _contradicts(f"{first} {low} … {second} {high}")
    years = _YEARS.search(text)
    if years and int(years[1]) > int(years[2]):
        return Refusal(
            "invalid_dates",
            f"The end, {years[2]}, is before the start, {years[1]}.",
            (years[1], years[2]),
        )
    return None


def _contradicts(words: str) -> Refusal:
    return Refusal(
        "contradictory",
        f"These conditions contradict each other: “{words}” can never be true on one day.",
        (words,),
    )
