"""`manage.py serve` with the settings of production."""

import http.client
import os
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.stack import Stack

NAME = "alphabench.example.org"
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "7c1f0a52d9b84e36" * 4,
    "ALLOWED_HOSTS": NAME,
    "CSRF_TRUSTED_ORIGINS": f"https://{NAME}",
    "TRUSTED_PROXY_COUNT": "1",
    "FIELD_ENCRYPTION_KEYS": "7c1f0a52d9b84e367c1f0a52d9b84e367c1f0a52d9b=",
}

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]


def get(site: Stack, **headers: str) -> tuple[int, str]:
    """Return status and target of the home page as this client sees it."""
    client = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    client.request("GET", "/", headers=headers)
    answer = client.getresponse()
    return answer.status, answer.headers.get("Location", "")


def database_url() -> str:
    """Return the address of this session's own PostgreSQL test database."""
    server, _, _ = os.environ["TEST_DATABASE_URL"].rpartition("/")
    return f"{server}/{connection.settings_dict['NAME']}"


@pytest.mark.both_stacks
def test_production_starts_on_servers_and_refuses_without_them(transactional_db: Any) -> None:
    if not settings.DATABASE_URL:
        bare = Stack(environment=PRODUCTION)
        refused = bare.manage("serve", "--port", "0")
        bare.discard()
        assert refused.returncode == 1
        assert "alphabench.E006" in refused.stderr
        assert "alphabench.E007" in refused.stderr
        return
    with Stack(
        database_url=database_url(), redis_url=settings.REDIS_URL, environment=PRODUCTION
    ) as site:
        assert "valkey" not in site.pids()
        assert get(site, Host=NAME, **{"X-Forwarded-Proto": "https"}) == (200, "")
        assert get(site, Host=NAME) == (301, f"https://{NAME}/")
        assert get(site, Host="evil.example.org")[0] == 400
