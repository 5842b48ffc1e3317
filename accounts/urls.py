"""Addresses of the account page, below `/account/`."""

from django.urls import path

from accounts import key_views, views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("export", views.export, name="export"),
    path("delete", views.delete, name="delete"),
    path("keys/<uuid:key_id>/try", key_views.try_key, name="try-key"),
    path("keys/<uuid:key_id>/use", key_views.use_key, name="use-key"),
    path("keys/<uuid:key_id>/remove", key_views.remove_key, name="remove-key"),
]
