"""Bytes between host and supervisor, and the strict reading of what a script printed.

Host to supervisor: one message with six file descriptors and nothing else; the request is JSON in
the first of them.  Supervisor to host: `HELLO`, then frames (length, bytes): a JSON header and one
frame per collected file.
"""

import json
import math
import re
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass

HELLO = b"H"
KILL = b"K"
DESCRIPTORS = 6  # request, script, data, stdout, stderr, result
MAX_HEADER_BYTES = 64 << 10
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")

MAX_LINE_BYTES = 64 << 10
MAX_LINES = 20_000
MAX_DEPTH = 8
MAX_INT_DIGITS = 19


class ProtocolError(Exception):
    """The other side did not keep to the protocol."""


def frame(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


def send_answer(
    connection: socket.socket, header: Mapping[str, object], files: Mapping[str, bytes]
) -> None:
    listed = dict(header, files=[[name, len(body)] for name, body in files.items()])
    connection.sendall(frame(json.dumps(listed).encode()))
    for body in files.values():
        connection.sendall(frame(body))


@dataclass
class Answer:
    """Collects the supervisor's frames as they arrive, never more than was announced."""

    max_files: int
    max_bytes: int

    def __post_init__(self) -> None:
        self.buffer = bytearray()
        self.header: dict[str, object] | None = None
        self.expected: list[tuple[str, int]] = []
        self.files: dict[str, bytes] = {}

    @property
    def complete(self) -> bool:
        return self.header is not None and len(self.files) == len(self.expected)

    def feed(self, data: bytes) -> None:
        self.buffer += data
        while not self.complete and (payload := self._next_frame()) is not None:
            if self.header is None:
                self._read_header(payload)
            else:
                self.files[self.expected[len(self.files)][0]] = payload
        if self.complete and self.buffer:
            raise ProtocolError("more bytes than announced")

    def _next_frame(self) -> bytes | None:
        if len(self.buffer) < 4:
            return None
        (size,) = struct.unpack_from(">I", self.buffer)
        wanted = None if self.header is None else self.expected[len(self.files)][1]
        if size > MAX_HEADER_BYTES if wanted is None else size != wanted:
            raise ProtocolError(f"frame of {size} bytes")
        if len(self.buffer) < 4 + size:
            return None
        payload = bytes(self.buffer[4 : 4 + size])
        del self.buffer[: 4 + size]
        return payload

    def _read_header(self, payload: bytes) -> None:
        try:
            header = json.loads(payload)
            listed = [(str(name), int(size)) for name, size in header.pop("files")]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ProtocolError(f"header: {error}") from error
        names = {name for name, _ in listed}
        if (
            len(listed) > self.max_files
            or len(names) != len(listed)
            or sum(size for _, size in listed) > self.max_bytes
            or any(size < 0 or not FILE_NAME.fullmatch(name) for name, size in listed)
        ):
            raise ProtocolError("file list out of bounds")
        self.header, self.expected = header, listed


@dataclass(frozen=True)
class Lines:
    """JSON objects found in untrusted text, and how many lines were not one."""

    objects: tuple[dict[str, object], ...]
    bad: int


def _refuse(text: str) -> float:
    raise ValueError(f"not JSON: {text}")


def _bounded_int(text: str) -> int:
    if len(text.lstrip("-")) > MAX_INT_DIGITS:
        raise ValueError("integer too long")
    return int(text)


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _depth(line: bytes) -> int:
    """Deepest nesting, counted before parsing; brackets inside strings count too, which is safe."""
    depth = deepest = 0
    for byte in line:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def strict_object(line: bytes) -> dict[str, object]:
    """One JSON object, or `ValueError`: no NaN, no long integers, no depth, no lone surrogates."""
    if len(line) > MAX_LINE_BYTES or _depth(line) > MAX_DEPTH:
        raise ValueError("line too long or too deep")
    value = json.loads(
        line.decode("utf-8", "strict"),
        parse_constant=_refuse,
        parse_int=_bounded_int,
        parse_float=_finite_float,
    )
    if not isinstance(value, dict):
        raise ValueError("not an object")
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def strict_lines(raw: bytes) -> Lines:
    """JSON lines from a script's output; never raises, never recurses deep, never unbounded."""
    objects: list[dict[str, object]] = []
    bad = 0
    for line in raw.split(b"\n"):
        if not line.strip():
            continue
        if len(objects) >= MAX_LINES:
            bad += 1
            continue
        try:
            objects.append(strict_object(line))
        except (ValueError, RecursionError, MemoryError):
            bad += 1
    return Lines(tuple(objects), bad)
