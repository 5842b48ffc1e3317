"""Browsers of the cast."""

from typing import Any

import pytest
from django.test import Client


def browser_of(user: Any) -> Client:
    """Return a signed-in browser."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(alice: Any) -> Client:
    """Return Alice's browser."""
    return browser_of(alice)


@pytest.fixture
def stranger(bob: Any) -> Client:
    """Return the browser of somebody else."""
    return browser_of(bob)
