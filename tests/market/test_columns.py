"""One form in bytes, one hash, and files that give every bit back."""

from dataclasses import replace

import numpy as np
import pytest

from market.columns import NAMES, Columns
from market.importing import Prepared

DAYS = np.array(["2024-01-02", "2024-01-03"], dtype="datetime64[s]")


def two_bars() -> Columns:
    return Columns.closes_only(DAYS, np.array([1.1, 1.2]))


def test_the_hash_is_sha256_of_a_documented_text() -> None:
    import hashlib
    import struct

    head = b"alphabench bars 1\nABC\n1d\n0\n2\n"
    rows = struct.pack("<12d", 1704153600, 1.1, 1.1, 1.1, 1.1, 0, 1704240000, 1.2, 1.2, 1.2, 1.2, 0)

    assert two_bars().content_hash("ABC", "1d", False) == hashlib.sha256(head + rows).hexdigest()


@pytest.mark.parametrize(
    ("ticker", "content_hash"),
    [
        ("SPX", "f0c4a76f638716be965c7a452a2859e1422eebfb755c22228a8dbbf59e6de442"),
        ("IXIC", "1736f3f7579730ee4b1a547ca079f30ace85b1cc6c61ba4c86d0dc73c570f054"),
        ("KO", "9d8a9118f4cf9288fd44b91a650fd8aefb12e5719f2d214b0b4a4319662ac81a"),
    ],
)
def test_hashes_of_real_prices_never_change(
    prepared: list[Prepared], ticker: str, content_hash: str
) -> None:
    series = next(each for each in prepared if each.series.listing.ticker == ticker)

    assert series.content_hash == content_hash


def test_every_difference_changes_the_hash() -> None:
    columns = two_bars()
    nudged = replace(columns, close=np.nextafter(columns.close, 2))
    later = replace(columns, time=columns.time + np.timedelta64(1, "s"))
    hashes = {
        columns.content_hash("ABC", "1d", False),
        columns.content_hash("ABD", "1d", False),
        columns.content_hash("ABC", "1w", False),
        columns.content_hash("ABC", "1d", True),
        nudged.content_hash("ABC", "1d", False),
        later.content_hash("ABC", "1d", False),
    }

    assert len(hashes) == 6


def test_a_zero_with_a_sign_is_a_zero() -> None:
    columns = two_bars()

    signed = replace(columns, volume=np.array([-0.0, 0.0]))

    assert signed.content_hash("A", "1d", False) == columns.content_hash("A", "1d", False)


def test_a_parquet_file_gives_every_bit_back() -> None:
    rng = np.random.default_rng(3)
    time = np.arange(500) * np.timedelta64(86400, "s") + np.datetime64("1950-01-01", "s")
    columns = Columns(time, *rng.lognormal(0, 30, (5, 500)))

    back = Columns.from_parquet(columns.to_parquet())

    for name in NAMES:
        np.testing.assert_array_equal(getattr(back, name), getattr(columns, name))
    assert back.time.dtype == "datetime64[s]"
