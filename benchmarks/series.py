"""A small drawing of several figures over a count; each is scaled by its own largest value."""

from benchmarks.linearity import DOCS

WIDTH, ROW, LEFT, RIGHT = 560, 56, 170, 90
STYLE = (
    "text{font:12px sans-serif;fill:#555b66}.value{font-variant-numeric:tabular-nums}"
    "line{stroke:#cfcdc4}polyline{fill:none;stroke:#3a48c8;stroke-width:1.5}"
)


def draw(name: str, what: str, taken: dict[int, dict[str, float]]) -> None:
    """Write docs/NAME: a row for each figure, from 0 to its largest value."""
    counts, names = list(taken), list(next(iter(taken.values())))
    height = ROW * len(names) + 30
    parts = []
    for row, figure in enumerate(names):
        values = [measured[figure] for measured in taken.values()]
        largest, bottom = max(*values, 1.0), ROW * (row + 1) - 8
        span = WIDTH - LEFT - RIGHT
        points = " ".join(
            f"{LEFT + span * count / max(counts):.1f},{bottom - (ROW - 20) * value / largest:.1f}"
            for count, value in zip(counts, values, strict=True)
        )
        parts += [
            f'<line x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>',
            f'<text x="8" y="{bottom - 12}">{figure}</text>',
            f'<polyline points="{points}"/>',
            f'<text class="value" x="{WIDTH - RIGHT + 8}" y="{bottom - 12}">'
            f"{values[0]:.0f} → {values[-1]:.0f}</text>",
        ]
    parts.append(f'<text x="{LEFT}" y="{height - 8}">0 to {max(counts):,} {what}</text>')
    (DOCS / name).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">'
        f"<style>{STYLE}</style>" + "".join(parts) + "</svg>\n"
    )
