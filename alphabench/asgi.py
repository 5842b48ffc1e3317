"""ASGI entry point (daphne): pages, API and WebSockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")
# Django's applications must be loaded before anything below imports a model.
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from backtests import routing as backtests  # noqa: E402
from sweeps import routing as sweeps  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(
                URLRouter([*backtests.websocket_urlpatterns, *sweeps.websocket_urlpatterns])
            )
        ),
    }
)
