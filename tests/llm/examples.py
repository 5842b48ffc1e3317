"""`python -m tests.llm.examples > docs/translated.md`: twenty ideas, as read and as written."""

import sys

from tests.llm.worlds import read

HEAD = """\
# Twenty ideas, and what the built-in translator makes of them

Written by `python -m tests.llm.examples > docs/translated.md`; a test keeps it true. Each idea is
followed by the sentence that tells it back, by what was assumed, and by the script.
"""
IDEAS = (
    "rsi<30 buy >70 sell",
    "buy wen rsi is belw 30 and sel wen its abov 70",
    "Buy a 20-day high. Use a trailing stop of 10%.",
    "Hold the index only in November, December and January.",
    "golden cross buy death cross sell 1% stop",
    "Buy on Monday, sell when up 5%, down 3%, or after 10 days.",
    "Buy when the market gaps down by more than 1% and closes green; sell the next day.",
    "Buy when the close is within 1% of the 50-day SMA. Sell after 5 days.",
    "Risk 2% of equity per trade with a stop 3 ATR(20) below entry. Buy a new 50-day high, "
    "sell a new 25-day low.",
    "Put a buy limit at 1% under the close when RSI(2) is below 15, valid for 2 days; sell when "
    "RSI(2) is above 60.",
    "Buy SPX when IXIC crosses above its 50-day SMA, sell when it falls below it.",
    "Each quarter end, if the 6-month return is positive stay long for the next quarter, otherwise "
    "hold cash.",
    "Monthly: long if the monthly close is above the 6-month average, else cash.",
    "Go long on a close above the 20-day high and reverse to short on a close below the 20-day "
    "low.",
    "Long when ADX(14) is above 20 and +DI is above -DI. Exit when -DI is above +DI.",
    "From 2005 to 2015, with $50,000 and 5 bps commission, buy when RSI(14) is below 30 and sell "
    "when it is above 70.",
    "Kaufe wenn die 20-Tage-Linie die 50-Tage-Linie von unten nach oben kreuzt, verkaufe wenn sie "
    "sie von oben nach unten kreuzt.",
    "Compra si el RSI(2) es menor que 10 y vende si es mayor que 60. Stop loss del 5%.",
    "RSI(14)低于30时买入，高于70时卖出。",
    "My plan is pretty simple. I only trade when the index is above its 200-day simple moving "
    "average. In that case I buy when the 2-day RSI drops below 10. I sell when the 2-day RSI goes "
    "above 65. I also use a stop loss of 5%.",
)


def text() -> str:
    """The whole page."""
    return HEAD + "".join(_told(number, idea) for number, idea in enumerate(IDEAS, 1))


def _told(number: int, idea: str) -> str:
    draft = read(idea)
    told = [f"\n## {number}. {draft.title}\n", f"> {idea}\n", f"{draft.echo}\n"]
    told += ["\n".join(f"- {sentence}" for sentence in draft.assumptions) + "\n"]
    if not draft.assumptions:
        told[-1] = "Nothing is assumed.\n"
    return "\n".join([*told, f"```python\n{draft.script.strip()}\n```\n"])


if __name__ == "__main__":
    sys.stdout.write(text())
