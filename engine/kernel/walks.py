"""The account of a strategy that walks: the same step, taken in two halves."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.bars import Bars
from engine.compilation import inner
from engine.decisions import EVERY_BAR, Decisions
from engine.kernel.inputs import PLACES, rules_of
from engine.kernel.layout import (
    BAR_FIELDS,
    FLAGS,
    L_ENTRY,
    L_ENTRY_BAR,
    L_FILL,
    L_UNITS,
    LOTS,
    MAX_BARS,
    SIDE,
    T_ENTRY_PRICE,
    T_PNL,
    T_QUANTITY,
    TRADE_FIELDS,
    Floats,
    empty_order,
    exits_a_bar,
    new_lots,
    new_state,
)
from engine.kernel.trading import decide, live
from engine.simulator import SimulationConfig

CARRIED = [PLACES[name] for name in EVERY_BAR]


@inner("UniTuple(float64, 4)(float64[::1], float64[:, ::1])")
def _look(state: Floats, lots: Floats) -> tuple[float, float, float, float]:
    """Side, average fill, oldest entry bar and number of entries of what is held."""
    units, paid, entries, last = 0.0, 0.0, 0.0, 0.0
    for k in range(int(state[LOTS])):
        units += lots[k, L_UNITS]
        paid += lots[k, L_UNITS] * lots[k, L_FILL]
        if lots[k, L_ENTRY] != last:
            last = lots[k, L_ENTRY]
            entries += 1.0
    if state[LOTS] == 1.0:
        return state[SIDE], lots[0, L_FILL], lots[0, L_ENTRY_BAR], entries
    price = paid / units if units > 0.0 else np.nan
    return state[SIDE], price, lots[0, L_ENTRY_BAR], entries


class WalkingAccount:
    """An account without costs that stops at every close to be asked."""

    def __init__(self, bars: Bars) -> None:
        rows = np.zeros((len(bars), BAR_FIELDS))
        rows[:, : len(bars.prices)] = bars.prices.T
        # A list of rows is indexed faster than a table, once for every bar.
        self._rows: list[npt.NDArray[np.float64]] = list(rows)
        self._closes: list[float] = bars.close.tolist()
        self._state = new_state(SimulationConfig().initial_cash)
        self.order = empty_order()
        self.closed: tuple[float, ...] = ()
        self._dirty = False

    def start(self, settings: Decisions) -> None:
        """Take over what holds for the whole run."""
        self._rules = rules_of(settings, SimulationConfig(commission=0.0))
        self._lots = new_lots(self._rules)
        self._table = np.empty((exits_a_bar(self._lots), TRADE_FIELDS))

    def live(self, t: int) -> None:
        """Live through bar t up to its close."""
        number = live(self._state, self._lots, self._rows[t], self._rules, self._table, 0)
        if number:
            rows = self._table[:number]
            returns = rows[:, T_PNL] / (rows[:, T_QUANTITY] * rows[:, T_ENTRY_PRICE])
            self.closed += tuple(returns.tolist())

    def look(self) -> tuple[float, float, float, float]:
        """Side, average fill, oldest entry bar and number of entries of what is held."""
        found: tuple[float, float, float, float] = _look(self._state, self._lots)
        return found

    def ask(self, flags: int, levels: Mapping[str, float], max_bars: int) -> None:
        """Write down what is asked for at this close."""
        self._rules[MAX_BARS] = max_bars
        self.order[FLAGS] = flags
        for name, value in levels.items():
            self.order[PLACES[name]] = value
        self._dirty = True

    def decide(self, t: int) -> None:
        """End bar t; trailing distances and levels go on until they are changed."""
        decide(self._state, self._lots, self._closes[t], self.order, self._rules)
        if self._dirty:
            carried = self.order[CARRIED]
            self.order[:] = empty_order()
            self.order[CARRIED] = carried
            self._dirty = False
