"""The room's manners: light to import, quick to answer, providers of one kind."""

import subprocess
import sys
import time

from llm import IdeaContext, Provider
from llm.translator import Translator
from tests.llm.worlds import CONTEXT, SYMBOLS, read


def test_importing_the_room_brings_no_heavy_library():
    code = "import sys, llm; print([m for m in ('openai', 'pydantic', 'lark', 'pandas', 'django', "
    code += "'rapidfuzz', 'numpy') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_translator_is_a_provider():
    assert isinstance(Translator(), Provider)


def test_an_idea_is_read_within_its_budget():
    idea = "Buy when the 20-day SMA crosses above the 60-day SMA, sell when it crosses below."
    read(idea)
    started = time.perf_counter()

    for _ in range(5):
        read(idea)

    assert (time.perf_counter() - started) / 5 < 0.15  # a loaded machine; the benchmark is strict


def test_symbols_are_found_by_code_name_alias_and_typing_error():
    names = ("spx", "S&P 500", "SP500", "Apple Inc", "nasdaq composit")

    found = [CONTEXT.find_symbol(name) for name in names]

    assert [s.code if s else None for s in found] == ["SPX", "SPX", "SPX", "AAPL", "IXIC"]
    assert CONTEXT.find_symbol("QZXWV") is None


def test_near_symbols_come_best_first():
    context = IdeaContext(SYMBOLS, "SPX")

    assert context.near_symbols("AAPPL")[0].code == "AAPL"
