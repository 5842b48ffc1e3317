"""What is stored in secret: encrypted with the newest key, read with any, changed by a command."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts import api_keys, encryption
from accounts.models import ApiKey, User

SECRET = "sk-proj-canary0123456789abcdef"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_encrypted_is_read_again_and_looks_different_each_time() -> None:
    first, second = encryption.encrypt(SECRET), encryption.encrypt(SECRET)
    assert encryption.decrypt(first) == encryption.decrypt(second) == SECRET
    assert first != second
    assert SECRET not in first


def test_a_new_key_in_front_still_reads_what_the_old_one_wrote(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    written = encryption.encrypt(SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert encryption.decrypt(written) == SECRET
    rotated = encryption.rotate(written)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert encryption.decrypt(rotated) == SECRET
    for read in (encryption.decrypt, encryption.rotate):
        with pytest.raises(encryption.Unreadable):
            read(written)


def test_a_changed_text_is_not_read() -> None:
    written = encryption.encrypt(SECRET)
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(written[:-4] + "AAA=")


def test_development_derives_a_key_and_production_never_does(settings: Any) -> None:
    written = encryption.encrypt(SECRET)
    assert encryption.decrypt(written) == SECRET
    settings.SECRET_KEY = "another secret key of this site"
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(written)
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="E014"):
        encryption.encrypt(SECRET)


def stored(user: User) -> ApiKey:
    return api_keys.create_key(user=user, name="mine", kind="openai", model="m", key=SECRET)


def test_the_command_writes_stored_keys_anew(settings: Any, alice: User) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    row = stored(alice)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_encryption", "--dry-run", stdout=(said := StringIO()))
    assert said.getvalue() == "1 would be encrypted anew.\n"
    for _ in range(2):
        call_command("rotate_encryption", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    row.refresh_from_db()
    assert encryption.decrypt(row.encrypted_key) == SECRET


def test_the_command_says_what_it_cannot_read(settings: Any, alice: User) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    stored(alice)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(CommandError, match="1 cannot be read"):
        call_command("rotate_encryption", stdout=StringIO())
