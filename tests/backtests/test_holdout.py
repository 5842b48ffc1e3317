"""Sealed days: nothing reads them before their one test."""

import io
import json
import re
import zipfile
from datetime import date

import numpy as np
import pytest
from django.test import Client

from accounts.access import Owner
from backtests import holdout, pipeline, services
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun, HoldOut
from backtests.pipeline import trials
from engine import Decisions, Signals, SimulationConfig, simulate
from llm.translator import Translator
from market import services as market
from tests.backtests.ideas import GOLDEN_CROSS, SCRIPT
from tests.engine.markets import flat_days
from tests.factories import make_user

pytestmark = pytest.mark.both_stacks


@pytest.fixture
def alice(data):
    return make_user("alice")


@pytest.fixture
def begin(start, alice):
    """Return a function that runs an idea of Alice's to its end."""

    def begin(idea=GOLDEN_CROSS, **options):
        return pipeline.run_to_end(start(idea, owner=Owner(user=alice), **options))

    return begin


def sealed_prices(sealed):
    """Closes of sealed days, as the files write them, that are no price of a visible day."""
    bars = market.load_bars(market.current_dataset(market.resolve_symbol(sealed.symbol)))
    days = bars.time.astype("datetime64[D]")
    inside = (days >= np.datetime64(sealed.first_day)) & (days <= np.datetime64(sealed.last_day))
    visible = {repr(price) for price in bars.prices[:, ~inside].ravel().tolist()}
    return [p for p in map(repr, bars.close[inside].tolist()) if p not in visible and len(p) > 6]


def sealed_days(sealed):
    """Sealed days but the first and the last, which the hold-out names."""
    bars = market.load_bars(
        market.current_dataset(market.resolve_symbol(sealed.symbol)),
        sealed.first_day,
        sealed.last_day,
    )
    stamps = bars.time.astype("datetime64[s]").astype(np.int64)
    return [str(day)[:10] for day in bars.time[1:-1]], [str(s) for s in stamps[1:-1].tolist()]


def test_no_file_page_or_answer_has_a_sealed_day_or_price(begin, browser, monkeypatch):
    worlds, prompts = [], []
    run_many, write = trials.SandboxClient.run_many, Translator.write

    def watched(self, jobs, *args, **kwargs):
        worlds.extend(job.data for job in jobs)
        return run_many(self, jobs, *args, **kwargs)

    def overheard(self, idea, context, **kwargs):
        prompts.append(repr(context))
        return write(self, idea, context, **kwargs)

    monkeypatch.setattr(trials.SandboxClient, "run_many", watched)
    monkeypatch.setattr(Translator, "write", overheard)
    run = begin(holdout="20%")
    assert run.status == "completed", (run.failure_message, run.refusal)
    sealed = HoldOut.objects.get()
    (days, stamps), prices = sealed_days(sealed), sealed_prices(sealed)
    assert len(days) > 900
    assert len(prices) > 500
    secrets = {*days, *stamps, *prices}
    seal = np.datetime64(sealed.first_day, "s").astype(np.int64)
    firsts = market.load_bars(run.dataset).close
    real = [world for world in worlds if not world.startswith(b"ABWORLDS")]  # scenes are made up
    for world in real:
        matrix = np.load(io.BytesIO(world))
        # Made-up futures of the look-ahead gate stay before the seal, too.
        assert matrix[:, 0].max() < seal
        assert np.isin(matrix[:50, 4], firsts).all()
    assert len(real) > 3
    texts = {f"prompt {n}": prompt for n, prompt in enumerate(prompts)}
    texts |= {a.name: a.read().decode(errors="replace") for a in run.artifacts.all()}
    texts["events"] = json.dumps(list(run.events.values_list("payload", flat=True)))
    texts["row"] = repr(BacktestRun.objects.filter(pk=run.pk).values()[0])
    for address in addresses(run):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        if address.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                texts |= {
                    name: archive.read(name).decode(errors="replace") for name in archive.namelist()
                }
        else:
            texts[address] = answer.content.decode(errors="replace")
    for name, text in texts.items():
        found = secrets & set(re.findall(r"[0-9]+(?:[.-][0-9]+)*", text))
        assert not found, (name, sorted(found)[:3])


