"""The live page of a run, in every state."""

import html
import uuid

from django.test import Client

from backtests.artifacts import attach, store
from backtests.models import BacktestRun
from tests.pages.runs import SCRIPT, make_completed, make_run


def page_of(browser: Client, run: BacktestRun) -> str:
    return browser.get(run.get_absolute_url()).content.decode()


def test_a_queued_run_says_its_place_and_can_be_cancelled(browser, alice):
    make_run(alice, idea="An earlier one")
    run = make_run(alice)
    page = page_of(browser, run)
    assert "Number 2 in the queue" in page
    assert f'action="/backtests/{run.pk}/cancel"' in page
    assert 'http-equiv="refresh"' in page


def test_stages_show_their_durations_and_notes(browser, alice):
    run = make_run(alice, "running", stage="executing")
    for stage, seconds in (("generating", 0.021), ("validating", 1.25)):
        run.record("stage.finished", {"stage": stage, "seconds": seconds, "note": f"{stage} note"})
    page = page_of(browser, run)
    assert page.index("Written") < page.index("Checked") < page.index("Running")
    assert "21\u202fms" in page
    assert "generating note" in page
    assert 'aria-current="step"' in page


def test_script_and_log_are_shown_and_escaped(browser, alice):
    run = make_run(alice, "running", stage="validating", idea="<script>alert(1)</script>")
    attach(run, store("script", "strategy.py", SCRIPT.encode()))
    run.record("log.line", {"level": "INFO", "message": "<img src=x onerror=alert(1)>"})
    page = page_of(browser, run)
    assert "&lt;b&gt;not bold&lt;/b&gt;" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "Log, 1 line" in page


def test_a_repair_is_shown_as_the_lines_it_changed(browser, alice):
    run = make_run(alice, "running", stage="validating")
    attach(run, store("script", "strategy.py", b"a = 1\nb = 2\n"))
    attach(run, store("script", "strategy.py", b"a = 1\nb = 3\n", version=2, note="b was wrong"))
    page = page_of(browser, run)
    assert '<span class="del">- b = 2</span>' in page
    assert '<span class="add">+ b = 3</span>' in page
    assert "b was wrong" in page


def test_a_refused_idea_is_shown_with_the_words_underlined(browser, alice):
    run = make_run(
        alice,
        "refused",
        idea="Buy when the Moon is full; sell on soon.",
        refusal={
            "code": "not_understood",
            "message": "One condition cannot be tested.",
            "words": ["the moon is full", "<i>"],
            "suggestions": ["Use RSI < 30."],
        },
    )
    page = page_of(browser, run)
    assert "<mark>the Moon is full</mark>" in page
    assert "One condition cannot be tested." in page
    assert "Use RSI &lt; 30." in page
    assert f'href="/?from={run.pk}"' in page
    assert "data-finished" in page


def test_a_failed_run_says_why_and_how_to_go_on(browser, alice):
    run = make_run(alice, "failed", failure_message="The script took longer than 60 s.")
    page = page_of(browser, run)
    assert "The script took longer than 60 s." in page
    assert "Edit the idea" in page
    assert 'http-equiv="refresh"' not in page


def test_a_completed_run_leads_to_its_report_and_keeps_its_stages(browser, alice):
    run = make_completed(alice)
    response = browser.get(run.get_absolute_url())
    assert response.status_code == 302
    assert response["Location"] == f"/reports/{run.pk}/"
    assert "Open the report" in browser.get(f"{run.get_absolute_url()}?stages").content.decode()


def test_the_partial_is_what_the_page_shows(browser, alice):
    run = make_run(alice, "running", stage="validating")
    partial = browser.get(f"/backtests/{run.pk}/progress").content.decode()
    assert partial.startswith('<div id="progress"')
    assert f'data-last-sequence="{run.last_sequence}"' in partial
    assert "<html" not in partial


def test_cancelling_asks_for_a_post_and_stops_the_run(browser, alice):
    run = make_run(alice)
    assert browser.get(f"/backtests/{run.pk}/cancel").status_code == 405
    response = browser.post(f"/backtests/{run.pk}/cancel", follow=True)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert "You stopped this run" in response.content.decode()


def test_cancelling_an_ended_run_says_so(browser, alice):
    run = make_run(alice, "failed", failure_message="No.")
    response = browser.post(f"/backtests/{run.pk}/cancel", follow=True)
    assert "It had already ended." in response.content.decode()


def test_a_file_is_a_download_with_its_name(browser, alice):
    run = make_completed(alice)
    response = browser.get(f"/backtests/{run.pk}/artifacts/script")
    assert response.content.decode() == SCRIPT
    assert response["Content-Disposition"] == 'attachment; filename="strategy.py"'
    assert response["Content-Type"].startswith("text/x-python")


def test_an_older_version_of_a_file_can_be_had(browser, alice):
    run = make_completed(alice)
    attach(run, store("script", "strategy.py", b"new = 2\n", version=2))
    base = f"/backtests/{run.pk}/artifacts/script"
    assert browser.get(base).content == b"new = 2\n"
    assert browser.get(f"{base}?version=1").content.decode() == SCRIPT
    assert browser.get(f"{base}?version=9").status_code == 404
    assert browser.get(f"{base}?version=x").content == b"new = 2\n"
    assert browser.get(f"/backtests/{run.pk}/artifacts/nothing").status_code == 404


def test_strangers_and_guessers_get_404_everywhere(stranger, alice):
    run = make_completed(alice)
    paths = [
        f"/backtests/{run.pk}/",
        f"/backtests/{run.pk}/progress",
        f"/backtests/{run.pk}/artifacts/script",
        f"/reports/{run.pk}/",
        f"/reports/{run.pk}/trades",
        f"/reports/{run.pk}/chart.json",
        f"/reports/{run.pk}/report.json",
        f"/reports/{run.pk}/report.md",
        f"/reports/{run.pk}/report.pdf",
        f"/reports/{run.pk}/trades.csv",
        f"/reports/{run.pk}/bundle.zip",
        f"/backtests/{uuid.uuid4()}/",
    ]
    for browser in (stranger, Client()):
        assert [browser.get(path).status_code for path in paths] == [404] * len(paths)
    for action in ("cancel", "delete"):
        assert stranger.post(f"/backtests/{run.pk}/{action}").status_code == 404
    assert BacktestRun.objects.filter(pk=run.pk).exists()


def test_a_404_is_a_page_with_a_way_on(browser):
    response = browser.get("/no/such/page")
    assert response.status_code == 404
    assert "There is no such page" in html.unescape(response.content.decode())


def test_the_run_page_needs_few_queries(browser, alice, django_assert_max_num_queries):
    run = make_run(alice, "running", stage="executing")
    for number in range(50):
        run.record("log.line", {"level": "INFO", "message": str(number)})
    with django_assert_max_num_queries(8):
        browser.get(f"/backtests/{run.pk}/progress")
