"""Acting: verbs with their objects, and the rules that open a position."""

from __future__ import annotations

from typing import Any

from llm.specification.nodes import (
    AllOf,
    Always,
    Calendar,
    Compare,
    Cross,
    Indicator,
    Number,
    Previous,
    Price,
)
from llm.specification.walk import nodes, scale_of
from llm.translator.reading.comparisons import is_it
from llm.translator.reading.conditions import returned
from llm.translator.reading.eve import decides_at_open, of_the_day_before
from llm.translator.reading.memory import CLOSE, Unreadable
from llm.translator.reading.named import Named
from llm.translator.reading.negation import negate
from llm.translator.said import Said

_VERBS = ("entry_verb", "exit_verb")
# Under "shorts:" every other verb opens or closes a short; "buy back" alone does either.
_OF_LONGS = ("buy", "bought", "long", "purchase")
_BACK = ("buy back", "buy it back")


def _again(words: tuple[Any, ...]) -> bool:
    """ "Re-enter only ...": a second rule for entries after the first."""
    return any(
        w.text.startswith(("re ent", "reent", "re buy", "rebuy", "buy again", "buy it again"))
        for w in words
    )


def _next_session(first: Any, second: Any) -> Any:
    """ "if Friday closes lower, buy on Monday": the open of the session that follows."""
    parts = first.conditions if isinstance(first, AllOf) else (first,)
    days = [p.values for p in parts if isinstance(p, Calendar) and p.unit == "weekday"]
    if not (isinstance(second, Calendar) and second.unit == "weekday" and len(days) == 1):
        return second
    (day, *more), (other, *others) = days[0], second.values
    follows = not more and not others and (other - day) % 5 == 1
    return second.model_copy(update={"fills": True}) if follows else second


def _names_open(said: tuple[Any, ...]) -> bool:
    """Whether "at the open" is said, and not "at the next open"."""
    opens = ("at open", "on open", "at opening", "at today open", "on today open")
    words = [w for part in said if isinstance(part, Said) for w in part.words]
    return any(w.has("NEXTOPEN") and w.text in opens for w in words)


def _is_breakout(rule: Any, *, up: bool) -> bool:
    """ "buy above the upper band": the way back to a line in the middle leads down."""
    edges = ("upper", "highest") if up else ("lower", "lowest")
    for one in nodes(rule):
        if isinstance(one, Compare):
            beyond = one.operator.startswith(">" if up else "<")
        else:
            beyond = isinstance(one, Cross) and one.direction == ("above" if up else "below")
        if not (beyond and one.left == CLOSE):
            continue
        line = one.right.of if isinstance(one.right, Previous) else one.right
        if (getattr(line, "output", "") or getattr(line, "name", "")) in edges:
            return True
    return False


