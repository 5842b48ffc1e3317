"""Processes really killed: the same report, exactly once; no event lost or doubled."""

import json
import os
import signal
import sqlite3
import time
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.backtests.ideas import RSI_IDEA
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.strategy_model import StrategyModel
from tests.stack import Stack, descendants

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]

MODEL_IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70."
STAGES = ("generating", "validating", "executing", "reporting")
# What a run leaves must be the same to the byte, however often its worker was killed.
COMPARED = ("script", "decisions", "trades", "equity", "log", "facts", "chart", "report_markdown")


@pytest.fixture(scope="module")
def kill_stack():
    """A whole site whose leases are short, so that the tests need not wait long."""
    environment = {"STAGE_LEASE_SECONDS": "2", "DAILY_ALLOWANCE_ADDRESS": "1000"}
    with Stack(environment=environment) as stack:
        yield stack


@pytest.fixture(scope="module")
def model_stack():
    """The same with a language model whose first script is broken, so that there is a repair."""
    with OpenAIServer(StrategyModel(break_first=True)) as model:
        environment = {
            "STAGE_LEASE_SECONDS": "2",
            "DAILY_ALLOWANCE_ADDRESS": "1000",
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "none",
        }
        with Stack(environment=environment) as stack:
            yield stack


class Visitor:
    """Somebody new at the site: own cookies, own allowance."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def start(self, idea: str = RSI_IDEA) -> str:
        body = json.dumps({"strategy_description": idea}).encode()
        request = urllib.request.Request(
            f"{self.stack.url}/api/backtests",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=30) as answer:
            return json.load(answer)["id"]

    def get(self, address: str) -> Any:
        with self.opener.open(f"{self.stack.url}{address}", timeout=30) as answer:
            return json.load(answer)

    def wait(self, run_id: str, kind: str = "backtests", seconds: float = 90) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            run = self.get(f"/api/{kind}/{run_id}")
            if run["status"] not in ("queued", "running"):
                return run
            time.sleep(0.1)
        raise AssertionError(f"not finished after {seconds} s: {run}\n{self.stack.logs()}")

    def hashes(self, run_id: str) -> dict[str, str]:
        artifacts = self.get(f"/api/backtests/{run_id}/artifacts")
        return {a["kind"]: a["content_hash"] for a in artifacts if a["kind"] in COMPARED}

    def cookie_header(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)


def row(stack: Stack, run_id: str) -> tuple[str, str, str | None]:
    """Status, stage and lease of a run, read past the web server."""
    database = sqlite3.connect(f"file:{stack.folder / 'db.sqlite3'}?mode=ro", uri=True)
    try:
        found = database.execute(
            "select status, stage, lease_token from backtests_backtestrun where id = ?",
            [run_id.replace("-", "")],
        ).fetchone()
    finally:
        database.close()
    return found


def kill_in_stage(stack: Stack, stage: str, idea: str = RSI_IDEA) -> tuple[Visitor, str]:
    """Start runs until a worker was killed while it held the lease on `stage`."""
    for _ in range(5):
        visitor = Visitor(stack)
        run_id = visitor.start(idea)
        workers = descendants(stack.pids()["worker"])
        while True:
            status, now, lease = row(stack, run_id)
            if status not in ("queued", "running"):
                break
            if now == stage and lease:
                for pid in workers:
                    kill(pid)
                status, now, lease = row(stack, run_id)
                if now == stage and lease:
                    return visitor, run_id
                break
        visitor.wait(run_id)
    raise AssertionError(f"no worker could be killed in {stage}")


def kill(pid: int) -> None:
    """SIGKILL; a process that is gone already is fine."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_killed_in_a_stage_changes_nothing_in_the_end(kill_stack, stage):
    check_kill(kill_stack, stage, RSI_IDEA, STAGES)


def test_a_worker_killed_while_repairing_changes_nothing_in_the_end(model_stack):
    stages = ("generating", "validating", "repairing", "validating", "executing", "reporting")
    check_kill(model_stack, "repairing", MODEL_IDEA, stages)


def check_kill(stack: Stack, stage: str, idea: str, stages: tuple[str, ...]) -> None:
    """Run the idea calmly and with a killed worker, and compare everything they leave."""
    calm = Visitor(stack)
    undisturbed = calm.start(idea)
    assert calm.wait(undisturbed)["status"] == "completed"
    shaken, run_id = kill_in_stage(stack, stage, idea)
    assert shaken.wait(run_id)["status"] == "completed"
    assert shaken.hashes(run_id) == calm.hashes(undisturbed)
    events = shaken.get(f"/api/backtests/{run_id}/events")["results"]
    assert [e["sequence"] for e in events] == list(range(1, len(events) + 1))
    finished = [e["payload"]["stage"] for e in events if e["kind"] == "stage.finished"]
    assert finished == list(stages)
    assert sum(e["kind"] == "run.completed" for e in events) == 1
    started = [e["payload"] for e in events if e["kind"] == "stage.started"]
    assert {"stage": stage, "attempt": 2} in started
    assert reports_of(shaken, run_id) == 1
    assert shaken.get("/api/allowance")["used"] == 1


def reports_of(visitor: Visitor, run_id: str, seconds: float = 20) -> int:
    """How many reports the run has; made a moment after the run is completed."""
    deadline = time.monotonic() + seconds
    while True:
        listed = [report["run"] for report in visitor.get("/api/reports")["results"]]
        if run_id in listed or time.monotonic() > deadline:
            return listed.count(run_id)
        time.sleep(0.2)


def test_a_socket_survives_a_killed_web_server_without_losing_or_doubling_an_event(kill_stack):
    visitor = Visitor(kill_stack)
    run_id = visitor.start()
    seen: list[int] = []
    kinds: list[str] = []
    killed = 0
    deadline = time.monotonic() + 90
    while "run.completed" not in kinds and time.monotonic() < deadline:
        address = f"{kill_stack.url.replace('http', 'ws')}/ws/runs/{run_id}"
        try:
            with connect(
                f"{address}?after={seen[-1] if seen else 0}",
                origin=kill_stack.url,
                additional_headers={"Cookie": visitor.cookie_header()},
                open_timeout=10,
            ) as socket:
                while "run.completed" not in kinds:
                    message = json.loads(socket.recv(timeout=10))
                    seen.append(message["sequence"])
                    kinds.append(message["kind"])
                    if killed < 3 and len(seen) >= 2 * (killed + 1):
                        killed += 1
                        kill_stack.kill("web")
        except (ConnectionClosed, OSError, TimeoutError):
            time.sleep(0.1)
    assert killed == 3
    assert "run.completed" in kinds
    visitor.wait(run_id)
    events = visitor.get(f"/api/backtests/{run_id}/events")["results"]
    assert seen == [e["sequence"] for e in events][: len(seen)]
    assert seen == list(range(1, len(seen) + 1))
