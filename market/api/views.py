"""Symbols, datasets and prices over JSON; the same services as the pages. Open to everybody."""

from typing import Any

import numpy as np
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from market import services
from market.api.pagination import DatasetPagination, TickerPagination
from market.api.serializers import (
    DatasetDetailOutput,
    DatasetOutput,
    PricesInput,
    PricesOutput,
    SymbolOutput,
)
from market.columns import NUMBERS
from market.errors import DatasetDamaged, UnknownSymbol
from market.models import Dataset, Symbol

MAX_ROWS = 20_000


class SymbolList(generics.ListAPIView[Symbol]):
    """What can be traded, from A to Z."""

    serializer_class = SymbolOutput
    pagination_class = TickerPagination

    def get_queryset(self) -> Any:
        wanted = self.request.query_params.get("q", "")
        return Symbol.objects.tradable().search(wanted).prefetch_related("aliases")

    @extend_schema(
        parameters=[OpenApiParameter("q", str, description="Part of a ticker, name or alias.")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List or search symbols."""
        return super().get(request, *args, **kwargs)


class SymbolDetail(APIView):
    """One symbol."""

    @extend_schema(responses=SymbolOutput)
    def get(self, request: Request, ticker: str) -> Response:
        """Find a symbol by ticker, name or alias; 404 names those that look like it."""
        try:
            symbol = services.resolve_symbol(ticker)
        except UnknownSymbol as error:
            raise NotFound(str(error), code="unknown_symbol") from error
        return Response(SymbolOutput(symbol).data)


class DatasetList(generics.ListAPIView[Dataset]):
    """Every dataset, also those that newer ones replaced."""

    serializer_class = DatasetOutput
    pagination_class = DatasetPagination

    def get_queryset(self) -> Any:
        datasets = Dataset.objects.select_related("symbol").defer("quality")
        if wanted := self.request.query_params.get("symbol", ""):
            return datasets.filter(symbol__ticker=wanted.strip().upper())
        return datasets

    @extend_schema(
        parameters=[OpenApiParameter("symbol", str, description="Only this ticker's datasets.")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List datasets, the newest import first."""
        return super().get(request, *args, **kwargs)


class DatasetDetail(generics.RetrieveAPIView[Dataset]):
    """One dataset with its quality report."""

    queryset = Dataset.objects.select_related("symbol")
    serializer_class = DatasetDetailOutput
    lookup_url_kwarg = "dataset_id"


class DamagedData(APIException):
    """The stored prices cannot be trusted; nothing the caller did."""

    status_code = 500
    default_code = "dataset_damaged"


class Prices(APIView):
    """The prices new runs would use."""

    @extend_schema(parameters=[PricesInput], responses=PricesOutput)
    def get(self, request: Request) -> Response:
        """Read prices of a symbol, 20,000 rows at most in one answer."""
        shape = PricesInput(data=request.query_params)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        try:
            dataset = services.current_dataset(services.resolve_symbol(given["symbol"]))
            bars = services.load_bars(dataset, given.get("from"), given.get("to"))
        except UnknownSymbol as error:
            raise ValidationError({"symbol": [str(error)]}) from error
        except DatasetDamaged as error:
            raise DamagedData(str(error)) from error
        return Response(_prices(dataset, bars))


def _prices(dataset: Dataset, bars: Any) -> dict[str, Any]:
    shown = bars.head(MAX_ROWS)
    more = len(bars) > len(shown)
    return {
        "symbol": dataset.symbol.ticker,
        "dataset": dataset.pk,
        "content_hash": dataset.content_hash,
        "adjusted": dataset.adjusted,
        "has_range": bars.has_range,
        "has_volume": bars.has_volume,
        "rows": len(shown),
        "next_from": str(bars.time[len(shown)].astype("datetime64[D]")) if more else None,
        "time": [f"{stamp}Z" for stamp in np.datetime_as_string(shown.time, unit="s").tolist()],
    } | {name: getattr(shown, name).tolist() for name in NUMBERS}
