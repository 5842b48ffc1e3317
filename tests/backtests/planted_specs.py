"""Specifications of many kinds, built by hand: what planted misreadings are misreadings of."""

from llm.specification import StrategySpec
from llm.specification import nodes as n
from llm.specification.model import Part, Rotation

CLOSE, HIGH, LOW, OPEN = (n.Price(field=f) for f in ("close", "high", "low", "open"))
VOLUME = n.Price(field="volume")


def of(name, *numbers, source=CLOSE, output=""):
    return n.Indicator(name=name, numbers=numbers, source=source, output=output)


def bars(name, *numbers, output=""):
    return n.Indicator(name=name, numbers=numbers, output=output)


def number(value):
    return n.Number(value=value)


def is_(left, operator, right):
    right = number(right) if isinstance(right, int | float) else right
    return n.Compare(left=left, operator=operator, right=right)


def crosses(left, direction, right):
    right = number(right) if isinstance(right, int | float) else right
    return n.Cross(left=left, direction=direction, right=right)


def both(*conditions):
    return n.AllOf(conditions=conditions)


def before(value, count=1):
    return n.Previous(of=value, bars=count)


def times(factor, value):
    return n.Arithmetic(operator="*", left=number(factor), right=value)


def on(unit, *values, fills=False):
    return n.Calendar(unit=unit, values=values, fills=fills)


def spec(**parts):
    return StrategySpec(**({"symbol": "SPX"} | parts))


DOWN = is_(CLOSE, "<", before(CLOSE))
MACD = {name: of("macd", 12, 26, 9, output=name) for name in ("line", "signal")}
CHANNEL = before(of("highest", 20, source=HIGH))
FLOOR = before(of("lowest", 10, source=LOW))

