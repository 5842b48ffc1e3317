"""Numbers that English says in pieces: half a dozen, two and a half, a third of a percent."""

from __future__ import annotations

from llm.translator.lexicon import Lexicon
from llm.translator.tokens import Token

_PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10,
    "tenths": 10, "twentieth": 20,
}  # fmt: skip
_PERCENT = ("percent", "per", "pct", "percentage")
# What is counted in parts: "two and a half times"; not "below twenty and a third condition".
_COUNTED = {
    *_PERCENT, "times", "standard", "deviations", "deviation", "stdevs", "sigma", "sigmas", "atr",
    "atrs", "point", "points", "x", "r", "average", "million", "thousand", "years", "months",
}  # fmt: skip
# What a share is counted from or against: "a fifth above the entry", "a tenth off its high".
_AGAINST = ("above", "below", "over", "under", "beneath", "higher", "lower", "off", "less", "more")
# What only one number can follow: "lower than 32,5" is no list of two.
_COMPARING = frozenset(
    ("than", "above", "below", "over", "under", "beneath", "exceeds", "least", "most", "reaches",
     "hits", "times", "factor", "multiplier", "<", ">", "<=", ">=", "≤", "≥")
)  # fmt: skip
_UNITS = frozenset(("day", "days", "week", "weeks", "month", "months", "bar", "bars", "period"))


def join_decimals(tokens: list[Token]) -> list[tuple[str, str]]:
    """Numbers with a decimal comma, joined in place: "below 32,5"; with what they are read as."""
    made: list[tuple[str, str]] = []
    depth, k = 0, 0
    while k + 2 < len(tokens):
        depth += (tokens[k].text == "(") - (tokens[k].text == ")")
        if not depth and _is_decimal(tokens, k):
            whole, _, part = tokens[k : k + 3]
            told, meant = f"{whole.text},{part.text}", f"{whole.text}.{part.text}"
            value = float(meant) * (-1 if (whole.value or 0) < 0 else 1)
            joined = Token(meant, "number", whole.start, part.end, value)
            joined.percent, joined.detail = part.percent, whole.detail
            tokens[k : k + 3] = [joined]
            made.append((told, meant))
        k += 1
    return made


def _is_decimal(tokens: list[Token], k: int) -> bool:
    whole, comma, part = tokens[k : k + 3]
    if (whole.kind, comma.text, part.kind) != ("number", ",", "number") or whole.percent:
        return False
    if whole.end != comma.start or comma.end != part.start or len(part.text) > 2:
        return False
    if not (whole.text.isdigit() and part.text.isdigit()):
        return False
    before = tokens[k - 1].text if k else ""
    after, next_one = ([t.text for t in tokens[k + 3 : k + 5]] + ["", ""])[:2]
    is_list = after in (",", "and", "or") and next_one[:1].isdigit()
    percent = part.percent or after in ("percent", "per")
    return percent or (before in _COMPARING and after not in _UNITS and not is_list)


