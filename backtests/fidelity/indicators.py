"""Every indicator that a specification may name, computed by the engine's own functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine import Bars, ta
from llm.specification.nodes import Indicator

Compute = Callable[[Bars, Any, list[Any]], Any]

# Numbers that need not be whole; all others count bars.
_FRACTIONAL = {
    "bbands": (1,),
    "percent_b": (1,),
    "bandwidth": (1,),
    "sar": (0, 1),
    "supertrend": (1,),
    "keltner": (1,),
    "percentile": (1,),
}
_OF_SERIES = (
    "sma", "ema", "wma", "dema", "tema", "kama", "trima", "hma", "rsi", "roc", "mom", "cmo",
    "highest", "lowest", "stddev", "change", "zscore", "macd", "bbands", "percent_b",
    "bandwidth", "trix", "linearreg",
)  # fmt: skip
_OF_BARS = (
    "atr", "natr", "adx", "plus_di", "minus_di", "cci", "willr", "mfi", "obv", "aroon", "stoch",
    "sar", "ibs", "supertrend", "ichimoku", "heikin_ashi", "keltner", "vwap", "donchian",
    "pivots", "ultosc", "aroonosc",
)  # fmt: skip
_OTHER_NAMES = {
    "volatility": "realized_volatility",
    "true_range": "trange",
    "accumulation": "ad",
    "dollar_volume": "average_dollar_volume",
}
# Which column of a call with several is which output, where its names differ from ours.
_POSITIONS = {
    "macd": ("line", "signal", "histogram"),
    "bbands": ("upper", "middle", "lower"),
    "aroon": ("down", "up"),
    "stoch": ("k", "d"),
    "supertrend": ("direction", "line"),
    "ichimoku": ("conversion_line", "base_line", "span_a", "span_b"),
    "heikin_ashi": ("open", "high", "low", "close"),
    "keltner": ("upper", "middle", "lower"),
    "donchian": ("upper", "middle", "lower"),
    "pivots": ("pivot", "r1", "s1", "r2", "s2"),
}


def _on_series(name: str) -> Compute:
    return lambda bars, x, numbers: getattr(ta, name)(x, *numbers)


def _on_bars(name: str) -> Compute:
    return lambda bars, x, numbers: getattr(ta, name)(bars, *numbers)


def _midpoint(bars: Bars, x: Any, numbers: list[Any]) -> Any:
    return (ta.highest(bars.high, numbers[0]) + ta.lowest(bars.low, numbers[0])) / 2


def _stochastic_rsi(bars: Bars, x: Any, numbers: list[Any]) -> Any:
    period, window = numbers
    rsi: Any = ta.rsi(x, period)  # type: ignore[attr-defined]
    low, high = ta.lowest(rsi, window), ta.highest(rsi, window)
    return 100 * (rsi - low) / (high - low)


def _vortex(ours: str, theirs: str) -> Compute:
    def compute(bars: Bars, x: Any, numbers: list[Any]) -> Any:
        moved = np.abs(getattr(bars, ours) - ta.previous(getattr(bars, theirs)))
        true_range: Any = ta.trange(bars)  # type: ignore[attr-defined]
        return ta.sma(moved, numbers[0]) / ta.sma(true_range, numbers[0])

    return compute


def _money_flow(bars: Bars, x: Any, numbers: list[Any]) -> Any:
    with np.errstate(invalid="ignore"):
        share = np.nan_to_num((2 * bars.close - bars.high - bars.low) / (bars.high - bars.low))
    return ta.sma(share * bars.volume, numbers[0]) / ta.sma(bars.volume, numbers[0])


def _force(bars: Bars, x: Any, numbers: list[Any]) -> Any:
    before: Any = ta.previous(bars.close)
    return ta.ema((bars.close - before) * bars.volume, numbers[0])


_COMPUTE: dict[str, Compute] = {
    **{name: _on_series(name) for name in _OF_SERIES},
    **{name: _on_bars(name) for name in _OF_BARS},
    **{name: _on_bars(theirs) for name, theirs in _OTHER_NAMES.items()},
    "rank": _on_series("rolling_rank"),
    "percentile": _on_series("rolling_percentile"),
    "peak": lambda bars, x, numbers: np.maximum.accumulate(x),
    "sample_stddev": lambda bars, x, numbers: (
        ta.stddev(x, numbers[0]) * np.sqrt(numbers[0] / (numbers[0] - 1))
    ),
    "median": lambda bars, x, numbers: ta.rolling_percentile(x, numbers[0], 0.5),
    "drawdown": _on_series("drawdown_from_high"),
    "range": lambda bars, x, numbers: bars.high - bars.low,
    "body": lambda bars, x, numbers: np.abs(bars.close - bars.open),
    "typical": lambda bars, x, numbers: (bars.high + bars.low + bars.close) / 3,
    "median_price": lambda bars, x, numbers: (bars.high + bars.low) / 2,
    "midpoint": _midpoint,
    "lower_wick": lambda bars, x, numbers: np.minimum(bars.open, bars.close) - bars.low,
    "upper_wick": lambda bars, x, numbers: bars.high - np.maximum(bars.open, bars.close),
    "slope": _on_series("linearreg_slope"),
    "vortex_plus": _vortex("high", "low"),
    "vortex_minus": _vortex("low", "high"),
    "money_flow": _money_flow,
    "force": _force,
    "chaikin": _on_bars("adosc"),
    "rsi_of_stochastic": _stochastic_rsi,
    "ppo": lambda bars, x, numbers: 100 * (ta.ema(x, numbers[0]) / ta.ema(x, numbers[1]) - 1),
}


def compute(node: Indicator, bars: Bars, x: Any) -> Any:
    """All columns of an indicator; `x` is its source, for those that read one series."""
    fractional = _FRACTIONAL.get(node.name, ())
    numbers = [
        neat(number) if k in fractional else int(number) for k, number in enumerate(node.numbers)
    ]
    return _COMPUTE[node.name](bars, x, numbers)


def column(node: Indicator, columns: Any) -> Any:
    """The output that the node means."""
    names = _POSITIONS.get(node.name)
    return columns if names is None else columns[names.index(node.output)]


def neat(number: float) -> float | int:
    """A number as people write it: twelve decimals, and no decimals where there are none."""
    return int(number) if float(number).is_integer() else round(float(number), 12)
