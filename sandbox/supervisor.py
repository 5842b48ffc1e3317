"""One per job and trusted: builds the job's world, forks the script, watches, and reports.

The supervisor alone says how a job ended.  It outlives the script by milliseconds and dies with the
fork server.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox import child, hints, protocol
from sandbox.ground import JOB_PREFIX, Ground
from sandbox.job import meets
from sandbox.layers import kernel, namespaces, rlimits
from sandbox.limits import MAX_REQUEST_BYTES, Limits
from sandbox.watch import Watch

REQUEST_SECONDS = 5.0
ANSWER_SECONDS = 10.0
ANOMALY = 70  # exit code that makes the fork server retire


@dataclass(frozen=True)
class Request:
    """What the host asked for, read in this process and never in the fork server."""

    entry: str | None
    params: dict[str, object]
    suffix: str
    has_data: bool
    least_level: str
    limits: Limits
    script: int
    data: int
    streams: tuple[int, int, int]


@dataclass
class Outcome:
    """How the script ended."""

    status: str
    exit_code: int | None
    wall_s: float
    cpu_s: float
    peak_mb: float
    reason: str = ""
    limit: str = ""


class SetupFailed(Exception):
    """A layer could not be put on; no line of the script was run."""


def serve(connection: socket.socket, ground: Ground) -> int:
    """Handle one connection; the return value is this process's exit code."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    connection.settimeout(REQUEST_SECONDS)
    try:
        connection.sendall(protocol.HELLO)
        request = receive(connection)
    except OSError:
        return 0  # the host went away
    if request is None:
        return 0
    if not meets(ground.level, request.least_level):
        answer(connection, ground, refused(ground, request.least_level), {})
        return 0
    files: dict[str, bytes] = {}
    try:
        outcome, files = run_job(connection, request, ground)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        outcome = Outcome("error:sandbox", None, 0.0, 0.0, 0.0, reason)
    answer(connection, ground, outcome, files)
    return ANOMALY if outcome.status == "error:sandbox" else 0


def refused(ground: Ground, least: str) -> Outcome:
    reason = f"level {least} is required, level {ground.level} is what this machine gives. "
    return Outcome("error:sandbox", None, 0.0, 0.0, 0.0, reason + ground.reason)


def receive(connection: socket.socket) -> Request | None:
    message, descriptors, _, _ = socket.recv_fds(connection, 16, protocol.DESCRIPTORS)
    if not message or len(descriptors) != protocol.DESCRIPTORS:
        return None
    request, script, data, out, err, result = descriptors
    fields = json.loads(read_all(request, MAX_REQUEST_BYTES))
    os.close(request)
    return Request(
        entry=fields["entry"],
        params=fields["params"],
        suffix=fields["suffix"],
        has_data=fields["has_data"],
        least_level=fields["least_level"],
        limits=Limits.from_dict(fields["limits"]),
        script=script,
        data=data,
        streams=(out, err, result),
    )


def read_all(descriptor: int, at_most: int) -> bytes:
    chunks = []
    left = at_most
    while left and (chunk := os.read(descriptor, left)):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def answer(
    connection: socket.socket, ground: Ground, outcome: Outcome, files: dict[str, bytes]
) -> None:
    header = dict(vars(outcome), layers=ground.layers, level=ground.level)
    header["reason"] = outcome.reason[:2000]
    connection.settimeout(ANSWER_SECONDS)
    with contextlib.suppress(OSError):  # nobody is listening any more
        protocol.send_answer(connection, header, files)


