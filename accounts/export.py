"""What an account page gives away: the person's own data, and nothing computed about others."""

from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User, UserSettings


def personal_data(user: User) -> dict[str, Any]:
    """Return the user's own data as plain JSON values."""
    stored = UserSettings.of(user)
    return {
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
    }


def _text(number: Any) -> str | None:
    return None if number is None else str(number)
