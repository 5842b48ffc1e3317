"""Every figure of a report leads to its key, its exact value, its formula and its trades."""

import copy
import html
import re

import pytest

from engine import metrics as measures
from llm.gateway.figures import flatten
from reports.sources import describe, sources
from reports.templatetags.facts import fact, narrative
from tests.pages.runs import FACTS, make_completed

PROSE = (
    "## What happened\n\n"
    "It earned **{{metrics.total_return}}** on {{dataset.name}}, `{{ luck.sharpe_ratio }}`."
)


@pytest.fixture
def page(browser, alice):
    run = make_completed(alice, {"analysis": "x", "analysis_written": PROSE})
    return browser.get(f"/reports/{run.pk}/").content.decode()


def test_every_figure_of_the_page_leads_to_an_entry(page):
    targets = re.findall(r'class="fact" href="#([^"]+)"', page)
    assert len(set(targets)) > 50
    assert set(targets) <= set(re.findall(r'<div class="source" id="([^"]+)"', page))


def test_an_entry_has_name_key_exact_value_formula_and_source(page):
    entry = page[page.index('id="fact-metrics.sharpe_ratio"') :]
    entry = html.unescape(re.sub(r"<[^>]+>", " ", entry[: entry.index("</div>")]))
    assert "Sharpe ratio" in entry
    assert f"metrics.sharpe_ratio = {FACTS['metrics']['sharpe_ratio']!r}" in " ".join(entry.split())
    assert "mean(r - rf/P) / std(r, ddof 1) sqrt(P)" in entry


def test_a_figure_in_the_models_prose_is_a_link_too(page):
    shown = narrative(FACTS | {"analysis_written": PROSE})
    assert '<strong><a class="fact" href="#fact-metrics.total_return">' in shown
    assert '<code><a class="fact" href="#fact-luck.sharpe_ratio">' in shown
    assert f"on {html.escape(FACTS['dataset']['name'])}," in shown
    assert shown in page


def test_what_a_fact_says_never_becomes_markup():
    facts = copy.deepcopy(FACTS) | {"analysis_written": "On {{dataset.name}} \ue0000\ue001 {{x}}."}
    facts["dataset"]["name"] = "<b>**bold** [x](http://evil.example)</b>"
    shown = narrative(facts)
    assert "&lt;b&gt;**bold** [x](http://evil.example)&lt;/b&gt; 0 undefined." in shown
    assert "<b>" not in shown and "href" not in shown


def test_a_figure_that_is_undefined_leads_nowhere():
    assert fact("metrics.omega_ratio", "–") == "–"
    assert "&lt;i&gt;" in fact("metrics.cagr", "<i>")


def test_measures_say_what_their_docstrings_say():
    found = {source.key: source for source in sources(FACTS)}
    assert found["metrics.max_drawdown"].formula == (measures.max_drawdown.__doc__ or "").strip()
    assert "Keating" in found["metrics.omega_ratio"].source
    assert found["trade_metrics.win_rate"].formula == "win rate = wins / n"
    assert "Tharp" in found["trade_metrics.sqn"].source
    assert "Bailey" in found["luck.probabilistic_sharpe_ratio"].source
    assert found["benchmark.metrics.cagr"].name == "Return a year, buy and hold"


def test_no_measure_is_without_an_explanation():
    bare = [s.key for s in sources(FACTS) if not (s.meaning or s.formula)]
    assert bare == []


@pytest.mark.parametrize(("name", "wanted"), [("best", max), ("worst", min)])
def test_the_best_and_the_worst_trade_are_named(name, wanted):
    [trade] = describe(f"trade_metrics.{name}", 0.1, FACTS).trades
    told = wanted(FACTS["trades"], key=lambda one: one["return"])
    assert trade.number == told["number"]


def test_the_won_trades_are_behind_the_share_that_won(page):
    found = describe("trade_metrics.win_rate", 0.5, FACTS)
    assert found.trades_in_all == sum(trade["return"] > 0 for trade in FACTS["trades"])
    number = found.trades[0].number
    assert f'#trade-{number}">{number}</a>' in page
    assert f'id="trade-{number}"' in page


def test_prose_may_name_any_fact_and_each_has_its_entry():
    every = list(flatten(FACTS))
    told = FACTS | {"analysis_written": " ".join(f"{{{{{key}}}}}" for key in every)}
    assert [source.key for source in sources(told)] == every
