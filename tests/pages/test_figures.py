"""Small renderings: figures, months, curves, ages."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.utils import timezone

from backtests.report.chart import sparkline as curve_of
from backtests.templatetags import code, figures
from reports.glossary import Figure


@pytest.mark.parametrize(
    ("style", "digits", "value", "text"),
    [
        ("signed", 1, 0.1234, "+12.3\u202f%"),
        ("signed", 1, -0.1234, "−12.3\u202f%"),
        ("percent", 1, 0.0951, "9.5\u202f%"),
        ("number", 2, -0.7, "−0.70"),
        ("count", 2, 1234, "1,234"),
        ("money", 2, 10114.4, "10,114.40"),
        ("signed", 1, None, "–"),
        ("count", 2, None, "–"),
    ],
)
def test_a_figure_is_written_in_its_style(style, digits, value, text):
    assert figures.as_figure(value, Figure("key", "Label", style, "Meaning.", digits)) == text


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (None, "void", ""),
        (0.0, "still", ""),
        (0.0002, "still", "0.0"),
        (0.012, "g1", "+1.2"),
        (0.03, "g2", "+3.0"),
        (-0.012, "l1", "−1.2"),
        (-0.2, "l2", "−20.0"),
    ],
)
def test_a_month_has_a_class_and_a_sign(value, name, text):
    assert (figures.heat(value), figures.points(value)) == (name, text)


@pytest.mark.parametrize(
    ("value", "text"), [(None, "1.5%"), (0.0, "1.5%"), (0.784, "78.4%"), (1.0, "98.5%")]
)
def test_a_share_keeps_its_dot_inside_the_scale(value, text):
    assert figures.share(value) == text


def test_days_sort_as_text():
    assert figures.iso_day("2018-10-05T00:00:00+00:00") == "2018-10-05"
    assert figures.iso_day(date(2018, 10, 5)) == "2018-10-05"
    assert figures.iso_day(datetime(2018, 10, 5, 23, tzinfo=UTC)) == "2018-10-05"
    assert figures.iso_day(None) == "–"
    assert figures.year("2018-10-05") == "2018"


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=7), "7 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=12), "12 days ago"),
    ],
)
def test_an_age_is_told_in_its_coarsest_unit(age, text):
    assert figures.ago(timezone.now() - age) == text


def test_long_ago_is_a_day():
    moment = timezone.now() - timedelta(days=90)
    assert figures.ago(moment) == moment.date().isoformat()


def test_a_curve_keeps_both_ends_and_is_short():
    study = SimpleNamespace(books=SimpleNamespace(equity=np.linspace(10_000, 12_345.4, 5000)))
    points = curve_of(study)
    assert len(points) == 48
    assert (points[0], points[-1]) == (10_000, 12_345)
    few = SimpleNamespace(books=SimpleNamespace(equity=np.array([1.0, 3.0, 2.0])))
    assert curve_of(few) == [1, 3, 2]


def test_a_curve_is_drawn_inside_its_frame_without_styles():
    picture = code.sparkline([1, 5, 3], 96, 24)
    points = picture.split('points="')[1].split('"')[0].split()
    assert points == ["0.0,23.0", "48.0,1.0", "96.0,12.0"]
    assert "style" not in picture


@pytest.mark.parametrize("values", [None, [], [3]])
def test_nothing_to_draw_draws_nothing(values):
    assert code.sparkline(values) == ""


def test_a_flat_curve_is_a_line():
    assert "nan" not in code.sparkline([5, 5, 5])


def test_a_script_is_highlighted_by_classes_and_escaped():
    page = code.python('x = "<b>"  # <i>\n')
    assert "&lt;b&gt;" in page
    assert "<i>" not in page
    assert 'class="' in page
    assert "style=" not in page


def test_changes_are_escaped():
    assert code.changes("a\n", "<b>\n").count("&lt;b&gt;") == 1
