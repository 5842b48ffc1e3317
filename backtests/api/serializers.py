"""Backtests on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from backtests.fragility import MOST_COSTS, MOST_DELAY, MOST_TRADES
from backtests.models import Artifact, BacktestEvent, BacktestRun
from engine.contract import LONGEST

ONE_OF_TWO = "Give an idea in strategy_description or a script, not both."
NEITHER = "Give an idea here, for example: buy when RSI(14) is below 30; or a script in `script`."

REFINES_ALONE = "A change in words goes with strategy_description, not with a script or a parent."


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


class ScriptField(serializers.CharField):
    """A whole script, to the last space: what is stored is what was sent."""

    def __init__(self, **kwargs: Any) -> None:
        options = {"allow_blank": True, "trim_whitespace": False, "max_length": LONGEST}
        super().__init__(**(options | kwargs))


class BacktestInput(serializers.Serializer[Any]):
    """A request for a backtest of an idea or of a script, one of the two.

    Shape only, the rules are the service's.
    """

    strategy_description = serializers.CharField(
        required=False,
        default="",
        help_text="The idea, in plain English; or else a `script`.",
        allow_blank=True,
        trim_whitespace=True,
    )
    script = ScriptField(
        required=False,
        default="",
        help_text="A strategy script in Python, instead of an idea. It passes the same gates.",
    )
    params = serializers.DictField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Values that replace some of the script's PARAMS.",
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
    choices = serializers.DictField(
        required=False,
        allow_null=True,
        default=None,
        help_text="What you settle instead of what is assumed, by the keys of "
        '`assumption_choices`: {"rsi.numbers": [7], "exit.days": 10, "average.kind": "ema"}.',
    )
    refines = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Your run that `strategy_description` is a change to, in words: “use a 3 % stop "
        "instead”. Everything else stays as it was.",
    )
    # The metaclass takes declared fields away, so the name hides nothing of the serializer.
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False,
        allow_null=True,
        default=None,
        help_text="Your run that this one is a variant of, or whose script was edited; both count "
        "as tries of one idea.",
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take an idea or a script, and parameters for a script only."""
        if given["refines"] and (given["script"] or given["parent"]):
            raise serializers.ValidationError({"refines": [REFINES_ALONE]})
        if given["script"] and given["strategy_description"]:
            raise serializers.ValidationError({"script": [ONE_OF_TWO]})
        if given["params"] and not given["script"]:
            raise serializers.ValidationError({"params": ["Parameters go with a script."]})
        if "script" in self.initial_data and not given["strategy_description"]:
            if not given["script"].strip():
                raise serializers.ValidationError({"script": ["Write a script."]})
        elif not given["strategy_description"]:
            raise serializers.ValidationError({"strategy_description": [NEITHER]})
        return given


class ScriptCheckInput(serializers.Serializer[Any]):
    """A script to be read."""

    script = ScriptField(help_text="The source of a strategy script.")


class ProblemOutput(serializers.Serializer[Any]):
    """One thing to change in a script."""

    line = serializers.IntegerField()
    message = serializers.CharField(help_text="What is wrong.")
    hint = serializers.CharField(help_text="How to put it right.", allow_blank=True)


class ScriptCheckOutput(serializers.Serializer[Any]):
    """What reading a script finds wrong; nothing is what a run asks for."""

    problems = ProblemOutput(many=True)


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
    choices = serializers.DictField(read_only=True, help_text="What was settled by choice.")
    refinements = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What was changed in words."
    )
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
            "choices",
            "refinements",
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
            "reading": reverse("api-backtest-reading", args=[run.pk]),
            "socket": f"/ws/runs/{run.pk}",
            "report": reverse("reports:report", args=[run.pk]),
            "fragility": reverse("api-backtest-fragility", args=[run.pk]),
            "unseal": reverse("api-backtest-unseal", args=[run.pk]),
            "second_reading": reverse("api-backtest-second-reading", args=[run.pk]),
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
