"""A scripted server that speaks the OpenAI protocol, standard library only.

Real sockets and real chunked transfer coding, so every fault a client can meet on the wire is
produced byte for byte:

    with OpenAIServer() as server:
        server.push(Step(content="hello", usage=(10, 3)))
        ...
        assert server.journal[-1].body["model"] == "m"

Steps are consumed in order; with none left, `responder(body) -> Step` answers.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.openai_steps import Seen, Step

Responder = Callable[[dict[str, Any]], Step]
HANG_UP = (BrokenPipeError, ConnectionResetError)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class OpenAIServer:
    """The server with its script and its journal; a context manager."""

    def __init__(
        self,
        responder: Responder | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        models: tuple[str, ...] = ("fake-1",),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.journal: list[Seen] = []
        self.models = models
        self._steps: list[Step] = []
        self._responder = responder or (lambda body: Step())
        self._lock = threading.Lock()
        self._listener = _Listener((host, port), type("Bound", (_Handler,), {"owner": self}))
        if tls:
            self._listener.socket = tls.wrap_socket(self._listener.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://{host}:{self._listener.server_address[1]}/v1"

    def push(self, *steps: Step) -> None:
        with self._lock:
            self._steps.extend(steps)

    def next_step(self, body: dict[str, Any]) -> Step:
        with self._lock:
            if self._steps:
                return self._steps.pop(0)
        return self._responder(body)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [seen.body for seen in self.journal]

    def wait_for_hang_up(self, seconds: float = 20.0) -> bool:
        """Whether the last request's client closes its connection before the answer ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.journal[-1].hung_up:
            time.sleep(0.02)
        return self.journal[-1].hung_up

    def serve_forever(self) -> None:
        self._listener.serve_forever(poll_interval=0.05)

    def __enter__(self) -> OpenAIServer:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this every answer waits 40 ms for a delayed acknowledgement.
    disable_nagle_algorithm = True
    owner: OpenAIServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    # Requests

    def do_GET(self) -> None:
        self._note(None)
        if not self.path.rstrip("/").endswith("/models"):
            self._no_route()
            return
        models = [{"id": m, "object": "model", "created": 0} for m in self.owner.models]
        self._json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(data or b"{}")
        except ValueError:
            self._note(data)
            self._json(400, {"error": {"message": "the body is not JSON"}})
            return
        seen = self._note(body)
        if not self.path.partition("?")[0].endswith("/chat/completions"):
            self._no_route()
            return
        try:
            self._chat(body, self.owner.next_step(body))
        except HANG_UP:
            seen.hung_up = True
            self.close_connection = True

    def _note(self, body: Any) -> Seen:
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, body)
        self.owner.journal.append(seen)
        return seen

    # Whole answers

    def _chat(self, body: dict[str, Any], step: Step) -> None:
        refused = refusal_of(body, step)
        if refused:
            self._json(400, {"error": refused})
        elif step.raw is not None:
            time.sleep(step.first_token_after)
            self._raw(step.status, step.raw, step.content_type, step.headers)
        elif step.error is not None and step.error_at is None:
            self._json(step.status, {"error": step.error}, step.headers)
        elif step.status >= 400:
            self._json(step.status, {"error": {"message": f"status {step.status}"}}, step.headers)
        elif body.get("stream") and not step.ignore_stream:
            self._stream(body, step)
        else:
            time.sleep(step.first_token_after)
            self._json(200, completion(body, step), step.headers)

    def _no_route(self) -> None:
        self._json(404, {"error": {"message": f"no route {self.path}", "code": "not_found"}})

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(value).encode(), "application/json", headers or {})

    def _raw(self, status: int, data: bytes, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-request-id", "req_whole")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    # Streams

    def _stream(self, body: dict[str, Any], step: Step) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("x-request-id", "req_stream")
        self.end_headers()
        self._wait_for_first_token(step)
        for n, delta in enumerate(deltas(step)):
            if step.cut and step.cut[0] == n:
                self._cut(step.cut[1])
                return
            if step.error_at == n:
                self._event({"error": step.error or {"code": 502, "message": "disconnected"}})
                break
            if step.bad_json_at == n:
                self._put(b'data: {"id": "chatcmpl-fake", "choices": [{"ind\n\n')
            self._event(chunk(body, step, delta))
            time.sleep(step.gap)
        else:
            self._finish(body, step)
        if step.done:
            self._put(b"data: [DONE]\n\n")
        time.sleep(step.hold_open)
        self._end()

    def _wait_for_first_token(self, step: Step) -> None:
        end = time.monotonic() + step.first_token_after
        while (left := end - time.monotonic()) > 0:
            if step.heartbeat:
                self._put(b": OPENROUTER PROCESSING\n\n")
            time.sleep(min(step.heartbeat or left, left))

    def _finish(self, body: dict[str, Any], step: Step) -> None:
        if step.finish:
            self._event(chunk(body, step, {}, finish=step.finish))
        if step.usage and (body.get("stream_options") or {}).get("include_usage"):
            self._event({**chunk(body, step, {}), "choices": [], "usage": usage(step)})

    def _event(self, value: object) -> None:
        self._put(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _put(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _end(self) -> None:
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _cut(self, how: str) -> None:
        self.close_connection = True
        if how == "clean":  # a well-formed end, but neither finish_reason nor [DONE]
            self._end()
        elif how == "eof":  # FIN in the middle of a chunk
            self.wfile.write(b'40\r\ndata: {"id"')
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
        else:  # RST
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # The descriptor closes with its last reference; the two files hold one each.
            self.rfile.close()
            self.wfile.close()
            self.connection.close()


def refusal_of(body: dict[str, Any], step: Step) -> dict[str, Any] | None:
    """The error object for a request this server cannot serve."""
    for name in step.rejected:
        if name in body:
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            return {"message": message, "param": name, "code": "unsupported_parameter"}
    kind = (body.get("response_format") or {}).get("type")
    if kind in step.rejected_formats:
        message = f"response_format type '{kind}' is not supported by this model"
        return {"message": message, "param": "response_format", "code": None}
    if step.context_tokens is not None:
        tokens = sum(len(str(m.get("content") or "")) for m in body.get("messages", [])) // 4
        if tokens > step.context_tokens:
            message = (
                f"This model's maximum context length is {step.context_tokens} tokens. "
                f"However, your messages resulted in {tokens} tokens."
            )
            return {"message": message, "param": "messages", "code": "context_length_exceeded"}
    return None


def deltas(step: Step) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    pieces = (
        (step.reasoning_field, step.reasoning),
        ("content", step.content),
        ("refusal", step.refusal),
    )
    for name, text in pieces:
        for start in range(0, len(text or ""), step.chunk):
            yield {name: (text or "")[start : start + step.chunk]}


def chunk(
    body: dict[str, Any], step: Step, delta: dict[str, Any], finish: str | None = None
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": body.get("model"),
        "choices": [] if step.empty_choices else [choice],
    }


def usage(step: Step) -> dict[str, Any]:
    prompt, answer = step.usage or (0, 0)
    counted = {"prompt_tokens": prompt, "completion_tokens": answer}
    return {**counted, "total_tokens": prompt + answer, **step.usage_extra}


def completion(body: dict[str, Any], step: Step) -> dict[str, Any]:
    message = {"role": "assistant", "content": step.content, "refusal": step.refusal}
    if step.reasoning:
        message[step.reasoning_field] = step.reasoning
    choice = {"index": 0, "message": message, "finish_reason": step.finish}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body.get("model"),
        "choices": [] if step.empty_choices else [choice],
        "usage": usage(step) if step.usage else None,
    }
