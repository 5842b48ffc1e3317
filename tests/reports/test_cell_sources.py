"""Every cell of a report's tables leads to what it was computed from."""

import copy
import html
import re
from html.parser import HTMLParser

import pytest

from backtests import pipeline
from backtests.models import BacktestRun
from tests.pages.runs import FACTS, make_completed

IDEA = (
    "Buy the S&P 500 when RSI(14) is below 35 and sell when RSI(14) is above 55. Sell at a 4 % "
    "stop. 2012 to 2018."
)
TABLES = ("months", "fragility", "regimes", "trades")


class Cells(HTMLParser):
    """Reads keys and shown figures of the tables as `cells.js` does."""

    def __init__(self, page):
        super().__init__()
        self.found, self.extra = {}, []
        self._table, self._columns, self._row, self._place, self._key = "", [], "", 0, ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "table":
            self._table, self._columns = names.get("data-facts", ""), []
        if not self._table:
            return
        if tag == "tr":
            self._row = names.get("data-row") or names.get("data-trade") or ""
            self._place = 0
        if tag in ("th", "td"):
            self._key = ""
            if not self._row:
                self._columns.append(names.get("data-column"))
            elif self._columns[self._place] and "void" not in (names.get("class") or "").split():
                self._key = f"{self._table}.{self._row}.{self._columns[self._place]}"
                self.found[self._key] = ""
            self._place += 1
        elif self._key:
            self.extra.append(tag)

    def handle_data(self, data):
        if self._key:
            self.found[self._key] += data

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._key = ""
        if tag == "table":
            self._table = ""


def entries_of(page):
    """Key to the whole text of each entry."""
    parts = re.split(r'<div class="source" id="fact-', page)[1:]
    return {part.split('"')[0]: html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in parts}


def exact_of(key, entry):
    found = re.search(rf"{re.escape(key)}\s+=\s+(\S+)", entry)
    assert found, entry
    return found[1]


def rounds_to(exact, shown, *, is_percent):
    """Whether an exact value is the one that a page shows."""
    if shown == "–":
        return exact == "undefined"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return exact.startswith(shown)
    if shown == "":
        return float(exact) == 0
    bare = re.sub(r"[+,\u202f %]", "", shown).replace("−", "-")
    digits = len(bare.partition(".")[2])
    value = float(exact) * (100 if is_percent else 1)
    return float(f"{value:.{digits}f}") == float(bare)


def worked_of(entry):
    """What the entry's formula gives with its figures in it."""
    [line] = re.findall(r"\n?= ((?:-?[\d.]|\()[^=]*?)\s{2}", entry.split("= ", 1)[1])[:1]
    return eval(line.replace("×", "*"), {"__builtins__": {}})


def answer(browser, run, asked, **more):
    response = browser.get(f"/reports/{run.pk}/sources", {"of": asked, **more})
    assert response.status_code == 200, asked
    return response.content.decode()


@pytest.fixture
def done(browser, transactional_db, empty_cache):
    from market import services

    services.import_bundled()
    browser.post("/", {"idea": IDEA})
    run = BacktestRun.objects.get()
    pipeline.run_to_end(run)
    run.refresh_from_db()
    assert run.status == "completed", run.failure_message
    return run


def test_each_cell_of_each_table_leads_to_the_value_it_shows(browser, done):
    page = browser.get(f"/reports/{done.pk}/").content.decode()
    cells = {
        key: shown.strip()
        for key, shown in Cells(page).found.items()
        if not key.startswith("fragility.yours")
    }
    trades = re.search(r"of=(trades\.\d+-\d+)", page)[1]
    entries = {}
    for asked in ("months", "fragility", "regimes", trades):
        entries |= entries_of(answer(browser, done, asked))
    assert {key.partition(".")[0] for key in cells} == set(TABLES)
    assert len(cells) > 150
    for key, shown in cells.items():
        exact = exact_of(key, entries[key])
        is_percent = "%" in shown or key.startswith("months.")
        assert rounds_to(exact, shown, is_percent=is_percent), (key, exact, shown)


