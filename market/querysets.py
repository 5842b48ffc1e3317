"""Questions about many symbols and datasets."""

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Q

from market.errors import DatasetImmutable
from market.naming import alias_key, ticker_form

SHORTEST_KEY = 4


class SymbolQuerySet(models.QuerySet[Any]):
    """Questions about symbols."""

    def tradable(self) -> Self:
        """Symbols with prices; their current dataset comes along."""
        return self.filter(current__isnull=False).select_related("current")

    def named(self, text: str) -> Any | None:
        """The symbol this text names exactly: its ticker before anybody's alias."""
        ticker, key = ticker_form(text), alias_key(text)
        found = list(
            self.filter(Q(ticker=ticker) | Q(aliases__key=key) if key else Q(ticker=ticker))
            .select_related("current")
            .distinct()
        )
        exact: Any = next((symbol for symbol in found if symbol.ticker == ticker), None)
        return exact or next(iter(found), None)

    def search(self, text: str) -> Self:
        """Symbols whose ticker, name or an alias contains the text."""
        text = text.replace("\x00", "").strip()
        if not text:
            return self
        wanted = Q(ticker__icontains=text) | Q(name__icontains=text)
        # A short key is part of many: "sp" of S&P is in aerospace.
        if len(key := alias_key(text)) >= SHORTEST_KEY:
            wanted |= Q(pk__in=self.model.objects.filter(aliases__key__contains=key).values("pk"))
        return self.filter(wanted)


class DatasetQuerySet(models.QuerySet[Any]):
    """Questions about datasets, and the refusal to change any."""

    def newest_first(self) -> Self:
        """The latest import first."""
        return self.order_by("-created_at", "-pk")

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: what reports rest on does not change."""
        raise DatasetImmutable("A dataset never changes; import the new prices as a new one.")
