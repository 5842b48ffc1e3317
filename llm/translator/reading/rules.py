"""Rules: what to do, and when."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, AnyOf, Calendar
from llm.specification.walk import nodes
from llm.translator.reading.conditions import returned
from llm.translator.reading.memory import Unreadable
from llm.translator.reading.negation import negate
from llm.translator.reading.states import States
from llm.translator.said import Said

# Values that define nothing after a rule in the same sentence.
_BARE = ("define_bare", "define_averages", "define_averages_after", "define_averages_counted")

# Moves that may have a span of time, and what such a span is.
_MOVES = ("is_up", "is_down", "rises", "falls", "moves_alone", "graded_again",
          "trade_up", "trade_down")  # fmt: skip
_TIMES = ("in_span", "in_unit", "one_day", "since_ago")

# Rules that say themselves when to buy.
_ENTRIES = ("act_when", "when_act", "act_when_bare", "when_act_bare", "told_entry",
            "told_entry_first", "when_act_when", "only_act_when")  # fmt: skip


def _said_closer(entry: Any, others: list[Any]) -> bool:
    """ "Buy new highs: go long when the close is one, and A": the same, and more of it."""
    parts = set(entry.conditions) if isinstance(entry, AllOf) else {entry}
    return entry in others and any(
        isinstance(other, AllOf) and parts < set(other.conditions) for other in others
    )


def _kinds(said: Any) -> set[str]:
    """The constructions that a reading is made of."""
    if not isinstance(said, Said):
        return set()
    return {said.kind}.union(*map(_kinds, said.parts))


def _loses_its_span(said: Any) -> bool:
    """ "is up 5 % over the last three months": these are no dates of the test."""
    kinds = _kinds(said)
    if kinds.isdisjoint(("last_units", "last_unit")) or not kinds.isdisjoint(_TIMES):
        return False
    return any(kind.startswith(_MOVES) for kind in kinds)


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
        if _loses_its_span(said):
            raise Unreadable("ambiguous", "Is that the time of the test, or that of the move?")
        told_before = {side: len(told) for side, told in self.found.entries.items()}
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
        for side, entries in self.found.entries.items():
            entries[:] = [e for e in entries if not _said_closer(e, entries[told_before[side] :])]
        if "case_told" in self.memory.meanings:
            self.end_case()
        if "rank" in self.found.rotation and self._ruled():
            # "... if its return is below zero hold cash" is no rule of one symbol beside it.
            raise Unreadable("not_understood", "A rule of one symbol beside a choice of several.")

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

    def on_out_in_season(self, *parts: Any) -> None:
        """ "in from October to June, out over the summer": what the days say already."""
        word = next(p for p in parts if not isinstance(p, Said) and p.sub("SEASON"))
        first, last = (int(month) for month in word.sub("SEASON").split("-"))
        told = [*self.found.entries["long"], *self.found.exits["long"]]
        days = [n for one in told for n in nodes(one) if isinstance(n, Calendar)]
        named = [d for d in days if d.unit in ("month", "month_start", "month_end")]
        if len(told) != 2 or len(named) != 2 or any(len(d.values) != 1 for d in named):
            raise Unreadable("not_understood", "From when to when is nothing held?")
        begin = named[0].values[0] + (named[0].unit == "month_end")
        end = named[1].values[0] + (named[1].unit != "month_start")
        held = {(begin + k - 1) % 12 + 1 for k in range((end - begin) % 12)}
        season = {(first + k - 1) % 12 + 1 for k in range((last - first) % 12 + 1)}
        if held & season:
            raise Unreadable("contradictory", "In the market then, or out of it?")

    def on_flat_between(self, *_: Any) -> None:
        """ "in cash in between": each side ends with its own condition."""
        if self._in_season():
            return
        for side in ("long", "short"):
            entries = self.found.entries[side]
            if len(entries) != 1:
                raise Unreadable("ambiguous", "Between what?")
            self.found.exits[side].append(negate(entries[0]))

    def _in_season(self) -> bool:
        """Whether one day says when to buy and another when to sell: between them is the rest."""
        entries, exits = self.found.entries["long"], self.found.exits["long"]
        rules = [*entries, *exits]
        return bool(len(entries) == 1 and exits) and all(
            isinstance(part, Calendar)
            for rule in rules
            for part in (rule.conditions if isinstance(rule, AllOf) else (rule,))
        )

    def on_other_months_out(self, *parts: Any) -> None:
        """ "in from January through April, for the other eight months in cash"."""
        number = next(p for p in parts if isinstance(p, Said) and p.kind == "number")
        days = [n for n in nodes(self._last_entry()) if isinstance(n, Calendar)]
        months = {m for day in days if day.unit == "month" for m in day.values}
        quarters = {q for day in days if day.unit == "quarter" for q in day.values}
        months |= {3 * q - k for q in quarters for k in range(3)}
        if len(days) != 1 or not months:
            raise Unreadable("ambiguous", "Which months are the other ones?")
        if 12 - len(months) != self.number(number):
            raise Unreadable("contradictory", f"{len(months)} months leave {12 - len(months)}.")
        self.on_otherwise_out()

    def on_hold_unless_from_to(self, *parts: Any) -> None:
        """ "Stay invested except from the first day of May to the last of September"."""
        self.on_out_from_to(*parts)

    def on_otherwise_not(self) -> None:
        """ "own it while ..., otherwise don't"."""
        self._last_entry()
        self._held()
        self.on_otherwise_out()

    def _held(self) -> None:
        """What is not held any more is sold; what is not bought any more need not be."""
        if self.found.regime is None:
            raise Unreadable("ambiguous", "Is nothing bought then, or is what is held sold?")

    def on_when_not(self, condition: Any) -> None:
        """ "slope positive = own it, slope negative = don't"."""
        if not self.found.entries["long"] or self.found.entries["short"]:
            raise Unreadable("ambiguous", "What is not done then?")
        self._held()
        self.leave(self._exit_condition(condition), cover=False)

    def on_ignorable(self, *_: Any) -> None:
        """Words that change nothing."""

    # -- conditions without an action ----------------------------------------------------------

    def on_pending(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said) and p.kind != "before_buy"]
        found = self.condition(said[-1])  # which may take up what was said before
        self.found.pending = returned([*self.found.pending, found])

    def on_flat_until(self, _word: Any, *parts: Any) -> None:
        """ "I stay in cash until A": what is bought on, where nothing else is told."""
        if any(self.found.entries.values()) or self.found.pending:
            raise Unreadable("ambiguous", "Is A what is bought on, or does it allow to buy?")
        for part in parts[:-1]:
            self.read(part)
        self.on_pending(parts[-1])

    def on_gate(self, *parts: Any) -> None:
        """ "only when ..."; "long above the average only"."""
        self.found.gates.append(self.condition(parts[-1]))

    def on_gate_not(self, condition: Any) -> None:
        found = self.condition(condition)
        self.memory.meanings["case"] = found
        self.found.gates.append(negate(found))

    on_gate_unless = on_gate_not

    def on_hold_stretches(self, *parts: Any) -> None:
        """ "own it from February to April and in November": in then, and only then."""
        said = [p for p in parts if isinstance(p, Said)]
        if said[0].words[0].has("SHORT"):
            raise Unreadable("unsupported", "Only a long position is held in certain times.")
        found = []
        for part in said[1:]:
            if part.kind.startswith("object"):
                self.read(part)
            else:
                found.append(self._days_of(part) if part.kind == "from_to" else self.read(part))
        months = [c.values for c in found if isinstance(c, Calendar) and c.unit == "month"]
        if len(months) < len(found):
            self._hold_while(AnyOf(conditions=tuple(found)))
            return
        self._hold_while(Calendar(unit="month", values=tuple(m for some in months for m in some)))