def test_a_month_is_its_two_equities_and_names_the_trades_in_it(browser, done):
    facts = done.read_json("facts")
    chosen = [
        (year["year"], number, value)
        for year in facts["months"]
        for number, value in enumerate(year["months"], 1)
        if value
    ]
    assert len(chosen) > 10
    entries = entries_of(answer(browser, done, "months"))
    for year, number, value in chosen:
        entry = entries[f"months.{year}.{number}"]
        assert worked_of(entry) == value
        assert re.search(r"From\s+(\d+ trades:|trade)", entry)
        for trade in re.findall(r"trades?:?\s+(\d+)", entry)[:1]:
            told = facts["trades"][int(trade) - 1]
            month = f"{year}-{number:02d}"
            assert told["entry_time"][:7] <= month <= told["exit_time"][:7]
    [total] = [year["total"] for year in facts["months"] if year["year"] == chosen[0][0]]
    assert worked_of(entries[f"months.{chosen[0][0]}.total"]) == pytest.approx(total, abs=1e-12)


def test_the_first_month_begins_with_the_starting_capital(browser, alice):
    run = make_completed(alice)
    entry = entries_of(answer(browser, run, "months.2017.1"))["months.2017.1"]
    assert "Starting capital" in entry
    assert "10000.0 / 10000.0 - 1" in entry


def test_profit_and_return_of_a_trade_can_be_worked_out_by_hand(browser, done):
    for trade in done.read_json("facts")["trades"]:
        entries = entries_of(answer(browser, done, f"trades.{trade['number']}"))
        assert len(entries) == 7
        profit = entries[f"trades.{trade['number']}.pnl"]
        assert worked_of(profit) == pytest.approx(trade["pnl"], abs=1e-9)
        assert worked_of(entries[f"trades.{trade['number']}.return"]) == trade["return"]
        costs = float(re.search(r"Costs\s+([\d.]+):", profit)[1])
        prices = trade["entry_price"] + trade["exit_price"]
        if not trade["open_at_end"]:
            assert costs == pytest.approx(0.0005 * trade["quantity"] * prices)
        price_in = entries[f"trades.{trade['number']}.entry_price"]
        assert "the open of that bar" in price_in
        assert "Close of the bar before" in price_in


def test_a_stop_says_that_it_was_one(browser, done):
    trades = done.read_json("facts")["trades"]
    stopped = next(trade for trade in trades if trade["exit_reason"] == "stop")
    key = f"trades.{stopped['number']}.exit_price"
    entry = entries_of(answer(browser, done, key))[key]
    assert "The stop was reached on this bar" in entry
    assert "Low of that bar" in entry


@pytest.mark.parametrize("side", ["long", "short"])
def test_a_profit_counts_in_the_direction_of_its_side(browser, alice, side):
    trade = FACTS["trades"][0] | {"side": side, "pnl": 1.0}
    run = make_completed(alice, {"trades": [trade]})
    key = f"trades.{trade['number']}.pnl"
    assert worked_of(entries_of(answer(browser, run, key))[key]) == pytest.approx(1.0)


def test_a_trade_of_one_of_several_symbols_has_no_bar_of_anothers(browser, alice):
    trades = [copy.deepcopy(FACTS["trades"][0]) | {"symbol": "KO"}]
    run = make_completed(alice, {"trades": trades})
    entry = entries_of(answer(browser, run, "trades.1.entry_price"))["trades.1.entry_price"]
    assert "of that bar" not in entry
    assert trades[0]["entry_time"] in entry


