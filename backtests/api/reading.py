"""The second reading of an idea over JSON: how it compares, and running it."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backtests import second_reading
from backtests.api.serializers import BacktestOutput
from backtests.api.views import visible_run
from backtests.errors import BacktestInvalid

OUTCOMES = ("agree", "same_trades", "differ", "none")


class OneReading(serializers.Serializer[Any]):
    """What one reader understood, and what it came to."""

    echo = serializers.CharField(help_text="The strategy in a sentence.")
    decisions = serializers.IntegerField(required=False, help_text="Days with a decision.")
    trades = serializers.IntegerField(required=False)
    total_return = serializers.FloatField(required=False, allow_null=True)


class DifferingDay(serializers.Serializer[Any]):
    """A day on which the readings decide otherwise, and what each would do."""

    day = serializers.DateField()
    model = serializers.CharField()
    translator = serializers.CharField()


class DifferingSetting(serializers.Serializer[Any]):
    """Symbol, days, money or a rule for the whole run that the readings take otherwise."""

    name = serializers.CharField()
    model = serializers.CharField()
    translator = serializers.CharField()


class SecondReadingOutput(serializers.Serializer[Any]):
    """How the model's reading and the built-in translator's compare."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    sentence = serializers.CharField()
    reason = serializers.CharField(required=False, help_text="Why nothing was compared.")
    model = OneReading(required=False)
    translator = OneReading(required=False)
    days = serializers.IntegerField(required=False, help_text="On how many days they differ.")
    first_days = DifferingDay(many=True, required=False)
    settings = DifferingSetting(many=True, required=False)
    same_trades = serializers.BooleanField(required=False)


class BacktestSecondReading(APIView):
    """The translator's reading of an idea that a model has read."""

    @extend_schema(responses=SecondReadingOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        """How the two readings compare; 404 where there was one reader, or none yet."""
        told = second_reading.of(visible_run(request, run_id))
        if told is None:
            raise Http404("The readings of this run were not compared.")
        return Response(told)

    @extend_schema(request=None, responses={202: BacktestOutput})
    def post(self, request: Request, run_id: UUID) -> Response:
        """Run the translator's reading in a run of its own; asked twice, it is the same run."""
        run = visible_run(request, run_id)
        try:
            child = second_reading.run_instead(run=run)
        except BacktestInvalid as error:
            raise ValidationError(error.errors) from error
        headers = {"Location": f"/api/backtests/{child.pk}"}
        return Response(
            BacktestOutput(child).data, status=status.HTTP_202_ACCEPTED, headers=headers
        )
