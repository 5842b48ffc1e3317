"""Runs side by side over JSON."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Owner
from backtests import comparing
from backtests.api.reading_serializers import ChangeOutput
from backtests.comparing import FIGURES, SETTINGS, Column
from backtests.errors import BacktestInvalid


class ComparedRun(serializers.Serializer[Any]):
    """One of the runs that are compared."""

    id = serializers.UUIDField()
    title = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    echo = serializers.CharField(allow_blank=True, help_text="What it does, in one sentence.")
    verdict = serializers.DictField(allow_null=True, help_text="`word`, `level` and `sentence`.")
    settings = serializers.DictField(help_text="What it was tried on and with.")
    figures = serializers.DictField(help_text="By name; null where a figure is undefined.")
    difference = ChangeOutput(
        many=True, allow_null=True, help_text="From the first run; null where it cannot be told."
    )


class ComparisonOutput(serializers.Serializer[Any]):
    """Runs side by side."""

    runs = ComparedRun(many=True)
    note = serializers.CharField(help_text="What choosing among them is worth.")


class BacktestComparison(APIView):
    """Runs side by side."""

    @extend_schema(
        responses=ComparisonOutput,
        parameters=[
            OpenApiParameter(
                "runs",
                OpenApiTypes.STR,
                required=True,
                description="The ids of two to four of your runs, with commas between.",
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Two to four of your runs: what they do, what is different, what came out."""
        try:
            ids = comparing.wanted(request.query_params.getlist("runs"))
        except BacktestInvalid as error:
            raise ValidationError(error.errors) from error
        found = comparing.compare(Owner.of(request), ids)
        if found is None:
            raise Http404("One of these runs is not there.")
        told = {"runs": [_column(column) for column in found.columns], "note": found.note}
        return Response(ComparisonOutput(told).data)


def _column(column: Column) -> dict[str, Any]:
    facts = column.facts or {}
    verdict = facts.get("verdict")
    return {
        "id": column.run.pk,
        "title": str(column.run),
        "status": column.run.status,
        "echo": column.echo,
        "verdict": verdict and {name: verdict[name] for name in ("word", "level", "sentence")},
        "settings": {name: facts.get(where, {}).get(name) for _, where, name in SETTINGS},
        "figures": {f.name: facts.get(f.where, {}).get(f.name) for f in FIGURES},
        "difference": None
        if column.changes is None
        else [change.as_dict() for change in column.changes],
    }
