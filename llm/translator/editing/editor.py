"""One change in words after another, each by the first way of reading it that fits."""

from __future__ import annotations

import re

from llm.provider import IdeaContext, SymbolFacts
from llm.specification.model import StrategySpec
from llm.specification.nodes import Compare, Cross, Indicator
from llm.translator.editing.applying import put, require
from llm.translator.editing.pieces import Pieces
from llm.translator.editing.removing import remove
from llm.translator.editing.replacing import Replacing
from llm.translator.editing.scaling import scale
from llm.translator.editing.state import all_nodes, found_of, indicators, leaves, sides
from llm.translator.reading.memory import Assumption, Found, Unreadable
from llm.translator.refusals import unknown_symbol

_POLITE = re.compile(
    r"^(?:please|now|ok(?:ay)?|then|so|but|hmm+|well|let'?s|can you|could you|would you|i want to|"
    r"i'd like to|try(?: it)?(?: again)?|do (?:it|that)|what (?:if|about)|how about|rather|instead|"
    r"keep (?:everything|the rest|all)(?: else)?(?: as it is| the same)?|"
    r"(?:the |every ?thing(?: else)? (?:the )?)?same(?: idea| thing| rules?| strategy)?(?: again)?"
    r"(?=\W+(?:but|only|just|with|without|on|for|since|from|until)\b)|you|we|i)\b[\s,:]*",
    re.IGNORECASE,
)
_ADDS_FIRST = re.compile(
    r"^(?:and )?(?:also|additionally|in addition|plus|and)\b[\s,:]*|^add(?:itionally)?\b[\s,:]*",
    re.IGNORECASE,
)
_ADDS_LAST = re.compile(r"[\s,]+(?:as well|too|also|on top)$", re.IGNORECASE)
_INSTEAD = re.compile(r"[\s,]+(?:instead|rather)$|^instead[\s,]+", re.IGNORECASE)
_LAST = re.compile(r"[\s,]+(?:please|now|this time|though|again)$|[.!\s]+$", re.IGNORECASE)
_REQUIRE = re.compile(
    r"^(?:(?:require|demand|insist|need|want)(?: that| also)?|"
    r"(?:an?|one|another|the)?\s*(?:\w+ )?(?:filter|condition|requirement|rule)"
    r"\s*(?:that|:|,|so that)|"
    r"only (?:if|when|while|buy if|buy when|enter if|enter when|trade if|trade when|as long as)|"
    r"(?:if|when|while|provided(?: that)?|as long as))(?!\w)[\s,:]*(?:also |only )?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:use|using|with|have|put(?: in)?|give (?:it|me)|set|make(?: it)?|let it|let|take|apply|"
    r"change (?:it )?to|change|switch to|switch|go to|go back to|only|just|start|test(?: it)?|"
    r"run(?: it)?|for|the|an?|its|it|to|be|me|my)\b[\s,:]+",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"^(?:go |sell |trade |be |make it |flip (?:it )?(?:to )?|turn (?:it )?)?"
    r"(?P<new>short|long)(?:s| it| them| side)?(?:[\s,]+(?:instead of|rather than|not|and not)"
    r"[\s]+(?:going |go |buying |being )?(?P<old>long|short|buy|buying)s?)?$",
    re.IGNORECASE,
)
_ONLY_SIDE = re.compile(
    r"^(?:go |trade |only )?(?P<side>long|short)(?:s| side)?[\s-]only$|"
    r"^only (?:go |trade )?(?P<other>long|short)s?$",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:both (?:ways|sides|directions)|long and short|short and long)\b", re.I)
_ALL_DAYS = re.compile(
    r"^(?:(?:on|over|for|use|with|since) )*(?:all(?: of)?|(?:the )?(?:whole|entire|full|complete))"
    r"(?: the)? (?:data|history|period|time|days|years|range|available data)$|"
    r"^since the (?:beginning|start)$",
    re.IGNORECASE,
)
_UNKNOWN_SYMBOL = re.compile(r"\b(?:on|for|trade|buy)\s+([A-Z][A-Z0-9.^-]{1,7})$")
# What may stand around a symbol that is to be traded instead.
_ON_SYMBOL = frozenset(
    {
        "hold", "choose", "among", "between", "from", "or", "on", "for", "trade", "trading", "test",
        "testing", "it", "instead", "same", "but", "with", "try", "use", "using", "the", "buy",
        "in", "only", "run", "and", "this", "that", "apply", "to", "of", "idea", "switch",
        "change", "symbol", "make", "rather", "than", "market", "index", "stock",
    }
)  # fmt: skip


