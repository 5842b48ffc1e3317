"""Computing: the script decides, in the sandbox, for every combination of a chunk."""

import threading
import zlib
from dataclasses import dataclass

from django.conf import settings

from backtests.errors import RunFailed, RunRefused
from backtests.models import BacktestRun
from backtests.pipeline.data import bars_of
from backtests.pipeline.trials import client, limits_of
from engine import Bars, Decisions, DecisionsError
from engine.decisions import unpack_many
from engine.packing import pack_many
from engine.validation.grids import Point
from engine.worlds import file_of
from runs.models import LeaseLost
from sandbox import Job, Limits, SandboxResult, status_sentence
from sweeps.models import SweepChunk
from sweeps.seals import sealed_sentence

ENTRY = "engine.harness:sweep"
RESULT_BYTES = 64 << 20
MESSAGE_CHARACTERS = 1000
LEAVE_OUT = "Leave such values out of the ranges, and try again."

SEVERAL_SYMBOLS = "A sweep tries one symbol; this run has several."


@dataclass(frozen=True)
class World:
    """What a run's script sees, and the values it had there."""

    run: BacktestRun
    bars: Bars
    script: str

    @classmethod
    def of(cls, run: BacktestRun) -> "World":
        """The bars and the script of a completed run, as it had them."""
        spec, script = run.read_json("spec"), run.artifact("script")
        if spec is None or script is None:
            raise LookupError("the run has no specification or no script")
        if why := sealed_sentence(run, spec):  # sealed since the sweep was started
            raise RunRefused("sealed", why)
        bars = bars_of(run, spec)
        if not isinstance(bars, Bars):
            raise RunRefused("unsupported", SEVERAL_SYMBOLS)
        return cls(run, bars, script.read().decode())


def decide(chunk: SweepChunk, lost: threading.Event) -> bytes:
    """The decisions of a chunk's points, packed and compressed.

    Raises `RunRefused` with the point and the script's own words when it fails there.
    """
    world = World.of(chunk.sweep.run)
    points = chunk.sweep.points(chunk.first, chunk.size)
    return zlib.compress(pack_many(decisions_of(world, points, lost)), 1)


def stored(chunk: SweepChunk, bars: int) -> list[Decisions]:
    """What `decide` kept."""
    return unpack_many(zlib.decompress(bytes(chunk.decisions or b"")), bars)


def decisions_of(world: World, points: list[Point], lost: threading.Event) -> list[Decisions]:
    """What the script decides at each point: one sandbox job, halved while it is too much."""
    limits = limits_of(settings.SANDBOX_EXECUTION_SECONDS, result_bytes=RESULT_BYTES)
    result = run_jobs(world, [world.bars], points, limits, lost)[0]
    if result.status == "ok":
        try:
            return unpack_many(result.result, len(world.bars))
        except DecisionsError as error:
            raise RunFailed(f"The script's decisions cannot be read: {error}") from error
    if result.status == "error":
        raise RunRefused("script", _script_error(result.stderr), suggestions=[LEAVE_OUT])
    if len(points) > 1:
        half = len(points) // 2
        return decisions_of(world, points[:half], lost) + decisions_of(world, points[half:], lost)
    said = status_sentence(result, limits)
    message = f"With {named(points[0])}: {said}"
    raise RunRefused("script", message, suggestions=[LEAVE_OUT])


def _script_error(stderr: str) -> str:
    """The last line of a traceback: the harness names the combination in it."""
    last = (stderr.strip().splitlines() or ["it ended with an error."])[-1]
    return f"The script fails. {last.partition('ScriptError: ')[2] or last}"[:MESSAGE_CHARACTERS]


def run_jobs(
    world: World, worlds: list[Bars], points: list[Point], limits: Limits, lost: threading.Event
) -> list[SandboxResult]:
    """One job a world, each in a process of its own, each deciding for all points."""
    # A sweep varies some parameters; the others stay as the run had them.
    grid = [{**world.run.script_params, **point} for point in points]
    jobs = [
        Job(
            script=world.script.encode(),
            data=data,
            data_suffix=suffix,
            entry=ENTRY,
            params={"grid": grid},
        )
        for data, suffix in map(file_of, worlds)
    ]
    results = client().run_many(jobs, limits, cancelled=lost.is_set)
    if lost.is_set():
        raise LeaseLost("the work was taken from us")
    for result in results:
        if result.status == "error:sandbox":
            raise RunFailed(f"The sandbox is not available, so nothing was run. {result.reason}")
    return results


def named(point: Point) -> str:
    """The parameters as people read them: fast 20, slow 100."""
    return ", ".join(f"{name} {value}" for name, value in point.items())
