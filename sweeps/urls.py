"""Addresses of sweeps."""

from django.urls import path

from sweeps import views

app_name = "sweeps"
urlpatterns = [
    path("new/<uuid:run_id>/", views.new, name="new"),
    path("<uuid:sweep_id>/", views.sweep_page, name="sweep"),
    path("<uuid:sweep_id>/progress", views.progress, name="progress"),
    path("<uuid:sweep_id>/lines", views.lines, name="lines"),
    path("<uuid:sweep_id>/combinations.csv", views.as_csv, name="csv"),
    path("<uuid:sweep_id>/cancel", views.cancel, name="cancel"),
]
