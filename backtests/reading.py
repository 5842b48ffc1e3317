"""How an idea will be read, shown while it is typed. Nothing is stored, run or counted."""

from dataclasses import replace

from django.conf import settings

from accounts.models import User
from backtests.money import UsualMoney
from backtests.providers import translator
from llm.provider import Draft, Refusal
from market import services as market
from market.errors import UnknownSymbol

FEWEST_WORDS = 4


def preview(*, idea: str, symbol: str = "", user: User | None = None) -> Draft | Refusal | None:
    """The translator's reading of an idea; None while there is too little to read.

    With a language model set up there is no preview: it would read the idea in its own way,
    and every keystroke would be a paid call.
    """
    text = idea.strip()
    if settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL:
        return None
    if len(text.split()) < FEWEST_WORDS or len(text) > settings.IDEA_MAX_LENGTH:
        return None
    try:
        context = market.idea_context(symbol=symbol.strip() or None)
    except UnknownSymbol as error:
        return Refusal("unknown_symbol", str(error), words=(symbol.strip(),))
    read = translator().write(text, context)
    if isinstance(read, Draft) and "commission" not in read.settings:
        return replace(read, assumptions=(*read.assumptions, UsualMoney.of(user).sentence))
    return read
