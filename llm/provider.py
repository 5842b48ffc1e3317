"""The contract between the pipeline and whatever writes strategies.

Plain data only: nothing here imports a model client, a grammar or the web framework, so every
process may import it at start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from llm.specification import StrategySpec

RefusalCode = Literal[
    "not_a_strategy",
    "not_understood",
    "ambiguous",
    "unknown_symbol",
    "missing_data",
    "intraday",
    "lookahead",
    "contradictory",
    "unsupported",
    "invalid_dates",
    "invalid_value",
]

# A typing error this far from an alias is still taken for it (0 to 100, rapidfuzz ratio).
TYPO_SCORE = 86
# What is offered as "did you mean" may be further away.
NEAR_SCORE = 55


@dataclass(frozen=True, slots=True)
class SymbolFacts:
    """What an idea may know about one tradable symbol, and nothing of its prices."""

    code: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    has_volume: bool = True
    has_range: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """Every way of writing this symbol, lower case."""
        return tuple(dict.fromkeys(plain(w) for w in (self.code, self.name, *self.aliases) if w))


@dataclass(frozen=True, slots=True)
class IdeaContext:
    """What can be traded and what is preset while an idea is read.

    `default_symbol` is used when the idea names none. With `symbol_is_fixed` the person chose it
    on purpose (a form field, `--symbol`); an idea that clearly names another tradable symbol is
    then read with the idea's symbol and says so among the assumptions. `extra` holds what the
    person settled otherwise than it was assumed, by the keys of `Draft.choices`.
    """

    symbols: tuple[SymbolFacts, ...]
    default_symbol: str
    symbol_is_fixed: bool = False
    language: str = "en"
    # All that a person chose, where that is more than one.
    chosen: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    def facts(self, code: str) -> SymbolFacts | None:
        """The symbol with exactly this code (case does not matter)."""
        wanted = code.casefold()
        return next((s for s in self.symbols if s.code.casefold() == wanted), None)

    @property
    def default(self) -> SymbolFacts | None:
        return self.facts(self.default_symbol)

    @property
    def first_day(self) -> date | None:
        return self.default.first_day if self.default else None

    @property
    def last_day(self) -> date | None:
        return self.default.last_day if self.default else None

    @property
    def has_volume(self) -> bool:
        return self.default.has_volume if self.default else True

    @property
    def has_range(self) -> bool:
        return self.default.has_range if self.default else True

    def find_symbol(self, text: str, *, typos: bool = True) -> SymbolFacts | None:
        """The symbol this text names: by code, name or alias, then by the nearest typing error."""
        wanted = plain(text)
        if not wanted:
            return None
        for symbol in self.symbols:
            if wanted in symbol.words:
                return symbol
        if not typos or len(wanted) < 5:
            return None
        scored = self._scored(wanted)
        return scored[0][1] if scored and scored[0][0] >= TYPO_SCORE else None

    def near_symbols(self, text: str, limit: int = 3) -> list[SymbolFacts]:
        """The symbols whose codes or names look most like this text, best first."""
        return [s for score, s in self._scored(plain(text)) if score >= NEAR_SCORE][:limit]

    def _scored(self, wanted: str) -> list[tuple[float, SymbolFacts]]:
        from rapidfuzz import fuzz

        scored = [(max(fuzz.ratio(wanted, w) for w in s.words), s) for s in self.symbols]
        return sorted(scored, key=lambda pair: -pair[0])


@dataclass(frozen=True, slots=True)
class Chip:
    """One small labelled fact under the echo sentence; `assumed` when the idea did not say it."""

    label: str
    value: str
    assumed: bool = False

    def as_dict(self) -> dict[str, object]:
        return {"label": self.label, "value": self.value, "assumed": self.assumed}


@dataclass(frozen=True, slots=True)
class Choice:
    """An assumption that a person may settle otherwise; `key` goes into `IdeaContext.extra`."""

    key: str
    sentence: str
    value: Any = None
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An idea that was understood: the script, and everything a reader needs to check it.

    `settings` holds `start`, `end` (ISO days), `initial_capital`, `commission`, `slippage`
    (fractions) as far as the idea says them; a key is absent when it does not.
    `lookback_bars` is the number of bars the script needs before its first possible signal.
    """

    title: str
    script: str
    params: Mapping[str, Any]
    echo: str
    symbol: str
    specification: StrategySpec | None = None
    chips: Sequence[Chip] = ()
    assumptions: Sequence[str] = ()
    choices: Sequence[Choice] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    lookback_bars: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """An idea that was not understood, or that cannot be tested honestly.

    `words` are the exact words of the idea that stood in the way, `suggestions` what could be
    said instead. `message` is for the person who typed the idea.
    """

    code: RefusalCode
    message: str
    words: Sequence[str] = ()
    suggestions: Sequence[str] = ()


OnDelta = Callable[[str], None]


@runtime_checkable
class Provider(Protocol):
    """Whatever turns ideas into scripts."""

    name: str

    def write(
        self, idea: str, context: IdeaContext, *, on_delta: OnDelta | None = None
    ) -> Draft | Refusal:
        """Read the idea; `on_delta` receives text as it comes, where the provider streams."""
        ...

    def repair(self, draft: Draft, script: str, error: str, *, attempt: int) -> str | None:
        """A whole new script after an error, or None when there is nothing to try."""
        ...

    def analyse(self, facts: Mapping[str, object]) -> str | None:
        """Prose about a finished report (figures as placeholders); None from who writes none."""
        ...


def plain(text: str) -> str:
    """Lower case, without punctuation that people drop when they type a name."""
    return re.sub(r"[^\w&^]+", " ", text.casefold().replace("'s", "")).strip()
