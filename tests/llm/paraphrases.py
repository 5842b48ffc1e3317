"""One idea said in many ways: other words, another order, typing errors, other units.

Every way of saying a condition in one group means the same, so whatever ideas are put together
from them must be read as one specification; the first way of each group says which.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

BUY = (
    "buy", "go long", "enter long", "purchase", "get in", "open a long position", "I buy",
    "take a position", "step in", "jump in", "put on a long", "I'm a buyer", "pick it up",
)  # fmt: skip
SELL = (
    "sell", "exit", "get out", "close the position", "liquidate", "I sell", "leave", "let it go",
    "get rid of it", "bail out", "close it out", "dump it", "cash out", "hand it back",
)  # fmt: skip
WHEN = ("when", "if", "whenever", "once", "as soon as", "every time", "on any day on which")
OPENINGS = (
    "", "", "", "Here is my idea: ", "I would like to test this: ", "My strategy is simple: ",
    "Can you test the following? ", "Hi! ", "Please backtest this: ",
)  # fmt: skip
ENDINGS = ("", "", "", " Thanks!", " Use daily bars.", " Only long.")
SHAPES = (
    "{buy} {when} {a}, {sell} {when_b} {b}.",
    "{buy} {when} {a} and {sell} {when_b} {b}.",
    "{buy} {when} {a}. {sell} {when_b} {b}.",
    "{when} {a}, {buy}. {when_b} {b}, {sell}.",
    "{when} {a} {buy}; {when_b} {b} {sell}.",
    "Entry: {a}. Exit: {b}.",
    "Buy signal: {a}. Sell signal: {b}.",
    "Rules:\n1. {buy} {when} {a}.\n2. {sell} {when_b} {b}.",
    "{when} {a}, that is my entry. {when_b} {b}, that is my exit.",
    "{when} {a}, that gets me in; {when_b} {b}, that gets me out.",
    "My entry is {when} {a}. My exit is {when_b} {b}.",
    "The signal to buy is {a}, the signal to sell is {b}.",
    "{a} -> {buy}. {b} -> {sell}.",
    "In {when} {a}, out {when_b} {b}.",
    "The plan: {when} {a}, I want to be in. {when_b} {b}, I want to be out.",
    "{when} {a} I {buy} at the next open, and {when_b} {b} I {sell} the next morning.",
    "Long: {a}.\nFlat: {b}.",
)

# Entry conditions, then exit conditions; numbers differ so that no two groups mean the same.
ENTRIES = (
    (
        "RSI(14) is below 30",
        "the 14-day RSI is under 30",
        "the 14 day RSI is lower than 30",
        "RSI(14) < 30",
        "the relative strength index over 14 days is less than thirty",
        "the RSI with 14 periods is beneath 30",
    ),
    (
        "RSI(2) crosses above 10",
        "the 2-day RSI crosses over 10",
        "the 2-period RSI crosses up through 10",
        "RSI(2) crosses back above 10 from below",
    ),
    (
        "the 20-day SMA crosses above the 50-day SMA",
        "SMA(20) crosses over SMA(50)",
        "the twenty-day simple moving average crosses above the fifty-day simple moving average",
        "the 20 day SMA crosses up through the 50 day SMA",
    ),
    (
        "the 10-day EMA is above the 40-day EMA",
        "EMA(10) > EMA(40)",
        "the 10-day exponential moving average is greater than the 40-day exponential average",
        "EMA 10 is over EMA 40",
    ),
    (
        "the close is above the 200-day SMA",
        "the price is above its 200-day simple moving average",
        "the close is higher than the 200 day simple average",
        "it closes above SMA(200)",
        "the index trades over its 200-day SMA",
        "close > SMA(200)",
    ),
    (
        "the close is more than 3% below the 20-day SMA",
        "the price is over 3 percent under SMA(20)",
        "the close is more than 300 bps below the 20-day simple moving average",
    ),
    (
        "the close is below the lower Bollinger band (20, 2)",
        "price closes under the lower Bollinger band (20,2)",
        "the close is beneath the bottom Bollinger band (20, 2)",
    ),
    (
        "the close is above the highest high of the previous 20 days",
        "the close is higher than the highest high of the last 20 days",
        "it closes above the highest high of the prior 20 days",
    ),
    (
        "MACD crosses above its signal line",
        "the MACD line crosses over the signal line",
        "the MACD crosses up through its signal",
    ),
    (
        "the close is down 3 days in a row",
        "the market closes lower three days in a row",
        "it has closed lower for three consecutive days",
        "there are 3 down closes in a row",
    ),
    (
        "the close falls 2% or more in a day",
        "the index drops at least 2% in one day",
        "the market loses 2 percent or more in a single day",
    ),
    (
        "CCI(20) is below -100",
        "the 20-day CCI is under -100",
        "the CCI over 20 days is less than -100",
    ),
    (
        "the slow stochastic %K (14, 3, 3) is below 20",
        "%K of the stochastic (14,3,3) is under 20",
    ),
    (
        "ADX(14) is above 25 and +DI is above -DI",
        "the 14-day ADX is over 25 and +DI is greater than -DI",
    ),
    (
        "the internal bar strength is below 0.2",
        "IBS < 0.2",
        "IBS is under 0.2",
    ),
    (
        "volume is above twice its 20-day average",
        "volume is more than twice its 20-day average",
        "the volume is greater than two times its 20 day average",
    ),
)
EXITS = (
    (
        "RSI(14) is above 60",
        "the 14-day RSI is over 60",
        "RSI(14) > 60",
        "the RSI(14) is greater than 60",
    ),
    (
        "the close is above the 5-day SMA",
        "price closes above SMA(5)",
        "the price is over its 5-day simple moving average",
        "close > SMA(5)",
    ),
    (
        "the close is below the 50-day SMA",
        "it closes below the 50 day simple moving average",
        "the price is under SMA(50)",
        "close < SMA(50)",
    ),
    (
        "the close is below the lowest low of the previous 10 days",
        "the close is lower than the lowest low of the prior 10 days",
    ),
    (
        "RSI(2) crosses above 90",
        "the 2-day RSI crosses over 90",
        "RSI(2) crosses up through ninety",
    ),
    (
        "the close is up 2 days in a row",
        "the market closes higher two days in a row",
        "it has closed higher for two consecutive days",
    ),
    (
        "the close is above the upper Bollinger band (20, 2)",
        "price closes over the top Bollinger band (20, 2)",
    ),
)


@dataclass(frozen=True)
class Said:
    """An idea, and the plainest way of saying the same."""

    text: str
    plain: str
    has_typing_error: bool


def paraphrases(count: int, *, seed: int = 7, errors: float = 0.0) -> Iterator[Said]:
    """Ideas put together at random; `errors` is the share with one typing error."""
    chance = random.Random(seed)
    for _ in range(count):
        entry, leave = chance.choice(ENTRIES), chance.choice(EXITS)
        words = {
            "buy": chance.choice(BUY),
            "sell": chance.choice(SELL),
            "when": chance.choice(WHEN),
            "when_b": chance.choice(WHEN),
            "a": chance.choice(entry),
            "b": chance.choice(leave),
        }
        text = chance.choice(OPENINGS) + chance.choice(SHAPES).format(**words)
        text += chance.choice(ENDINGS)
        mistaken = chance.random() < errors
        if mistaken:
            text = with_typing_error(text, chance)
        yield Said(text, f"Buy when {entry[0]}. Sell when {leave[0]}.", mistaken)


def with_typing_error(text: str, chance: random.Random) -> str:
    """One long word with two letters exchanged, one left out, or one typed twice."""
    words = text.split(" ")
    places = [k for k, word in enumerate(words) if word.isalpha() and len(word) >= 5]
    if not places:
        return text
    k = chance.choice(places)
    word, at = words[k], chance.randrange(1, len(words[k]) - 1)
    words[k] = chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
    return " ".join(words)
