"""Names that an idea gives to values of its own: "let x = (close - low) / (high - low)".

Found before anything else is looked at, so that a name is never mended, and never taken for the
word it looks like. The letters O, H, L, C and V of a formula are its columns.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from llm.translator.lexicon import Lexicon
from llm.translator.tokens import Token

# After an arrow a letter is what is done: "RSI2 < 10 => L".
_ACTIONS, _ARROWS = {"L": "long", "B": "buy"}, ("=>", "->", "→", "⇒")
COLUMNS = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
_SIGNS = frozenset("+-–*/()=<>")
_COMPARED = frozenset(("<", ">", "<=", ">=", "≤", "≥"))
_OPENERS = {"let", "define", "set", "where", "with", "compute", "calculate", "and", "call", "use",
            "take", "defining", "say", "having"}  # fmt: skip
_BE = {("be",), ("as",), ("to", "be"), ("equal",), ("is",), ("defined", "as"), ("stand", "for"),
       ("is", "defined", "as"), ("stands", "for"), ("mean",), ("means",)}  # fmt: skip
_FORMULA = {"minus", "divided", "times", "plus", "difference", "ratio", "multiplied", "sum",
            "gap", "distance", "+", "/", "*", "-", "average", "sma", "ema", "mean"}  # fmt: skip
_ARTICLES = {"the", "a", "an", "my", "our"}
# Words of the vocabulary that may be names all the same: a formula says which value they are.
_LENT = frozenset(
    (
        "FAST", "SLOW", "BANDSIDE", "RATIO", "RANGE", "MULTWORD", "TREND", "BODY", "MIDDLE",
        "DIFFERENCE", "LEVEL", "VALUE", "BAND", "CHANNEL", "CROSS", "CROSSNODIR", "TIMES", "DAY",
        "WEEK", "YEAR", "R", "NO:vague", "MAXIMUM", "EXT", "TOP", "CROSSNOUN", "MIDRANGE",
        "VAGUENOUN", "UP", "DOWN", "BULLISH", "BEARISH", "LABEL", "BASE", "LINE", "EDGE", "NO",
        "COMMON", "MOREWORD", "STEP", "FLOWNAME",
    )
)  # fmt: skip
_LONGEST = 3
# What makes a name that of a state: "is on when", "is when", "is in force as long as".
_ON = ((), ("on",), ("active",), ("in", "force"), ("in", "effect"), ("in", "place"), ("present",))
_SIDES = frozenset(("above", "below", "inside", "over", "under", "higher", "lower"))
_ACTS = frozenset(
    ("buy", "sell", "long", "short", "in", "out", "flat", "cash", "exit", "enter", "entry", "go")
)
_WHILE = frozenset(("when", "if", "while", "whenever"))
# What is said of a state only: "buy when the squeeze ends", "once the squeeze is over".
_STOPPED = {("ends",), ("ended",), ("stops",)}
_STATES = {(be, on) for be in ("is", "was") for on in ("on", "off", "over", "active", "gone")}


def with_names(
    tokens: list[Token], lexicon: Lexicon, symbols: Container[tuple[str, ...]]
) -> list[Token]:
    """The words with their names as one token each, and the definitions first."""
    names = {name for name in _names(tokens, lexicon) if name not in symbols}
    for token in tokens:
        if token.kind == "dropped" and not names:
            token.kind = "word"
    if names:
        tokens = [t for t in tokens if t.kind != "dropped"]
        tokens = _definitions_first(_joined(tokens, names))
    for k, token in enumerate(tokens):
        if token.detail in _ACTIONS and k and tokens[k - 1].text.endswith(_ARROWS):
            token.text = _ACTIONS[token.detail]
        elif _is_column(tokens, k, bool(names)):
            token.text = COLUMNS[token.text]
    return tokens


def _names(tokens: list[Token], lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    """Every name that is given a meaning somewhere."""
    for k, token in enumerate(tokens):
        if token.text == "=" and token.kind == "operator":
            name = _before(tokens, k)
            if len(name) > 1 and name[-1].kind == "word" and _is_acronym(name[-1]):
                for word in name[:-1]:  # "the typical price TP = ..."
                    if not word.text.startswith(("yesterday", "previous", "prior")):
                        word.kind = "dropped"
                name = name[-1:]
            if _may_be_name(name, lexicon):
                yield tuple(t.text for t in name)
        elif token.kind == "word" and token.text in ("let", "define", "defining"):
            name = _until_be(tokens, k + 1)
            letter = len(name) == 1 and len(name[0].text) == 1
            if not (letter or _is_numbered(name) or _tells_formula(tokens, k)):
                name = []
            if _may_be_name(name, lexicon):
                yield tuple(t.text for t in name)
        elif token.text in ("call", "calling", "named", "called", "name"):
            name = _called(tokens, k + 1) or _called_when(tokens, k + 1)
            if _may_be_name(name, lexicon):
                yield tuple(t.text for t in name)
        elif (
            (token.text in ("is", "are") and (name := _state(tokens, k)))
            or (token.text == "means" and (name := _meaning(tokens, k)))
            or (token.text == ":" and (name := _heading(tokens, k)))
        ):
            if _may_be_name(name, lexicon):
                yield tuple(t.text for t in name)
        elif token.text in ("is", "means") and _tells_formula(tokens, k):
            name = _before(tokens, k)
            known = any((t.text,) in lexicon.phrases or t.text in lexicon.words for t in name)
            letter = len(name) == 1 and len(name[0].text) == 1
            if name and (
                not known or letter or (_is_numbered(name) and _may_be_name(name, lexicon))
            ):
                yield tuple(t.text for t in name)
        told = token.text in ("is", "being", "equals", "means")
        if told and _tells_indicator(tokens, k, lexicon):
            name = _before(tokens, k)
            if len(name) == 1 and _is_letter(name[0]):
                yield (name[0].text,)


def _state(tokens: list[Token], k: int) -> list[Token]:
    """The name in "a squeeze is on when ...", "an uptrend is when ..."."""
    rest = [t.text for t in tokens[k + 1 : k + 5]]
    for on in _ON:
        if tuple(rest[: len(on)]) == on and rest[len(on) :][:1]:
            following = rest[len(on)]
            if following in _WHILE or rest[len(on) : len(on) + 2] == ["only", "when"]:
                return _before(tokens, k)
    return []


def _heading(tokens: list[Token], k: int) -> list[Token]:
    """The name in "Squeeze: the bands lie inside the channel. Buy when the squeeze ends."."""
    name = _before(tokens, k)
    told = [t.text for t in name]
    rest = [t.text for t in tokens[k + 1 :] if t.text not in _ARTICLES]
    size = len(name)
    begins = k <= size + 1 or tokens[k - size - 1].kind in ("stop", "other")
    if not name or not begins or not rest or rest[0] in _ACTS:
        return []
    for j in range(1, len(rest) - size + 1):
        if rest[j : j + size] == told:
            after = tuple(rest[j + size : j + size + 2])
            told_in = rest[j - 1] in ("no", "without", "in", "during")
            if told_in or after[:1] in _STOPPED or after in _STATES:
                return name
    return []


def _meaning(tokens: list[Token], k: int) -> list[Token]:
    """The name in "a squeeze means that the bandwidth is below 5 %": no order is told there."""
    name = _before(tokens, k)
    begins = k - len(name) < 2 or any(t.kind == "stop" for t in tokens[k - len(name) - 2 : k])
    rest = []
    for token in tokens[k + 1 :]:
        if token.kind == "stop":
            break
        rest.append(token.text)
    told = _SIDES.intersection(rest) and _ACTS.isdisjoint(rest)
    return name if begins and told else []


def _before(tokens: list[Token], k: int) -> list[Token]:
    """The words before a sign, back to where their clause begins; none if these are too many."""
    found: list[Token] = []
    while k > 0:
        k -= 1
        token = tokens[k]
        if token.kind in ("stop", "punctuation", "other") or token.text in _OPENERS:
            break
        found.insert(0, token)
        if len(found) > _LONGEST + 1:
            return []
    return _plain(found)


def _until_be(tokens: list[Token], k: int) -> list[Token]:
    """The words between "let" and "be"."""
    for length in range(1, _LONGEST + 2):
        rest = tokens[k + length : k + length + 3]
        said = tuple(t.text for t in rest)
        if any(said[: len(be)] == be for be in _BE) or said[:1] == ("=",):
            return _plain(tokens[k : k + length])
    return []


def _called(tokens: list[Token], k: int) -> list[Token]:
    """The name in "call it D", up to the end of its clause."""
    while k < len(tokens) and tokens[k].text in ("it", "this", "that", "result", "sum", "the", '"',
                                                 "“", "'"):  # fmt: skip
        k += 1
    found: list[Token] = []
    for token in tokens[k : k + _LONGEST + 1]:
        if token.kind in ("stop", "punctuation", "other"):
            return _plain(found)
        found.append(token)
    return _plain(found) if k + len(found) >= len(tokens) else []


def _called_when(tokens: list[Token], k: int) -> list[Token]:
    """The name in "I call it a squeeze when ..."."""
    while k < len(tokens) and tokens[k].text in ("it", "this", "that", *_ARTICLES):
        k += 1
    for length in range(1, _LONGEST + 1):
        rest = tokens[k + length : k + length + 1]
        if rest and rest[0].text in _WHILE:
            return tokens[k : k + length]
    return []


def _plain(found: list[Token]) -> list[Token]:
    while found and found[0].text in _ARTICLES:
        found = found[1:]
    return found if len(found) <= _LONGEST else []


def _may_be_name(name: list[Token], lexicon: Lexicon) -> bool:
    """A letter, or words that mean nothing else which a rule needs."""
    if not name or name[0].kind != "word":
        return False
    if any(t.kind not in ("word", "number") or t.percent for t in name):
        return False
    numbered = _is_numbered(name)
    if any(t.kind == "number" for t in name) and not numbered:
        return False
    words = tuple(t.text for t in name)
    if len(words) == 1 and len(words[0]) == 1:
        return True
    tags = lexicon.phrases.get(words)
    if numbered:
        return tags is None
    if tags is not None:
        return {t.split(":")[0] for t in tags if not t.startswith("NO:")} <= _LENT
    parts = [lexicon.phrases.get((word,)) for word in words]
    return any(part is None for part in parts) or all(
        {t.split(":")[0] for t in part or ()} <= _LENT for part in parts
    )


def _is_acronym(token: Token) -> bool:
    return token.detail.isupper() and len(token.detail) <= 4


def _is_numbered(name: list[Token]) -> bool:
    """ "R1", "L20"."""
    return len(name) == 2 and name[1].kind == "number" and name[0].end == name[1].start


def _tells_formula(tokens: list[Token], k: int) -> bool:
    """Whether what follows "is" is a formula: nothing else is told to be one."""
    for token in tokens[k + 1 :]:
        if token.kind == "stop":
            return False
        if token.text in ("when", "if", "buy", "sell", "then", "above", "below"):
            return False
        if token.text in _FORMULA:
            return True
    return False


def _tells_indicator(tokens: list[Token], k: int, lexicon: Lexicon) -> bool:
    """Whether an indicator is named right after "is": "N is the 20-day ATR"."""
    return any("IND" in lexicon.phrases.get((t.text,), ()) for t in tokens[k + 1 : k + 7])


def _is_letter(token: Token) -> bool:
    """A capital that is neither a word nor a column of the bars."""
    alone = len(token.text) == 1 and token.detail.isupper()
    return alone and token.text not in COLUMNS and token.text not in ("i", "a")


def _joined(tokens: list[Token], names: set[tuple[str, ...]]) -> list[Token]:
    """One token for each mention of a name."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - k), 0, -1):
            run = tokens[k : k + length]
            if tuple(t.text for t in run) in names and not _counted(out, run):
                name = " ".join(t.text for t in run)
                shown = " ".join(t.detail or t.text for t in run)
                out.append(Token(shown, "named", run[0].start, run[-1].end, detail=name))
                break
        else:
            length = 1
            if tokens[k].kind == "other" and tokens[k].text in "\"'“”‘’`":
                k += 1
                continue
            out.append(tokens[k])
        k += length
    return out


