"""What every test stands on: a real Valkey for cache, channel layer and broker, and the cast."""

import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from alphabench.serve import valkey
from alphabench.serve.children import start_child

# The `stack` fixture: a whole running site.
pytest_plugins = ["tests.stack"]


@pytest.fixture(scope="session", autouse=True)
def valkey_server() -> Iterator[None]:
    """Start Valkey on the settings' own socket, unless a Redis was named."""
    # `-p no:django` runs the rooms without a web framework alone, and they need no server.
    if not settings.configured or settings.REDIS_URL:
        yield
        return
    words = valkey.command(
        socket_path=settings.VALKEY_SOCKET, folder=settings.RUN_DIR, durable=False
    )
    with (settings.RUN_DIR / "valkey.log").open("wb") as log:
        server = start_child(words, log=log)
    deadline = time.monotonic() + 10
    while not valkey.answers(settings.VALKEY_SOCKET):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((settings.RUN_DIR / "valkey.log").read_text())
        time.sleep(0.005)
    yield
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()


@pytest.fixture(scope="session", autouse=True)
def lingering_connections(request: pytest.FixtureRequest) -> Iterator[None]:
    """End what threads of WebSocket tests left open, or PostgreSQL keeps the test database."""
    if not os.environ.get("TEST_DATABASE_URL"):
        yield
        return
    blocker = request.getfixturevalue("django_db_blocker")
    request.getfixturevalue("django_db_setup")
    yield
    from django.db import connection

    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under xdist keep a file on one worker, and all that share the running site on one."""
    for item in items:
        shares_site = "stack" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("stack" if shares_site else item.path.name))


@pytest.fixture
def empty_cache() -> Iterator[None]:
    """Start and end with an empty cache: rate limits and cached pages of others are gone."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice(db: None) -> Any:
    """Return the person most stories are about."""
    from tests.factories import make_user

    return make_user("alice")


@pytest.fixture
def bob(db: None) -> Any:
    """Return somebody else with an account: what is Alice's is not Bob's."""
    from tests.factories import make_user

    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> Any:
    """Return a member of staff."""
    from tests.factories import make_user

    return make_user("charlie", is_staff=True)


@pytest.fixture
def browser(alice: Any) -> Any:
    """Return Alice's browser."""
    from tests.factories import browser_of

    return browser_of(alice)


@pytest.fixture
def stranger(bob: Any) -> Any:
    """Return the browser of somebody else."""
    from tests.factories import browser_of

    return browser_of(bob)


def pytest_report_header() -> str:
    """Say which stack this session stands on."""
    database = "PostgreSQL" if os.environ.get("TEST_DATABASE_URL") else "SQLite"
    broker = "Redis" if os.environ.get("TEST_REDIS_URL") else "our own Valkey"
    return f"alphabench on {database} and {broker}"
