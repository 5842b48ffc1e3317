"""Backtests on the staff's desk: everything to read, little to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from backtests import services
from backtests.models import Artifact, BacktestEvent, BacktestRun


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the program writes."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ArtifactInline(admin.TabularInline):
    model = Artifact
    fields = ("kind", "version", "name", "size", "content_hash")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(BacktestRun)
class BacktestRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "status", "stage", "dataset", "user", "visitor", "created_at")
    list_filter = ("status", "stage", "created_at")
    list_select_related = ("dataset__symbol", "user", "visitor")
    search_fields = ("id", "title", "idea", "user__email")
    date_hierarchy = "created_at"
    inlines = (ArtifactInline,)
    actions = ("cancel",)

    @admin.action(description="Cancel the selected runs")
    def cancel(self, request: HttpRequest, queryset: QuerySet[BacktestRun]) -> None:
        stopped = sum(services.cancel_run(run=run) for run in queryset)
        self.message_user(request, f"{stopped} cancelled; the others had already ended.")


@admin.register(BacktestEvent)
class BacktestEventAdmin(ReadOnlyAdmin):
    list_display = ("run", "sequence", "kind", "created_at")
    list_filter = ("kind",)
    list_select_related = ("run",)
    search_fields = ("run__id",)


@admin.register(Artifact)
class ArtifactAdmin(ReadOnlyAdmin):
    list_display = ("run", "kind", "version", "name", "size", "created_at")
    list_filter = ("kind",)
    list_select_related = ("run",)
    search_fields = ("run__id", "content_hash")
