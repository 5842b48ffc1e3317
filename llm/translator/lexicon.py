"""The vocabulary of one language: phrases to tags, numbers in words, nearest known word.

All of it is read from a table, so a language is data; the grammar sees tags only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from llm.translator.phrases import begins_anew, is_ranked
from llm.translator.tokens import Token

_SIGNS = {
    "<": "BELOW", ">": "ABOVE", "<=": "LE", "≤": "LE", ">=": "GE", "≥": "GE", "=>": "ARROW",
    "->": "ARROW", "=": "EQUALS", "(": "LPAR", ")": "RPAR", ",": "COMMA", ":": "COLON",
    "→": "ARROW", "⇒": "ARROW", "➔": "ARROW",
    "➜": "ARROW", "➡": "ARROW", "⟶": "ARROW", "-->": "ARROW", "==>": "ARROW",
    "/": "SLASH", "-": "DASH", "–": "DASH", "—": "DASH", "+": "PLUS", "*": "TIMES", "&": "AND",
    "@": "ON",
}  # fmt: skip
_MAX_PHRASE = 9
# Where a typing error could be two words, these are meant.
_CENTRAL = frozenset(
    (
        "CLOSE",
        "CLOSEV",
        "PRICE",
        "OPEN",
        "HIGH",
        "LOW",
        "VOLUME",
        "ABOVE",
        "BELOW",
        "BUY",
        "SELL",
        "CROSS",
        "MA",
        "IND",
        "BB",
        "BAND",
        "MACD",
        "WHEN",
        "UP",
        "DOWN",
        "EXT",
        "DAY",
        "STOP",
    )
)
# Left out of phrases and of English ideas: they decide nothing, and stand anywhere.
ARTICLES = frozenset({"the", "a", "an"})


@dataclass(slots=True)
class Lexicon:
    """One language's table, indexed for matching."""

    phrases: dict[tuple[str, ...], frozenset[str]]
    numbers: dict[str, float]
    multipliers: dict[str, float]
    contractions: dict[str, str]
    words: frozenset[str] = frozenset()
    targets: tuple[str, ...] = ()
    misspelt: dict[str, str] = field(default_factory=dict)
    # Everyday words a typing error away from ours, which are no errors: "chose", "newer".
    ordinary: frozenset[str] = frozenset()
    corrections: dict[str, str | None] = field(default_factory=dict)

    def nearest(self, word: str) -> str | None:
        """The one vocabulary word a typing error away from `word`, if there is one."""
        if word not in self.corrections:
            self.corrections[word] = self._nearest(word)
        return self.corrections[word]

    def _nearest(self, word: str) -> str | None:
        if len(word) < 3 or not word.isascii():
            return None
        if (typed_twice := self._typed_twice(word)) is not None:
            return typed_twice
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 1 if len(word) < 6 else 2
        near = process.extract(
            word, self.targets, scorer=OSA.distance, score_cutoff=allowed, limit=6
        )
        hits = [hit for hit in near if _plausible(word, hit[0])]
        if not hits:
            return None
        best = min(h[1] for h in hits)
        closest = [h[0] for h in hits if h[1] == best]
        swapped = [found for found in closest if sorted(found) == sorted(word)]
        closest = swapped if len(swapped) == 1 else closest  # "gose": no letter is wrong
        if len(closest) > 1 and any(found in self.numbers for found in closest):
            return None  # a number is never guessed
        whole = [word for word in closest if (word,) in self.phrases]
        closest = whole or closest  # a word of its own rather than a part of a phrase
        central = [w for w in whole if not _CENTRAL.isdisjoint(self.phrases[(w,)])]
        if central:
            return min(central, key=lambda found: (_likelihood(word, found), found))
        meanings = {self.phrases.get((w,)) for w in closest}
        return str(closest[0]) if len(closest) == 1 or len(meanings) == 1 else None

    def _typed_twice(self, word: str) -> str | None:
        """ "buuy", "stopp": the one word that is left where a letter was typed twice."""
        shorter = {word[:k] + word[k + 1 :] for k in range(1, len(word)) if word[k - 1] == word[k]}
        found = [w for w in shorter if len(w) >= 3 and (w,) in self.phrases]
        return found[0] if len(found) == 1 else None

    def suggest(self, word: str) -> str | None:
        """What a person may have meant; only ever shown, never used."""
        from rapidfuzz import process

        known = [" ".join(p) for p in self.phrases]
        hit = process.extractOne(word, known, score_cutoff=70)
        return str(hit[0]) if hit else None


def _likelihood(word: str, meant: str) -> int:
    """Letters are left out more often than typed twice, and that more often than mistaken."""
    if _is_part(word, meant):
        return 0
    return 1 if _is_part(meant, word) else 2


def _is_part(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)


def _plausible(word: str, better: str) -> bool:
    """Errors keep the first letter; three letters may only have lost one of four."""
    if len(word) == 3:
        return len(better) == 4 and better.startswith(word[:2])
    return len(better) >= 4 and better[0] == word[0]


