"""Generating: from the words to a script, the settings it is run with, and its data."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
import structlog

from backtests import asking, choosing, events, holdout, ledger, refining
from backtests.artifacts import NewArtifact, store
from backtests.errors import RunRefused
from backtests.models import BacktestRun
from backtests.money import UsualMoney
from backtests.pipeline import crosscheck, sealing
from backtests.pipeline.data import VALIDATION_BARS, cut
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for, translator
from backtests.stages import Stage
from engine.worlds import World
from llm.gateway import ModelProvider
from llm.gateway.errors import LLMError
from llm.provider import Draft, IdeaContext, Refusal
from market import services as market
from market.models import Dataset

log = structlog.get_logger(__name__)

# One event per delta would cost six times the writes (research: coalesce).
DELTA_SECONDS = 0.15


def generate(work: Work) -> Done:
    """Write script and specification, and cut the data.

    Leaves: `script.py`, `spec.json`, `validation.csv`, `full.csv`.
    """
    run = work.run
    if run.unseals is not None:
        return sealing.take_over(run)
    context = idea_context(run)
    written = write(work, context)
    return prepare(run, written.provider, written.draft, second=written.second)


def start_over(work: Work, *, version: int, error: str, unanswered: LLMError) -> Done | None:
    """The translator's script in place of a model's that did not pass and that nobody repairs.

    None when the translator does not understand the idea. Leaves what `generate` leaves, anew.
    """
    run, built_in = work.run, translator()
    draft = built_in.write(run.idea, idea_context(run))
    if isinstance(draft, Refusal):
        return None
    said = f"The language model's script did not pass. {asking.sentence_for(unanswered)}"
    draft = replace(draft, assumptions=(*draft.assumptions, said))
    done = prepare(run, built_in.name, draft, version=version, note=error[:2000])
    return replace(
        done,
        remove=("spec", "validation_data", "data"),
        events=[(events.SCRIPT_REPAIRED, {"version": version, "error": error[:500]})],
        changes={**done.changes, "failure_message": ""},
    )


def asked_symbols(run: BacktestRun) -> list[str]:
    """What the person chose: one symbol, several for a script, or one empty name."""
    return [name.strip() for name in run.symbol_text.split(",")]


def idea_context(run: BacktestRun) -> IdeaContext:
    """What the idea may be about, and what the person chose."""
    return refining.context_of(run, run.choices)


def prepare(
    run: BacktestRun,
    provider: str,
    draft: Draft | Refusal,
    *,
    second: Draft | Refusal | None = None,
    version: int = 1,
    note: str = "",
) -> Done:
    """Settings, data and files of a draft; a refusal is raised. `second` is another reading."""
    if isinstance(draft, Refusal):
        raise RunRefused(
            draft.code, draft.message, words=draft.words, suggestions=draft.suggestions
        )
    names = draft.symbol.split(",")
    if run.own_script:
        names += asked_symbols(run)[1:]
    symbols = [market.resolve_symbol(name) for name in names]
    datasets = [market.current_dataset(symbol) for symbol in symbols]
    ticker = ",".join(symbol.ticker for symbol in symbols)
    spec = specify(run, draft, provider, ticker)
    said = spec | {"asked": dict(spec["settings"])}  # cutting fills in the days
    bars = cut(datasets, spec)
    if second is not None:
        spec["second_reading"] = _second(run, second, said, datasets, bars)
    bars = holdout.seal(run, ledger.join_lineage(run, ticker), spec, bars)
    _require(draft.lookback_bars, bars, spec)
    run.use_datasets(datasets)
    name = "strategy.py" if version == 1 else f"strategy.v{version}.py"
    return Done(
        Stage.VALIDATING,
        note=_note(spec),
        artifacts=[
            store("script", name, draft.script.encode(), version=version, note=note),
            store("spec", "spec.json", orjson.dumps(spec, option=orjson.OPT_INDENT_2)),
            *_data_files(bars, spec["validation_bars"]),
        ],
        events=[(events.SCRIPT_WRITTEN, {"version": 1, "title": draft.title})],
        changes={"title": draft.title[:120], "dataset": datasets[0]},
    )


def _data_files(bars: World, first_bars: int) -> list[NewArtifact]:
    """All bars of the run, and the first of them for the trial."""
    return [
        store("validation_data", "validation.csv", bars.head(first_bars).to_csv().encode()),
        store("data", "full.csv", bars.to_csv().encode()),
    ]


def _require(lookback_bars: int, bars: World, spec: dict[str, Any]) -> None:
    """Refuse rules that could not signal once on these bars."""
    if len(bars) <= lookback_bars:
        raise RunRefused(
            "missing_data",
            f"The rules need {lookback_bars} bars of data before their first signal; "
            f"{spec['symbol']} has {len(bars)} bars from {spec['settings']['start']} to "
            f"{spec['settings']['end']}. Choose a longer period or shorter look-backs.",
        )


def _second(
    run: BacktestRun,
    second: Draft | Refusal,
    spec: dict[str, Any],
    datasets: Sequence[Dataset],
    bars: World,
) -> dict[str, Any] | None:
    """The second reading beside the first, each as the form completes it."""
    asked: dict[str, Any] = {}
    if isinstance(second, Draft):
        asked = specify(run, second, "", crosscheck.symbol_of(second))
    return crosscheck.describe(second, asked, spec, datasets, bars)


@dataclass(frozen=True)
class Written:
    """What a provider answered; for a language model's answer, the translator's beside it."""

    provider: str
    draft: Draft | Refusal
    second: Draft | Refusal | None = None


def write(work: Work, context: IdeaContext) -> Written:
    """Ask the provider; when a model does not answer, the translator reads the idea and says so."""
    run = work.run
    if run.refinements:
        return Written(translator().name, refining.read(run, run.choices))
    try:
        provider = provider_for(run, is_cancelled=work.cancelled.is_set)
        by_model = isinstance(provider, ModelProvider)
        # A model takes seconds to answer; the translator reads in the meantime.
        with ThreadPoolExecutor(max_workers=1) as aside:
            second = aside.submit(crosscheck.read_again, run, context) if by_model else None
            draft = provider.write(run.idea, context, on_delta=_Deltas(run))
        return Written(provider.name, draft, second.result() if second else None)
    except LLMError as error:
        log.warning("model_unavailable", reason=str(error))
        built_in = translator()
        draft = built_in.write(run.idea, context)
        if isinstance(draft, Draft):
            said = asking.sentence_for(error)
            draft = replace(draft, assumptions=(*draft.assumptions, said))
        return Written(built_in.name, draft)


def specify(run: BacktestRun, draft: Draft, provider: str, ticker: str) -> dict[str, Any]:
    """What this run does, completely: the later stages read nothing else."""
    assumptions = list(draft.assumptions)
    chosen = dict(draft.settings)
    for name, value in (
        ("start", run.requested_start),
        ("end", run.requested_end),
        ("initial_capital", run.initial_capital),
        ("commission", run.commission),
    ):
        if value is None or run.refinements:
            continue  # a change in words was read against what the form says, and comes after it
        asked = value.isoformat() if isinstance(value, date) else float(value)
        if name in chosen and chosen[name] != asked:
            assumptions.append(
                f"The form says {name.replace('_', ' ')} {asked}, the text {chosen[name]}: "
                "the form counts."
            )
        chosen[name] = asked
    costs = refining.costs_left(run) if run.refinements else run.costs
    chosen |= costs
    usual = UsualMoney.of(run.user)
    chosen.setdefault("initial_capital", usual.initial_capital)
    chosen.setdefault("slippage", 0.0)
    if "commission" not in chosen:
        chosen["commission"] = usual.commission
        assumptions.append(usual.sentence)
    return {
        "version": 1,
        "provider": provider,
        "title": draft.title,
        "symbol": ticker,
        "settings": chosen,
        "params": dict(draft.params) | run.script_params,
        "echo": draft.echo,
        "chips": [chip.as_dict() for chip in draft.chips],
        "assumptions": assumptions,
        "assumption_choices": choosing.stored(draft, run.choices),
        "lookback_bars": draft.lookback_bars,
        "validation_bars": max(VALIDATION_BARS, 2 * draft.lookback_bars),
        "specification": (
            draft.specification.model_dump(mode="json") if draft.specification else None
        ),
    }


class _Deltas:
    """Records what a provider streams, a few times a second at most."""

    def __init__(self, run: BacktestRun) -> None:
        self._run = run
        self._text = ""
        self._last = time.monotonic()

    def __call__(self, text: str) -> None:
        self._text += text
        if time.monotonic() - self._last >= DELTA_SECONDS:
            self._run.record(events.SCRIPT_DELTA, {"text": self._text})
            self._text, self._last = "", time.monotonic()


def _note(spec: dict[str, Any]) -> str:
    count = len(spec["assumptions"])
    said = "no assumptions" if not count else f"{count} assumption{'s' if count > 1 else ''}"
    return f"{spec['symbol']}, {spec['settings']['start']} to {spec['settings']['end']}; {said}."
