"""The script contract, checked by reading: clear words before the sandbox gives hard ones.

This is courtesy, not protection. What a script can do is decided by the sandbox; this check tells
an author, or a language model, what to change and where.
"""

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from engine.contract_calls import check_calls

LONGEST = 200_000  # characters
# Nobody reads more, and looking for what each of ten thousand names may mean takes seconds.
MOST_PROBLEMS = 200
DEEPEST_VALUE = 5

ALLOWED_IMPORTS = frozenset({
    "engine", "numpy", "pandas", "talib", "math", "datetime", "logging", "argparse", "sys",
    "typing", "dataclasses", "collections", "itertools", "functools", "statistics", "__future__",
    "collections.abc", "numpy.typing", "numpy.lib.stride_tricks", "engine.indicators",
    "talib.abstract",
})  # fmt: skip
ENGINE_NAMES = frozenset(
    {"Bars", "Leg", "Signals", "SignalsError", "Strategy", "run", "ta", "Weights"}
)
FORBIDDEN_NAMES = frozenset({
    "open", "eval", "exec", "compile", "__import__", "globals", "locals", "vars", "input",
    "breakpoint", "getattr", "setattr", "delattr", "memoryview", "__builtins__", "__loader__",
    "__spec__", "__file__", "help",
})  # fmt: skip
FORBIDDEN_ATTRIBUTES = frozenset({
    "load", "save", "savez", "savez_compressed", "fromfile", "tofile", "memmap", "loadtxt",
    "savetxt", "genfromtxt", "DataSource", "open_memmap", "ctypeslib", "f2py", "to_csv",
    "to_pickle", "to_parquet", "to_excel", "to_sql", "to_hdf", "to_feather", "to_json",
    "to_stata", "to_clipboard", "to_orc", "to_gbq", "FileHandler", "handlers", "config",
    "modules", "_getframe", "settrace", "setprofile", "stdin", "tb_frame", "gi_frame", "cr_frame",
    "f_globals", "f_builtins", "f_locals", "eval", "query",
})  # fmt: skip
NAMED_TUPLES = frozenset({"_replace", "_asdict", "_fields", "_make"})
ALLOWED_DUNDERS = frozenset({"__init__", "__post_init__", "__name__"})


@dataclass(frozen=True)
class Problem:
    """One thing to change: where, what is wrong, and how to put it right."""

    line: int
    message: str
    hint: str


def check(source: str) -> list[Problem]:
    """Return what a script's source breaks of the contract, in order of lines; empty is good."""
    if len(source) > LONGEST:
        return [Problem(1, f"The script has {len(source):,} characters.", "Shorten it.")]
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [Problem(error.lineno or 1, f"This is not Python: {error.msg}.", "Correct it.")]
    except (ValueError, RecursionError, MemoryError) as error:
        return [Problem(1, f"This cannot be read as Python: {error}.", "Simplify the script.")]
    try:
        problems = list(islice(_of_tree(tree), MOST_PROBLEMS))
    except RecursionError:
        return [Problem(1, "The script is nested too deeply to be read.", "Simplify the script.")]
    return sorted(problems, key=lambda problem: problem.line)


