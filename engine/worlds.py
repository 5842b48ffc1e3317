"""One symbol or several: the few questions whose answers differ, asked in one place.

A world is `Bars` or a `Panel`; its decisions are `Decisions` or `Weights`. Everything else treats
both alike.
"""

from engine import lookahead
from engine.bars import Bars
from engine.decisions import Decisions
from engine.lookahead import Difference
from engine.portfolio import worlds as portfolio
from engine.portfolio.panel import SUFFIX, Panel, read_world
from engine.portfolio.weights import Weights

World = Bars | Panel
Intent = Decisions | Weights

__all__ = [
    "Intent",
    "World",
    "choose_cuts",
    "file_of",
    "first_difference",
    "read_decisions",
    "read_world",
    "truncated",
    "with_replaced_future",
]


def file_of(world: World) -> tuple[bytes, str]:
    """The world as the file that a script reads, and its suffix."""
    if isinstance(world, Panel):
        return world.to_bytes(), SUFFIX
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, world.to_matrix(), allow_pickle=False)
    return buffer.getvalue(), ".npy"


def read_decisions(data: bytes, world: World) -> Intent:
    """Read what a script decided for this world; every byte is checked."""
    if isinstance(world, Panel):
        return Weights.from_bytes(data, len(world), len(world.symbols), world.symbols)
    return Decisions.from_bytes(data, bars=len(world))


def choose_cuts(decisions: Intent, n_bars: int, k: int, rng_seed: int = 0) -> list[int]:
    """Bars to cut after: see `engine.lookahead.choose_cuts`."""
    if isinstance(decisions, Weights):
        return portfolio.choose_cuts(decisions, n_bars, k, rng_seed)
    return lookahead.choose_cuts(decisions, n_bars, k, rng_seed)


def truncated(world: World, t: int) -> World:
    """The world up to and including bar t."""
    if isinstance(world, Panel):
        return portfolio.truncated(world, t)
    return lookahead.truncated(world, t)


def with_replaced_future(world: World, t: int, seed: int) -> World:
    """The world with everything after t made up."""
    if isinstance(world, Panel):
        return portfolio.with_replaced_future(world, t, seed)
    return lookahead.with_replaced_future(world, t, seed)


def first_difference(full: Intent, partial: Intent, t: int) -> Difference | None:
    """The first decision up to bar t that two runs disagree on."""
    if isinstance(full, Weights) and isinstance(partial, Weights):
        return portfolio.first_difference(full, partial, t)
    assert isinstance(full, Decisions) and isinstance(partial, Decisions)
    return lookahead.first_difference(full, partial, t)
