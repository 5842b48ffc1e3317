"""Files as people have them, and the sentences for those that cannot be used."""

import gzip
import io

import numpy as np
import pytest

from market import files
from market.errors import FileRefused
from market.files import read_prices

FULL = b"""Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,10,12,9,11,10.5,1000
2024-01-03,11,13,10,12.25,11.5,2000
"""


def parquet(columns: dict[str, object]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        FULL,
        b"\xef\xbb\xbf" + FULL,
        FULL.replace(b"\n", b"\r\n"),
        FULL.replace(b",", b";"),
        FULL.replace(b",", b"\t"),
        gzip.compress(FULL),
        FULL.replace(b"Date", b"timestamp").replace(b"Close,Adj Close", b"CLOSE/LAST,adj_close"),
    ],
    ids=["plain", "mark", "windows", "semicolon", "tab", "gzip", "spelling"],
)
def test_a_full_file_is_read_as_it_stands(content: bytes) -> None:
    columns, adjusted = read_prices(content, "prices.csv")

    assert not adjusted
    assert columns.close.tolist() == [11.0, 12.25]
    assert columns.open.tolist() == [10.0, 11.0]
    assert columns.volume.tolist() == [1000.0, 2000.0]
    assert columns.has_range and columns.has_volume


def test_closes_alone_make_a_series_without_ranges() -> None:
    columns, adjusted = read_prices(b"date,price\n2024-01-02,1.5\n2024-01-03,1.6\n", "p.csv")

    assert not adjusted
    assert not columns.has_range and not columns.has_volume
    assert columns.open.tolist() == columns.low.tolist() == [1.5, 1.6]


def test_adjusted_closes_alone_are_known_to_be_adjusted() -> None:
    columns, adjusted = read_prices(b"date,Adj Close\n2024-01-02,1.5\n", "p.csv")

    assert adjusted
    assert columns.close.tolist() == [1.5]


def test_dollars_and_thousands_are_understood() -> None:
    columns, _ = read_prices(b'date,close\n2024-01-02,"$1,234.50"\n2024-01-03,$7\n', "p.csv")

    assert columns.close.tolist() == [1234.5, 7.0]


def test_a_parquet_file_with_an_index_is_read() -> None:
    import pyarrow as pa

    days = pa.array(np.array(["2024-01-02", "2024-01-03"], dtype="datetime64[ms]"))
    content = parquet({"Close": [1.5, 1.6], "Volume": [3, 4], "__index_level_0__": days})

    columns, _ = read_prices(content, "p.parquet")

    assert [str(day)[:10] for day in columns.time] == ["2024-01-02", "2024-01-03"]
    assert columns.volume.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "names no columns"),
        (b"date,close\n", "holds no rows"),
        (b"close\n1\n", "No column holds the day"),
        (b"date,open\n2024-01-02,1\n", "No column holds closing prices.*“date”, “open”"),
        (b"date,open,close\n2024-01-02,1,1\n", "“open” but no high and low"),
        (b"date,close\n2024-01-02,1\n2024-01-03,x7\n", "Row 2: “x7” in “close” is no number"),
        (b'date,close\n2024-01-02,"1,5"\n', "Row 1: “1,5” in “close” is no number"),
        (b"date,close,close\n2024-01-02,1,1\n", "“close” occurs more than once"),
        (b"date,close\n2024-01-02,1\n2024-01-03\n", "cannot be read.*Expected 2 columns, got 1"),
        (b"date,close\n2024-01-02,\xff\n", "neither Parquet nor CSV text in UTF-8"),
        (b"\x00\x01\x02", "neither Parquet nor CSV"),
        (b"\x1f\x8bnonsense", "cannot be unzipped"),
        (b"PAR1 and nothing more", "cannot be read"),
        (b",".join(b"c%d" % i for i in range(70)) + b"\n", "70 columns"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_why(content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        read_prices(content, "prices.csv")


def test_a_small_archive_of_a_huge_file_is_refused() -> None:
    bomb = gzip.compress(b"0" * (files.MAX_BYTES + 1))

    assert len(bomb) < 100_000
    with pytest.raises(FileRefused, match="unzips to more than 32 MB"):
        read_prices(bomb, "prices.csv.gz")


def test_a_parquet_file_of_too_many_rows_is_refused() -> None:
    rows = files.MAX_ROWS + 1
    content = parquet({"date": np.zeros(rows, dtype="datetime64[ms]"), "close": np.ones(rows)})

    with pytest.raises(FileRefused, match="200,001 rows; 200,000 is the most"):
        read_prices(content, "p.parquet")


def test_a_parquet_column_of_words_is_no_price() -> None:
    content = parquet({"date": ["2024-01-02"], "close": [[1.0]]})

    with pytest.raises(FileRefused, match=r"“close” holds list.*not numbers"):
        read_prices(content, "p.parquet")
