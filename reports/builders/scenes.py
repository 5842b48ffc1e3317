"""Scenes on paper: the drawing of the page, in paper's colours."""

from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from backtests.fidelity.pages import Drawn, Page

TEMPLATE = "backtests/_chart.html"
STYLESHEET = "css/scenes-paper.css"


@dataclass(frozen=True)
class Picture:
    """One scene: its drawing and the sentence below."""

    drawing: SafeString
    caption: str
    lines: list[str]


def pictures(page: Page | None, *, with_style: bool) -> list[Picture]:
    """The scenes of a report, those that a script failed first.

    WeasyPrint reads no stylesheet of the page inside a picture, so each brings its own; a page in a
    browser has the stylesheet and may not hold another.
    """
    if page is None:
        return []
    style = stylesheet().read_text() if with_style else ""
    return [_picture(scene, style) for scene in (*page.failed, *page.scenes)]


def _picture(scene: Drawn, style: str) -> Picture:
    drawing: str = render_to_string(TEMPLATE, {"chart": scene.chart})
    if style:
        opening, _, rest = drawing.partition(">")
        drawing = f"{opening}><style>{style}</style>{rest}"
    # The template has escaped what it was given, and the stylesheet is ours.
    return Picture(mark_safe(drawing), scene.caption, [name for name, _ in scene.chart.lines])


def stylesheet() -> Path:
    """Paper's colours of a scene."""
    return Path(str(finders.find(STYLESHEET)))
