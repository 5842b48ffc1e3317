"""Bars: what is accepted, what is refused, and that nothing is lost on the way."""

from pathlib import Path

import numpy as np
import pytest

from engine import Bars, BarsError
from tests.engine.markets import flat_days, index_bars, scene


def test_csv_and_matrix_round_trips_keep_every_bit(tmp_path: Path) -> None:
    bars = index_bars()
    (tmp_path / "bars.csv").write_text(bars.to_csv())
    np.save(tmp_path / "bars.npy", bars.to_matrix())
    for name in ("bars.csv", "bars.npy"):
        again = Bars.read(tmp_path / name)
        assert again.time.tolist() == bars.time.tolist()
        assert again.to_matrix().tobytes() == bars.to_matrix().tobytes()
        assert again.to_csv() == bars.to_csv()


def test_columns_cannot_be_written_to() -> None:
    bars = flat_days(1, 2, 3)
    for name in ("time", "open", "high", "low", "close", "volume"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(bars, name)[0] = getattr(bars, name)[1]


def test_a_frame_gives_the_bars_back() -> None:
    bars = scene((1, 3, 0.5, 2), (2, 4, 1, 3))
    again = Bars.from_frame(bars.frame)
    assert again.to_csv() == bars.to_csv()
    assert str(bars.frame.index.tz) == "UTC"


def test_close_only_series_say_that_they_have_no_range() -> None:
    days = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]")
    bare = Bars.from_columns(days, close=[1.0, 2.0])
    assert (bare.has_range, bare.has_volume) == (False, False)
    assert bare.open.tolist() == bare.high.tolist() == bare.low.tolist() == [1.0, 2.0]
    full = Bars.from_columns(days, [1, 2], [2, 3], [1, 1], [2, 2], [5, 0])
    assert (full.has_range, full.has_volume) == (True, True)
    assert full.head(1).has_volume and bare.between("2024-01-02", None).has_range is False


def test_between_takes_both_days_and_head_the_first() -> None:
    bars = flat_days(1, 2, 3, 4)
    assert bars.between("2024-01-02", "2024-01-03").close.tolist() == [2.0, 3.0]
    assert bars.between(None, "2023-12-31").close.tolist() == []
    assert bars.head(3).close.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"close": [1, np.nan, 3]}, "Row 1 .* has no number as close"),
        ({"close": [1, 0, 3]}, "Row 1 .* close that is not positive"),
        ({"open": [1, 2, np.inf]}, "Row 2 .* has no number as open"),
        ({"volume": [1, -1, 1]}, "Row 1 .* volume that is negative"),
        ({"high": [1, 1, 3], "low": [1, 1, 3]}, "Row 1 .* open or close above its high"),
        ({"high": [9, 9, 9], "low": [1, 2, 10]}, "Row 2 .* high below its low"),
        ({"low": [1, 2.5, 3]}, "Row 1 .* high below its low|Row 1 .* below its low"),
        ({"time": ["2024-01-01", "2024-01-01", "2024-01-02"]}, "Row 1 .* repeats the time"),
        ({"time": ["2024-01-02", "2024-01-01", "2024-01-03"]}, "Row 1 .* earlier than the row"),
        ({"time": ["2024-01-02", "NaT", "2024-01-03"]}, "Row 1 .* has no time"),
        ({"time": ["2024-01-02", "soon", "2024-01-03"]}, "does not hold dates"),
        ({"open": [1, 2]}, r"column open has the shape \(2,\)"),
        ({"close": ["a", "b", "c"]}, "column close does not hold numbers"),
        ({"time": []}, "not a single bar"),
        ({"close": None}, "need a close column"),
    ],
)
def test_bad_data_are_refused_with_the_row(change: dict[str, object], sentence: str) -> None:
    columns: dict[str, object] = {
        "time": ["2024-01-01", "2024-01-02", "2024-01-03"],
        "open": [1, 2, 3],
        "high": [1, 2, 3],
        "low": [1, 2, 3],
        "close": [1, 2, 3],
        "volume": [1, 1, 1],
    }
    with pytest.raises(BarsError, match=sentence):
        Bars.from_columns(**{**columns, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no close column"),
        ("time,close\n", "not a single bar"),
        ("time,open\n2024-01-01,1\n", "no close column"),
        ("time,close\n2024-01-01,1,2\n", "Row 0 has 3 cells, the header has 2"),
        ("time,close\n2024-01-01,one\n", "close does not hold numbers"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "bars.csv").write_text(text)
    with pytest.raises(BarsError, match=sentence):
        Bars.read(tmp_path / "bars.csv")


def test_pickled_and_misshapen_arrays_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}]), allow_pickle=True)
    np.save(tmp_path / "narrow.npy", np.ones((3, 2)))
    for name, sentence in (("objects.npy", "not a matrix"), ("narrow.npy", "six columns")):
        with pytest.raises(BarsError, match=sentence):
            Bars.read(tmp_path / name)
    with pytest.raises(BarsError, match="read from"):
        Bars.read(tmp_path / "bars.xlsx")


def stamps(start: str, step_hours: float, count: int) -> np.ndarray:
    seconds = (np.arange(count) * step_hours * 3600).astype("timedelta64[s]")
    return np.datetime64(start, "s") + seconds


def exchange_days(count: int) -> np.ndarray:
    days = np.datetime64("2024-01-01") + np.arange(count * 2)
    return days[np.is_busday(days)][:count].astype("datetime64[s]")


def exchange_hours() -> np.ndarray:
    return np.concatenate(
        [day + np.arange(7) * np.timedelta64(3600, "s") for day in exchange_days(60)]
    )


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (exchange_days(500), 252),
        (stamps("2024-01-01", 24, 400), 365),
        (stamps("2024-01-01", 24 * 7, 60), 52),
        (np.arange("2020-01", "2024-01", dtype="datetime64[M]").astype("datetime64[s]"), 12),
        (exchange_hours(), 252 * 6.5),
        (stamps("2024-01-01", 1, 1000), 365 * 24),
        (stamps("2024-01-01", 4, 1000), 365 * 6),
        (exchange_days(1), 252),
    ],
    ids=["days", "seven days", "weeks", "months", "hours", "all hours", "four hours", "one bar"],
)
def test_a_year_is_counted_from_the_timestamps(time: np.ndarray, expected: float) -> None:
    bars = Bars.from_columns(time, close=np.ones(len(time)))
    assert bars.periods_per_year == pytest.approx(expected)


def test_the_index_has_252_bars_a_year() -> None:
    assert index_bars().periods_per_year == 252
