"""What every line of a script made, sampled up to a cut: run in the sandbox, read as data.

Two such records, of the whole history and of a world with another future, differ first at the line
that looked ahead. Arrays are sampled up to the cut only, because after it they may differ; a
script that walks is watched at the same bars only.
"""

import json
import sys
import traceback
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np

SCRIPT = "strategy.py"
NEAR, SPREAD = 16, 48  # values kept: the last before the cut, and others over all bars before it
MOST_ENTRIES = 2000
WALKER = "on_bar"
FAILED = "!"  # before the name of an error, where the script ended with one
MOST_SCALARS = 1e15


class _Recorder:
    """Notes what each line assigned, in the order of execution."""

    def __init__(self, cut: int) -> None:
        near = range(max(0, cut - NEAR + 1), cut + 1)
        spread = np.linspace(0, cut, SPREAD).astype(int).tolist()
        self._bars = sorted({*near, *spread})
        self._cut = cut
        self._watches = True
        self._seen: dict[int, dict[str, int]] = {}
        self._lines: dict[int, int] = {}
        self.entries: list[list[Any]] = []

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != SCRIPT or len(self.entries) >= MOST_ENTRIES:
            return None
        if event == "call" and frame.f_code.co_name == WALKER:
            self._watches = self._is_sampled(frame)
        if not self._watches:
            return None
        if event in ("line", "return"):
            self._note(frame)
            self._lines[id(frame)] = frame.f_lineno
            if event == "return":
                self._keep(self._lines.pop(id(frame)), "return", argument)
                self._seen.pop(id(frame), None)  # the next frame may have the same id
        return self

    def _is_sampled(self, frame: FrameType) -> bool:
        """Whether a strategy that walks stands at a bar whose values are kept."""
        given = [frame.f_locals.get(name) for name in frame.f_code.co_varnames[1:2]]
        bars = getattr(given[0], "bars", ()) if given else ()
        return len(bars) - 1 in self._bars

    def _note(self, frame: FrameType) -> None:
        before = self._seen.setdefault(id(frame), {})
        line = self._lines.get(id(frame), frame.f_lineno)
        found = list(frame.f_locals.items())
        if "self" in frame.f_locals:
            attributes = getattr(frame.f_locals["self"], "__dict__", {})
            found += [(f"self.{name}", value) for name, value in list(attributes.items())]
        for name, value in found:
            if before.get(name) != id(value):
                before[name] = id(value)
                self._keep(line, name, value)

    def _keep(self, line: int, name: str, value: object) -> None:
        for part, column in _columns(name, value):
            sample = self._sample(column)
            if sample is not None:
                self.entries.append([line, part, sample])

    def _sample(self, value: object) -> list[float | None] | None:
        if isinstance(value, bool | int | float | np.number):
            return [_plain(value)] if abs(float(value)) < MOST_SCALARS else None
        try:
            array = np.asarray(np.real(value), dtype=np.float64)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return None
        # As long as the bars, in this world or in the whole one: shorter ones have no bar t.
        if array.ndim != 1 or len(array) <= self._cut:
            return None
        return [_plain(array[bar]) for bar in self._bars]


def _columns(name: str, value: Any) -> list[tuple[str, Any]]:
    """A value, or the columns of a table of values, with their names."""
    if isinstance(value, tuple | list) and 0 < len(value) <= 8:
        return [(f"{name}[{k}]", part) for k, part in enumerate(value)]
    if hasattr(value, "columns") and hasattr(value, "to_numpy"):
        return [(f"{name}[{column!r}]", value[column]) for column in list(value.columns)[:20]]
    if type(value).__name__ == "Signals":
        return [(field, part) for field, part in vars(value).items() if part is not None]
    return [(name, value)]


def _line_of(error: Exception) -> int:
    """The script's line that an error came from; 0 where it came from elsewhere."""
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == SCRIPT]
    return lines[-1] if lines else 0


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None


def main(source: str, data_path: str, params: Mapping[str, Any]) -> bytes:
    """Run a script once and return JSON: [[line, name, [values]], …].

    Parameters
    ----------
    source, data_path : str
        As for `engine.harness.decide`.
    params : mapping
        ``cut``: the bar to sample up to; ``params``: those of the script.
    """
    from engine.harness import decisions_of, load
    from engine.portfolio.panel import read_world

    world = read_world(data_path)
    module = load(source)
    recorder = _Recorder(int(params["cut"]))
    sys.settrace(recorder)
    try:
        decisions_of(module, world, params.get("params"))
    except Exception as error:
        # Without its future a script may fail.
        recorder.entries.append([_line_of(error), FAILED + type(error).__name__[:40], []])
    finally:
        sys.settrace(None)
    return json.dumps(recorder.entries).encode()
