"""The cast and their things, made with the least each test needs."""

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client


def make_user(name: str, **fields: Any) -> Any:
    """Return a saved user `name@example.org` with the password `correct horse battery`."""
    values = {"email": f"{name}@example.org", "password": "correct horse battery", **fields}
    return get_user_model().objects.create_user(**values)


def browser_of(user: Any) -> Client:
    """Return a signed-in browser."""
    client = Client()
    client.force_login(user)
    return client
