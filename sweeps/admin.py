"""Sweeps at the working desk: to look at, not to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from sweeps.models import Sweep


@admin.register(Sweep)
class SweepAdmin(admin.ModelAdmin):
    """Sweeps, newest first."""

    list_display = ("__str__", "status", "stage", "method", "combinations", "created_at")
    list_filter = ("status", "method")
    search_fields = ("id", "run__title", "run__idea")
    list_select_related = ("run",)
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Sweeps are started from runs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Results stay as they were computed."""
        return False
