"""Would another timing have done as well? The same weights, rotated over the days."""

import numpy as np

from engine.portfolio.simulator import PortfolioBooks


def rotated_share(books: PortfolioBooks) -> float | None:
    """Share of all rotations of the held weights that earn at least as much before costs.

    The weights held at closes meet the returns that follow; rotating them by whole days keeps
    what is held together, how long, and how much, and takes away only the timing.

    Returns
    -------
    float or None
        The real timing counts as one of the T rotations; None without a trade.

    Source: as `engine.statistics.cyclic_shift_p_value`, summed over the symbols.
    """
    if not len(books.trade_table):
        return None
    close = books.panel.close
    returns = close[1:] / close[:-1] - 1.0
    held = books.weights[:-1]
    spectrum = np.fft.rfft(returns, axis=0) * np.conj(np.fft.rfft(held, axis=0))
    sums = np.fft.irfft(spectrum.sum(axis=1), n=len(held))
    scale = max(1.0, float(np.sum(np.abs(held) * np.abs(returns))))
    return float(np.mean(sums >= float(np.sum(held * returns)) - 1e-11 * scale))
