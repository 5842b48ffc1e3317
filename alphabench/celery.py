"""The Celery application: `celery -A alphabench worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")

app = Celery("alphabench")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.Beat = app.subclass_with_self("alphabench.serve.beat:Beat")
