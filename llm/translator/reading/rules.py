"""Rules: what to do, and when."""

from __future__ import annotations

from typing import Any

from llm.translator.reading.conditions import returned
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.states import States
from llm.translator.said import Said

# Values that define nothing after a rule in the same sentence.
_BARE = ("define_bare", "define_averages", "define_averages_after", "define_averages_counted")

# Rules that say themselves when to buy.
_ENTRIES = ("act_when", "when_act", "act_when_bare", "when_act_bare", "told_entry",
            "told_entry_first", "when_act_when", "only_act_when")  # fmt: skip


class Reader(States):
    """Reads whole sentences into `found`."""

    def sentence(self, said: Any) -> None:
        """Everything one sentence says; what it speaks of stays in memory."""
        averages = {word.sub("MA") for word in said.words if word.has("MA")}
        alone = averages.pop() if len(averages) == 1 else ""
        self.memory.meanings["kind of sentence"] = alone
        if any(word.has("IND", "VOLUME", "MACD", "STOCH") for word in said.words):
            self.memory.meanings["names others"] = True
        self.begun, self.told = self._entered(), self._ruled()
        items = [part for part in said.parts if isinstance(part, Said)]
        kinds = {(p.parts[0] if p.kind == "unseparated" else p).kind for p in items}
        if "define_names_before" in kinds and "define_names" in kinds:
            raise Unreadable("ambiguous", "Which of these names are of the day before?")
        if items and items[0].kind == "trade_pair":
            # "MACD crossover: buy when ...": a title, where rules of its own come after it.
            self.memory.meanings["titled"] = not kinds.isdisjoint(_ENTRIES)
        left = False
        for part in said.parts:
            if not isinstance(part, Said):
                continue
            if part.kind in _BARE and self._ruled() > self.told:
                # "above the 20-day average, the 50-day average": no value of its own.
                raise Unreadable("ambiguous", "Is it compared with each of these values?")
            before = sum(map(len, self.found.exits.values()))
            if part.kind == "pending" and left:
                # "sell when A and I am up 5 %": B belongs to the sale, not to what is bought.
                raise Unreadable("ambiguous", "Is that a condition for buying, or for selling?")
            self.read(part)
            left = sum(map(len, self.found.exits.values())) > before

    def _entered(self) -> int:
        return sum(map(len, self.found.entries.values()))

    def _ruled(self) -> int:
        return self._entered() + sum(map(len, self.found.exits.values()))

    def on_unseparated(self, part: Any) -> None:
        """A rule right after another without a word between: the last reading to be tried."""
        if part.kind == "define_bare" and self._ruled() > self.told:
            raise Unreadable("not_understood", "A value without a rule, in the middle of one.")
        if part.kind == "label" and self.found.pending:
            # "RSI over 14 days: buy when ...": no condition with a title behind it.
            raise Unreadable("not_understood", "A title right after a condition.")
        before = self._entered()
        if self.found.pending and part.kind in ("when_act", "when_act_bare"):
            raise Unreadable("ambiguous", "Does the first condition hold on that day, or before?")
        self.read(part)
        if self.begun < before < self._entered():
            raise Unreadable("ambiguous", "Are these two rules for buying, or one?")

    def on_shorts_only(self) -> None:
        """ "shorts only": true where nothing is bought."""
        if self.found.entries["long"]:
            raise Unreadable("contradictory", "Shorts only, and still a rule that buys?")
        self.memory.meanings["shorts_only"] = True
        self.found.side = "short"

    def on_out_then(self, *_: Any) -> None:
        """ "...; on those days I am out": said already by the exception before."""
        if not self.found.kept_while:
            raise Unreadable("ambiguous", "On which days?")

    def on_flat_between(self, *_: Any) -> None:
        """ "in cash in between": each side ends with its own condition."""
        for side in ("long", "short"):
            entries = self.found.entries[side]
            if len(entries) != 1:
                raise Unreadable("ambiguous", "Between what?")
            self.found.exits[side].append(negate(entries[0]))

    def on_ignorable(self, *_: Any) -> None:
        """Words that change nothing."""

    # -- conditions without an action ----------------------------------------------------------

    def on_pending(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said) and p.kind != "before_buy"]
        found = self.condition(said[-1])  # which may take up what was said before
        self.found.pending = returned([*self.found.pending, found])

    def on_gate(self, *parts: Any) -> None:
        """ "only when ..."; "long above the average only"."""
        self.found.gates.append(self.condition(parts[-1]))

    def on_gate_not(self, condition: Any) -> None:
        found = self.condition(condition)
        self.memory.meanings["case"] = found
        self.found.gates.append(negate(found))

    on_gate_unless = on_gate_not
