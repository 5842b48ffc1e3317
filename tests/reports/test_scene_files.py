"""Scenes in the files of a report: drawn in the PDF, told in the Markdown."""

import json
import re
import zlib

import pytest
from django.core.files.storage import default_storage

from backtests.artifacts import attach, store
from backtests.fidelity.pages import of_file
from backtests.fidelity.scenes import fidelity_of
from backtests.fidelity.showing import as_data
from reports import services
from reports.builders import pdf, scenes
from tests.backtests.planted_specs import SPECS
from tests.pages.runs import make_completed

# Paper's colours of a purchase and a sale, as a PDF writes them.
BOUGHT, SOLD = (0x0B, 0x7A, 0x6F), (0xB8, 0x43, 0x1F)


@pytest.fixture
def run(alice, request):
    run = make_completed(alice, {"idea": request.node.name})  # a PDF of its own for each test
    data = as_data(fidelity_of(SPECS["rsi2"]))
    attach(run, store("scenes", "scenes.json", json.dumps(data).encode()))
    return run


def fills_of(content: bytes) -> set[tuple[int, int, int]]:
    """Every colour that a PDF fills something with."""
    found = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        for colour in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|scn)\b", text):
            found.add(tuple(round(float(part) * 255) for part in colour))
    return found


def test_the_pdf_draws_the_scenes_in_the_colours_of_their_orders(browser, run, alice):
    content = browser.get(f"/reports/{run.pk}/report.pdf").content
    assert content.startswith(b"%PDF-")
    assert {BOUGHT, SOLD} <= fills_of(content)


def test_every_scene_is_drawn_once_with_its_sentence(run):
    page = of_file(run.artifact("scenes"))
    drawn = scenes.pictures(page, with_style=True)
    assert [one.caption for one in drawn] == [scene.caption for scene in page.scenes]
    assert len(drawn) >= 3
    for one in drawn:
        assert one.drawing.count("<svg") == 1
        assert one.drawing.index("<svg") < one.drawing.index("<style>") < one.drawing.index("<line")


def test_a_page_that_is_printed_has_the_scenes_and_no_style_of_its_own(browser, run, monkeypatch):
    def missing() -> None:
        raise pdf.PdfUnavailable("This server cannot make PDFs.")

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    page = browser.get(f"/reports/{run.pk}/report.pdf").content.decode()
    assert page.count('<svg class="scene-chart"') >= 3
    assert "<style" not in page
    assert "css/scenes-paper.css" in page


def test_other_scenes_are_another_pdf_and_all_of_them_go_with_the_report(
    browser, run, alice, django_capture_on_commit_callbacks
):
    plain = make_completed(alice, {"idea": run.read_json("facts")["idea"]})
    facts_hash = services.report_of(run=run).facts_hash
    assert facts_hash == services.report_of(run=plain).facts_hash
    contents = {browser.get(f"/reports/{one.pk}/report.pdf").content for one in (run, plain)}
    assert len(contents) == 2
    paths = [
        pdf.pdf_path(facts_hash),
        pdf.pdf_path(facts_hash, run.artifact("scenes").content_hash),
    ]
    assert all(map(default_storage.exists, paths))
    with django_capture_on_commit_callbacks(execute=True):
        run.delete()
        plain.delete()
    assert not any(map(default_storage.exists, paths))
