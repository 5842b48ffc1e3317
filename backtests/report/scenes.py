"""Scenes in Markdown: each with its sentence and the few bars that matter, to check by hand."""

from collections.abc import Iterable, Mapping
from typing import Any

from backtests.report.marking import plain, table
from backtests.report.wording import number

Scene = Mapping[str, Any]

FEWEST = 3  # bars shown of a scene without an order
INSIDE = ("stop", "target")  # what makes a trade end after the open of its bar


def write(data: Mapping[str, Any]) -> Iterable[str]:
    """The scenes as `backtests.fidelity` stored them, those that a script failed first."""
    shown = [*data.get("failed", ()), *data.get("scenes", ())]
    if not shown:
        return
    yield "## What it would do"
    yield ""
    yield "Made-up prices, orders by the rules. Of each scene the bars around what is decided:"
    yield ""
    for place, scene in enumerate(shown, 1):
        yield from _scene(place, scene)


def _scene(place: int, scene: Scene) -> Iterable[str]:
    of = f" ({plain(scene['symbol'])})" if scene["symbol"] else ""
    yield f"**Scene {place}**{of}: {plain(scene['caption'])}"
    yield ""
    lines = [line for line in scene["lines"] if line["values"]]
    header = ("day", "open", "high", "low", "close", *(plain(line["name"]) for line in lines), "")
    yield from table(
        header,
        (
            (
                scene["days"][bar],
                *(number(price) for price in scene["bars"][bar]),
                *(number(line["values"][bar]) for line in lines),
                _happens(scene, bar),
            )
            for bar in _telling(scene)
        ),
    )


def _telling(scene: Scene) -> list[int]:
    """The bars that decide, those with an order, and as many before them as make a picture."""
    bars = range(len(scene["days"]))
    orders = [*scene["fills"], *scene.get("script", ())]
    found = {*scene.get("days_meant", ()), *(fill["at"] for fill in orders)} & set(bars)
    first = min(found, default=len(bars))
    while len(found) < min(FEWEST, len(bars)) and first > 0:
        first -= 1
        found.add(first)
    return sorted(found)


def _happens(scene: Scene, bar: int) -> str:
    """What is decided and what is filled on a bar."""
    told = [_order(fill) for fill in _filled(scene["fills"], bar)]
    told += [f"the script: {_order(fill)}" for fill in _filled(scene.get("script", ()), bar)]
    if bar in scene.get("days_meant", ()):
        told.append("decides")
    return ", ".join(told)


def _filled(fills: Iterable[Mapping[str, Any]], bar: int) -> list[Mapping[str, Any]]:
    """The orders of a bar as they come: what leaves at the open, what enters, what is stopped."""
    there = (fill for fill in fills if fill["at"] == bar)
    return sorted(there, key=lambda fill: 1 if fill["opens"] else 2 * (fill["reason"] in INSIDE))


def _order(fill: Mapping[str, Any]) -> str:
    return f"{fill['word']} at {number(fill['price'])}"
