"""The script out of an answer: one fenced block, never JSON.

Models write measurably worse code when it has to be a JSON string (aider's benchmark of August
2024), so the second answer is plain text.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from typing import Any

BLOCK = re.compile(
    r"^```[ \t]*(?P<language>[\w+-]*)[^\n]*\n(?P<code>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE
)
LANGUAGES = ("", "python", "py", "python3")
MOST_CHARACTERS = 60_000
UNSEEN = ("Cc", "Cf", "Co", "Cs")


class CodeError(ValueError):
    """The answer holds no single script; the message tells the model what to do."""


def script_in(answer: str) -> str:
    """The one fenced block that defines a strategy.

    A syntax error inside it is no reason to refuse it here: the validation finds it, and the
    repair shows it to the model.
    """
    blocks = [
        block["code"].strip() + "\n"
        for block in BLOCK.finditer(answer)
        if block["language"].lower() in LANGUAGES
    ]
    scripts = [block for block in blocks if is_strategy(block)]
    if len(scripts) > 1:
        raise CodeError("there is more than one script; answer with exactly one fenced block")
    if scripts:
        script: str = scripts[0]
    elif not blocks and is_strategy(answer) and _parses(answer):
        script = answer.strip() + "\n"
    else:
        raise CodeError("there is no fenced block with PARAMS and signals(bars, ...) in it")
    if len(script) > MOST_CHARACTERS:
        raise CodeError("the script is too long")
    if any(unicodedata.category(c) in UNSEEN and c not in "\n\r\t" for c in script):
        # A line that reads otherwise than it runs: directions and invisible letters.
        raise CodeError("the script holds invisible characters")
    return script


def is_strategy(source: str) -> bool:
    return bool(re.search(r"^def signals\(|^class \w+\(Strategy\)", source, re.MULTILINE))


def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def params_of(script: str) -> dict[str, Any]:
    """The literal `PARAMS`; empty where there is none (the contract check says so)."""
    if not _parses(script):
        return {}
    for node in ast.parse(script).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "PARAMS" for target in node.targets
        ):
            try:
                value = ast.literal_eval(node.value)
            except (ValueError, TypeError):
                return {}
            return value if isinstance(value, dict) else {}
    return {}
