"""Capital and costs where neither the idea nor the form says any."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import User, UserSettings


@dataclass(frozen=True)
class UsualMoney:
    """What an owner starts with and pays, unless a run says otherwise."""

    initial_capital: float
    commission: float

    @classmethod
    def of(cls, user: User | None) -> "UsualMoney":
        """The user's own settings, or the site's."""
        own = UserSettings.of(user) if user is not None else None
        return cls(
            _number(own and own.default_initial_capital, settings.DEFAULT_INITIAL_CAPITAL),
            _number(own and own.default_commission, settings.DEFAULT_COMMISSION),
        )

    @property
    def sentence(self) -> str:
        """The assumption about costs, as pages and reports say it."""
        return f"Costs of {self.commission * 100:g} % per side are charged, as none were named."


def _number(value: Any, default: float) -> float:
    return default if value is None else float(value)
