"""How an idea was read and what its script does, over JSON."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from django_ratelimit.core import is_ratelimited
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.ratelimits import EXPLANATIONS, by_owner
from backtests import asking_to_explain, explaining, refining
from backtests.api.reading_serializers import ReadingOutput, ScriptExplanation, ScriptOutput
from backtests.api.views import visible_run
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun


class BacktestScript(APIView):
    """The script of a run."""

    @extend_schema(responses=ScriptOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The newest version of the script, with what each of its lines does."""
        run = visible_run(request, run_id)
        artifact = run.artifact("script")
        if artifact is None:
            raise Http404("This run has no script yet.")
        text = artifact.read().decode()
        explanation = explaining.explanation_of(run, text)
        told = {
            "version": artifact.version,
            "name": artifact.name,
            "text": text,
            "explained": _sentences(explanation),
            "explained_by": explanation.by,
            "explained_note": explanation.note,
            "not_explained": explanation.why_not,
        }
        return Response(ScriptOutput(told).data)


class BacktestScriptExplanation(APIView):
    """A language model's explanation of a script that no specification explains."""

    @extend_schema(responses=ScriptExplanation)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The explanation, or how far it is."""
        return Response(_told(visible_run(request, run_id)))

    @extend_schema(request=None, responses={200: ScriptExplanation, 202: ScriptExplanation})
    def post(self, request: Request, run_id: UUID) -> Response:
        """Ask for it, at most 10 times a minute; what there is already is not asked for again."""
        run = visible_run(request, run_id)
        if is_ratelimited(
            request, group="explanation", key=by_owner, rate=EXPLANATIONS, increment=True
        ):
            raise Throttled(wait=60)
        try:
            found = asking_to_explain.ask(run=run)
        except BacktestInvalid as error:
            raise ValidationError(error.errors) from error
        waits = found.state == "waiting"
        return Response(
            _told(run), status=status.HTTP_202_ACCEPTED if waits else status.HTTP_200_OK
        )


def _told(run: BacktestRun) -> dict[str, Any]:
    standing = asking_to_explain.of(run)
    found = explaining.explanation_of(run, run.script())
    by_model = found if found.by == explaining.BY_MODEL else explaining.Explanation()
    told = asdict(standing) | {"by": by_model.note, "lines": _sentences(by_model)}
    return dict(ScriptExplanation(told).data)


def _sentences(explanation: explaining.Explanation) -> list[dict[str, Any]]:
    return [
        {"line": line.number, "sentence": line.sentence}
        for line in explanation.lines
        if line.sentence
    ]


class BacktestReading(APIView):
    """How an idea was read."""

    @extend_schema(responses=ReadingOutput)
    def get(self, request: Request, run_id: UUID) -> Response:
        """The echo, what was assumed, and what of that you can choose otherwise."""
        run = visible_run(request, run_id)
        spec = run.read_json("spec")
        if spec is None:
            raise Http404("This run has not been read yet.")
        changes = refining.difference_of(run, run.parent)
        told = None if changes is None else [change.as_dict() for change in changes]
        return Response(
            ReadingOutput({"assumption_choices": []} | spec | {"difference": told}).data
        )