class Actions(Named):
    """Reads rules that buy or sell short."""

    # -- acting --------------------------------------------------------------------------------

    def action(self, said: Any) -> str:
        """ "long", "short", "hold", "out" or "cover", with its objects taken in."""
        found = self._acts(said)
        if any(word.text.startswith(_BACK) for word in said.words):
            covers = bool(self.found.entries["short"])
            if covers != (found == "cover"):
                raise Unreadable("not_understood", "Was something sold short before, or not?")
        if self.memory.meanings.get("side") != "short":
            return found
        if found == "out":
            return "cover"
        if found == "long" and any(name in w.text for w in said.words for name in _OF_LONGS):
            raise Unreadable("contradictory", "A rule that buys, under a heading for shorts?")
        return "short" if found == "long" else found

    def _acts(self, said: Any) -> str:
        for part in said.parts:
            if isinstance(part, Said) and part.kind not in ("entry_verb", "exit_verb"):
                self.read(part)
        verbs = [p for p in said.parts if isinstance(p, Said) and p.kind in _VERBS]
        words = verbs[0].words if verbs else said.words
        if verbs and verbs[0].kind == "exit_verb":
            return "cover" if any(w.has("COVER") for w in words) else "out"
        if any(w.has("SHORT") for w in words):
            return "short"
        self._not_if_short(words)
        return "hold" if words[0].has("HOLD") else "long"

    def _not_if_short(self, words: tuple[Any, ...]) -> None:
        """ "Shorts only": an entry sells short then, and "buy" contradicts it."""
        buys = any(
            {"buy", "buys", "buying", "long", "purchase"} & set(w.text.split()) for w in words
        )
        if buys and self.memory.meanings.get("shorts_only"):
            raise Unreadable("contradictory", "Shorts only, and still a rule that buys?")

    def on_object_symbol(self, word: Any) -> None:
        if self.found.traded not in ("", word.detail):
            told = f"Only {self.found.traded} is traded here: which of the two is held when?"
            raise Unreadable("unsupported", told, word.text)
        self.found.traded = word.detail

    def on_object_symbols(self, said: Any) -> None:
        """Several at once: whether that can be tested is decided at the end."""

    def on_object_symbol_after(self, _that: Any, word: Any) -> None:
        self.on_object_symbol(word)

    def on_object_none(self, *_: Any) -> None:
        """ "it", "the market", "at the next open": nothing new."""

    def on_object_each_trade(self, *parts: Any) -> None:
        """ "in each Coke trade"."""
        self.on_object_symbol(next(p for p in parts if not isinstance(p, Said) and p.detail))

    def on_object_horizon(self, unit: Any) -> None:
        """ "for the next month": the rule is looked at once in each."""
        self.memory.meanings["horizon"] = True
        self._every(unit)

    def _every(self, unit: Any) -> None:
        units = {"WEEK": "week_end", "MONTH": "month_end", "QUARTER": "quarter_end"}
        name: Any = next((u for t, u in units.items() if unit.parts[0].has(t)), "year_end")
        if self.found.schedule is None:
            self.found.schedule = Calendar(unit=name)

    def on_object_at_that_close(self, *words: Any) -> None:
        """ "closed lower three days in a row, buy at that third close"."""
        self.on_object_at_close(words[-1])

    def on_object_at_close(self, *_: Any) -> None:
        self.assume("Orders fill at the next open after the signal, not at the close.")

    def _enter(self, action: Any, condition: Any, *, told_first: bool = False) -> None:
        side = self.action(action)
        traded = "short" if side == "short" else "long"
        entered = self.found.entries[traded]
        if entered and condition not in entered and _again(action.words):
            raise Unreadable("unsupported", "Entering again under another rule is not possible.")
        words = action.words
        if entered and words and words[0].has("HOLD"):
            if told_first:
                raise Unreadable("ambiguous", "Is that when it is bought, or how long it is held?")
            # "Buy when ... and hold while ...": how long what was bought is kept.
            self.found.exits[traded].append(negate(condition))
            return
        self.enter(traded, condition)
        crosses = any(isinstance(node, Cross) for node in nodes(condition))
        lasts = self.says_while and not crosses
        if words and words[0].has("HOLD", *(("LONG",) if lasts else ())):
            held = isinstance(condition, AllOf)
            self.found.regime = self._looked_at(condition) if held else condition  # type: ignore[attr-defined]
            self.found.kept_while = lasts

    def _tails(self, parts: tuple[Any, ...]) -> None:
        for part in parts:
            if isinstance(part, Said):
                self.read(part)

    def on_act_when(self, action: Any, condition: Any, *tails: Any) -> None:
        self._tails(tails)
        self._say_side(action)
        found = self._filled((action, *tails), self.condition(condition))
        self._enter(action, found)
        if self.says_only and found in self.found.entries["long"]:
            self.found.only.append(found)

    def _filled(self, said: tuple[Any, ...], condition: Any) -> Any:
        """ "Buy at the open every Wednesday": the day named is that of the fill."""
        at_open = _names_open(said)
        if at_open:
            condition = of_the_day_before(condition)
            self._says_open(condition)
        parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
        days = all(isinstance(part, Calendar) and not part.fills for part in parts)
        return self.filled_on(condition) if at_open and days else condition

    def _says_open(self, condition: Any) -> None:
        if decides_at_open(condition):
            self.assume("An open is known once it is over: the order fills at the next one.")

    on_act_when_bare = on_act_when

    def on_by_when(self, _word: Any, condition: Any, *tails: Any) -> None:
        """A typing error that is clear enough: "by when" is "buy when"."""
        self._tails(tails)
        self.enter("long", self.condition(condition))

    def on_when_act(self, condition: Any, action: Any, *tails: Any) -> None:
        self._say_side(action)
        found = self.condition(condition)
        self._tails(tails)
        self._enter(action, self._filled((action, *tails), found), told_first=True)

    on_when_act_bare = on_when_act

    def before_open(self, rules: Any) -> None:
        """ "I buy in the morning": of the next day, so that nothing of that morning is known."""
        opens = (n for rule in rules for n in nodes(rule) if isinstance(n, Price))
        if any(price.field == "open" for price in opens):
            raise Unreadable("intraday", "In the morning of which day?")

    def on_when_act_morning(self, condition: Any, verb: Any, *tails: Any) -> None:
        """ "when A, I buy in the morning"."""
        self.on_when_act(condition, Said("entry_action", (verb,)), *tails)
        self.before_open(rule for rules in self.found.entries.values() for rule in rules)

    def on_when_act_unless(self, condition: Any, action: Any, exception: Any) -> None:
        self.on_act_unless(action, condition, exception)

    def on_when_act_when(self, condition: Any, action: Any, *rest: Any) -> None:
        """ "when the market rises, buy if ...": both must hold."""
        self._say_side(action)
        plain = condition.kind == "compare_it" and len(condition.parts) == 2
        first = (self._case(condition) if plain else None) or self.condition(condition)
        if isinstance(first, Calendar) and first.unit.endswith(("_start", "_end")):
            if first.fills:
                raise Unreadable("not_understood", "A day on which a rule is looked at is no case.")
            self.found.schedule = first
            self.on_act_when(action, *rest)
            return
        self.memory.meanings["case"] = first
        second = self.condition(rest[0])
        self._tails(rest[1:])
        second = _next_session(first, second)
        if (back := self.then_back(first, second)) is not None:
            self._enter(action, back)
            return
        both = returned(list(dict.fromkeys((first, second))))
        if len(both) > 1 and isinstance(first, Cross) and isinstance(second, Cross):
            raise Unreadable("ambiguous", "Within how many days of each other?")
        self._enter(action, both[0] if len(both) == 1 else AllOf(conditions=tuple(both)))

    def on_when_act_weekday(self, condition: Any, action: Any, word: Any, *tails: Any) -> None:
        """ "if Monday is down, buy Tuesday": at the open of the session that follows."""
        self._say_side(action)
        first = self.condition(condition)
        second = _next_session(first, self.on_weekday(word))
        if not second.fills:
            raise Unreadable("unsupported", "A signal that waits for a weekday is not possible.")
        self._tails(tuple(t for t in tails if isinstance(t, Said)))
        rest = first.conditions if isinstance(first, AllOf) else (first,)
        self._enter(action, AllOf(conditions=(*rest, second)))

    def on_after_wait_act(self, earlier: Any, condition: Any, action: Any, *tails: Any) -> None:
        """ "after a close below the band, wait for a close back inside, then buy"."""
        first, second = self.condition(earlier), self.condition(condition)
        back = self.then_back(first, second)
        if back is None:
            raise Unreadable("ambiguous", "How long is the second waited for?")
        self._tails(tails)
        self._enter(action, back)

    def on_case_act(self, case: Any, action: Any, condition: Any, *tails: Any) -> None:
        """ "Above the 200-day average buy RSI(2) below 10, below it short RSI(2) above 90"."""
        self._say_side(action)
        first = self._case(case)
        if first is None:
            raise Unreadable("ambiguous", "Above or below what?")
        found = AllOf(conditions=(first, self.condition(condition)))
        self._tails(tails)
        self._enter(action, found)

    def on_case_nothing(self, case: Any) -> None:
        """ "Above the average buy ..., below it I buy nothing"."""
        unknown = is_it(case.parts[-1]) and "case_line" not in self.memory.meanings
        found = None if unknown else self._case(case)
        if found is None:
            raise Unreadable("ambiguous", "Above or below what?")
        self.found.gates.append(negate(found))

    def _case(self, said: Any) -> Any:
        """ "above the average", "below it": the close, and the line of the case before."""
        side, right = said.parts[-2:]
        pair = self.memory.pair
        before = self.memory.meanings.get("case_line") or (pair.right if pair else None)
        line = before if is_it(right) else self.value(right, CLOSE)
        if line is None or isinstance(line, Number) or scale_of(line) != "price":
            return None
        self.memory.meanings["case_line"] = line
        found = self.compare(CLOSE, self._operator(side), line)
        self.memory.subject = self.memory.meanings.get("topic", self.memory.subject)
        return found

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

    def on_count_to_buy(self, lead: Any, said: Any) -> None:
        """ "two of these three must be true to buy: ..."."""
        self.enter("long", self._counted(lead, said))

    def on_when_noun(self, condition: Any, action: Any) -> None:
        self.on_when_act(condition, action)

    def on_entry_action(self, *parts: Any) -> None:
        raise Unreadable("ambiguous", "An action without a condition: when?")

    def _say_side(self, action: Any) -> None:
        """Short ideas turn "against the entry" round before the condition is read."""
        if any(w.has("SHORT") for w in action.words):
            self.found.side = "short"

    def on_act_when_if(self, action: Any, condition: Any, other: Any, *tails: Any) -> None:
        """ "buy after three down days, if the close is above its average"."""
        self._tails(tails)
        self._say_side(action)
        self._enter(action, AllOf(conditions=(self.condition(condition), self.condition(other))))

    def on_act_unless(self, action: Any, condition: Any, exception: Any, *tails: Any) -> None:
        if exception.kind == "unless":
            raise Unreadable("ambiguous", "Which exception belongs to which?")
        first = self.condition(condition)
        found = AllOf(conditions=(first, negate(self.condition(exception))))
        self._tails(tails)
        self._enter(action, found)

    def on_act_at(self, action: Any, level: Any) -> None:
        """ "buy at the lower band": the close reaching it."""
        self._enter(action, self._at(level, leaving=False))

    def _at(self, level: Any, *, leaving: bool) -> Any:
        if level.kind == "at_level":
            if leaving and all(self.found.entries.values()):
                raise Unreadable("ambiguous", "Reached from above or below, on which side?")
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
        entered = self.found.entries["short" if short else "long"]
        beyond = any(_is_breakout(rule, up=not short) for rule in entered)
        return self.compare(CLOSE, "<=" if short is not beyond else ">=", line)

    def on_is_reached(self, said: Any, *_: Any) -> Any:
        """ "hold until the middle band is touched"."""
        line = self.value(said)
        if not self.leaving or isinstance(line, Number | Price) or scale_of(line) != "price":
            raise Unreadable("ambiguous", "Reached from above or from below? Say above or below.")
        return self._at(said, leaving=True)

    def _at_number(self, level: Any) -> Any:
        subject, pair = self.memory.subject, self.memory.pair
        if pair is None or not isinstance(subject, Indicator):
            raise Unreadable("ambiguous", "At which price?")
        return self._reached(subject, Number(value=self.number(level.parts[0])))

    def on_buy_and_hold(self, *parts: Any) -> None:
        acting = [p for p in parts if isinstance(p, Said) and p.kind == "entry_action"]
        if any(self.action(part) == "short" for part in acting):
            raise Unreadable("unsupported", "Only what is bought can be held for good.")
        self._tails(tuple(p for p in parts if p not in acting))
        self.found.no_exit = True
        words = [p for p in parts if not isinstance(p, Said)]
        if any(self.found.entries.values()) and any(w.has("NEVER_SELL") for w in words):
            return  # "Hold forever": what the rule before it buys
        self.enter("long", Always())

    def on_hold_when(self, *parts: Any) -> None:
        said = [p for p in parts if isinstance(p, Said) and not p.kind.startswith("object")]
        self.set_risk("hold_bars", self.bars_in(self.read(said[0])))
        self.enter("long", self.condition(said[1]))

    def on_at_act(self, level: Any, action: Any) -> None:
        self.on_act_at(action, level)
