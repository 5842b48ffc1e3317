"""The list of past runs."""

from backtests.models import BacktestRun
from tests.pages.runs import make_completed, make_run


def test_an_empty_list_says_what_to_do(browser):
    page = browser.get("/backtests/").content.decode()
    assert "Nothing tested yet" in page
    assert "Write the first idea" in page


def test_runs_show_figures_verdict_and_state(browser, alice):
    make_completed(alice)
    make_run(alice, "refused", idea="Buy the moon")
    page = browser.get("/backtests/").content.decode()
    assert "RSI(2) dips above the 50-day average" in page
    assert "−10.7\u202f%" in page
    assert "no edge" in page
    assert "Buy the moon" in page
    assert "refused" in page


def test_a_filter_shows_only_its_states(browser, alice):
    make_completed(alice)
    make_run(alice, "cancelled", idea="Stopped early")
    page = browser.get("/backtests/?status=failed").content.decode()
    assert "Stopped early" in page
    assert "RSI(2) dips" not in page
    assert "No run is active" in browser.get("/backtests/?status=active").content.decode()
    assert "RSI(2) dips" in browser.get("/backtests/?status=nonsense").content.decode()


def test_others_runs_are_not_in_my_list(stranger, alice):
    make_completed(alice)
    assert "RSI(2) dips" not in stranger.get("/backtests/").content.decode()


def test_long_lists_have_pages_that_keep_the_filter(browser, alice):
    BacktestRun.objects.bulk_create(
        BacktestRun(user=alice, idea=f"Idea {n}", status="failed", stage="generating")
        for n in range(30)
    )
    first = browser.get("/backtests/?status=failed").content.decode()
    assert "Page 1 of 2" in first
    assert "?page=2&amp;status=failed" in first
    second = browser.get("/backtests/?status=failed&page=2").content.decode()
    assert second.count("<tr>") - 1 == 5


def test_deleting_takes_the_run_its_report_and_its_files(browser, alice):
    from reports.models import Report

    run = make_completed(alice)
    browser.get(f"/reports/{run.pk}/")
    response = browser.post(f"/backtests/{run.pk}/delete", follow=True)
    assert "Deleted: RSI(2) dips" in response.content.decode()
    assert not BacktestRun.objects.exists()
    assert not Report.objects.exists()


def test_the_list_needs_few_queries(browser, alice, django_assert_max_num_queries):
    for _ in range(10):
        make_completed(alice)
    with django_assert_max_num_queries(8):
        browser.get("/backtests/")
