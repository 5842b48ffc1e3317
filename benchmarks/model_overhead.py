"""What a run with a language model costs beyond the model's own time, and what the second reading
adds to it.

Run with `python -m benchmarks.model_overhead [RUNS]`. Starts a local server that answers
every call after a fixed time, and three sites: the translator alone, the model, and the model with
the second reading. They run the same ideas by turns. Answers are not kept between runs.
"""

import json
import os
import statistics
import sys
from contextlib import ExitStack
from typing import Any

# The stack asks the settings where the project lies.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")

from benchmarks.idea_to_report import STAGES, Visitor
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.fakes.strategy_model import StrategyModel
from tests.stack import Stack

IDEA = "Buy the S&P 500 when RSI({}) is below 30 and sell when RSI({}) is above 70."
ANSWER_SECONDS = 0.05
CALLS = {"generating": 2, "reporting": 1}  # reading and script; the prose
ALLOWED = {
    "DAILY_ALLOWANCE_ADDRESS": "100000",
    "LLM_DAILY_TOKENS_ADDRESS": "1000000000",
    "LLM_CACHE_SECONDS": "0",
}


class Punctual(StrategyModel):
    """The demo model, whose answers each take the same time, in one piece."""

    def __call__(self, body: dict[str, Any]) -> Step:
        step = super().__call__(body)
        step.first_token_after, step.chunk = ANSWER_SECONDS, 100_000
        return step


def measure(stacks: dict[str, Stack], runs: int) -> dict[str, list[dict[str, float]]]:
    """Each site's runs by turns, stages in seconds; the first three warm what users find warm."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in stacks}
    for number in range(runs + 3):
        period = 5 + number % 20
        for name, stack in stacks.items():
            stages = Visitor(stack.url).test(IDEA.format(period, period))[1]
            if number >= 3:
                found[name].append(stages)
    return found


def touched(stages: dict[str, float], calls: dict[str, int]) -> float:
    """Seconds of the stages that a model has a part in, without its own; the look-ahead gate
    between them is the same for everybody and far from steady."""
    seconds = sum(stages[name] for name in STAGES if name != "validating")
    return seconds - ANSWER_SECONDS * sum(calls.values())


def tell(name: str, seconds: list[float]) -> None:
    """One line: median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    print(f"  {name:<44} median {median * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms")


def main(runs: int = 30) -> None:
    """Measure and print."""
    with ExitStack() as open_sites:
        server = open_sites.enter_context(OpenAIServer(Punctual()))
        model = {"OPENAI_BASE_URL": server.url}
        found = measure(
            {
                "alone": open_sites.enter_context(Stack(environment=ALLOWED)),
                "model": open_sites.enter_context(
                    Stack(environment=ALLOWED | model | {"SECOND_READING": "0"})
                ),
                "both": open_sites.enter_context(Stack(environment=ALLOWED | model)),
            },
            runs,
        )
    alone = [touched(one, {}) for one in found["alone"]]
    asked = [touched(one, CALLS) for one in found["model"]]
    both = [touched(one, CALLS) for one in found["both"]]
    print(json.dumps({"runs": runs, "answer_seconds": ANSWER_SECONDS, "calls": CALLS}))
    tell("stages with a part for the model: translator", alone)
    tell("model, without its own time", asked)
    tell("model and second reading", both)
    tell("overhead of the model", differences(asked, alone))
    tell("overhead of the second reading", differences(both, asked))
    for stage in STAGES:
        for name, runs_of in found.items():
            tell(f"  {stage}, {name}", [one[stage] for one in runs_of])


def differences(ones: list[float], others: list[float]) -> list[float]:
    """Run by run: the runs of one round stood under the same load."""
    return [one - other for one, other in zip(ones, others, strict=True)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
