"""The grammar, the vocabulary and the readers know of each other, and of nothing else."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from llm.specification.nodes import Cross
from llm.translator import built, parsing
from llm.translator.built import grammar_text
from llm.translator.earley import Feed
from llm.translator.lexicon import load, number_words, tag
from llm.translator.parsing import Grammar, Stuck
from llm.translator.reading import Reader
from llm.translator.said import COSTS, Trees
from llm.translator.sentences import words_of
from llm.translator.tokens import Token, tokenise
from llm.translator.translator import grammar
from tests.llm.worlds import read

# Tags that the tokeniser gives, not a vocabulary.
FROM_SIGNS = {
    "NUM", "PCT", "YEARNUM", "MONEY", "DATE", "NTH", "SYMBOL", "LPAR", "RPAR", "COMMA", "COLON",
    "SLASH", "DASH", "PLUS", "TIMES", "ARROW", "EQUALS", "ABOVE", "BELOW", "GE", "LE", "AND",
    "NAMED",
}  # fmt: skip
# Parts that their parents look into, so that nothing reads them on their own.
LOOKED_INTO = re.compile(r"^(with_|size_|risk_|note_|day_|trail_|goal_|rest_)|_(amount|move|part)$")
PARTS = {
    "count_all", "count_exactly", "count_just_one", "count_least", "count_one", "list_and",
    "list_comma", "list_or",
    "allocation_in", "allocation_out", "at_level", "best", "worst", "level_note", "one_day",
    "bb_nums", "bb_two", "bb_width", "channel_inner", "channel_name", "channel_said",
    "of_them_all", "of_them_count", "of_them_none", "of_them_one", "settings",
    "no_lower_wick", "no_upper_wick",
    "otherwise_exit", "otherwise_short", "side_or_equal", "number", "schedule",
}  # fmt: skip


def vocabulary(language: str) -> dict[str, list[str]]:
    folder = Path(parsing.__file__).parent / "vocabulary"
    table = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    return table["terminals"]


def words(text: str) -> list[Token]:
    lexicon = load("en")
    tokens = number_words(tokenise(text, lexicon.contractions), lexicon)
    return words_of(tag(tokens, lexicon, {}))


def test_every_construction_of_the_grammar_has_a_reader() -> None:
    aliases = set(re.findall(r"->\s*(\w+)", grammar_text()))

    unread = {name for name in aliases if not hasattr(Reader, f"on_{name}")}

    assert {name for name in unread if not LOOKED_INTO.search(name)} <= PARTS


def test_no_part_of_the_reader_hides_another() -> None:
    parts = [part for part in Reader.__mro__ if part.__module__.startswith(Reader.__module__[:20])]
    named = Counter(name for part in parts for name in vars(part) if not name.startswith("__"))

    assert [name for name, times in named.items() if times > 1] == []


def test_every_cost_is_of_a_construction() -> None:
    text = grammar_text()
    named = set(re.findall(r"->\s*(\w+)", text)) | set(re.findall(r"^(\w+):", text, re.MULTILINE))

    assert set(COSTS) <= named


def test_every_terminal_has_words() -> None:
    tags = {parsing.tag_of(name) for name in built.terminals(grammar_text())}
    spoken = {tag.split(":")[0] for tag in vocabulary("en")} | {"ENDVERB"}

    assert {tag.split(":")[0] for tag in tags} <= spoken | FROM_SIGNS


@pytest.mark.parametrize("language", ["de", "es", "fr", "it", "ja", "pt", "zh"])
def test_a_language_says_nothing_that_english_has_no_word_for(language: str) -> None:
    folder = Path(parsing.__file__).parent / "vocabulary"
    table = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    lexicon = load("en")
    said = {word for english in table["phrases"] for word in re.findall("[a-z]+", english)}

    assert {w for w in said if w not in lexicon.words and w not in lexicon.numbers} <= {
        "th",
        "excluded",
    }


# One part of the grammar: the library needs minutes for a sentence of the whole.
PART = "protection"


@cache
def parsers() -> tuple[Any, Any]:
    return built.plain_parser(PART), built.build(PART)


@pytest.mark.parametrize(
    ("text", "is_understood"),
    [
        ("stop loss 5%", True),
        ("stop loss at 2 times ATR(14) below the entry price", True),
        ("trailing stop of 8% based on closing prices", True),
        ("take profit 10% and stop loss 5%", True),
        ("risk 1% per", False),
        ("stop above", False),
        ("trailing stop of", False),
    ],
)
def test_the_quick_parser_accepts_what_the_librarys_own_accepts(
    text: str, is_understood: bool
) -> None:
    tokens = words(text)
    plain, quick = parsers()

    class Words:
        def lex(self, expects: object) -> object:
            for token in tokens:
                word = built.LarkToken("WORD", token.text)
                word.value = token
                yield word

    def accepts(parser: Any, feed: Any) -> bool:
        try:
            return parser.parse(feed, PART) is not None
        except (parsing.UnexpectedToken, parsing.UnexpectedEOF):
            return False

    ours = accepts(quick, Feed(tokens, quick.predictions))

    assert (accepts(plain, Words()), ours) == (is_understood, is_understood)


def test_the_first_word_that_fits_nowhere_is_told_with_what_would_fit() -> None:
    with pytest.raises(Stuck) as stuck:
        grammar().read(words("buy when RSI(14) is below banana"))

    assert stuck.value.position == 8
    assert "NUM" in stuck.value.expected


def test_readings_come_cheapest_first_and_always_the_same(tmp_path: Path) -> None:
    tokens = words("buy when the close is above the 20-day SMA and RSI(14) < 30, sell at 60")

    first, again = Grammar(Trees(), kept=tmp_path / "none").read(tokens), grammar().read(tokens)

    assert [r.cost for r in first] == sorted(r.cost for r in first)
    assert first == again


def test_several_threads_read_at_once() -> None:
    ideas = ["Buy when RSI(14) crosses above 30.", "Buy when the close is above the 50-day SMA."]
    found: list[bool] = []

    def work(idea: str, crosses: bool) -> None:
        for _ in range(10):
            found.append(isinstance(read(idea).specification.long_entry, Cross) == crosses)

    threads = [Thread(target=work, args=(ideas[k % 2], k % 2 == 0)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 40
    assert all(found)


def test_no_construction_is_written_out_thousands_of_times() -> None:
    # Optional parts multiply: put those that stand together into a rule of their own (`_so_many`).
    rules = built.compiled_rules()
    written = Counter((str(rule.origin.name), rule.alias) for rule in rules)

    assert {name: times for name, times in written.items() if times > 1500} == {}