def addresses(run):
    """Every address that shows something of a run."""
    api, page, report = f"/api/backtests/{run.pk}", f"/backtests/{run.pk}", f"/reports/{run.pk}"
    kinds = set(run.artifacts.values_list("kind", flat=True))
    return [
        api,
        *(f"{api}/{name}" for name in ("events", "artifacts", "script", "fragility")),
        f"{api}/fragility?costs=2&delay=1&without_best=5&start=2010-01-01",
        "/api/backtests",
        "/backtests/",
        f"{page}/?stages",
        f"{page}/progress",
        *(f"{page}/artifacts/{kind}" for kind in kinds),
        f"{report}/",
        f"/api/reports/{run.pk}",
        *(f"{report}/{name}" for name in ("chart.json", "report.json", "report.md", "trades")),
        *(f"{report}/{name}" for name in ("trades.csv", "bundle.zip")),
        "/",
        f"/?from={run.pk}",
    ]


def test_the_run_says_what_is_sealed_and_ends_before_it(begin):
    run = begin(holdout="0.2")
    facts, sealed = run.read_json("facts"), HoldOut.objects.get()
    assert facts["holdout"]["bars"] == sealed.bars == round(0.25 * facts["dataset"]["bars"])
    assert facts["dataset"]["last_day"] < str(sealed.first_day) < str(sealed.last_day)
    assert "sealed until you unseal them" in facts["holdout"]["sentence"]


def test_a_variant_of_the_idea_ends_before_the_sealed_days(begin):
    first = begin(holdout="20%")
    second = begin(GOLDEN_CROSS.replace("50", "40"))
    assert second.read_json("spec")["settings"]["end"] == first.read_json("spec")["settings"]["end"]
    assert any("sealed for this idea" in said for said in second.read_json("spec")["assumptions"])
    sealed = HoldOut.objects.get()
    inside = begin(start=sealed.first_day, parent=first)
    assert (inside.status, inside.refusal["code"]) == ("refused", "sealed")


def test_unsealing_tests_the_same_script_once_and_reports_the_sealed_part(begin, alice):
    run = begin(holdout="20%")
    sealed = HoldOut.objects.get()
    test = pipeline.run_to_end(services.unseal(run=run, enqueue=False))
    assert test.status == "completed", test.failure_message
    facts = test.read_json("facts")
    told = facts["sealed_test"]
    assert facts["dataset"]["last_day"] == told["last_day"] == str(sealed.last_day)
    assert told["bars"] == sealed.bars
    assert told["sentence"].startswith("Sealed test, attempt 1 of 1.")
    assert told["promise"] in holdout.PROMISES
    assert told["sharpe_low"] < told["sharpe_ratio"] < told["sharpe_high"]
    before = run.read_json("facts")["metrics"]["sharpe_ratio"]
    assert told["sharpe_ratio_before"] == pytest.approx(before, rel=1e-2)
    assert test.artifact("script").content_hash == run.artifact("script").content_hash
    with pytest.raises(BacktestInvalid, match="once"):
        services.unseal(run=run, enqueue=False)
    services.delete_run(run=test)
    with pytest.raises(BacktestInvalid, match="once"):
        services.unseal(run=run, enqueue=False)


def test_the_report_page_unseals_and_shows_the_test(begin, browser):
    run = begin(holdout="20%")
    address = f"/backtests/{run.pk}/unseal"
    assert address in browser.get(f"/reports/{run.pk}/").content.decode()
    answer = browser.post(address, {"confirm": "yes"})
    test = pipeline.run_to_end(BacktestRun.objects.get(unseals__isnull=False))
    assert str(test.pk) in answer["Location"]
    page = browser.get(f"/reports/{test.pk}/").content.decode()
    assert "The sealed test" in page
    assert "attempt 1 of 1" in page
    assert address not in browser.get(f"/reports/{run.pk}/").content.decode()


