"""Text that is stored encrypted: authenticated (Fernet), with keys that can be changed.

The first of `FIELD_ENCRYPTION_KEYS` encrypts, every one of them decrypts: a new key goes in front,
`manage.py rotate_encryption` writes everything anew, then the old one can go.
"""

import base64
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class Unreadable(Exception):
    """None of the keys opens this text, or somebody changed it."""


def encrypt(text: str) -> str:
    """The text, readable only with our keys; equal texts do not look equal."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again; raises `Unreadable`."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable("what is stored was encrypted with a key that is gone") from None


def rotate(token: str) -> str:
    """The same text encrypted with the newest key; raises `Unreadable`."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().rotate(token.encode()).decode()
    except InvalidToken:
        raise Unreadable("what is stored was encrypted with a key that is gone") from None


def malformed_keys() -> list[int]:
    """Which of the configured keys are none, counted from 1 (the keys themselves are secret)."""
    from cryptography.fernet import Fernet

    wrong = []
    for number, key in enumerate(settings.FIELD_ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            wrong.append(number)
    return wrong


def _fernet() -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key) for key in _keys()])


def _keys() -> list[str]:
    if settings.FIELD_ENCRYPTION_KEYS:
        return list(settings.FIELD_ENCRYPTION_KEYS)
    if settings.PRODUCTION:
        raise ImproperlyConfigured(
            "Production has no FIELD_ENCRYPTION_KEYS (check alphabench.E014)."
        )
    derived = salted_hmac("accounts.encryption", "", algorithm="sha256").digest()
    return [base64.urlsafe_b64encode(derived).decode()]
