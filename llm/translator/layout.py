"""Rules laid out as a table, a record or under headings, told again as sentences.

What a line means is still read by the grammar; here only "ENTRY", a list and "EXIT", a list
become "Buy when ... and ...." and "Sell when ....", one sentence for each line.
"""

from __future__ import annotations

import json
import re
from typing import Any

_ENTRY = re.compile(
    r"(long[\s_]?)?(entry|entries|buy|enter|go long|long|in|entry rules?|buy rules?|buy signals?"
    r"|entry (conditions?|criteria|signals?)|long_if|buy_if|enter_if|buy_when|enter_when|to enter"
    r"|enter_long|setup|entry_rule|entry_condition|long_when|entry setup)"
)
_EXIT = re.compile(
    r"(long[\s_]?)?(exit|exits|sell|leave|close|out|flat|exit rules?|sell rules?|sell signals?"
    r"|exit (conditions?|criteria|signals?)|flat_if|sell_if|exit_if|sell_when|exit_when|to exit"
    r"|exit_long|close_if|exit_rule|exit_condition|cash_if|flat_when)"
)
_OF_THESE = (
    r"( (all|both|each|any|one|either|of|these|the|following|those|hold|holds|are|true|is|met"
    r"|apply|conditions?|below|happens?|occurs?|at once|together))+"
)
_BUY_WHEN = re.compile(rf"(i )?(buy|enter|go long|long|get in) (when|if|once){_OF_THESE}")
_SELL_WHEN = re.compile(rf"(i )?(sell|exit|leave|close|get out|go flat) (when|if|once){_OF_THESE}")
_NOTES = re.compile(r"notes?|remarks?|comments?|info|other|general|rules?|settings|misc")
_WORDS = {
    "stop": "Stop loss:", "stop_loss": "Stop loss:", "sl": "Stop loss:", "stoploss": "Stop loss:",
    "take_profit": "Take profit:", "tp": "Take profit:", "target": "Take profit:",
    "profit_target": "Take profit:", "takeprofit": "Take profit:",
    "trailing_stop": "Trailing stop:", "trail": "Trailing stop:", "trailing": "Trailing stop:",
    "hold_days": "Time stop:", "max_days": "Time stop:", "time_stop": "Time stop:",
    "max_bars": "Time stop:", "max_hold": "Time stop:", "max_holding_days": "Time stop:",
    "time_exit": "Time stop:", "max_holding": "Time stop:", "holding_period": "Time stop:",
    "max_holding_period": "Time stop:", "time_limit": "Time stop:", "max_hold_time": "Time stop:",
    "maximum_holding": "Time stop:", "maximum_hold": "Time stop:", "hard_stop": "Stop loss:",
    "maximum_holding_period": "Time stop:", "max_holding_time": "Time stop:",
    "start": "Start date:", "start_date": "Start date:",
    "end": "End date:", "end_date": "End date:", "capital": "Capital:",
    "initial_capital": "Capital:", "commission": "Commission:", "slippage": "Slippage:",
    "costs": "Commission:", "cost": "Commission:", "fees": "Commission:", "fee": "Commission:",
}  # fmt: skip
_TITLES = ("name", "title", "strategy", "description", "author", "comment")
_SYMBOLS = ("symbol", "ticker", "asset", "instrument", "market")
_MARKETS = (*_SYMBOLS, "universe", "markets", "index", "stock")
_SIDES = ("direction", "side", "sides")
_SPANS = ("period", "test period", "dates", "range", "date range", "years")
_GOES_IN = (
    "buy",
    "setup",
    "trigger",
    "filter",
    "trend",
    "entry",
    "condition",
    "conditions",
    "trend filter",
)
_FIELD = re.compile(r"(?:[-*•] )?([A-Za-z][A-Za-z _-]{1,20}?)\s*:\s*(\S.*)")
_BULLET = re.compile(r"^\s*(?:[-*•–+]|\d{1,2}[.)]|\([a-z0-9]\)|[a-z]\))\s+")
_ANY = re.compile(r"\b(any|either|or|one of)\b|whichever|first", re.IGNORECASE)
# "strategy:" before a map in curly brackets, or before fields that stand below it.
_NAMED_MAP = re.compile(r"\A[A-Za-z_ ]{1,24}:\s*(?=\{)|\A[A-Za-z_ ]{1,24}:\s*\n(?=\s+[\w \"']+:)")
# A part of a map without quotes: "buy: 'RSI(14) < 30'", up to the comma before the next name.
_PAIR = re.compile(
    r"""\s*["']?([A-Za-z][\w ]*?)["']?\s*[:=]\s*("[^"]*"|'[^']*'|[^,"']+?)\s*(?:,|\Z)"""
)
# "Entry - RSI(2) < 10 | Exit - ..." and "Setup: .... Exit: ....", in one line.
_DASHED = re.compile(r"^([A-Za-z][A-Za-z ]{1,20}?) [-–—=] (?=\S)")
_NEXT_FIELD = re.compile(r"[.;]\s+(?=[A-Z][A-Za-z ]{1,20}:\s)")
_COLUMN_HEADS = ("Rule", "Value", "rule", "value", "Definition", "Condition", "Details", "Setting")
# "My plan:", above the lines that say it.
_HEADLINE = re.compile(
    r"(?:(?:here is|here are|this is) )?(?:my |the |our |a )?"
    r"(?:simple |little |new |whole |swing )?"
    r"(?:plan|rules|strategy|system|idea|setup|setups|trading plan|trading rules):?",
    re.IGNORECASE,
)
# "Entry: next open": when it fills, which is so anyway.
_FILLS = re.compile(
    r"(?:buy )?(?:at |on )?(?:the )?(?:open of the )?(?:next|following)"
    r"(?: (?:trading )?(?:day|session|morning|bar)(?:'s)?)?(?: open(?:ing)?)?"
    r"(?:,? (?:if|when|once|after)(?: (?:all|both|these|those|they|everything|the|setup|above|entry"
    r"|all three|\d and \d|both \d and \d|(?:rules? |points? )?\d,? (?:\d,? )?and \d))*"
    r"(?: (?:lines|conditions|rules|criteria|filters|points|of (?:them|these|those|the above)|setup"
    r"|two|three))?(?: above)? (?:are|is|hold|holds|apply|applies|line up|agree|match)"
    r"(?: (?:true|met|fulfilled|satisfied|given|in place))?)?\.?",
    re.IGNORECASE,
)
_LONG = re.compile(r"long( only)?|long (/|or|and) (flat|cash)|long-only")


