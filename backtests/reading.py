"""How an idea will be read, shown while it is typed. Nothing is stored, run or counted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings

from accounts.models import User
from backtests import asking, choosing
from backtests.errors import BacktestInvalid
from backtests.models import BacktestRun
from backtests.money import UsualMoney
from backtests.providers import translator
from llm.provider import Draft, Refusal
from market import services as market
from market.errors import UnknownSymbol

FEWEST_WORDS = 4


def preview(
    *,
    idea: str,
    symbol: str = "",
    user: User | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Draft | Refusal | None:
    """The translator's reading of an idea; None while there is too little to read.

    `choices` are settled values (`choosing.settle`).

    With a language model set up there is no preview: it would read the idea in its own way,
    and every keystroke would be a paid call.
    """
    text = idea.strip()
    if asking.is_set_up(user):
        return None
    if len(text.split()) < FEWEST_WORDS or len(text) > settings.IDEA_MAX_LENGTH:
        return None
    try:
        context = market.idea_context(symbol=symbol.strip() or None)
    except UnknownSymbol as error:
        return Refusal("unknown_symbol", str(error), words=(symbol.strip(),))
    read = translator().write(text, replace(context, extra=dict(choices or {})))
    if isinstance(read, Draft) and "commission" not in read.settings:
        return replace(read, assumptions=(*read.assumptions, UsualMoney.of(user).sentence))
    return read


def with_choices(
    *, idea: str, symbol: str, user: User | None, chosen: Mapping[str, Any], opened: str = ""
) -> tuple[Draft | Refusal | None, list[choosing.Row], list[str]]:
    """The reading of an idea, its assumptions with their controls, and what is wrong with a choice.

    A choice that is none is left out of the reading; `opened` is the control in use.
    """
    wrong: list[str] = []
    settled: dict[str, Any] = {}
    for key, value in chosen.items():
        try:
            settled |= choosing.settle({key: value})
        except BacktestInvalid as error:
            wrong += error.errors["choices"]
    found = preview(idea=idea, symbol=symbol, user=user)
    if not isinstance(found, Draft):
        return found, [], wrong
    settled = choosing.unusual(settled, found)
    if settled:
        other = preview(idea=idea, symbol=symbol, user=user, choices=settled)
        if isinstance(other, Draft):
            found = other
        elif other is not None:
            settled, wrong = {}, [*wrong, other.message]
    rows = choosing.rows(found.assumptions, choosing.stored(found, settled), opened=opened)
    return found, rows, wrong


def rows_of(run: BacktestRun) -> list[choosing.Row]:
    """The assumptions of a run with the controls of those that leave a choice."""
    spec = run.read_json("spec") or {}
    return choosing.rows(spec.get("assumptions", ()), spec.get("assumption_choices", ()))
