"""The desk for symbols and their data. Datasets are read here and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from market.models import Dataset, Symbol, SymbolAlias


class AliasInline(admin.TabularInline):
    """A symbol's names beside it."""

    model = SymbolAlias
    extra = 0


@admin.register(Symbol)
class SymbolAdmin(admin.ModelAdmin):
    """Symbols, their names, and which dataset new runs use."""

    list_display = ("ticker", "name", "kind", "calendar", "current")
    list_filter = ("kind", "calendar")
    list_select_related = ("current__symbol",)
    search_fields = ("ticker", "name", "aliases__text", "aliases__key")
    inlines = (AliasInline,)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Only a symbol's own datasets may become its current one.
        if db_field.name == "current" and request.resolver_match:
            symbol_id = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Dataset.objects.filter(symbol=symbol_id).select_related("symbol")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(SymbolAlias)
class SymbolAliasAdmin(admin.ModelAdmin):
    """All names at once."""

    list_display = ("text", "key", "symbol")
    list_select_related = ("symbol",)
    search_fields = ("text", "key", "symbol__ticker")
    autocomplete_fields = ("symbol",)


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    """Datasets: read only, since reports rest on them."""

    list_display = (
        "symbol",
        "first_bar",
        "last_bar",
        "rows",
        "frequency",
        "has_range",
        "has_volume",
        "adjusted",
        "source",
        "created_at",
    )
    list_filter = ("frequency", "has_range", "has_volume", "adjusted")
    list_select_related = ("symbol",)
    search_fields = ("symbol__ticker", "symbol__name", "content_hash", "source")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("quality")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        return False
