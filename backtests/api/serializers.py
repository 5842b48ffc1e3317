"""Backtests on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from backtests.fragility import MOST_COSTS, MOST_DELAY, MOST_TRADES
from backtests.models import Artifact, BacktestEvent, BacktestRun


class CostsInput(serializers.Serializer[Any]):
    """Costs beyond the commission; what is left out costs nothing."""

    slippage = serializers.FloatField(required=False, help_text="Fraction, against every fill.")
    half_spread = serializers.FloatField(required=False, help_text="Fraction of notional a fill.")
    slippage_atr = serializers.FloatField(required=False, help_text="Share of the ATR(14).")
    borrow_rate = serializers.FloatField(required=False, help_text="A year, on shorts.")
    cash_rate = serializers.FloatField(required=False, help_text="A year, earned on idle money.")
    fee_per_unit = serializers.FloatField(required=False, help_text="Money a unit.")
    fixed_fee = serializers.FloatField(required=False, help_text="Money a fill.")
    minimum_fee = serializers.FloatField(required=False, help_text="Money a fill at least.")
    whole_units = serializers.BooleanField(required=False, help_text="Round units down.")
    tiers = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        required=False,
        max_length=20,
        help_text="Pairs of (from notional, commission), from 0 on; replace the commission.",
    )


class FragilityInput(serializers.Serializer[Any]):
    """Circumstances to run a result again under; what is left out stays as it was."""

    costs = serializers.FloatField(
        required=False, min_value=0, max_value=MOST_COSTS, help_text="All costs times this."
    )
    delay = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_DELAY, help_text="Bars."
    )
    without_best = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_TRADES, help_text="Best trades left out."
    )
    start = serializers.DateField(required=False, help_text="The account opens on this day.")


class FragilityOutput(serializers.Serializer[Any]):
    """The figures of a whole new run, and its equity at up to 400 bars."""

    total_return = serializers.FloatField(allow_null=True)
    cagr = serializers.FloatField(allow_null=True)
    sharpe_ratio = serializers.FloatField(allow_null=True)
    max_drawdown = serializers.FloatField(allow_null=True)
    trades = serializers.IntegerField()
    final_equity = serializers.FloatField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    time = serializers.ListField(child=serializers.IntegerField(), help_text="Epoch seconds.")
    equity = serializers.ListField(child=serializers.FloatField())


class UnsealInput(serializers.Serializer[Any]):
    """The consent to open sealed days, which cannot be taken back."""

    confirm = serializers.BooleanField(help_text="Must be true.")


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
    costs = CostsInput(
        required=False, allow_null=True, default=None, help_text="Costs beyond the commission."
    )
    holdout = serializers.DecimalField(
        max_digits=None,
        decimal_places=None,
        required=False,
        allow_null=True,
        default=None,
        help_text="The last fraction of the data, sealed until it is tested once: 0.2 is 20 %.",
    )
    # The metaclass takes declared fields away, so the name hides nothing of the serializer.
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False,
        allow_null=True,
        default=None,
        help_text="Your run that this one is a variant of; both count as tries of one idea.",
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
    sealed_test = serializers.SerializerMethodField()
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
            "parent",
            "sealed_test",
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

    def get_sealed_test(self, run: BacktestRun) -> bool:
        """Whether this run tests the sealed days of its parent."""
        return run.unseals_id is not None

    def get_links(self, run: BacktestRun) -> dict[str, str]:
        """Where to go on from here."""
        return {
            "page": run.get_absolute_url(),
            "events": reverse("api-backtest-events", args=[run.pk]),
            "artifacts": reverse("api-backtest-artifacts", args=[run.pk]),
            "script": reverse("api-backtest-script", args=[run.pk]),
            "socket": f"/ws/runs/{run.pk}",
            "report": reverse("reports:report", args=[run.pk]),
            "fragility": reverse("api-backtest-fragility", args=[run.pk]),
            "unseal": reverse("api-backtest-unseal", args=[run.pk]),
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
