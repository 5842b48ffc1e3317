"""Following a run: the backlog after a number, then every event once, in order."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from accounts.access import Owner
from alphabench.asgi import application
from backtests import services
from tests.backtests.ideas import GOLDEN_CROSS

pytestmark = [pytest.mark.both_stacks, pytest.mark.django_db(transaction=True)]


def connect(run, cookies="", after=None):
    path = f"/ws/runs/{run.pk}" + ("" if after is None else f"?after={after}")
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    if cookies:
        headers.append((b"cookie", cookies.encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def make_run(client):
    """Start a run as a visitor of the site; return it with the visitor's cookies."""
    from backtests.models import BacktestRun

    answer = client.post(
        "/api/backtests",
        {"strategy_description": GOLDEN_CROSS},
        content_type="application/json",
    )
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return BacktestRun.objects.get(pk=answer.json()["id"]), cookies


async def test_the_backlog_comes_first_and_then_what_happens(client, data):
    run, cookies = await sync_to_async(make_run)(client)
    socket = connect(run, cookies)
    assert (await socket.connect())[0]
    assert (await socket.receive_json_from(3))["kind"] == "run.queued"
    await sync_to_async(run.record)("log.line", {"level": "info", "message": "one"})
    message = await socket.receive_json_from(3)
    assert (message["sequence"], message["payload"]["message"]) == (2, "one")
    await socket.disconnect()


async def test_a_reconnecting_client_gets_only_what_it_missed(client, data):
    run, cookies = await sync_to_async(make_run)(client)
    for number in range(20):
        await sync_to_async(run.record)("log.line", {"level": "info", "message": str(number)})
    socket = connect(run, cookies, after=15)
    await socket.connect()
    seen = [(await socket.receive_json_from(3))["sequence"] for _ in range(6)]
    assert seen == [16, 17, 18, 19, 20, 21]
    assert await socket.receive_nothing(0.2)
    await socket.disconnect()


async def test_many_writers_and_readers_see_every_event_once_in_order(client, data):
    run, cookies = await sync_to_async(make_run)(client)
    sockets = [connect(run, cookies) for _ in range(5)]
    for socket in sockets:
        await socket.connect()
    write = sync_to_async(run.record, thread_sensitive=False)
    await asyncio.gather(*(write("log.line", {"message": str(n)}) for n in range(30)))
    for socket in sockets:
        seen = [(await socket.receive_json_from(5))["sequence"] for _ in range(31)]
        assert seen == list(range(1, 32))
        await socket.disconnect()


async def test_a_stranger_is_told_that_there_is_no_such_run(client, data):
    run, _ = await sync_to_async(make_run)(client)
    socket = connect(run)
    await socket.connect()
    assert (await socket.receive_output(3)) == {"type": "websocket.close", "code": 4404}


async def test_a_foreign_origin_is_refused(client, data):
    run, cookies = await sync_to_async(make_run)(client)
    socket = connect(run, cookies)
    socket.scope["headers"][0] = (b"origin", b"http://evil.example")
    assert not (await socket.connect())[0]


async def test_the_local_owner_is_nobody_on_the_web(client, data):
    run = await sync_to_async(services.start_backtest)(
        owner=Owner.local(), idea=GOLDEN_CROSS, enqueue=False
    )
    socket = connect(run)
    await socket.connect()
    assert (await socket.receive_output(3))["code"] == 4404
