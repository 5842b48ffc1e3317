"""The facts of a report: every figure from trusted books, every sentence from those figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backtests.models import BacktestRun
from backtests.report.caveats import caveats
from backtests.report.fragility import tell_fragility
from backtests.report.luck import tell_luck
from backtests.report.regimes import tell_regimes
from backtests.report.verdict import verdict
from engine import (
    ENGINE_VERSION,
    Books,
    Decisions,
    Signals,
    SimulationConfig,
    Trade,
    simulate,
)
from engine import metrics as measures
from engine import statistics as luck_of
from engine.fragility import fragile
from engine.portfolio import Panel, PortfolioBooks, equal_weights
from engine.worlds import Intent, World


@dataclass(frozen=True)
class Subject:
    """What a report is about."""

    idea: str
    spec: Mapping[str, Any]
    bars: World
    decisions: Intent
    config: SimulationConfig
    dataset: Mapping[str, Any]
    script_hash: str
    variants_tried: int
    provenance: Mapping[str, Any]
    trials_sharpe_variance: float | None = None


@dataclass(frozen=True)
class Study:
    """The simulations a report compares."""

    books: Books
    benchmark: Books
    dearer: Books


def study(subject: Subject) -> Study:
    """Simulate the strategy, buy and hold, and the strategy at twice the costs."""
    config = subject.config
    return Study(
        books=simulate(subject.bars, subject.decisions, config),
        benchmark=buy_and_hold(subject.bars, config),
        dearer=fragile(subject.bars, subject.decisions, config, cost_factor=2.0),
    )


def buy_and_hold(bars: World, config: SimulationConfig) -> Books:
    """Bought at the open after the first bar, never sold, the same costs."""
    if isinstance(bars, Panel):
        return simulate(bars, equal_weights(bars), config)
    enter = np.zeros(len(bars), dtype=bool)
    enter[0] = True
    return simulate(bars, Decisions.from_signals(Signals(enter=enter), len(bars)), config)


def tell(subject: Subject, study: Study) -> dict[str, Any]:
    """Everything `report.json` holds (version 1, `docs/architecture.md`)."""
    metrics = summary_of(study.books, study.benchmark)
    benchmark = summary_of(study.benchmark)
    luck = tell_luck(subject, study)
    judged = luck_of.luck_verdict(
        luck["probabilistic_sharpe_ratio"],
        luck["deflated_sharpe_ratio"],
        luck["random_entry_share"],
        trades=len(study.books.trades),
    )
    return {
        "version": 1,
        "title": subject.spec["title"],
        "idea": subject.idea,
        "dataset": dict(subject.dataset),
        "settings": dict(subject.spec["settings"]),
        "reading": {name: subject.spec[name] for name in ("echo", "chips", "assumptions")}
        | {"assumption_choices": subject.spec.get("assumption_choices", [])},
        "verdict": verdict(
            metrics,
            benchmark,
            luck,
            level=judged.level,
            evidence=judged.evidence,
            trades=len(study.books.trades),
            held_name=subject.dataset["held_name"],
        ),
        "luck": luck,
        "metrics": metrics,
        "benchmark": {"name": benchmark_name(subject.bars), "metrics": benchmark},
        "trade_metrics": measures.trade_figures(study.books),
        "costs": tell_costs(subject, study, metrics),
        "fragility": tell_fragility(subject, study),
        "regimes": tell_regimes(subject, study),
        "months": measures.monthly_returns(study.books.bars, study.books),
        "trades": [tell_trade(n, trade) for n, trade in enumerate(study.books.trades, 1)],
        "provenance": {
            "dataset_hash": subject.dataset["content_hash"],
            "script_hash": subject.script_hash,
            "parameters": dict(subject.spec["params"]),
            "engine_version": ENGINE_VERSION,
            "provider": subject.spec["provider"],
            **subject.provenance,
        },
    }


def headline(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The few figures that lists show."""
    return {
        "total_return": facts["metrics"]["total_return"],
        "cagr": facts["metrics"]["cagr"],
        "max_drawdown": facts["metrics"]["max_drawdown"],
        "trades": facts["trade_metrics"]["trades"],
        "level": facts["verdict"]["level"],
        "word": facts["verdict"]["word"],
        "symbol": facts["dataset"]["symbol"],
        "first_day": facts["dataset"]["first_day"],
        "last_day": facts["dataset"]["last_day"],
    }


def summary_of(books: Books, benchmark: Books | None = None) -> dict[str, Any]:
    """Every measure; the turnover of several symbols counts what moves between them."""
    summary = measures.summarize(books, books.bars, benchmark)
    if isinstance(books, PortfolioBooks):
        summary["turnover"] = measures.turnover(books.weights, books.bars.periods_per_year)
    return summary


def benchmark_name(bars: World) -> str:
    """What a result is compared with."""
    return "equal weights, held" if isinstance(bars, Panel) else "buy and hold"


def describe_dataset(run: BacktestRun, bars: World) -> dict[str, Any]:
    """The slice that was traded."""
    datasets = run.datasets()
    names = [dataset.symbol.name for dataset in datasets]
    article = "the " if datasets[0].symbol.kind == "index" else ""
    adjusted = all(dataset.adjusted for dataset in datasets)
    return {
        "symbol": ",".join(dataset.symbol.ticker for dataset in datasets),
        "name": ", ".join(names),
        # "the S&P 500", but "Apple"
        "held_name": article + names[0] if len(names) == 1 else "all of them in equal parts",
        "first_day": str(bars.time[0])[:10],
        "last_day": str(bars.time[-1])[:10],
        "bars": len(bars),
        "content_hash": run.data_hash(),
        "has_volume": bars.has_volume,
        "has_range": bars.has_range,
        "adjusted": adjusted,
        "notes": caveats(bars, adjusted),
    }


def tell_costs(subject: Subject, study: Study, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """What trading cost, and how much more it could have cost."""
    dearer = summary_of(study.dearer)
    return {
        "charged": study.books.costs.charged,
        "commission": study.books.costs.commission,
        "slippage": study.books.costs.slippage,
        "break_even_commission": luck_of.break_even_commission(
            subject.bars, subject.decisions, subject.config
        ),
        "total_return_at_twice": dearer["total_return"],
        "cagr_at_twice": dearer["cagr"],
    }


def tell_trade(number: int, trade: Trade) -> dict[str, Any]:
    """One row of the trades table."""
    return {
        "number": number,
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_time": trade.entry_time.isoformat(),
        "exit_time": trade.exit_time.isoformat(),
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "quantity": trade.quantity,
        "pnl": trade.pnl,
        "return": trade.return_,
        "bars_held": trade.bars_held,
        "exit_reason": trade.exit_reason,
        "open_at_end": trade.open_at_end,
    }
