"""Right scripts of many specifications, and misreadings of them.

A misreading is a change of the text, as somebody would make who misunderstood: a period off by
one, a state for a crossing, the close for the high, a stop in percent. A few
come to the same on nearly all prices, as misunderstandings do.
"""

from llm.specification import write_script
from tests.backtests.planted_right import HAND, changed
from tests.backtests.planted_specs import SPECS

# Changes of the generated script, one misreading each.
GENERATED = {
    "rsi2": [
        ('"rsi_period": 2', '"rsi_period": 3'),
        ("rsi < entry_rsi_below", "rsi > entry_rsi_below"),
        ("(rsi < entry_rsi_below)", "ta.crosses_below(rsi, entry_rsi_below)"),
        (") & (", ") | ("),
        ('"slow_sma_period": 200', '"slow_sma_period": 100'),
        ("slow_sma = ta.sma", "slow_sma = ta.ema"),
        ("leave = bars.close > fast_sma", "leave = bars.close < fast_sma"),
        ("leave = bars.close > fast_sma", "leave = bars.high > fast_sma"),
        ("leave = bars.close > fast_sma", "leave = bars.close > slow_sma"),
        (" & (bars.close > slow_sma)", ""),
    ],
    "golden_cross": [
        ("ta.crosses_above(fast_sma,", "ta.crosses_above(bars.close,"),
        ('"fast_sma_period": 50', '"fast_sma_period": 20'),
        ("leave = ta.crosses_below", "leave = ta.crosses_above"),
        ("fast_sma = ta.sma", "fast_sma = ta.ema"),
        ("exit=leave", "exit_short=leave"),
    ],
    "rsi_levels": [
        ("ta.crosses_below(rsi, entry_rsi_below)", "rsi < entry_rsi_below"),
        ("ta.crosses_above(rsi, exit_rsi_above)", "ta.crosses_below(rsi, exit_rsi_above)"),
        ('"exit_rsi_above": 55', '"exit_rsi_above": 60'),
        ('"rsi_period": 14', '"rsi_period": 15'),
        ("enter = ta.crosses_below", "enter = ta.crosses_above"),
    ],
    "stop_and_target": [
        ('"stop_loss": 0.02', '"stop_loss": 0.2'),
        ('"stop_loss": 0.02', '"stop_loss": 0.04'),
        ("stop_loss=stop_loss, take_profit=take_profit", "take_profit=take_profit"),
        ("=stop_loss, take_profit=take_profit", "=take_profit, take_profit=stop_loss"),
        ('"take_profit": 0.04', '"take_profit": 4'),
        ("ta.crosses_above(bars.close, sma)", "bars.close > sma"),
        ("stop_loss=stop_loss,", "trailing_stop=stop_loss,"),
    ],
    "three_falls": [
        ('"entry_days_in_a_row": 3', '"entry_days_in_a_row": 4'),
        ("bars.close < ta.previous(bars.close)", "bars.close < bars.open"),
        ("bars.close < ta.previous", "bars.close > ta.previous"),
        ('"hold_bars": 4', '"hold_bars": 5'),
        ("ta.consecutive(", "ta.within("),
        (", max_bars=hold_bars", ""),
    ],
    "turtle": [
        ("ta.highest(bars.high,", "ta.highest(bars.close,"),
        ("bars.close > ta.previous(highest_high)", "bars.high > ta.previous(highest_high)"),
        ("ta.previous(highest_high)", "ta.previous(highest_high, 2)"),
        ("stop_distance_factor * atr", "atr"),
        ("stop_distance=stop_distance", "trailing_distance=stop_distance"),
        ("bars.close < ta.previous(lowest_low)", "bars.close <= lowest_low"),
    ],
    "short_breakdown": [
        ("enter_short=enter_short, exit_short=exit_short", "enter=enter_short, exit=exit_short"),
        ('"lowest_low_period": 50', '"lowest_low_period": 20'),
        ("bars.close < ta.previous(lowest_low)", "bars.low < ta.previous(lowest_low)"),
    ],
    "macd_reverse": [
        (", reverse=True", ""),
        ("macd_line, macd_signal, _ =", "macd_signal, macd_line, _ ="),
        ("ta.crosses_above(macd_line, macd_signal)", "ta.crosses_above(macd_line, 0)"),
        ("enter=enter, enter_short=enter_short", "enter=enter, exit=enter_short"),
        ('"macd_smoothing": 9', '"macd_smoothing": 10'),
    ],
    "bollinger": [
        ("leave = bars.close > bbands_middle", "leave = bars.close > bbands_lower"),
        ('"bbands_deviations": 2', '"bbands_deviations": 2.5'),
        (", size=size", ""),
        ("ta.crosses_below(bars.close, bbands_lower)", "bars.close < bbands_lower"),
        ("ta.crosses_below(bars.close,", "ta.crosses_above(bars.close,"),
    ],
    "halloween": [
        ("ta.month(bars) == 10", "ta.month(bars) == 11"),
        ("enter = ta.month_end", "enter = ta.month_start"),
        ("leave = ta.month_end(bars) & (ta.month(bars) == 4)", "leave = ta.month(bars) == 4"),
    ],
    "turn_of_month": [
        ("ta.trading_days_left_in_month(bars) == 1", "ta.trading_days_left_in_month(bars) == 0"),
        ("ta.trading_day_of_month(bars) == 3", "ta.day_of_month(bars) == 3"),
        ("ta.trading_day_of_month(bars) == 3", "ta.trading_day_of_month(bars) == 4"),
    ],
    "tuesday": [
        ("ta.day_of_week(coming) == 1", "ta.day_of_week(bars) == 1"),
        ("ta.day_of_week(coming) == 4", "ta.day_of_week(coming) == 5"),
        ("ta.day_of_week(coming) == 1", "ta.day_of_week(coming) == 2"),
    ],
    "trailing": [
        ("trailing_stop=trailing_stop", "stop_loss=trailing_stop"),
        ('"trailing_stop": 0.08', '"trailing_stop": 0.8'),
        ("trailing_stop=trailing_stop", 'trailing_stop=trailing_stop, trail_from="high"'),
        ("ta.highest(bars.close,", "ta.highest(bars.high,"),
    ],
    "atr_trailing": [
        (", trail_intrabar=True", ""),
        ("trailing_distance=trailing_distance", "stop_distance=trailing_distance"),
        ('"atr_period": 14', '"atr_period": 20'),
    ],
    "weekly_filter": [
        ("ta.resampled(bars, 'W')", "ta.resampled(bars, 'M')"),
        ("weekly_close > weekly_weekly_slow_sma", "bars.close > ta.sma(bars.close, 40)"),
        ("weekly_close > weekly", "weekly_close < weekly"),
    ],
    "gap_down": [
        ("ta.previous(bars.close)", "bars.close"),
        ('"entry_open_below_factor": 0.98', '"entry_open_below_factor": 0.8'),
        ("bars.open <", "bars.close <"),
        ("bars.close > ta.previous(bars.high)", "bars.close > ta.previous(bars.close)"),
    ],
    "volume_breakout": [
        (") & (", ") | ("),
        ("(bars.close > ta.previous(bars.high))", "(bars.close > ta.previous(bars.close))"),
        ("entry_volume_above_factor * volume_sma", "volume_sma"),
        ('"hold_bars": 10', '"hold_bars": 9'),
    ],
    "percent_fall": [
        ('"entry_slow_change_below": -0.04', '"entry_slow_change_below": -4'),
        ('"entry_slow_change_below": -0.04', '"entry_slow_change_below": 0.04'),
        ('"slow_change_period": 5', '"slow_change_period": 4'),
        ("fast_change > exit", "slow_change > exit"),
    ],
    "limit_entry": [
        ("entry_limit=entry_limit", "entry_stop=entry_limit"),
        (", entry_expiry=3", ""),
        ('"entry_limit_factor": 0.99', '"entry_limit_factor": 0.98'),
        ("entry_limit=entry_limit, entry_expiry=3, ", ""),
    ],
    "percent_risk": [
        ('sizing="risk",\n', ""),
        ('"size": 0.01', '"size": 0.1'),
        ("leave = bars.close < sma", "leave = bars.close > sma"),
    ],
    "either": [
        (") | (", ") & ("),
        ("ibs > exit_ibs_above", "ibs < exit_ibs_above"),
        ('"entry_ibs_below": 0.1', '"entry_ibs_below": 10'),
    ],
    "cool_down": [
        (", cooldown=cooldown", ""),
        ('"cooldown": 10', '"cooldown": 9'),
        ("stop_loss=stop_loss, ", ""),
    ],
    "breakeven": [
        ("        breakeven=breakeven,\n", ""),
        ('"breakeven": 0.02', '"breakeven": 0.04'),
        ('"take_profit": 0.06', '"take_profit": 0.6'),
    ],
    "legs": [
        ("Leg(0.5, target_multiple=2)", "Leg(0.5, target_multiple=1.5)"),
        ("        legs=[Leg(0.5, take_profit=0.05), Leg(0.5, target_multiple=2)],\n", ""),
        ("Leg(0.5, take_profit=0.05), ", ""),
    ],
    "within": [
        ("entry_rsi_below), entry_within_days)", "entry_rsi_below), 1)"),
        (", exit_size=exit_size", ""),
        ('"entry_within_days": 5', '"entry_within_days": 4'),
    ],
    "hammer": [
        ("ta.cdlengulfing(bars) > 0", "ta.cdlengulfing(bars) < 0"),
        ("ta.cdlengulfing(bars) > 0", "ta.cdlengulfing(bars) != 0"),
    ],
    "monthly_dollars": [
        (", max_entries=1000", ""),
        ("ta.month_end", "ta.month_start"),
        ('sizing="cash"', 'sizing="units"'),
    ],
    "momentum": [
        ("-scores[t]", "scores[t]"),
        (" if may_hold[t, k]", ""),
        ("ta.month_end", "ta.month_start"),
        ('"change_period": 126', '"change_period": 63'),
        ("chosen[:1]", "chosen[:2]"),
    ],
    "traffic_light": [
        (" & (bbb.close > bbb_close_sma)", ""),
        ("ta.sma(bbb.close,", "ta.sma(bars.close,"),
        ("leave = fast_sma < slow_sma", "leave = bars.close < slow_sma"),
    ],
}  # fmt: skip

