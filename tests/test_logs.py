"""Logs are one JSON object a line, with the ids that tie them together."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

PROGRAM = """
import logging, structlog, django
django.setup()
from django.http import HttpResponse
from django.test import RequestFactory
from django_structlog.middlewares import RequestMiddleware

def view(request):
    with structlog.contextvars.bound_contextvars(run_id="4d1be954"):
        structlog.get_logger("backtests").info("stage_started", stage="executing")
        logging.getLogger("plain").warning("two\\nlines")
    if request.path == "/broken":
        request._raised_exception = ValueError("broken")
    return HttpResponse(status=200)

middleware = RequestMiddleware(view)
request = RequestFactory().get("/page?a=1", REMOTE_ADDR="203.0.113.77")
middleware(request)
middleware(RequestFactory().get("/other", headers={"x-request-id": "from-the-proxy"}))
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("plain").exception("failed")
"""


def lines_of(**environment: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "ALPHABENCH_VAR": folder,
                "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
                "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
                **environment,
            },
            check=True,
            capture_output=True,
            text=True,
        )
    assert done.stdout == ""
    return done.stderr.splitlines()


def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines_of(DJANGO_SETTINGS_MODULE="alphabench.settings")]


def test_every_line_is_a_json_object_with_a_time_and_a_level() -> None:
    found = events()
    assert all({"event", "level", "timestamp", "logger"} <= set(event) for event in found)
    assert all(event["timestamp"].endswith("Z") for event in found)


def test_a_request_is_one_line_and_carries_its_id_everywhere() -> None:
    found = events()
    started = [event for event in found if event["event"] == "request_started"]
    finished = [event for event in found if event["event"] == "request_finished"]
    assert len(finished) == 2
    assert len(started) <= 2
    first, second = finished
    assert first["request"] == "GET /page"
    assert first["code"] == 200
    assert len(first["request_id"]) == 36
    assert second["request_id"] == "from-the-proxy"
    of_first = [event for event in found if event.get("request_id") == first["request_id"]]
    assert {"stage_started", "two\nlines"} <= {event["event"] for event in of_first}


def test_a_run_is_named_on_every_line_about_it() -> None:
    about = [event for event in events() if event.get("run_id") == "4d1be954"]
    assert {event["event"] for event in about} == {"stage_started", "two\nlines"}
    assert about[0]["stage"] == "executing"


def test_an_exception_stays_on_its_line() -> None:
    [failed] = [event for event in events() if event["event"] == "failed"]
    assert "ZeroDivisionError" in failed["exception"]
    assert failed["level"] == "error"


def test_no_address_and_no_query_is_logged() -> None:
    text = "\n".join(lines_of(DJANGO_SETTINGS_MODULE="alphabench.settings"))
    assert "203.0.113.77" not in text
    assert "a=1" not in text
