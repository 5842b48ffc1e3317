"""The script contract as the model is told it: the prompt plus the indicators there are."""

from __future__ import annotations

from llm.prompts import DataFence, load
from llm.specification.indicators import INDICATORS


def indicator_lines() -> str:
    """One line per indicator that is a single call, as the specification's templates write it."""
    calls = sorted({i.template for i in INDICATORS.values() if i.template.startswith("ta.")})
    single = [c for c in calls if c.count("ta.") == 1 and c.endswith(")")]
    return "\n".join(f"- `{c.replace('{x}', 'x').translate(_NO_BRACES)}`" for c in single)


_NO_BRACES = str.maketrans("", "", "{}")


def contract(fence: DataFence) -> str:
    """The system message for every call that writes code."""
    return load("write_script").fill(fence_rule=fence.rule, indicators=indicator_lines())