def _counted(before: list[Token], run: list[Token]) -> bool:
    """ "2 x ATR", "10 d": a unit or a sign after a number, where it does not touch as in "2P"."""
    if not before or before[-1].kind != "number" or len(run) > 1:
        return False
    return run[0].text in ("x", "d", "w", "y", "r") and (
        before[-1].end < run[0].start or run[0].text != "r"
    )


def _definitions_first(tokens: list[Token]) -> list[Token]:
    """Sentences and clauses that only define a name, before what uses it."""
    runs: list[list[Token]] = [[]]
    whole = False
    for k, token in enumerate(tokens):
        if k == 0 or tokens[k - 1].kind == "stop":
            whole = _all_of_the_day_before(tokens[k:])
        begins = token.text in ("where", "with", "having") and _defines(tokens, k + 1)
        begins = begins or (token.text == "," and not whole and _defines(tokens, k + 1))
        if begins and runs[-1]:
            while runs[-1] and runs[-1][-1].text == ",":
                runs[-1].pop()
            runs[-1].append(Token(".", "stop", token.start, token.start))
            runs.append([])
            continue
        runs[-1].append(token)
        if token.kind == "stop":
            runs.append([])
    first = _in_order([run for run in runs if _is_definition(run)])
    rest = [run for run in runs if not _is_definition(run)]
    for run in first:
        if run[-1].kind != "stop":
            run.append(Token(".", "stop", run[-1].end, run[-1].end))
    return [token for run in (*first, *rest) for token in run]


