"""The built parser is kept in a file; whatever becomes of the file, ideas are read the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lark.grammar import NonTerminal, Rule

from llm.translator import built, rules
from llm.translator.lexicon import load, tag
from llm.translator.parsing import Grammar, Reading, Stuck
from llm.translator.said import Trees
from llm.translator.sentences import words_of
from llm.translator.tokens import Token, tokenise


def words(text: str) -> list[Token]:
    lexicon = load("en")
    return words_of(tag(tokenise(text, lexicon.contractions), lexicon, {}))


def readings(kept: Path) -> list[Reading]:
    return Grammar(Trees(), kept=kept).read(words("buy when RSI(14) < 30 and sell when it is > 70"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a first process left its parser."""
    path = tmp_path_factory.mktemp("grammar") / "new folder" / "grammar.pickle"
    readings(path)
    return path


@pytest.fixture
def no_building(monkeypatch: pytest.MonkeyPatch) -> None:
    def build() -> None:
        pytest.fail("built again")

    monkeypatch.setattr(built, "build", build)


def test_rules_that_begin_alike_share_their_beginning() -> None:
    a, b, c, d, e = (NonTerminal(name) for name in "abcde")

    made = rules.factored(rules.unified([Rule(a, [b, c, d]), Rule(e, [b, c, a])]))

    (helper,) = {rule.origin.name for rule in made} - {"a", "e"}
    assert {rule.origin.name: [symbol.name for symbol in rule.expansion] for rule in made} == {
        helper: ["b", "c"],
        "a": [helper, "d"],
        "e": [helper, "a"],
    }


@pytest.mark.usefixtures("no_building")
def test_a_second_process_loads_what_the_first_built(kept: Path) -> None:
    assert readings(kept)


def test_a_loaded_parser_reads_as_a_built_one(kept: Path, tmp_path: Path) -> None:
    assert readings(kept) == readings(tmp_path / "none")


def test_a_loaded_parser_tells_where_it_is_stuck(kept: Path) -> None:
    with pytest.raises(Stuck) as stuck:
        Grammar(Trees(), kept=kept).read(words("buy when RSI(14) is below banana"))

    assert stuck.value.position == 8
    assert "NUM" in stuck.value.expected


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="cut short"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:100] + b"\0" + data[101:], id="a byte changed"),
        pytest.param(lambda data: bytes(len(data)), id="zeros"),
        pytest.param(lambda data: bytes(32) + data[32:], id="of another grammar"),
    ],
)
def test_a_harmed_file_is_built_again(
    kept: Path,
    tmp_path: Path,
    harm: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = built.parser_of_the_grammar(kept)
    # Building takes seconds; what it makes is what the file held before.
    monkeypatch.setattr(built, "build", lambda: made)
    path = tmp_path / "grammar.pickle"
    path.write_bytes(harm(kept.read_bytes()))

    assert built.parser_of_the_grammar(path) is made
    assert built.parser_of_the_grammar(path) is not made
    assert readings(path) == readings(kept)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]  # no draft is left


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert readings(tmp_path / "file" / "grammar.pickle")


def test_another_grammar_is_another_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "grammar_text", lambda: "sentence: BUY -> only_buys\n")

    with pytest.raises(Stuck):
        Grammar(Trees(), kept=kept.with_name("other")).read(words("sell"))
    assert kept.with_name("other").read_bytes()[:32] != kept.read_bytes()[:32]
