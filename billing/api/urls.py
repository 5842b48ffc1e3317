"""Addresses of the billing API, below `/api/`."""

from django.urls import path

from billing.api import views

urlpatterns = [
    path("allowance", views.AllowanceView.as_view(), name="api-allowance"),
    path("subscriptions", views.PlanListView.as_view(), name="api-plans"),
    path(
        "subscriptions/active",
        views.ActiveSubscriptionView.as_view(),
        name="api-subscription-active",
    ),
]
