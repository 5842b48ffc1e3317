"""Numbers as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template

from alphabench.templatetags import formatting as f

N = "\u202f"
M = "\u2212"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0114, f"+1.1{N}%"),
        (-0.4567, f"{M}45.7{N}%"),
        (0.0, f"0.0{N}%"),
        (-0.00001, f"0.0{N}%"),
        (0.00001, f"0.0{N}%"),
        (12.5, f"+1,250.0{N}%"),
        (Decimal("0.1"), f"+10.0{N}%"),
        ("0.1", f"+10.0{N}%"),
        (None, "–"),
        ("", "–"),
        (float("nan"), "–"),
        (float("inf"), "–"),
        (True, "–"),
    ],
)
def test_percent_has_a_sign_a_true_minus_and_a_narrow_space(value: Any, text: str) -> None:
    assert f.percent(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0.12345, 0, f"+12{N}%"), (0.12345, 2, f"+12.34{N}%"), (0.12345, "no", f"+12.3{N}%")],
)
def test_percent_takes_decimals(value: float, decimals: Any, text: str) -> None:
    assert f.percent(value, decimals) == text


def test_plain_percent_has_a_sign_only_below_zero() -> None:
    assert f.percent_plain(0.55) == f"55.0{N}%"
    assert f.percent_plain(-0.55, 0) == f"{M}55{N}%"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0005, f"0.05{N}%"), (0.1, f"10{N}%"), (0, f"0{N}%"), (1, f"100{N}%")]
)
def test_exact_percent_shows_the_digits_there_are(value: Any, text: str) -> None:
    assert f.percent_exact(value) == text


def test_numbers_are_grouped_and_whole_ones_stay_whole() -> None:
    assert f.number(1234.5) == "1,234.50"
    assert f.number(1234) == "1,234"
    assert f.number(1234, 1) == "1,234.0"
    assert f.number(-1.005, 1) == f"{M}1.0"
    assert f.signed(0.5) == "+0.50"
    assert f.signed(-0.5, 1) == f"{M}0.5"
    assert f.signed(0) == "0.00"


def test_money_is_grouped_with_two_decimals() -> None:
    assert f.money(10114.4) == "10,114.40"
    assert f.money(Decimal("-3"), 0) == f"{M}3"
    assert f.money(None) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, f"0{N}ms"),
        (0.085, f"85{N}ms"),
        (0.9994, f"999{N}ms"),
        (0.9996, f"1.0{N}s"),
        (3.24, f"3.2{N}s"),
        (59.94, f"59.9{N}s"),
        (59.96, f"1{N}min 00{N}s"),
        (61.4, f"1{N}min 01{N}s"),
        (3599.6, f"1{N}h 00{N}min"),
        (3900, f"1{N}h 05{N}min"),
        (timedelta(hours=50), f"2{N}d 2{N}h"),
        (None, "–"),
    ],
)
def test_a_duration_shows_the_precision_that_matters(value: Any, text: str) -> None:
    assert f.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2005, 1, 3), "3 Jan 2005"),
        (datetime(2018, 12, 31, 21, tzinfo=UTC), "31 Dec 2018"),
        ("2009-03-09", "9 Mar 2009"),
        ("2009-03-09T00:00:00Z", "9 Mar 2009"),
        ("soon", "soon"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_a_day_leaves_no_order_of_numbers_to_guess(value: Any, text: str) -> None:
    assert f.day(value) == text


def test_the_colour_follows_the_sign() -> None:
    assert [f.signed_class(v) for v in (0.1, -0.1, 0, None, float("nan"))] == [
        "gain",
        "loss",
        "",
        "",
        "",
    ]


def test_every_template_has_the_filters_without_loading_them() -> None:
    shown = Template("{{ r|percent }} {{ r|percent:2 }} {{ r|signed_class }}").render(
        Context({"r": 0.0114})
    )
    assert shown == f"+1.1{N}% +1.14{N}% gain"
