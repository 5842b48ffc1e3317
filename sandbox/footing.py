"""Reaching a level: every layer is tried before anybody relies on it, the best one first."""

import json
import os
import secrets
from collections.abc import Callable, Iterable

from sandbox import probe
from sandbox.ground import Ground, readable_trees
from sandbox.layers import namespaces, privileges, seccomp
from sandbox.probe import Report

BEST_FIRST = ("A", "B")
NOBODY = 65534


def bare_ground(readable: tuple[str, ...]) -> Ground:
    """Where every server begins: nothing proved, a handle on the machine's /proc."""
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return Ground(level="N", reason="", layers=(), readable=readable, proc=proc)


def take_ground(level: str, bare: Ground, uid: int, canary: bytes) -> Ground:
    """Bring this process to a level for good: root built, rights given up."""
    filter_for_first_pid = None
    if level == "A":
        namespaces.build_root(bare.readable, bare.proc, canary)
        filter_for_first_pid = seccomp.compile_filter(1, private_root=True)
    privileges.give_up_root(uid)
    return Ground(**dict(vars(bare), level=level, syscall_filter=filter_for_first_pid))


def taker(bare: Ground, uid: int) -> Callable[[str], Ground]:
    """`take_ground` with a canary of this machine's own."""
    canary = secrets.token_hex(16).encode()
    return lambda level: take_ground(level, bare, uid, canary)


def examine_levels(
    levels: Iterable[str], take: Callable[[str], Ground]
) -> tuple[Report | None, tuple[str, ...]]:
    """The report of the first level that passes, and a sentence for each that did not."""
    failed: list[Report] = []
    for level in levels:
        report = probe.examine(level, take)
        if not report.passed:
            # A machine under load may fail once; a layer that is missing fails twice.
            report = probe.examine(level, take)
        if report.passed:
            return report, tuple(each.sentence() for each in failed)
        failed.append(report)
    said = {report.what_is_missing(): report for report in failed}
    if len(failed) > 1 and len(said) == 1:
        return None, (f"At every level {next(iter(said))}",)
    return None, tuple(report.sentence() for report in failed)


def prove() -> int:
    """Print what this machine gives as JSON; runs in a process that is thrown away."""
    try:
        take = taker(bare_ground(readable_trees()), NOBODY)
        report, reasons = examine_levels(BEST_FIRST, take)
    except OSError as error:
        report, reasons = None, (str(error),)
    found = {"level": "N", "layers": [], "reasons": reasons}
    if report is not None:
        found.update(level=report.level, layers=report.layers)
    print(json.dumps(found))
    return 0
