"""Which assumptions are still true of a specification after a change."""

from __future__ import annotations

from llm.choices import EXIT, KIND, PAIR, START
from llm.specification.model import StrategySpec
from llm.specification.nodes import Compare, Indicator, Number
from llm.specification.walk import all_nodes
from llm.translator.reading.memory import Assumption

_ABOUT = (
    ("Trailing stops look at closes", ("trailing_stop", "trailing_distance")),
    ("The opposite entry closes", ("reverse",)),
    ("The choice is made anew", ("rotation",)),
    ("“Up” is counted from the entry", ("take_profit", "stop_loss")),
    ("“Down” is counted from the entry", ("stop_loss", "take_profit")),
)


def still_true(one: Assumption, spec: StrategySpec) -> bool:
    """Whether the specification still rests on what was assumed."""
    for head, names in _ABOUT:
        if one.sentence.startswith(head):
            return any(getattr(spec, name) for name in names)
    there = [node for node in all_nodes(spec) if isinstance(node, Indicator)]
    if one.key == KIND:
        return any(node.name == one.value for node in there)
    if one.key == PAIR:
        lengths = {node.numbers[:1] for node in there}
        return all((float(number),) in lengths for number in one.value)
    if one.key == EXIT:
        return True
    if one.key == START:
        return spec.settings.start is not None and str(spec.settings.start) == one.value
    name, _, what = one.key.rpartition(".")
    if what == "numbers":
        return any(node.name == name and list(node.numbers) == list(one.value) for node in there)
    if what == "level":
        return any(
            isinstance(node, Compare)
            and isinstance(node.right, Number)
            and node.right.value == one.value
            for node in all_nodes(spec)
        )
    return True
