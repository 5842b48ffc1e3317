"""The form of ranges: one line a parameter, read into the ranges that the service takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.validation.grids import ALL, Value
from sweeps.models import Sweep
from sweeps.services import Proposal


@dataclass
class Line:
    """One parameter as the form shows it; everything is text, as it was typed."""

    name: str
    value: Value
    kind: str  # number, choice
    vary: bool
    low: str = ""
    high: str = ""
    step: str = ""
    values: str = ""
    errors: list[str] = field(default_factory=list)


@dataclass
class RangesForm:
    """The whole form: at first from a proposal, after that from what was sent."""

    lines: list[Line]
    method: str = Sweep.Method.GRID
    samples: str = "500"
    seed: str = "0"
    key: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, proposed: Proposal, key: str) -> "RangesForm":
        """The form as it is first shown."""
        lines = [_line(name, value, proposed) for name, value in proposed.params.items()]
        return cls(lines, key=key)

    @classmethod
    def sent(cls, proposed: Proposal, data: Mapping[str, str]) -> "RangesForm":
        """The form as somebody sent it."""
        lines = [_line(name, value, proposed) for name, value in proposed.params.items()]
        for line in lines:
            line.vary = f"vary.{line.name}" in data
            for part in ("low", "high", "step", "values"):
                setattr(line, part, data.get(f"{part}.{line.name}", getattr(line, part)).strip())
        return cls(
            lines,
            data.get("method", Sweep.Method.GRID),
            data.get("samples", "").strip(),
            data.get("seed", "").strip(),
            data.get("key", "")[:100],
        )

    def arguments(self) -> dict[str, Any]:
        """What the service is asked for; texts that are no numbers stay texts, and are refused."""
        return {
            "ranges": {line.name: _range(line) for line in self.lines if line.vary},
            "method": self.method,
            "samples": self._whole("samples", self.samples) if self.method == "random" else None,
            "seed": self._whole("seed", self.seed or "0") or 0,
            "idempotency_key": self.key,
        }

    def take_errors(self, errors: Mapping[str, list[str]]) -> None:
        """Show what the service said beside the parameters it is about."""
        for name, said in errors.items():
            line = next((line for line in self.lines if name == f"{ALL}.{line.name}"), None)
            if line is not None:
                line.errors = list(said)
            else:
                self.errors.setdefault(name, []).extend(said)

    def _whole(self, name: str, text: str) -> int | None:
        found = _number(text)
        if isinstance(found, int):
            return found
        self.errors[name] = ["A whole number is needed here."]
        return None


def _line(name: str, value: Value, proposed: Proposal) -> Line:
    given = proposed.ranges.get(name)
    kind = "choice" if isinstance(value, bool | str) else "number"
    line = Line(name, value, kind, name in proposed.varying)
    if isinstance(given, tuple) and len(given) == 3:
        given = dict(zip(("low", "high", "step"), given, strict=True))
    if isinstance(given, Mapping) and "low" in given:
        line.low, line.high, line.step = (_text(given.get(key)) for key in ("low", "high", "step"))
    elif given is not None:
        line.kind = "choice"
        listed = given.get("values", []) if isinstance(given, Mapping) else given
        line.values = ", ".join(map(_text, listed))
    elif kind == "choice":
        line.values = _text(value)
    return line


def _range(line: Line) -> dict[str, Any]:
    if line.kind == "choice":
        parts = [part.strip() for part in line.values.split(",") if part.strip()]
        return {"values": [_like(part, line.value) for part in parts]}
    return {name: _number(getattr(line, name)) for name in ("low", "high", "step")}


def _like(text: str, value: Value) -> Any:
    if isinstance(value, bool):
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
    return text if isinstance(value, str) else _number(text)


def _number(text: str) -> Any:
    """The number a text is, the text itself if it is none, None for nothing."""
    for kind in (int, float):
        try:
            return kind(text.replace("_", "x"))
        except ValueError:
            continue
    return text or None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
