"""The ground the other tests stand on is what it says."""

from django.conf import settings
from django.core.cache import cache


def test_the_cache_is_a_real_server() -> None:
    cache.set("greeting", "hello", 5)
    assert cache.get("greeting") == "hello"


def test_nothing_is_written_into_the_working_copy() -> None:
    assert settings.BASE_DIR not in settings.VAR_DIR.parents
