"""What an account page gives away: the person's own data, and nothing computed about others."""

from typing import Any, cast

from allauth.account.models import EmailAddress

from accounts.models import ApiKey, User, UserSettings
from accounts.signals import personal_data_wanted


def personal_data(user: User) -> dict[str, Any]:
    """Return the user's own data as plain JSON values."""
    stored = UserSettings.of(user)
    own: dict[str, Any] = {
        "user": {
            "id": str(user.pk),
            "email": user.email,
            "name": user.name,
            "date_joined": user.date_joined.isoformat(),
            "last_login": user.last_login.isoformat() if user.last_login else None,
        },
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "settings": {
            "theme": stored.theme,
            "default_commission": _text(stored.default_commission),
            "default_initial_capital": _text(stored.default_initial_capital),
            "daily_allowance": stored.daily_allowance,
        },
        "api_keys": [_described(key) for key in user.api_keys.all()],
    }
    for _, more in personal_data_wanted.send(User, user=user):
        own |= cast(dict[str, Any], more)
    return own


def _described(key: ApiKey) -> dict[str, Any]:
    """A key without the key."""
    return {
        "name": key.name,
        "kind": key.kind,
        "base_url": key.base_url,
        "model": key.model,
        "last_four": key.last_four,
        "is_active": key.is_active,
        "created_at": key.created_at.isoformat(),
    }


def _text(number: Any) -> str | None:
    return None if number is None else str(number)
