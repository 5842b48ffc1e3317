"""`/api/backtests…`"""

from django.urls import path

from backtests.api import views

urlpatterns = [
    path("backtests", views.BacktestList.as_view(), name="api-backtests"),
    path("backtests/<uuid:run_id>", views.BacktestDetail.as_view(), name="api-backtest"),
    path(
        "backtests/<uuid:run_id>/cancel",
        views.BacktestCancel.as_view(),
        name="api-backtest-cancel",
    ),
    path(
        "backtests/<uuid:run_id>/events",
        views.BacktestEvents.as_view(),
        name="api-backtest-events",
    ),
    path(
        "backtests/<uuid:run_id>/artifacts",
        views.BacktestArtifacts.as_view(),
        name="api-backtest-artifacts",
    ),
    path(
        "backtests/<uuid:run_id>/script",
        views.BacktestScript.as_view(),
        name="api-backtest-script",
    ),
    path(
        "backtests/<uuid:run_id>/fragility",
        views.BacktestFragility.as_view(),
        name="api-backtest-fragility",
    ),
    path(
        "backtests/<uuid:run_id>/unseal",
        views.BacktestUnseal.as_view(),
        name="api-backtest-unseal",
    ),
]
