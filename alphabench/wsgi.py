"""WSGI entry point (gunicorn in production: pages and API)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")
application = get_wsgi_application()
