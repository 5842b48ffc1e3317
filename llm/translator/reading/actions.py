"""Acting: verbs with their objects, and the rules that open a position."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import AllOf, Always, Calendar, Indicator, Number
from llm.specification.walk import scale_of
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.named import Named
from llm.translator.reading.negation import negate
from llm.translator.said import Said

_VERBS = ("entry_verb", "exit_verb")


def _again(words: tuple[Any, ...]) -> bool:
    """ "Re-enter only ...": a second rule for entries after the first."""
    return any(w.text.startswith(("re ent", "reent", "re buy", "rebuy")) for w in words)


class Actions(Named):
    """Reads rules that buy or sell short."""

    # -- acting --------------------------------------------------------------------------------

    def action(self, said: Any) -> str:
        """ "long", "short" or "out", with its objects taken in."""
        for part in said.parts:
            if isinstance(part, Said) and part.kind not in ("entry_verb", "exit_verb"):
                self.read(part)
        verbs = [p for p in said.parts if isinstance(p, Said) and p.kind in _VERBS]
        words = verbs[0].words if verbs else said.words
        if verbs and verbs[0].kind == "exit_verb":
            return "cover" if any(w.has("COVER") for w in words) else "out"
        if any(w.has("SHORT") for w in words):
            return "short"
        return "hold" if words[0].has("HOLD") else "long"

    def on_object_symbol(self, word: Any) -> None:
        if not self.found.traded:
            self.found.traded = word.detail

    def on_object_symbols(self, said: Any) -> None:
        """Several at once: whether that can be tested is decided at the end."""

    def on_object_symbol_after(self, _that: Any, word: Any) -> None:
        self.on_object_symbol(word)

    def on_object_none(self, *_: Any) -> None:
        """ "it", "the market", "at the next open": nothing new."""

    def on_object_horizon(self, unit: Any) -> None:
        """ "for the next month": the rule is looked at once in each."""
        self._every(unit)

    def _every(self, unit: Any) -> None:
        units = {"WEEK": "week_end", "MONTH": "month_end", "QUARTER": "quarter_end"}
        name: Any = next((u for t, u in units.items() if unit.parts[0].has(t)), "year_end")
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=name)

    def on_object_at_close(self, _word: Any) -> None:
        self.assume("Orders fill at the next open after the signal, not at the close.")

    def _enter(self, action: Any, condition: Any) -> None:
        side = self.action(action)
        traded = "short" if side == "short" else "long"
        entered = self.found.entries[traded]
        if entered and condition not in entered and _again(action.words):
            raise Unreadable("unsupported", "Entering again under another rule is not possible.")
        self.enter(traded, condition)
        words = action.words
        if words and words[0].has("HOLD"):
            self.found.regime = condition

    def _tails(self, parts: tuple[Any, ...]) -> None:
        for part in parts:
            if isinstance(part, Said):
                self.read(part)

    def on_act_when(self, action: Any, condition: Any, *tails: Any) -> None:
        self._tails(tails)
        self._say_side(action)
        self._enter(action, self._filled((action, *tails), self.condition(condition)))

    def _filled(self, said: tuple[Any, ...], condition: Any) -> Any:
        """ "Buy at the open every Wednesday": the day named is that of the fill."""
        opens = ("at the open", "on the open", "at open")
        words = [w for part in said if isinstance(part, Said) for w in part.words]
        names_open = any(w.has("NEXTOPEN") and w.text in opens for w in words)
        parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
        days = all(isinstance(part, Calendar) and not part.fills for part in parts)
        return self.filled_on(condition) if names_open and days else condition

    on_act_when_bare = on_act_when

    def on_by_when(self, _word: Any, condition: Any, *tails: Any) -> None:
        """A typing error that is clear enough: "by when" is "buy when"."""
        self._tails(tails)
        self.enter("long", self.condition(condition))

    def on_when_act(self, condition: Any, action: Any, *tails: Any) -> None:
        self._say_side(action)
        found = self.condition(condition)
        self._tails(tails)
        self._enter(action, found)

    on_when_act_bare = on_when_act

    def on_when_act_unless(self, condition: Any, action: Any, exception: Any) -> None:
        self.on_act_unless(action, condition, exception)

    def on_when_act_when(self, condition: Any, action: Any, *rest: Any) -> None:
        """ "when the market rises, buy if ...": both must hold."""
        self._say_side(action)
        first = self.condition(condition)
        if isinstance(first, Calendar) and first.unit.endswith(("_start", "_end")):
            raise Unreadable("not_understood", "A day on which a rule is looked at is no case.")
        self.memory.meanings["case"] = first
        second = self.condition(rest[0])
        self._tails(rest[1:])
        self._enter(action, AllOf(conditions=tuple(dict.fromkeys((first, second)))))

    def on_otherwise_act_when(self, action: Any, condition: Any, *tails: Any) -> None:
        case = self.memory.meanings.get("case")
        if case is None:
            raise Unreadable("ambiguous", "Otherwise than what?")
        found = AllOf(conditions=(negate(case), self.condition(condition)))
        self._tails(tails)
        self._enter(action, found)

    def on_count_act(self, lead: Any, action: Any, said: Any) -> None:
        """ "two of these three must be true for me to hold it: ..."."""
        self._enter(action, self._counted(lead, said))

    def on_when_noun(self, condition: Any, action: Any) -> None:
        self.on_when_act(condition, action)

    def on_entry_action(self, *parts: Any) -> None:
        raise Unreadable("ambiguous", "An action without a condition: when?")

    def _say_side(self, action: Any) -> None:
        """Short ideas turn "against the entry" round before the condition is read."""
        if any(w.has("SHORT") for w in action.words):
            self.found.side = "short"

    def on_act_unless(self, action: Any, condition: Any, exception: Any, *tails: Any) -> None:
        first = self.condition(condition)
        found = AllOf(conditions=(first, negate(self.condition(exception))))
        self._tails(tails)
        self._enter(action, found)

    def on_act_at(self, action: Any, level: Any) -> None:
        """ "buy at the lower band": the close reaching it."""
        self._enter(action, self._at(level, leaving=False))

    def _at(self, level: Any, *, leaving: bool) -> Any:
        if level.kind == "at_level":
            return self._at_number(level)
        line = self.value(level)
        if not isinstance(line, Indicator) or scale_of(line) != "price":
            raise Unreadable("not_understood", "At which price?")
        short = self.found.side == "short"
        if line.output in ("upper", "lower"):
            self.assume("“At the band” is the close crossing it, outward.")
            return self.cross(CLOSE, "above" if line.output == "upper" else "below", line)
        if not leaving:
            raise Unreadable("ambiguous", "Reached from above or from below? Say above or below.")
        self.assume("Leaving “at” a line means: when the close has come back to it or beyond.")
        return self.compare(CLOSE, "<=" if short else ">=", line)

    def _at_number(self, level: Any) -> Any:
        subject, pair = self.memory.subject, self.memory.pair
        if pair is None or not isinstance(subject, Indicator):
            raise Unreadable("ambiguous", "At which price?")
        return self._reached(subject, Number(value=self.number(level.parts[0])))

    def on_buy_and_hold(self, *parts: Any) -> None:
        self._tails(parts)
        self.found.no_exit = True
        self.enter("long", Always())

    def on_when_hold(self, condition: Any, *rest: Any) -> None:
        self.enter("long", self.condition(condition))
        self.set_risk("hold_bars", self.bars_in(self.read(rest[-1])))

    def on_hold_when(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("object")]
        self.set_risk("hold_bars", self.bars_in(self.read(said[0])))
        self.enter("long", self.condition(said[1]))

    def on_at_act(self, level: Any, action: Any) -> None:
        self.on_act_at(action, level)

    def on_allocate(self, condition: Any, first: Any, second: Any) -> None:
        """ "if A then 100% cash, else 100% S&P 500"."""
        found = self.condition(condition)
        one, other = self._allocation(first), self._allocation(second)
        if one == other:
            raise Unreadable("contradictory", "Both cases say the same.")
        inside = found if one else negate(found)
        self.enter("long", inside)
        self.found.exits["long"].append(negate(inside))

    def _allocation(self, said: Any) -> bool:
        for part in said.parts:
            if isinstance(part, Said) and part.kind in ("pct", "pct_of") and self.read(part) != 1.0:
                raise Unreadable("unsupported", "Only all in or all out can be tested here.")
        return bool(said.kind == "allocation_in")
