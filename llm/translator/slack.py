"""Words that a stuck sentence is tried without: little ones that nothing hangs on.

No grammar holds every place where people put an “of”, a “that” or a “standard”. Where a sentence is
stuck it is read again without such words, nearest to the trouble first; what was left out is said.
Numbers, comparisons, negations, times, indicators and verbs of trading are never among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from llm.translator.tokens import Token

_LITTLE = frozenset(
    (
        "of", "as", "upon", "that", "this", "these", "those", "it", "its", "them", "which",
        "who", "such", "is", "are", "be", "being", "do", "does", "get", "gets", "got", "so", "too",
        "also", "even", "own", "there", "here", "now", "simply", "i.e.", "e.g.", "namely",
        "standard", "classic", "classical", "regular", "normal", "usual", "typical", "ordinary",
        "plain", "basic", "typically", "usually", "thing", "things", "way", "kind", "sort", "ones",
        "line", "value", "level", "trade", "idea", "system", "strategy", "setup", "method",
        "approach", "rule", "rules", "version", "style", "money", "stock", "index", "shares",
        "share", "position", "positions", "please",
    )
)  # fmt: skip
# Words on either side of the trouble among which the superfluous one is looked for, and how many
# readings are tried: a person waits.
_NEAR, _TRIES = 6, 16


def is_little(token: Token, symbol: str) -> bool:
    """Whether the sentence may say the same without this word."""
    if token.has("SYMBOL"):
        return token.detail == symbol
    return token.kind == "word" and set(token.text.casefold().split()) <= _LITTLE


def thinned(
    words: Sequence[Token], place: int, symbol: str
) -> Iterator[tuple[list[Token], list[Token]]]:
    """The sentence without one little word, then without two, with what was taken away."""
    if any(token.has("UNKNOWN") and not is_little(token, symbol) for token in words):
        return  # a word that is not known stays in the way
    near = [
        k
        for k in range(max(0, place - _NEAR), min(len(words), place + _NEAR))
        if is_little(words[k], symbol)
    ]
    near.sort(key=lambda k: abs(k - place))
    tried = 0
    for size in (1, 2):
        for gone in combinations(near, size):
            tried += 1
            if tried > _TRIES:
                return
            yield [t for k, t in enumerate(words) if k not in gone], [words[k] for k in gone]
