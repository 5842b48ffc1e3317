"""The thirteen golden strategies as scripts would write them."""

from collections.abc import Callable

import numpy as np

from engine import Bars, Signals, ta


def cross(bars: Bars, fast: int, slow: int, average: Callable[..., np.ndarray] = ta.sma):
    quick, calm = average(bars.close, fast), average(bars.close, slow)
    return ta.crosses_above(quick, calm), ta.crosses_below(quick, calm)


def sma_cross(bars: Bars) -> Signals:
    return Signals(*cross(bars, 20, 50))


def ema_cross(bars: Bars) -> Signals:
    return Signals(*cross(bars, 12, 26, ta.ema))


def rsi_levels(bars: Bars) -> Signals:
    rsi = ta.rsi(bars, 14)
    return Signals(enter=rsi < 30, exit=rsi > 70)


def bollinger(bars: Bars) -> Signals:
    _, middle, lower = ta.bbands(bars, 20, 2)
    return Signals(enter=bars.close < lower, exit=bars.close > middle)


def macd_cross(bars: Bars) -> Signals:
    line, signal, _ = ta.macd(bars, 12, 26, 9)
    return Signals(ta.crosses_above(line, signal), ta.crosses_below(line, signal))


def donchian_breakout(bars: Bars) -> Signals:
    upper = ta.previous(ta.donchian(bars, 20)[0])
    lower = ta.previous(ta.donchian(bars, 10)[2])
    return Signals(enter=bars.close > upper, exit=bars.close < lower)


def buy_and_hold(bars: Bars) -> Signals:
    return Signals(enter=np.ones(len(bars), bool))


def trend_level(bars: Bars) -> Signals:
    above = bars.close > ta.sma(bars, 200)
    return Signals(enter=above, exit=~above)


def pullback(bars: Bars) -> Signals:
    dip = (ta.rsi(bars, 2) < 10) & (bars.close > ta.sma(bars, 200))
    return Signals(enter=dip, exit=bars.close > ta.sma(bars, 5))


def sma_cross_protected(bars: Bars) -> Signals:
    return Signals(*cross(bars, 20, 50), stop_loss=0.05, take_profit=0.10)


def sma_cross_both_sides(bars: Bars) -> Signals:
    up, down = cross(bars, 20, 50)
    return Signals(enter=up, enter_short=down, reverse=True)


def trailing_atr(bars: Bars) -> Signals:
    up = ta.crosses_above(bars.close, ta.sma(bars, 50))
    return Signals(enter=up, trailing_distance=3 * ta.atr(bars, 14))


def tight_protection(bars: Bars) -> Signals:
    return Signals(*cross(bars, 5, 20), stop_loss=0.01, take_profit=0.015)


GOLDEN = {
    "01": sma_cross,
    "02": ema_cross,
    "03": rsi_levels,
    "04": bollinger,
    "05": macd_cross,
    "06": donchian_breakout,
    "07": buy_and_hold,
    "08": trend_level,
    "09": pullback,
    "10": sma_cross_protected,
    "11": sma_cross_both_sides,
    "12": trailing_atr,
    "13": tight_protection,
}
