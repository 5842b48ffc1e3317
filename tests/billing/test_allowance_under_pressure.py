"""The allowance stays exact when everybody asks at once."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from accounts.access import Owner
from accounts.models import User, Visitor
from billing import services
from billing.errors import AllowanceExhausted
from billing.models import Reservation, UsageDay

pytestmark = pytest.mark.both_stacks
ROOT = Path(__file__).resolve().parent.parent.parent


def at_once(number: int, act: Callable[[int], object]) -> list[object]:
    """Run `act` in so many threads that start together; an exception is its result."""
    barrier = threading.Barrier(number)
    results: list[object] = [None] * number

    def work(index: int) -> None:
        try:
            barrier.wait(timeout=20)
            results[index] = act(index)
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.fixture
def dora(transactional_db: None) -> User:
    return User.objects.create_user("dora@example.org", "correct horse battery")


def test_fifty_requests_at_once_take_exactly_five(dora: User) -> None:
    results = at_once(50, lambda _: services.reserve(owner=Owner(user=dora)))
    taken = [r for r in results if isinstance(r, Reservation)]
    refused = [r for r in results if isinstance(r, AllowanceExhausted)]
    assert (len(taken), len(refused)) == (5, 45), {repr(r) for r in results}
    assert UsageDay.objects.get().used == 5
    assert Reservation.objects.count() == 5


def test_many_visitors_of_one_address_share_its_limit(
    settings: Any, transactional_db: None
) -> None:
    settings.DAILY_ALLOWANCE_ADDRESS = 7

    def act(_: int) -> object:
        return services.reserve(owner=Owner(visitor=Visitor(address_hash="a" * 64)))

    results = at_once(24, act)
    taken = [r for r in results if isinstance(r, Reservation)]
    refused = [r for r in results if isinstance(r, AllowanceExhausted)]
    assert (len(taken), len(refused)) == (7, 17), {repr(r) for r in results}
    assert UsageDay.objects.get(address_hash="a" * 64).used == 7
    assert sum(UsageDay.objects.filter(address_hash="").values_list("used", flat=True)) == 7


def test_a_reservation_closed_from_all_sides_is_closed_once(dora: User) -> None:
    held = services.reserve(owner=Owner(user=dora))
    assert held is not None

    def act(index: int) -> object:
        close = services.release if index % 2 else services.settle
        return close(reservation_id=held.pk)

    results = at_once(20, act)
    assert sorted(map(str, results)) == ["False"] * 19 + ["True"]
    held.refresh_from_db()
    assert UsageDay.objects.get().used == (1 if held.status == "settled" else 0)


def test_taking_and_giving_back_together_never_loses_count(dora: User) -> None:
    def act(_: int) -> object:
        for _ in range(5):
            try:
                held = services.reserve(owner=Owner(user=dora))
            except AllowanceExhausted:
                continue
            assert held is not None
            services.release(reservation_id=held.pk)
        return "done"

    assert at_once(12, act) == ["done"] * 12
    assert UsageDay.objects.get().used == 0
    assert not Reservation.objects.filter(status="held").exists()


PROGRAM = """
import sys, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from accounts.access import Owner
from accounts.models import User
from billing import services
from billing.errors import AllowanceExhausted
owner = Owner(user=User.objects.get(pk=sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
taken = 0
for _ in range(6):
    try:
        services.reserve(owner=owner)
        taken += 1
    except AllowanceExhausted:
        pass
print(taken, flush=True)
"""


def test_three_programs_at_once_take_exactly_five(dora: User) -> None:
    """Threads share one interpreter and could be exact by luck; programs share only the file."""
    database = str(connection.settings_dict["NAME"])
    words = [sys.executable, "-c", PROGRAM, str(dora.pk), database]
    programs = [
        subprocess.Popen(
            words,
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    taken = [int(program.communicate(timeout=60)[0]) for program in programs]
    assert sum(taken) == 5, taken
    assert UsageDay.objects.get().used == 5
