"""How an idea was read and what its script does, over JSON."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backtests import explaining, refining
from backtests.api.reading_serializers import ReadingOutput, ScriptOutput
from backtests.api.views import visible_run


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
            "explained": [
                {"line": line.number, "sentence": line.sentence}
                for line in explanation.lines
                if line.sentence
            ],
            "explained_by": explanation.by,
            "not_explained": explanation.why_not,
        }
        return Response(ScriptOutput(told).data)


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