# Changes of a hand-written script: (name, number of the script in HAND, change).
BY_HAND = [
    ("rsi2", 0, ("bars.close > ta.sma(bars, trend)", "bars.close > ta.sma(bars, out)")),
    ("rsi2", 0, ("exit=bars.close > ta.sma(bars, out)", "exit=bars.close < ta.sma(bars, out)")),
    ("golden_cross", 1, ("rolling(200)", "rolling(199)")),
    ("golden_cross", 1, ("quick.shift() <= calm.shift()", "quick.shift(2) <= calm.shift(2)")),
    ("three_falls", 1, (">= self.falls", "> self.falls")),
    ("three_falls", 1, ("else 0", "else self.fallen")),
    ("turtle", 1, ("high[t - 20 : t].max()", "high[t - 19 : t].max()")),
    ("turtle", 1, ("low[t - 10 : t].min()", "close[t - 10 : t].min()")),
    ("short_breakdown", 0, ("enter_short=bars.close < floor", "enter_short=bars.close > ceiling")),
    ("macd_reverse", 0, ('"smooth": 9', '"smooth": 8')),
    ("bollinger", 0, ("exit=bars.close > middle", "exit=bars.open > middle")),
    ("halloween", 0, ('"leave": 4', '"leave": 5')),
    ("atr_trailing", 0, ("ta.highest(bars.high, days)", "ta.highest(bars.close, days)")),
    ("limit_entry", 0, ("bars.close * (1 - below)", "bars.low * (1 - below)")),
    ("cool_down", 0, ("stop_loss=0.03", "stop_loss=0.3")),
    ("momentum", 0, ("grown[t].max() >= 0", "grown[t].max() >= 0.05")),
]  # fmt: skip


def right_scripts() -> list[tuple[str, str]]:
    """Every right script: (name of the specification, script)."""
    found = [(name, write_script(spec)) for name, spec in SPECS.items()]
    return found + [(name, script) for name, scripts in HAND.items() for script in scripts]


def misread_scripts() -> list[tuple[str, str, str]]:
    """Every misreading: (name of the specification, what was changed, script)."""
    found = [
        (name, f"{old} → {new}", changed(write_script(SPECS[name]), (old, new)))
        for name, changes in GENERATED.items()
        for old, new in changes
    ]
    return found + [
        (name, f"{old} → {new}", changed(HAND[name][number], (old, new)))
        for name, number, (old, new) in BY_HAND
    ]
