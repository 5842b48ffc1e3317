"""Reports over JSON."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Owner
from reports.api.serializers import ReportOutput, ReportSummary
from reports.models import Report


class ReportList(generics.ListAPIView[Report]):
    """Your reports, newest first."""

    serializer_class = ReportSummary

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Report.objects.none()
        reports = Report.objects.visible_to(Owner.of(self.request))
        return reports.select_related("run").defer("facts", "run__idea", "run__own_script")


class ReportDetail(APIView):
    """One report."""

    @extend_schema(responses=ReportOutput)
    def get(self, request: Request, report_id: UUID) -> Response:
        """Every figure of a report, by its own id or by its run's."""
        reports = Report.objects.visible_to(Owner.of(request)).select_related("run")
        report = get_object_or_404(reports, Q(pk=report_id) | Q(run_id=report_id))
        return Response(ReportOutput(report).data)
