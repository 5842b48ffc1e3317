"""`/api/symbols`, `/api/datasets`, `/api/prices`"""

from django.urls import path

from market.api import views

urlpatterns = [
    path("symbols", views.SymbolList.as_view(), name="api-symbols"),
    path("symbols/<str:ticker>", views.SymbolDetail.as_view(), name="api-symbol"),
    path("datasets", views.DatasetList.as_view(), name="api-datasets"),
    path("datasets/<uuid:dataset_id>", views.DatasetDetail.as_view(), name="api-dataset"),
    path("prices", views.Prices.as_view(), name="api-prices"),
]
