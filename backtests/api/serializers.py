"""Backtests on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from backtests.models import Artifact, BacktestEvent, BacktestRun


class BacktestInput(serializers.Serializer[Any]):
    """A request for a backtest: shape only, the rules are the service's."""

    strategy_description = serializers.CharField(
        help_text="The idea, in plain English.", allow_blank=True, trim_whitespace=True
    )
    instrument_symbol = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=60
    )
    from_date = serializers.DateField(required=False, allow_null=True, default=None)
    to_date = serializers.DateField(required=False, allow_null=True, default=None)
    initial_capital = serializers.DecimalField(
        max_digits=None, decimal_places=None, required=False, allow_null=True, default=None
    )
    commission = serializers.DecimalField(
        max_digits=None,
        decimal_places=None,
        required=False,
        allow_null=True,
        default=None,
        help_text="Costs per side as a fraction: 0.001 is 0.1 %.",
    )


class RefusalOutput(serializers.Serializer[Any]):
    """Why an idea was not tested."""

    code = serializers.CharField()
    message = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())
    suggestions = serializers.ListField(child=serializers.CharField())


class BacktestOutput(serializers.ModelSerializer[BacktestRun]):
    """One run."""

    symbol = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = BacktestRun
        fields = (
            "id",
            "title",
            "idea",
            "symbol",
            "status",
            "stage",
            "refusal",
            "failure_message",
            "headline",
            "created_at",
            "started_at",
            "finished_at",
            "links",
        )
        read_only_fields = fields

    def get_symbol(self, run: BacktestRun) -> str | None:
        """The symbol that was traded, once it is known."""
        return run.dataset.symbol.ticker if run.dataset else None

    def get_refusal(self, run: BacktestRun) -> dict[str, Any] | None:
        """The refusal, for a refused run."""
        return run.refusal or None

    def get_links(self, run: BacktestRun) -> dict[str, str]:
        """Where to go on from here."""
        return {
            "page": run.get_absolute_url(),
            "events": reverse("api-backtest-events", args=[run.pk]),
            "artifacts": reverse("api-backtest-artifacts", args=[run.pk]),
            "script": reverse("api-backtest-script", args=[run.pk]),
            "socket": f"/ws/runs/{run.pk}",
            "report": reverse("reports:report", args=[run.pk]),
        }


class EventOutput(serializers.ModelSerializer[BacktestEvent]):
    """One past fact."""

    class Meta:
        model = BacktestEvent
        fields = ("sequence", "kind", "payload", "created_at")
        read_only_fields = fields


class EventPage(serializers.Serializer[Any]):
    """Events after a number; `more` says that another page is there already."""

    results = EventOutput(many=True)
    last_sequence = serializers.IntegerField()
    more = serializers.BooleanField()


class ArtifactOutput(serializers.ModelSerializer[Artifact]):
    """One file a run left behind."""

    download = serializers.SerializerMethodField()

    class Meta:
        model = Artifact
        fields = ("kind", "version", "name", "size", "content_hash", "note", "download")
        read_only_fields = fields

    def get_download(self, artifact: Artifact) -> str:
        """Where the content is."""
        address = reverse("backtests:artifact", args=[artifact.run_id, artifact.kind])
        return f"{address}?version={artifact.version}"


class ScriptOutput(serializers.Serializer[Any]):
    """The newest script."""

    version = serializers.IntegerField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="The whole script.")
