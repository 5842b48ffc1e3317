"""Following a sweep over its WebSocket."""

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from alphabench.asgi import application
from sweeps import pipeline

pytestmark = [pytest.mark.both_stacks, pytest.mark.django_db(transaction=True)]


def connect(sweep, browser):
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    headers = [
        (b"origin", b"http://localhost"),
        (b"host", b"localhost"),
        (b"cookie", cookies.encode()),
    ]
    return WebsocketCommunicator(application, f"/ws/sweeps/{sweep.pk}", headers=headers)


async def test_its_owner_hears_every_chunk_and_the_end(start, browser):
    sweep = await sync_to_async(start)(ranges={"days": [20, 30]})
    socket = connect(sweep, browser)
    assert (await socket.connect())[0]
    await sync_to_async(pipeline.sweep_to_end)(sweep)
    seen = []
    while not seen or seen[-1]["kind"] != "run.completed":
        seen.append(await socket.receive_json_from(5))
    assert [message["sequence"] for message in seen] == list(range(1, len(seen) + 1))
    assert sum(message["kind"] == "chunk.finished" for message in seen) == 2
    await socket.disconnect()


async def test_a_stranger_is_told_that_it_does_not_exist(start, stranger):
    sweep = await sync_to_async(start)(ranges={"days": [20, 30]})
    socket = connect(sweep, stranger)
    await socket.connect()
    assert await socket.receive_output(3) == {"type": "websocket.close", "code": 4404}
