"""The pages of a sweep: ranges in, progress, result; 404 for strangers."""

import re

import pytest
from django.urls import reverse

from sweeps import pipeline
from sweeps.models import Sweep


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Let no worker start: these tests walk by themselves."""
    monkeypatch.setattr("sweeps.tasks.enqueue_chunks", lambda sweep_id: None)


def form(**change):
    values = {
        "key": "k", "method": "grid", "samples": "", "seed": "0",
        "vary.days": "on", "low.days": "10", "high.days": "40", "step.days": "10",
        "vary.lag": "on", "values.lag": "1, 5", "values.mode": "calm",
    }  # fmt: skip
    return {name: value for name, value in (values | change).items() if value is not None}


def address(run):
    return reverse("sweeps:new", args=[run.pk])


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_form_holds_the_ranges_of_the_script(browser, run):
    page = browser.get(address(run)).content.decode()
    for part in ('name="low.days" value="10"', 'name="high.days" value="60"', 'value="1, 5, 10"'):
        assert part in page
    assert page.count("checked") == 3  # two parameters, and the method
    assert "data-limit" in page


def test_ranges_become_a_sweep_with_a_page_of_its_own(browser, run):
    answer = browser.post(address(run), form())
    sweep = Sweep.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, sweep.get_absolute_url())
    assert sweep.combinations == 8
    waiting = browser.get(sweep.get_absolute_url())
    assert "Waiting for a free worker" in text(waiting)
    assert f'data-sweep="{sweep.pk}"' in waiting.content.decode()


def test_a_wrong_range_comes_back_as_it_was_typed_with_its_error(browser, run):
    answer = browser.post(address(run), form(**{"step.days": "0", "low.days": "1o"}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'name="low.days" value="1o"' in page
    assert 'aria-invalid="true"' in page
    assert "must be a number" in page
    assert not Sweep.objects.exists()


def test_far_too_many_are_counted_and_refused(browser, run):
    answer = browser.post(address(run), form(**{"high.days": "5000000", "step.days": "1"}))
    assert answer.status_code == 422
    assert "9,999,982 combinations" in text(answer)


def test_a_random_draw_needs_its_number(browser, run):
    answer = browser.post(address(run), form(method="random", samples="many"))
    assert answer.status_code == 422
    assert "A whole number is needed here." in text(answer)


def test_the_result_shows_verdict_map_and_table(browser, run):
    browser.post(address(run), form())
    sweep = pipeline.sweep_to_end(Sweep.objects.get())
    answer = browser.get(sweep.get_absolute_url())
    assert answer.status_code == 200
    shown = text(answer)
    for part in (
        "Is the best of them luck?", "Variants of this idea tried", "Plateau or spike",
        "Walk-forward", "Each part of the past as the test", "Every combination",
    ):  # fmt: skip
        assert part in shown
    page = answer.content.decode()
    assert page.count('<td class="g') + page.count('<td class="l') + page.count("still") >= 8
    assert re.search(r'class="[glv]\w+ best"', page)


def test_the_table_is_sorted_by_any_column(browser, run):
    browser.post(address(run), form())
    sweep = pipeline.sweep_to_end(Sweep.objects.get())
    lines = reverse("sweeps:lines", args=[sweep.pk])
    page = browser.get(f"{lines}?order=params.days").content.decode()
    days = [int(found) for found in re.findall(r"<tr[^>]*><td class=\"r\">(\d+)</td>", page)]
    assert days == sorted(days) and len(days) == 8
    assert 'aria-sort="ascending"' in page
    assert browser.get(f"{lines}?order=nothing&page=99").status_code == 200


def test_the_file_holds_every_combination(browser, run):
    browser.post(address(run), form())
    sweep = pipeline.sweep_to_end(Sweep.objects.get())
    rows = browser.get(reverse("sweeps:csv", args=[sweep.pk])).content.decode().splitlines()
    assert rows[0] == "days,lag,sharpe_ratio,total_return,max_drawdown,trades"
    assert len(rows) == 9


def test_a_page_asks_the_database_little(browser, run, django_assert_max_num_queries):
    browser.post(address(run), form())
    sweep = pipeline.sweep_to_end(Sweep.objects.get())
    with django_assert_max_num_queries(8):
        browser.get(sweep.get_absolute_url())


def test_it_can_be_stopped(browser, run):
    browser.post(address(run), form())
    sweep = Sweep.objects.get()
    answer = browser.post(reverse("sweeps:cancel", args=[sweep.pk]), follow=True)
    assert "You stopped this sweep" in text(answer)


def test_a_strangers_sweep_is_not_there(browser, stranger, run):
    browser.post(address(run), form())
    sweep = Sweep.objects.get()
    for name in ("sweep", "progress", "lines", "csv"):
        assert stranger.get(reverse(f"sweeps:{name}", args=[sweep.pk])).status_code == 404
    assert stranger.post(reverse("sweeps:cancel", args=[sweep.pk])).status_code == 404
    assert stranger.get(address(run)).status_code == 404
    assert stranger.post(address(run), form()).status_code == 404
