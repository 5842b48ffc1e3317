"""Indicators as TA-Lib computes them, and the words that rules are made of (`engine.ta`).

Every function takes arrays, or `Bars` where that makes sense (``ta.rsi(bars, 14)`` reads the
close, ``ta.atr(bars, 14)`` high, low and close). Warm-up is NaN; a comparison with NaN is False.
All of TA-Lib is here by its own names: ``ta.ultosc(bars, 7, 14, 28)`` or ``ta.ULTOSC``. An
upper-case name is always TA-Lib's function with TA-Lib's arguments; the few lower-case names that
are ours (`docs/indicators.md`) come first. What has several outputs names them:
``ta.macd(bars).histogram``.
"""

from collections.abc import Callable
from difflib import get_close_matches

from engine.indicators.arrays import IndicatorError
from engine.indicators.calendar_rules import (
    day_of_month,
    day_of_week,
    month,
    month_end,
    month_start,
    next_session,
    quarter,
    quarter_end,
    quarter_start,
    trading_day_of_month,
    trading_day_of_week,
    trading_days_left_in_month,
    trading_days_left_in_week,
    turn_of_month,
    week_end,
    week_start,
    year,
    year_end,
    year_start,
)
from engine.indicators.conditions import (
    change,
    consecutive,
    crosses_above,
    crosses_below,
    first,
    previous,
    within,
)
from engine.indicators.levels import (
    bars_since,
    days_since,
    drawdown_from_high,
    highest_since,
    lowest_since,
    pivots,
    rolling_percentile,
    rolling_rank,
    swing_highs,
    swing_lows,
)
from engine.indicators.names import TALIB_NAMES
from engine.indicators.own import (
    average_dollar_volume,
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
    vwap_session,
    vwap_since,
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
from engine.indicators.timeframes import (
    align,
    monthly,
    resampled,
    weekly,
)
from engine.indicators.volatility import (
    bandwidth,
    chandelier,
    garman_klass,
    kelly_fraction,
    kelly_size,
    parkinson,
    percent_b,
    realized_volatility,
    volatility_size,
    yang_zhang,
)

__all__ = [
    "IndicatorError",
    "align",
    "aroon",
    "average_dollar_volume",
    "bandwidth",
    "bars_since",
    "bbands",
    "chandelier",
    "change",
    "consecutive",
    "crosses_above",
    "crosses_below",
    "day_of_month",
    "day_of_week",
    "days_since",
    "donchian",
    "drawdown_from_high",
    "ema",
    "first",
    "garman_klass",
    "heikin_ashi",
    "highest",
    "highest_since",
    "hma",
    "ibs",
    "ichimoku",
    "kelly_fraction",
    "kelly_size",
    "keltner",
    "lowest",
    "lowest_since",
    "macd",
    "month",
    "month_end",
    "month_start",
    "monthly",
    "next_session",
    "parkinson",
    "percent_b",
    "pivots",
    "previous",
    "quarter",
    "quarter_end",
    "quarter_start",
    "realized_volatility",
    "resampled",
    "rolling_percentile",
    "rolling_rank",
    "sma",
    "stddev",
    "stoch",
    "supertrend",
    "swing_highs",
    "swing_lows",
    "trading_day_of_month",
    "trading_day_of_week",
    "trading_days_left_in_month",
    "trading_days_left_in_week",
    "turn_of_month",
    "volatility_size",
    "vwap",
    "vwap_session",
    "vwap_since",
    "week_end",
    "week_start",
    "weekly",
    "within",
    "wma",
    "yang_zhang",
    "year",
    "year_end",
    "year_start",
    "zscore",
]


def __getattr__(name: str) -> Callable[..., object]:
    """Find any other TA-Lib function by its name, adapted to take Bars."""
    function = None if name.startswith("_") else talib_function(name)
    if function is None:
        raise AttributeError(f"ta has no indicator {name!r}.{meant(name)}")
    globals()[name] = function
    return function


def known(name: str) -> bool:
    """Whether ta answers to this name."""
    return name in __all__ or (name in (name.lower(), name.upper()) and name.upper() in TALIB_NAMES)


def meant(name: str) -> str:
    """Return " Did you mean ta.rsi?" for a name that ta lacks, or nothing."""
    names = {*__all__, *(talib.lower() for talib in TALIB_NAMES)}
    close = [] if name.startswith("_") else get_close_matches(name.lower(), sorted(names), n=1)
    return f" Did you mean ta.{close[0]}?" if close else ""
