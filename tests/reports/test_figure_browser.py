"""What a model wrote, in a real browser: where its figures come from, and its script explained."""

import re

import pytest

from tests.backtests.test_browser import page  # noqa: F401
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.strategy_model import StrategyModel
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."


@pytest.fixture(scope="module")
def site():
    """A whole site with a language model."""
    with (
        OpenAIServer(StrategyModel()) as server,
        Stack(environment={"OPENAI_BASE_URL": server.url}) as stack,
    ):
        yield stack


@pytest.fixture
def report(site, page):  # noqa: F811
    page.goto(site.url)
    page.get_by_label("Your idea").fill(IDEA)
    page.get_by_role("button", name="Test the idea").click()
    page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"), timeout=60_000)
    return page


def test_a_figure_of_the_models_prose_says_where_it_comes_from(report):
    figure = report.locator(".analysis a.fact").first
    panel = report.get_by_role("dialog", name="Where this figure comes from")
    figure.click()
    assert "metrics.total_return" in panel.inner_text()
    assert "prod(1 + r) - 1" in panel.inner_text()
    report.keyboard.press("Escape")
    assert not panel.is_visible()
    assert figure.evaluate("e => e === document.activeElement")
    report.keyboard.press("Enter")
    assert panel.is_visible()
    panel.get_by_role("button", name="Close").click()
    assert not panel.is_visible()
    assert "Two independent readings agree" in report.locator("#second-reading").inner_text()
    assert report.trouble == []


def test_a_models_script_is_explained_when_somebody_asks(report, site):
    assert not report.locator(".explained").count()
    report.get_by_role("button", name=re.compile("^Explain with ")).click()
    report.get_by_text(re.compile("Explained by the model .*; not checked")).wait_for()
    line = report.locator(".explained li", has_text="rsi = ta.rsi")
    assert "Compute the RSI of the closes" in line.text_content()
    assert report.trouble == []


def test_without_javascript_a_figure_leads_to_its_entry(report, site):
    context = report.context.browser.new_context(
        java_script_enabled=False, storage_state=report.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(report.url)
    plain.locator(".numbers a.fact").first.click()
    assert plain.url.endswith("#fact-metrics.total_return")
    assert "prod(1 + r) - 1" in plain.locator(".source:target").inner_text()
