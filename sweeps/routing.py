"""WebSocket addresses of this room."""

from django.urls import path

from sweeps.consumers import SweepConsumer

websocket_urlpatterns = [path("ws/sweeps/<uuid:run_id>", SweepConsumer.as_asgi())]
