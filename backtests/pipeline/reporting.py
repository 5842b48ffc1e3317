"""Reporting: every figure and sentence of the report, from the books alone."""

import hashlib
from typing import Any

import orjson
import structlog

from backtests import asking, events, ledger
from backtests.artifacts import store
from backtests.models import BacktestRun
from backtests.pipeline import crosscheck, sealing
from backtests.pipeline.data import bars_of
from backtests.pipeline.executing import simulation_config
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for
from backtests.report import chart, facts, markdown
from engine.worlds import read_decisions
from llm.gateway import LLMCancelled, LLMError, fill_placeholders
from llm.gateway.figures import problems_of
from llm.gateway.provider import REFUSED

log = structlog.get_logger(__name__)

NO_PROSE = (
    "The language model's commentary is left out: it typed figures of its own, or text that is "
    "not shown, twice."
)


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
    told |= analysis(work, told)
    text = markdown.write(told, run.read_json("scenes"))
    return Done(
        None,
        note=told["verdict"]["word"],
        artifacts=[
            store("facts", "report.json", orjson.dumps(told)),
            store("chart", "chart.json", chart.as_json(study.books.bars, study)),
            store("report_markdown", "report.md", text.encode()),
        ],
        changes={"headline": facts.headline(told) | {"sparkline": chart.sparkline(study)}},
    )


def analysis(work: Work, told: dict[str, Any]) -> dict[str, str]:
    """A model's prose, its keys filled in and as it was written; or why there is none of a model
    that was asked. Without a model there is neither."""
    prose, missing = "", ""
    try:
        provider = provider_for(work.run, is_cancelled=work.cancelled.is_set)
        prose = provider.analyse(told) or ""
    except LLMCancelled:
        raise
    except LLMError as error:
        log.warning("commentary_missing", reason=str(error))
        why = f"{asking.reason(error)}, so this report has no commentary."
        missing = NO_PROSE if error.code == REFUSED else why
    # Whoever wrote it: what types a figure, or could be markup, is not shown.
    if prose and problems_of(prose, told):
        prose, missing = "", NO_PROSE
    written = {"analysis": fill_placeholders(prose, told), "analysis_written": prose}
    return written | ({"analysis_missing": missing} if missing else {})


def _provenance(run: BacktestRun) -> dict[str, object]:
    finished = run.events.filter(kind="stage.finished", payload__stage="validating").last()
    history = run.events.filter(kind=events.LOG_LINE, payload__has_key="warm_up").last()
    return {
        "validation": finished.payload["note"] if finished else "",
        "warm_up": history.payload["warm_up"] if history else None,
    }
