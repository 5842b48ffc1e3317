"""Ideas in other languages, put into English words before they are read.

A language is a table: phrases, and rules for how it forms a clause (regular expressions that put
words in another order; what stands between ‹ and › in them is English already). Every letter of
the English text knows the letters of the idea that it stands for, so that a refusal quotes what was
typed. A word that the table does not know stays a word that nothing knows: it is never taken for
the English word that is spelled alike.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from llm.translator.tokens import FOREIGN
from llm.translator.told import Told
from llm.translator.verbs import verbs_forward

LANGUAGES = ("es", "pt", "fr", "it", "de")
_FOLDER = Path(__file__).parent / "vocabulary"
_WORD = re.compile(r"[A-Za-z]+|[^\W\d_A-Za-z]+")
# A verb in Italian and Portuguese, and nothing but its accent tells it from "and".
_IS = re.compile(r"(?<![^\W\d_])[èéÈÉ](?![^\W\d_])")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's table, made ready."""

    before: tuple[tuple[re.Pattern[str], str], ...]
    phrases: dict[str, str]
    finder: re.Pattern[str]
    after: tuple[tuple[re.Pattern[str], str], ...]
    words: frozenset[str]
    spaced: bool
    verb_last: bool


@cache
def tongue(language: str) -> Tongue:
    table = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    spaced = not table.get("segmented")
    phrases = {
        re.sub(r"[\s-]+", " ", native.casefold()): english
        for english, found in table["phrases"].items()
        for native in found
    }
    longest = sorted(phrases, key=len, reverse=True)
    edge = r"‹([^›]*)›|(?<!\w)(?:{})(?!\w)" if spaced else r"‹([^›]*)›|(?:{})"
    spelled = "|".join(re.escape(p).replace(r"\ ", r"[\s-]+") for p in longest)
    return Tongue(
        _rules(table.get("before", ()), table.get("macros", {})),
        phrases,
        re.compile(edge.format(spelled), re.IGNORECASE),
        _rules([*table.get("after", ()), *_shared()["after"]], table.get("macros", {})),
        frozenset(w for phrase in phrases for w in phrase.split()),
        spaced,
        bool(table.get("verb_last")),
    )


@cache
def _shared() -> dict[str, list[Any]]:
    """What holds for every language: English to tidy, and names that are English everywhere."""
    table: dict[str, list[Any]] = json.loads((_FOLDER / "tongues.json").read_text("utf-8"))
    return table


def _rules(
    rules: list[list[str]] | tuple[()], macros: dict[str, str]
) -> tuple[tuple[re.Pattern[str], str], ...]:
    out = []
    for pattern, template in rules:
        for name, meant in macros.items():
            pattern = pattern.replace("{" + name + "}", f"(?:{meant})")
        out.append((re.compile(pattern, re.IGNORECASE), template))
    return tuple(out)


def language_of(idea: str) -> str:
    """The language whose words the idea uses most; English where nothing speaks against it."""
    if any("\u3040" <= letter <= "\u30ff" for letter in idea):
        return "ja"
    if any("\u4e00" <= letter <= "\u9fff" for letter in idea):
        return "zh"
    words = [w.casefold() for w in _WORD.findall(_plainly(idea).text)]
    english = _english()
    votes = {
        language: sum(word in tongue(language).words and word not in english for word in words)
        for language in LANGUAGES
    }
    best = max(votes, key=lambda language: votes[language])
    known = sum(word in english and word not in tongue(best).words for word in words)
    return best if votes[best] >= 2 and votes[best] * 2 > known else "en"


@cache
def _english() -> frozenset[str]:
    table = json.loads((_FOLDER / "en.json").read_text(encoding="utf-8"))
    found = table["terminals"].values()
    return frozenset(
        word for phrases in found for phrase in phrases for word in phrase.split()
    ) | frozenset(table["common"])


def _plainly(idea: str) -> Told:
    """Without accents and typographic quotes, letter by letter."""
    out, places = "", []
    text = unicodedata.normalize("NFKC", idea)
    for place, letter in enumerate(_IS.sub("ê", text)):
        split = unicodedata.normalize("NFD", letter) if letter < "\u3000" else letter
        plain = "".join(c for c in split if not unicodedata.combining(c)) or ""
        plain = "e'" if letter == "ê" and text[place] in "èéÈÉ" else plain
        plain = plain.replace("ß", "ss").replace("’", "'").replace("´", "'")
        out += plain
        places += [place] * len(plain)
    return Told(out, places, [p + 1 for p in places])


def in_english(idea: str, language: str, names: frozenset[str] = frozenset()) -> Told:
    """The idea in English words; `names` are words of symbols, which stay as they are."""
    spoken, told = tongue(language), _plainly(idea)
    for pattern, template in spoken.before:
        told = told.replaced(pattern, template)
    told = _phrases(told, spoken, names.union(_shared()["names"]))
    if spoken.verb_last:
        told = verbs_forward(told)
    for pattern, template in spoken.after:
        told = told.replaced(pattern, template)
    return told


def _phrases(told: Told, spoken: Tongue, kept: frozenset[str]) -> Told:
    """Each longest known phrase in English; what is not known is marked."""
    out, starts, ends, last = "", [], [], 0

    def add(text: str, a: int, b: int) -> None:
        nonlocal out
        out += text
        starts.extend([told.starts[a]] * len(text))
        ends.extend([told.ends[b - 1]] * len(text))

    def unknown(a: int, b: int) -> None:
        nonlocal out
        while a < b:
            word = _WORD.match(told.text, a, b)
            if word is None:
                out += told.text[a]
                starts.append(told.starts[a])
                ends.append(told.ends[a])
                a += 1
                continue
            known = word.group().casefold() in kept
            if not spoken.spaced and not known:
                add(" ", a, word.end())
            start = a
            for k in range(start, word.end()):
                out += told.text[k]
                starts.append(told.starts[k])
                ends.append(told.ends[k])
            if not known:
                add(FOREIGN + ("" if spoken.spaced else " "), start, word.end())
            a = word.end()

    for match in spoken.finder.finditer(told.text):
        unknown(last, match.start())
        native = re.sub(r"[\s-]+", " ", match.group().casefold())
        english = match[1] if match[1] is not None else spoken.phrases[native]
        add(f" {english} " if not spoken.spaced else english, match.start(), match.end())
        last = match.end()
    unknown(last, len(told.text))
    return Told(out, starts, ends)
