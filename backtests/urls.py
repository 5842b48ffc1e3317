"""Addresses of the home page and of runs."""

from django.urls import include, path

from backtests import views

runs = (
    [
        path("", views.run_list, name="list"),
        path("reading", views.preview, name="reading"),
        path("<uuid:run_id>/", views.run_page, name="run"),
        path("<uuid:run_id>/progress", views.run_progress, name="progress"),
        path("<uuid:run_id>/cancel", views.cancel, name="cancel"),
        path("<uuid:run_id>/unseal", views.unseal, name="unseal"),
        path("<uuid:run_id>/delete", views.delete, name="delete"),
        path("<uuid:run_id>/artifacts/<slug:kind>", views.artifact, name="artifact"),
    ],
    "backtests",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("backtests/", include(runs)),
]
