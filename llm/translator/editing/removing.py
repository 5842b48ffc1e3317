"""Taking something out: a stop, an exit, a side, a condition, a cost."""

from __future__ import annotations

import re
from typing import Any

from llm.specification.nodes import Always
from llm.specification.words import say_condition
from llm.translator.editing.applying import clear
from llm.translator.editing.parts import Meant, part_named, which
from llm.translator.editing.state import FAMILIES, SIDES, leaves, sides, without
from llm.translator.reading.memory import Found, Unreadable

_LEAD = re.compile(
    r"^(?:without|remove|drop|delete|no|leave out|leave away|forget(?: about)?|lose|skip|take out|"
    r"get rid of|cut out|cancel|ignore|omit|not using|stop using|don'?t use|do not use|kill|"
    r"minus)\b\s*",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\s+(?:from|in|of|for)\s+(?:the\s+)?(?P<place>entry|entries|buy rule|buying|exit|exits|"
    r"sell rule|selling|both|everywhere)$",
    re.IGNORECASE,
)
_LABELS = {"stop": "stop", "target": "target", "trail": "trailing stop", "time": "time limit",
           "pause": "pause", "order": "waiting order", "size": "size", "entries": "pyramiding",
           "breakeven": "break-even stop"}  # fmt: skip


def remove(found: Found, text: str, pieces: Any) -> bool:
    """Take out what the words name; False when they ask for something else."""
    lead = _LEAD.match(text)
    if not lead:
        return False
    named = text[lead.end() :].strip()
    if not named:
        raise Unreadable("ambiguous", "What should be left out?", text)
    where = _WHERE.search(named)
    rest, place = (named[: where.start()], where["place"].lower()) if where else (named, "")
    for one in re.split(r"\s+(?:and|or)\s+(?:no |the |without )*|\s*,\s*", rest):
        _remove_one(found, one, place, pieces)
    return True


def _remove_one(found: Found, named: str, place: str, pieces: Any) -> None:
    part = part_named(named)
    if part in FAMILIES:
        if part == "stop" and not _has(found, "stop") and _has(found, "trail"):
            part = "trail"
        if part == "time" and not _has(found, "time"):
            raise _absent(named, "time limit")
        if not clear(found, part):
            raise _absent(named, _LABELS[part])
    elif part in ("short", "long"):
        _drop_side(found, part, named)
    elif part == "exit":
        if not any(found.exits.values()):
            raise _absent(named, "rule to sell")
        found.exits = {side: [] for side in SIDES}
    elif part in ("costs", "commission", "slippage"):
        names = ("commission", "slippage") if part == "costs" else (part,)
        found.settings |= dict.fromkeys(names, 0.0)
    elif part in ("dates", "start", "end"):
        names = ("start", "end") if part == "dates" else (part,)
        if not any(found.settings.pop(name, None) for name in names):
            raise _absent(named, "date")
    else:
        _drop_condition(found, named, place, pieces)


def _has(found: Found, family: str) -> bool:
    return any(name in found.risk for name in FAMILIES[family])


def _absent(words: str, label: str) -> Unreadable:
    return Unreadable("invalid_value", f"There is no {label} in this idea to leave out.", words)


def _drop_side(found: Found, side: str, words: str) -> None:
    other = "long" if side == "short" else "short"
    if not found.entries[side]:
        raise _absent(words, f"{side} side")
    if not found.entries[other]:
        raise Unreadable("invalid_value", "That would leave nothing to trade.", words)
    found.entries[side], found.exits[side], found.reverse = [], [], False


def _drop_condition(found: Found, named: str, place: str, pieces: Any) -> None:
    meant = Meant(named, pieces.tokens(named))
    if not meant.is_clear:
        raise Unreadable(
            "not_understood", f"“{named}” is nothing in this idea that can be left out.", named
        )
    kept = [
        (rules, side)
        for name, rules in (("entry", found.entries), ("exit", found.exits))
        for side in SIDES
        if _fits(place, name)
    ]
    hit = [(r, s) for r, s in kept if any(meant.is_in(leaf) for c in r[s] for leaf in leaves(c))]
    if found.rotation.get("only_if") is not None and meant.is_in(found.rotation["only_if"]):
        found.rotation["only_if"] = None
        return
    if not hit:
        raise _absent(named, f"“{named}”")
    if len(hit) > 1 and place not in ("both", "everywhere"):
        raise which(named, [_told(rules, side, meant) for rules, side in hit])
    for rules, side in hit:
        rules[side] = [c for c in (without(one, meant.is_in) for one in rules[side]) if c]
    if not sides(found):
        raise Unreadable(
            "invalid_value",
            f"Without “{named}” no rule would be left that says when to buy.",
            named,
        )
    found.no_exit = found.no_exit or isinstance(found.entries["long"], Always)


def _fits(place: str, name: str) -> bool:
    if not place or place in ("both", "everywhere"):
        return True
    return name == ("entry" if place.startswith(("entr", "buy")) else "exit")


def _told(rules: dict[str, list[Any]], side: str, meant: Meant) -> str:
    return next(
        say_condition(leaf) for rule in rules[side] for leaf in leaves(rule) if meant.is_in(leaf)
    )
