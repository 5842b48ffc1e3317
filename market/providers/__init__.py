"""Where prices come from: one module per source, all behind one Protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from market.columns import Columns


@dataclass(frozen=True)
class Listing:
    """What is known of a symbol besides its prices."""

    ticker: str
    name: str
    kind: str = "stock"
    calendar: str = "xnys"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Prices of one symbol, as a source gives them."""

    listing: Listing
    columns: Columns
    adjusted: bool
    source: str
    source_hash: str
    licence: str = ""
    frequency: str = "1d"


class Provider(Protocol):
    """A source of prices."""

    name: str

    def offers(self) -> Mapping[str, str]:
        """Each ticker it has now, with the SHA-256 of what it would be read from. Cheap."""
        ...

    def read(self, ticker: str) -> Series:
        """The prices of one of them."""
        ...