def run_job(
    connection: socket.socket, request: Request, ground: Ground
) -> tuple[Outcome, dict[str, bytes]]:
    private = ground.level == "A"
    if private:
        limits = request.limits
        # The script's scratch space comes on top of what it was given.
        given = sum(os.fstat(opened).st_size for opened in (request.script, request.data))
        disk_mb = limits.disk_mb + (given >> 20) + 1
        namespaces.enter_job(ground.proc, disk_mb=disk_mb, inodes=limits.inodes)
        directory = namespaces.JOB
    else:
        directory = tempfile.mkdtemp(prefix=f"{JOB_PREFIX}{os.getpid()}-")
    try:
        task = furnish(directory, request, ground)
        # Opened before the script exists: whatever it renames, this stays the directory we made.
        out = os.open(task.out_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        outcome = run_script(connection, task, request, ground)
        files = collect(out, request.limits) if private else {}
        return outcome, files
    finally:
        if not private:
            shutil.rmtree(directory, ignore_errors=True)


def furnish(directory: str, request: Request, ground: Ground) -> child.Task:
    # Copied by the kernel, unseen: what is in it is first read by the script's own process.
    copy(request.script, f"{directory}/{child.SCRIPT_NAME}")
    data_path = f"{directory}/data{request.suffix}" if request.has_data else ""
    if data_path:
        copy(request.data, data_path)
        if ground.level == "A":
            namespaces.freeze(data_path)
    os.close(request.data)
    out_path = f"{directory}/out"
    Path(out_path).mkdir()
    return child.Task(
        entry=request.entry,
        params=request.params,
        directory=directory,
        data_path=data_path,
        out_path=out_path,
        limits=request.limits,
        threads=threads_allowed(request, ground),
        base_kb=ground.status_of("self", "VmSize")["VmSize"],
    )


def threads_allowed(request: Request, ground: Ground) -> int:
    if ground.level == "A":
        return request.limits.threads + 1  # this process stands in the same user namespace
    return request.limits.threads + rlimits.tasks_of(os.getuid(), ground.proc)


def copy(source: int, path: str) -> None:
    """A copy that counts against the job's disk: the original cannot be reached from inside."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o444)
    try:
        offset = 0
        while sent := os.sendfile(opened, source, offset, 1 << 24):
            offset += sent
    finally:
        os.close(opened)


def run_script(
    connection: socket.socket, task: child.Task, request: Request, ground: Ground
) -> Outcome:
    base = ground.anonymous_kb("self")
    ready_read, ready_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            code = child.run(task, ground, request.streams, ready_write, request.script)
        except BaseException:
            code = 1
        os._exit(code)
    for descriptor in (*request.streams, ready_write, request.script):
        os.close(descriptor)
    watch = Watch(connection, pid, ready_read, request.limits, ground, base)
    verdict = watch.until_the_end()
    if verdict is not None:
        os.kill(pid, signal.SIGKILL)
    _, wait_status, usage = os.wait4(pid, 0)
    ended = time.monotonic()
    said = watch.said + os.read(ready_read, 4096)
    started = said.startswith(child.READY)
    if not started and verdict != "killed:cancelled":
        raise SetupFailed(said[1:].decode("utf-8", "replace") or "the layers took too long")
    code = os.waitstatus_to_exitcode(wait_status)
    status, limit = ending(verdict, code, usage, said, request.limits)
    return Outcome(
        status=status,
        limit=limit,
        exit_code=code,
        wall_s=round(ended - watch.started, 4),
        cpu_s=round(usage.ru_utime + usage.ru_stime, 4),
        peak_mb=round(watch.peak_kb / 1024, 1),
    )


def ending(
    verdict: str | None, code: int, usage: resource.struct_rusage, said: bytes, limits: Limits
) -> tuple[str, str]:
    """The status, and the limit behind it where one was hit.

    What the script's process said only names the limit of a run that failed anyway.
    """
    if verdict is not None:
        return verdict, {"killed:timeout": "wall", "killed:memory": "memory"}.get(verdict, "")
    if code == 0:
        return "ok", ""
    if code > 0:
        hinted = hints.read(said)
        return ("killed:memory" if hinted == "memory" else "error"), hinted
    used = usage.ru_utime + usage.ru_stime
    if -code in (signal.SIGXCPU, signal.SIGKILL) and used >= limits.cpu_seconds - 0.5:
        return "killed:timeout", "cpu"
    return f"killed:signal:{-code}", ""


def collect(directory: int, limits: Limits) -> dict[str, bytes]:
    """Plain small files from the output directory; the script is dead, so nothing moves."""
    found: dict[str, bytes] = {}
    left = limits.output_bytes
    for name in sorted(os.listdir(directory)):
        if len(found) == limits.output_files:
            break
        if not protocol.FILE_NAME.fullmatch(name):
            continue
        try:
            opened = os.open(
                name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory
            )
        except OSError:
            continue
        try:
            about = os.fstat(opened)
            if stat.S_ISREG(about.st_mode) and about.st_nlink == 1 and about.st_size <= left:
                found[name] = read_all(opened, about.st_size)
                left -= len(found[name])
        finally:
            os.close(opened)
    return found
