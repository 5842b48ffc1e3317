"""Logs are one JSON object a line, with the ids that tie them together."""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
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
    return HttpResponse(status=200)

middleware = RequestMiddleware(view)
request = RequestFactory().get("/page?a=1", REMOTE_ADDR="203.0.113.77")
middleware(request)
middleware(RequestFactory().get("/other", headers={"x-request-id": "made-up-by-a-client"}))
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("plain").exception("failed")
"""


@cache
def output() -> str:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "ALPHABENCH_VAR": folder,
                "DJANGO_SETTINGS_MODULE": "alphabench.settings",
            },
            check=True,
            capture_output=True,
            text=True,
        )
    assert done.stdout == ""
    return done.stderr


def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in output().splitlines()]


def test_every_line_is_a_json_object_with_a_time_and_a_level() -> None:
    found = events()
    assert all({"event", "level", "timestamp", "logger"} <= set(event) for event in found)
    assert all(event["timestamp"].endswith("Z") for event in found)


def test_a_request_is_one_line_and_carries_its_id_everywhere() -> None:
    found = events()
    finished = [event for event in found if event["event"] == "request_finished"]
    assert len(finished) == 2
    assert not [event for event in found if event["event"] == "request_started"]
    first, second = finished
    assert first["request"] == "GET /page?a=1"
    assert first["code"] == 200
    assert len(first["request_id"]) == 36
    # An id that a client made up must not tie its lines to somebody else's.
    assert second["request_id"] not in ("made-up-by-a-client", first["request_id"])
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


def test_no_whole_address_is_logged() -> None:
    assert "203.0.113.77" not in output()
