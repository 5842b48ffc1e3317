"""Users, the visitors they were before, and their settings."""

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.querysets import UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """A user models a person with an account, known by one e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": "Somebody has this e-mail address already."},
    )
    name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(
        default=True, help_text="Untick this instead of deleting an account."
    )
    is_staff = models.BooleanField(default=False, help_text="May use this admin site.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("-date_joined",)
        constraints = [
            # With the unique index this makes Alice@… and alice@… one account, for every writer.
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message="Write the e-mail address in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class Visitor(models.Model):
    """A visitor models one browser without an account, known by a signed cookie.

    The row exists only once there is something to remember. Neither address nor device id is
    kept: only hashes that mean nothing without this site's secret key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address_hash = models.CharField(max_length=64, blank=True, editable=False)
    device_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"visitor {str(self.pk)[:8]}"

    @property
    def is_stored(self) -> bool:
        """Whether the row exists."""
        return not self._state.adding


class UserSettings(models.Model):
    """User settings model what a user wants by default and may do by exception."""

    class Theme(models.TextChoices):
        SYSTEM = "system", "As the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="stored_settings"
    )
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    default_commission = models.DecimalField(
        "costs per side",
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("0.2"))],
        help_text="As a fraction of the traded amount; empty means the site's default.",
    )
    default_initial_capital = models.DecimalField(
        "initial capital",
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal("1e12"))],
        help_text="Empty means the site's default.",
    )
    daily_allowance = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Backtests a day for this user, above any plan; empty means the plan's.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "user settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(theme__in=["system", "light", "dark"]), name="settings_theme_is_known"
            ),
            models.CheckConstraint(
                condition=Q(default_commission__isnull=True)
                | Q(default_commission__gte=0, default_commission__lte=Decimal("0.2")),
                name="settings_commission_in_range",
                violation_error_message="Costs per side must lie between 0 and 0.2 (20 %).",
            ),
            models.CheckConstraint(
                condition=Q(default_initial_capital__isnull=True)
                | Q(default_initial_capital__gte=1, default_initial_capital__lte=Decimal("1e12")),
                name="settings_capital_in_range",
                violation_error_message="The capital must lie between 1 and 1,000,000,000,000.",
            ),
        ]

    def __str__(self) -> str:
        return f"settings of {self.user}"

    @classmethod
    def of(cls, user: User) -> "UserSettings":
        """A user's settings; defaults, not yet stored, for whoever never changed any."""
        return cls.objects.filter(user=user).first() or cls(user=user)


class ApiKey(models.Model):
    """An API key models a user's own access to a language model; the key itself is encrypted."""

    class Kind(models.TextChoices):
        OPENAI = "openai", "OpenAI"
        OPENROUTER = "openrouter", "OpenRouter"
        AZURE = "azure", "Azure OpenAI"
        COMPATIBLE = "compatible", "Another OpenAI-compatible server"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    kind = models.CharField("provider", max_length=10, choices=Kind.choices, default=Kind.OPENAI)
    base_url = models.CharField("address", max_length=300)
    model = models.CharField(max_length=120)
    encrypted_key = models.TextField(editable=False)
    last_four = models.CharField(max_length=4, editable=False)
    is_active = models.BooleanField(
        "in use", default=True, help_text="The user's runs ask this model, at the user's expense."
    )
    idempotency_key = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    validated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was last tried and answered."
    )

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["openai", "openrouter", "azure", "compatible"]),
                name="api_key_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(encrypted_key="") & ~Q(base_url="") & ~Q(model=""),
                name="api_key_is_complete",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_active=True),
                name="api_key_one_active_per_user",
                violation_error_message="Another key is in use already.",
            ),
            models.UniqueConstraint(
                fields=["user", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="api_key_once_per_idempotency_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.last_four})"
