"""What the translator answers, from a specification alone."""

from __future__ import annotations

from collections.abc import Sequence

from llm.provider import Choice, Draft
from llm.specification import (
    StrategySpec,
    chips,
    describe,
    lookback_bars,
    parameters,
    title,
    write_script,
)


def draft_of(spec: StrategySpec, choices: Sequence[Choice]) -> Draft:
    """Everything that is generated from a specification."""
    return Draft(
        title=title(spec),
        script=write_script(spec),
        params=parameters(spec),
        echo=describe(spec),
        symbol=",".join(spec.symbols) or spec.symbol,
        specification=spec,
        chips=tuple(chips(spec)),
        assumptions=spec.assumptions,
        choices=tuple(choices),
        settings=spec.settings.said(),
        lookback_bars=lookback_bars(spec),
    )
