"""Entries `pm.*`: measures of performance, by the engine's public functions."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine import metrics as m
from engine.metrics import capm, ratios
from engine.metrics.shape import normal_cvar, normal_value_at_risk, population_moments
from tests.golden.series import closes, series_name

Inputs = Mapping[str, Any]


def compute(group: str, identifier: str, inputs: Inputs) -> Any:
    """Everything an entry could expect, by name; a plain number where it expects one."""
    if "trades" in inputs:
        return trades(inputs["trades"])
    if "equity" in inputs:
        return drawdowns(inputs)
    if "weights" in inputs:
        return weights(inputs)
    if group == "pm.monthly":
        return months(inputs)
    if "series" in inputs:
        return record(inputs)
    if "portfolio" in inputs:
        return textbook(identifier, inputs)
    if "returns" in inputs:
        return of_returns(identifier, inputs)
    raise LookupError(f"no way to compute {sorted(inputs)}")


def trades(values: list[float]) -> dict[str, Any]:
    found = m.returns_summary(values)
    r = np.array(values, dtype=float)
    return {
        **found,
        "avg_win": found["average_win"],
        "avg_loss": found["average_loss"],
        "sqn_capped100": found.get("sqn_capped", _capped(found, r)),
        "total_sum": float(r.sum()),
        "total_compounded": m.total_return(r),
    }


def _capped(found: Mapping[str, Any], r: np.ndarray) -> float | None:
    sqn = found["sqn"]
    return None if sqn is None else sqn * math.sqrt(min(len(r), 100) / len(r))


def falls(days: np.ndarray, equity: np.ndarray) -> dict[str, Any]:
    """Depth, days and lengths of drawdowns; `equity` begins with the start of the account."""
    table = m.drawdown_table(equity)
    out: dict[str, Any] = {
        "max_drawdown": m.max_drawdown(equity),
        "longest_underwater_bars": m.longest_drawdown_bars(equity),
        "ulcer_index": m.ulcer_index(equity),
        "pain_index": ratios.pain_index(equity),
        "average_drawdown": ratios.average_drawdown(equity),
        "share_of_bars_underwater": ratios.time_under_water(equity),
    }
    if not table:
        return out | {"peak": None, "valley": None, "recovery": None}
    deepest = table[0]
    longest = max(table, key=lambda fall: fall.bars)
    end = longest.recovery if longest.recovery is not None else len(equity) - 1
    return out | {
        "peak": str(days[deepest.peak]),
        "valley": str(days[deepest.valley]),
        "recovery": None if deepest.recovery is None else str(days[deepest.recovery]),
        "max_dd_bars_peak_to_valley": deepest.valley - deepest.peak,
        "longest_underwater_calendar_days": int((days[end] - days[longest.peak]).astype(int)),
        "longest_from": str(days[longest.peak]),
        "longest_to": str(days[end]),
    }


def drawdowns(inputs: Inputs) -> dict[str, Any]:
    equity = np.array(inputs["equity"], dtype=float)
    days = np.datetime64(inputs["first_date"]) + np.arange(len(equity))
    return falls(days, equity)


def weights(inputs: Inputs) -> dict[str, Any]:
    w = np.array(inputs["weights"], dtype=float)
    w = w[:, None] if w.ndim == 1 else w
    moved = float(np.sum(np.abs(np.diff(w, axis=0))))
    gross = np.abs(w).sum(axis=1)
    periods = float(inputs.get("periods_per_year", 252))
    return {
        "exposure_time": m.exposure(gross),
        "mean_gross": float(gross.mean()),
        "turnover_sum_abs": moved,
        "turnover_sum_half_abs": moved / 2.0,
        "turnover_annual_half": m.turnover(w, periods),
    }


def months(inputs: Inputs) -> dict[str, Any]:
    days, values = closes(inputs["series"], inputs.get("start"), inputs.get("end"))
    rows = m.monthly_table(values[1:] / values[0], days[1:], 1.0)
    return {
        "months": {
            f"{row['year']}-{k:02}": value
            for row in rows
            for k, value in enumerate(row["months"], 1)
            if value is not None
        },
        "years": {str(row["year"]): row["total"] for row in rows},
    }


def record(inputs: Inputs) -> dict[str, Any]:
    """A real series beside another: everything METRICS.md defines."""
    days, values = closes(inputs["series"], inputs.get("start"), inputs.get("end"))
    rf, periods = float(inputs.get("rf_annual", 0.0)), float(inputs.get("periods_per_year", 252))
    r, equity = m.returns(values), values / values[0]
    total = m.total_return(r)
    span = int((days[-1] - days[0]).astype(int))
    rows = m.monthly_table(equity[1:], days[1:], 1.0)
    monthly = np.array([x for row in rows for x in row["months"] if x is not None])
    yearly, yearly_252 = m.cagr(total, span), ratios.annual_return(r, periods)
    deepest = m.max_drawdown(equity)
    moments = population_moments(r)
    gains = ratios.bernardo_ledoit_ratio(r)
    tail = m.tail_ratio(r)
    out = {
        "T": len(r),
        "total_return": total,
        "cagr_calendar": yearly,
        "cagr_252": yearly_252,
        "calendar_days": span,
        "vol_annual": m.volatility(r, periods),
        "mean_daily": float(r.mean()),
        "sharpe": m.sharpe_ratio(r, periods, rf),
        "sortino": m.sortino_ratio(r, periods, rf / periods),
        "downside_deviation_annual": _annual(ratios.downside_deviation(r, rf / periods), periods),
        **falls(days, equity),
        "calmar": m.calmar_ratio(yearly, deepest),
        "calmar_252": m.calmar_ratio(yearly_252, deepest),
        "martin_ratio": ratios.martin_ratio(yearly, equity),
        "pain_ratio": ratios.pain_ratio(yearly, equity),
        "burke_ratio": ratios.burke_ratio(yearly, equity),
        "var95_hist": m.value_at_risk(r),
        "cvar95_hist": m.cvar(r),
        "var95_normal": normal_value_at_risk(r),
        "cvar95_normal": normal_cvar(r),
        "var99_hist": m.value_at_risk(r, 0.99),
        "cvar99_hist": m.cvar(r, 0.99),
        "var99_normal": normal_value_at_risk(r, 0.99),
        "cvar99_normal": normal_cvar(r, 0.99),
        "skew_sample": m.skewness(r),
        "skew_population": moments[0] if moments else None,
        "excess_kurtosis_sample": m.excess_kurtosis(r),
        "excess_kurtosis_population": moments[1] - 3.0 if moments else None,
        "best_day": float(r.max()),
        "worst_day": float(r.min()),
        "win_rate_bars": ratios.win_rate_of_bars(r),
        "profit_factor_bars": gains,
        "omega_0": m.omega_ratio(r),
        "tail_ratio": tail,
        "payoff_ratio_bars": ratios.payoff_ratio_of_bars(r),
        "kelly_continuous": ratios.continuous_kelly(r, rf / periods),
        "kelly_bars": ratios.kelly_of_bars(r),
        "common_sense_ratio": gains * tail if gains and tail else None,
        "gain_to_pain_daily": ratios.gain_to_pain_ratio(r),
        "months": len(monthly),
        "best_month": float(monthly.max()),
        "worst_month": float(monthly.min()),
        "share_positive_months": float(np.mean(monthly > 0)),
        "gain_to_pain_monthly": ratios.gain_to_pain_ratio(monthly),
    }
    if inputs.get("benchmark"):
        out |= beside(r, inputs, rf, periods, total)
    return out


def beside(r: np.ndarray, inputs: Inputs, rf: float, periods: float, total: float) -> dict:
    _, held = closes(series_name(inputs["benchmark"]), inputs.get("start"), inputs.get("end"))
    b = m.returns(held)
    correlation = capm.correlation(r, b)
    return {
        "beta": m.beta(r, b),
        "alpha_annual_arithmetic": m.alpha(r, b, periods, rf),
        "alpha_annual_compound": capm.compound_alpha(r, b, periods, rf / periods),
        "correlation": correlation,
        "r_squared": correlation**2 if correlation is not None else None,
        "tracking_error": m.tracking_error(r, b, periods),
        "information_ratio": m.information_ratio(r, b, periods),
        "treynor": capm.treynor_ratio(r, b, periods, rf / periods),
        "up_capture_geometric": capm.capture_ratio(r, b, periods, up=True),
        "down_capture_geometric": capm.capture_ratio(r, b, periods, up=False),
        "excess_total": total - m.total_return(b),
    }


def _annual(per_bar: float | None, periods: float) -> float | None:
    return None if per_bar is None else per_bar * math.sqrt(periods)


def of_returns(identifier: str, inputs: Inputs) -> Any:
    r = np.array(inputs["returns"], dtype=float)
    if "benchmark" in inputs:
        b = np.array(inputs["benchmark"], dtype=float)
        both = {"beta": m.beta(r, b), "alpha_monthly": capm.alpha_per_bar(r, b)}
        both["alpha"] = both["alpha_monthly"]
        both["correlation"] = capm.correlation(r, b)
        return {"published": both, "exact": both}
    if "sortino" in identifier:
        value = m.sortino_ratio(r, 1.0, float(inputs.get("target", 0.0)))
        return {"published": value, "exact": value}
    raise LookupError(f"no way to compute {identifier}")


def textbook(identifier: str, inputs: Inputs) -> Any:
    """One figure of Bacon's monthly example, by the name in the entry's id."""
    name = re.sub(r"_(mar\w+|omega0|monthly)", "", identifier.rsplit(".", 1)[-1])
    name = name.removesuffix("_ratio").removesuffix("_annual")
    p, b = (np.array(inputs[key], dtype=float) for key in ("portfolio", "benchmark"))
    p_year = float(inputs.get("periods_per_year", 12))
    target = float(inputs.get("MAR", 0.0))
    function = TEXTBOOK.get(name)
    if function is None:
        raise LookupError(f"no textbook figure {name!r}")
    value = function(p, b, target, p_year)
    return {"published": value, "exact": value}


def _equity(p: np.ndarray) -> np.ndarray:
    return np.concatenate(([1.0], np.cumprod(1.0 + p)))


def _growth(p: np.ndarray, periods: float) -> float | None:
    return ratios.annual_return(p, periods)


def _square(value: float | None) -> float | None:
    return None if value is None else value**2


Figure = Callable[[np.ndarray, np.ndarray, float, float], float | None]
TEXTBOOK: dict[str, Figure] = {
    "bernardo_ledoit": lambda p, b, t, n: ratios.bernardo_ledoit_ratio(p - t),
    "omega": lambda p, b, t, n: m.omega_ratio(p, t),
    "omega_sharpe": lambda p, b, t, n: ratios.omega_sharpe_ratio(p, t),
    "omega_excess_return": lambda p, b, t, n: capm.omega_excess_return(p, b, n, t),
    "d": lambda p, b, t, n: ratios.d_ratio(p),
    "downside_deviation": lambda p, b, t, n: ratios.downside_deviation(p, t),
    "downside_risk": lambda p, b, t, n: ratios.downside_deviation(p, t),
    "downside_variance": lambda p, b, t, n: _square(ratios.downside_deviation(p, t)),
    "downside_potential": lambda p, b, t, n: ratios.downside_potential(p, t),
    "downside_frequency": lambda p, b, t, n: ratios.downside_frequency(p, t),
    "upside_frequency": lambda p, b, t, n: ratios.upside_frequency(p, t),
    "upside_risk": lambda p, b, t, n: ratios.upside_risk(p, t),
    "upside_variance": lambda p, b, t, n: _square(ratios.upside_risk(p, t)),
    "upside_potential": lambda p, b, t, n: ratios.upside_potential(p, t),
    "upside_potential_ratio": lambda p, b, t, n: ratios.upside_potential_ratio(p, t),
    "variability_skewness": lambda p, b, t, n: ratios.variability_skewness(p, t),
    "volatility_skewness": lambda p, b, t, n: ratios.volatility_skewness(p, t),
    "mean_absolute_deviation": lambda p, b, t, n: ratios.mean_absolute_deviation(p),
    "skewness_kurtosis": lambda p, b, t, n: ratios.skewness_kurtosis_ratio(p),
    "sortino": lambda p, b, t, n: m.sortino_ratio(p, 1.0, t),
    "adjusted_sharpe": lambda p, b, t, n: ratios.adjusted_sharpe_ratio(p, n),
    "sharpe": lambda p, b, t, n: m.sharpe_ratio(p, n),
    "jensen_alpha": lambda p, b, t, n: capm.jensens_alpha(p, b, n),
    "jensens_alpha": lambda p, b, t, n: capm.jensens_alpha(p, b, n),
    "selectivity": lambda p, b, t, n: capm.jensens_alpha(p, b, n),
    "net_selectivity": lambda p, b, t, n: capm.net_selectivity(p, b, n),
    "modified_jensen": lambda p, b, t, n: capm.modified_jensen(p, b, n),
    "appraisal": lambda p, b, t, n: capm.appraisal_ratio(p, b, n),
    "fama_beta": lambda p, b, t, n: capm.fama_beta(p, b, n),
    "m_squared": lambda p, b, t, n: capm.m_squared(p, b, n),
    "m2": lambda p, b, t, n: capm.m_squared(p, b, n),
    "m_squared_excess": lambda p, b, t, n: _less(capm.m_squared(p, b, n), _growth(b, n)),
    "m2_excess": lambda p, b, t, n: _less(capm.m_squared(p, b, n), _growth(b, n)),
    "systematic_risk": lambda p, b, t, n: capm.systematic_risk(p, b, n),
    "specific_risk": lambda p, b, t, n: capm.specific_risk(p, b, n),
    "total_risk": lambda p, b, t, n: capm.total_risk(p, b, n),
    "treynor": lambda p, b, t, n: capm.treynor_ratio(p, b, n),
    "beta": lambda p, b, t, n: m.beta(p, b),
    "correlation": lambda p, b, t, n: capm.correlation(p, b),
    "tracking_error": lambda p, b, t, n: m.tracking_error(p, b, n),
    "information": lambda p, b, t, n: m.information_ratio(p, b, n),
    "pain_index": lambda p, b, t, n: ratios.pain_index(_equity(p)),
    "pain": lambda p, b, t, n: ratios.pain_ratio(_growth(p, n), _equity(p)),
    "ulcer_index": lambda p, b, t, n: m.ulcer_index(_equity(p)),
    "martin": lambda p, b, t, n: ratios.martin_ratio(_growth(p, n), _equity(p)),
    "burke": lambda p, b, t, n: ratios.burke_ratio(_growth(p, n), _equity(p)),
    "max_drawdown": lambda p, b, t, n: m.max_drawdown(_equity(p)),
    "calmar": lambda p, b, t, n: m.calmar_ratio(_growth(p, n), m.max_drawdown(_equity(p))),
    "hurst_index": lambda p, b, t, n: ratios.hurst_index(p),
    "hurst": lambda p, b, t, n: ratios.hurst_index(p),
    "kelly": lambda p, b, t, n: ratios.continuous_kelly(p),
    "skewness": lambda p, b, t, n: (population_moments(p) or (None, None))[0],
    "kurtosis": lambda p, b, t, n: (population_moments(p) or (None, None))[1],
    "value_at_risk": lambda p, b, t, n: m.value_at_risk(p),
    "annualised_return": lambda p, b, t, n: _growth(p, n),
    "annualized_return": lambda p, b, t, n: _growth(p, n),
}


def _less(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above - below
