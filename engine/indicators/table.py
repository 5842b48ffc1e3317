"""`python -m engine.indicators.table > docs/indicators.md`: what `ta` offers, in one table."""

import inspect
import re
import sys
from importlib import import_module
from typing import Any

from engine import indicators
from engine.indicators.names import TALIB_NAMES

HEAD = """\
# Indicators

Written by `python -m engine.indicators.table > docs/indicators.md`; a test keeps it true.

`from engine import ta`. Where a call takes `x`, it takes a column or the bars (then their close,
unless said otherwise). Warm-up is NaN, and a comparison with NaN is False. No function here reads a
later bar; calendar rules know the exchange's days, not the next bar. Several outputs have names:
`ta.macd(bars).histogram`.

## Ours

| name | call | output | what, and source |
|---|---|---|---|
"""
MIDDLE = """
## TA-Lib

All of TA-Lib by its own names, in lower or upper case, with TA-Lib's arguments after the bars or
the columns. An upper-case name is always TA-Lib's own; where the table above has the same name in
lower case, that is the shorter call. Source of all: TA-Lib, as its Python package computes it.

| name | call | output | what |
|---|---|---|---|
"""


def text() -> str:
    """Return the whole page."""
    ours = [_own(name) for name in indicators.__all__ if name != "IndicatorError"]
    theirs = [_talib(name) for name in sorted(TALIB_NAMES)]
    return HEAD + "".join(ours) + MIDDLE + "".join(theirs)


def _own(name: str) -> str:
    function: Any = getattr(indicators, name)
    arguments = []
    for parameter in inspect.signature(function).parameters.values():
        default = parameter.default
        arguments.append(parameter.name + ("" if default is parameter.empty else f"={default!r}"))
    output = inspect.signature(function).return_annotation
    fields = getattr(output, "_fields", None)
    kind = ", ".join(fields) if fields else _plain(output)
    return _row(name, f"ta.{name}({', '.join(arguments)})", kind, _told(function.__doc__))


def _plain(output: Any) -> str:
    said = str(getattr(output, "__name__", output))
    if "bool" in str(output):
        return "True or False"
    if "float" in str(output):
        return "one number" if output is float else "numbers"
    return {"HigherBars": "bars"}.get(said, "counts" if "int" in str(output) else "as x")


def _told(doc: str) -> str:
    """Return the first sentence of a docstring, and where the formula comes from."""
    whole = " ".join(inspect.cleandoc(doc).split())
    first = inspect.cleandoc(doc).split("\n\n")[0].replace("\n", " ")
    source = re.search(r"Source: (.*?\.)(?: Of Bars|$| [A-Z][a-z]+ the )", whole)
    return first + (f" *{source[1]}*" if source else "")


def _talib(name: str) -> str:
    facts = import_module("talib.abstract").Function(name).info
    arguments = [f"{key}={value:g}" for key, value in facts["parameters"].items()]
    columns = "bars.close, periods" if name == "MAVP" else "bars"
    call = f"ta.{name.lower()}" if name.lower() not in indicators.__all__ else f"ta.{name}"
    output = ", ".join(facts["output_names"]).replace("real", "numbers")
    return _row(name, f"{call}({', '.join([columns, *arguments])})", output, facts["display_name"])


def _row(name: str, call: str, output: str, told: str) -> str:
    cells = f"`{name}`", f"`{call}`", output, told
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(text())
