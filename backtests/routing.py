"""WebSocket addresses of this room."""

from django.urls import path

from backtests.consumers import BacktestConsumer

websocket_urlpatterns = [path("ws/runs/<uuid:run_id>", BacktestConsumer.as_asgi())]
