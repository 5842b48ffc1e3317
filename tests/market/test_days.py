"""Days in the spellings of real files."""

import pytest

from market.days import parse_days
from market.errors import FileRefused


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-31", "2024-02-13"],
        ["2024-01-31 00:00:00", "2024-02-13 00:00:00"],
        ["2024-01-31T16:00:00-05:00", "2024-02-13T16:00:00-05:00"],
        ["2024/01/31", "2024/2/13"],
        ["20240131", "20240213"],
        ["1/31/2024", "2/13/2024"],
        ["31/1/2024", "13/2/2024"],
        ["31.01.2024", "13.02.2024"],
        ["1706659200", "1707782400"],
        ["1706659200000", "1707782400000"],
    ],
)
def test_every_spelling_gives_the_same_days(texts: list[str]) -> None:
    assert [str(day) for day in parse_days(texts)] == [
        "2024-01-31T00:00:00",
        "2024-02-13T00:00:00",
    ]


def test_an_instant_falls_on_the_day_of_the_named_place() -> None:
    midnight_in_tokyo = ["2024-01-30T15:00:00Z", "1706659200"]

    assert str(parse_days(midnight_in_tokyo[:1], "Asia/Tokyo")[0])[:10] == "2024-01-31"
    assert str(parse_days(midnight_in_tokyo[1:], "America/New_York")[0])[:10] == "2024-01-30"


@pytest.mark.parametrize(
    ("texts", "timezone", "sentence"),
    [
        (["1/2/2024", "2/3/2024"], "UTC", "Day and month cannot be told apart"),
        (["2024-01-31", "yesterday"], "UTC", "Row 2: the time “yesterday”"),
        (["2024-02-31"], "UTC", "Row 1: the time “2024-02-31” is no date"),
        (["", "2024-01-31"], "UTC", "Row 1: the time “empty” is no date"),
        (["2024-01-31"], "Mars/Olympus", "no time zone “Mars/Olympus”"),
    ],
)
def test_what_is_no_day_is_named(texts: list[str], timezone: str, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        parse_days(texts, timezone)