def laid_out(idea: str) -> str:
    """The idea as sentences; as it stands where it is neither a record nor under headings."""
    idea = _signs(idea)
    text = _NAMED_MAP.sub("", idea.strip())
    if text.startswith("{") and text.endswith("}"):
        return _record(text) or idea
    return _titled(text) or _headed(text) or _fielded(text) or idea


# "the last year, let's say 252 trading days": how long that is, in days.
_HOW_LONG = re.compile(
    r"\b(last|past|previous|prior) (?:year|quarter|month|week)"
    r"(?:,? (?:or )?(?:let['’]?s say|let us say|say|call it|so say|i\.e\.,?|that is,?|meaning"
    r"|which is|which means)|,? \((?=[^()]{1,30}\)))(?: ?about| ?roughly| ?some)? ?"
    r"(\d{1,4} (?:trading |market |business )?(?:days|sessions|bars))\b\)?",
    re.IGNORECASE,
)


def _signs(idea: str) -> str:
    """ "plus/minus" and "+ / -" as words; "(upper-lower)/middle" is a difference, [1] a bar ago."""
    idea = _HOW_LONG.sub(r"\1 \2", idea)
    told = re.sub(r"\bplus\s*/\s*minus\b|\+\s*/\s*[-–](?=\s)", "plus minus", idea, flags=re.I)
    told = re.sub(r"\((\w+)-(\w+)\)(?=\s*/)", r"(\1 - \2)", told)
    return re.sub(r"(?<=[\w)])\s?\[(\d{1,3})\]", _bars_ago, told)


def _bars_ago(found: re.Match[str]) -> str:
    """ "close[1]", as programs write the close of the bar before."""
    return f" {found[1]} bars ago" if int(found[1]) else ""


