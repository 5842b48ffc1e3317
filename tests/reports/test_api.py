"""Reports over JSON."""

import pytest
from django.test import Client

from reports import services
from tests.pages.runs import FACTS, make_completed


@pytest.fixture
def report(alice):
    return services.report_of(run=make_completed(alice))


def test_the_list_has_the_owners_reports_without_their_facts(browser, report):
    [row] = browser.get("/api/reports").json()["results"]
    assert row["id"] == str(report.pk)
    assert row["run"] == str(report.run_id)
    assert row["title"] == FACTS["title"]
    assert row["headline"]["trades"] == 9
    assert row["links"]["pdf"] == f"/reports/{report.run_id}/report.pdf"
    assert "facts" not in row


def test_the_list_is_cut_into_pages_by_a_cursor(browser, alice):
    for _ in range(3):
        services.report_of(run=make_completed(alice))
    first = browser.get("/api/reports?limit=2").json()
    assert len(first["results"]) == 2
    second = browser.get(first["next"]).json()
    assert len(second["results"]) == 1
    assert second["next"] is None


def test_a_report_has_every_figure_by_its_own_id_or_its_runs(browser, report):
    for identity in (report.pk, report.run_id):
        body = browser.get(f"/api/reports/{identity}").json()
        assert body["facts"] == FACTS
        assert body["facts_hash"] == report.facts_hash


def test_strangers_see_nothing(stranger, report):
    assert stranger.get("/api/reports").json()["results"] == []
    response = stranger.get(f"/api/reports/{report.pk}")
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert Client().get(f"/api/reports/{report.pk}").status_code == 404


def test_the_list_needs_few_queries(browser, alice, django_assert_max_num_queries):
    for _ in range(5):
        services.report_of(run=make_completed(alice))
    with django_assert_max_num_queries(5):
        browser.get("/api/reports")


def test_reports_are_read_only(browser, report):
    for method in (browser.post, browser.put, browser.patch, browser.delete):
        assert method(f"/api/reports/{report.pk}").status_code == 405
