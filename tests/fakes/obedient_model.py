"""A model that does what an attacker asks, as far as a model can: it answers with text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import PROSE, StrategyModel
from tests.llm.injections import BENIGN, Attack


@dataclass
class ObedientModel:
    """The responder for one attack; what it is not told to answer, it fills with all it knows."""

    attack: Attack | None = None

    def __call__(self, body: dict[str, Any]) -> Step:
        attack, messages = self.attack, body["messages"]
        system = messages[0]["content"]
        # Whoever asks a model to reveal things gets everything that it was ever told.
        told = " ".join(message["content"] for message in messages)
        model = StrategyModel()
        if attack is None:
            return model(body)
        if "You read trading ideas" in system:
            leak = {} if attack.reading or attack.script else {"title": told, "assumptions": [told]}
            reading = model.reading(BENIGN) | leak | attack.reading
            return Step(content=json.dumps(reading), chunk=5000)
        if "You write one readable Python file" in system:
            plain = model.script(f"<idea-x>\n{BENIGN}\n</idea-x>", repairing=True)
            return Step(
                content=f"```python\n{attack.script}```" if attack.script else plain, chunk=5000
            )
        return Step(content=attack.prose or f"{PROSE}\n{told}", chunk=5000)
