"""What speaks for skill and what for luck: each question with its figure, formula and source.

The figures are facts of the report; this says what they ask, how they are computed and where that
comes from. The formulas themselves are in `engine.statistics`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backtests.report.wording import DASH, number, percent

Luck = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """One question to a result: how its answer is written and where it comes from."""

    key: str
    question: str
    answer: Callable[[Luck], str]
    interval: Callable[[Luck], str]
    meaning: str
    formula: str
    source: str


@dataclass(frozen=True)
class Row:
    """One answered question, as the page and the PDF show it."""

    question: Question
    answer: str
    interval: str

    @property
    def fact_key(self) -> str:
        """Where the answer is in the facts."""
        name = self.question.key.removeprefix("bootstrap_")
        resampled = name != self.question.key
        return f"luck.bootstrap.intervals.{name}.point" if resampled else f"luck.{name}"


def rows(facts: Mapping[str, Any]) -> list[Row]:
    """Every question that this report can answer."""
    luck = facts["luck"]
    answered = (Row(q, q.answer(luck), q.interval(luck)) for q in QUESTIONS)
    return [row for row in answered if row.answer not in ("", DASH)]


def _none(_: Luck) -> str:
    return ""


def _sharpe_interval(luck: Luck) -> str:
    error = luck.get("sharpe_standard_error")
    if error is None:
        return ""
    return f"± {number(error)} (one standard error)"


def _share(key: str) -> Callable[[Luck], str]:
    return lambda luck: percent(luck.get(key), 0, sign=False)


def _resampled(
    name: str, *, as_percent: bool
) -> tuple[Callable[[Luck], str], Callable[[Luck], str]]:
    """The point and the interval of one measure of the bootstrap."""

    def write(value: float | None) -> str:
        return percent(value) if as_percent else number(value)

    def measure(luck: Luck) -> Mapping[str, Any]:
        return ((luck.get("bootstrap") or {}).get("intervals") or {}).get(name) or {}

    def answer(luck: Luck) -> str:
        return write(measure(luck).get("point")) if measure(luck) else ""

    def interval(luck: Luck) -> str:
        found = measure(luck)
        if not found:
            return ""
        return f"{write(found['low'])} to {write(found['high'])} (95 % of resampled histories)"

    return answer, interval


def _record(luck: Luck) -> str:
    needed = luck.get("minimum_track_record_bars")
    if luck.get("sharpe_ratio") is None:
        return ""
    return "no length would do" if needed is None else f"{number(needed, 0)} bars"


def _record_there(luck: Luck) -> str:
    return f"there are {number(luck.get('track_record_bars'), 0)}"


def _variants(luck: Luck) -> str:
    return number(luck.get("variants_tried"), 0)


def _random_draws(luck: Luck) -> str:
    return f"of {number(luck.get('random_entry_draws'), 0)} random histories"


_BOOTSTRAP = (
    "Days are drawn again in blocks of random length, so that what hangs together stays "
    "together, and the measure is taken of each new history."
)
_POLITIS = (
    "D. Politis and J. Romano, The stationary bootstrap, JASA 89 (1994); block length: A. Patton, "
    "D. Politis and H. White, Econometric Reviews 28 (2009)"
)

QUESTIONS = [
    Question(
        "sharpe_ratio",
        "How much return for the risk?",
        lambda luck: number(luck.get("sharpe_ratio")),
        _sharpe_interval,
        "The Sharpe ratio a year. Where zero lies within two standard errors, chance explains it.",
        "mean(r) / std(r) × √P, standard error √((1 + SR² / 2) / T) × √P",
        "A. Lo, The statistics of Sharpe ratios, Financial Analysts Journal 58 (2002)",
    ),
    Question(
        "probabilistic_sharpe_ratio",
        "How likely is the true Sharpe ratio above zero?",
        _share("probabilistic_sharpe_ratio"),
        _none,
        "Allows for the length of the record and for lopsided, fat-tailed returns.",
        "Φ(SR √(T − 1) / √(1 − skew × SR + (kurtosis − 1) / 4 × SR²))",
        "D. Bailey and M. López de Prado, The Sharpe ratio efficient frontier, Journal of Risk 15 "
        "(2012)",
    ),
    Question(
        "deflated_sharpe_ratio",
        "And after everything that was tried?",
        _share("deflated_sharpe_ratio"),
        lambda luck: f"{_variants(luck)} tried" if luck.get("variants_tried") else "",
        "The best of many tries looks good by chance alone. This asks for more than the best of "
        "as many worthless tries would show.",
        "the same against SR₀ = √V × ((1 − γ) Z(1 − 1/N) + γ Z(1 − 1/(N e)))",
        "D. Bailey and M. López de Prado, The deflated Sharpe ratio, Journal of Portfolio "
        "Management 40 (2014)",
    ),
    Question(
        "minimum_track_record_bars",
        "How long a record would settle it?",
        _record,
        _record_there,
        "Bars needed before a Sharpe ratio like this one is above zero with 95 % confidence.",
        "1 + (1 − skew × SR + (kurtosis − 1) / 4 × SR²) × (Z(0.95) / SR)²",
        "D. Bailey and M. López de Prado (2012)",
    ),
    Question(
        "random_entry_share",
        "How often did random entries do as well?",
        _share("random_entry_share"),
        _random_draws,
        "The same trades, as many and as long, put on random days. Five in a hundred or fewer "
        "speak for the timing.",
        "(k + 1) / (B + 1), k of B random histories at least as good",
        "permutation test: B. Phipson and G. Smyth, Statistical Applications in Genetics and "
        "Molecular Biology 9 (2010)",
    ),
    Question(
        "bootstrap_cagr",
        "What return a year could the same days have given?",
        *_resampled("cagr", as_percent=True),
        _BOOTSTRAP,
        "percentiles 2.5 and 97.5 of the resampled measure",
        _POLITIS,
    ),
    Question(
        "bootstrap_sharpe_ratio",
        "What Sharpe ratio?",
        *_resampled("sharpe_ratio", as_percent=False),
        _BOOTSTRAP,
        "percentiles 2.5 and 97.5 of the resampled measure",
        _POLITIS,
    ),
    Question(
        "bootstrap_max_drawdown",
        "What worst fall?",
        *_resampled("max_drawdown", as_percent=True),
        _BOOTSTRAP + " The fall that did happen is one of many that could have.",
        "percentiles 2.5 and 97.5 of the resampled measure",
        _POLITIS,
    ),
]
