"""What is known of one named indicator, and how the plain ones are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["price", "percent", "fraction", "volume", "macd", "spread", "ratio", "none"]


@dataclass(frozen=True, slots=True)
class IndicatorInfo:
    """One indicator: its numbers with their defaults, its columns, its range."""

    label: str
    template: str
    parameters: tuple[tuple[str, float], ...] = (("period", 14),)
    outputs: tuple[str, ...] = ()
    reads_series: bool = False
    needs_range: bool = False
    needs_volume: bool = False
    # "price": on the scale of prices; "same": on the scale of its source.
    scale: str = "none"
    bounds: tuple[float, float] | None = None
    warm_up: float = 1.0
    least: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """The smallest number each parameter takes: one bar, unless said otherwise."""
        if not self.least:
            object.__setattr__(self, "least", tuple(_least(n) for n, _ in self.parameters))


def _least(parameter: str) -> float:
    if parameter in ("deviations", "multiple", "step", "maximum"):
        return 1e-6
    return {"period": 1.0}.get(parameter, 1.0)


def of_a_series(
    label: str,
    name: str,
    default: float | None,
    scale: str = "same",
    bounds: tuple[float, float] | None = None,
    warm_up: float = 1.0,
) -> IndicatorInfo:
    """One that reads a series, as `ta.name(x, period)`."""
    parameters = () if default is None else (("period", default),)
    call = f"ta.{name}({{x}})" if default is None else f"ta.{name}({{x}}, {{period}})"
    return IndicatorInfo(
        label, call, parameters, (), True, scale=scale, bounds=bounds, warm_up=warm_up
    )


def of_bars(
    label: str,
    name: str,
    default: float | None = 14,
    scale: str = "none",
    bounds: tuple[float, float] | None = None,
    *,
    volume: bool = False,
    ranged: bool = True,
    warm_up: float = 1.0,
) -> IndicatorInfo:
    """One that reads the bars, as `ta.name(bars, period)`."""
    parameters = () if default is None else (("period", default),)
    call = f"ta.{name}(bars)" if default is None else f"ta.{name}(bars, {{period}})"
    return IndicatorInfo(label, call, parameters, (), False, ranged, volume, scale, bounds, warm_up)