SPECS = {
    "rsi2": spec(
        long_entry=both(is_(of("rsi", 2), "<", 10), is_(CLOSE, ">", of("sma", 200))),
        long_exit=is_(CLOSE, ">", of("sma", 5)),
    ),
    "golden_cross": spec(
        long_entry=crosses(of("sma", 50), "above", of("sma", 200)),
        long_exit=crosses(of("sma", 50), "below", of("sma", 200)),
    ),
    "rsi_levels": spec(
        long_entry=crosses(of("rsi", 14), "below", 30),
        long_exit=crosses(of("rsi", 14), "above", 55),
    ),
    "stop_and_target": spec(
        long_entry=crosses(CLOSE, "above", of("sma", 20)), stop_loss=0.02, take_profit=0.04
    ),
    "three_falls": spec(long_entry=n.Streak(of=DOWN, bars=3), hold_bars=4),
    "turtle": spec(
        long_entry=is_(CLOSE, ">", CHANNEL),
        long_exit=is_(CLOSE, "<", FLOOR),
        stop_distance=times(2, bars("atr", 20)),
    ),
    "short_breakdown": spec(
        short_entry=is_(CLOSE, "<", before(of("lowest", 50, source=LOW))),
        short_exit=is_(CLOSE, ">", before(of("highest", 20, source=HIGH))),
    ),
    "macd_reverse": spec(
        long_entry=crosses(MACD["line"], "above", MACD["signal"]),
        short_entry=crosses(MACD["line"], "below", MACD["signal"]),
        reverse=True,
    ),
    "bollinger": spec(
        long_entry=crosses(CLOSE, "below", of("bbands", 20, 2, output="lower")),
        long_exit=is_(CLOSE, ">", of("bbands", 20, 2, output="middle")),
        size=0.5,
    ),
    "halloween": spec(long_entry=on("month_end", 10), long_exit=on("month_end", 4)),
    "turn_of_month": spec(
        long_entry=on("trading_days_left_in_month", 1), long_exit=on("trading_day_of_month", 3)
    ),
    "tuesday": spec(
        long_entry=on("weekday", 1, fills=True), long_exit=on("weekday", 4, fills=True)
    ),
    "trailing": spec(
        long_entry=is_(CLOSE, ">", before(of("highest", 100))), trailing_stop=0.08
    ),
    "atr_trailing": spec(
        long_entry=is_(CLOSE, ">", before(of("highest", 50, source=HIGH))),
        trailing_distance=times(3, bars("atr", 14)),
        trail_intrabar=True,
    ),
    "weekly_filter": spec(
        long_entry=both(
            is_(
                n.OnPeriod(period="W", of=CLOSE), ">", n.OnPeriod(period="W", of=of("sma", 40))
            ),
            is_(of("rsi", 2), "<", 10),
        ),
        long_exit=is_(CLOSE, ">", of("sma", 5)),
    ),
    "gap_down": spec(
        long_entry=is_(OPEN, "<", times(0.98, before(CLOSE))),
        long_exit=is_(CLOSE, ">", before(HIGH)),
    ),
    "volume_breakout": spec(
        long_entry=both(
            is_(VOLUME, ">", times(1.5, of("sma", 20, source=VOLUME))),
            is_(CLOSE, ">", before(HIGH)),
        ),
        hold_bars=10,
    ),
    "percent_fall": spec(
        long_entry=is_(of("change", 5), "<", -0.04), long_exit=is_(of("change", 1), ">", 0.01)
    ),
    "limit_entry": spec(
        long_entry=is_(CLOSE, ">", of("sma", 100)),
        entry_limit=times(0.99, CLOSE),
        entry_expiry=3,
        hold_bars=5,
    ),
    "percent_risk": spec(
        long_entry=is_(CLOSE, ">", before(of("highest", 55, source=HIGH))),
        long_exit=is_(CLOSE, "<", of("sma", 55)),
        stop_distance=times(3, bars("atr", 14)),
        sizing="risk",
        size=0.01,
    ),
    "either": spec(
        long_entry=n.AnyOf(
            conditions=(is_(bars("willr", 14), "<", -90), is_(bars("ibs"), "<", 0.1))
        ),
        long_exit=is_(bars("ibs"), ">", 0.8),
    ),
    "cool_down": spec(
        long_entry=is_(of("rsi", 2), "<", 5),
        long_exit=is_(CLOSE, ">", of("sma", 5)),
        stop_loss=0.03,
        cooldown=10,
    ),
    "breakeven": spec(
        long_entry=crosses(CLOSE, "above", of("sma", 20)),
        stop_loss=0.02,
        take_profit=0.06,
        breakeven=0.02,
    ),
    "legs": spec(
        long_entry=is_(CLOSE, ">", CHANNEL),
        long_exit=is_(CLOSE, "<", FLOOR),
        stop_loss=0.05,
        parts=(Part(share=0.5, take_profit=0.05), Part(share=0.5, target_multiple=2)),
    ),
    "within": spec(
        long_entry=both(
            n.Within(of=crosses(of("rsi", 14), "below", 35), bars=5), is_(CLOSE, ">", before(HIGH))
        ),
        long_exit=is_(of("rsi", 14), ">", 60),
        exit_size=0.5,
        stop_loss=0.08,
    ),
    "hammer": spec(long_entry=n.Candle(name="engulfing", bullish=True), hold_bars=5),
    "monthly_dollars": spec(long_entry=on("month_end"), sizing="cash", size=500, max_entries=1000),
    "momentum": spec(
        symbol="AAA",
        symbols=("AAA", "BBB", "CCC"),
        rotation=Rotation(
            when=on("month_end"),
            rank=of("change", 126),
            only_if=is_(of("change", 126), ">=", 0),
        ),
    ),
    "traffic_light": spec(
        symbol="AAA",
        symbols=("AAA", "BBB"),
        long_entry=both(
            is_(of("sma", 20), ">", of("sma", 100)),
            is_(
                n.Price(symbol="BBB"), ">", of("sma", 200, source=n.Price(symbol="BBB"))
            ),
        ),
        long_exit=is_(of("sma", 20), "<", of("sma", 100)),
    ),
}  # fmt: skip
