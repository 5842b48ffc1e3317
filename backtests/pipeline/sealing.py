"""The test of a sealed hold-out: the same script once more, on all days."""

from dataclasses import asdict
from typing import Any

import orjson

from backtests import events, holdout
from backtests.artifacts import NewArtifact, store
from backtests.errors import RunFailed
from backtests.models import BacktestRun
from backtests.pipeline.data import cut
from backtests.pipeline.work import Done
from backtests.report.facts import Study
from backtests.stages import Stage
from engine.worlds import World


def take_over(run: BacktestRun) -> Done:
    """Take script and settings of the run that was chosen; only the last day is another one.

    Leaves: `script.py`, `spec.json`, `validation.csv`, `full.csv`.
    """
    chosen, sealed = run.parent, run.unseals
    script = chosen.artifact("script") if chosen is not None else None
    if chosen is None or script is None or sealed is None or chosen.dataset is None:
        raise RunFailed("The run whose sealed days were to be tested is gone.")
    spec = chosen.read_json("spec")
    del spec["holdout"]
    spec.pop("second_reading", None)  # compared when the script was written
    spec["settings"]["end"] = str(sealed.last_day)
    bars = cut(chosen.datasets(), spec)
    run.use_datasets(chosen.datasets())
    text = script.read()
    return Done(
        Stage.VALIDATING,
        note=f"The sealed days from {sealed.first_day} to {sealed.last_day} are tested.",
        artifacts=_files(text, spec, bars),
        events=[(events.SCRIPT_WRITTEN, {"version": 1, "title": chosen.title})],
        changes={"title": chosen.title, "dataset": chosen.dataset},
    )


def _files(script: bytes, spec: dict[str, Any], bars: World) -> list[NewArtifact]:
    return [
        store("script", "strategy.py", script),
        store("spec", "spec.json", orjson.dumps(spec, option=orjson.OPT_INDENT_2)),
        store(
            "validation_data",
            "validation.csv",
            bars.head(spec["validation_bars"]).to_csv().encode(),
        ),
        store("data", "full.csv", bars.to_csv().encode()),
    ]


def tell(run: BacktestRun, spec: dict[str, Any], bars: World, study: Study) -> dict[str, Any]:
    """What the facts say of sealed days: that there are some, or how their test went."""
    if run.unseals is not None:
        return {"sealed_test": asdict(holdout.sealed_test(run.unseals, bars, study.books))}
    return {"holdout": spec["holdout"]} if "holdout" in spec else {}
