"""Entries `hs.*`: honest statistics, by the engine's public functions."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine import statistics as st
from engine.metrics import sharpe_ratio
from engine.metrics.growth import per_bar_sharpe
from engine.metrics.shape import population_moments
from engine.statistics.reality_check import spa_statistic
from tests.golden.series import NAMES, crossovers, window_returns

Inputs = Mapping[str, Any]
YEAR = 252


def compute(group: str, identifier: str, inputs: Inputs) -> Any:
    """Everything an entry could expect, by name."""
    name = group.removeprefix("hs.").removesuffix("_published").removesuffix("_real")
    if name == "dsr" and "series" in inputs:
        return deflated_family(inputs)
    if name == "perm" and "series" in inputs:
        return timing(inputs)
    if name in ("spa", "stepm"):
        return stepwise(inputs) if "size" in inputs else superior(inputs)
    if name == "psr2025":
        asked = identifier.removeprefix(f"{group}.")
        return next(value for key, value in of_2025(inputs).items() if asked.startswith(key))
    return WAYS[name](inputs)


def standard_error(inputs: Inputs) -> dict[str, Any]:
    return _both(st.sharpe_standard_error_of(inputs["sharpe_per_period"], inputs["T"]))


def eta(inputs: Inputs) -> float:
    q = int(inputs["q"])
    rho = inputs.get("rho") or [float(inputs["ar1"]) ** k for k in range(1, q)]
    return st.annualisation_factor(q, rho)


def probabilistic(inputs: Inputs) -> dict[str, Any]:
    sharpe = inputs["sr"] if "sr" in inputs else inputs["mean"] / inputs["sd"]
    return _both(
        st.probabilistic_sharpe_ratio_of(
            sharpe,
            inputs["T"],
            inputs["skew"],
            inputs["kurtosis"],
            inputs.get("sr_benchmark", 0.0),
        )
    )


def of_2025(inputs: Inputs) -> dict[str, Any]:
    """The variant that takes the variance at the benchmark; answers by what is asked."""
    from scipy.special import ndtr, ndtri

    sharpe, benchmark = inputs["mean"] / inputs["sd"], float(inputs.get("sr_benchmark", 0.0))
    shape = inputs["T"], inputs["skew"], inputs["kurtosis"]
    error = st.benchmark_standard_error_of(benchmark, *shape)
    observed = st.benchmark_standard_error_of(sharpe, *shape)
    normal = st.benchmark_standard_error_of(sharpe, inputs["T"], 0.0, 3.0)
    per_bar = error * math.sqrt(inputs["T"])
    z = float(ndtri(inputs.get("confidence", 0.95)))
    return {
        "se_nonnormal": _both(observed),
        "se_normal": _both(normal),
        "se": _both(observed),
        "psr": _both(float(ndtr((sharpe - benchmark) / error))),
        "mintrl": _both((z * per_bar / (sharpe - benchmark)) ** 2),
    }


def deflated(inputs: Inputs) -> dict[str, Any]:
    p = float(inputs["periods_per_year"])
    variance = inputs["var_sr_annual"] / p
    value = st.deflated_sharpe_ratio_of(
        inputs["sr_annual"] / math.sqrt(p),
        inputs["T"],
        inputs["skew"],
        inputs["kurtosis"],
        inputs["trials"],
        variance,
    )
    sr0 = st.expected_maximum_sharpe(inputs["trials"], variance)
    return _both(value) | {"sr0": sr0, "published_sr0": sr0}


def deflated_family(inputs: Inputs) -> dict[str, Any]:
    held, r = crossovers(inputs["series"])
    tried = held * r[:, None]
    each = np.array([per_bar_sharpe(column) for column in tried.T])
    best = int(np.argmax(each))
    variance = float(each.var(ddof=1))
    return {
        "best": NAMES[best],
        "sharpe_annual": float(each[best]) * math.sqrt(YEAR),
        "trials": len(each),
        "var_sr_annual": variance * YEAR,
        "sr0_annual": st.expected_maximum_sharpe(len(each), variance) * math.sqrt(YEAR),
        "dsr": st.deflated_sharpe_ratio(tried[:, best], len(each), variance),
        "psr_0": st.probabilistic_sharpe_ratio(tried[:, best]),
        "mean_pairwise_corr": st.mean_correlation(tried),
        "effective_trials_avg_corr": st.effective_trials(tried),
    }


def expected_maximum(inputs: Inputs) -> dict[str, Any]:
    trials = inputs["trials"]
    return {
        "approximation": st.expected_maximum_sharpe(trials, 1.0),
        "exact_order_statistic": st.expected_maximum_normal(trials),
        "minbtl_years_for_sr1": st.minimum_backtest_length(trials),
    }


def record_length(inputs: Inputs) -> dict[str, Any]:
    p = float(inputs["periods_per_year"])
    bars = st.minimum_track_record_length_of(
        inputs["sr_annual"] / math.sqrt(p),
        inputs["skew"],
        inputs["kurtosis"],
        inputs.get("sr_benchmark_annual", 0.0) / math.sqrt(p),
        inputs.get("confidence", 0.95),
    )
    years = None if bars is None else bars / p
    return {
        "published_years": years,
        "exact_years": years,
        "exact_observations": bars,
        "published_observations": bars,
    }


def haircut(inputs: Inputs) -> dict[str, Any]:
    observations, p = inputs["observations"], inputs["periods_per_year"]
    if "p_adjusted" in inputs:
        after = st.sharpe_of_p_value(inputs["p_adjusted"], observations, p)
        found = {"sr_haircut": after, "haircut": 1.0 - after / inputs["sr_corrected"]}
        return {"published": found, "exact": found}
    cut = st.haircut_sharpe_ratio(
        inputs["sr_annual"], observations, p, inputs["tests"], inputs.get("autocorrelation", 0.0)
    )
    found = {
        "sr_corrected": cut.sharpe_ratio,
        "t": cut.t_statistic,
        "p": cut.p_value,
        "p_adjusted": cut.p_adjusted,
        "sr_haircut": cut.sharpe_after,
        "haircut": cut.haircut,
    }
    return {"published": found, "exact": found}


def adjusted(inputs: Inputs) -> dict[str, Any]:
    p = inputs["p"]
    return {
        "bonferroni": st.bonferroni(p).tolist(),
        "sidak": st.sidak(p).tolist(),
        "holm": st.holm(p).tolist(),
        "bh": st.benjamini_hochberg(p).tolist(),
        "bhy": st.benjamini_yekutieli(p).tolist(),
        "bh_rejected_at_5pct": int(np.sum(st.benjamini_hochberg(p) <= 0.05)),
    }


def overfitting(inputs: Inputs) -> dict[str, Any]:
    found = st.probability_of_backtest_overfitting(_matrix(inputs), inputs["S"])
    slope, intercept = found.degradation
    return {
        "combinations": len(found.logits),
        "pbo": found.probability,
        "prob_oos_loss": found.probability_of_loss,
        "median_logit": float(np.median(found.logits)),
        "mean_logit": float(found.logits.mean()),
        "slope": slope,
        "intercept": intercept,
        "mean_is_sr": float(found.in_sample.mean()),
        "mean_oos_sr": float(found.out_of_sample.mean()),
        "mean_rank_w": float(found.ranks.mean()),
    }


def _matrix(inputs: Inputs) -> np.ndarray:
    """Returns of the variants: given, those of the crossovers, or drawn as the entry says."""
    if "series" in inputs:
        held, r = crossovers(inputs["series"])
        return held * r[:, None]
    given = inputs["M"]
    if not isinstance(given, str):
        return np.array(given, dtype=float)
    import re

    seed, rows, columns = map(
        int, re.findall(r"default_rng\((\d+)\).*?\((\d+), ?(\d+)\)", given)[0]
    )
    drawn = np.random.default_rng(seed).standard_normal((rows, columns))
    drawn = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0, ddof=1)
    return drawn * float((re.search(r"sd (\.?\d[\d.]*|\.\d+)", given) or ["", "0.01"])[1])


def signs(inputs: Inputs) -> dict[str, Any]:
    r = np.array(inputs["trades"], dtype=float)
    return {
        "p_exact": st.sign_flip_p_value(r),
        "patterns": 2 ** len(r),
        "mean": float(r.mean()),
        "p_mc": st.sign_flip_p_value(np.concatenate([r, np.zeros(30)])),
    }


def timing(inputs: Inputs) -> dict[str, Any]:
    held, r = crossovers(inputs["series"])
    words = inputs["strategy"].replace("-", "/").split()
    pair = next((word for word in words if word in NAMES), "50/200")
    p = held[:, NAMES.index(pair)]
    found = st.shuffled_timing(p, r)
    drawn = st.shuffled_p_value(p, r, draws=2000, seed=3)
    return {
        "statistic": found.statistic,
        "days_long": int(p.sum()),
        "shuffle_mean": found.mean,
        "shuffle_sd": found.standard_deviation,
        "z": found.z,
        "p_normal_approx": found.p_value,
        "p_mc5000_seed3": drawn,
        "p_cyclic_shift_exact": st.cyclic_shift_p_value(p, r),
        "shifts": len(p),
    }


def real(inputs: Inputs) -> dict[str, Any]:
    from scipy.special import stdtr

    r = window_returns(inputs["series"], inputs.get("window"))
    n, root = len(r), math.sqrt(YEAR)
    sharpe, moments = per_bar_sharpe(r), population_moments(r)
    if sharpe is None or moments is None:
        raise LookupError("the window has no Sharpe ratio")
    t = sharpe * math.sqrt(n)
    rho = st.autocorrelations(r, 20)
    general = st.general_standard_error_of(sharpe, n, *moments)
    return {
        "T": n,
        "sharpe_daily": sharpe,
        "sharpe_annual": sharpe_ratio(r, YEAR),
        "skew_population": moments[0],
        "kurtosis_population": moments[1],
        "se_lo_annual": st.sharpe_standard_error(r, YEAR),
        "se_mertens_annual": general * root,
        "psr_0": st.probabilistic_sharpe_ratio(r),
        "psr_annual_0_5": st.probabilistic_sharpe_ratio(r, 0.5 / root),
        "t_stat": t,
        "p_two_sided": 2.0 * float(stdtr(n - 1, -abs(t))),
        "acf1": float(rho[0]),
        "acf2": float(rho[1]),
        "eta_lo_20lags": st.annualisation_factor(YEAR, rho),
        "sharpe_annual_lo_20lags": st.autocorrelated_sharpe_ratio(r, YEAR, 20),
        "ljung_box_10": st.ljung_box(r, 10),
        "mintrl95_obs": st.minimum_track_record_length(r),
        "dsr_20trials_var0_25_annual": st.deflated_sharpe_ratio(r, 20, 0.25 / YEAR),
    }


def superior(inputs: Inputs) -> dict[str, Any]:
    benchmark, tried = _contest(inputs)
    block, seed = int(inputs["block_size"]), 123
    found = st.spa(
        benchmark,
        tried,
        block_size=block,
        repetitions=inputs["reps"],
        studentize=inputs.get("studentize", True),
        seed=seed,
    )
    p = {"lower": found.lower, "consistent": found.consistent, "upper": found.upper}
    studentized = inputs.get("studentize", True)
    return {
        f"arch_seed{seed}": p,
        "statistic": spa_statistic(benchmark, tried, block) if studentized else found.advantage,
    }


def stepwise(inputs: Inputs) -> dict[str, Any]:
    benchmark, tried = _contest(inputs)
    better = st.superior_models(
        benchmark,
        tried,
        size=inputs["size"],
        block_size=inputs["block_size"],
        repetitions=inputs["reps"],
        seed=inputs["seed"],
    )
    raises = len(better) == tried.shape[1]
    names = [NAMES[k] for k in sorted(better)]
    return {"superior": names, "arch_8_0_0_raises_ValueError": raises}


def _contest(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    held, r = crossovers(inputs["series"])
    cash = "cash" in inputs["benchmark"]
    return (np.zeros(len(r)) if cash else r), held * r[:, None]


def forward(inputs: Inputs) -> dict[str, Any]:
    held, r = crossovers(inputs["series"])
    found = st.forward_selection(
        held * r[:, None],
        inputs["train"],
        inputs["test"],
        step=inputs.get("step"),
        anchored=bool(inputs.get("anchored")),
    )
    outside = found.out_of_sample * YEAR
    return {
        "folds": len(found.picks),
        "picks": [NAMES[k] for k in found.picks],
        "is_mean_annual": (found.in_sample * YEAR).tolist(),
        "oos_mean_annual": outside.tolist(),
        "wfe": found.efficiency,
        "oos_sharpe": sharpe_ratio(found.stitched, YEAR),
        "oos_share_positive": float(np.mean(outside > 0)),
    }


def intervals(inputs: Inputs) -> dict[str, Any]:
    r = window_returns(inputs["series"], inputs.get("window"))
    block = float(inputs["mean_block"])
    points = st.bootstrap_intervals(r, YEAR, draws=50, mean_block=block)
    drawn = st.resampled_measures(r, YEAR, draws=4000, mean_block=block, seed=7)
    out = {}
    names = {"cagr": "cagr", "sharpe_ratio": "sharpe_annual", "max_drawdown": "max_drawdown"}
    for values, (key, name) in zip(drawn, names.items(), strict=True):
        low, tenth, middle, ninetieth, high = np.quantile(values, [0.025, 0.05, 0.5, 0.95, 0.975])
        out[name] = {
            "point": points[key].point,
            "q025": float(low),
            "q05": float(tenth),
            "median": float(middle),
            "q95": float(ninetieth),
            "q975": float(high),
            "sd": float(values.std(ddof=1)),
        }
    return out


def _both(value: float | None) -> dict[str, Any]:
    return {"published": value, "exact": value}


WAYS = {
    "lo_se": standard_error,
    "lo_eta": eta,
    "psr": probabilistic,
    "dsr": deflated,
    "emax": expected_maximum,
    "mintrl": record_length,
    "haircut": haircut,
    "multitest": adjusted,
    "pbo": overfitting,
    "perm": signs,
    "real": real,
    "wf": forward,
    "bootci": intervals,
}
