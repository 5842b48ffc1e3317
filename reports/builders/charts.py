"""Still pictures of a report's curves, for paper: plain SVG, drawn from `chart.json`.

The page draws the same numbers live; here each curve is thinned to the lowest and highest value
of every column of the picture, so no fall disappears.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH = 720
LEFT = 44
COLUMNS = 320
MINUS = "−"
# Paper's colours, as attributes: WeasyPrint does not read a page's stylesheet inside a picture.
INK = 'font-family="Inter" font-size="8.5" fill="#6b717d"'
STROKES = {"us": ("#3a48c8", 1.4), "them": ("#8f95a0", 0.9), "dd": ("#b8431f", 1.0)}


@dataclass(frozen=True)
class Frame:
    """The mapping from numbers to the drawing: x by bar, y linear or logarithmic."""

    bars: int
    height: float
    low: float
    high: float
    logarithmic: bool = False

    def x(self, bar: float) -> float:
        """Where a bar lies."""
        return LEFT + bar * (WIDTH - LEFT - 4) / max(self.bars - 1, 1)

    def y(self, value: float) -> float:
        """Where a value lies; high is up."""
        low, high = self._scaled(self.low), self._scaled(self.high)
        span = (high - low) or 1.0
        return 6 + (high - self._scaled(value)) / span * (self.height - 12)

    def _scaled(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.logarithmic else value


def growth(chart: dict[str, Any], height: float = 210) -> SafeString:
    """Equity and buy and hold on a logarithmic scale."""
    curves = [chart["benchmark"], chart["equity"]]
    low, high = min(map(min, curves)), max(map(max, curves))
    frame = Frame(len(chart["time"]), height, low, high, logarithmic=low > 0)
    ticks = [(value, _thousands(value)) for value in _log_ticks(low, high)]
    paths = [("them", _path(chart["benchmark"], frame)), ("us", _path(chart["equity"], frame))]
    return _picture(chart, frame, ticks, paths, "Growth of the account and of buy and hold")


def falls(chart: dict[str, Any], height: float = 110) -> SafeString:
    """Falls from the last peak, of the account and of buy and hold."""
    curves = [chart["benchmark_drawdown"], chart["drawdown"]]
    low = min(min(map(min, curves)), -0.01)
    frame = Frame(len(chart["time"]), height, low, 0.0)
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5) if -low / s <= 4.5 or s == 0.5)
    values = [-step * index for index in range(int(-low / step) + 1)]
    ticks = [(v, f"{MINUS if v else ''}{abs(v) * 100:.0f} %") for v in values]
    paths = [("them", _path(curves[0], frame)), ("dd", _path(curves[1], frame))]
    return _picture(chart, frame, ticks, paths, "Falls from the last peak")


def _picture(
    chart: dict[str, Any],
    frame: Frame,
    ticks: Sequence[tuple[float, str]],
    paths: Sequence[tuple[str, str]],
    label: str,
) -> SafeString:
    grid = format_html_join(
        "",
        '<line stroke="#e4e3dd" stroke-width="0.6" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        [
            (LEFT, WIDTH - 4, y, y, LEFT - 6, f"{float(y) + 3:.1f}", text)
            for y, text in ((f"{frame.y(value):.1f}", text) for value, text in ticks)
        ],
    )
    curves = format_html_join(
        "",
        '<path fill="none" stroke-linejoin="round" stroke="{}" stroke-width="{}" d="{}"/>',
        [(*STROKES[name], path) for name, path in paths],
    )
    years = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        [(f"{frame.x(bar):.1f}", frame.height + 10, name) for bar, name in _years(chart["time"])],
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-label="{}"><g {}>{}</g>{}<g {}>{}</g></svg>',
        WIDTH, frame.height + 16, WIDTH, frame.height + 16, label,
        mark_safe(INK), grid, curves, mark_safe(INK), years,
    )  # fmt: skip


def _path(values: Sequence[float], frame: Frame) -> str:
    points = [f"{frame.x(bar):.1f},{frame.y(values[bar]):.1f}" for bar in thinned(values)]
    return "M" + "L".join(points)


def thinned(values: Sequence[float], columns: int = COLUMNS) -> list[int]:
    """The positions that matter: of every column the lowest and the highest, and both ends."""
    count = len(values)
    if count <= 2 * columns:
        return list(range(count))
    kept = {0, count - 1}
    for column in range(columns):
        span = range(column * count // columns, (column + 1) * count // columns)
        kept |= {min(span, key=values.__getitem__), max(span, key=values.__getitem__)}
    return sorted(kept)


def _log_ticks(low: float, high: float) -> list[float]:
    """Round values between low and high: 1, 2 and 5 times powers of ten, or fewer."""
    if low <= 0:
        return []
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        found = [s * 10**power for power in powers for s in steps if low <= s * 10**power <= high]
        if len(found) <= 7:
            return found
    return found


def _years(times: Sequence[int]) -> list[tuple[int, str]]:
    """The first bar of each year, thinned so that the names do not touch."""
    firsts: list[tuple[int, str]] = []
    last = None
    for bar, time in enumerate(times):
        year = datetime.fromtimestamp(time, UTC).year
        if year != last and bar > 0:
            firsts.append((bar, str(year)))
        last = year
    step = max(1, math.ceil(len(firsts) / 12))
    return firsts[::step]


def _thousands(value: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
