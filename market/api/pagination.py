"""How lists of the market are cut: by name, so that a page stays the same between visits."""

from rest_framework.pagination import CursorPagination


class TickerPagination(CursorPagination):
    """Symbols from A to Z."""

    ordering: str | tuple[str, ...] = "ticker"
    page_size_query_param = "limit"
    max_page_size = 100


class DatasetPagination(TickerPagination):
    """The newest import first."""

    ordering = ("-created_at", "-id")
