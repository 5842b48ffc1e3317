"""The facts of a report: every figure from trusted books, every sentence from those figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backtests.report.verdict import verdict
from engine import (
    ENGINE_VERSION,
    Bars,
    Books,
    Decisions,
    Signals,
    SimulationConfig,
    Trade,
    simulate,
)
from engine import metrics as measures
from engine import statistics as luck_of

RANDOM_DRAWS = 1000
# Fixed, so that the same run always tells the same story.
SEED = 20_050_101


@dataclass(frozen=True)
class Subject:
    """What a report is about."""

    idea: str
    spec: Mapping[str, Any]
    bars: Bars
    decisions: Decisions
    config: SimulationConfig
    dataset: Mapping[str, Any]
    script_hash: str
    variants_tried: int
    provenance: Mapping[str, Any]


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
        dearer=simulate(subject.bars, subject.decisions, at_twice_the_costs(config)),
    )


def buy_and_hold(bars: Bars, config: SimulationConfig) -> Books:
    """Bought at the open after the first bar, never sold, the same costs."""
    enter = np.zeros(len(bars), dtype=bool)
    enter[0] = True
    return simulate(bars, Decisions.from_signals(Signals(enter=enter), len(bars)), config)


def at_twice_the_costs(config: SimulationConfig) -> SimulationConfig:
    """The same money at twice the commission and slippage."""
    return SimulationConfig(
        initial_cash=config.initial_cash,
        commission=2 * config.commission,
        slippage=2 * config.slippage,
    )


def tell(subject: Subject, study: Study) -> dict[str, Any]:
    """Everything `report.json` holds (version 1, `docs/architecture.md`)."""
    metrics = measures.summarize(study.books, subject.bars, study.benchmark)
    benchmark = measures.summarize(study.benchmark, subject.bars)
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
        "reading": {name: subject.spec[name] for name in ("echo", "chips", "assumptions")},
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
        "benchmark": {"name": "buy and hold", "metrics": benchmark},
        "trade_metrics": measures.trade_summary(study.books.trades),
        "costs": tell_costs(subject, study, metrics),
        "months": measures.monthly_returns(subject.bars, study.books),
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


def describe_dataset(dataset: Any, bars: Bars) -> dict[str, Any]:
    """The slice that was traded."""
    return {
        "symbol": dataset.symbol.ticker,
        "name": dataset.symbol.name,
        # "the S&P 500", but "Apple"
        "held_name": ("the " if dataset.symbol.kind == "index" else "") + dataset.symbol.name,
        "first_day": str(bars.time[0])[:10],
        "last_day": str(bars.time[-1])[:10],
        "bars": len(bars),
        "content_hash": dataset.content_hash,
        "has_volume": bars.has_volume,
        "has_range": bars.has_range,
        "adjusted": dataset.adjusted,
    }


def tell_luck(subject: Subject, study: Study) -> dict[str, Any]:
    """The figures of the luck panel."""
    returns = measures.returns(study.books.equity, subject.config.initial_cash)
    per_year = subject.bars.periods_per_year
    random = luck_of.random_entries(subject.bars, study.books, draws=RANDOM_DRAWS, seed=SEED)
    return {
        "sharpe_ratio": measures.sharpe_ratio(returns, per_year),
        "sharpe_standard_error": luck_of.sharpe_standard_error(returns, per_year),
        "probabilistic_sharpe_ratio": luck_of.probabilistic_sharpe_ratio(returns),
        "deflated_sharpe_ratio": luck_of.deflated_sharpe_ratio(returns, subject.variants_tried),
        "variants_tried": subject.variants_tried,
        "random_entry_share": random,
        "random_entry_draws": RANDOM_DRAWS,
        "minimum_track_record_bars": luck_of.minimum_track_record_length(returns),
        "track_record_bars": len(returns),
    }


def tell_costs(subject: Subject, study: Study, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """What trading cost, and how much more it could have cost."""
    dearer = measures.summarize(study.dearer, subject.bars)
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
