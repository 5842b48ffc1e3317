"""Addresses of the accounts API, below `/api/`."""

from django.urls import path

from accounts.api import views

urlpatterns = [
    path("users/me", views.MeView.as_view(), name="api-me"),
    path("users/me/settings", views.MySettingsView.as_view(), name="api-my-settings"),
    path("auth/token", views.TokenView.as_view(), name="api-token"),
]
