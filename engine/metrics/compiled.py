"""All sums that the measures of a run need, in three compiled passes.

The measures are defined one by one in the modules beside this one; a test holds both together.
"""

import numpy as np
import numpy.typing as npt

from engine.compilation import inner

Floats = npt.NDArray[np.float64]

# Slots of the result.
MEAN, SECOND, THIRD, FOURTH, LARGEST = 0, 1, 2, 3, 4
DOWNSIDE, GAINS, LOSSES = 5, 6, 7
FALL, LONGEST, SQUARED_FALLS = 8, 9, 10
HELD, MOVED = 11, 12
LOW, HIGH, TAIL = 13, 14, 15
BENCH_MEAN, BENCH_SECOND, TOGETHER, AHEAD, AHEAD_SECOND = 16, 17, 18, 19, 20
FIELDS = 21

TAIL_SHARE = 0.05


@inner("float64(float64[::1], int64, int64, int64)")
def _nth(values: Floats, wanted: int, low: int, high: int) -> float:
    """The value that sorting would put at `wanted`; reorders values[low … high] (Hoare 1961)."""
    while low < high:
        middle = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < middle:
                i += 1
            while values[j] > middle:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if wanted <= j:
            high = j
        elif wanted >= i:
            low = i
        else:
            break
    return float(values[wanted])


@inner("float64(float64[::1], float64[::1], float64, float64, float64)")
def _quantile(values: Floats, scratch: Floats, share: float, beyond: float, side: float) -> float:
    """Linear between the two nearest values, as `numpy.quantile`; overwrites `scratch`.

    Only the values beyond a bound on one side (-1 below, +1 above) are looked at where they are
    enough, which for a tail is a tenth of the work.
    """
    n, count = len(values), 0
    place = (n - 1) * share
    below = int(np.floor(place))
    for value in values:
        if (value - beyond) * side > 0.0:
            scratch[count] = value
            count += 1
    rank = below if side < 0.0 else below - (n - count)
    if rank < 0 or rank + 1 >= count:
        for t in range(n):
            scratch[t] = values[t]
        rank, count = below, n
    left = _nth(scratch, rank, 0, count - 1)
    part = place - below
    if part == 0.0 or below + 1 >= n:
        return left
    right = np.inf
    for k in range(rank + 1, count):
        right = min(right, scratch[k])
    if part < 0.5:
        return float(left + (right - left) * part)
    return float(right - (right - left) * (1.0 - part))


@inner("void(float64[::1], float64[::1], float64[::1])")
def _account(equity: Floats, returns: Floats, found: Floats) -> None:
    """Returns, falls and how long they lasted; the equity is above 0 throughout."""
    peak, deepest, squares = equity[0], 0.0, 0.0
    scale = 1.0 / peak
    since, longest, total = 0, 0, 0.0
    for t in range(1, len(equity)):
        r = equity[t] / equity[t - 1] - 1.0
        returns[t - 1] = r
        total += r
        if equity[t] >= peak:
            if since < t - 1:
                longest = max(longest, t - since)
            peak, since = equity[t], t
            scale = 1.0 / peak
        else:
            fall = equity[t] * scale - 1.0
            deepest = min(deepest, fall)
            squares += fall * fall
    last = len(equity) - 1
    if since < last:
        longest = max(longest, last - since)
    found[MEAN] = total / max(1, last)
    found[FALL], found[LONGEST], found[SQUARED_FALLS] = deepest, longest, squares


@inner("void(float64[::1], float64, float64[::1])")
def _moments(returns: Floats, minimum: float, found: Floats) -> None:
    """Sums of powers around the mean, of gains and losses, and of what misses `minimum`."""
    mean = found[MEAN]
    second = third = fourth = largest = downside = gains = losses = 0.0
    for r in returns:
        centred = r - mean
        square = centred * centred
        second += square
        third += square * centred
        fourth += square * square
        largest = max(largest, abs(r))
        if r > 0.0:
            gains += r
        else:
            losses -= r
        missed = r - minimum
        if missed < 0.0:
            downside += missed * missed
    found[SECOND], found[THIRD], found[FOURTH] = second, third, fourth
    found[LARGEST], found[DOWNSIDE] = largest, downside
    found[GAINS], found[LOSSES] = gains, losses


