"""The files of a report: CSV, Markdown, PDF and the bundle that runs again."""

import csv
import io
import subprocess
import sys
import zipfile

import pytest
from django.core.files.storage import default_storage

from backtests.artifacts import attach, store
from reports import services
from reports.builders import charts, pdf
from reports.builders.bundle import build_bundle
from reports.builders.trades_csv import guarded, write_trades
from tests.pages.runs import DATA, FACTS, make_completed

PDF_PAGES = b"/Type /Page"


def test_trades_in_csv_have_full_precision(browser, alice):
    response = browser.get(f"/reports/{make_completed(alice).pk}/trades.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert len(rows) == len(FACTS["trades"])
    assert [float(row["entry_price"]) for row in rows] == [
        trade["entry_price"] for trade in FACTS["trades"]
    ]
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_would_be_a_formula_is_made_text(text):
    trade = FACTS["trades"][0] | {"symbol": text}
    [row] = csv.DictReader(io.StringIO(write_trades([trade]), newline=""))
    assert row["symbol"] == f"'{text}"


def test_numbers_stay_numbers_and_harmless_text_stays_itself():
    assert guarded(-1.5) == -1.5
    assert guarded("SPX") == "SPX"
    assert guarded(None) is None


def test_markdown_is_what_the_reporting_stage_wrote(browser, alice):
    response = browser.get(f"/reports/{make_completed(alice).pk}/report.md")
    assert response.content == b"# Report\n"
    assert response["Content-Type"].startswith("text/markdown")


def test_the_pdf_is_drawn_once_and_goes_with_its_last_report(
    browser, alice, django_capture_on_commit_callbacks
):
    first, second = make_completed(alice), make_completed(alice)
    url = f"/reports/{first.pk}/report.pdf"
    content = browser.get(url).content
    assert content.startswith(b"%PDF-")
    assert len(content) > 20_000
    path = pdf.pdf_path(services.report_of(run=first).facts_hash)
    assert default_storage.exists(path)
    assert browser.get(url).content == content
    services.report_of(run=second)
    with django_capture_on_commit_callbacks(execute=True):
        first.delete()
    assert default_storage.exists(path), "the second report has the same facts"
    with django_capture_on_commit_callbacks(execute=True):
        second.delete()
    assert not default_storage.exists(path)


def test_a_server_that_cannot_draw_pdfs_gives_a_page_that_prints(browser, alice, monkeypatch):
    def missing() -> None:
        raise pdf.PdfUnavailable("This server cannot make PDFs: a library of pango is missing.")

    monkeypatch.setattr(pdf, "_weasyprint", missing)
    response = browser.get(f"/reports/{make_completed(alice).pk}/report.pdf")
    page = response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    assert "a library of pango is missing" in page
    assert "css/pdf.css" in page
    assert '<svg class="chart"' in page
    assert " style=" not in page


def test_a_missing_library_is_an_answer_and_not_a_crash():
    program = (
        "import sys\n"
        "class Broken:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'weasyprint':\n"
        "            raise OSError('cannot load library libpango')\n"
        "sys.meta_path.insert(0, Broken())\n"
        "import django\n"
        "django.setup()\n"
        "from reports.builders import pdf\n"
        "try:\n"
        "    pdf.draw('<p>x</p>')\n"
        "except pdf.PdfUnavailable as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "libpango-1.0-0" in done.stdout, done.stderr


def test_still_charts_keep_the_deepest_fall_and_both_ends():
    values = [100.0 + index * 0.01 for index in range(5000)]
    values[1234] = 3.0
    kept = charts.thinned(values)
    assert len(kept) < 1000
    assert {0, 1234, 4999} <= set(kept)


def test_still_charts_are_drawn_inside_their_frame():
    chart = {
        "time": [86400 * day for day in range(800)],
        "equity": [10_000 * 1.001**day for day in range(800)],
        "benchmark": [10_000 * 0.999**day for day in range(800)],
        "drawdown": [0.0] * 800,
        "benchmark_drawdown": [0.999**day - 1 for day in range(800)],
    }
    for picture in (charts.growth(chart), charts.falls(chart)):
        points = [
            point.split(",")
            for path in picture.split(' d="M')[1:]
            for point in path.split('"')[0].split("L")
        ]
        assert len(points) > 800
        assert all(0 <= float(x) <= charts.WIDTH and 0 <= float(y) <= 226 for x, y in points)


def test_the_bundle_is_the_same_bytes_every_time(alice):
    report = services.report_of(run=make_completed(alice))
    content = build_bundle(report)
    assert build_bundle(report) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    assert {
        "alphabench/README.md",
        "alphabench/strategy.py",
        "alphabench/data.csv",
        "alphabench/requirements.txt",
        "alphabench/report.json",
        "alphabench/report.md",
        "alphabench/engine/__init__.py",
    } <= names


def test_the_bundle_runs_by_itself(browser, alice, tmp_path):
    run = make_completed(alice)
    prices = "time,open,high,low,close,volume\n" + "".join(
        f"2020-01-{day:02d},{price},{price + 2},{price - 2},{price + 1},1000\n"
        for day, price in enumerate((100, 99, 97, 94, 96, 101, 104, 99, 95, 97), 1)
    )
    attach(run, store("data", "full.csv", prices.encode(), version=2))
    content = browser.get(f"/reports/{run.pk}/bundle.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "strategy.py", "--data", "data.csv", "--log", "run.log"],
        cwd=tmp_path / "alphabench",
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "NUMBA_CACHE_DIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "alphabench" / "run.log").stat().st_size > 0


def test_the_data_of_these_tests_are_real():
    assert FACTS["dataset"]["bars"] == 502
    assert (DATA / "chart.json").stat().st_size > 10_000
