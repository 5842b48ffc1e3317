"""Symbols, datasets and prices on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from market.models import Dataset, Symbol


class DatasetOutput(serializers.ModelSerializer[Dataset]):
    """A dataset without its quality report."""

    symbol = serializers.CharField(source="symbol.ticker")
    is_current = serializers.SerializerMethodField(help_text="Whether new runs use it.")

    class Meta:
        model = Dataset
        fields: tuple[str, ...] = (
            "id",
            "symbol",
            "content_hash",
            "frequency",
            "timezone",
            "first_bar",
            "last_bar",
            "rows",
            "has_range",
            "has_volume",
            "adjusted",
            "source",
            "source_hash",
            "licence",
            "is_current",
            "created_at",
        )

    def get_is_current(self, dataset: Dataset) -> bool:
        return dataset.symbol.current_id == dataset.pk


class FindingOutput(serializers.Serializer[Any]):
    """One kind of oddity in a dataset."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(["warning", "note"])
    count = serializers.IntegerField()
    message = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())


class QualityOutput(serializers.Serializer[Any]):
    """What is odd with a dataset."""

    version = serializers.IntegerField()
    rows = serializers.IntegerField()
    findings = FindingOutput(many=True)


class DatasetDetailOutput(DatasetOutput):
    """A dataset with its quality report."""

    quality = QualityOutput()

    class Meta(DatasetOutput.Meta):
        fields = (*DatasetOutput.Meta.fields, "quality")


class SymbolOutput(serializers.ModelSerializer[Symbol]):
    """What can be traded, under which names, and the dataset new runs use."""

    aliases = serializers.SerializerMethodField()
    dataset = serializers.SerializerMethodField()

    class Meta:
        model = Symbol
        fields = ("ticker", "name", "kind", "calendar", "aliases", "dataset")

    def get_aliases(self, symbol: Symbol) -> list[str]:
        return [alias.text for alias in symbol.aliases.all() if alias.text != symbol.ticker]

    @extend_schema_field(DatasetOutput(allow_null=True))
    def get_dataset(self, symbol: Symbol) -> dict[str, Any] | None:
        if symbol.current is None:
            return None
        symbol.current.symbol = symbol  # it is: spares a query for each row
        return DatasetOutput(symbol.current).data


class PricesInput(serializers.Serializer[Any]):
    """Which prices."""

    symbol = serializers.CharField(max_length=120, help_text="Ticker, name or alias.")
    # `from` is a word of Python's; the field is added below.
    to = serializers.DateField(required=False, help_text="Last day, included.")

    def get_fields(self) -> dict[str, Any]:
        first = serializers.DateField(required=False, help_text="First day, included.")
        fields = super().get_fields()
        return {"symbol": fields["symbol"], "from": first, "to": fields["to"]}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from"), attrs.get("to")
        if first and last and first > last:
            raise serializers.ValidationError(
                {"to": [f"The end ({last}) lies before the start ({first})."]}
            )
        return attrs


class PricesOutput(serializers.Serializer[Any]):
    """Prices as columns of equal length."""

    symbol = serializers.CharField()
    dataset = serializers.UUIDField()
    content_hash = serializers.CharField()
    adjusted = serializers.BooleanField()
    has_range = serializers.BooleanField()
    has_volume = serializers.BooleanField()
    rows = serializers.IntegerField()
    next_from = serializers.DateField(
        allow_null=True, help_text="Where to go on when there were more rows than one answer holds."
    )
    time = serializers.ListField(child=serializers.DateTimeField())
    open = serializers.ListField(child=serializers.FloatField())
    high = serializers.ListField(child=serializers.FloatField())
    low = serializers.ListField(child=serializers.FloatField())
    close = serializers.ListField(child=serializers.FloatField())
    volume = serializers.ListField(child=serializers.FloatField())
