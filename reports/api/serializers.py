"""Reports on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from reports.models import Report

FILES = ("chart", "json", "markdown", "pdf", "trades_csv", "bundle")


class ReportSummary(serializers.ModelSerializer[Report]):
    """A report in a list: what it is about and where it is."""

    run = serializers.UUIDField(source="run_id", read_only=True)
    title = serializers.CharField(source="run.title", read_only=True)
    headline = serializers.JSONField(source="run.headline", read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields: tuple[str, ...] = (
            "id",
            "run",
            "title",
            "headline",
            "engine_version",
            "dataset_hash",
            "script_hash",
            "created_at",
            "links",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_links(self, report: Report) -> dict[str, str]:
        """The page and every file of the report."""
        links = {name: reverse(f"reports:{name}", args=[report.run_id]) for name in FILES}
        return {"page": report.get_absolute_url()} | links


class ReportOutput(ReportSummary):
    """A report with all its facts."""

    facts: Any = serializers.JSONField(read_only=True)

    class Meta(ReportSummary.Meta):
        fields = (*ReportSummary.Meta.fields, "facts_hash", "facts")
        read_only_fields = fields
