"""A small drawing of cost against size, logarithmic both ways; a straight diagonal is linear."""

from math import log10
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
WIDTH, HEIGHT, MARGIN = 420, 260, 48
STYLE = (
    "text{font:12px sans-serif;fill:#555b66}line{stroke:#cfcdc4}"
    "polyline{fill:none;stroke:#3a48c8;stroke-width:2}circle{fill:#3a48c8}"
    ".linear{stroke:#8f95a0;stroke-dasharray:4 4;stroke-width:1}"
)


def draw(name: str, what: str, seconds: dict[int, float]) -> None:
    """Write docs/NAME: seconds by number, beside a line of the first cost in proportion."""
    sizes, costs = list(seconds), list(seconds.values())
    linear = [costs[0] * size / sizes[0] for size in sizes]
    lows = log10(min(sizes)), log10(min(*costs, *linear))
    spans = log10(max(sizes)) - lows[0], log10(max(*costs, *linear)) - lows[1]

    def at(size: float, cost: float) -> str:
        x = MARGIN + (log10(size) - lows[0]) / spans[0] * (WIDTH - 2 * MARGIN)
        y = HEIGHT - MARGIN - (log10(cost) - lows[1]) / spans[1] * (HEIGHT - 2 * MARGIN)
        return f"{x:.1f},{y:.1f}"

    ours = [at(*pair) for pair in zip(sizes, costs, strict=True)]
    parts = [
        f'<polyline class="linear" points="{" ".join(map(at, sizes, linear))}"/>',
        f'<polyline points="{" ".join(ours)}"/>',
        f'<text x="{MARGIN}" y="20">milliseconds by number of {what}; dashed: in proportion</text>',
    ]
    for size, cost, point in zip(sizes, costs, ours, strict=True):
        x, y = point.split(",")
        parts.append(f'<circle cx="{x}" cy="{y}" r="3"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT - 20}" text-anchor="middle">{size:,}</text>')
        parts.append(
            f'<text x="{float(x) - 6}" y="{float(y) - 8}" text-anchor="end">{1e3 * cost:.2g}</text>'
        )
    (DOCS / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<style>{STYLE}</style>" + "".join(parts) + "</svg>\n"
    )