def _table(language: str) -> dict[str, Any]:
    path = Path(__file__).parent / "vocabulary" / f"{language}.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


@cache
def load(language: str = "en") -> Lexicon:
    """Read and index one language's table."""
    table: dict[str, Any] = _table(language)
    phrases: dict[tuple[str, ...], set[str]] = {}
    sections = [(tag, phrase) for tag, found in table["terminals"].items() for phrase in found]
    sections += [(f"NO:{c}", phrase) for c, found in table["refusals"].items() for phrase in found]
    for tag, phrase in sections:
        words = (
            tuple(phrase.replace("-", " ").split())
            if len(phrase) > 3 or " " in phrase
            else (phrase,)
        )
        words = tuple(w for w in words if w not in ARTICLES) or words
        phrases.setdefault(words, set()).update({tag, tag.split(":")[0]})
    known = {word for phrase in phrases for word in phrase if word.isalpha()}
    known |= set(table["numbers"]) | set(table["multipliers"])
    # Only words of the grammar are worth correcting to; common words are never errors.
    targets = {w for found in table["terminals"].values() for p in found for w in p.split()}
    return Lexicon(
        {k: frozenset(v) for k, v in phrases.items()},
        table["numbers"],
        table["multipliers"],
        table["contractions"],
        frozenset(known | set(table["common"])),
        tuple(sorted(w for w in targets | set(table["numbers"]) if w.isalpha())),
        table["misspelt"],
        frozenset(table.get("ordinary", ())),
    )


