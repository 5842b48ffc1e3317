"""The page of a report."""

import copy
import gzip
import html
import json
import re

import pytest

from reports.models import Report
from tests.pages.runs import CHART, FACTS, make_completed, make_run

ORDER = [
    "RSI(2) dips above the 50-day average</h1>",
    "Is it luck?",
    "Total return",
    "Growth of 10,000",
    "How the idea was read",
    "Script</h2>",
    "Months</h2>",
    "Trades</h2>",
    "Costs</h2>",
    "All figures",
    "Where it comes from",
    "Simulated on past prices; not advice.",
    "TradingView",
]


def page_of(browser, run):
    return browser.get(f"/reports/{run.pk}/").content.decode()


def without_tags(page):
    return re.sub(r"<[^>]+>", "", page)


def test_everything_is_there_in_its_order(browser, alice):
    page = page_of(browser, make_completed(alice))
    places = [page.index(text) for text in ORDER]
    assert places == sorted(places)
    for part in FACTS["verdict"]["parts"]:
        assert html.escape(part["text"]) in page


def test_numbers_stand_beside_those_of_doing_nothing(browser, alice):
    page = page_of(browser, make_completed(alice))
    figures = without_tags(page[page.index('class="numbers"') : page.index('id="chart-heading"')])
    assert "−6.7\u202f%" in figures
    assert "buy and hold +10.8\u202f%" in figures
    assert "67\u202f% won" in figures


def test_hashes_and_versions_say_where_it_comes_from(browser, alice):
    page = page_of(browser, make_completed(alice))
    for name in ("dataset_hash", "script_hash", "engine_version"):
        assert FACTS["provenance"][name] in page
    assert Report.objects.get().facts_hash in page
    assert "rsi_period=2, entry_rsi_below=10" in page
    assert "no look-ahead at 12 cuts" in page


def test_what_a_person_or_a_model_wrote_is_escaped(browser, alice):
    facts = copy.deepcopy(FACTS)
    facts["title"] = facts["idea"] = "<script>alert(1)</script>"
    facts["reading"]["echo"] = "<b>echo</b>"
    facts["reading"]["assumptions"] = ["<b>assumed</b>"]
    facts["verdict"]["parts"] = [{"text": "<b>part</b>", "tone": None}]
    page = page_of(browser, make_completed(alice, facts))
    assert "<script>alert" not in page
    for text in ("<b>echo", "<b>assumed", "<b>part", "<b>not bold"):
        assert text not in page
        assert html.escape(text) in page


def test_every_month_of_every_year_has_its_field(browser, alice):
    page = page_of(browser, make_completed(alice))
    table = page[page.index('class="heat"') : page.index("</table>", page.index('class="heat"'))]
    assert table.count("<td") == 13 * len(FACTS["months"])


def test_every_figure_is_explained(browser, alice):
    page = page_of(browser, make_completed(alice))
    figures = page[page.index("figuregrid") : page.index("figure-sources")]
    assert figures.count("<summary>") == figures.count("</summary><p>") >= 30


def test_missing_figures_are_dashes_and_nothing_breaks(browser, alice):
    facts = copy.deepcopy(FACTS)
    for group in (facts["metrics"], facts["trade_metrics"], facts["benchmark"]["metrics"]):
        group.update(dict.fromkeys(group))
    facts["luck"].update(dict.fromkeys(facts["luck"]), variants_tried=1)
    facts["costs"].update(break_even_commission=None, cagr_at_twice=None)
    facts["trade_metrics"]["trades"] = 3
    page = page_of(browser, make_completed(alice, facts))
    assert "None" not in page
    assert page.count("–") > 30


def test_a_strategy_that_never_traded_has_a_page_without_chart_and_trades(browser, alice):
    facts = copy.deepcopy(FACTS)
    facts["trades"] = []
    facts["trade_metrics"] = dict.fromkeys(facts["trade_metrics"]) | {"trades": 0}
    facts["verdict"] |= {"level": "no_trades", "word": "It never traded"}
    page = page_of(browser, make_completed(alice, facts))
    assert "It never traded" in page
    assert 'id="chart"' not in page
    assert "no entry in 502 bars" in without_tags(page)


