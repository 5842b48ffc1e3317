"""Generating: from the words to a script, the settings it is run with, and its data."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import structlog

from backtests import events, holdout, ledger
from backtests.artifacts import store
from backtests.errors import RunRefused
from backtests.models import BacktestRun
from backtests.money import UsualMoney
from backtests.pipeline import sealing
from backtests.pipeline.data import VALIDATION_BARS, cut
from backtests.pipeline.work import Done, Work
from backtests.providers import provider_for, translator
from backtests.stages import Stage
from llm.gateway.errors import LLMError
from llm.provider import Draft, IdeaContext, Refusal
from market import services as market

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
    asked = [name.strip() for name in run.symbol_text.split(",")]
    context = market.idea_context(symbol=asked[0] or None)
    provider, draft = write(work, context)
    if isinstance(draft, Refusal):
        raise RunRefused(
            draft.code, draft.message, words=draft.words, suggestions=draft.suggestions
        )
    symbols = [market.resolve_symbol(name) for name in (draft.symbol, *asked[1:])]
    datasets = [market.current_dataset(symbol) for symbol in symbols]
    ticker = ",".join(symbol.ticker for symbol in symbols)
    spec = specify(run, draft, provider, ticker)
    bars = cut(datasets, spec)
    bars = holdout.seal(run, ledger.join_lineage(run, ticker), spec, bars)
    if len(bars) <= draft.lookback_bars:
        raise RunRefused(
            "missing_data",
            f"The rules need {draft.lookback_bars} bars of data before their first signal; "
            f"{ticker} has {len(bars)} bars from {spec['settings']['start']} to "
            f"{spec['settings']['end']}. Choose a longer period or shorter look-backs.",
        )
    run.use_datasets(datasets)
    small = bars.head(spec["validation_bars"])
    return Done(
        Stage.VALIDATING,
        note=_note(spec),
        artifacts=[
            store("script", "strategy.py", draft.script.encode()),
            store("spec", "spec.json", orjson.dumps(spec, option=orjson.OPT_INDENT_2)),
            store("validation_data", "validation.csv", small.to_csv().encode()),
            store("data", "full.csv", bars.to_csv().encode()),
        ],
        events=[(events.SCRIPT_WRITTEN, {"version": 1, "title": draft.title})],
        changes={"title": draft.title[:120], "dataset": datasets[0]},
    )


def write(work: Work, context: IdeaContext) -> tuple[str, Draft | Refusal]:
    """Ask the provider; when a model does not answer, the translator reads the idea and says so."""
    run = work.run
    provider = provider_for(run.own_script, is_cancelled=work.cancelled.is_set)
    try:
        return provider.name, provider.write(run.idea, context, on_delta=_Deltas(run))
    except LLMError as error:
        log.warning("model_unavailable", reason=str(error))
        built_in = translator()
        draft = built_in.write(run.idea, context)
        if isinstance(draft, Draft):
            note = f"The language model gave no answer ({error}); the built-in translator read it."
            draft = replace(draft, assumptions=(*draft.assumptions, note))
        return built_in.name, draft


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
        if value is None:
            continue
        asked = value.isoformat() if isinstance(value, date) else float(value)
        if name in chosen and chosen[name] != asked:
            assumptions.append(
                f"The form says {name.replace('_', ' ')} {asked}, the text {chosen[name]}: "
                "the form counts."
            )
        chosen[name] = asked
    chosen |= run.costs
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
