"""Reporting: every figure and sentence of the report, from the books alone."""

import hashlib
from typing import Any

import orjson

from backtests.artifacts import store
from backtests.models import BacktestRun
from backtests.pipeline.data import bars_of
from backtests.pipeline.executing import simulation_config
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for
from backtests.report import chart, facts, markdown
from engine import Decisions
from llm.gateway import fill_placeholders


def report(work: Work) -> Done:
    """Simulate once more from the stored decisions, then measure, judge and write.

    Leaves: `report.json` (facts), `chart.json`, `report.md`; the run is completed.
    """
    run, spec = work.run, work.spec
    bars = bars_of(run, spec)
    stored = run.artifact("decisions")
    if stored is None:
        raise LookupError("the run has no decisions")
    subject = facts.Subject(
        idea=run.idea or spec["echo"],
        spec=spec,
        bars=bars,
        decisions=Decisions.from_bytes(stored.read(), bars=len(bars)),
        config=simulation_config(spec),
        dataset=facts.describe_dataset(run.dataset, bars),
        script_hash=hashlib.sha256(work.script().encode()).hexdigest(),
        variants_tried=variants_tried(run),
        provenance=_provenance(run),
    )
    study = facts.study(subject)
    told = facts.tell(subject, study)
    told["analysis"] = analysis(work, told)
    return Done(
        None,
        note=told["verdict"]["word"],
        artifacts=[
            store("facts", "report.json", orjson.dumps(told)),
            store("chart", "chart.json", chart.as_json(bars, study)),
            store("report_markdown", "report.md", markdown.write(told).encode()),
        ],
        changes={"headline": facts.headline(told) | {"sparkline": chart.sparkline(study)}},
    )


def analysis(work: Work, told: dict[str, Any]) -> str:
    """A model's prose about the facts, figures filled in by us; empty without a model."""
    provider = provider_for(work.run.own_script, is_cancelled=work.cancelled.is_set)
    prose = provider.analyse(told)
    return fill_placeholders(prose, told) if prose else ""


def variants_tried(run: BacktestRun) -> int:
    """How many scripts were tried for this idea: repairs here, and earlier runs of the words.

    Runs whose words differ in figures only are variants of one idea.
    """
    shape = _shape(run.idea)
    earlier = BacktestRun.objects.filter(
        user=run.user, visitor=run.visitor, dataset=run.dataset, status="completed"
    )
    same = sum(
        1
        for idea in earlier.exclude(pk=run.pk).values_list("idea", flat=True)[:1000]
        if _shape(idea) == shape
    )
    return same + run.artifacts.filter(kind="script").count()


def _shape(idea: str) -> str:
    return "".join("#" if character.isdigit() else character for character in idea.casefold())


def _provenance(run: BacktestRun) -> dict[str, object]:
    finished = run.events.filter(kind="stage.finished", payload__stage="validating").last()
    return {"validation": finished.payload["note"] if finished else ""}
