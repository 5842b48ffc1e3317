"""Reports on the staff's desk: to read and to open, never to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from reports.models import Report


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    list_display = ("title", "run", "engine_version", "created_at")
    list_select_related = ("run",)
    list_filter = ("engine_version", "created_at")
    search_fields = ("id", "run__id", "run__title", "dataset_hash", "script_hash")
    date_hierarchy = "created_at"
    readonly_fields = (
        "id",
        "run",
        "engine_version",
        "dataset_hash",
        "script_hash",
        "facts_hash",
        "created_at",
    )
    view_on_site = False  # the page is its owner's alone

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).defer("facts")

    @admin.display(description="title")
    def title(self, report: Report) -> str:
        return report.run.title

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
