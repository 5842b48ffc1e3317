"""The ground the other tests stand on is what it says."""

import os

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

pytestmark = pytest.mark.both_stacks


def test_the_cache_is_a_real_server() -> None:
    cache.set("greeting", "hello", 5)
    assert cache.get("greeting") == "hello"


def test_each_worker_has_its_own_corner_of_the_cache() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    assert settings.CACHES["default"]["KEY_PREFIX"] == f"test-{worker}"


def test_the_database_is_the_one_that_was_asked_for(db: None) -> None:
    wanted = "postgresql" if os.environ.get("TEST_DATABASE_URL") else "sqlite"
    assert connection.vendor == wanted


def test_sqlite_takes_the_write_lock_when_a_transaction_begins(db: None) -> None:
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == "IMMEDIATE"
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nothing_is_written_into_the_working_copy() -> None:
    assert settings.BASE_DIR not in settings.VAR_DIR.parents
