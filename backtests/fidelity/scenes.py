"""A handful of small scenes for one specification, and the markets that prove a script against it.

A scene is a made-up series of which the last weeks are shown: an entry, every way out that the
rules have, a near miss. They are cut out of longer made-up markets where such things happen, and
chosen so that the nearest misreadings of the specification are told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from backtests.fidelity.demands import Demands, canonical
from backtests.fidelity.interpreter import NotInterpretable, decide, is_for_several
from backtests.fidelity.markets import market
from backtests.fidelity.misreadings import misreadings
from backtests.fidelity.moments import Moment, moments
from backtests.fidelity.outcomes import Outcome, outcome_of
from backtests.fidelity.reading import Reading
from engine import Bars, EngineError, Panel
from engine.worlds import World
from llm.specification import StrategySpec

FEWEST, MOST = 3, 6
SHOWN, BEFORE, AFTER = 26, 8, 3  # bars shown; before the first order, after the last
LEAD = 40  # bars on which the rules may act before those shown
# How wild the markets are, in the order in which they are tried; the last ones only for rules
# that have not acted until then.
WILDNESS = (1.0, 0.4, 1.6, 0.7, 2.2, 0.25)
LAST_TRIES = (3.0, 1.0, 2.0, 3.0, 1.4, 4.0, 0.5, 2.5, 1.0, 2.0, 3.0)
MOST_PROBES, IDLE = 8, 3
# A market with fewer trades than this is cut into pieces, each of which begins flat.
FEW_TRADES, PIECE = 4, 150
TRIED = 8  # moments of a kind that are tried until one can be cut out


@dataclass(frozen=True, eq=False)
class Scene:
    """One small series and what the specification does on it; bars `first` to `last` are shown."""

    world: World
    outcome: Outcome
    first: int
    last: int
    moment: Moment


@dataclass(frozen=True, eq=False)
class Fidelity:
    """All that a script of one specification is held against.

    `probes` are whole markets that nobody is shown: what differs there is cut out as a scene.
    `misread` counts the misreadings tried, `missed` those that nothing here tells apart.
    """

    spec: StrategySpec
    scenes: tuple[Scene, ...]
    probes: tuple[Scene, ...]
    cash: float
    misread: int
    missed: tuple[StrategySpec, ...]


@dataclass(eq=False)
class Stage:
    """One made-up market with what the specification does on it."""

    spec: StrategySpec
    world: World
    cash: float

    def __post_init__(self) -> None:
        self.readings: dict[str, Reading] = {}

    @cached_property
    def outcome(self) -> Outcome:
        """What follows from the specification here."""
        return self.of(self.spec)

    def of(self, spec: StrategySpec) -> Outcome:
        """What would follow from another one."""
        return outcome_of(self.world, decide(spec, self.world, self.readings), self.cash)

    def tells_apart(self, other: StrategySpec) -> bool:
        """Whether a misreading does something else here, or cannot do anything at all."""
        try:
            return not self.outcome.equals(self.of(other))
        except (EngineError, ValueError, TypeError, IndexError):
            return True


@lru_cache(maxsize=16)
def _built(text: str) -> Fidelity:
    return _Search(StrategySpec.model_validate_json(text)).fidelity()


def fidelity_of(spec: StrategySpec) -> Fidelity:
    """Scenes and probes of a specification; the same specification has the same ones."""
    return _built(canonical(spec))


class _Search:
    def __init__(self, spec: StrategySpec) -> None:
        self.spec, self.demands = spec, Demands(spec)
        several = is_for_several(spec)
        self.symbols = (spec.symbols or (spec.symbol,)) if several else (spec.symbol,)
        self._stages: list[Stage] = []

    def fidelity(self) -> Fidelity:
        """Look through the markets, as few of them as it takes."""
        others = misreadings(self.spec)
        alive, probes, scenes = others, list[Stage](), list[Scene]()
        idle = 0  # markets in a row that told nothing more
        for number, stage in enumerate(self._markets()):
            acted = any(one.moment.fill or one.moment.exit for one in scenes)
            if acted and (idle >= IDLE or number >= len(WILDNESS)):
                break
            before = len(probes), len(scenes)
            for piece in self._pieces(stage):
                left = [other for other in alive if not piece.tells_apart(other)]
                if len(probes) < MOST_PROBES and len(left) < len(alive):
                    probes.append(piece)
                    alive = left
            self._show(scenes, stage)
            idle = idle + 1 if before == (len(probes), len(scenes)) else 0
        self._tell_apart(scenes, probes, others)
        self._fill_up(scenes)
        return Fidelity(
            self.spec,
            tuple(sorted(scenes, key=lambda scene: scene.moment.rank)),
            tuple(Scene(one.world, one.outcome, 0, len(one.world) - 1, NOTHING) for one in probes),
            self.demands.cash,
            len(others),
            tuple(alive),
        )

    def _markets(self) -> Iterator[Stage]:
        for seed, wildness in enumerate((*WILDNESS, *LAST_TRIES)):
            world = market(self.demands, self.symbols, seed, wildness)
            stage = Stage(self.spec, world, self.demands.cash)
            if self._works(stage):
                self._stages.append(stage)
                yield stage

    def _pieces(self, stage: Stage) -> list[Stage]:
        """The whole market, or pieces of it for rules that buy once and hold."""
        length, bars = self.demands.warm_up + PIECE, len(stage.world)
        if len(stage.outcome.table) >= FEW_TRADES or bars < 2 * length:
            return [stage]
        worlds = (
            stage.world.after(start).head(length) for start in range(0, bars - length + 1, PIECE)
        )
        return [Stage(self.spec, world, self.demands.cash) for world in worlds]

    def _works(self, stage: Stage) -> bool:
        """Whether the rules can be followed here: a limit price of a falling market may be none."""
        try:
            return self._is_steady(stage)
        except NotInterpretable:
            raise
        except EngineError:
            return False

    def _is_steady(self, stage: Stage) -> bool:
        """Whether nothing here hangs on the rounding of the last digit."""
        if self.demands.names_prices:
            return True
        other = Stage(self.spec, times_three(stage.world), self.demands.cash)
        one, two = stage.outcome.table, other.outcome.table
        if one.shape != two.shape:
            return False
        columns = slice(None) if stage.outcome.symbols else slice(0, 3)
        return bool(np.allclose(one[:, columns], two[:, columns]))

    def _show(self, scenes: list[Scene], stage: Stage) -> None:
        """Add what this market has and no scene shows yet."""
        seen = {kind for scene in scenes for kind in (scene.moment.kind, *scene.moment.covers)}
        tried: dict[str, int] = {}
        for moment in moments(self.spec, stage.world, stage.outcome, stage.readings):
            if len(scenes) >= MOST:
                return
            if moment.kind in seen or tried.get(moment.kind, 0) >= TRIED:
                continue
            tried[moment.kind] = tried.get(moment.kind, 0) + 1
            scene = self._cut(stage, moment)
            if scene is not None:
                scenes.append(scene)
                seen |= {moment.kind, *moment.covers}

    def _cut(self, stage: Stage, moment: Moment) -> Scene | None:
        """The moment with its weeks and its warm-up; None where it is not the same alone."""
        first = max(0, moment.first - BEFORE)
        last = min(max(moment.last + AFTER, first + SHOWN - 1), len(stage.world) - 1)
        first = max(0, min(first, last - SHOWN + 1))
        since = first if moment.since is None else min(first, moment.since + LEAD)
        start = max(0, since - self.demands.warm_up - LEAD)
        world = stage.world.after(start).head(last + 1 - start)
        alone = Stage(self.spec, world, self.demands.cash)
        moved = moment.moved(-start)
        if not moved.happens(alone.outcome, self.spec, world, alone.readings):
            return None
        return Scene(world, alone.outcome, first - start, last - start, moved)

    def _tell_apart(
        self, scenes: list[Scene], probes: list[Stage], alive: list[StrategySpec]
    ) -> None:
        """Fill up with scenes on which misreadings differ that the others do not show."""
        stages = [Stage(self.spec, scene.world, self.demands.cash) for scene in scenes]
        for stage in stages:
            alive = [other for other in alive if not stage.tells_apart(other)]
        tries = 0
        while alive and len(scenes) < MOST and tries < 2 * MOST:
            tries += 1
            other = alive.pop(0)
            scene = next(filter(None, (self._on(stage, other) for stage in probes)), None)
            if scene is None:
                continue
            stage = Stage(self.spec, scene.world, self.demands.cash)
            if stage.tells_apart(other):
                scenes.append(scene)
                alive = [one for one in alive if not stage.tells_apart(one)]

    def _fill_up(self, scenes: list[Scene]) -> None:
        """More of the same, from other markets, where rules know only one thing."""
        for stage in self._stages[::-1]:
            for moment in moments(self.spec, stage.world, stage.outcome, stage.readings):
                if len(scenes) >= FEWEST:
                    return
                scene = self._cut(stage, moment)
                if scene is None or any(_same_days(scene, other) for other in scenes):
                    continue
                scenes.append(scene)
                break

    def _on(self, stage: Stage, other: StrategySpec) -> Scene | None:
        """A scene around the first bar on which a misreading differs."""
        try:
            found = stage.outcome.first_difference(stage.of(other))
        except (EngineError, ValueError, TypeError, IndexError):
            return None
        if found is None:
            return None
        bar, ours, theirs = found
        fill = (ours or theirs)[0]
        kind = "entry" if ours and fill.opens else "exit" if ours else "nothing"
        moment = Moment(
            f"other {kind} {bar}", 5, bar - 1, bar, fill=fill if ours else None, other=other
        )
        return self._cut(stage, moment)


def _same_days(one: Scene, other: Scene) -> bool:
    return bool(one.world.time[one.last] == other.world.time[other.last])


NOTHING = Moment("market", 9, 0, 0)


def scene_at(fidelity: Fidelity, probe: Scene, bar: int) -> Scene:
    """The weeks of a market around one bar, to be shown when a script differs there."""
    first = max(0, bar - SHOWN + 6)
    last = min(len(probe.world) - 1, first + SHOWN - 1)
    fill = next((fill for fill in probe.outcome.fills() if fill.bar == bar), None)
    return Scene(
        probe.world, probe.outcome, first, last, Moment("difference", 0, bar, bar, fill=fill)
    )


def times_three(world: World) -> World:
    """The same market at three times the price."""
    if isinstance(world, Panel):
        return Panel.of([_scaled(bars) for bars in world.bars])
    return _scaled(world)


def _scaled(bars: Bars) -> Bars:
    opened, high, low, close = (3.0 * one for one in (bars.open, bars.high, bars.low, bars.close))
    return Bars.from_columns(bars.time, opened, high, low, close, bars.volume, symbol=bars.symbol)
