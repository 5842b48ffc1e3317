"""Moods of the market by their names: "the regime is good when ...", "in a good regime I buy".

Told again as a state with a name of its own, which the grammar knows: "goodregime is on when ...".
"""

from __future__ import annotations

import re

_NOUNS = (
    "regime|market|index|stock|trend|tide|phase|environment|climate|backdrop|mood|weather|tape"
    "|state|season|picture"
)
_NOUN = rf"(?:(?:market|price|overall|general) )?(?P<noun>{_NOUNS})"
_NAME = r"(?P<name>(?!above|below|over|under|at|in|on|not|no|open|closed|near|the|a|an\b)[a-z]+)"
_WHEN = r"(?:only )?(?:when|if|whenever|while|as long as|so long as|provided(?: that)?|where)"
_FOR_ME = r"(?:,? ?(?:for|to) (?:me|us),? )?"
# What it means, up to the end of its sentence; "1.5" and "e.g." go on.
_MEANT = r"(?P<meant>[^;!?\n]+?)(?=\.?\s*$|[.;!?](?=\s)|\n)"
_DEFINED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:the |my |our )?{_NOUN} (?:is|counts as|is called|is considered|is said to be"
        rf"|qualifies as|looks) {_FOR_ME}(?:called |considered )?{_NAME} {_FOR_ME}{_WHEN} {_MEANT}",
        rf"\b(?:i|we) (?:call|consider) (?:the |my |our |a |an )?{_NOUN} {_NAME} {_WHEN} {_MEANT}",
        rf"\b(?:an? |the ){_NAME} {_NOUN} (?:is|means|is defined as) {_FOR_ME}"
        rf"(?:one )?(?:that )?(?:{_WHEN}|in which|with) {_MEANT}",
    )
)


def with_moods(idea: str) -> str:
    """The idea with such names as states; as it stands where none is used."""
    told = idea
    defined = [found for pattern in _DEFINED for found in pattern.finditer(idea)]
    for found in defined:
        told = _with_mood(told, found, alone=len(defined) == 1) or told
    return told


def _with_mood(idea: str, found: re.Match[str], *, alone: bool) -> str | None:
    """The idea with one name as a state; None where the name is never used."""
    name, noun = found["name"].lower(), found["noun"].lower()
    state = f"{name}{noun}state"
    definition = f"{state} is on when {found['meant']}"
    before, met, after = idea.partition(found.group())
    if not met:
        return None
    used = 0
    for pattern, words in _uses(name, noun, state, alone=alone):
        before, first = pattern.subn(words, before)
        after, last = pattern.subn(words, after)
        used += first + last
    return f"{before}{definition}{after}" if used else None


def _uses(
    name: str, noun: str, state: str, *, alone: bool
) -> tuple[tuple[re.Pattern[str], str], ...]:
    """How such a name is used, and what is said instead."""
    such = rf"|such an? (?:market )?{noun}" if alone else ""
    kind = rf"(?:{name} (?:market )?{noun}|{name}{noun}{such})"
    others = rf"(?:any|all|every) other (?:market )?{noun}s?"
    acts = r"(?:trade|buy|enter|open (?:any )?(?:new )?(?:trades|positions)|take (?:any )?trades)"
    is_so = rf"(?:the |my |our )?(?:market )?{noun} (?:is|turns|remains|stays|gets|becomes)"
    rules = (
        (rf"\b(?:i|we) (?:do not|don't|never) {acts}(?: at all)? (?:in|during) {others}",
         f"I only trade when {state} is on"),
        (rf"(?:(?<=^)|(?<=[.;!?\n] )|(?<=\n))(?:only )?(?:in|during) (?:an? |the )?{kind},?(?= )",
         f"When {state} is on,"),
        (rf"\b(?:in|during) (?:an? |the )?{kind}", f"while {state} is on"),
        (rf"\b{is_so} (?:not|no longer|anything but) {name}\b", f"{state} is off"),
        (rf"\b{is_so} {name}\b", f"{state} is on"),
    )  # fmt: skip
    return tuple((re.compile(rule, re.IGNORECASE), words) for rule, words in rules)
