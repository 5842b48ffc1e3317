"""Sweeps on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from sweeps.models import Sweep


class SweepInput(serializers.Serializer[Any]):
    """A request for a sweep: shape only, the rules are the service's."""

    run = serializers.UUIDField(help_text="A completed backtest of yours.")
    ranges = serializers.DictField(
        required=False,
        allow_null=True,
        default=None,
        help_text='By parameter: {"low": 5, "high": 50, "step": 5} or {"values": [1, 2, 5]}. '
        "Without ranges the script's RANGES are taken, or else ranges around its values.",
    )
    method = serializers.ChoiceField(choices=Sweep.Method.choices, default=Sweep.Method.GRID)
    samples = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="How many combinations a random search draws.",
    )
    seed = serializers.IntegerField(required=False, default=0)


class SweepOutput(serializers.ModelSerializer[Sweep]):
    """One sweep."""

    run = serializers.UUIDField(source="run_id", read_only=True)
    axes = serializers.JSONField(read_only=True)
    done = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = Sweep
        fields = (
            "id",
            "run",
            "method",
            "axes",
            "combinations",
            "seed",
            "status",
            "stage",
            "done",
            "refusal",
            "failure_message",
            "headline",
            "created_at",
            "started_at",
            "finished_at",
            "links",
        )
        read_only_fields = fields

    def get_done(self, sweep: Sweep) -> int:
        """How many combinations were tried so far."""
        left = sum(chunk.size for chunk in sweep.chunks.all() if chunk.done_at is None)
        return sweep.combinations - left

    def get_refusal(self, sweep: Sweep) -> dict[str, Any] | None:
        """The refusal, for a refused sweep."""
        return sweep.refusal or None

    def get_links(self, sweep: Sweep) -> dict[str, str]:
        """Where to go on from here."""
        return {
            "page": sweep.get_absolute_url(),
            "results": reverse("api-sweep-results", args=[sweep.pk]),
            "cancel": reverse("api-sweep-cancel", args=[sweep.pk]),
            "socket": f"/ws/sweeps/{sweep.pk}",
            "run": reverse("api-backtest", args=[sweep.run_id]),
        }


class CombinationOutput(serializers.Serializer[Any]):
    """One combination and what it came to; null where a measure is undefined."""

    number = serializers.IntegerField()
    params = serializers.DictField()
    sharpe_ratio = serializers.FloatField(allow_null=True, help_text="Annual.")
    total_return = serializers.FloatField(help_text="As a fraction.")
    max_drawdown = serializers.FloatField(help_text="As a negative fraction.")
    trades = serializers.IntegerField()


class ResultPage(serializers.Serializer[Any]):
    """The study of a sweep and one page of its combinations."""

    study = serializers.JSONField()
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    order = serializers.CharField()
    results = CombinationOutput(many=True)
