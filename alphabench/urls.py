"""Every address of the site; each room keeps its own list."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from alphabench import health

urlpatterns = [
    path("", include("backtests.urls")),
    path("data/", include("market.urls")),
    path("reports/", include("reports.urls")),
    path("sweeps/", include("sweeps.urls")),
    path("account/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/", include("backtests.api.urls")),
    path("api/", include("sweeps.api.urls")),
    path("api/", include("reports.api.urls")),
    path("api/", include("market.api.urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("billing.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("health", health.health, name="health"),
    path("health/detailed", health.health_detailed, name="health-detailed"),
    path("admin/", admin.site.urls),
]
