"""Symbols, what people call them, and the fixed sets of bars they are known by."""

import uuid
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from market.errors import DatasetImmutable
from market.naming import TICKER_PATTERN, alias_key
from market.querysets import DatasetQuerySet, SymbolQuerySet


class Symbol(models.Model):
    """A symbol models one thing that can be traded."""

    class Kind(models.TextChoices):
        INDEX = "index", "index"
        STOCK = "stock", "stock"
        FUND = "fund", "fund"
        CURRENCY = "currency", "currency pair"
        CRYPTO = "crypto", "crypto currency"
        OTHER = "other", "other"

    class Calendar(models.TextChoices):
        XNYS = "xnys", "New York exchange days"
        WEEKDAYS = "weekdays", "Mondays to Fridays"
        EVERY_DAY = "every_day", "every day"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticker = models.CharField(
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(TICKER_PATTERN, "Write capital letters, digits and . - ^ = _ only.")
        ],
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OTHER)
    calendar = models.CharField(max_length=10, choices=Calendar.choices, default=Calendar.WEEKDAYS)
    current = models.ForeignKey(
        "market.Dataset",
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="current_of",
        help_text="The dataset new runs use.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SymbolQuerySet.as_manager()

    class Meta:
        ordering = ["ticker"]
        constraints = [
            models.CheckConstraint(condition=~Q(ticker=""), name="symbol_has_a_ticker"),
            models.CheckConstraint(
                condition=Q(kind__in=["index", "stock", "fund", "currency", "crypto", "other"]),
                name="symbol_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(calendar__in=["xnys", "weekdays", "every_day"]),
                name="symbol_calendar_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.ticker

    def get_absolute_url(self) -> str:
        return reverse("market:symbol", args=[self.ticker])


class SymbolAlias(models.Model):
    """An alias models one more way of writing a symbol; its key names at most one symbol."""

    symbol = models.ForeignKey(Symbol, models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False)

    class Meta:
        verbose_name_plural = "symbol aliases"
        ordering = ["text"]
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="alias_has_a_key")]

    def __str__(self) -> str:
        return f"{self.text} → {self.symbol_id and self.symbol.ticker}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = alias_key(self.text)
        super().save(*args, **kwargs)


class Dataset(models.Model):
    """A dataset models a fixed set of bars of one symbol; its hash is the hash of its bars.

    It never changes: a report made from it can be made again from it.
    """

    class Frequency(models.TextChoices):
        DAILY = "1d", "daily"
        WEEKLY = "1w", "weekly"
        MONTHLY = "1mo", "monthly"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    symbol = models.ForeignKey(Symbol, models.RESTRICT, related_name="datasets")
    content_hash = models.CharField("SHA-256 of the bars", max_length=64, unique=True)
    frequency = models.CharField(max_length=4, choices=Frequency.choices, default=Frequency.DAILY)
    timezone = models.CharField(max_length=40, default="UTC")
    first_bar = models.DateTimeField()
    last_bar = models.DateTimeField()
    rows = models.PositiveIntegerField()
    has_range = models.BooleanField("open, high and low are real")
    has_volume = models.BooleanField("volume is real")
    adjusted = models.BooleanField("adjusted for splits and dividends")
    source = models.CharField(max_length=200)
    source_hash = models.CharField("SHA-256 of the source file", max_length=64)
    licence = models.CharField("licence note", max_length=400, blank=True)
    quality = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["symbol__ticker", "-created_at"]
        indexes = [
            # "Is everything from these files here?", asked at every start.
            models.Index(fields=["source_hash"], name="dataset_source_hash"),
            # The datasets of one symbol, newest first; also the API's cursor.
            models.Index(fields=["symbol", "-created_at"], name="dataset_symbol_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rows__gt=0), name="dataset_has_rows"),
            models.CheckConstraint(
                condition=Q(first_bar__lte=F("last_bar")), name="dataset_bars_in_order"
            ),
            models.CheckConstraint(
                condition=Q(frequency__in=["1d", "1w", "1mo"]), name="dataset_frequency_is_known"
            ),
            models.CheckConstraint(condition=Q(timezone="UTC"), name="dataset_times_are_utc"),
        ]

    def __str__(self) -> str:
        return f"{self.symbol.ticker} {self.first_bar:%Y-%m-%d} to {self.last_bar:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise DatasetImmutable("A dataset never changes; import the new prices as a new one.")
        super().save(*args, **kwargs)

    @property
    def path(self) -> str:
        """Where the Parquet file lies in the default storage."""
        return dataset_path(self.content_hash)

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """The findings of the quality report that a reader should know of."""
        findings = self.quality.get("findings", [])
        return [finding for finding in findings if finding["severity"] == "warning"]

    def read(self) -> bytes:
        """The Parquet file."""
        with default_storage.open(self.path) as file:
            return file.read()


def dataset_path(content_hash: str) -> str:
    """Where the bars with this hash are stored."""
    return str(PurePosixPath("datasets", content_hash[:2], f"{content_hash}.parquet"))
