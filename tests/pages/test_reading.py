"""How an idea will be read, while it is typed."""

import pytest
from django.test import Client

from backtests.models import BacktestRun

URL = "/backtests/reading"
IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70. 2005 to 2018."


@pytest.fixture
def data(db, empty_cache):
    from market import services

    services.import_bundled()


def test_an_idea_is_read_aloud_with_what_is_assumed(data):
    page = Client().post(URL, {"idea": IDEA}).content.decode()
    assert "This is how it will be read." in page
    assert "SPX" in page
    assert "2005-01-01 to 2018-12-31" in page
    assert "chip assumed" in page
    assert not BacktestRun.objects.exists()


def test_what_is_not_understood_is_said_and_escaped(data):
    page = Client().post(URL, {"idea": "Buy when <b>the moon</b> is full"}).content.decode()
    assert "Not clear yet." in page
    assert "<b>the moon" not in page


@pytest.mark.parametrize("idea", ["", "Buy the", "buy low sell high " * 400])
def test_too_little_and_too_much_are_not_read(data, idea):
    assert Client().post(URL, {"idea": idea}).content.strip() == b""


def test_an_unknown_symbol_is_named(data):
    page = Client().post(URL, {"idea": IDEA, "symbol": "NOSUCH"}).content.decode()
    assert "NOSUCH" in page


def test_a_model_reads_in_its_own_way_so_nothing_is_previewed(data, settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    assert Client().post(URL, {"idea": IDEA}).content.strip() == b""


def test_too_many_keystrokes_leave_the_page_as_it_is(data):
    browser = Client()
    answers = {browser.post(URL, {"idea": "Buy"}).status_code for _ in range(245)}
    assert answers == {200, 204}