class Editor(Replacing):
    """Holds the rules of an idea while they are changed."""

    def __init__(self, spec: StrategySpec, context: IdeaContext) -> None:
        self.spec = spec
        self.context = context
        self.found = found_of(spec)
        self.facts = context.facts(spec.symbol) or SymbolFacts(spec.symbol)
        self.named = spec.symbols
        self.made: list[Assumption] = []

    @property
    def pieces(self) -> Pieces:
        """The grammar, knowing what the rules say by now."""
        there = indicators(self.found)
        traded = sides(self.found)
        side = traded[0] if traded else "long"
        subjects = [
            leaf.left
            for rule in self.found.entries[side]
            for leaf in leaves(rule)
            if isinstance(leaf, Compare | Cross) and isinstance(leaf.left, Indicator)
        ]
        subject = subjects[0] if len(set(subjects)) == 1 else None
        return Pieces(self.context, self.facts, there, side, subject)

    def edit(self, text: str) -> None:
        """Apply one change; raises `Unreadable` with the reason where there is none."""
        text, adds, instead = _framed(text)
        if not text:
            raise Unreadable("not_understood", "What should be changed?")
        first: Unreadable | None = None
        if adds and _SHORT.match(text):
            raise Unreadable("ambiguous", f"When? Say “sell {text} when …”.", text)
        ways = (self._symbol, self._side, self._days, self._scale, self.replace, self._remove,
                self._require)  # fmt: skip
        for way in ways:
            before = self.found.copy()
            try:
                done = way(text)
            except Unreadable as error:
                self.found = before
                if error.code != "not_understood":
                    raise
                first = first or error
                continue
            if done:
                return
        try:
            self._read(text, adds=adds, instead=instead)
        except Unreadable as error:
            raise (first if first and error.code == "not_understood" else error) from None

    # -- symbols and sides --------------------------------------------------------------------

    def _symbol(self, text: str) -> bool:
        tokens = self.pieces.tokens(text)
        named = [token.detail for token in tokens if token.has("SYMBOL")]
        rest = [t for t in tokens if not t.has("SYMBOL", "COMMA", "AND", "STOPMARK")]
        if any(word not in _ON_SYMBOL for token in rest for word in token.text.split()):
            return self._unknown(text)
        if re.search(r"\b(?:instead of|rather than)\b", text, re.IGNORECASE) and len(named) == 2:
            named = named[:1]
        if not named:
            return self._unknown(text)
        if self.found.rotation:
            if len(named) < 2:
                raise Unreadable(
                    "ambiguous",
                    "This idea chooses among several symbols: name all of them.",
                    named[0],
                )
            self.named = tuple(dict.fromkeys(named))
            return True
        if len(set(named)) > 1:
            raise Unreadable("ambiguous", "One symbol at a time, please.", *named)
        self._trade(named[0])
        return True

    def _unknown(self, text: str) -> bool:
        """A word in capitals where a symbol is expected, and none that is known."""
        said = _UNKNOWN_SYMBOL.search(text)
        if said and any(token.has("UNKNOWN") for token in self.pieces.tokens(said[1])):
            refusal = unknown_symbol(said[1], self.context)
            raise Unreadable(refusal.code, refusal.message, said[1])
        return False

    def _trade(self, code: str) -> None:
        facts = self.context.facts(code)
        if facts is None:
            raise Unreadable("unknown_symbol", f"The symbol {code} is not known.", code)
        if code in self.named and code != self.spec.symbol:
            raise Unreadable(
                "ambiguous", f"The rules look at {code} already; write this as a new idea.", code
            )
        self.facts = facts
        self.named = (code, *self.named[1:]) if self.named else ()

    def _side(self, text: str) -> bool:
        only = _ONLY_SIDE.match(text)
        if only:
            kept = (only["side"] or only["other"]).lower()
            other = "short" if kept == "long" else "long"
            if not self.found.entries[kept]:
                return self._turn(kept)
            self.found.entries[other], self.found.exits[other] = [], []
            self.found.reverse = False
            return True
        if _BOTH.search(text):
            raise Unreadable(
                "ambiguous", "When should it sell short? Say “sell short when …”.", text
            )
        said = _SHORT.match(text)
        return self._turn(said["new"].lower()) if said else False

    def _turn(self, side: str) -> bool:
        """The same rules on the other side."""
        found, other = self.found, "short" if side == "long" else "long"
        if found.rotation or len(self.named) > 1:
            raise Unreadable("unsupported", "With several symbols nothing can be sold short.")
        if len(sides(found)) > 1:
            raise Unreadable(
                "ambiguous",
                f"This idea trades both sides: say “{side} only” to drop the other.",
                side,
            )
        if not found.entries[other]:
            return True
        for kept in (found.entries, found.exits):
            kept[side], kept[other] = kept[other], []
        found.no_exit = False
        return True

    def _days(self, text: str) -> bool:
        """All days there are: what no date means."""
        if not _ALL_DAYS.match(text):
            return False
        self.found.settings.pop("start", None)
        self.found.settings.pop("end", None)
        return True

    def _scale(self, text: str) -> bool:
        return scale(self.found, text, self.pieces)

    def _remove(self, text: str) -> bool:
        return remove(self.found, text, self.pieces)

    # -- rules ------------------------------------------------------------------------------------

    def _require(self, text: str) -> bool:
        lead = _REQUIRE.match(text)
        if not lead or not text[lead.end() :].strip():
            return False
        piece = self.pieces.condition(text[lead.end() :])
        for condition in piece.found.pending:
            require(self.found, condition)
        self.made += piece.assumptions
        return True

    def _read(self, text: str, *, adds: bool, instead: bool) -> None:
        """Whatever an idea could say, applied as a change."""
        first: Unreadable | None = None
        for words in _shorter(text):
            try:
                pieces = self.pieces.read(words)
            except Unreadable as error:
                first = first or error
                continue
            for piece in pieces:
                before = self.found.copy()
                try:
                    if piece.says_nothing:
                        self.name_value(words)
                    else:
                        put(self.found, piece.found, adds=adds, instead=instead)
                        self._trade_what_is_named(words, piece.found)
                except Unreadable as error:
                    self.found = before
                    if first is None or first.code == "not_understood":
                        first = error
                else:
                    self.made += piece.assumptions
                    return
        try:
            self.name_value(text)
        except Unreadable as error:
            raise (first if first and error.code == "not_understood" else error) from None

    def _trade_what_is_named(self, words: str, said: Found) -> None:
        """ "on Apple since 2000": a symbol that no rule looks at is the one to trade."""
        named = {token.detail for token in self.pieces.tokens(words) if token.has("SYMBOL")}
        named -= {getattr(node, "symbol", "") for node in all_nodes(said)}
        if not named or self.found.rotation:
            return
        if len(named) > 1:
            raise Unreadable("ambiguous", "One symbol at a time, please.", *sorted(named))
        self._trade(named.pop())


def _framed(text: str) -> tuple[str, bool, bool]:
    """The change without its politeness; whether it adds, and whether it says "instead"."""
    adds = instead = False
    while True:
        before = text
        text = _LAST.sub("", text.strip())
        if _INSTEAD.search(text):
            text, instead = _INSTEAD.sub("", text).strip(), True
        if _ADDS_LAST.search(text):
            text, adds = _ADDS_LAST.sub("", text), True
        if _ADDS_FIRST.match(text):
            text, adds = _ADDS_FIRST.sub("", text), True
        text = _POLITE.sub("", text)
        if text == before:
            return text, adds, instead


def _shorter(text: str) -> list[str]:
    """The words, and the words without their lead, one at a time."""
    found = [text]
    while (lead := _LEAD.match(found[-1])) and found[-1][lead.end() :].strip():
        found.append(found[-1][lead.end() :].strip())
    return found
