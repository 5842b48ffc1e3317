"""Scenes on pages: of a run from its file, of an idea being typed from the cache."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.core.cache import cache

from backtests.fidelity import VERSION
from backtests.fidelity.charts import Chart, chart_of
from backtests.models import Artifact

if TYPE_CHECKING:
    from llm.specification import StrategySpec

log = structlog.get_logger(__name__)

# How long a reading waits for its scenes to be asked for, and how long they are kept.
ASKED_SECONDS, KEPT_SECONDS = 900, 24 * 3600
_ASKED, _KEPT = "scenes-asked:{}", "scenes:{}:{}"


@dataclass(frozen=True)
class Drawn:
    """One scene as a page shows it."""

    caption: str
    chart: Chart
    failed: bool


@dataclass(frozen=True)
class Page:
    """What a page says of scenes: the failed ones first."""

    failed: list[Drawn]
    scenes: list[Drawn]
    checked: int
    misread: int
    told_apart: int


def of_file(file: Artifact | None) -> Page | None:
    """The scenes of a run from its file; None where it has none."""
    return None if file is None else page_of(json.loads(file.read()))


def page_of(data: dict[str, Any]) -> Page:
    """Stored scenes, ready to be drawn."""
    return Page(
        [_drawn(scene, failed=True) for scene in data["failed"]],
        [_drawn(scene) for scene in data["scenes"]],
        data["checked"],
        data["misread"],
        data["told_apart"],
    )


def _drawn(scene: dict[str, Any], *, failed: bool = False) -> Drawn:
    return Drawn(scene["caption"], chart_of(scene), failed)


# -- while an idea is typed -------------------------------------------------------------------


def ask_for(spec: StrategySpec) -> str:
    """Note that these rules are being read; returns the name under which scenes are there."""
    from backtests.fidelity.demands import canonical  # pydantic is loaded by who read the idea

    text = canonical(spec)
    key = hashlib.sha256(text.encode()).hexdigest()[:32]
    cache.set(_ASKED.format(key), text, ASKED_SECONDS)
    return key


def ready(key: str) -> Page | None:
    """The scenes under this name if they have been built; None otherwise."""
    data = cache.get(_kept(key))
    return None if data is None else page_of(_for_preview(data))


def build(key: str) -> Page | None:
    """The scenes of rules that were asked for; None where there are none to show."""
    if (page := ready(key)) is not None:
        return page
    text = cache.get(_ASKED.format(key))
    if text is None:
        return None
    from backtests.fidelity.scenes import fidelity_of  # the engine's indicators are heavy
    from backtests.fidelity.showing import as_data
    from llm.specification import StrategySpec

    try:
        data = as_data(fidelity_of(StrategySpec.model_validate_json(text)))
    except Exception:  # a preview is no reason for an error page
        log.exception("scenes_failed")
        return None
    cache.set(_kept(key), data, KEPT_SECONDS)
    return page_of(_for_preview(data))


def _for_preview(data: dict[str, Any]) -> dict[str, Any]:
    """Two scenes beside the reading: an order, and one that does not come."""
    scenes = data["scenes"]
    first = [scene for scene in scenes if scene["kind"] == "order"] or scenes
    rest = [scene for scene in scenes if scene["kind"] == "miss"] or first[1:]
    return data | {"scenes": [*first[:1], *rest[:1]]}


def _kept(key: str) -> str:
    return _KEPT.format(VERSION, key)
