"""One idea, in a real browser on the real site, to its report."""

import os
import re
import shutil

import pytest

from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
IDEA = "Buy when RSI(14) is below 30 and sell when RSI(14) is above 70. 2005 to 2018."
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def site():
    """A whole site."""
    with Stack() as stack:
        yield stack


@pytest.fixture
def page():
    """A page of Debian's Chromium; without one the test is reported as skipped, but not in CI."""
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing; the Debian package is called chromium.")
        pytest.skip("Chromium is missing; the Debian package is called chromium.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.trouble = []
        page.on("pageerror", lambda error: page.trouble.append(str(error)))
        page.on(
            "console",
            lambda message: page.trouble.append(message.text) if message.type == "error" else None,
        )
        yield page
        browser.close()


def test_an_idea_typed_into_the_box_becomes_a_report(site, page):
    page.goto(site.url)
    page.get_by_label("Your idea").fill(IDEA)
    page.get_by_role("button", name="Test the idea").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
    page.get_by_role("heading", level=1).wait_for()
    text = page.locator("main").inner_text()
    for expected in ("Is it luck?", "Total return", "Buy and hold", "Trades", "Costs"):
        assert expected.lower() in text.lower(), expected
    page.locator("canvas").first.wait_for()  # the chart draws itself after the words are there
    assert page.trouble == []


def test_an_idea_that_is_not_understood_is_refused_with_its_words_and_comes_back(site, page):
    page.goto(site.url)
    page.get_by_label("Your idea").fill("Buy when the moon is full and sell when it is new.")
    page.get_by_role("button", name="Test the idea").click()
    page.wait_for_url(re.compile(r"/backtests/[0-9a-f-]{36}/"), timeout=60_000)
    page.get_by_text("moon").first.wait_for()
    page.get_by_role("link", name=re.compile("edit the idea", re.I)).click()
    assert "moon" in page.get_by_label("Your idea").input_value()
    assert page.trouble == []
