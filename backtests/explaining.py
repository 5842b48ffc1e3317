"""A script line by line: what each line does, from the specification it was written from; where
there is none, as a model told it that was asked to."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from backtests import model_explanation
from backtests.models import BacktestRun
from llm.gateway.explaining import split_lines
from llm.specification import StrategySpec, explain, write_script

OWN = "You wrote this script, so there is no specification that could explain its lines."
MODEL = "A language model wrote this script, so there is no specification to explain its lines."
OLDER = "This script was not written from the specification that is known now."
NOTHING = "There is no script yet."
SPECIFICATION, BY_MODEL = "specification", "model"


@dataclass(frozen=True)
class Line:
    """One line of a script (from 1); without a sentence where it does nothing."""

    number: int
    text: str
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """The lines with their sentences and who says so, or why there are none.

    `by` is `specification` or `model`; `note` says what a reader has to know of a model's.
    """

    lines: tuple[Line, ...] = ()
    by: str = ""
    why_not: str = ""
    note: str = ""


def specification_of(run: BacktestRun, spec: dict[str, Any] | None = None) -> StrategySpec | None:
    """The specification that a run's script was written from; None where there is none."""
    kept = run.read_json("spec") if spec is None else spec
    stored = (kept or {}).get("specification")
    try:
        return StrategySpec.model_validate(stored) if stored else None
    except ValidationError:
        return None  # of an earlier version


def explanation_of(run: BacktestRun, script: str) -> Explanation:
    """Every line of a run's script in plain English."""
    if not script:
        return Explanation(why_not=NOTHING)
    found = _from_specification(run, script)
    if found.lines or (told := model_explanation.kept(run, script)) is None:
        return found
    return _by_model(told, script)


def _from_specification(run: BacktestRun, script: str) -> Explanation:
    if run.own_script:
        return Explanation(why_not=OWN)
    stored = run.read_json("spec") or {}
    spec = specification_of(run, stored)
    if spec is None:
        by_model = stored.get("provider") not in (None, "translator")
        return Explanation(why_not=MODEL if by_model and not stored["specification"] else OLDER)
    # A repair, or another version of us, may have written other lines: then no sentence is true.
    if write_script(spec) != script:
        return Explanation(why_not=OLDER)
    told = {one.line: one.sentence for one in explain(spec)}
    return Explanation(_lines(script.splitlines(), told), SPECIFICATION)


def _by_model(told: dict[str, Any], script: str) -> Explanation:
    lines = split_lines(script)
    notes = [f"Explained by the model {told['model']}; not checked against the rules."]
    if count := told["left_out"]:
        left = "One of its sentences is" if count == 1 else f"{count} of its sentences are"
        notes.append(f"{left} left out: no code at that line, a figure of its own, or markup.")
    if told["lines_seen"] < len(lines):
        notes.append(f"It was shown the first {told['lines_seen']} lines of {len(lines)}.")
    sentences = {one["line"]: one["sentence"] for one in told["lines"]}
    return Explanation(_lines(lines, sentences), BY_MODEL, note=" ".join(notes))


def _lines(texts: list[str], told: dict[int, str]) -> tuple[Line, ...]:
    return tuple(Line(k, text, told.get(k, "")) for k, text in enumerate(texts, start=1))
