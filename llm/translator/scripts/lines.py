"""A script as lines with their depth, comments taken off, brackets joined."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|(//.*|\#.*)$""")
_GOES_ON = re.compile(r"(\b(and|or)|[&|+\-*/,=(<>])\s*$", re.IGNORECASE)
_LOOKS = re.compile(
    r"\bta\.\w+\(|\bstrategy\.(entry|close|exit)|//@version|^\s*def \w+\(|^\s*(el)?if\b.*:\s*$"
    r"|\b(buy|sell)\(\)|\.rolling\(|\.shift\(|^\s*if\b.*\bthen\b\s*\d+\s*%(?!.*\belse\b)|^\s*else\s*:?\s*$"
    r"|^\s*\w+\s*=\s*\(?\w+\(",
    re.IGNORECASE | re.MULTILINE,
)
# Where a script that is told in one line goes on with the next statement.
_SENTENCE = re.compile(
    r"(?<=[)\]])\s*[.,]\s+(?=if\b|strategy\.|[A-Za-z_]\w*\s*=[^=])|\.\s*$", re.IGNORECASE
)
# "strategy.entry on longCond, strategy.close when out": a call told in words.
_TOLD = re.compile(
    r"[ ]*\bstrategy\.(entry|close)[ ]+(?:on|when|if)[ ]+(\w+)[ ]*(?:[,.;]|(?=\n)|\Z)",
    re.IGNORECASE,
)
_CALLS = {"entry": 'strategy.entry("L", strategy.long)', "close": 'strategy.close("L")'}


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: its text, how far it stands to the right, and its number from 1."""

    text: str
    depth: int
    number: int


# A position told in one line: "IF a THEN position = 0 ELSE IF b THEN position = 1 ELSE ...".
_STATE = r"(?:position|pos|signal|weight|target|allocation)\s*:?=\s*[-\w.%]+"
_CHAIN = re.compile(rf"\s*if\b.+?\bthen\s+{_STATE}\s*;?\s*\belse\b.+", re.IGNORECASE | re.DOTALL)
_BRANCH = re.compile(
    rf"(?:if\b(?P<when>.+?)\bthen\s+)?(?P<then>{_STATE})\s*[;.]?\s*(?:else\s*|$)",
    re.IGNORECASE | re.DOTALL,
)
# "position = 1 if a else 0", "position = a ? 1 : 0".
_CHOICE = re.compile(
    r"\s*(\w+)\s*:?=\s*(?:([-\d.]+)\s+if\b(.+?)\belse\s+([-\d.]+)|(.+?)\?\s*([-\d.]+)\s*:\s*([-\d.]+))"
    r"\s*[;.]?\s*",
    re.IGNORECASE,
)

# The same as one line of many: "return 1 if a else 0", "df['signal'] = np.where(a, 1, 0)".
_HEAD = (
    r"(?P<head>return\b|(?:[\w.]+[.\[]\s*[\"']?)?"
    r"(?:position|pos|signal|weight|target|allocation)[\"']?\]?\s*:?=(?!=))\s*"
)
_VALUE = r"(?:-?[\d.]+|\"\w+\"|'\w+')"
_CHOICES = tuple(
    re.compile(_HEAD + pattern, re.IGNORECASE)
    for pattern in (
        rf"\(?\s*(?P<one>{_VALUE})\s+if\b(?P<when>.+?)\belse\s+(?P<other>{_VALUE})\s*\)?",
        rf"(?P<when>.+?)\?\s*(?P<one>{_VALUE})\s*:\s*(?P<other>{_VALUE})",
        rf"(?:np\.|numpy\.)?where\((?P<when>.+),\s*(?P<one>{_VALUE})\s*,\s*(?P<other>{_VALUE})\s*\)",
        r"(?P<when>int\(.+\)|\(.+\)\.astype\((?:int|float)\))",
    )
)


def looks_like_a_script(idea: str) -> bool:
    return _LOOKS.search(_unrolled(idea)) is not None


def _unrolled(idea: str) -> str:
    """A position told in one line, with a line for each of its cases."""
    if (choice := _CHOICE.fullmatch(idea)) is not None:
        name = choice[1]
        one, when, other = choice.group(2, 3, 4) if choice[3] else choice.group(6, 5, 7)
        return f"if {when.strip()}:\n    {name} = {one}\nelse:\n    {name} = {other}"
    if _CHAIN.fullmatch(idea) is None:
        return idea
    told: list[str] = []
    place, text = 0, idea.strip()
    while place < len(text):
        branch = _BRANCH.match(text, place)
        if branch is None:
            return idea
        head = f"if {branch['when'].strip()}:" if branch["when"] else "else:"
        told.append(f"{'el' if told and branch['when'] else ''}{head}\n    {branch['then']}")
        place = branch.end()
    return "\n".join(told)


def lines_of(idea: str) -> tuple[list[Line], list[str]]:
    """The statements of a script, and the comments that were left out."""
    found: list[Line] = []
    comments: list[str] = []
    pending: Line | None = None
    text = _unrolled(idea).replace("\t", "    ")
    if "\n" not in text.strip():
        text = _SENTENCE.sub("\n", text.strip())
    text = _TOLD.sub(lambda m: f"\nif {m[2]}\n    {_CALLS[m[1].casefold()]}\n", text)
    for number, raw in enumerate(text.splitlines(), 1):
        comment = next((m[2] for m in _COMMENT.finditer(raw) if m[2]), "")
        if comment:
            raw = raw[: raw.rindex(comment)]
            told = comment.lstrip("/# ").strip()
            if told and not told.startswith("@version"):
                comments.append(told)
        if not raw.strip():
            continue
        if pending is not None:
            pending = Line(f"{pending.text} {raw.strip()}", pending.depth, pending.number)
        else:
            pending = Line(raw.strip(), len(raw) - len(raw.lstrip()), number)
        if _open(pending.text) > 0 or _GOES_ON.search(pending.text):
            continue
        found += _statements(pending)
        pending = None
    if pending is not None:
        found += _statements(pending)
    return found, comments


def _open(text: str) -> int:
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    return sum(bare.count(c) for c in "([") - sum(bare.count(c) for c in ")]")


def _statements(line: Line) -> list[Line]:
    """ "a = 1; b = 2": semicolons outside strings part statements."""
    parts = re.findall(r"(?:\"[^\"]*\"|'[^']*'|[^;\"'])+", line.text)
    found = [Line(p.strip(), line.depth, line.number) for p in parts if p.strip()]
    return [told for one in found for told in _chosen(one)]


def _chosen(line: Line) -> list[Line]:
    """A choice between two values as the two cases it stands for."""
    choice = next((m for m in (c.fullmatch(line.text) for c in _CHOICES) if m), None)
    if choice is None:
        return [line]
    parts = choice.groupdict()
    when = parts["when"].strip()
    if "one" not in parts:
        when = when[4:-1] if when[:3].casefold() == "int" else when[1 : when.rindex(").")]
    cases = ((f"if {when}:", 0), (f"{parts['head']} {parts.get('one', '1')}", 1),
             ("else:", 0), (f"{parts['head']} {parts.get('other', '0')}", 1))  # fmt: skip
    return [Line(text, line.depth + deeper, line.number) for text, deeper in cases]
