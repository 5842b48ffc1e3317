"""From an idea to its report on the embedded stack with a warm worker, and the time of each stage.

Run with `python -m benchmarks.idea_to_report [RUNS]`. Starts a site of its own in a temporary
folder, sends ideas over HTTP as new visitors, and reads the stages' times from the events.
"""

import json
import os
import statistics
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

# The stack asks the settings where the project lies.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alphabench.settings")

from tests.stack import Stack

IDEAS = (
    "Buy when the 50-day SMA crosses above the 200-day SMA, sell when it crosses below.",
    "Buy when RSI(14) is below 30 and sell when RSI(14) is above 70.",
    "Buy when MACD crosses above its signal line; sell when it crosses below. 5% stop loss.",
    "Buy when price closes below the lower Bollinger Band (20, 2), sell above the middle band.",
)
STAGES = ("generating", "validating", "executing", "reporting")


class Visitor:
    """A new person at the site."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def call(self, address: str, body: dict[str, Any] | None = None) -> Any:
        """One request; JSON in, JSON out."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + address, data=data, headers={"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=60) as answer:
            return json.load(answer)

    def test(self, idea: str) -> tuple[float, dict[str, float]]:
        """Seconds from the request to the report, and each stage's own."""
        started = time.perf_counter()
        run = self.call(
            "/api/backtests", {"strategy_description": idea, "instrument_symbol": "SPX"}
        )
        while run["status"] in ("queued", "running"):
            time.sleep(0.01)
            run = self.call(f"/api/backtests/{run['id']}")
        seconds = time.perf_counter() - started
        if run["status"] != "completed":
            raise SystemExit(f"{idea!r} is {run['status']}: {run['refusal']}")
        events = self.call(f"/api/backtests/{run['id']}/events")["results"]
        stages = {
            event["payload"]["stage"]: event["payload"]["seconds"]
            for event in events
            if event["kind"] == "stage.finished"
        }
        return seconds, stages


def main(runs: int = 40) -> None:
    """Measure and print."""
    totals: list[float] = []
    stages: dict[str, list[float]] = {stage: [] for stage in STAGES}
    with Stack(environment={"DAILY_ALLOWANCE_ADDRESS": "100000"}) as stack:
        for idea in IDEAS:  # the first of each kind warms caches that users find warm
            Visitor(stack.url).test(idea)
        for number in range(runs):
            seconds, parts = Visitor(stack.url).test(IDEAS[number % len(IDEAS)])
            totals.append(seconds)
            for stage in STAGES:
                stages[stage].append(parts[stage])
    print(f"idea to report, 5,031 daily bars, {runs} runs, over HTTP")
    for name, values in {"whole": totals, **stages}.items():
        ordered = sorted(values)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        print(f"  {name:<11} median {statistics.median(values):.3f} s   p95 {p95:.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