@inner("void(float64[::1], float64[::1], float64[::1], float64[::1])")
def _exposure(equity: Floats, position: Floats, close: Floats, found: Floats) -> None:
    """Bars with a position, and how far its weight moved."""
    held, moved, before = 0.0, 0.0, 0.0
    for t in range(len(equity)):
        weight = 0.0
        if position[t] != 0.0:
            held += 1.0
            weight = position[t] * close[t] / equity[t]
        if t > 0:
            moved += abs(weight - before)
        before = weight
    found[HELD], found[MOVED] = held, moved


@inner("void(float64[::1], float64[::1], float64[::1])")
def _tails(returns: Floats, scratch: Floats, found: Floats) -> None:
    """Both 5 % quantiles and the mean of what lies at or below the lower one."""
    mean = found[MEAN]
    bound = np.sqrt(found[SECOND] / len(returns))
    found[LOW] = _quantile(returns, scratch, TAIL_SHARE, mean - bound, -1.0)
    total, count = 0.0, 0
    for r in returns:
        if r <= found[LOW]:
            total += r
            count += 1
    found[TAIL] = total / max(1, count)
    found[HIGH] = _quantile(returns, scratch, 1.0 - TAIL_SHARE, mean + bound, 1.0)


@inner(
    "void(float64[::1], float64[::1], float64[::1], float64, float64[::1], float64[::1],"
    " float64[::1])"
)
def measure(
    equity: Floats,
    position: Floats,
    close: Floats,
    minimum: float,
    returns: Floats,
    scratch: Floats,
    found: Floats,
) -> None:
    """Fill `found` for an account that never loses everything.

    Parameters
    ----------
    equity, position, close : ndarray, shape (n,), n >= 3
    minimum : float
        Return a bar that the downside is measured from.
    returns, scratch : ndarray, shape (n - 1,)
        Overwritten; `returns` keeps the bar returns.
    found : ndarray, shape (FIELDS,)
    """
    _account(equity, returns, found)
    _moments(returns, minimum, found)
    _exposure(equity, position, close, found)
    _tails(returns, scratch, found)


@inner("void(float64[::1], float64[::1], float64[::1])")
def compare(returns: Floats, equity: Floats, found: Floats) -> None:
    """Add the sums of a comparison with another account's equity, above 0 throughout."""
    n = len(returns)
    total = 0.0
    for t in range(n):
        total += equity[t + 1] / equity[t] - 1.0
    mean = total / n
    second = together = 0.0
    ahead = found[MEAN] - mean
    ahead_second = 0.0
    for t in range(n):
        b = equity[t + 1] / equity[t] - 1.0
        second += (b - mean) ** 2
        together += (returns[t] - found[MEAN]) * (b - mean)
        ahead_second += (returns[t] - b - ahead) ** 2
    found[BENCH_MEAN], found[BENCH_SECOND], found[TOGETHER] = mean, second, together
    found[AHEAD], found[AHEAD_SECOND] = ahead, ahead_second


# Slots of what the trades say.
COUNT, WINS, GAINED, LOST, RETURN, SPREAD, BEST, WORST = 0, 1, 2, 3, 4, 5, 6, 7
WIN_STREAK, LOSS_STREAK, BARS_HELD, DEFEATS = 8, 9, 10, 11
TRADE_FIGURES = 12


@inner("void(float64[:, ::1], float64[::1])")
def measure_trades(table: Floats, found: Floats) -> None:
    """Fill `found` from the rows of `Books.trade_table`, of which there is at least one."""
    for k in range(TRADE_FIGURES):
        found[k] = 0.0
    wins = losses = 0.0
    found[BEST], found[WORST] = -np.inf, np.inf
    for trade in table:
        r = trade[6] / (trade[5] * trade[3])
        found[RETURN] += r
        found[BARS_HELD] += trade[2] - trade[1]
        found[BEST], found[WORST] = max(found[BEST], r), min(found[WORST], r)
        wins = wins + 1.0 if r > 0.0 else 0.0
        losses = losses + 1.0 if r < 0.0 else 0.0
        if r > 0.0:
            found[WINS] += 1.0
            found[GAINED] += r
        elif r < 0.0:
            found[DEFEATS] += 1.0
            found[LOST] -= r
        found[WIN_STREAK] = max(found[WIN_STREAK], wins)
        found[LOSS_STREAK] = max(found[LOSS_STREAK], losses)
    found[COUNT] = len(table)
    mean = found[RETURN] / len(table)
    for trade in table:
        found[SPREAD] += (trade[6] / (trade[5] * trade[3]) - mean) ** 2
