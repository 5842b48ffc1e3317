"""How long the question "was it luck?" takes, and a report's figures as JSON.

Run: python -m benchmarks.luck_speed
"""

import json as json_module
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson

RUNS = 15
STRATEGY = Path(__file__).parents[1] / "docs" / "strategies" / "rsi2.py"


def median(work: Callable[[], object]) -> float:
    """Seconds, the first run left out."""
    work()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")
    import django

    django.setup()
    from backtests.report import chart, facts
    from backtests.report.fragility import tell_fragility
    from backtests.report.luck import tell_luck
    from backtests.report.regimes import tell_regimes
    from engine import SimulationConfig
    from engine.harness import decisions_of, load
    from tests.engine.markets import index_bars

    bars = index_bars()
    subject = facts.Subject(
        idea="",
        spec={},
        bars=bars,
        decisions=decisions_of(load(STRATEGY.read_text()), bars),
        config=SimulationConfig(),
        dataset={},
        script_hash="",
        variants_tried=10,
        provenance={},
    )
    study = facts.study(subject)
    told: dict[str, object] = {}

    def luck() -> None:
        told["luck"] = tell_luck(subject, study)
        told["fragility"] = tell_fragility(subject, study)
        told["regimes"] = tell_regimes(subject, study)
        told["costs"] = facts.tell_costs(subject, study, facts.summary_of(study.books))

    print(f"the luck section, {len(bars):,} bars   {median(luck) * 1000:8.1f} ms")
    told["metrics"] = facts.summary_of(study.books, study.benchmark)
    told["trades"] = [facts.tell_trade(n, t) for n, t in enumerate(study.books.trades, 1)]
    json = median(lambda: orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY))
    print(f"a report's figures as JSON          {json * 1000:8.2f} ms")
    curves = median(lambda: chart.as_json(study.books.bars, study))
    print(f"all curves of its chart as JSON     {curves * 1000:8.2f} ms")
    equity = study.books.equity
    plain = median(lambda: json_module.dumps(np.asarray(equity).tolist()))
    print(f"one curve by json.dumps             {plain * 1000:8.2f} ms")


if __name__ == "__main__":
    main()