def test_a_kind_of_market_says_which_bars_it_is_made_of(browser, done):
    facts = done.read_json("facts")
    [bull] = [regime for regime in facts["regimes"] if regime["name"] == "bull"]
    entry = entries_of(answer(browser, done, "regimes.bull.cagr"))["regimes.bull.cagr"]
    assert "Closes less than 20 % below the highest close so far." in entry
    assert f"{bull['bars']} of {facts['dataset']['bars']}" in entry
    assert facts["provenance"]["dataset_hash"][:12] in entry


def test_a_change_says_what_was_changed_and_that_it_is_a_run_of_its_own(browser, done):
    facts = done.read_json("facts")
    entries = entries_of(answer(browser, done, "fragility"))
    assert "every cost of the account × 2.0" in entries["fragility.1.cagr"]
    assert "0.0005 × 2.0" in entries["fragility.1.cagr"]
    assert "A whole new run" in entries["fragility.1.cagr"]
    assert "nothing changed" in entries["fragility.0.cagr"]
    best = max(facts["trades"], key=lambda trade: trade["pnl"])
    assert re.search(rf"Left out:\s+5 trades:\s+{best['number']}\b", entries["fragility.3.cagr"])


def test_the_row_of_the_sliders_is_run_again_for_its_source(browser, done):
    fixed = entries_of(answer(browser, done, "fragility.1.cagr"))["fragility.1.cagr"]
    key = "fragility.yours.cagr"
    yours = entries_of(answer(browser, done, key, costs="2"))[key]
    assert exact_of(key, yours) == exact_of("fragility.1.cagr", fixed)
    more = entries_of(answer(browser, done, key, costs="2", delay="3", start="2014-01-01"))[key]
    assert "later, by this many bars: 3; the account opened on 2014-01-01" in more
    assert exact_of(key, more) != exact_of(key, yours)


@pytest.mark.parametrize(
    "query",
    ["", "of=", "of=nope", "of=months.1900", "of=months.2017.13", "of=trades.0", "of=trades.x",
     "of=trades.1.moon", "of=regimes.bull.moon", "of=months&costs=-1",
     "of=fragility.yours.cagr"],
)  # fmt: skip
def test_a_key_that_leads_nowhere_is_not_there(browser, alice, query):
    run = make_completed(alice)
    assert browser.get(f"/reports/{run.pk}/sources?{query}").status_code == 404


def test_sources_are_their_owners_and_come_bare_for_the_panel(browser, stranger, alice):
    run = make_completed(alice)
    url = f"/reports/{run.pk}/sources?of=months.2017.3"
    assert stranger.get(url).status_code == 404
    assert "<html" in browser.get(url).content.decode()
    bare = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert bare.startswith('<div class="source"')
    assert list(entries_of(bare)) == ["months.2017.3"]


def test_what_a_script_or_a_symbol_is_called_is_escaped(browser, alice):
    trade = FACTS["trades"][0] | {"side": "<b>long", "exit_reason": "<i>"}
    run = make_completed(alice, {"trades": [trade]})
    page = answer(browser, run, "trades.1")
    assert "<b>long" not in page and "&lt;b&gt;long" in page


def test_a_report_without_its_chart_still_says_what_its_facts_know(browser, alice):
    run = make_completed(alice)
    run.artifacts.filter(kind="chart").delete()
    entries = entries_of(answer(browser, run, "months.2017.3"))
    assert "equity at the last close of the month" in entries["months.2017.3"]
    assert len(entries_of(answer(browser, run, "trades.1"))) == 7


def test_cells_carry_no_markup_of_their_own(browser, alice):
    years = [{**FACTS["months"][0], "year": year} for year in range(1990, 2020)]
    trades = [{**FACTS["trades"][0], "number": n} for n in range(1, 61)]
    run = make_completed(alice, {"months": years, "trades": trades})
    page = browser.get(f"/reports/{run.pk}/").content.decode()
    cells = Cells(page)
    assert len(cells.found) > 500
    assert cells.extra == []
    bare = re.sub(r' data-(?:row|column|facts)="[^"]*"', "", page)
    assert len(page) < 1.02 * len(bare)