def is_plain(value: object, depth: int = DEEPEST_VALUE) -> bool:
    """Whether a value can be a parameter: what JSON holds, finite and of ordinary size."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if depth == 0:
        return False
    if isinstance(value, list | tuple):
        return all(is_plain(one, depth - 1) for one in value)
    if isinstance(value, dict):
        return all(
            isinstance(name, str) and is_plain(name) and is_plain(one, depth - 1)
            for name, one in value.items()
        )
    return value is None


def _of_tree(tree: ast.Module) -> Iterator[Problem]:
    return chain(
        _shape(tree),
        (problem for node in ast.walk(tree) for problem in _of_node(node)),
        (Problem(*found) for found in check_calls(tree)),
    )


def _of_node(node: ast.AST) -> Iterator[Problem]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _imported(node.lineno, alias.name)
    elif isinstance(node, ast.ImportFrom):
        yield from _imported_from(node)
    elif isinstance(node, ast.Name):
        yield from _name(node.lineno, node.id)
    elif isinstance(node, ast.Attribute):
        yield from _attribute(node.lineno, node.attr)
        yield from _private(node)
    elif isinstance(node, ast.AsyncFunctionDef | ast.Await):
        yield Problem(node.lineno, "A strategy has nothing to wait for.", "Remove async.")


def _imported(line: int, module: str) -> Iterator[Problem]:
    if module not in ALLOWED_IMPORTS:
        yield Problem(
            line,
            f"import {module} is not allowed.",
            "Use engine, numpy, pandas, talib, math, datetime and the like.",
        )


def _imported_from(node: ast.ImportFrom) -> Iterator[Problem]:
    module = "." * node.level + (node.module or "")
    yield from _imported(node.lineno, module)
    for alias in node.names:
        if alias.name == "*":
            yield Problem(node.lineno, f"from {module} import * hides names.", "Name them.")
        elif module == "engine" and alias.name not in ENGINE_NAMES:
            known = ", ".join(sorted(ENGINE_NAMES))
            yield Problem(
                node.lineno, f"engine has no {alias.name} for scripts.", f"It offers {known}."
            )
        else:
            yield from _attribute(node.lineno, alias.name)


def _name(line: int, name: str) -> Iterator[Problem]:
    if name in FORBIDDEN_NAMES:
        yield Problem(
            line, f"{name} is not allowed.", "A script only turns bars into decisions; remove it."
        )
    elif _is_dunder(name) and name not in ALLOWED_DUNDERS:
        yield Problem(line, f"The name {name} is not allowed.", "Remove it.")


def _attribute(line: int, name: str) -> Iterator[Problem]:
    if _is_dunder(name) and name not in ALLOWED_DUNDERS:
        yield Problem(line, f"The attribute {name} is not allowed.", "Remove it.")
    elif name in FORBIDDEN_ATTRIBUTES or name.startswith("read_"):
        yield Problem(
            line,
            f".{name} is not allowed: a script reads and writes no files.",
            "Use the bars that signals() is given.",
        )


def _private(node: ast.Attribute) -> Iterator[Problem]:
    """What others keep for themselves; a strategy's own attributes may begin with a line."""
    if not node.attr.startswith("_") or _is_dunder(node.attr) or node.attr in NAMED_TUPLES:
        return
    if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
        yield Problem(
            node.lineno,
            f"The attribute {node.attr} is private.",
            "Use what the documentation shows: ctx.bars, ctx.position, ctx.closed.",
        )


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _shape(tree: ast.Module) -> list[Problem]:
    """PARAMS and one of signals() and a Strategy class."""
    keys, problems = _params(tree)
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "signals"
    ]
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and _is_strategy(node)]
    if not functions and not classes:
        problems.append(
            Problem(
                1,
                "There is neither signals(bars, **params) nor a Strategy class.",
                "Write def signals(bars, **params) that returns Signals(...).",
            )
        )
    for function in functions:
        problems += _signature(function, keys)
    for found in classes:
        if not any(isinstance(n, ast.FunctionDef) and n.name == "on_bar" for n in found.body):
            message = f"{found.name} has no on_bar(self, ctx)."
            problems.append(Problem(found.lineno, message, "Add it; it is called at every close."))
    if len(classes) > 1 and not functions:
        message = "There are several Strategy classes."
        problems.append(Problem(classes[1].lineno, message, "Keep one."))
    return problems


def _params(tree: ast.Module) -> tuple[set[str] | None, list[Problem]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if not any(isinstance(target, ast.Name) and target.id == "PARAMS" for target in targets):
            continue
        value = getattr(node, "value", None)
        try:
            found = ast.literal_eval(value) if isinstance(value, ast.Dict) else None
        except (ValueError, TypeError, MemoryError, RecursionError):
            found = None
        if isinstance(found, dict) and is_plain(found):
            return set(found), []
        message = "PARAMS must be a dict of plain values with names as keys."
        return None, [Problem(node.lineno, message, 'For example PARAMS = {"fast": 20}.')]
    message = "PARAMS is missing."
    return None, [Problem(1, message, 'Write PARAMS = {"fast": 20} or PARAMS = {}.')]


def _is_strategy(node: ast.ClassDef) -> bool:
    names = {base.id for base in node.bases if isinstance(base, ast.Name)}
    names |= {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
    return "Strategy" in names


def _signature(function: ast.FunctionDef, keys: set[str] | None) -> list[Problem]:
    arguments = function.args
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    if not positional:
        message = "signals() takes the bars as its first argument."
        return [Problem(function.lineno, message, "Write def signals(bars, **params).")]
    if keys is None:
        return []
    named = set(positional[1:]) | {argument.arg for argument in arguments.kwonlyargs}
    with_default = set(positional[len(positional) - len(arguments.defaults) :])
    with_default |= {
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    problems = [
        Problem(
            function.lineno, f"signals() wants {name}, which PARAMS lacks.", f"Add {name!r} there."
        )
        for name in sorted(named - keys - with_default)
    ]
    if arguments.kwarg is None:
        problems += [
            Problem(
                function.lineno,
                f"PARAMS has {name}, which signals() does not take.",
                "Add the argument or **params.",
            )
            for name in sorted(keys - named)
        ]
    return problems