def _in_order(runs: list[list[Token]]) -> list[list[Token]]:
    """What is used by other definitions, before these."""
    out: list[list[Token]] = []
    waiting = list(runs)
    while waiting:
        open_names = [_named_by(run) for run in waiting]
        ready = [
            run
            for run, own in zip(waiting, open_names, strict=True)
            if not any(
                t.kind == "named" and t.detail not in own and any(t.detail in o for o in open_names)
                for t in run
            )
        ]
        ready = ready or waiting[:1]
        out += ready
        waiting = [run for run in waiting if not any(run is r for r in ready)]
    return out


def _named_by(run: list[Token]) -> set[str]:
    return {t.detail for k, t in enumerate(run) if t.kind == "named" and _defines(run, k)}


def _defines(tokens: list[Token], k: int) -> bool:
    following = tokens[k + 1].text if k + 1 < len(tokens) else ""
    return k < len(tokens) and tokens[k].kind == "named" and following in ("=", "is", "being")


def _all_of_the_day_before(tokens: list[Token]) -> bool:
    """ "Levels from the previous day: X = ..., Y = ...": what holds of all stays with them."""
    end = next((k for k, t in enumerate(tokens) if t.kind == "stop"), len(tokens))
    run = tokens[:end]
    words = [t.text for t in run if t.text not in _ARTICLES]
    told = any(
        word in ("from", "of", "on", "using", "with", "by") and _says_before(words[k + 1 : k + 3])
        for k, word in enumerate(words)
    )
    return told and (_is_definition(run) or _led(run))


