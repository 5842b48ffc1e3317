"""TA-Lib by its own names, in lower and upper case, taking Bars as well as arrays."""

from collections import namedtuple
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from engine.bars import Bars
from engine.indicators.arrays import Floats, IndicatorError, Series, as_period, as_series
from engine.indicators.names import TALIB_NAMES

# The column of Bars behind the arguments that TA-Lib gets one by one.
_INPUTS_OF = {"price": "close", "prices": "close", "price0": "high", "price1": "low"}


class Bands(NamedTuple):
    """Three lines around a price."""

    upper: Floats
    middle: Floats
    lower: Floats


class Macd(NamedTuple):
    """The MACD line, its average and their difference."""

    line: Floats
    signal: Floats
    histogram: Floats


class Stochastic(NamedTuple):
    """%K and %D."""

    k: Floats
    d: Floats


class Aroon(NamedTuple):
    """Aroon down and up, in TA-Lib's order."""

    down: Floats
    up: Floats


@cache
def talib_function(name: str) -> Callable[..., object] | None:
    """Return TA-Lib's function of this name, all lower or all upper case; None without one."""
    lower, upper = name.lower(), name.upper()
    if name not in (lower, upper) or upper not in TALIB_NAMES:
        return None
    if name == upper:
        return talib_function(lower)  # one function, two names
    talib: Any = import_module("talib")
    raw, facts = getattr(talib, upper), import_module("talib.abstract").Function(upper)
    columns = _input_columns(facts.input_names)
    result: Any = (
        namedtuple(f"{upper}_result", facts.output_names) if len(facts.output_names) > 1 else None
    )

    def indicator(*args: Any, **options: Any) -> object:
        """Call TA-Lib with the columns it needs."""
        inputs, rest = _split(name, args, columns)
        if "n" in options and "timeperiod" not in options:
            options["timeperiod"] = options.pop("n")
        found = _call(name, raw, inputs, rest, options)
        return found if result is None else result(*_each(found))

    indicator.__name__ = indicator.__qualname__ = name
    indicator.__doc__ = (raw.__doc__ or "").strip()
    return indicator


def _each(found: Any) -> Iterable[Any]:
    return found  # type: ignore[no-any-return]


def _input_columns(names: dict[str, Any]) -> list[str]:
    columns: list[str] = []
    for key, value in names.items():
        columns += list(value) if isinstance(value, list | tuple) else [_INPUTS_OF.get(key, value)]
    return columns


def _split(
    name: str, args: tuple[Any, ...], columns: list[str]
) -> tuple[list[Floats], tuple[Any, ...]]:
    if args and isinstance(args[0], Bars):
        return [as_series(args[0], column) for column in columns], args[1:]
    if len(args) < len(columns):
        wanted = ", ".join(columns)
        raise IndicatorError(f"ta.{name} needs bars, or the columns {wanted}.")
    series = [as_series(arg) for arg in args[: len(columns)]]
    return series, args[len(columns) :]


def _call(
    name: str,
    raw: Callable[..., Any],
    inputs: list[Floats],
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> object:
    # TA-Lib wants int for periods; a parameter read from JSON may be 14.0.
    rest = [int(arg) if isinstance(arg, float) and arg == int(arg) else arg for arg in args]
    try:
        return raw(*inputs, *rest, **options)
    except TypeError:
        pass  # a real-valued parameter (a factor, an acceleration) was made an int
    except Exception as error:
        raise IndicatorError(f"ta.{name}: {error}") from error
    try:
        return raw(*inputs, *args, **options)
    except Exception as error:
        raise IndicatorError(f"ta.{name}: {error}") from error


def _ta(name: str, *args: Any) -> Any:
    import talib  # heavy: it brings pandas along

    try:
        return getattr(talib, name)(*args)
    except Exception as error:
        raise IndicatorError(f"ta.{name.lower()}: {error}") from error


def sma(x: Series, n: int = 30) -> Floats:
    """Simple moving average of n bars.

    Source: P. Kaufman, "Trading systems and methods", 5th edition, 2013.
    """
    return _average("SMA", x, n)


def ema(x: Series, n: int = 30) -> Floats:
    """Exponential moving average, seeded with the simple average of the first n values.

    Source: P. Kaufman, "Trading systems and methods", 5th edition, 2013.
    """
    return _average("EMA", x, n)


def wma(x: Series, n: int = 30) -> Floats:
    """Linearly weighted moving average, the latest value weighing n.

    Source: P. Kaufman, "Trading systems and methods", 5th edition, 2013.
    """
    return _average("WMA", x, n)


def _average(name: str, x: Series, n: int) -> Floats:
    array, period = as_series(x), as_period(n)
    # TA-Lib refuses a period of 1, which every average answers with the value itself.
    return array if period == 1 else np.asarray(_ta(name, array, period))


def macd(x: Series, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """MACD line, signal line and histogram.

    Source: G. Appel, "Technical analysis: power tools for active investors", 2005.
    """
    periods = as_period(fast), as_period(slow), as_period(signal)
    line, smoothed, histogram = _ta("MACD", as_series(x), *periods)
    return Macd(line, smoothed, histogram)


def bbands(x: Series, n: int = 20, k: float = 2.0) -> Bands:
    """Bollinger bands: upper, middle, lower; k population standard deviations about the SMA.

    Source: J. Bollinger, "Bollinger on Bollinger Bands", 2001.
    """
    upper, middle, lower = _ta("BBANDS", as_series(x), as_period(n), float(k), float(k), 0)
    return Bands(upper, middle, lower)


def stddev(x: Series, n: int = 5, k: float = 1.0) -> Floats:
    """k population standard deviations of n bars.

    Source: TA-Lib, STDDEV.
    """
    return np.asarray(_ta("STDDEV", as_series(x), as_period(n), float(k)))


def stoch(bars: Bars, k: int = 14, smooth: int = 3, d: int = 3) -> Stochastic:
    """Slow stochastic: %K of k bars smoothed by an SMA, and %D, its SMA of d bars.

    Source: G. Lane, "Lane's stochastics", Stocks & Commodities 2:3 (1984).
    """
    columns = [as_series(bars, name) for name in ("high", "low", "close")]
    periods = as_period(k), as_period(smooth), as_period(d)
    slow_k, slow_d = _ta("STOCH", *columns, periods[0], periods[1], 0, periods[2], 0)
    return Stochastic(slow_k, slow_d)


def aroon(bars: Bars, n: int = 14) -> Aroon:
    """Aroon down and Aroon up, in TA-Lib's order.

    Source: T. Chande, "The time price oscillator", Stocks & Commodities 13:9 (1995).
    """
    columns = as_series(bars, "high"), as_series(bars, "low")
    down, up = _ta("AROON", *columns, as_period(n, least=2))
    return Aroon(down, up)
