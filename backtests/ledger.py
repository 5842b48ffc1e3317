"""The ledger: everything that was tried for an idea, counted by the platform.

Ideas are told apart by lineage: a run started from another belongs to the other's; so do the same
words on the same symbol, whatever their figures. One distinct script with parameters, data, days
and costs is one variant, however often it runs. Rows stay when runs are deleted; they go with
their owner.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import models, transaction

from accounts.access import Owner
from backtests.models import BacktestRun, HoldOut, Lineage, LineageWords, Variant
from engine import Books
from engine import metrics as measures

BATCH = 500
# The settings that are days or labels, not costs.
NO_COSTS = ("start", "end")


@dataclass(frozen=True)
class Tally:
    """How much was tried for an idea, and how the per-bar Sharpe ratios of it all vary."""

    variants: int
    sharpe_variance: float | None


@dataclass(frozen=True)
class Trial:
    """One set of parameters of a sweep: its per-bar Sharpe ratio, of how many returns."""

    params: Mapping[str, Any]
    sharpe_ratio: float | None
    returns: int


@transaction.atomic
def join_lineage(run: BacktestRun, symbol: str) -> Lineage:
    """The lineage of a run, made when it is the first of its idea; the run is linked to it."""
    words = shape_hash(run.idea or run.own_script)
    found = run.lineage or (run.parent.lineage if run.parent else None)
    twins = list(_with_words(run, symbol, words))
    if found is None:
        found = twins[0] if twins else Lineage.objects.create(user=run.user, visitor=run.visitor)
    for twin in twins:
        if twin.pk != found.pk:
            _merge(found, twin)
    LineageWords.objects.get_or_create(lineage=found, symbol=symbol, shape_hash=words)
    BacktestRun.objects.filter(pk=run.pk).update(lineage=found)
    run.lineage = found
    return found


def record(run: BacktestRun, spec: Mapping[str, Any], scripts: Iterable[str], books: Books) -> None:
    """Enter a run: its last script with its result, and the ones that were repaired on the way."""
    *earlier, final = scripts
    returns = measures.returns(books.equity, books.config.initial_cash)
    sharpe = measures.sharpe_ratio(returns, 1.0)  # of one bar
    rows = [_variant(run, spec, script, spec["params"], "repair", None, 0) for script in earlier]
    rows.append(_variant(run, spec, final, spec["params"], "run", sharpe, len(returns)))
    _enter(rows)


def record_many(run: BacktestRun, trials: Iterable[Trial]) -> None:
    """Enter the trials of a sweep over a completed run."""
    spec, script = run.read_json("spec"), run.artifact("script")
    if spec is None or script is None:
        raise LookupError("the run has no script yet")
    text = script.read().decode()
    _enter(
        _variant(
            run, spec, text, {**spec["params"], **t.params}, "sweep", t.sharpe_ratio, t.returns
        )
        for t in trials
    )


def tally(run: BacktestRun) -> Tally:
    """Everything tried for the idea of this run so far, this run included."""
    if run.lineage_id is None:
        return Tally(1, None)
    variants = Variant.objects.filter(lineage=run.lineage_id)
    known = list(variants.filter(sharpe_ratio__isnull=False).values_list("sharpe_ratio", flat=True))
    variance = float(np.var(np.array(known, dtype=float), ddof=1)) if len(known) >= 2 else None
    return Tally(max(1, variants.count()), variance)


@transaction.atomic
def claim(*, user: Any, visitor: Any) -> None:
    """Move a visitor's lineages to the account; ideas that both tried become one."""
    for lineage in Lineage.objects.filter(visitor=visitor):
        words = LineageWords.objects.filter(lineage=lineage)
        Lineage.objects.filter(pk=lineage.pk).update(user=user, visitor=None)
        for one in words:
            for twin in _lineages(Owner(user=user), one.symbol, one.shape_hash):
                if twin.pk != lineage.pk:
                    _merge(lineage, twin)


def shape_hash(text: str) -> str:
    """The hash of words without their figures, case and spacing."""
    shape = " ".join(text.casefold().split())
    shape = "".join("#" if character.isdigit() else character for character in shape)
    while "##" in shape:
        shape = shape.replace("##", "#")
    return hashlib.sha256(shape.replace("#.#", "#").replace("#,#", "#").encode()).hexdigest()


def _with_words(run: BacktestRun, symbol: str, words: str) -> Iterable[Lineage]:
    return _lineages(Owner(user=run.user, visitor=run.visitor), symbol, words)


def _lineages(owner: Owner, symbol: str, words: str) -> models.QuerySet[Lineage]:
    with_words = LineageWords.objects.filter(symbol=symbol, shape_hash=words)
    return Lineage.objects.filter(owner.q(), pk__in=with_words.values("lineage")).order_by("pk")


def _merge(kept: Lineage, other: Lineage) -> None:
    """Let two lineages be one; nothing that was tried is counted twice or lost."""
    _enter(_copy(variant, kept) for variant in other.variants.all())
    for words in other.words.all():
        LineageWords.objects.get_or_create(
            lineage=kept, symbol=words.symbol, shape_hash=words.shape_hash
        )
    for hold_out in other.hold_outs.all():
        _move_hold_out(hold_out, kept)
    other.runs.update(lineage=kept)
    other.delete()


def _move_hold_out(hold_out: HoldOut, kept: Lineage) -> None:
    same = kept.hold_outs.filter(
        symbol=hold_out.symbol, first_day=hold_out.first_day, last_day=hold_out.last_day
    ).first()
    if same is None:
        hold_out.lineage = kept
        hold_out.save(update_fields=["lineage"])
        return
    same.unsealed_at = same.unsealed_at or hold_out.unsealed_at
    same.read_before = max(same.read_before, hold_out.read_before)
    same.save(update_fields=["unsealed_at", "read_before"])
    hold_out.tests.update(unseals=same)


def _copy(variant: Variant, lineage: Lineage) -> Variant:
    names = [field.attname for field in Variant._meta.fields if field.attname != "id"]
    values = {name: getattr(variant, name) for name in names}
    return Variant(**(values | {"lineage_id": lineage.pk}))


def _enter(rows: Iterable[Variant]) -> None:
    Variant.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _variant(
    run: BacktestRun,
    spec: Mapping[str, Any],
    script: str,
    params: Mapping[str, Any],
    source: str,
    sharpe: float | None,
    returns: int,
) -> Variant:
    chosen = spec["settings"]
    return Variant(
        lineage=run.lineage,
        fingerprint=fingerprint(run, spec, script, params),
        source=source,
        symbol=spec["symbol"],
        first_day=chosen["start"],
        last_day=chosen["end"],
        sharpe_ratio=sharpe,
        returns=returns,
    )


def fingerprint(
    run: BacktestRun, spec: Mapping[str, Any], script: str, params: Mapping[str, Any]
) -> str:
    """What makes two tries the same: script, parameters, data, days and costs."""
    chosen = spec["settings"]
    money = {name: value for name, value in chosen.items() if name not in NO_COSTS}
    parts = [
        hashlib.sha256(script.encode()).hexdigest(),
        {name: _plain(value) for name, value in params.items()},
        run.data_hash(),
        [chosen["start"], chosen["end"]],
        {name: value for name, value in money.items() if value or name == "commission"},
    ]
    plain = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(plain).hexdigest()


def _plain(value: Any) -> Any:
    """20 and 20.0 are one parameter."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
