"""What the functions of scripts compute: ta.sma(close, 20), close.rolling(20).mean(), ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Tree

from llm.specification.nodes import Arithmetic, Indicator, Number, Previous, Price

CLOSE, HIGH, LOW = Price(), Price(field="high"), Price(field="low")
# In which order Pine hands out what `[a, b, c] = ta.macd(...)` takes apart.
TUPLES = {
    "macd": ("line", "signal", "histogram"),
    "bb": ("middle", "upper", "lower"),
    "bbands": ("upper", "middle", "lower"),
}
Make = Callable[..., Any]


def _given(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> list[Any]:
    """All arguments in order; lengths may be given by name."""
    known = ("length", "period", "timeperiod", "len", "window", "n")
    extra = [named[k] for k in named if k in known]
    if set(named) - {*known, "source", "src"}:
        return []
    first = [named[k] for k in ("source", "src") if k in named]
    return [values.value(a, scope) for a in [*first, *arguments, *extra]]


def _of_series(name: str, default: Any = CLOSE) -> Make:
    def make(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
        given = _given(values, arguments, named, scope)
        if len(given) == 1 and isinstance(given[0], Number):
            given = [default, *given]
        if len(given) != 2 or not isinstance(given[1], Number) or isinstance(given[0], Number):
            return None
        return Indicator(name=name, numbers=(given[1].value,), source=given[0])

    return make


def _of_bars(name: str, fits: tuple[Any, ...] = ()) -> Make:
    def make(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
        given = _given(values, arguments, named, scope)
        numbers = [g.value for g in given if isinstance(g, Number)]
        others = tuple(g for g in given if not isinstance(g, Number))
        if len(numbers) != 1 or others not in ((), *fits):
            return None
        return Indicator(name=name, numbers=(numbers[0],))

    return make


def _change(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
    """ta.change(x, n): the difference to n bars ago."""
    given = _given(values, arguments, named, scope)
    if not given or isinstance(given[0], Number):
        return None
    bars = int(given[1].value) if len(given) > 1 and isinstance(given[1], Number) else 1
    return Arithmetic(operator="-", left=given[0], right=Previous(of=given[0], bars=bars))


def _stoch(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
    """ta.stoch(close, high, low, n): the raw %K, without smoothing."""
    given = _given(values, arguments, named, scope)
    if len(given) != 4 or not isinstance(given[3], Number):
        return None
    bars = (given[3].value,)
    low = Indicator(name="lowest", numbers=bars, source=given[2])
    high = Indicator(name="highest", numbers=bars, source=given[1])
    above = Arithmetic(operator="-", left=given[0], right=low)
    whole = Arithmetic(operator="-", left=high, right=low)
    share = Arithmetic(operator="/", left=above, right=whole)
    return Arithmetic(operator="*", left=Number(value=100), right=share)


def _input(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
    """input.int(14, "Length"): the number that stands there."""
    first = named.get("defval", arguments[0] if arguments else None)
    return None if first is None else values.value(first, scope)


def _same(values: Any, arguments: list[Any], named: dict[str, Any], scope: Any) -> Any:
    return values.value(arguments[0], scope) if len(arguments) == 1 else None


_TYPICAL = Indicator(name="typical")
_RANGE = (HIGH, LOW, CLOSE)

FUNCTIONS: dict[str, Make] = {
    **{name: _of_series(name) for name in
       ("sma", "ema", "wma", "hma", "dema", "tema", "kama", "trima", "rsi", "roc", "mom", "cmo",
        "zscore", "linearreg", "median")},
    "stdev": _of_series("stddev"),
    "stddev": _of_series("stddev"),
    "std": _of_series("stddev"),
    "highest": _of_series("highest", HIGH),
    "lowest": _of_series("lowest", LOW),
    "atr": _of_bars("atr", (_RANGE,)),
    "adx": _of_bars("adx", (_RANGE,)),
    "natr": _of_bars("natr", (_RANGE,)),
    "cci": _of_bars("cci", ((_TYPICAL,), _RANGE)),
    "mfi": _of_bars("mfi", ((_TYPICAL,),)),
    "wpr": _of_bars("willr"),
    "willr": _of_bars("willr", (_RANGE,)),
    "change": _change,
    "stoch": _stoch,
    "int": _input,
    "float": _input,
    "input": _input,
    "nz": _same,
}  # fmt: skip


# -- methods of columns: close.rolling(20).mean() --------------------------------------------------


def _rolled(values: Any, owner: Any, scope: Any) -> tuple[str, Any, float] | None:
    """What `x.rolling(20)` or `x.ewm(span=20, adjust=False)` rolls over."""
    if not isinstance(owner, Tree) or owner.data != "call" or owner.children[0].data != "attribute":
        return None
    how = str(owner.children[0].children[1]).casefold()
    _, arguments, named = values.called(owner)
    size = named.pop("window", None) or named.pop("span", None)
    size = size if size is not None else (arguments[0] if arguments else None)
    if how not in ("rolling", "ewm") or size is None or set(named) - {"adjust", "min_periods"}:
        return None
    source = values.value(owner.children[0].children[0], scope)
    return how, source, values.number(size, scope)


def _rolling(name: str, exponential: str = "") -> Make:
    def make(values: Any, owner: Any, arguments: Any, named: Any, scope: Any) -> Any:
        from llm.translator.scripts.values import ScriptProblem

        rolled = _rolled(values, owner, scope)
        if rolled is None or arguments:
            raise ScriptProblem(reason="this window is not understood")
        how, source, bars = rolled
        told = exponential if how == "ewm" else name
        if not told:
            raise ScriptProblem(reason="this window is not understood")
        if named:
            if name != "sample_stddev" or set(named) != {"ddof"}:
                raise ScriptProblem(reason="this window is not understood")
            told = "stddev" if values.number(named["ddof"], scope) == 0 else told
        if how == "ewm":
            values.assumed.append("The exponential average begins with a simple one, as in TA-Lib.")
        return Indicator(name=told, numbers=(bars,), source=source)

    return make


def _shift(values: Any, owner: Any, arguments: Any, named: Any, scope: Any) -> Any:
    from llm.translator.scripts.values import ScriptProblem

    bars = values.number(arguments[0], scope) if len(arguments) == 1 and not named else 0
    if bars < 1:
        raise ScriptProblem(reason="a value of a later bar is not known yet")
    return Previous(of=values.value(owner, scope), bars=int(bars))


def _pct_change(values: Any, owner: Any, arguments: Any, named: Any, scope: Any) -> Any:
    bars = values.number(arguments[0], scope) if arguments else 1
    return Indicator(name="change", numbers=(bars,), source=values.value(owner, scope))


def _diff(values: Any, owner: Any, arguments: Any, named: Any, scope: Any) -> Any:
    bars = int(values.number(arguments[0], scope)) if arguments else 1
    of = values.value(owner, scope)
    return Arithmetic(operator="-", left=of, right=Previous(of=of, bars=bars))


METHODS: dict[str, Make] = {
    "mean": _rolling("sma", "ema"),
    "std": _rolling("sample_stddev"),
    "max": _rolling("highest"),
    "min": _rolling("lowest"),
    "median": _rolling("median"),
    "shift": _shift,
    "pct_change": _pct_change,
    "diff": _diff,
}