def join_fractions(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Every number said in pieces as one token; "half" and "quarter" alone stay words."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        if share := _unit_and_share([t.text for t in tokens[k : k + 5]]):
            # "a percent and a half": the number stands before what it counts
            many = _number(tokens, k, 1, 1 + share)
            many.text = f"{many.value:g}"
            out += [many, tokens[k + 1]]
            k += 4 if tokens[k + 3].text == "half" else 5
            continue
        length, made = _joined(tokens, k, lexicon)
        if made is None:
            out.append(tokens[k])
            k += 1
            continue
        out.append(made)
        k += length
    return out


def _joined(tokens: list[Token], k: int, lexicon: Lexicon) -> tuple[int, Token | None]:
    words = [t.text if t.kind == "word" else "" for t in tokens[k : k + 8]]
    words += [""] * (8 - len(words))
    start = 1 if words[0] in ("a", "an", "one") else 0
    if words[:3] == ["half", "a", "dozen"]:
        return 3, _number(tokens, k, 3, 6)
    if words[:2] == ["half", "dozen"]:
        return 2, _number(tokens, k, 2, 6)
    whole, count = _whole(tokens, k, lexicon)
    if count:
        length, share = _and_share(words[count:], lexicon)
        if length:
            return count + length, _number(tokens, k, count + length, whole + share)
        length, share = _decimals(words[count:], lexicon)
        if length:
            return count + length, _number(tokens, k, count + length, whole + share)
    elif words[0] == "point":
        length, share = _decimals(words, lexicon)
        if length and words[length] in _PERCENT:
            return length, _number(tokens, k, length, share)
    length, share = _share(words, start, lexicon)
    if not length or share >= 1:
        return 0, None
    after = words[length:]
    if after[0] in _PERCENT and (length > start + 1 or words[start] not in ("half", "third")):
        return length, _number(tokens, k, length, share)
    if after[0] == "of" and after[1] in ("a", "one", "1") and after[2] in _PERCENT:
        return length + 2, _number(tokens, k, length + 2, share)
    counts_days = after[1] in ("close", "closes", "day", "high", "low", "bar", "open", "session")
    if start and words[start] != "half" and after[0] in _AGAINST and not counts_days:
        made = _number(tokens, k, length, share * 100)
        made.percent = True
        return length, made
    return 0, None


def _whole(tokens: list[Token], k: int, lexicon: Lexicon) -> tuple[float, int]:
    """A whole number before "and a half": in digits, or up to ninety-nine in words."""
    token = tokens[k]
    if token.kind == "number" and not token.percent and token.value is not None:
        return token.value, 1
    if token.kind != "word" or token.text not in lexicon.numbers:
        return 0.0, 0
    value = lexicon.numbers[token.text]
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    if value >= 20 and after is not None and 0 < lexicon.numbers.get(after.text, 0) < 10:
        return value + lexicon.numbers[after.text], 2
    return value, 1


def _and_share(words: list[str], lexicon: Lexicon) -> tuple[int, float]:
    """The rest of "two and a half" and "one and three quarters"."""
    if words[0] != "and":
        return 0, 0.0
    start = 2 if words[1] in ("a", "one") else 1
    length, share = _share(words, start, lexicon)
    if not length or (start == 1 and length == 2):
        return 0, 0.0
    if words[length : length + 3] in (["of", "a", w] for w in _PERCENT):
        return length + 2, share
    is_half = words[length - 1] == "half" and words[length] == ""
    if not (is_half or words[length] in _COUNTED):
        return 0, 0.0
    return length, share


def _unit_and_share(words: list[str]) -> float:
    """The share in "a percent and a half", "one ATR and a quarter"; 0 where there is none."""
    if len(words) < 4 or words[0] not in ("a", "an", "one") or words[2] != "and":
        return 0.0
    if words[1] not in _COUNTED or words[1] in ("per", "times", "standard"):
        return 0.0
    told = words[3] if words[3] == "half" else words[4] if words[3:4] == ["a"] and words[4:] else ""
    return {"half": 0.5, "quarter": 0.25}.get(told, 0.0)


def _share(words: list[str], start: int, lexicon: Lexicon) -> tuple[int, float]:
    """A share that begins at `start`: "third", "three quarters"."""
    if start + 1 >= len(words):
        return 0, 0.0
    if words[start] in _PARTS and not words[start].endswith("s"):
        return start + 1, 1 / _PARTS[words[start]]
    many = lexicon.numbers.get(words[start], 0)
    if many > 1 and words[start + 1] in _PARTS and words[start + 1].endswith("s"):
        return start + 2, many / _PARTS[words[start + 1]]
    return 0, 0.0


def _decimals(words: list[str], lexicon: Lexicon) -> tuple[int, float]:
    """The rest of "two point five": digits said one by one."""
    if words[0] != "point":
        return 0, 0.0
    digits = ""
    for word in words[1:]:
        value = lexicon.numbers.get(word)
        if value is None or value > 9:
            break
        digits += f"{value:g}"
    return (1 + len(digits), float(f"0.{digits}")) if digits else (0, 0.0)


def _number(tokens: list[Token], k: int, length: int, value: float) -> Token:
    run = tokens[k : k + length]
    text = " ".join(t.text for t in run)
    return Token(text, "number", run[0].start, run[-1].end, round(value, 12))
