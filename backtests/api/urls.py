"""`/api/backtests…` and `/api/scripts…`"""

from django.urls import path

from backtests.api import compare_views, reading, reading_views, views

urlpatterns = [
    path("backtests", views.BacktestList.as_view(), name="api-backtests"),
    path(
        "backtests/compare",
        compare_views.BacktestComparison.as_view(),
        name="api-backtest-comparison",
    ),
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
        reading_views.BacktestScript.as_view(),
        name="api-backtest-script",
    ),
    path(
        "backtests/<uuid:run_id>/script/explanation",
        reading_views.BacktestScriptExplanation.as_view(),
        name="api-backtest-script-explanation",
    ),
    path(
        "backtests/<uuid:run_id>/reading",
        reading_views.BacktestReading.as_view(),
        name="api-backtest-reading",
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
    path(
        "backtests/<uuid:run_id>/second-reading",
        reading.BacktestSecondReading.as_view(),
        name="api-backtest-second-reading",
    ),
    path("scripts/check", views.ScriptCheck.as_view(), name="api-script-check"),
]
