"""How long the built-in translator takes for an idea: `python benchmarks/translator_speed.py`.

Prints the median and the slowest of many warm readings per idea, and the first, cold one. Exits
with 1 when a median is over the budget.
"""

import statistics
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BUDGET_MS = 30.0
ROUNDS = 40
IDEAS = (
    "Buy when RSI(14) is below 30 and sell when it is above 60.",
    "Buy when the 50-day simple moving average crosses above the 200-day simple moving average "
    "and sell when it crosses back below.",
    "Buy the S&P 500 when RSI(2) drops below 10 while it is above its 200-day average; sell when "
    "it closes above its 5-day average. 2005 to 2018, 0.1 % commission.",
    "1. The market must be above the 100-day SMA.\n2. RSI(3) must be below 20.\n3. If 1 and 2 "
    "hold, buy next open.\n4. Sell when RSI(3) is above 70, or after 10 days, or with a 5% stop.",
    "by when prise is over the 200 day movng avrage, sel when its undr",
    "Buy when the flux capacitor is below 30 and sell when mercury is in retrograde.",
)


def main() -> int:
    started = time.perf_counter()
    from llm import IdeaContext, SymbolFacts
    from llm.translator import Translator

    spx = SymbolFacts("SPX", "S&P 500", ("SP500",), date(1999, 1, 4), date(2018, 12, 31))
    context, translator = IdeaContext((spx,), "SPX"), Translator()
    translator.write(IDEAS[0], context)
    print(f"first reading, imports included: {1000 * (time.perf_counter() - started):.0f} ms")
    slow = False
    for idea in IDEAS:
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            answer = translator.write(idea, context)
            times.append(1000 * (time.perf_counter() - begun))
        median = statistics.median(times)
        slow = slow or median > BUDGET_MS
        kind = type(answer).__name__
        print(f"{median:6.2f} ms median {max(times):7.2f} ms slowest  {kind:8} {idea[:60]!r}")
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
