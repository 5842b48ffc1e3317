"""The look-ahead gate for the combinations that a result rests on.

Parameters can open a leak: a shift by a negative number reads the future. Every world runs in a
process of its own; in it the script decides for all of these combinations.
"""

import threading

from django.conf import settings

from backtests.errors import RunFailed, RunRefused
from backtests.pipeline.trials import limits_of
from engine import Bars, Decisions, lookahead
from engine.decisions import unpack_many
from engine.validation.grids import Point
from sandbox import Limits
from sweeps.pipeline.computing import LEAVE_OUT, RESULT_BYTES, World, named, run_jobs

SECOND_TIME = (
    "With {} the script decides differently the second time. Seed its random numbers, "
    "and let it keep nothing from one set of parameters to the next."
)


def look_for_the_future(
    world: World, points: list[Point], kept: list[Decisions], lost: threading.Event
) -> int:
    """Refuse the sweep when a decision changes with the bars after it; return the cuts tried.

    `kept` are the decisions that the results were computed from. Raises `RunRefused` that names
    the combination, the day and the decision.
    """
    if not points:
        return 0
    bars = world.bars
    limits = limits_of(settings.SANDBOX_EXECUTION_SECONDS, result_bytes=RESULT_BYTES)
    full = _decisions(world, [bars], points, limits, lost)[0]
    for one, other, point in zip(full, kept, points, strict=True):
        if lookahead.first_difference(one, other, len(bars) - 1) is not None:
            raise RunRefused("random", SECOND_TIME.format(named(point)))
    n = len(bars)
    # Each combination turns on days of its own; all of them share the cuts.
    share = max(2, settings.LOOK_AHEAD_CUTS // len(points))
    cuts = sorted({cut for one in full for cut in lookahead.choose_cuts(one, n, share)})
    worlds = [lookahead.truncated(bars, cut) for cut in cuts]
    worlds += [lookahead.with_replaced_future(bars, cut, seed=cut) for cut in cuts]
    found = _decisions(world, worlds, points, limits, lost)
    for there, cut in zip(found, [*cuts, *cuts], strict=True):
        _compare(world, points, full, there, cut)
    return len(cuts)


def _compare(
    world: World, points: list[Point], full: list[Decisions], found: list[Decisions], cut: int
) -> None:
    for one, other, point in zip(full, found, points, strict=True):
        difference = lookahead.first_difference(one, other, cut)
        if difference is not None:
            days = world.bars.time.astype("datetime64[D]")
            raise RunRefused(
                "lookahead",
                f"Look-ahead: with {named(point)} the decision of {days[difference.bar]} "
                f"({difference.field}) changes when the bars after {days[cut]} do. "
                "A decision may use bars up to its own day only.",
                suggestions=[LEAVE_OUT],
            )


def _decisions(
    world: World, worlds: list[Bars], points: list[Point], limits: Limits, lost: threading.Event
) -> list[list[Decisions]]:
    results = run_jobs(world, worlds, points, limits, lost)
    for result in results:
        if result.status != "ok":
            last = (result.stderr.strip().splitlines() or [result.status])[-1]
            raise RunFailed(f"The script failed while it was checked for look-ahead: {last}")
    return [
        unpack_many(result.result, len(bars)) for result, bars in zip(results, worlds, strict=True)
    ]
