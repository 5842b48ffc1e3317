"""The host's side of one job: hands over descriptors, reads with hard caps, believes nothing.

Used by the client on a connection to the fork server; runs no code of the sandbox.
"""

import contextlib
import json
import os
import selectors
import socket
import time
from collections.abc import Callable

from sandbox import protocol
from sandbox.job import Job, SandboxResult
from sandbox.limits import MAX_REQUEST_BYTES, SETUP_SECONDS, Limits

QUEUE_SECONDS = 120.0
# Beyond the supervisor's own time limits, until we lose patience with the supervisor itself.
PATIENCE_SECONDS = 8.0
DRAIN_SECONDS = 1.0
CHUNK = 1 << 16
TICK_SECONDS = 0.1


class NotStarted(Exception):
    """The connection ended before a supervisor took the job; it can be given to another server."""


class Anomaly(Exception):
    """The supervisor did not keep to the protocol; its fork server has to go."""


def memory_file(name: str, body: bytes) -> int:
    """An anonymous file, sealed: the other side sees exactly what was meant."""
    import fcntl

    descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    view = memoryview(body)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor


def request_of(job: Job, limits: Limits, least_level: str) -> bytes:
    body = json.dumps(
        {
            "entry": job.entry,
            "params": dict(job.params),
            "suffix": job.data_suffix,
            "has_data": job.data is not None,
            "least_level": least_level,
            "limits": limits.as_dict(),
        },
        allow_nan=False,
    ).encode()
    if len(body) > MAX_REQUEST_BYTES:
        raise ValueError(f"params take {len(body)} bytes, more than {MAX_REQUEST_BYTES}")
    return body


def exchange(
    connection: socket.socket,
    job: Job,
    limits: Limits,
    *,
    least_level: str,
    cancelled: Callable[[], bool] | None = None,
) -> SandboxResult:
    """Run one job over a fresh connection; raises `NotStarted` or `Anomaly`."""
    with contextlib.ExitStack() as stack:
        reads, writes = [], []
        for _ in range(3):
            read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            # Non-blocking belongs to the open file, and the script must not inherit that.
            os.set_blocking(write_end, True)
            stack.callback(os.close, read_end)
            reads.append(read_end)
            writes.append(write_end)
        sent = list(writes)
        try:
            sent[:0] = [
                memory_file("request", request_of(job, limits, least_level)),
                memory_file("script", job.script),
                memory_file("data", job.data or b""),
            ]
            connection.settimeout(PATIENCE_SECONDS)
            socket.send_fds(connection, [b"J"], sent)
        except OSError as error:
            raise NotStarted(str(error)) from error
        finally:
            for descriptor in sent:
                os.close(descriptor)
        conversation = Conversation(connection, reads, limits, cancelled)
        stack.callback(conversation.close)
        return conversation.run()


class Conversation:
    """Reads three pipes and the supervisor's answer until all have ended or time is up."""

    def __init__(
        self,
        connection: socket.socket,
        reads: list[int],
        limits: Limits,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.connection = connection
        self.cancelled = cancelled
        self.buffers = {descriptor: bytearray() for descriptor in reads}
        out, err, result = reads
        self.out, self.err, self.result = out, err, result
        self.names = {out: "stdout", err: "stderr", result: "result"}
        self.caps = {
            out: limits.stream_bytes,
            err: limits.stream_bytes,
            result: limits.result_bytes,
        }
        self.answer = protocol.Answer(limits.output_files, limits.output_bytes)
        self.wall_seconds = limits.wall_seconds
        self.started: float | None = None
        self.first_output: float | None = None
        self.overflow = ""
        self.was_cancelled = False
        self.deadline = time.monotonic() + QUEUE_SECONDS
        self.selector = selectors.DefaultSelector()
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ)
        for read_end in reads:
            self.selector.register(read_end, selectors.EVENT_READ)

    def close(self) -> None:
        self.selector.close()

    def run(self) -> SandboxResult:
        while self.selector.get_map():
            if self.answer.complete and self._only_streams_left() and self._overdue():
                break  # a descriptor that outlived its script is not waited for
            if self._overdue():
                self._give_up()
            if self.cancelled is not None and not self.was_cancelled and self.cancelled():
                self._cancel()
            for key, _ in self.selector.select(TICK_SECONDS):
                if key.fileobj is self.connection:
                    self._read_answer()
                else:
                    self._read_stream(key.fd)
        return self._result()

    def _overdue(self) -> bool:
        return time.monotonic() > self.deadline

    def _only_streams_left(self) -> bool:
        return self.connection not in {key.fileobj for key in self.selector.get_map().values()}

    def _give_up(self) -> None:
        if self.started is None:
            raise NotStarted(f"no free place within {QUEUE_SECONDS:g} s")
        raise Anomaly("the supervisor did not answer in time")

    def _cancel(self) -> None:
        """Half-close: the supervisor reads the end, kills the script, and still reports."""
        self.was_cancelled = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)

    def _read_stream(self, descriptor: int) -> None:
        data = os.read(descriptor, CHUNK)
        if not data:
            self.selector.unregister(descriptor)
            return
        if self.first_output is None:
            self.first_output = time.monotonic()
        buffer = self.buffers[descriptor]
        room = self.caps[descriptor] - len(buffer)
        buffer += data[: max(room, 0)]
        if len(data) > room and not self.overflow:
            self.overflow = self.names[descriptor]
            with contextlib.suppress(OSError):
                self.connection.send(protocol.KILL)

    def _read_answer(self) -> None:
        try:
            data = self.connection.recv(CHUNK)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(self.connection)
            if self.started is None:
                raise NotStarted("the fork server closed the connection")
            raise Anomaly("the supervisor died")
        if self.started is None:
            if data[:1] != protocol.HELLO:
                raise Anomaly("not a supervisor")
            data = data[1:]
            self.started = time.monotonic()
            patience = SETUP_SECONDS + PATIENCE_SECONDS
            self.deadline = self.started + self.wall_seconds + patience
        try:
            self.answer.feed(data)
        except protocol.ProtocolError as error:
            raise Anomaly(str(error)) from error
        if self.answer.complete:
            # The supervisor's own end takes the kernel a while and is of no interest.
            self.selector.unregister(self.connection)
            self.deadline = time.monotonic() + DRAIN_SECONDS

    def _result(self) -> SandboxResult:
        header = self.answer.header or {}
        try:
            return SandboxResult(
                status="output-truncated" if self.overflow else str(header["status"]),
                exit_code=_optional_int(header["exit_code"]),
                stdout=self.buffers[self.out].decode("utf-8", "replace"),
                stderr=self.buffers[self.err].decode("utf-8", "replace"),
                result=bytes(self.buffers[self.result]),
                files=self.answer.files,
                wall_s=_number(header["wall_s"]),
                cpu_s=_number(header["cpu_s"]),
                peak_mb=_number(header["peak_mb"]),
                layers=tuple(map(str, header["layers"])),  # type: ignore[call-overload]
                level=str(header["level"]),
                reason=str(header["reason"]),
                limit=self.overflow or str(header["limit"])[:20],
                first_output_s=self._seconds_to_first_output(),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Anomaly(f"header: {error!r}") from error

    def _seconds_to_first_output(self) -> float | None:
        if self.first_output is None or self.started is None:
            return None
        return max(0.0, self.first_output - self.started)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return float(value)


def _optional_int(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"not an integer: {value!r}")
    return value
