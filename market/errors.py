"""What can be wrong with a symbol or its data, each said so that the reader can act on it."""

from collections.abc import Sequence


class MarketError(Exception):
    """Anything the person who asked can understand and change."""


class UnknownSymbol(MarketError):
    """No tradable symbol goes by this name.

    `near` holds the tickers that look most like it, best first; `known` what there is instead.
    """

    def __init__(self, text: str, near: Sequence[str] = (), known: Sequence[str] = ()) -> None:
        self.text = text
        self.near = tuple(near)
        self.known = tuple(known)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        asked = self.text.strip()[:60]
        if not self.known and not self.near:
            return f"There are no data for “{asked}”, and none for anything else yet."
        start = f"There are no data for “{asked}”."
        if self.near:
            return f"{start} Did you mean {_either(self.near)}?"
        shown = ", ".join(self.known[:8])
        more = len(self.known) - 8
        return f"{start} There are for {shown}{f' and {more} more' if more > 0 else ''}."


class NoData(UnknownSymbol):
    """The symbol is known and has no dataset yet."""

    def _sentence(self) -> str:
        return f"{self.text} is known, but no prices of it have been imported."


class FileRefused(MarketError):
    """A file that cannot become a dataset; `problems` are sentences naming rows and columns."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


class DatasetImmutable(MarketError):
    """A dataset never changes: reports rest on it. New prices are a new dataset."""


class DatasetDamaged(MarketError):
    """The stored file is missing or no longer holds what its hash says."""


def _either(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} or {names[-1]}"
