"""Addresses of the home page, of runs and of the editor."""

from django.urls import include, path

from backtests import (
    compare_views,
    explaining_views,
    reading_views,
    script_views,
    variant_views,
    views,
)

runs = (
    [
        path("", views.run_list, name="list"),
        path("reading", views.preview, name="reading"),
        path("reading/scenes/<slug:key>", views.preview_scenes, name="reading-scenes"),
        path("compare/", compare_views.compare, name="compare"),
        path("<uuid:run_id>/", views.run_page, name="run"),
        path("<uuid:run_id>/edit/", script_views.edit, name="edit"),
        path("<uuid:run_id>/progress", views.run_progress, name="progress"),
        path("<uuid:run_id>/choose", variant_views.choose, name="choose"),
        path("<uuid:run_id>/refine", variant_views.refine, name="refine"),
        path("<uuid:run_id>/refinement", variant_views.refinement, name="refinement"),
        path("<uuid:run_id>/cancel", views.cancel, name="cancel"),
        path(
            "<uuid:run_id>/second-reading",
            reading_views.run_second_reading,
            name="second_reading",
        ),
        path("<uuid:run_id>/explanation", explaining_views.explanation, name="explanation"),
        path("<uuid:run_id>/unseal", views.unseal, name="unseal"),
        path("<uuid:run_id>/delete", views.delete, name="delete"),
        path("<uuid:run_id>/artifacts/<slug:kind>", views.artifact, name="artifact"),
    ],
    "backtests",
)

scripts = (
    [
        path("new/", script_views.new, name="new"),
        path("check", script_views.check, name="check"),
    ],
    "scripts",
)

urlpatterns = [
    path("", views.home, name="home"),
    path("backtests/", include(runs)),
    path("scripts/", include(scripts)),
]
