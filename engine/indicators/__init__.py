"""Indicators as TA-Lib computes them, and the words that rules are made of (`engine.ta`).

Every function takes arrays, or `Bars` where that makes sense (``ta.rsi(bars, 14)`` reads the
close, ``ta.atr(bars, 14)`` high, low and close). Warm-up is NaN; a comparison with NaN is False.
Any TA-Lib function can be called by its lower-case name: ``ta.ultosc(bars, 7, 14, 28)``.
"""

from collections.abc import Callable

from engine.indicators.arrays import IndicatorError
from engine.indicators.conditions import (
    change,
    consecutive,
    crosses_above,
    crosses_below,
    first,
    previous,
    within,
)
from engine.indicators.own import (
    donchian,
    heikin_ashi,
    highest,
    hma,
    ibs,
    ichimoku,
    keltner,
    lowest,
    supertrend,
    vwap,
    zscore,
)
from engine.indicators.standard import (
    aroon,
    bbands,
    ema,
    macd,
    sma,
    stddev,
    stoch,
    talib_function,
    wma,
)

__all__ = [
    "IndicatorError",
    "aroon",
    "bbands",
    "change",
    "consecutive",
    "crosses_above",
    "crosses_below",
    "donchian",
    "ema",
    "first",
    "heikin_ashi",
    "highest",
    "hma",
    "ibs",
    "ichimoku",
    "keltner",
    "lowest",
    "macd",
    "previous",
    "sma",
    "stddev",
    "stoch",
    "supertrend",
    "vwap",
    "within",
    "wma",
    "zscore",
]


def __getattr__(name: str) -> Callable[..., object]:
    """Find any other TA-Lib function by its lower-case name, adapted to take Bars."""
    function = None if name.startswith("_") else talib_function(name)
    if function is None:
        raise AttributeError(f"ta has no indicator {name!r}.")
    globals()[name] = function
    return function
