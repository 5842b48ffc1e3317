"""Cells of tables and the box of changes, in a real browser: mouse, keyboard, and a phone."""

import re

import pytest

from tests.backtests.test_browser import page  # noqa: F401
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
# Two pages of trades, and a number that has to be assumed.
IDEA = "Buy the S&P 500 when RSI is below 45 and sell when it is above 50. 2000 to 2018."
CHANGE = "use a 3 % stop instead"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site():
    """A whole site."""
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def kept():
    """The address of the one report of this file, and the cookies of who may see it."""
    return {}


@pytest.fixture
def report(site, kept, page):  # noqa: F811
    if kept:
        page.context.add_cookies(kept["cookies"])
        page.goto(kept["url"])
    else:
        page.goto(site.url)
        page.get_by_label("Your idea").fill(IDEA)
        page.get_by_role("button", name="Test the idea").click()
        page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
        kept |= {"url": page.url, "cookies": page.context.cookies()}
    page.locator("canvas").first.wait_for()
    return page


@pytest.fixture
def panel(report):
    return report.get_by_role("dialog", name="Where this figure comes from")


def is_focused(cell):
    return cell.evaluate("e => e === document.activeElement")


def test_a_month_opens_by_click_and_by_keyboard_and_closes_with_escape(report, panel):
    cell = report.locator('.heat td:is(.g1, .g2)[data-source]:not([data-source$="total"])').first
    key = cell.get_attribute("data-source")
    cell.click()
    panel.get_by_text(key, exact=True).wait_for()
    text = panel.inner_text()
    assert "equity at the last close of the month" in text
    assert re.search(r"Equity on \d{4}-\d\d-\d\d", text)
    report.keyboard.press("Escape")
    assert not panel.is_visible()
    assert is_focused(cell)

    report.keyboard.press("ArrowRight")
    beside = report.locator(":focus")
    assert beside.get_attribute("data-source") != key
    report.keyboard.press("ArrowLeft")
    assert is_focused(cell)
    report.keyboard.press("Enter")
    panel.get_by_text(key, exact=True).wait_for()
    assert cell.get_attribute("aria-expanded") == "true"
    panel.get_by_role("button", name="Close").click()
    assert not panel.is_visible()
    assert is_focused(cell)
    assert report.trouble == []


def test_a_table_is_one_stop_of_the_tab_key(report):
    stops = report.locator("table[data-facts]").evaluate_all(
        "tables => tables.map(t => t.querySelectorAll('[tabindex=\"0\"]').length)"
    )
    assert stops == [1, 1, 1, 1]


def test_a_trades_figure_tells_and_its_number_shows_it_on_the_chart(report, panel):
    row = report.locator(".trades tbody tr").first
    number = row.get_attribute("data-trade")
    row.locator(".ret").click()
    panel.get_by_text(f"Trade {number}: Return").wait_for()
    assert "profit / (units × price in)" in panel.inner_text()
    assert row.get_attribute("aria-current") is None
    panel.get_by_role("link", name=f"Show trade {number} on the chart").click()
    assert row.get_attribute("aria-current") == "true"
    assert not panel.is_visible()
    other = report.locator(".trades tbody tr").nth(1)
    other.get_by_role("button", name="on the chart").click()
    assert other.get_attribute("aria-current") == "true"
    assert report.trouble == []


def test_another_page_of_trades_has_its_sources_too(report, panel):
    report.locator(".trades-card").get_by_role("link", name="Older").click()
    report.get_by_text("Page 2 of").wait_for()
    row = report.locator(".trades tbody tr").first
    row.locator(".pnl").click()
    panel.get_by_text(f"Trade {row.get_attribute('data-trade')}: Profit").wait_for()
    assert "units × (price out - price in) - costs" in panel.inner_text()
    assert report.trouble == []


def test_the_row_of_the_sliders_leads_to_its_own_run(report, panel):
    slider = report.locator('.sliders input[name="costs"]')
    slider.focus()
    slider.press("End")
    cell = report.locator('.fragility .yours [data-figure="cagr"]')
    cell.get_by_text("%").wait_for()
    cell.click()
    panel.get_by_text("every cost of the account × 5").wait_for()
    assert report.trouble == []


def test_a_panel_lies_inside_the_window_of_a_phone(report, panel):
    report.set_viewport_size(PHONE)
    report.locator(".trades tbody tr .ret").first.click()
    panel.get_by_text("profit / (units × price in)").wait_for()
    box = panel.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    assert report.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_source_that_cannot_be_read_says_so(report, panel):
    report.route("**/sources?*", lambda route: route.abort())
    report.locator(".regimes td.r:visible").first.click()
    panel.get_by_text("It could not be read").wait_for()
    report.keyboard.press("Escape")
    assert not panel.is_visible()


def test_a_change_in_words_is_shown_put_away_with_escape_and_tested(report):
    box = report.get_by_label("Change something")
    shown = report.locator("#refined")
    box.click()
    box.press_sequentially(CHANGE)
    shown.get_by_text("This will change").wait_for()
    assert "3 %" in shown.inner_text()
    report.keyboard.press("Escape")
    assert shown.inner_text().strip() == ""
    assert box.input_value() == CHANGE
    assert is_focused(box)
    report.keyboard.press("Space")
    report.keyboard.press("Backspace")
    shown.get_by_text("This will change").wait_for()

    before = report.url
    report.keyboard.press("Enter")
    report.wait_for_url(
        lambda url: "/reports/" in url and not url.startswith(before), timeout=60_000
    )
    report.get_by_role("heading", level=1).wait_for()
    assert CHANGE in report.get_by_label("Changed in words").inner_text()
    assert "3 %" in report.locator(".changes").first.inner_text()
    assert report.trouble == []


def test_words_that_change_nothing_say_so_in_the_box(report):
    box = report.get_by_label("Change something")
    box.press_sequentially("paint it blue")
    report.locator("#refined .error").wait_for()
    report.keyboard.press("Escape")
    assert report.locator("#refined").inner_text().strip() == ""


def test_an_assumption_opens_by_keyboard_and_closes_with_escape(report):
    menu = report.locator("details.settle").first
    menu.locator("summary").focus()
    report.keyboard.press("Enter")
    assert menu.evaluate("e => e.open")
    report.keyboard.press("Escape")
    assert not menu.evaluate("e => e.open")
    assert is_focused(menu.locator("summary"))
