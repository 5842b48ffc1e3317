"""Health is told truly: parts are really asked, and really fail here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from alphabench import health
from sandbox import SandboxClient

PARTS = ["database", "cache", "broker", "storage", "sandbox", "worker"]


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


def part(client: Client, name: str) -> Any:
    return client.get("/health/detailed").json()["parts"][name]


def test_health_answers_without_touching_the_database(client: Client) -> None:
    """Without the `db` fixture a query would be an error."""
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert "no-store" in response.headers["Cache-Control"]
    assert client.post("/health").status_code == 405


def test_a_load_balancer_may_ask_over_plain_http(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health").status_code == 200
    assert client.get("/health/detailed").status_code == 301


def test_everything_mandatory_is_well_here(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    response = client.get("/health/detailed")
    parts = response.json()["parts"]
    assert sorted(parts) == sorted(PARTS)
    for name in ("database", "cache", "broker", "storage"):
        assert parts[name]["ok"], parts[name]
        assert parts[name]["mandatory"]
        assert parts[name]["ms"] > 0
        assert parts[name]["message"].endswith(".")
    assert response.status_code == 200


def test_no_worker_and_no_sandbox_is_degraded_not_down(
    client: Client, charlie: User, settings: Any, tmp_path: Path
) -> None:
    settings.SANDBOX_SOCKET = tmp_path / "nothing.sock"
    client.force_login(charlie)
    answer = client.get("/health/detailed").json()
    assert answer["status"] == "degraded"
    assert answer["parts"]["worker"]["message"].endswith("runs wait until one does.")
    assert answer["parts"]["sandbox"]["message"].startswith("SandboxUnavailable")


@pytest.fixture
def running_sandbox(settings: Any, tmp_path: Path) -> Iterator[SandboxClient]:
    settings.SANDBOX_SOCKET = tmp_path / "sandbox.sock"
    client = SandboxClient.start_or_connect(
        settings.SANDBOX_SOCKET, min_level=settings.SANDBOX_MIN_LEVEL
    )
    yield client
    client.stop()


@pytest.fixture
def running_worker() -> Iterator[None]:
    words = ["-m", "celery", "-A", "alphabench", "worker", "--pool", "solo", "--loglevel", "ERROR"]
    worker = subprocess.Popen([sys.executable, *words], env=dict(os.environ))
    yield
    worker.terminate()
    worker.wait(timeout=20)


def test_a_running_sandbox_and_worker_make_it_ok(
    client: Client, charlie: User, running_sandbox: SandboxClient, running_worker: None
) -> None:
    client.force_login(charlie)
    deadline = time.monotonic() + 60
    while True:
        health.forget()
        answer = client.get("/health/detailed").json()
        if answer["status"] == "ok" or time.monotonic() > deadline:
            break
    assert answer["status"] == "ok", answer
    assert answer["parts"]["sandbox"]["message"] in ("Level A runs.", "Level B runs.")
    assert answer["parts"]["worker"]["message"].startswith("celery@")


def test_strangers_and_users_see_only_whether(client: Client, alice: User) -> None:
    for _ in range(2):
        answer = client.get("/health/detailed").json()
        assert answer["parts"]["database"] == {"status": "ok"}
        assert answer["parts"]["worker"] == {"status": "error"}
        client.force_login(alice)


def test_a_database_that_is_gone_is_503(
    client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def gone() -> None:
        raise OperationalError("connection refused by db.internal")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", gone)
        response = client.get("/health/detailed")
    assert response.status_code == 503
    assert response.json()["status"] == "error"
    assert response.json()["parts"]["database"] == {"status": "error"}
    assert "internal" not in response.content.decode()


def test_a_broker_that_is_gone_is_503(client: Client, settings: Any, db: None) -> None:
    from alphabench.celery import app

    before = app.conf.broker_read_url
    app.conf.broker_read_url = "redis://127.0.0.1:1/0"
    try:
        began = time.monotonic()
        response = client.get("/health/detailed")
        assert response.status_code == 503
        assert response.json()["parts"]["broker"] == {"status": "error"}
        assert time.monotonic() - began < 30
    finally:
        app.conf.broker_read_url = before


def test_a_storage_that_cannot_be_written_is_503(
    client: Client, settings: Any, tmp_path: Path, db: None
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way of a folder")
    options = {**settings.STORAGES["default"], "OPTIONS": {"location": blocked}}
    settings.STORAGES = {**settings.STORAGES, "default": options}
    response = client.get("/health/detailed")
    assert response.status_code == 503
    assert response.json()["parts"]["storage"] == {"status": "error"}


def test_asking_often_asks_the_parts_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    asked = []
    monkeypatch.setattr(health, "probe_database", lambda: asked.append(1) or "x")
    for _ in range(5):
        client.get("/health/detailed")
    assert len(asked) == 1
    health.forget()
    client.get("/health/detailed")
    assert len(asked) == 2


def test_a_probe_that_fails_is_a_sentence_and_a_time() -> None:
    def fail() -> str:
        raise RuntimeError("no")

    found = health.check("x", fail, mandatory=True)
    assert (found.ok, found.message) == (False, "RuntimeError: no")
    assert found.ms >= 0
