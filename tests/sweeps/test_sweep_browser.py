"""A sweep in a real browser on the real site: typed, followed, read, on a screen and a phone."""

import re

import pytest

from tests.backtests.test_browser import page, site  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
IDEA = "Buy when the 50-day SMA crosses above the 200-day SMA, sell when it crosses below."


def test_ranges_typed_into_the_form_become_a_heat_map(site, page):  # noqa: F811
    page.goto(site.url)
    page.get_by_label("Your idea").fill(IDEA)
    page.get_by_role("button", name="Test the idea").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
    run_id = re.search(r"[0-9a-f-]{36}", page.url).group()
    page.goto(f"{site.url}/sweeps/new/{run_id}/")
    slow, fast = page.locator(".range").all()
    for line, low, high, step in ((slow, 100, 200, 50), (fast, 10, 50, 20)):
        for label, value in (("From", low), ("To", high), ("Step", step)):
            line.get_by_label(label).fill(str(value))
    assert page.locator("#total").inner_text() == "9 combinations."
    fast.get_by_label("To").fill("5000000")
    assert "10,000 is the most" in page.locator("#total").inner_text()
    fast.get_by_label("To").fill("50")
    page.keyboard.press("Enter")
    page.get_by_text("Is the best of them luck?").wait_for(timeout=60_000)
    assert page.locator(".sweepheat tbody td").count() == 9
    assert page.locator(".sweepheat td.best").count() == 1
    page.locator("#lines").get_by_role("link", name="Trades").click()
    page.locator('#lines [aria-sort="descending"]', has_text="Trades").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert page.trouble == []
