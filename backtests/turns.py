"""Whose turn it is: everybody's first run comes before anybody's second."""

from collections import Counter
from uuid import UUID

from backtests.models import BacktestRun
from runs.states import Status


def in_turn() -> list[UUID]:
    """The waiting runs in the order in which they will be taken.

    A run's round is the number of its owner's runs that are being worked on, or wait in front of
    it; lower rounds come first, within a round the older run. So who starts twenty ideas at once
    waits for nineteen, and somebody else's single idea for one.
    """
    rows = list(
        BacktestRun.objects.active()
        .order_by("created_at", "pk")
        .values_list("pk", "status", "user", "visitor")
    )
    before = Counter(
        (user, visitor) for _, status, user, visitor in rows if status != Status.QUEUED
    )
    waiting: list[tuple[int, int, UUID]] = []
    for number, (run_id, status, user, visitor) in enumerate(rows):
        if status == Status.QUEUED:
            waiting.append((before[user, visitor], number, run_id))
            before[user, visitor] += 1
    return [run_id for _, _, run_id in sorted(waiting)]


def ahead_of(run: BacktestRun) -> int:
    """How many waiting runs will be taken before this one."""
    order = in_turn()
    return order.index(run.pk) if run.pk in order else 0