def test_trades_come_latest_first_in_pages(browser, alice):
    facts = copy.deepcopy(FACTS)
    facts["trades"] = [{**FACTS["trades"][0], "number": n} for n in range(1, 61)]
    run = make_completed(alice, facts)
    page = page_of(browser, run)
    assert "1–25 of 60" in page
    assert page.index('data-trade="60"') < page.index('data-trade="36"')
    assert 'data-trade="35"' not in page
    partial = browser.get(f"/reports/{run.pk}/trades?trades=3").content.decode()
    assert 'data-trade="1"' in partial
    assert "<html" not in partial
    assert 'data-trade="1"' in browser.get(f"/reports/{run.pk}/?trades=3").content.decode()


def test_every_trade_can_be_shown_on_the_chart_from_the_keyboard(browser, alice):
    page = page_of(browser, make_completed(alice))
    for trade in FACTS["trades"]:
        place = page.index(f'data-trade="{trade["number"]}"')
        button = page[page.index("<button", place) : page.index("</button>", place)]
        assert trade["entry_time"][:10] in button
        assert f"show trade {trade['number']} on the chart" in button


def test_an_unfinished_run_is_shown_by_its_own_page(browser, alice):
    run = make_run(alice, "running")
    response = browser.get(f"/reports/{run.pk}/")
    assert response.status_code == 302
    assert response["Location"] == run.get_absolute_url()
    assert browser.get(f"/reports/{run.pk}/report.json").status_code == 404


def test_the_page_needs_few_queries(browser, alice, django_assert_max_num_queries):
    run = make_completed(alice)
    page_of(browser, run)
    # Three of them are for a script without a specification: whether and by whom it is explained.
    with django_assert_max_num_queries(12):
        page_of(browser, run)


def test_chart_data_are_the_bytes_that_were_written(browser, alice):
    url = f"/reports/{make_completed(alice).pk}/chart.json"
    plain = browser.get(url)
    assert plain.content == CHART
    zipped = browser.get(url, headers={"accept-encoding": "gzip, br"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == CHART
    assert len(zipped.content) < len(CHART) / 2


@pytest.mark.parametrize("encoding", ["", "br", "gzip;q=0", "identity"])
def test_chart_data_are_plain_for_those_who_want_no_gzip(browser, alice, encoding):
    url = f"/reports/{make_completed(alice).pk}/chart.json"
    response = browser.get(url, headers={"accept-encoding": encoding})
    assert "Content-Encoding" not in response


def test_chart_data_are_not_sent_again_to_who_has_them(browser, alice):
    run = make_completed(alice)
    url = f"/reports/{run.pk}/chart.json"
    etag = browser.get(url)["ETag"]
    again = browser.get(url, headers={"if-none-match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert browser.get(url, headers={"if-none-match": '"other"'}).status_code == 200
    assert "private" in again["Cache-Control"]


def test_facts_are_the_facts(browser, alice):
    response = browser.get(f"/reports/{make_completed(alice).pk}/report.json")
    assert json.loads(response.content) == FACTS


def test_a_commentary_that_is_missing_says_why_where_it_would_stand(browser, alice):
    why = "The language model gave no answer (<b>busy</b>), so this report has no commentary."
    missing = {"analysis": "", "analysis_written": "", "analysis_missing": why}
    run = make_completed(alice, missing)
    page = page_of(browser, run)
    assert html.escape(why) in page
    place = page.index(html.escape(why))
    assert page.index("chart-heading") < place < page.index("How the idea was read")
    assert "In words" not in page
    assert "so this report has no commentary" not in page_of(browser, make_completed(alice))


def test_a_script_that_nobody_explained_offers_to_ask_the_model(browser, alice, settings):
    run = make_completed(alice, own_script="x = 1")
    assert "No language model is set up" in page_of(browser, run)
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = "http://127.0.0.1:9/v1", "a <b>model</b>"
    page = page_of(browser, run)
    assert "Explain with a &lt;b&gt;model&lt;/b&gt;" in page
    assert "The script is sent to this model" in page
