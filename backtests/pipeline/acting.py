"""Acting out: the script on the scenes of its specification, whoever wrote it."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from django.conf import settings
from django.db import transaction

from backtests.artifacts import NewArtifact, attach, store
from backtests.errors import ScriptFault
from backtests.models import BacktestRun
from backtests.pipeline.trials import client, limits_of
from backtests.pipeline.work import Work

if TYPE_CHECKING:
    from backtests.fidelity.check import Failure
    from backtests.fidelity.scenes import Fidelity

log = structlog.get_logger(__name__)


class Unfaithful(ScriptFault):
    """The script does something else than its specification; `scenes` shows where."""

    def __init__(self, message: str, scenes: NewArtifact) -> None:
        super().__init__("fidelity", message)
        self.scenes = scenes


@dataclass(frozen=True)
class ActedOut:
    """What is kept of scenes that went well."""

    artifacts: Sequence[NewArtifact] = ()
    note: str = ""


def begin(spec: Mapping[str, Any]) -> "Future[Fidelity | None]":
    """Start making the scenes of a run's specification, while the sandbox is busy with others."""
    maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scenes")
    making = maker.submit(_fidelity, spec.get("specification"))
    maker.shutdown(wait=False)
    return making


def act_out(script: str, work: Work, making: "Future[Fidelity | None]") -> ActedOut:
    """Run the script on every scene of the run's specification; without one there is nothing to do.

    Raises `Unfaithful` when it decides otherwise than the specification. Leaves: `scenes.json`.
    """
    fidelity = making.result()
    if fidelity is None or not (fidelity.scenes or fidelity.probes):
        return ActedOut()
    # Pydantic, TA-Lib and the specification's models: only the workers pay for them.
    from backtests.fidelity.check import check, told

    failures = check(
        script,
        fidelity,
        client=client(),
        limits=limits_of(settings.SANDBOX_VALIDATION_SECONDS),
        params=work.run.script_params,
        cancelled=work.cancelled,
    )
    kept = _store(work.run, fidelity, failures)
    if failures:
        raise Unfaithful(told(fidelity, failures), kept)
    count = len(fidelity.scenes)
    return ActedOut([kept], f"; as the rules say in {count} scene{'s' if count != 1 else ''}")


def keep_what_failed(run: BacktestRun, fault: ScriptFault) -> None:
    """Keep the scenes that a script failed, whatever becomes of the run; twice changes nothing."""
    if not isinstance(fault, Unfaithful):
        return
    new = fault.scenes
    with transaction.atomic():
        run.artifacts.filter(kind=new.kind, version=new.version).delete()
        attach(run, new)


def warm() -> None:
    """Load what scenes need, by building those of the plainest rules there are."""
    from llm.specification import StrategySpec
    from llm.specification.nodes import Always

    spec = StrategySpec(symbol="", long_entry=Always(), hold_bars=5)
    fidelity = _fidelity(spec.model_dump(mode="json"))
    if fidelity is not None:
        from backtests.fidelity.check import judge

        judge(fidelity, ["" for _ in (*fidelity.scenes, *fidelity.probes)])


def _fidelity(specification: Mapping[str, Any] | None) -> "Fidelity | None":
    """The scenes; None without rules, or where we cannot act them out, which stops no run."""
    if not specification:
        return None
    from backtests.fidelity.scenes import fidelity_of
    from llm.specification import StrategySpec

    try:
        return fidelity_of(StrategySpec.model_validate(specification))
    except Exception:
        log.exception("scenes_failed")
        return None


def _store(run: BacktestRun, fidelity: "Fidelity", failures: "list[Failure]") -> NewArtifact:
    from backtests.fidelity.showing import as_data

    version = max(1, run.artifacts.filter(kind="script").count())
    data = orjson.dumps(as_data(fidelity, failures), option=orjson.OPT_SERIALIZE_NUMPY)
    return store("scenes", "scenes.json", data, version=version)
