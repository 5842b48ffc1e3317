"""Reporting: every figure and sentence of the report, from the books alone."""

import hashlib
from typing import Any

import orjson

from backtests import events, ledger
from backtests.artifacts import store
from backtests.models import BacktestRun
from backtests.pipeline import crosscheck, sealing
from backtests.pipeline.data import bars_of
from backtests.pipeline.executing import simulation_config
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for
from backtests.report import chart, facts, markdown
from engine.worlds import read_decisions
from llm.gateway import LLMConfig, fill_placeholders
from llm.gateway.figures import problems_of


def report(work: Work) -> Done:
    """Simulate once more from the stored decisions, then measure, judge and write.

    Leaves: `report.json` (facts), `chart.json`, `report.md`; the run is completed.
    """
    run, spec = work.run, work.spec
    bars = bars_of(run, spec)
    stored = run.artifact("decisions")
    if stored is None:
        raise LookupError("the run has no decisions")
    tried = ledger.tally(run)
    subject = facts.Subject(
        idea=run.idea or spec["echo"],
        spec=spec,
        bars=bars,
        decisions=read_decisions(stored.read(), bars),
        config=simulation_config(spec),
        dataset=facts.describe_dataset(run, bars),
        script_hash=hashlib.sha256(work.script().encode()).hexdigest(),
        variants_tried=tried.variants,
        trials_sharpe_variance=tried.sharpe_variance,
        provenance=_provenance(run),
    )
    study = facts.study(subject)
    told = facts.tell(subject, study)
    told |= sealing.tell(run, spec, bars, study)
    if compared := crosscheck.found(run):
        told["second_reading"] = compared
    written = analysis(work, told)
    told |= {"analysis": fill_placeholders(written, told), "analysis_written": written}
    return Done(
        None,
        note=told["verdict"]["word"],
        artifacts=[
            store("facts", "report.json", orjson.dumps(told)),
            store("chart", "chart.json", chart.as_json(study.books.bars, study)),
            store("report_markdown", "report.md", markdown.write(told).encode()),
        ],
        changes={"headline": facts.headline(told) | {"sparkline": chart.sparkline(study)}},
    )


def analysis(work: Work, told: dict[str, Any]) -> str:
    """A model's prose about the facts, with keys for figures; empty without a model."""
    try:
        provider = provider_for(work.run, is_cancelled=work.cancelled.is_set)
    except LLMConfig:
        return ""  # the key it began with was changed or cannot be read any more
    prose = provider.analyse(told)
    # Whoever wrote it: what types a figure, or could be markup, is not shown.
    return prose if prose and not problems_of(prose, told) else ""


def _provenance(run: BacktestRun) -> dict[str, object]:
    finished = run.events.filter(kind="stage.finished", payload__stage="validating").last()
    history = run.events.filter(kind=events.LOG_LINE, payload__has_key="warm_up").last()
    return {
        "validation": finished.payload["note"] if finished else "",
        "warm_up": history.payload["warm_up"] if history else None,
    }
