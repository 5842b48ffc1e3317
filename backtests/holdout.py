"""The sealed hold-out: the last days of an idea's data, kept from everything until one test.

A run with a hold-out is cut before the sealed days; no later stage, file, page or prompt has them.
The seal belongs to the idea: other variants of it end before the sealed days, too. Unsealing runs
the same script once on all days; what is tried after that says that the test is spent.
"""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from backtests.errors import BacktestInvalid, RunRefused
from backtests.models import BacktestRun, HoldOut, Lineage, Variant
from engine import Books
from engine import metrics as measures
from engine import statistics as luck_of
from engine.worlds import World
from runs.states import Status

SMALLEST, LARGEST = Decimal("0.05"), Decimal("0.5")
# Fewer sealed bars say nothing, and fewer visible ones leave nothing to choose from.
FEWEST_BARS = 30
TWO_SIDED, ONE_SIDED = 1.96, 1.645  # normal quantiles of 97.5 % and 95 %
# A test that ended so told nobody anything that the same script would not tell again.
UNFINISHED = (Status.FAILED, Status.CANCELLED, Status.REFUSED)
PROMISES = {
    "kept": "It kept its promise: profitable there, beyond what chance explains.",
    "cannot_tell": "It may have kept its promise: the sealed days are too few to say.",
    "broken": "It did not keep its promise.",
}


def seal(run: BacktestRun, lineage: Lineage, spec: dict[str, Any], bars: World) -> World:
    """The bars that this run may read; the settings, assumptions and hold-out say what is cut.

    Raises `RunRefused` when everything asked for is sealed, or too little would be left.
    """
    symbol = spec["symbol"]
    if run.unseals is None:
        for sealed in lineage.hold_outs.filter(symbol=symbol, unsealed_at=None):
            bars = _before(sealed, spec, bars)
        if run.holdout and "holdout" not in spec:
            bars = _new(run, lineage, spec, bars)
    spec["assumptions"] += [sentence for sentence in _spent(run, lineage, spec) if sentence]
    return bars


def _before(sealed: HoldOut, spec: dict[str, Any], bars: World) -> World:
    """Cut what is sealed already; bars that do not reach into it stay as they are."""
    days = bars.time.astype("datetime64[D]")
    if days[-1] < np.datetime64(sealed.first_day) or days[0] > np.datetime64(sealed.last_day):
        return bars
    left = int(np.searchsorted(days, np.datetime64(sealed.first_day)))
    if left == 0:
        raise RunRefused(
            "sealed",
            f"The days from {sealed.first_day} to {sealed.last_day} are sealed for this idea. "
            "Unseal them with the variant that you believe in, or test days before them.",
        )
    _describe(sealed, spec)
    spec["assumptions"].append(
        f"The days from {sealed.first_day} on are sealed for this idea: the run ends before them."
    )
    return _ending(spec, bars, left)


def _new(run: BacktestRun, lineage: Lineage, spec: dict[str, Any], bars: World) -> World:
    count = round(len(bars) * float(run.holdout or 0))
    left = len(bars) - count
    if min(count, left) < FEWEST_BARS:
        raise RunRefused(
            "missing_data",
            f"Of {len(bars)} bars, {count} would be sealed and {left} left; both need "
            f"{FEWEST_BARS}. Choose a longer period or leave the hold-out away.",
        )
    first, last = _day(bars, left), _day(bars, len(bars) - 1)
    read = Variant.objects.filter(lineage=lineage).reaching(spec["symbol"], first, last).count()
    sealed, _ = HoldOut.objects.get_or_create(
        lineage=lineage,
        symbol=spec["symbol"],
        first_day=first,
        last_day=last,
        defaults={"bars": count, "read_before": read},
    )
    if sealed.is_sealed:
        _describe(sealed, spec)
        return _ending(spec, bars, left)
    return bars  # spent: said by the sentence about it


def _describe(sealed: HoldOut, spec: dict[str, Any]) -> None:
    sentence = (
        f"The days from {sealed.first_day} to {sealed.last_day} ({sealed.bars:,} bars) are sealed "
        "until you unseal them, once."
    )
    if sealed.read_before:
        times = "variant" if sealed.read_before == 1 else "variants"
        sentence += f" {sealed.read_before} {times} of this idea had read them before."
    spec["holdout"] = {
        "first_day": str(sealed.first_day),
        "last_day": str(sealed.last_day),
        "bars": sealed.bars,
        "read_before": sealed.read_before,
        "sentence": sentence,
    }


def _ending(spec: dict[str, Any], bars: World, left: int) -> World:
    spec["settings"]["end"] = str(_day(bars, left - 1))
    return bars.head(left)


def _spent(run: BacktestRun, lineage: Lineage, spec: dict[str, Any]) -> list[str]:
    """A sentence for each hold-out whose days this run reads although its test is over."""
    chosen, sentences = spec["settings"], []
    opened = lineage.hold_outs.filter(symbol=spec["symbol"], unsealed_at__isnull=False)
    for one in opened.filter(first_day__lte=chosen["end"], last_day__gte=chosen["start"]):
        if run.unseals_id == one.pk:
            continue
        tried = Variant.objects.filter(lineage=lineage, created_at__gte=one.unsealed_at)
        attempt = max(1, tried.reaching(one.symbol, one.first_day, one.last_day).count()) + 1
        sentences.append(
            f"The days from {one.first_day} to {one.last_day} were the sealed test of this idea, "
            f"opened on {one.unsealed_at:%Y-%m-%d}: attempt {attempt}, not sealed any more."
        )
    return sentences


