"""Every function of TA-Lib, by both spellings, beside TA-Lib's own abstract interface."""

import numpy as np
import pytest
import talib
import talib.abstract

from engine import ta
from engine.indicators.names import TALIB_NAMES
from tests.engine.markets import index_bars

BARS = index_bars().head(600)
COLUMNS = {
    name: np.array(getattr(BARS, name)) for name in ("open", "high", "low", "close", "volume")
}
# Our lower-case versions of these take shorter arguments, or order their results otherwise.
OURS = set(ta.__all__) & {name.lower() for name in talib.get_functions()}


def theirs(name: str, n: int = 600) -> list[np.ndarray]:
    columns = {key: column[:n].copy() for key, column in COLUMNS.items()}
    found = talib.abstract.Function(name)({**columns, "periods": np.full(n, 10.0)})
    return found if isinstance(found, list | tuple) else [found]


def ours(function, name: str) -> list[np.ndarray]:
    columns = (COLUMNS["close"], np.full(600, 10.0)) if name == "MAVP" else (BARS,)
    found = function(*columns)
    return list(found) if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("name", talib.get_functions())
def test_every_function_gives_talibs_numbers_from_bars(name: str) -> None:
    function = getattr(ta, name)
    expected = theirs(name)
    given = ours(function, name)
    assert len(given) == len(expected)
    for ours_, theirs_ in zip(given, expected, strict=True):
        assert np.array_equal(ours_, theirs_, equal_nan=True)
    if name.lower() not in OURS:
        assert getattr(ta, name.lower()) is function


@pytest.mark.parametrize("name", talib.get_functions())
def test_no_function_of_talib_looks_ahead(name: str) -> None:
    whole = theirs(name)
    for cut in (120, 333, 512):
        for column, part in zip(whole, theirs(name, cut), strict=True):
            assert np.allclose(column[:cut], part, rtol=1e-9, atol=1e-12, equal_nan=True)


def test_there_are_all_of_them_candlesticks_included() -> None:
    assert set(talib.get_functions()) == TALIB_NAMES
    assert sum(name.startswith("CDL") for name in TALIB_NAMES) >= 61
    assert set(np.unique(ta.CDLDOJI(BARS))) <= {0, 100}


def test_several_outputs_have_names() -> None:
    assert ta.STOCHRSI(BARS)._fields == ("fastk", "fastd")
    assert ta.mama(BARS).fama is not None
    line, signal, histogram = macd = ta.macd(BARS)
    assert macd.signal is signal
    assert np.allclose(histogram, line - signal, equal_nan=True)
    assert ta.bbands(BARS)._fields == ("upper", "middle", "lower")


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(AttributeError, match=r"no indicator 'supertrand'. Did you mean ta.super"):
        ta.supertrand  # noqa: B018
    with pytest.raises(AttributeError, match=r"no indicator 'Rsi'. Did you mean ta.rsi"):
        ta.Rsi  # noqa: B018
