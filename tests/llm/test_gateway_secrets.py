"""Keys and ambient settings stay where they belong; addresses lead where they may."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator

import pytest

from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMConfig, LLMError, LLMTimeout
from llm.gateway.redact import MARK, Blackout, redact
from llm.gateway.ssrf import check_base_url, is_public, public_address
from tests.fakes.openai_server import OpenAIServer
from tests.fakes.openai_steps import Step
from tests.llm.connections import KEY, ask, connect
from tests.waiting import without_waiting_for

AMBIENT = {
    "OPENAI_API_KEY": "sk-canary-of-the-environment",
    "OPENAI_ADMIN_KEY": "sk-canary-admin-key",
    "OPENAI_ORG_ID": "org-canary",
    "OPENAI_PROJECT_ID": "proj-canary",
    "OPENAI_WEBHOOK_SECRET": "whsec-canary",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/canary",
    "OPENAI_CUSTOM_HEADERS": "X-Canary: canary\nAuthorization: Bearer canary",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


def test_nothing_of_the_environment_reaches_the_server(
    server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    assert ask(connect(server)).text == "ok"
    assert ask(connect(server, api_key="")).text == "ok"
    first, second = server.journal
    assert first.headers["authorization"] == f"Bearer {KEY}"
    assert second.headers["authorization"] == "Bearer none"
    for seen in server.journal:
        assert "canary" not in str(seen.headers).replace(KEY, "").lower()
        assert "canary" not in str(seen.body)
        assert set(seen.headers) == {
            "host",
            "accept",
            "accept-encoding",
            "connection",
            "content-type",
            "content-length",
            "user-agent",
            "authorization",
        }
        assert seen.headers["user-agent"] == "alphabench"


def test_headers_of_the_connection_are_sent(server: OpenAIServer) -> None:
    ask(connect(server, headers={"X-Title": "alphabench"}))
    assert server.journal[-1].headers["x-title"] == "alphabench"


ECHOES = {
    "the whole key": {"code": "invalid_api_key", "message": f"Incorrect API key: {KEY}"},
    "another secret": {"message": "got Authorization: Bearer abcdef0123456789"},
    "the key shortened": {"message": "Incorrect API key provided: sk-proj-****************cdef."},
}


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_a_key_that_the_server_echoes_does_not_come_out(
    server: OpenAIServer, caplog: pytest.LogCaptureFixture, name: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    server.push(Step(status=status, error=ECHOES[name]))
    with pytest.raises(LLMError) as caught:
        ask(connect(server, api_key=KEY))
    everything = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    everything += caplog.text
    for secret in (KEY, "abcdef0123456789", "****cdef"):
        assert secret not in everything
    assert MARK in str(caught.value)


def test_a_key_in_a_broken_answer_is_not_kept_with_the_partial_text(server: OpenAIServer) -> None:
    server.push(Step(content=f"your key is {KEY} and", finish=None))
    with pytest.raises(LLMError) as caught:
        ask(connect(server))
    assert KEY not in caught.value.partial
    assert "your key is" in caught.value.partial


@pytest.mark.parametrize("size", [1, 2, 5, 29, 30, 31, 1000])
def test_a_key_in_pieces_does_not_come_out_of_an_answer(server: OpenAIServer, size: int) -> None:
    shown: list[str] = []
    server.push(Step(content=f"a {KEY} b {KEY[:12]} c {KEY}{KEY} {KEY[:5]}", chunk=size))
    answer = ask(connect(server), on_delta=lambda delta: shown.append(delta.text))
    assert answer.text == f"a {MARK} b {KEY[:12]} c {MARK}{MARK} {KEY[:5]}"
    assert "".join(shown) == answer.text


def test_short_words_that_stand_for_no_key_are_shown_at_once() -> None:
    blackout = Blackout(("none", ""))
    assert [blackout.feed(piece) for piece in ("no", "ne", "theless")] == ["no", "ne", "theless"]
    assert blackout.finish() == ""


def test_a_connection_does_not_print_its_key() -> None:
    connection = ConnectionSettings("https://x.example/v1", KEY, "m", headers={"X-Key": "hidden99"})
    assert KEY not in repr(connection)
    assert "hidden99" not in repr(connection)


def test_our_errors_survive_the_way_between_processes() -> None:
    error = LLMConfig("no key", status=401, code="invalid_api_key")
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied), copied.status) == (LLMConfig, "no key", 401)


@pytest.mark.parametrize(
    "text",
    [
        "sk-or-v1-0123456789abcdef",
        "Authorization: Bearer abc.def-ghi_jkl",
        "AKIAABCDEFGHIJKLMNOP",
        "postgres://alice:hunter22@db/x",
        "my_api_key = 'abcdef123456'",
        '"password": "correct-horse"',
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0abc.c2lnbmF0dXJl",
    ],
)
def test_what_is_shaped_like_a_secret_is_blacked_out(text: str) -> None:
    cleaned = redact(f"before {text} after")
    assert MARK in cleaned
    assert cleaned.startswith("before")
    assert cleaned.endswith("after")
    secret = text.split()[-1].split("=")[-1].strip("'\"")
    assert secret not in cleaned


@pytest.mark.parametrize(
    "text",
    ["Buy when RSI(14) is below 30", "none of the tokens", "risk-on, risk-off", "sell the task-5"],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text, ("none",)) == text


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.com/v1",
        "ftp://models.example.com",
        "https://",
        "models.example.com",
        "https://user:pass@models.example.com/v1",
        "https://models.example.com/v1?x=1",
        "https://models.example.com/v1#f",
        "https://models.example.com:99999/v1",
        "https://exa mple.com/v1",
        "https://a\\@b.example/v1",
        "https://localhost/v1",
        "https://db.internal/v1",
        "https://127.0.0.1/v1",
        "https://10.1.2.3/v1",
        "https://169.254.169.254/latest",
        "https://[::1]/v1",
        "https://[::ffff:10.0.0.1]/v1",
        "https://[fd00::1]/v1",
        "https://0.0.0.0/v1",
    ],
)
def test_addresses_that_a_user_may_not_name_are_refused(url: str) -> None:
    with pytest.raises(LLMConfig) as caught:
        check_base_url(url, allow_private=False)
    assert caught.value.code == "base_url"


def test_public_https_is_fine_and_the_operator_may_allow_more() -> None:
    assert check_base_url("https://api.example.com/v1/", allow_private=False).endswith("com/v1")
    assert check_base_url("http://127.0.0.1:11434/v1", allow_private=True).endswith("/v1")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("100.64.0.1", False),
        ("192.168.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
    ],
)
def test_only_addresses_of_the_whole_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_that_leads_to_this_machine_is_refused_when_connecting(
    server: OpenAIServer,
) -> None:
    """Unusual spellings pass the look at the text; the connection itself is what must refuse."""
    port = server.url.rpartition(":")[2].partition("/")[0]
    for name in ("2130706433", "0x7f000001", "127.1"):
        connection = ConnectionSettings(f"https://{name}:{port}/v1", KEY, "m")
        with pytest.raises(LLMConfig, match="not public"):
            ask(connection)
    assert server.journal == []


def test_one_private_address_among_the_answers_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def mixed(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)
    with pytest.raises(LLMConfig):
        asyncio.run(public_address("rebinding.example", 443))


def test_a_dead_name_server_does_not_outlast_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()

    def dead(*where: object, **more: object) -> None:
        given_up.wait(60)
        raise socket.gaierror("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", dead)
    with without_waiting_for(60), pytest.raises(LLMTimeout):
        try:
            ask(ConnectionSettings("https://slow.example/v1", KEY, "m"), deadline=0.5)
        finally:
            given_up.set()


def test_importing_the_gateway_loads_no_client_library() -> None:
    code = "import llm.gateway, sys; print([m for m in ('openai', 'httpx2') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]", done.stderr
