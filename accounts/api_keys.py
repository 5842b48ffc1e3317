"""What a user can do with keys of their own: store, change, try, use, remove.

A key is encrypted before it reaches the database and decrypted only where a call is about to be
made. It is never shown again; four characters tell keys apart.
"""

from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import encryption
from accounts.models import ApiKey, User
from accounts.signals import model_asked
from llm.gateway import Breaker, CallRecord, ConnectionSettings, LLMConfig
from llm.gateway.connection import Kind
from llm.gateway.selfcheck import Check, check_connection
from llm.gateway.ssrf import check_base_url
from runs.memory import SharedMemory

MOST_KEYS = 20
# Shorter strings cannot be blacked out of texts without blacking out words.
SHORTEST_KEY = 8
LONGEST_KEY = 500
ADDRESSES: dict[str, str] = {
    ApiKey.Kind.OPENAI: "https://api.openai.com/v1",
    ApiKey.Kind.OPENROUTER: "https://openrouter.ai/api/v1",
}
UNREADABLE = "your stored key can no longer be read; enter it again on the account page"


def create_key(
    *,
    user: User,
    name: str,
    kind: str,
    model: str,
    key: str,
    base_url: str = "",
    use: bool = True,
    idempotency_key: str = "",
) -> ApiKey:
    """Store a key; with `use` the user's runs ask its model from now on, and no other.

    The same idempotency key gives the same row again. Raises Django's `ValidationError` with
    sentences by field.
    """
    row = ApiKey(user=user, name=name, kind=kind, model=model, is_active=use)
    row.idempotency_key = idempotency_key
    row.base_url = base_url.strip() or ADDRESSES.get(kind, "")
    _seal(row, key)
    _check(row)
    with transaction.atomic():
        # Two requests at once must not both find room, nor both become the one in use.
        User.objects.select_for_update().get(pk=user.pk)
        own = ApiKey.objects.filter(user=user)
        if idempotency_key and (made := own.filter(idempotency_key=idempotency_key).first()):
            return made
        if own.count() >= MOST_KEYS:
            raise ValidationError({"name": [f"{MOST_KEYS} keys are the most; remove one first."]})
        _make_room(row)
        row.save(force_insert=True)
    return row


def change_key(*, api_key: ApiKey, key: str = "", **changes: Any) -> ApiKey:
    """Change name, model, address or the key itself.

    A new address needs the key once more: whoever gets hold of a session must not be able to
    have the stored key sent to a server of their own.
    """
    if "base_url" in changes:
        changes["base_url"] = changes["base_url"].strip().rstrip("/")
    moved = any(
        name in changes and changes[name] != getattr(api_key, name) for name in ("base_url", "kind")
    )
    if moved and not key:
        raise ValidationError({"key": ["Enter the key again when the address changes."]})
    for name, value in changes.items():
        setattr(api_key, name, value)
    if key:
        _seal(api_key, key)
    if key or moved or "model" in changes:
        api_key.validated_at = None
    if key or set(changes) - {"is_active"}:
        _check(api_key)  # a key whose address is no longer allowed can still be put out of use
    with transaction.atomic():
        User.objects.select_for_update().get(pk=api_key.user_id)
        _make_room(api_key)
        api_key.save()
    return api_key


def delete_key(*, api_key: ApiKey) -> None:
    """Remove a key for good."""
    api_key.delete()


def active_key(user: User | None) -> ApiKey | None:
    """The key that the user's runs use."""
    if user is None:
        return None
    return ApiKey.objects.filter(user=user, is_active=True).first()


def connection_of(api_key: ApiKey) -> ConnectionSettings:
    """How to reach the model with this key; raises `LLMConfig` when the key cannot be read.

    Nothing of the environment counts here, and the address must be public unless the operator
    said otherwise.
    """
    try:
        key = encryption.decrypt(api_key.encrypted_key)
    except encryption.Unreadable:
        raise LLMConfig(UNREADABLE, code="own_key") from None
    return ConnectionSettings(
        base_url=api_key.base_url,
        api_key=key,
        model=api_key.model,
        kind=cast(Kind, api_key.kind),
        allow_private_addresses=settings.OWN_KEY_PRIVATE_ADDRESSES,
    )


def try_key(*, api_key: ApiKey) -> Check:
    """Ask the model one word with this key, and remember when that last worked."""

    def announce(record: CallRecord) -> None:
        model_asked.send(ApiKey, user=api_key.user, record=record)

    try:
        connection = connection_of(api_key)
    except LLMConfig as error:
        return Check(False, f"Refused: {error}.")
    found = check_connection(connection, record_call=announce, breaker=Breaker(SharedMemory()))
    api_key.validated_at = timezone.now() if found.ok else None
    # The key may have been removed while its model was thinking.
    ApiKey.objects.filter(pk=api_key.pk).update(validated_at=api_key.validated_at)
    return found


def _make_room(row: ApiKey) -> None:
    if row.is_active:
        others = ApiKey.objects.filter(user=row.user_id, is_active=True).exclude(pk=row.pk)
        others.update(is_active=False)


def _seal(row: ApiKey, key: str) -> None:
    key = key.strip()
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        said = f"A key has {SHORTEST_KEY} to {LONGEST_KEY} characters."
        raise ValidationError({"key": [said]})
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValidationError({"key": ["A key has no spaces, line breaks or accents."]})
    row.encrypted_key = encryption.encrypt(key)
    row.last_four = key[-4:]


def _check(row: ApiKey) -> None:
    row.name, row.model = row.name.strip(), row.model.strip()
    errors: dict[str, list[str]] = {}
    try:
        row.clean_fields(exclude=["user", "base_url"] if not row.base_url else ["user"])
    except ValidationError as error:
        errors |= error.message_dict
    try:
        private = settings.OWN_KEY_PRIVATE_ADDRESSES
        row.base_url = check_base_url(row.base_url, allow_private=private)
    except LLMConfig as error:
        said = str(error)
        errors.setdefault("base_url", []).append(f"{said[0].upper()}{said[1:]}.")
    if errors:
        raise ValidationError(errors)
