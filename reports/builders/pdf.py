"""The report on paper: the page's facts in a print layout, drawn by WeasyPrint.

WeasyPrint needs pango, which pip cannot install, and takes most of a second to import. So it is
imported when the first PDF is wanted, and its absence is an answer and not a crash.
"""

import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string

from backtests.fidelity.pages import Page
from reports.builders import charts, scenes
from reports.models import Report


class PdfUnavailable(Exception):
    """This server cannot make PDFs; the message says what is missing."""


def pdf_path(facts_hash: str, scenes_hash: str = "") -> str:
    """Where the PDF of these facts and scenes lies in storage, for the present layout."""
    scenes_name = f"-{scenes_hash[:12]}" if scenes_hash else ""
    return f"{_folder(facts_hash)}/{facts_hash}-{layout_version()}{scenes_name}.pdf"


def _folder(facts_hash: str) -> str:
    return f"reports/{facts_hash[:2]}"


@cache
def layout_version() -> str:
    """A name for the present layout: another template or stylesheet makes other files."""
    templates = settings.BASE_DIR / "templates"
    sources = [
        templates / "reports" / "pdf.html",
        templates / scenes.TEMPLATE,
        _stylesheet(),
        scenes.stylesheet(),
        Path(charts.__file__),
        Path(scenes.__file__),
    ]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]


def pdf_of(report: Report, context: dict[str, Any]) -> bytes:
    """The PDF of a report, drawn once and kept.

    Raises `PdfUnavailable` where WeasyPrint or what it needs is missing.
    """
    acted_out = report.run.artifact("scenes")
    path = pdf_path(report.facts_hash, acted_out.content_hash if acted_out else "")
    if default_storage.exists(path):
        with default_storage.open(path, "rb") as file:
            return bytes(file.read())
    drawn = pictures_of(report, context["scenes"], with_style=True)
    content = draw(render_to_string("reports/pdf.html", context | drawn))
    default_storage.save(path, ContentFile(content))
    return content


def pictures_of(report: Report, page: Page | None, *, with_style: bool) -> dict[str, Any]:
    """All that is drawn in a report on paper, as its template calls it."""
    return {
        "charts": charts_of(report),
        "scene_pictures": scenes.pictures(page, with_style=with_style),
    }


def charts_of(report: Report) -> list[tuple[str, Any]]:
    """The still pictures of a report, each with its heading."""
    chart = report.run.read_json("chart")
    if not chart or len(chart["time"]) < 2:
        return []
    capital = report.facts["settings"]["initial_capital"]
    return [
        (f"Growth of {capital:,.0f}", charts.growth(chart)),
        ("Falls from the last peak", charts.falls(chart)),
    ]


def draw(html: str) -> bytes:
    """Turn a page into PDF, with nothing fetched from anywhere."""
    weasyprint = _weasyprint()
    fonts = weasyprint.text.fonts.FontConfiguration()
    style = weasyprint.CSS(filename=str(_stylesheet()), font_config=fonts)
    page = weasyprint.HTML(string=html, base_url=str(_stylesheet().parent))
    return bytes(page.write_pdf(stylesheets=[style], font_config=fonts))


def discard_pdf(facts_hash: str) -> None:
    """Delete every PDF of these facts: older layouts and other scenes have their own."""
    folder = _folder(facts_hash)
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        if name.startswith(facts_hash):
            default_storage.delete(f"{folder}/{name}")


def _stylesheet() -> Path:
    found = finders.find("css/pdf.css")
    if not found:
        raise PdfUnavailable("The print stylesheet is missing from this installation.")
    return Path(found)


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable(
            "This server cannot make PDFs: a library of pango is missing "
            "(libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0). "
            "Print this page instead; it is laid out for paper."
        ) from error
    # It tells every step of every page; only what goes wrong is news.
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    return weasyprint
