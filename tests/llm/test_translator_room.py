"""The room's manners: light to import, quick to answer, providers of one kind."""

import subprocess
import sys

from llm import IdeaContext, Provider
from llm.translator import Translator
from tests.llm.worlds import CONTEXT, SYMBOLS


def test_importing_the_room_brings_no_heavy_library():
    code = "import sys, llm; print([m for m in ('openai', 'pydantic', 'lark', 'pandas', 'django', "
    code += "'rapidfuzz', 'numpy') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_translator_is_a_provider():
    assert isinstance(Translator(), Provider)


def test_symbols_are_found_by_code_name_alias_and_typing_error():
    names = ("spx", "S&P 500", "SP500", "Apple Inc", "nasdaq composit")

    found = [CONTEXT.find_symbol(name) for name in names]

    assert [s.code if s else None for s in found] == ["SPX", "SPX", "SPX", "AAPL", "IXIC"]
    assert CONTEXT.find_symbol("QZXWV") is None


def test_near_symbols_come_best_first():
    context = IdeaContext(SYMBOLS, "SPX")

    assert context.near_symbols("AAPPL")[0].code == "AAPL"
