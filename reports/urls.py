"""Addresses of reports; the id is the run's."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("<uuid:run_id>/", views.report_page, name="report"),
    path("<uuid:run_id>/trades", views.trades, name="trades"),
    path("<uuid:run_id>/sources", views.cell_sources, name="sources"),
    path("<uuid:run_id>/chart.json", views.chart, name="chart"),
    path("<uuid:run_id>/report.json", views.facts_json, name="json"),
    path("<uuid:run_id>/report.md", views.markdown, name="markdown"),
    path("<uuid:run_id>/report.pdf", views.pdf, name="pdf"),
    path("<uuid:run_id>/trades.csv", views.trades_csv, name="trades_csv"),
    path("<uuid:run_id>/bundle.zip", views.bundle, name="bundle"),
]
