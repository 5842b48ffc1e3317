"""Scenes as plain data: what is stored with a run and what a page draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from backtests.fidelity import VERSION
from backtests.fidelity.captions import caption, overlays
from backtests.fidelity.check import Failure
from backtests.fidelity.outcomes import Fill, Outcome
from backtests.fidelity.scenes import Fidelity, Scene
from engine import Bars, Panel
from llm.specification import StrategySpec


def as_data(fidelity: Fidelity, failures: list[Failure] | None = None) -> dict[str, Any]:
    """All scenes, and first those that a script failed."""
    failed = failures or []
    broken = {id(failure.scene) for failure in failed}
    return {
        "version": VERSION,
        "misread": fidelity.misread,
        "told_apart": fidelity.misread - len(fidelity.missed),
        "checked": len(fidelity.scenes) + len(fidelity.probes),
        "failed": [
            scene_data(fidelity.spec, one.scene, failed=one) for one in failed[:3]
        ],
        "scenes": [
            scene_data(fidelity.spec, scene)
            for scene in fidelity.scenes
            if id(scene) not in broken
        ],
    }  # fmt: skip


def scene_data(spec: StrategySpec, scene: Scene, failed: Failure | None = None) -> dict[str, Any]:
    """One scene: the candles that are shown, the orders, and the sentence below."""
    bars = _drawn(scene)
    shown = slice(scene.first, scene.last + 1)
    one = isinstance(scene.world, Bars)
    return {
        "kind": _kind(scene) if failed is None else "failed",
        "caption": caption(spec, scene.world, scene.moment) if failed is None else failed.sentence,
        "symbol": "" if one else bars.symbol,
        "days": np.datetime_as_string(bars.time[shown], unit="D").tolist(),
        "bars": np.column_stack(
            [column[shown] for column in (bars.open, bars.high, bars.low, bars.close)]
        ).tolist(),
        "days_meant": _days_meant(scene, failed),
        "fills": _fills(scene, scene.outcome, bars),
        "script": _fills(scene, failed.outcome, bars) if failed and failed.outcome else [],
        "lines": [
            {"name": name, "values": [_rounded(value) for value in values[shown]]}
            for name, values in (overlays(spec, bars) if one else [])
            if not np.isnan(values[shown]).all()
        ],
    }


def _kind(scene: Scene) -> str:
    """What the scene is there for: an order, an order that does not come, a misreading."""
    if scene.moment.other is not None:
        return "misreading"
    return "miss" if scene.moment.fill is None and scene.moment.exit is None else "order"


def _days_meant(scene: Scene, failed: Failure | None) -> list[int]:
    """The bars that the caption speaks of: those whose close decides."""
    if failed is not None:
        return [failed.bar - scene.first]
    moment = scene.moment
    decided = [
        fill.bar - 1
        for fill in (moment.fill, moment.exit)
        if fill is not None and (fill.opens or fill.reason in ("signal", "reverse", "trail"))
    ]
    bars = decided or [moment.first if moment.missing is not None else moment.last]
    return [bar - scene.first for bar in bars if scene.first <= bar <= scene.last]


def _drawn(scene: Scene) -> Bars:
    """The candles of a scene: of several symbols those of the one that is bought, sold or held."""
    if isinstance(scene.world, Panel):
        fill, held = scene.moment.fill, scene.outcome.table[scene.moment.first]
        return scene.world[fill.symbol] if fill is not None else scene.world.bars[held.argmax()]
    return scene.world


def _fills(scene: Scene, outcome: Outcome, bars: Bars) -> list[dict[str, Any]]:
    return [
        {
            "at": fill.bar - scene.first,
            "word": fill.word,
            "opens": fill.opens,
            "way": fill.way,
            "price": _price(fill, bars),
            "reason": fill.reason,
        }
        for fill in outcome.fills()
        if scene.first <= fill.bar <= scene.last and fill.symbol in ("", bars.symbol)
    ]


def _price(fill: Fill, bars: Bars) -> float:
    """Weights are traded at the open."""
    price = float(bars.open[fill.bar]) if np.isnan(fill.price) else fill.price
    return round(price, 4)


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
