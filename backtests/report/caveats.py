"""What a reader must know about the prices before believing a fill."""

import numpy as np

from backtests.report.wording import percent
from engine.portfolio import Panel
from engine.worlds import World

# Some indices are published with the close before as the open; a few such days are chance.
REPEATED_OPENS_WORTH_SAYING = 0.05


def caveats(bars: World, adjusted: bool) -> list[str]:
    """Sentences about the prices of this slice, most consequential first."""
    found = []
    if not bars.has_range:
        found.append(
            "There are closes only: an order decided at a close fills at the next close, and "
            "stops are seen at closes."
        )
    repeated = repeated_opens(bars)
    if bars.has_range and repeated > REPEATED_OPENS_WORTH_SAYING:
        found.append(
            f"On {percent(repeated, 0, sign=False)} of the days the open is the close of the day "
            "before, so that a fill at the open is a fill at the price that gave the signal."
        )
    if adjusted:
        found.append(
            "Prices are adjusted for splits and dividends: dividends count as if reinvested at "
            "no cost, and old prices are not what was paid at the time."
        )
    else:
        found.append("Dividends are not in these prices, for the strategy or for holding.")
    if isinstance(bars, Panel) and bars.dropped:
        found.append(f"{bars.dropped:,} days that not all of the symbols have are left out.")
    return found


def repeated_opens(bars: World) -> float:
    """Share of bars that open exactly where the bar before closed."""
    if len(bars) < 2:
        return 0.0
    return float(np.mean(bars.open[1:] == bars.close[:-1]))
