"""How names of symbols are compared: without case, accents, spaces and punctuation."""

import re
import unicodedata

# What a ticker may be made of; ^GSPC, BRK.B, EURUSD=X and BTC-USD are all in use.
TICKER_PATTERN = r"^[A-Z0-9^][A-Z0-9.^=_-]{0,19}$"


def alias_key(text: str) -> str:
    """The form under which an alias is stored and looked up.

    "S&P 500", "s & p-500" and "SP500" share one key; so do "Coca-Cola" and "coca cola's".
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub(r"['’]s\b", "", plain)
    return "".join(letter for letter in plain if letter.isalnum())


def ticker_form(text: str) -> str:
    """The text as a ticker would be written; NUL, which no database stores, is left out."""
    return text.replace("\x00", "").strip().upper()


def spellings(text: str) -> tuple[str, ...]:
    """How else people write a name: "S&P 500" also as S&P500, S and P 500, SP500."""
    joined = re.sub(r"[\s-]+", "", text)
    spoken = re.sub(r"\s*&\s*", " and ", text)
    return tuple(dict.fromkeys((text, joined, spoken, alias_key(text))))
