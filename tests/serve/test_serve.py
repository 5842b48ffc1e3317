"""`manage.py serve`: starts everything, survives crashes, leaves nothing behind."""

import re
import signal
import time
import urllib.request
from collections.abc import Iterator

import pytest

from tests.stack import ROLES, Stack, alive, wait_until_gone

pytestmark = [pytest.mark.kill, pytest.mark.timeout(240)]


def get(url: str, timeout: float = 30.0) -> int:
    """Return the status of one page; a refused connection raises at once."""
    with urllib.request.urlopen(url, timeout=timeout) as response:
        return int(response.status)


@pytest.fixture(scope="module")
def site() -> Iterator[Stack]:
    """Return a site of this module's own, for it is killed and stopped."""
    with Stack() as running:
        yield running


def test_every_role_runs_and_the_pages_answer(site: Stack) -> None:
    assert set(site.pids()) == set(ROLES)
    assert get(site.url + "/") == 200
    assert get(site.url + "/health") == 200


def test_the_console_says_where_it_is_and_how_to_end_it(site: Stack) -> None:
    said = site.console.read_text()
    assert f"alphabench is ready at {site.url}/" in said
    assert "Ctrl-C" in said


def test_an_idea_was_read_before_a_visitor_types_one(site: Stack) -> None:
    log = site.folder / "log" / "web.log"
    read = re.compile(r'"code": 200, "request": "GET /\?idea=')

    site.wait_for(lambda: log.exists() and read.search(log.read_text()), "a first reading")


def test_a_second_start_in_the_folder_says_who_has_it(site: Stack) -> None:
    second = site.manage("serve", "--port", "0")
    assert second.returncode == 1
    assert second.stderr.strip().splitlines() == [
        f"alphabench is already running here: {site.url}/ (process {site.supervisor.pid}). "
        f"To stop it: kill {site.supervisor.pid}"
    ]


def test_a_port_in_use_is_one_line_with_the_way_out(site: Stack) -> None:
    other = Stack(port=site.port)
    done = other.manage("serve", "--port", str(site.port))
    other.discard()
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip().splitlines() == [
        f"Port {site.port} is already in use by another program. "
        f"Choose another one: make run PORT={site.port + 1}"
    ]


def test_a_crashed_web_child_refuses_no_connection(site: Stack) -> None:
    old = site.kill("web")
    # urlopen raises on a refused connection: the request below is sent while nobody accepts.
    assert get(site.url + "/health", timeout=60) == 200
    assert site.wait_for_new("web", old) != old


@pytest.mark.parametrize("role", ["worker", "beat", "sandbox", "valkey"])
def test_a_crashed_child_comes_back(site: Stack, role: str) -> None:
    old = site.kill(role)
    new = site.wait_for_new(role, old)
    time.sleep(1)
    assert alive({new}) == {new}


def test_ctrl_c_ends_every_process_without_force(site: Stack) -> None:
    everything = site.processes()
    assert len(everything) > len(ROLES)  # the pool below the worker is among them
    assert site.stop() == 0
    assert alive(everything) == set()
    console = site.console.read_text()
    assert "had to be killed" not in console
    assert console.endswith("alphabench has stopped.\n")


def test_a_killed_supervisor_leaves_no_orphan() -> None:
    with Stack() as site:
        everything = site.processes()
        site.supervisor.send_signal(signal.SIGKILL)
        assert wait_until_gone(everything, 8) == set()


def test_the_folder_is_free_again_after_a_kill() -> None:
    with Stack() as site:
        site.supervisor.send_signal(signal.SIGKILL)
        site.supervisor.wait()
        site.start()
        assert get(site.url + "/health") == 200
