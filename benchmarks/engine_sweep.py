"""How fast 1,600 parameter sets are, beside the peers on the same bars in the same run.

SMA windows of 5 to 44 and 50 to 245 days on 5,031 bars; of each set the return, the Sharpe ratio,
the drawdown and the trades. Run: ``python -m benchmarks.engine_sweep``.
"""

import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.engine_speed import CONFIG, compare, cross, index_bars, peers_at, timed
from benchmarks.linearity import draw
from engine import Bars
from engine.sweep import Scores, decided, score

GRID = [(fast, slow) for fast in range(5, 45) for slow in range(50, 250, 5)]
BARS = index_bars()


def sweep(bars: Bars, grid: list[tuple[int, int]]) -> Scores:
    """Call a script's function for every set and score what it decides."""
    sets = ({"fast": fast, "slow": slow} for fast, slow in grid)
    return score(bars, decided(cross, bars, sets), CONFIG)


def half(number: int) -> int:
    """One of two halves, in a process of its own."""
    return len(sweep(BARS, GRID[number::2]))


def most_memory() -> float:
    """Megabytes this process had at its largest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    sweep(BARS, GRID[:1])  # the compiled functions and libraries are no part of the sweep
    before = most_memory()
    one = timed(lambda: sweep(BARS, GRID), 7)
    memory = most_memory()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        two = timed(lambda: list(pool.map(half, (0, 1))), 21)  # both have to get warm
    ours = {"alphabench, one process": one, "alphabench, two processes": two}
    compare(f"{len(GRID):,} sets, {len(BARS):,} bars", ours, peers_at("sweep", BARS, GRID))
    print(f"the whole process took {memory:.0f} MB, {memory - before:.0f} MB of it for the sweep;")
    print(f"two processes are {one / two:.2f} times as fast as one")
    print("microseconds a set, by number of sets (flat: the cost is linear)")
    taken_by = {}
    for every in (16, 4, 1):
        some = GRID[::every]
        taken_by[len(some)] = taken = timed(lambda some=some: sweep(BARS, some), 5)
        print(f"  {len(some):<34,} {taken / len(some) * 1e6:12.1f}")
    draw("engine_sets.svg", "parameter sets", taken_by)


if __name__ == "__main__":
    main()
