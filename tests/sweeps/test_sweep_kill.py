"""Workers really killed in the middle of a sweep: the same result, once."""

import json
import sqlite3
import time
import urllib.request

import pytest

from engine.validation.declared import declared
from tests.backtests.test_kill import Visitor, kill
from tests.stack import Stack, descendants

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]
IDEA = "Buy the S&P 500 when RSI(14) is below 30 and sell when RSI(14) is above 70. Since 2010."


@pytest.fixture(scope="module")
def site():
    """A whole site whose leases are short, with small chunks."""
    environment = {
        "STAGE_LEASE_SECONDS": "2",
        "SWEEP_CHUNK_SIZE": "20",
        "DAILY_ALLOWANCE_ADDRESS": "1000",
    }
    with Stack(environment=environment) as stack:
        yield stack


def post(visitor, address, body):
    request = urllib.request.Request(
        f"{visitor.stack.url}{address}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with visitor.opener.open(request, timeout=30) as answer:
        return json.load(answer)


def rows(stack, question, sweep_id):
    database = sqlite3.connect(f"file:{stack.folder / 'db.sqlite3'}?mode=ro", uri=True)
    try:
        return database.execute(question, [sweep_id.replace("-", "")]).fetchall()
    finally:
        database.close()


def start(visitor, run_id):
    return post(visitor, "/api/sweeps", {"run": run_id, "ranges": ranges(visitor, run_id)})["id"]


def ranges(visitor, run_id):
    """200 combinations of the script's first two parameters, whatever they are called."""
    script = visitor.get(f"/api/backtests/{run_id}/script")["text"]
    one, two, *_ = declared(script).params
    return {one: list(range(2, 42)), two: list(range(2, 7))}


def kill_workers(stack, held, sweep_id):
    """Kill every process of the worker once `held` finds somebody at work."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if rows(stack, held, sweep_id)[0][0]:
            for pid in descendants(stack.pids()["worker"]):
                kill(pid)
            return rows(stack, held, sweep_id)[0][0] > 0
        time.sleep(0.002)
    return False


CHUNK_HELD = (
    "select count(*) from sweeps_sweepchunk "
    "where sweep_id = ? and number > 1 and lease_token is not null and done_at is null"
)
STUDY_HELD = (
    "select count(*) from sweeps_sweep "
    "where id = ? and stage = 'studying' and lease_token is not null and status = 'running'"
)


@pytest.mark.parametrize("held", [CHUNK_HELD, STUDY_HELD], ids=["computing", "studying"])
def test_a_killed_worker_changes_nothing_in_the_end(site, held):
    visitor = Visitor(site)
    run_id = visitor.start(IDEA)
    assert visitor.wait(run_id)["status"] == "completed"
    calm = start(visitor, run_id)
    assert visitor.wait(calm, "sweeps")["status"] == "completed"
    shaken = start(visitor, run_id)
    assert kill_workers(site, held, shaken)
    assert visitor.wait(shaken, "sweeps")["status"] == "completed"
    results = [
        visitor.get(f"/api/sweeps/{sweep_id}/results?limit=1000&order=sharpe_ratio")["results"]
        for sweep_id in (calm, shaken)
    ]
    assert results[0] == results[1]
    assert visitor.get("/api/allowance")["used"] == 3