def _record(text: str) -> str | None:
    """{"long_if": "...", "flat_if": "...", "take_profit": "12%"} as sentences."""
    try:
        found = json.loads(re.sub(r"'", '"', text) if '"' not in text else text)
    except ValueError:
        found = _pairs(text[1:-1])
    sentences = []
    if not found:
        return None
    for name, value in found.items():
        sentence = _field(str(name).strip().casefold().replace(" ", "_"), value)
        if sentence is None:
            return None
        sentences.append(sentence)
    return " ".join(sentences)


def _pairs(text: str) -> dict[str, str]:
    """The parts of a map as people type it, without quotes around the names; {} where unclear."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text.rstrip()):
        pair = _PAIR.match(text, place)
        if pair is None:
            return {}
        found[pair[1]] = pair[2].strip("\"' ")
        place = pair.end()
    return found


def _field(name: str, value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        joint = " or " if _EXIT.fullmatch(name) else " and "
        value = joint.join(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if name in _TITLES or (name in _SIDES and _LONG.fullmatch(str(value).casefold())):
        return ""
    if name in _SYMBOLS:
        return f"Trade {value}."
    if _ENTRY.fullmatch(name.replace("_", " ")) or _ENTRY.fullmatch(name):
        return f"Buy when {value}."
    if _EXIT.fullmatch(name.replace("_", " ")) or _EXIT.fullmatch(name):
        return f"Sell when {value}."
    if name not in _WORDS:
        return None
    days = " days" if _WORDS[name] == "Time stop:" and str(value).strip().isdigit() else ""
    bare = isinstance(value, float | int) and not days
    if bare and _WORDS[name].endswith(("loss:", "profit:", "stop:")):
        return None
    return f"{_WORDS[name]} {value}{days}."


def _titled(text: str) -> str | None:
    """Fields under a line that only heads them: "Setup", then "- Entry: ...", "- Exit: ..."."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or _FIELD.fullmatch(lines[0].strip()) or not _heading(lines[0]):
        return None
    return _fielded("\n".join(lines[1:]), titled=True)


def _headed(text: str) -> str | None:
    """Lists under ENTRY and EXIT as one sentence for all entries and one for each exit."""
    lines = [line for line in text.splitlines() if line.strip()]
    kinds = [_heading(line) for line in lines]
    if "entry" not in kinds or len(lines) < 3:
        return None
    told: list[str] = []
    k = 0
    while k < len(lines):
        kind = kinds[k]
        rest = []
        j = k + 1
        while j < len(lines) and not kinds[j] and _below(lines[j]):
            rest.append(lines[j])
            j += 1
        if not kind:
            told += _line_of_its_own(lines[k], told)
            k += 1
            continue
        if not rest:
            return None
        told += _listed(kind, lines[k], [_bare(line) for line in rest])
        k = j
    return " ".join(told)


def _line_of_its_own(line: str, told: list[str]) -> list[str]:
    """A line beside the lists: "universe: IXIC", "stop_loss: 5%", "Entry: at the next open"."""
    field = _FIELD.fullmatch(line.strip())
    if field is None:
        return [_closed(line)]
    name, value = re.sub(r"\s+", " ", field[1].casefold()), _bare(field[2])
    if name in _TITLES or (name in _SIDES and _LONG.fullmatch(value.casefold())):
        return []
    if _goes_in(name) and told and _FILLS.fullmatch(value):
        return []
    if name in _MARKETS and " " not in value:
        return [f"Trade {value}."]
    if "_" in name and name in _WORDS:
        days = " days" if _WORDS[name] == "Time stop:" and value.isdigit() else ""
        return [_closed(f"{_WORDS[name]} {value}{days}")]
    return [_closed(line)]


def _goes_in(name: str) -> bool:
    return name in _GOES_IN or _ENTRY.fullmatch(name) is not None


