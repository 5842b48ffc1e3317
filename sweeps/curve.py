"""The stitched out-of-sample equity as a line: coordinates for a drawing of 100 by 30."""

from collections.abc import Mapping
from typing import Any

WIDTH, HEIGHT = 1000, 240
MARGIN = 8


def curve(walk: Mapping[str, Any]) -> dict[str, Any]:
    """The points of the line, where the account began, and the edges between windows."""
    equity, times = walk["equity"], walk["time"]
    start = equity[0] if equity else 0.0
    low, high = min(equity, default=0.0), max(equity, default=0.0)
    first, last = times[0], times[-1]

    def x(time: float) -> float:
        return round((time - first) / max(1, last - first) * WIDTH, 1)

    def y(value: float) -> float:
        return round(
            HEIGHT - MARGIN - (value - low) / ((high - low) or 1) * (HEIGHT - 2 * MARGIN), 1
        )

    points = zip(times, equity, strict=True)
    return {
        "points": " ".join(f"{x(time)},{y(value)}" for time, value in points),
        "start": y(start),
        "width": WIDTH,
        "height": HEIGHT,
    }
