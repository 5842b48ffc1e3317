"""What is remembered of an idea beyond its runs: all that was tried, and what is sealed.

No words are kept here, only hashes, days and Sharpe ratios, so deleting a run deletes its text.
Deleting an owner deletes the owner's lineages with everything below.
"""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class LedgerIsAppendOnly(Exception):
    """Somebody tried to change or delete what was tried."""


class Lineage(models.Model):
    """A lineage models one idea of one owner through all its edits, repeats and sweeps."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="lineages"
    )
    visitor = models.ForeignKey(
        "accounts.Visitor", models.CASCADE, null=True, blank=True, related_name="lineages"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(visitor__isnull=True), name="lineage_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"lineage {self.pk}"


class LineageWords(models.Model):
    """Words that belong to a lineage, as the hash of their shape: figures do not matter."""

    lineage = models.ForeignKey(Lineage, models.CASCADE, related_name="words")
    symbol = models.CharField(max_length=60)
    shape_hash = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lineage", "symbol", "shape_hash"], name="lineage_words_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.shape_hash[:12]}"


class VariantQuerySet(models.QuerySet["Variant"]):
    """Everything tried; rows are added and never changed."""

    def update(self, **changes: Any) -> int:
        raise LedgerIsAppendOnly("What was tried is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise LedgerIsAppendOnly("What was tried stays on the record.")

    def reaching(self, symbol: str, first_day: Any, last_day: Any) -> Self:
        """The variants that read any of these days."""
        return self.filter(symbol=symbol, first_day__lte=last_day, last_day__gte=first_day)


class Variant(models.Model):
    """A variant models one distinct try: script, parameters, data, days and costs."""

    class Source(models.TextChoices):
        RUN = "run", "run"
        REPAIR = "repair", "repair"
        SWEEP = "sweep", "sweep"

    lineage = models.ForeignKey(Lineage, models.CASCADE, related_name="variants")
    fingerprint = models.CharField(max_length=64)
    source = models.CharField(max_length=8, choices=Source.choices)
    symbol = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    sharpe_ratio = models.FloatField(null=True, help_text="Per bar; empty where undefined.")
    returns = models.PositiveIntegerField(default=0, help_text="How many it was computed from.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VariantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lineage", "fingerprint"], name="variant_once"),
            models.CheckConstraint(
                condition=Q(source__in=["run", "repair", "sweep"]), name="variant_source_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint[:12]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert once; any later save is refused."""
        if not self._state.adding:
            raise LedgerIsAppendOnly("What was tried is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: deleting runs does not uncount them."""
        raise LedgerIsAppendOnly("What was tried stays on the record.")


class HoldOut(models.Model):
    """A hold-out models the last days of an idea's data, unread until they are unsealed, once."""

    lineage = models.ForeignKey(Lineage, models.CASCADE, related_name="hold_outs")
    symbol = models.CharField(max_length=60)
    first_day = models.DateField()
    last_day = models.DateField()
    bars = models.PositiveIntegerField()
    read_before = models.PositiveIntegerField(
        default=0,
        help_text="Variants of the idea that had read these days before they were sealed.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    unsealed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lineage", "symbol", "first_day", "last_day"], name="hold_out_once"
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=models.F("last_day")), name="hold_out_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.symbol} {self.first_day} to {self.last_day}"

    @property
    def is_sealed(self) -> bool:
        """Whether nobody has read these days yet."""
        return self.unsealed_at is None
