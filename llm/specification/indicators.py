"""What the specification may call by name, and how a script computes it.

A template is Python over `bars` and `ta`: `{x}` is the source series, the other fields are the
parameters. Names and conventions are the engine's (TA-Lib); what TA-Lib lacks is spelled out, so
that a reader of the script sees the formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["price", "percent", "fraction", "volume", "macd", "spread", "ratio", "none"]


@dataclass(frozen=True, slots=True)
class IndicatorInfo:
    """One indicator: its numbers with their defaults, its columns, its range."""

    label: str
    template: str
    parameters: tuple[tuple[str, float], ...] = (("period", 14),)
    outputs: tuple[str, ...] = ()
    reads_series: bool = False
    needs_range: bool = False
    needs_volume: bool = False
    # "price": on the scale of prices; "same": on the scale of its source.
    scale: str = "none"
    bounds: tuple[float, float] | None = None
    warm_up: float = 1.0
    least: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """The smallest number each parameter takes: one bar, unless said otherwise."""
        if not self.least:
            object.__setattr__(self, "least", tuple(_least(n) for n, _ in self.parameters))


def _least(parameter: str) -> float:
    if parameter in ("deviations", "multiple", "step", "maximum"):
        return 1e-6
    return {"period": 1.0}.get(parameter, 1.0)


def _series(
    label: str,
    name: str,
    default: float | None,
    scale: str = "same",
    bounds: tuple[float, float] | None = None,
    warm_up: float = 1.0,
) -> IndicatorInfo:
    parameters = () if default is None else (("period", default),)
    call = f"ta.{name}({{x}})" if default is None else f"ta.{name}({{x}}, {{period}})"
    return IndicatorInfo(
        label, call, parameters, (), True, scale=scale, bounds=bounds, warm_up=warm_up
    )


def _bars(
    label: str,
    name: str,
    default: float | None = 14,
    scale: str = "none",
    bounds: tuple[float, float] | None = None,
    *,
    volume: bool = False,
    ranged: bool = True,
    warm_up: float = 1.0,
) -> IndicatorInfo:
    parameters = () if default is None else (("period", default),)
    call = f"ta.{name}(bars)" if default is None else f"ta.{name}(bars, {{period}})"
    return IndicatorInfo(label, call, parameters, (), False, ranged, volume, scale, bounds, warm_up)


_MIDPOINT = "(ta.highest(bars.high, {period}) + ta.lowest(bars.low, {period})) / 2"
_TYPICAL = "(bars.high + bars.low + bars.close) / 3"

INDICATORS: dict[str, IndicatorInfo] = {
    "sma": _series("simple moving average", "sma", 20),
    "ema": _series("exponential moving average", "ema", 20),
    "wma": _series("weighted moving average", "wma", 20),
    "dema": _series("double exponential average", "dema", 20, warm_up=2),
    "tema": _series("triple exponential average", "tema", 20, warm_up=3),
    "kama": _series("Kaufman adaptive average", "kama", 30),
    "trima": _series("triangular average", "trima", 20),
    "hma": _series("Hull moving average", "hma", 16, warm_up=2),
    "rsi": _series("RSI", "rsi", 14, "percent", (0, 100)),
    "roc": _series("rate of change", "roc", 10, "percent_change"),
    "mom": _series("momentum", "mom", 10, "price_difference"),
    "cmo": _series("Chande momentum", "cmo", 14, "percent", (-100, 100)),
    "highest": _series("highest", "highest", 20),
    "lowest": _series("lowest", "lowest", 20),
    "stddev": _series("standard deviation", "stddev", 20, "price_difference"),
    "sample_stddev": IndicatorInfo(
        "sample standard deviation",
        "ta.stddev({x}, {period}) * np.sqrt({period} / ({period} - 1))",
        (("period", 20),),
        (),
        True,
        scale="price_difference",
        least=(2,),
    ),
    "change": IndicatorInfo(
        "change",
        "ta.change({x}, {period})",
        (("period", 1),),
        (),
        True,
        scale="fraction",
    ),
    "zscore": IndicatorInfo(
        "z-score",
        "ta.zscore({x}, {period})",
        (("period", 20),),
        (),
        True,
        scale="ratio",
    ),
    "macd": IndicatorInfo(
        "MACD",
        "ta.macd({x}, {fast}, {slow}, {smoothing})",
        (("fast", 12), ("slow", 26), ("smoothing", 9)),
        ("line", "signal", "histogram"),
        True,
        scale="macd",
    ),
    "bbands": IndicatorInfo(
        "Bollinger band",
        "ta.bbands({x}, {period}, {deviations})",
        (("period", 20), ("deviations", 2)),
        ("upper", "middle", "lower"),
        True,
        scale="same",
    ),
    "percent_b": IndicatorInfo(
        "Bollinger %B",
        "ta.percent_b({x}, {period}, {deviations})",
        (("period", 20), ("deviations", 2)),
        (),
        True,
        scale="ratio",
    ),
    "bandwidth": IndicatorInfo(
        "Bollinger bandwidth",
        "ta.bandwidth({x}, {period}, {deviations})",
        (("period", 20), ("deviations", 2)),
        (),
        True,
        scale="ratio",
    ),
    "atr": _bars("ATR", "atr", 14, "price_difference"),
    "natr": _bars("normalised ATR", "natr", 14, "percent_change"),
    "adx": _bars("ADX", "adx", 14, "percent", (0, 100), warm_up=2),
    "plus_di": _bars("+DI", "plus_di", 14, "percent", (0, 100)),
    "minus_di": _bars("-DI", "minus_di", 14, "percent", (0, 100)),
    "cci": _bars("CCI", "cci", 20, "cci"),
    "willr": _bars("Williams %R", "willr", 14, "willr", (-100, 0)),
    "mfi": _bars("money flow index", "mfi", 14, "percent", (0, 100), volume=True),
    "obv": _bars("on-balance volume", "obv", None, "obv", volume=True, ranged=False),
    "aroon": IndicatorInfo(
        "Aroon",
        "ta.aroon(bars, {period})",
        (("period", 14),),
        ("down", "up"),
        False,
        True,
        scale="percent",
        bounds=(0, 100),
    ),
    "stoch": IndicatorInfo(
        "slow stochastic",
        "ta.stoch(bars, {k}, {smooth}, {d})",
        (("k", 14), ("smooth", 3), ("d", 3)),
        ("k", "d"),
        False,
        True,
        scale="percent",
        bounds=(0, 100),
    ),
    "sar": IndicatorInfo(
        "parabolic SAR",
        "ta.sar(bars, {step}, {maximum})",
        (("step", 0.02), ("maximum", 0.2)),
        (),
        False,
        True,
        scale="price",
        warm_up=100,
    ),
    "ibs": IndicatorInfo(
        "internal bar strength",
        "ta.ibs(bars)",
        (),
        (),
        False,
        True,
        scale="unit",
        bounds=(0, 1),
    ),
    "supertrend": IndicatorInfo(
        "Supertrend",
        "ta.supertrend(bars, {period}, {multiple})",
        (("period", 10), ("multiple", 3)),
        ("direction", "line"),
        False,
        True,
        scale="price",
        warm_up=3,
    ),
    "ichimoku": IndicatorInfo(
        "Ichimoku",
        "ta.ichimoku(bars, {conversion}, {base}, {leading})",
        (("conversion", 9), ("base", 26), ("leading", 52)),
        ("conversion_line", "base_line", "span_a", "span_b"),
        False,
        True,
        scale="price",
        warm_up=9,
    ),
    "heikin_ashi": IndicatorInfo(
        "Heikin-Ashi",
        "ta.heikin_ashi(bars)",
        (),
        ("open", "high", "low", "close"),
        False,
        True,
        scale="price",
    ),
    "keltner": IndicatorInfo(
        "Keltner channel",
        "ta.keltner(bars, {period}, {multiple}, {atr_period})",
        (("period", 20), ("multiple", 2), ("atr_period", 10)),
        ("upper", "middle", "lower"),
        False,
        True,
        scale="price",
    ),
    "range": IndicatorInfo(
        "day's range",
        "bars.high - bars.low",
        (),
        (),
        False,
        True,
        scale="price_difference",
    ),
    "midpoint": IndicatorInfo(
        "midpoint",
        _MIDPOINT,
        (("period", 26),),
        (),
        False,
        True,
        scale="price",
    ),
    "vwap": _bars("VWAP", "vwap", 20, "price", volume=True),
    "donchian": IndicatorInfo(
        "Donchian channel",
        "ta.donchian(bars, {period})",
        (("period", 20),),
        ("upper", "middle", "lower"),
        False,
        True,
        scale="price",
    ),
    "pivots": IndicatorInfo(
        "floor pivot",
        "ta.pivots(bars)",
        (),
        ("pivot", "r1", "s1", "r2", "s2"),
        False,
        True,
        scale="price",
    ),
    "rank": IndicatorInfo(
        "rank among the last values",
        "ta.rolling_rank({x}, {period})",
        (("period", 252),),
        (),
        True,
        scale="unit",
        bounds=(0, 1),
    ),
    "percentile": IndicatorInfo(
        "percentile",
        "ta.rolling_percentile({x}, {period}, {share})",
        (("period", 252), ("share", 0.5)),
        (),
        True,
        scale="same",
        least=(1, 0),
    ),
    "peak": IndicatorInfo(
        "highest so far",
        "np.maximum.accumulate({x})",
        (),
        (),
        True,
        scale="same",
    ),
    "drawdown": IndicatorInfo(
        "fall from the highest so far",
        "ta.drawdown_from_high({x})",
        (),
        (),
        True,
        scale="fraction",
    ),
    "volatility": _bars("realised volatility", "realized_volatility", 20, "fraction", ranged=False),
    "rsi_of_stochastic": IndicatorInfo(
        "stochastic RSI",
        "100 * (ta.rsi({x}, {period}) - ta.lowest(ta.rsi({x}, {period}), {window}))"
        " / (ta.highest(ta.rsi({x}, {period}), {window})"
        " - ta.lowest(ta.rsi({x}, {period}), {window}))",
        (("period", 14), ("window", 14)),
        (),
        True,
        scale="percent",
        bounds=(0, 100),
    ),
    "ppo": IndicatorInfo(
        "percentage price oscillator",
        "100 * (ta.ema({x}, {fast}) / ta.ema({x}, {slow}) - 1)",
        (("fast", 12), ("slow", 26)),
        (),
        True,
        scale="percent_change",
    ),
    "trix": _series("TRIX", "trix", 15, "percent_change", warm_up=3),
    "linearreg": _series("linear regression", "linearreg", 14),
    "median": IndicatorInfo(
        "median",
        "ta.rolling_percentile({x}, {period}, 0.5)",
        (("period", 20),),
        (),
        True,
        scale="same",
    ),
    "ultosc": IndicatorInfo(
        "ultimate oscillator",
        "ta.ultosc(bars, {first}, {second}, {third})",
        (("first", 7), ("second", 14), ("third", 28)),
        (),
        False,
        True,
        scale="percent",
        bounds=(0, 100),
    ),
    "aroonosc": _bars("Aroon oscillator", "aroonosc", 14, "aroonosc", (-100, 100)),
    "true_range": _bars("true range", "trange", None, "price_difference"),
    "typical": IndicatorInfo("typical price", _TYPICAL, (), (), False, True, scale="price"),
    "median_price": IndicatorInfo(
        "middle of the day's range",
        "(bars.high + bars.low) / 2",
        (),
        (),
        False,
        True,
        scale="price",
    ),
    "accumulation": _bars("accumulation/distribution line", "ad", None, "ad", volume=True),
    "body": IndicatorInfo(
        "body of the candle",
        "np.abs(bars.close - bars.open)",
        (),
        (),
        False,
        True,
        scale="price_difference",
    ),
    "dollar_volume": _bars(
        "average dollar volume", "average_dollar_volume", 20, "money", volume=True, ranged=False
    ),
}

# Shown in refusals: what a reader could use instead of the words that were not understood.
MOVING_AVERAGES = ("sma", "ema", "wma", "dema", "tema", "kama", "trima")
