"""A model's explanation of a script, line by line, and what of it may be shown.

Nobody can check what such a sentence means. What can be checked is that it stands at a line of
code, that it is one short plain sentence, and that it says no number which that line does not
hold; a sentence that fails is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel

from llm.gateway.figures import UNSAFE
from llm.gateway.line_figures import CodeLine, code_lines
from llm.gateway.number_words import disguised

MOST_SENTENCE = 240
# Markdown, code, currencies, addresses: a plain sentence has none of them.
NOT_PLAIN = re.compile(r"[`*#|{}\[\]\\~^<>@$€£¥]|__|://")
NOTHING_LEFT = (
    "no sentence could be shown: each must stand at a line of code, be one short plain sentence, "
    "and hold no figure but the numbers of its line"
)


class LineSentence(BaseModel):
    """What a model says about one line."""

    line: int
    sentence: str


class ScriptExplanation(BaseModel):
    """What a model says about a script."""

    lines: list[LineSentence]


@dataclass(frozen=True, slots=True)
class Explained:
    """The sentences that may be shown, by line; how many were left out; how many lines, from the
    first on, the model was shown."""

    sentences: dict[int, str]
    left_out: int
    lines_seen: int


def split_lines(script: str) -> list[str]:
    """The lines as Python counts them, which `str.splitlines` does not do."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")


def what_passes(explanation: ScriptExplanation, script: str, *, lines_seen: int) -> Explained:
    """The first good sentence of each line that the model was shown."""
    known = code_lines("\n".join(split_lines(script)))
    kept: dict[int, str] = {}
    for said in explanation.lines:
        line, sentence = known.get(said.line), " ".join(said.sentence.split())
        if line and said.line <= lines_seen and said.line not in kept and _passes(sentence, line):
            kept[said.line] = sentence
    return Explained(dict(sorted(kept.items())), len(explanation.lines) - len(kept), lines_seen)


def _passes(sentence: str, line: CodeLine) -> bool:
    if not 0 < len(sentence) <= MOST_SENTENCE or not re.search(r"[A-Za-z]", sentence):
        return False
    if UNSAFE.search(sentence) or NOT_PLAIN.search(sentence) or disguised(sentence):
        return False
    return line.fits(sentence)