def _fielded(text: str, *, titled: bool = False) -> str | None:
    """A line for each part, "Setup: ...", "Trigger: ...", "Exit: ...", "Stop: none"."""
    lines = _lines_of(text)
    if lines and _HEADLINE.fullmatch(lines[0]):
        del lines[0]
    fields = [_FIELD.fullmatch(_BULLET.sub("", line)) for line in lines]
    if len(fields) < 3 or not all(fields):
        return None
    found = [(re.sub(r"\s+", " ", f[1].casefold()), _bare(f[2])) for f in fields if f]
    fills = [v for k, v in found if _goes_in(k) and _FILLS.fullmatch(v)]
    found = [(k, v) for k, v in found if not (_goes_in(k) and v in fills)]
    spoken = {len(re.findall(r"\d", v)) for v in fills} - {0}
    if spoken - {sum(_goes_in(k) for k, _ in found)}:
        return None  # "if 1 and 2 are true" of three
    entries = [f"({v})" if re.search(r"\bor\b", v) else v for k, v in found if _goes_in(k)]
    kinds = ("setup", "trigger", *_SIDES, *_TITLES, *_MARKETS)
    if not (titled or any(k in kinds for k, _ in found) or " | " in text) or not entries:
        return None
    told = [f"Buy when {' and '.join(entries)}."]
    for name, value in found:
        if _goes_in(name) or name in _TITLES:
            continue
        if name in _SIDES and _LONG.fullmatch(value.casefold()):
            continue
        if name in _MARKETS:
            told.insert(0, f"Trade {value}.")
        elif _EXIT.fullmatch(name):
            told.append(_way_out(value))
        elif name.replace(" ", "_") in _WORDS:
            told.append(_closed(f"{_WORDS[name.replace(' ', '_')]} {value}"))
        elif name in _SPANS:
            told.append(_closed(f"Period: {value}"))
        else:
            return None
    return " ".join(told)


def _lines_of(text: str) -> list[str]:
    """The fields, one a line, of a list, a table or a line with bars or stops between them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and " | " in text and not text.startswith("|"):
        lines = [_DASHED.sub(r"\1: ", part.strip()) for part in text.split(" | ")]
    elif len(lines) == 1:
        lines = [part.strip() for part in _NEXT_FIELD.split(text)]
    elif len(lines) > 2 and all(line.startswith("|") for line in lines):
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
        rows = [row for row in rows if not all(re.fullmatch(r":?-*:?", cell) for cell in row)]
        lines = [": ".join(row) for row in rows if len(row) == 2 and row[1] not in _COLUMN_HEADS]
        return lines if len(lines) >= len(rows) - 1 else []
    return lines


def _below(line: str) -> bool:
    """Whether a line belongs to the heading above it."""
    return bool(_BULLET.match(line)) or line[:1].isspace()


def _listed(kind: str, heading: str, items: list[str]) -> list[str]:
    if kind == "entry":
        joint = " or " if _ANY.search(heading) else " and "
        if len(items) > 1:
            items = [f"({i})" if re.search(r"\bor\b", i) else i for i in items]
        return [f"Buy when {joint.join(items)}."]
    if kind == "exit":
        if re.search(r"\ball\b", heading, re.IGNORECASE) and len(items) > 1:
            return [f"Sell when {' and '.join(items)}."]
        return [_way_out(item) for item in items]
    return [_closed(item) for item in items]


def _way_out(item: str) -> str:
    if re.match(r"(after|at|on|in)\b", item, re.IGNORECASE):
        return f"Sell {item}."
    return _closed(item) if _is_order(item) else f"Sell when {item}."


def _is_order(item: str) -> bool:
    """A stop, a target or a whole sentence stands for itself."""
    words = r"(stop|target|take profit|trailing|time stop|sell|exit|hard stop|profit target)"
    return (
        re.match(rf"{words}\b|.*\b(stop|target|trailing stop)\s*$", item, re.IGNORECASE) is not None
    )


def _bare(line: str) -> str:
    return _BULLET.sub("", line).strip().rstrip(".;,")


def _closed(text: str) -> str:
    text = _bare(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _heading(line: str) -> str:
    """ "entry", "exit" or "notes" for a line that only names what follows."""
    bare = re.sub(r"[*_#=\-:]+|\(.*?\)", " ", line).strip().casefold()
    bare = re.sub(r"\s+", " ", bare)
    if _BULLET.match(line):
        return ""
    named = ((_ENTRY, "entry"), (_EXIT, "exit"), (_NOTES, "notes"),
             (_BUY_WHEN, "entry"), (_SELL_WHEN, "exit"))  # fmt: skip
    return next((kind for pattern, kind in named if pattern.fullmatch(bare)), "")
