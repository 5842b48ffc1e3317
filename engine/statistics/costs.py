"""How dear could trading become before nothing is left?"""

from dataclasses import replace

from engine.simulator import SimulationConfig, simulate
from engine.worlds import Intent, World

HIGHEST = 0.99
STEPS = 50


def break_even_commission(
    bars: World, decisions: Intent, config: SimulationConfig | None = None
) -> float | None:
    """Commission per fill (a fraction) at which the total return is zero, by bisection.

    Returns
    -------
    float or None
        None without a trade, where the run loses money even without commission, and where it
        gains at any.
    """
    config = config or SimulationConfig()

    def gain(commission: float) -> float:
        books = simulate(bars, decisions, replace(config, commission=commission))
        return float(books.equity[-1]) - config.initial_cash if books.trades else 0.0

    low, high = 0.0, HIGHEST
    if gain(low) <= 0 or gain(high) >= 0:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if gain(middle) > 0:
            low = middle
        else:
            high = middle
    return low