def test_what_is_tried_after_the_test_says_that_it_is_spent(begin):
    run = begin(holdout="20%")
    pipeline.run_to_end(services.unseal(run=run, enqueue=False))
    later = begin(GOLDEN_CROSS.replace("50", "40"), holdout="20%")
    said = " ".join(later.read_json("facts")["reading"]["assumptions"])
    assert "attempt 2, not sealed any more" in said
    again = begin(GOLDEN_CROSS.replace("50", "30"))
    assert "attempt 3" in " ".join(again.read_json("facts")["reading"]["assumptions"])


def test_days_that_were_read_before_they_were_sealed_are_called_so(begin):
    begin()
    run = begin(GOLDEN_CROSS.replace("50", "40"), holdout="20%")
    assert "1 variant of this idea had read them" in run.read_json("facts")["holdout"]["sentence"]
    test = pipeline.run_to_end(services.unseal(run=run, enqueue=False))
    assert "attempt 1 of 1" not in test.read_json("facts")["sealed_test"]["sentence"]


def test_a_test_that_broke_may_be_made_again_by_the_same_run(begin):
    run = begin(holdout="20%")
    services.cancel_run(run=services.unseal(run=run, enqueue=False))
    test = pipeline.run_to_end(services.unseal(run=run, enqueue=False))
    assert test.status == "completed"


def test_the_api_asks_for_consent_and_knows_its_owner(begin, browser):
    run = begin(holdout="20%")
    address = f"/api/backtests/{run.pk}/unseal"
    assert Client().post(address, {"confirm": True}).status_code == 404
    for body in ({}, {"confirm": False}):
        answer = browser.post(address, body, content_type="application/json")
        assert list(answer.json()["errors"]) == ["confirm"]
    assert browser.post(f"/backtests/{run.pk}/unseal").status_code == 302
    assert HoldOut.objects.get().is_sealed
    answer = browser.post(address, {"confirm": True}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    assert answer.json()["sealed_test"] is True
    again = browser.post(address, {"confirm": True}, content_type="application/json")
    assert again.status_code == 400
    plain = begin("", own_script=SCRIPT)
    answer = browser.post(
        f"/api/backtests/{plain.pk}/unseal", {"confirm": True}, content_type="application/json"
    )
    assert "no sealed days" in answer.json()["errors"]["run"][0]


@pytest.mark.parametrize("value", ["0.01", "60%", "-0.2", "many", "nan", "Infinity"])
def test_an_odd_hold_out_is_a_field_error(value):
    with pytest.raises(BacktestInvalid) as caught:
        holdout.parse(value)
    assert list(caught.value.errors) == ["holdout"]


def test_too_few_bars_are_not_sealed(begin):
    run = begin("", own_script=SCRIPT, start=date(2018, 1, 1), end=date(2018, 4, 30), holdout="0.1")
    assert run.status == "refused"
    assert "sealed" in run.refusal["message"]
    assert not HoldOut.objects.exists()


def test_the_sealed_part_is_measured_from_the_last_close_before_it():
    bars = flat_days(10, 10, 20, 20, 25, 30, 24)
    enter = np.zeros(len(bars), bool)
    enter[0] = True
    decisions = Decisions.from_signals(Signals(enter=enter), len(bars))
    books = simulate(bars, decisions, SimulationConfig(100, commission=0))
    first = date.fromisoformat(str(bars.time[4])[:10])
    last = date.fromisoformat(str(bars.time[-1])[:10])
    found = holdout.sealed_test(HoldOut(first_day=first, last_day=last, bars=3), bars, books)
    assert found.bars == 3
    assert found.total_return == pytest.approx(24 / 20 - 1)
    assert found.max_drawdown == pytest.approx(24 / 30 - 1)
    assert found.trades == 0
