"""One thing in place of another: a number, an indicator, a rule, a stop."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.indicators import INDICATORS
from llm.specification.nodes import Compare, Indicator, Number
from llm.specification.walk import scale_of
from llm.specification.words import say_condition, say_value
from llm.translator.editing.applying import clear, put
from llm.translator.editing.parts import ANY_AVERAGE, Meant, part_named, spots, the_one, which
from llm.translator.editing.pieces import AVERAGES
from llm.translator.editing.scaling import set_numbers, whole
from llm.translator.editing.state import FAMILIES, change_nodes, indicators, leaves, replaced
from llm.translator.reading.memory import Found, Unreadable

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"^(?:use |take |with |try |have |make it )*(?P<new>.+?)\s+"
        r"(?:instead of|rather than|in place of|in lieu of)\s+(?P<old>.+)$",
        r"^(?:replace|swap|exchange|substitute)\s+(?P<old>.+?)\s+(?:by|with|for)\s+(?P<new>.+)$",
        r"^(?:change|set|move|raise|lower|increase|reduce|decrease|cut|widen|tighten|loosen|"
        r"lengthen|shorten|extend|turn|put|switch|bring|make)\s+(?P<old>.+?)\s+"
        r"(?:from\s+(?P<was>\S+(?:\s*%)?)\s+)?(?:to|into|at|be)\s+(?P<new>.+)$",
        r"^(?P<old>.+?)\s+(?:→|->|=>)\s+(?P<new>.+)$",
        r"^(?:make|set)\s+(?P<old>the .+?|.+? (?:period|length|level|threshold))\s+"
        r"(?P<new>-?[\d.]+(?:\s*%)?(?: days?)?)$",
        r"^(?:the )?(?P<old>.+? (?:period|length|lookback|level|threshold))\s+"
        r"(?:of |is |= ?|to )?(?P<new>-?[\d.]+(?: days?)?)$",
    )
)
_UNITS = frozenset(
    {"day", "days", "bar", "bars", "down", "up", "green", "red", "in", "row", "consecutive",
     "level", "-", "straight"}
)  # fmt: skip
_PERIOD = re.compile(r"\b(?:period|length|lookback|look-back|days)\b", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:level|threshold|limit|boundary|trigger)\b", re.IGNORECASE)
_CLAUSE = {"stop": "stop {}", "target": "take profit {}", "trail": "trailing stop {}",
           "time": "hold {}", "commission": "commission {}", "slippage": "slippage {}",
           "costs": "commission {}", "capital": "start with {} dollars",
           "pause": "wait {} after an exit",
           "start": "since {}", "end": "until {}", "exit": "sell when {}",
           "breakeven": "move stop to breakeven after {}"}  # fmt: skip


class Replacing:
    """The part of an editor that puts one thing in place of another."""

    found: Found
    pieces: Any
    made: list[Any]

    def replace(self, text: str) -> bool:
        """Read "X instead of Y", "change Y to X", "make the Y X"; False when it is none of them."""
        for form in _FORMS:
            said = form.match(text)
            if not said:
                continue
            groups = said.groupdict()
            old, new = _bare(groups["old"]), _bare(groups["new"])
            if old.lower() in ("it", "this", "that") or not old or not new:
                return False
            self._replace(old, new, groups.get("was") or "")
            return True
        return False

    def _replace(self, old: str, new: str, was: str) -> None:
        number, part = self._as_number(new), part_named(old)
        if was and number and not part:
            old = was
        before = self._as_number(old)
        if number and before:
            self._number(old, before, number)
        elif part and part not in ("short", "long", "size", "dates", "order", "entries"):
            self._part(part, old, new)
        elif number and Meant(old, self.pieces.tokens(old)).is_clear:
            self._of_indicator(old, number[0], new)
        elif number and _LEVEL.search(old):
            self._level(self._levels(), old, number[0])
        else:
            self._thing(old, new, is_number=before is not None)

    # -- numbers ----------------------------------------------------------------------------------

    def _as_number(self, text: str) -> tuple[float, bool] | None:
        """A bare number, in figures or words, and whether it is in percent."""
        tokens = self.pieces.tokens(text)
        numbers = [t for t in tokens if t.has("NUM", "PCT") and t.value is not None]
        rest = [t.text for t in tokens if t not in numbers]
        if len(numbers) != 1 or not _UNITS.issuperset(rest):
            return None
        return numbers[0].value or 0.0, numbers[0].has("PCT")

    def _number(self, old: str, one: tuple[float, bool], other: tuple[float, bool]) -> None:
        before, after, percent = one[0], other[0], one[1] or other[1]
        there = spots(self.found, before, percent=percent)
        if not there:
            raise Unreadable("invalid_value", f"There is no {old} in this idea.", old)
        if len(there) > 1:
            raise which(old, [told for told, _ in there])
        self._put_number(there[0][1], before, after / 100 if percent else after)

    def _put_number(self, spot: Any, before: float, after: float) -> None:
        found = self.found
        if isinstance(spot, str):
            kept: dict[str, Any] = found.risk if spot in found.risk else found.settings
            is_count = isinstance(kept[spot], int)
            kept[spot] = whole(after, f"{after:g}") if is_count else after
        elif isinstance(spot, Indicator):
            numbers = tuple(after if number == before else number for number in spot.numbers)
            set_numbers(found, spot, numbers)
        elif isinstance(spot, Number):
            change_nodes(found, lambda node: Number(value=after) if node == spot else node)
        else:
            bars = {"bars": whole(after, f"{after:g}")}
            change_nodes(found, lambda n: n.model_copy(update=bars) if n == spot else n)

    def _of_indicator(self, old: str, number: float, new: str) -> None:
        """ "the RSI period to 7" and "the RSI level to 25": which number is meant must be said."""
        meant = Meant(old, self.pieces.tokens(old))
        levels = [leaf for leaf in self._levels() if meant.is_in(leaf)]
        says_period = _PERIOD.search(old) or re.search(r"\bdays?\b|\bbars?\b", new)
        if _LEVEL.search(old):
            self._level(levels, old, number)
            return
        one = the_one(meant, indicators(self.found))
        if levels and not says_period and not meant.numbers:
            raise which(
                f"{old} to {new}", [f"the {one.name.upper()} period to {new}", *_told(levels, new)]
            )
        set_numbers(self.found, one, (number, *one.numbers[1:]))

    def _levels(self) -> list[Any]:
        found = self.found
        rules = [*found.entries["long"], *found.entries["short"]]
        rules += [*found.exits["long"], *found.exits["short"]]
        there = [leaf for rule in rules for leaf in leaves(rule)]
        return list(dict.fromkeys(x for x in there if isinstance(getattr(x, "right", 0), Number)))

    def _level(self, levels: list[Any], words: str, number: float) -> None:
        exits = re.search(r"\b(?:exit|sell|overbought)\b", words, re.IGNORECASE)
        entries = re.search(r"\b(?:entry|buy|oversold)\b", words, re.IGNORECASE)
        if exits or entries:
            sides = self.found.exits if exits else self.found.entries
            inside = {leaf for side in sides.values() for rule in side for leaf in leaves(rule)}
            levels = [leaf for leaf in levels if leaf in inside]
        if not levels:
            raise Unreadable("invalid_value", f"There is no {words} in this idea.", words)
        if len(levels) > 1:
            raise which(words, [say_condition(leaf) for leaf in levels])
        new = levels[0].model_copy(update={"right": Number(value=number)})
        self._swap(levels[0], new)

    def _swap(self, old: Any, new: Any) -> None:
        for kept in (self.found.entries, self.found.exits):
            for side, rules in kept.items():
                kept[side] = [replaced(rule, old, new) for rule in rules]

    # -- parts ------------------------------------------------------------------------------------

    def _part(self, part: str, old: str, new: str) -> None:
        """ "the stop to 3 %", "a trailing stop of 8 % instead of the stop"."""
        missing = part in FAMILIES and not any(n in self.found.risk for n in FAMILIES[part])
        if missing and part != "time":
            raise Unreadable("invalid_value", f"There is no {old} in this idea to change.", old)
        tries = [_CLAUSE[part].format(new)] if part in _CLAUSE else []
        first: Unreadable | None = None
        for words in (new, *tries):
            try:
                piece = self.pieces.read(words)[0]
                usable = not piece.says_nothing and not piece.found.pending
            except Unreadable as error:
                first, usable = first or error, False
            if usable:
                if part in FAMILIES:
                    clear(self.found, part)
                put(self.found, piece.found, adds=False, instead=part == "exit")
                self.made += piece.assumptions
                return
        raise first or Unreadable("not_understood", f"“{new}” is not understood here.", new)

    # -- values and rules -------------------------------------------------------------------------

    def _thing(self, old: str, new: str, *, is_number: bool) -> None:
        """An indicator for an indicator, or a rule for a rule."""
        if is_number:
            # "hold for 3 days instead of 5": what is new says it all.
            piece = self.pieces.read(new)[0]
            put(self.found, piece.found, adds=False, instead=False)
            self.made += piece.assumptions
            return
        meant = Meant(old, self.pieces.tokens(old))
        if self._kinds(meant, new):
            return
        try:
            value = self.pieces.value(_one_of(new))
        except Unreadable:
            value = None
        if value is not None and meant.is_clear:
            self._value(the_one(meant, indicators(self.found)), new, value)
            return
        piece, before = self.pieces.condition(new), self.pieces.condition(old).found.pending
        [condition], [was] = piece.found.pending, before
        rules = [*self.found.entries.values(), *self.found.exits.values()]
        if all(was not in leaves(rule) for side in rules for rule in side):
            raise Unreadable("invalid_value", f"“{old}” is no rule of this idea.", old)
        self._swap(was, condition)
        self.made += piece.assumptions

    def _kinds(self, meant: Meant, new: str) -> bool:
        """ "EMA instead of SMA": every average of a type, when neither has a number."""
        said = Meant(new, self.pieces.tokens(_one_of(new)))
        if meant.numbers or said.numbers or not said.names or not said.names <= {*AVERAGES}:
            return False
        if not meant.names <= {*AVERAGES, ANY_AVERAGE} or not meant.names:
            return False
        there = [one for one in indicators(self.found) if one.name in AVERAGES and meant.is_in(one)]
        if not there:
            raise Unreadable("invalid_value", f"There is no {meant.text} in this idea.", meant.text)
        for one in there:
            set_numbers(self.found, one, one.numbers, next(iter(said.names)))
        return True

    def _value(self, old: Indicator, words: str, value: Any) -> None:
        """Another indicator in place of one; of an average only what was said changes."""
        said = {token.value for token in self.pieces.tokens(words) if token.has("NUM")}
        if isinstance(value, Indicator) and {old.name, value.name} <= {*AVERAGES}:
            meant = Meant(words, self.pieces.tokens(words))
            name = old.name if meant.names == {ANY_AVERAGE} else value.name
            set_numbers(self.found, old, value.numbers if said else old.numbers, name)
            return
        if isinstance(value, Indicator) and value.name == old.name:
            set_numbers(self.found, old, value.numbers)
            return
        if scale_of(value) != scale_of(old):
            raise Unreadable(
                "invalid_value",
                f"{say_value(value)} is measured in other units than {say_value(old)}: say the "
                "whole rule.",
                words,
            )
        change_nodes(self.found, lambda node: value if node == old else node)

    def name_value(self, text: str) -> None:
        """A bare value takes the place of the only one of its kind: "RSI(7)", "the 100-day EMA"."""
        every = Meant("average", self.pieces.tokens("average"))
        if self._kinds(every, text):
            return
        value = self.pieces.value(_one_of(text))
        if not isinstance(value, Indicator):
            raise Unreadable("not_understood", f"“{text}”: what should it change?", text)
        there = indicators(self.found)
        alike = [one for one in there if one.name == value.name]
        if not alike and value.name in AVERAGES:
            alike = [one for one in there if one.name in AVERAGES]
        if not alike:
            label = INDICATORS[value.name].label
            raise Unreadable(
                "ambiguous",
                f"There is no {label} in this idea yet: say the whole rule, “also require …”.",
                text,
            )
        if len(alike) > 1:
            raise which(text, [f"{text} instead of {say_value(one)}" for one in alike])
        self._value(alike[0], text, value)


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|a|an|its|my)\s+", "", text.strip(" ,.;“”\"'"), flags=re.IGNORECASE)


def _one_of(text: str) -> str:
    """The singular, which values are written in."""
    return re.sub(r"\b(average|mean|EMA|SMA|WMA|DEMA|TEMA)s\b", r"\1", text, flags=re.IGNORECASE)


def _told(levels: list[Compare], new: str) -> list[str]:
    return [f"{say_condition(leaf)} to {new}" for leaf in levels]
