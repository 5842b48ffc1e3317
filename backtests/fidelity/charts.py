"""Scenes as geometry: where every candle, line and marker of a small chart lies.

The template only writes these numbers down, so a chart needs neither script nor style.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT = 340, 168
LEFT, RIGHT, TOP, BOTTOM = 4, 50, 14, 28
BODY = 0.62  # of the room of a candle
TIP, ROOM = 8, 5  # a marker's height, and its distance from the candle
STEPS = 3  # lines of the scale


@dataclass(frozen=True)
class Candle:
    """One bar: the wick from `high` to `low`, the body from `top` over `height`."""

    x: float
    left: float
    width: float
    high: float
    low: float
    top: float
    height: float
    rises: bool


@dataclass(frozen=True)
class Marker:
    """One order: a triangle below the candle for a purchase, above it for a sale."""

    points: str
    way: str
    is_script: bool
    title: str


@dataclass(frozen=True)
class Tick:
    """A line of the scale, or a day under the chart."""

    at: float
    label: str


@dataclass(frozen=True)
class Chart:
    """All that a template needs to draw a scene."""

    width: int
    height: int
    right: int
    floor: int
    days_at: int
    candles: list[Candle]
    lines: list[tuple[str, str]]
    markers: list[Marker]
    prices: list[Tick]
    days: list[Tick]
    meant: list[tuple[float, float]]
    symbol: str
    label: str


def chart_of(scene: dict[str, Any]) -> Chart:
    """The chart of a scene as `showing.scene_data` gives it."""
    scale = _Scale(scene)
    bars = scene["bars"]
    return Chart(
        WIDTH,
        HEIGHT,
        WIDTH - RIGHT + 6,
        HEIGHT - BOTTOM + 6,
        HEIGHT - 6,
        [scale.candle(k, *bar) for k, bar in enumerate(bars)],
        [(line["name"], scale.line(line["values"])) for line in scene["lines"]],
        _markers(scene, scale),
        scale.ticks(),
        _days(scene["days"], scale),
        [scale.room(k) for k in scene.get("days_meant", [])],
        scene["symbol"],
        _in_words(scene),
    )


class _Scale:
    def __init__(self, scene: dict[str, Any]) -> None:
        bars = scene["bars"]
        low, high = min(bar[2] for bar in bars), max(bar[1] for bar in bars)
        spread = (high - low) or high * 0.01
        # Lines of averages may lie far away; then they are cut off, the candles never.
        near = [
            value
            for line in scene["lines"]
            for value in line["values"]
            if value is not None and low - 0.5 * spread <= value <= high + 0.5 * spread
        ]
        self.low, self.high = min([low, *near]), max([high, *near])
        self.step = (WIDTH - LEFT - RIGHT) / len(bars)

    def x(self, k: int) -> float:
        return round(LEFT + (k + 0.5) * self.step, 1)

    def y(self, price: float) -> float:
        share = (price - self.low) / ((self.high - self.low) or 1.0)
        # Room for the markers above and below.
        top, bottom = TOP + TIP + ROOM, HEIGHT - BOTTOM - TIP - ROOM
        return round(bottom - share * (bottom - top), 1)

    def room(self, k: int) -> tuple[float, float]:
        """Left edge and width of all that belongs to a candle."""
        return round(LEFT + k * self.step, 1), round(self.step, 1)

    def candle(self, k: int, opened: float, high: float, low: float, close: float) -> Candle:
        top, bottom = self.y(max(opened, close)), self.y(min(opened, close))
        width = round(self.step * BODY, 1)
        return Candle(
            self.x(k),
            round(self.x(k) - width / 2, 1),
            width,
            self.y(high),
            self.y(low),
            top,
            round(max(bottom - top, 1.0), 1),
            close >= opened,
        )

    def line(self, values: list[float | None]) -> str:
        return " ".join(
            f"{self.x(k)},{self.y(value)}"
            for k, value in enumerate(values)
            if value is not None and self.low <= value <= self.high
        )

    def ticks(self) -> list[Tick]:
        digits = 0 if self.high >= 1000 else 1 if self.high >= 20 else 2
        prices = (self.low + (self.high - self.low) * k / (STEPS - 1) for k in range(STEPS))
        return [Tick(self.y(price), f"{price:,.{digits}f}") for price in prices]


def _markers(scene: dict[str, Any], scale: _Scale) -> list[Marker]:
    placed: dict[tuple[int, bool], int] = {}
    found = []
    for is_script, fills in ((False, scene["fills"]), (True, scene.get("script", []))):
        for fill in fills:
            if not 0 <= fill["at"] < len(scene["bars"]):
                continue
            is_buy = fill["way"] > 0
            rank = placed.get((fill["at"], is_buy), 0)
            placed[fill["at"], is_buy] = rank + 1
            found.append(_marker(scene, scale, fill, rank, is_script=is_script))
    return found


def _marker(
    scene: dict[str, Any], scale: _Scale, fill: dict[str, Any], rank: int, *, is_script: bool
) -> Marker:
    k, is_buy = fill["at"], fill["way"] > 0
    _, high, low, _ = scene["bars"][k]
    x, shift = scale.x(k), rank * (TIP + 1)
    if is_buy:
        tip = scale.y(low) + ROOM + shift
        base = tip + TIP
    else:
        tip = scale.y(high) - ROOM - shift
        base = tip - TIP
    points = f"{x},{tip:.1f} {x - 4.5:.1f},{base:.1f} {x + 4.5:.1f},{base:.1f}"
    who = "The script: " if is_script else ""
    title = f"{who}{fill['word']} at {fill['price']:,.2f} on {scene['days'][k]}"
    return Marker(points, "buy" if is_buy else "sell", is_script, title)


def _days(days: list[str], scale: _Scale) -> list[Tick]:
    """The first day, and the first of each month after it where there is room."""
    found = [Tick(scale.x(0), days[0])]
    for k, (before, day) in enumerate(pairwise(days), 1):
        if day[:7] != before[:7] and scale.x(k) - found[-1].at > 90 and k < len(days) - 5:
            found.append(Tick(scale.x(k), day))
    return found


def _in_words(scene: dict[str, Any]) -> str:
    bars, days = scene["bars"], scene["days"]
    orders = [
        f"{fill['word']} at {fill['price']:,.2f} on {days[fill['at']]}"
        for fill in scene["fills"]
        if 0 <= fill["at"] < len(days)
    ]
    symbol = f" of {scene['symbol']}" if scene["symbol"] else ""
    told = f"{len(bars)} candles{symbol} from {days[0]} to {days[-1]}, close {bars[0][3]:,.2f} to "
    return f"{told}{bars[-1][3]:,.2f}. Orders: {', '.join(orders) or 'none'}."