def held_out(run: BacktestRun) -> HoldOut | None:
    """The hold-out that this run was cut before, or None."""
    cut = (run.read_json("spec") or {}).get("holdout")
    if cut is None or run.lineage is None:
        return None
    return run.lineage.hold_outs.filter(
        first_day=cut["first_day"], last_day=cut["last_day"]
    ).first()


def is_sealed(run: BacktestRun) -> bool:
    """Whether this run was cut before days that nobody has read yet."""
    sealed = held_out(run)
    return sealed is not None and sealed.is_sealed


@transaction.atomic
def unseal(run: BacktestRun) -> BacktestRun:
    """Open the hold-out of a completed run, once; the new run tests its script on all days.

    A test that ended without a result is made again, by the same run only. Raises
    `BacktestInvalid`.
    """
    sealed = held_out(run)
    if run.status != Status.COMPLETED or sealed is None:
        raise BacktestInvalid({"run": ["This run has no sealed days."]})
    sealed = HoldOut.objects.select_for_update().get(pk=sealed.pk)
    if not sealed.is_sealed:
        broken = sealed.tests.filter(parent=run, status__in=UNFINISHED)
        if not broken.exists() or sealed.tests.exclude(pk__in=broken).exists():
            raise BacktestInvalid(
                {"run": [f"These days were unsealed on {sealed.unsealed_at:%Y-%m-%d}, once."]}
            )
    else:
        sealed.unsealed_at = timezone.now()
        sealed.save(update_fields=["unsealed_at"])
    return BacktestRun(
        user=run.user,
        visitor=run.visitor,
        idea=run.idea,
        own_script=run.own_script,
        script_params=run.script_params,
        title=run.title,
        symbol_text=run.symbol_text,
        initial_capital=run.initial_capital,
        commission=run.commission,
        costs=run.costs,
        parent=run,
        lineage=run.lineage,
        unseals=sealed,
    )


@dataclass(frozen=True)
class SealedTest:
    """How a strategy did on the sealed days, beside the days it was chosen on."""

    first_day: str
    last_day: str
    bars: int
    total_return: float | None
    sharpe_ratio: float | None
    sharpe_low: float | None
    sharpe_high: float | None
    max_drawdown: float | None
    trades: int
    sharpe_ratio_before: float | None
    promise: str
    sentence: str


def sealed_test(sealed: HoldOut, bars: World, books: Books) -> SealedTest:
    """Measure the sealed part of a run over all days by itself.

    The account goes on through the seal: its value at the last close before is where the sealed
    part starts. The interval is the Sharpe ratio ± 1.96 standard errors (Lo 2002). The promise is
    broken where the ratio is not above 0, or falls short of the one before by more than chance
    explains (one-sided 5 % of the difference of two independent estimates); it is kept where the
    ratio is above 0 by more than that; else the days are too few.
    """
    first = int(np.searchsorted(bars.time.astype("datetime64[D]"), np.datetime64(sealed.first_day)))
    before, after = books.equity[:first], books.equity[first - 1 :]
    per_year = bars.periods_per_year
    ours, theirs = measures.returns(after), measures.returns(before)
    sharpe, old = measures.sharpe_ratio(ours, per_year), measures.sharpe_ratio(theirs, per_year)
    error = luck_of.sharpe_standard_error(ours, per_year)
    promise = _promise(sharpe, error, old, luck_of.sharpe_standard_error(theirs, per_year))
    reach = None if error is None else TWO_SIDED * error
    peak = np.maximum.accumulate(after)
    attempt = "Sealed test, attempt 1 of 1."
    if sealed.read_before:
        attempt = f"The days were not unread: {sealed.read_before} earlier variants had read them."
    return SealedTest(
        first_day=str(sealed.first_day),
        last_day=str(sealed.last_day),
        bars=len(bars) - first,
        total_return=float(after[-1] / after[0] - 1) if after[0] > 0 else None,
        sharpe_ratio=sharpe,
        sharpe_low=None if sharpe is None or reach is None else sharpe - reach,
        sharpe_high=None if sharpe is None or reach is None else sharpe + reach,
        max_drawdown=float((after / peak - 1).min()) if peak[0] > 0 else None,
        trades=int((books.trade_table[:, 1] >= first).sum()),
        sharpe_ratio_before=old,
        promise=promise,
        sentence=f"{attempt} {PROMISES[promise]}",
    )


def _promise(
    sharpe: float | None, error: float | None, old: float | None, old_error: float | None
) -> str:
    if sharpe is None or error is None:
        return "cannot_tell"
    short = 0.0
    if old is not None and old_error is not None:
        short = (sharpe - old) / math.hypot(error, old_error)
    if sharpe <= 0 or short < -ONE_SIDED:
        return "broken"
    return "kept" if sharpe > ONE_SIDED * error else "cannot_tell"


def parse(value: Any) -> Decimal | None:
    """A fraction, or a text like “20%”; None for nothing. Raises `BacktestInvalid`."""
    text = str(value if value is not None else "").strip()
    if text in ("", "0", "None"):
        return None
    try:
        number = Decimal(text.removesuffix("%").strip())
    except ArithmeticError:
        number = Decimal("NaN")
    if text.endswith("%"):
        number /= 100
    if not (number.is_finite() and SMALLEST <= number <= LARGEST):
        raise BacktestInvalid({"holdout": ["A hold-out is 5 % to 50 % of the data (0.05 to 0.5)."]})
    return number.quantize(Decimal("0.001"))


def _day(bars: World, at: int) -> date:
    return date.fromisoformat(str(bars.time[at])[:10])