def _says_before(words: list[str]) -> bool:
    day = words[:1] in (["previous"], ["prior"]) and words[1:2] != []
    return day or words[:1] == ["yesterday"] or words == ["day", "before"]


def _led(run: list[Token]) -> bool:
    """ "levels from the previous day: X = ..."."""
    colon = next((k for k, t in enumerate(run) if t.text == ":"), len(run))
    before = [t.text for t in run[:colon]]
    said = any(_says_before(before[k : k + 2]) for k in range(len(before)))
    return said and _is_definition(run[colon + 1 :])


def _is_definition(run: list[Token]) -> bool:
    if _led(run):
        return True
    words = [t for t in run if t.text not in _ARTICLES]
    if words and words[0].text in ("let", "define", "set", "where"):
        words = words[1:]
    return _defines(words, 0)


def _is_column(tokens: list[Token], k: int, named: bool) -> bool:
    """A letter beside a sign of arithmetic: H, L, C; small letters only where names are given."""
    token = tokens[k]
    if token.kind != "word" or token.text not in COLUMNS:
        return False
    beside = [tokens[j] for j in (k - 1, k + 1) if 0 <= j < len(tokens)]
    if any(t.text in _COMPARED for t in beside):
        return True  # "c > sma 65"
    if not token.detail.isupper() and not named:
        return False
    return any(t.text in _SIGNS or t.kind == "operator" for t in beside)
