"""Addresses of the accounts API, below `/api/`."""

from django.urls import path

from accounts.api import api_keys, views

urlpatterns = [
    path("users/me", views.MeView.as_view(), name="api-me"),
    path("users/me/settings", views.MySettingsView.as_view(), name="api-my-settings"),
    path("api-keys", api_keys.ApiKeyList.as_view(), name="api-keys"),
    path("api-keys/<uuid:pk>", api_keys.ApiKeyDetail.as_view(), name="api-key"),
    path("api-keys/<uuid:pk>/validate", api_keys.ApiKeyValidate.as_view(), name="api-key-check"),
    path("auth/token", views.TokenView.as_view(), name="api-token"),
]
