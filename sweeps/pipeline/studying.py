"""Studying: scores, the ledger, the tests on bars not chosen from, the gate, the verdict."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backtests import ledger
from backtests.pipeline.executing import simulation_config
from engine import Bars, Decisions
from engine.validation import study as studies
from engine.validation.kfold import KFold
from engine.validation.walk_forward import WalkForward
from sweeps.models import Sweep
from sweeps.pipeline import gate
from sweeps.pipeline.computing import World, named, stored

CURVE_POINTS = 400


@dataclass(frozen=True)
class Found:
    """A sweep's result as rows keep it: JSON, None for what is undefined."""

    columns: dict[str, list[Any]]
    study: dict[str, Any]
    headline: dict[str, Any]


def study(sweep: Sweep, lost: threading.Event) -> Found:
    """Score every combination, test the best, and judge.

    Raises `RunRefused` when a combination that a result rests on reads the future.
    """
    world = World.of(sweep.run)
    config = simulation_config(sweep.run.read_json("spec"))
    variants = _variants(sweep, world.bars)
    scored = studies.score_all(world.bars, variants, config)
    count = _enter(sweep, scored, world.bars)
    found = studies.examine(
        world.bars,
        variants,
        scored,
        config,
        tried=count.variants,
        sharpe_variance=count.sharpe_variance,
    )
    points, kept = [], []
    for pick in found.picks:
        points.append(_point(sweep, pick))
        kept.append(variants.at(pick))
    cuts = gate.look_for_the_future(world, points, kept, lost)
    return Found(
        columns=_columns(sweep, scored),
        study=_told(sweep, world.bars, found, count.variants, cuts),
        headline={
            "word": found.verdict.word,
            "level": found.verdict.level,
            "best": None if scored.best is None else named(_point(sweep, scored.best)),
        },
    )


def _variants(sweep: Sweep, bars: Bars) -> studies.Variants:
    def chunks() -> Iterator[list[Decisions]]:
        for chunk in sweep.chunks.iterator(chunk_size=1):
            yield stored(chunk, len(bars))

    edges = list(sweep.chunks.values_list("first", flat=True))

    @lru_cache(maxsize=64)  # the picks of a study, each asked for once or twice
    def at(number: int) -> Decisions:
        place = int(np.searchsorted(edges, number, "right")) - 1
        chunk = sweep.chunks.get(first=edges[place])
        return stored(chunk, len(bars))[number - edges[place]]

    return studies.Variants(sweep.parsed_axes, sweep.numbers, chunks, at)


def _enter(sweep: Sweep, scored: studies.Scored, bars: Bars) -> ledger.Tally:
    """Enter every combination in the ledger of what was tried for the idea, and count it all.

    This comes before the look-ahead gate: what is refused there was tried as well.
    """
    if sweep.run.lineage_id is None:  # a run from before there was a ledger
        ledger.join_lineage(sweep.run, sweep.run.read_json("spec")["symbol"])
    per_bar = scored.sharpe_ratio / np.sqrt(bars.periods_per_year)
    points = sweep.points(0, sweep.combinations)
    trials = (
        ledger.Trial(point, _number(ratio), len(bars) - 1)
        for point, ratio in zip(points, per_bar.tolist(), strict=True)
    )
    ledger.record_many(sweep.run, trials)
    return ledger.tally(sweep.run)


def _point(sweep: Sweep, number: int) -> dict[str, Any]:
    return sweep.points(number, 1)[0]


def _columns(sweep: Sweep, scored: studies.Scored) -> dict[str, list[Any]]:
    points = sweep.points(0, sweep.combinations)
    columns: dict[str, list[Any]] = {
        f"params.{axis.name}": [point[axis.name] for point in points] for axis in sweep.parsed_axes
    }
    for name in studies.MEASURES:
        columns[name] = [_number(value) for value in getattr(scored, name).tolist()]
    columns["trades"] = [int(value) for value in scored.trades]
    return columns


def _told(sweep: Sweep, bars: Bars, found: studies.Study, tried: int, cuts: int) -> dict[str, Any]:
    best, around = found.scored.best, found.evidence.stability
    return {
        "version": 1,
        "bars": len(bars),
        "best": None if best is None else best,
        "verdict": {
            "level": found.verdict.level,
            "word": found.verdict.word,
            "sentence": found.verdict.sentence,
            "reasons": list(found.verdict.reasons),
        },
        "luck": {
            "variants_tried": tried,
            "deflated_sharpe_ratio": _number(found.evidence.deflated_sharpe_ratio),
            "spa_p_value": _number(found.evidence.spa_p_value),
            "probability_of_backtest_overfitting": _number(found.evidence.pbo),
            "sampled": found.sampled,
        },
        "stability": None
        if around is None
        else {
            "kind": around.kind,
            "score": _number(around.score),
            "neighbours": around.neighbours,
            "neighbour_sharpe": _number(around.neighbour_sharpe),
            "sentence": around.sentence,
            "edges": list(around.at_edge),
        },
        "walk_forward": [
            _walk(sweep, bars, walk) for walk in (found.anchored, found.rolling) if walk
        ],
        "kfold": None if found.folds is None else _kfold(sweep, bars, found.folds),
        "gate": {"cuts": cuts, "combinations": len(found.picks)},
    }


def _walk(sweep: Sweep, bars: Bars, walk: WalkForward) -> dict[str, Any]:
    shown = np.unique(np.linspace(0, len(walk.equity) - 1, CURVE_POINTS).round().astype(int))
    times = bars.time[walk.first :][shown].astype("datetime64[s]").astype(np.int64)
    return {
        "kind": walk.kind,
        "total_return": _number(walk.total_return),
        "cagr": _number(walk.cagr),
        "sharpe_ratio": _number(walk.sharpe_ratio),
        "max_drawdown": _number(walk.max_drawdown),
        "efficiency": _number(walk.efficiency),
        "steps": [
            {
                **_days(bars, "train", step.window.train),
                **_days(bars, "test", step.window.test),
                "params": None if step.pick is None else _point(sweep, step.pick),
                "train_sharpe": _number(step.train_sharpe),
                "test_sharpe": _number(step.test_sharpe),
                "train_return": _number(step.train_return),
                "test_return": _number(step.test_return),
            }
            for step in walk.steps
        ],
        "time": times.tolist(),
        "equity": [round(value, 2) for value in walk.equity[shown].tolist()],
    }


def _kfold(sweep: Sweep, bars: Bars, found: KFold) -> dict[str, Any]:
    return {
        "purge": found.purge,
        "embargo": found.embargo,
        "train_sharpe": _number(found.train_sharpe),
        "test_sharpe": _number(found.test_sharpe),
        "folds": [
            {
                **_days(bars, "test", result.fold.test),
                "params": None if result.pick is None else _point(sweep, result.pick),
                "train_sharpe": _number(result.train_sharpe),
                "test_sharpe": _number(result.test_sharpe),
                "test_return": _number(result.test_return),
            }
            for result in found.folds
        ],
    }


def _days(bars: Bars, name: str, span: tuple[int, int]) -> dict[str, str]:
    start, stop = span
    return {
        f"{name}_start": str(bars.time[start])[:10],
        f"{name}_end": str(bars.time[stop - 1])[:10],
    }


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