def number_words(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Join "hundred and fifty" into one number; a lone "one" stays a word."""
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        part = _part_of_large(tokens, k, lexicon)
        if part is not None:
            out.append(part[0])
            k += part[1]
            continue
        if tokens[k].text == "grand" and out and out[-1].kind == "number":
            out[-1].kind, out[-1].value = "money", (out[-1].value or 0) * 1000
            out[-1].end, k = tokens[k].end, k + 1
            continue
        length, value = _read_number(tokens, k, lexicon)
        times = lexicon.multipliers.get(tokens[k].text) if out and length == 1 else None
        if times and out[-1].kind in ("number", "money") and not out[-1].percent:
            out[-1].value = (out[-1].value or 0) * times
            out[-1].end, k = tokens[k].end, k + 1
            continue
        if length and not (length == 1 and tokens[k].text == "one"):
            end = tokens[k + length - 1].end
            text = " ".join(t.text for t in tokens[k : k + length])
            out.append(Token(text, "number", tokens[k].start, end, value))
        elif length:
            out.append(tokens[k])
            out[-1].value = 1.0
        else:
            out.append(tokens[k])
        k += length or 1
    return out


def _part_of_large(tokens: list[Token], k: int, lexicon: Lexicon) -> tuple[Token, int] | None:
    """ "half a million", "a quarter of a million": the number, and of how many words."""
    share = {"half": 0.5, "quarter": 0.25}.get(tokens[k].text)
    if share is None:
        return None
    last = k + 1
    while last < len(tokens) and tokens[last].text in ("of", "a", "one"):
        last += 1
    if last >= len(tokens) or lexicon.multipliers.get(tokens[last].text, 0) < 1000:
        return None
    value = share * lexicon.multipliers[tokens[last].text]
    text = " ".join(t.text for t in tokens[k : last + 1])
    return Token(text, "number", tokens[k].start, tokens[last].end, value), last + 1 - k


def _read_number(tokens: list[Token], k: int, lexicon: Lexicon) -> tuple[int, float]:
    total, current, length, seen = 0.0, 0.0, 0, False
    while k + length < len(tokens):
        word = tokens[k + length].text
        if tokens[k + length].kind != "word":
            break
        if word in lexicon.numbers:
            value = lexicon.numbers[word]
            if seen and current % 100 and not (20 <= current % 100 < 100 and value < 10):
                break
            current += value
        elif word in lexicon.multipliers:
            current = (current or 1) * lexicon.multipliers[word]
            if lexicon.multipliers[word] >= 1000:
                total, current = total + current, 0.0
        elif word == "and" and seen and _hundred_and(tokens, k + length, lexicon):
            length += 1
            continue
        else:
            break
        length, seen = length + 1, True
    return (length, total + current) if seen else (0, 0.0)


def _hundred_and(tokens: list[Token], k: int, lexicon: Lexicon) -> bool:
    before, after = tokens[k - 1], tokens[k + 1] if k + 1 < len(tokens) else None
    return before.text == "hundred" and after is not None and after.text in lexicon.numbers


def correct(
    tokens: list[Token], lexicon: Lexicon, symbols: dict[tuple[str, ...], str]
) -> list[tuple[str, str]]:
    """Mend typing errors in place; returns what was read as what."""
    corrected: list[tuple[str, str]] = []
    for token in tokens:
        _correct(token, lexicon, symbols, corrected)
    return corrected


def tag(tokens: list[Token], lexicon: Lexicon, symbols: dict[tuple[str, ...], str]) -> list[Token]:
    """Replace runs of words by the longest known phrase."""
    named = {
        id(after)
        for before, after in pairwise(tokens)
        if before.text == "the" and after.text in ("lower", "higher")
    }
    fresh = {  # "the lower one the day before": another noun begins there
        id(after)
        for one, article, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if one.text == "one" and article.text == "the"
    }
    tokens = [t for t in tokens if t.kind != "word" or t.text not in ARTICLES]
    out: list[Token] = []
    k = 0
    while k < len(tokens):
        ends = (j for j in range(k + 1, len(tokens)) if id(tokens[j]) in fresh)
        rest = tokens[: next(ends, len(tokens))] if fresh else tokens
        length, tags, detail = _longest(rest, k, lexicon, symbols)
        line = [j for j in range(k + 1, k + length) if id(tokens[j]) in named]
        if line and not tags.isdisjoint(("UPCROSS", "DOWNCROSS")):
            length, tags, detail = _longest(tokens[: line[0]], k, lexicon, symbols)
        token = tokens[k]
        if length:
            run = tokens[k : k + length]
            text = " ".join(t.text for t in run)
            out.append(
                Token(text, "word", token.start, run[-1].end, token.value, tags=tags, detail=detail)
            )
        else:
            out.append(_single(token, lexicon))
        if length == 1 and id(token) in named:  # "crosses the lower": a line, and no direction
            out[-1].tags -= {"ABOVE", "BELOW", "MORE", "UP", "DOWN"}
        k += length or 1
    return out


def _longest(
    tokens: list[Token], k: int, lexicon: Lexicon, symbols: dict[tuple[str, ...], str]
) -> tuple[int, frozenset[str], str]:
    if tokens[k].kind not in ("word", "number"):
        return 0, frozenset(), ""
    words: list[str] = []
    best: tuple[int, frozenset[str], str] = (0, frozenset(), "")
    for token in tokens[k : k + _MAX_PHRASE]:
        if token.kind not in ("word", "number") and not (words and token.text == "&"):
            break
        words.append(token.text)
        key = tuple(words)
        if key in symbols and (len(words) > 1 or _is_name(token, symbols[key])):
            best = (len(words), frozenset({"SYMBOL"}), symbols[key])
        elif key == ("to", "last") and not is_ranked(tokens[max(0, k - 1) : k], lexicon.phrases):
            continue  # "from the first day to the last day", and not "third to last"
        elif key in lexicon.phrases and not begins_anew(
            words, tokens[k + len(words) :], lexicon.phrases
        ):
            best = (len(words), lexicon.phrases[key], "")
    return best


def _is_name(token: Token, code: str) -> bool:
    """A ticker counts only as typed in capitals; a company's name in any case."""
    is_code = token.text.casefold() == code.casefold()
    typed = token.detail.removesuffix("'s").removesuffix("’s")
    return not is_code or len(code) >= 4 or typed.isupper()


def _correct(
    token: Token,
    lexicon: Lexicon,
    symbols: dict[tuple[str, ...], str],
    corrected: list[tuple[str, str]],
) -> Token:
    if token.kind != "word" or (token.detail.isupper() and len(token.detail) > 1):
        return token
    if token.text in lexicon.misspelt:
        meant = lexicon.misspelt[token.text]
        corrected.append((token.text, meant))
        token.text = meant
        return token
    known = token.text in lexicon.words or token.text in lexicon.ordinary
    known = known or (token.text,) in lexicon.phrases
    if known or any(token.text in key for key in symbols):
        return token
    better = lexicon.nearest(token.text)
    if better is not None:
        corrected.append((token.text, better))
        token.text = better
    return token


def _single(token: Token, lexicon: Lexicon) -> Token:
    if token.kind in ("operator", "punctuation"):
        token.tags = frozenset({_SIGNS.get(token.text, "?")})
    elif token.kind == "stop":
        token.tags = frozenset({"STOPMARK"})
    elif token.kind == "number":
        token.tags = frozenset({"PCT"} if token.percent else _number_tags(token))
    elif token.kind == "ordinal":
        told = lexicon.phrases.get(("first",), frozenset()) if token.value == 1 else frozenset()
        token.tags = frozenset({"NTH", f"NTH:{token.value:g}"}) | told
    elif token.kind == "named":
        token.tags = frozenset({"NAMED"})
    elif token.kind in ("money", "date"):
        token.tags = frozenset({token.kind.upper()})
    else:
        known = token.text in lexicon.words
        token.tags = frozenset({"UNKNOWN", "COMMON"} if known else {"UNKNOWN"})
    return token


def _number_tags(token: Token) -> set[str]:
    value = token.value or 0.0
    is_year = 1900 <= value <= 2100 and value.is_integer() and len(token.text) == 4
    return {"NUM", "YEARNUM"} if is_year else {"NUM"}
