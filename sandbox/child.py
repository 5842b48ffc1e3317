"""The script's own process: puts every layer on, says so, then runs what it was given.

Nothing here is a boundary in itself; after `lock_down` the code of this module and the script's
have the same rights.
"""

import atexit
import contextlib
import gc
import importlib
import linecache
import os
import random
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TextIO, cast

from sandbox import hints
from sandbox.ground import Ground
from sandbox.layers import kernel, landlock, namespaces, privileges, rlimits, seccomp
from sandbox.limits import MAX_SCRIPT_BYTES, Limits
from sandbox.verify import verify

READY = b"R"
READY_FD, RESULT_FD, SCRIPT_FD, FIRST_FREE_FD = 3, 4, 5, 6
SCRIPT_NAME = "script.py"
# A scheduler's advice: web server and workers come first on a busy machine.
NICE = 5
# Reserved for each thread at its start; the C library's own 8 MB would use up a job's address space
# before its threads are used up.
THREAD_STACK = 2 << 20


@dataclass(frozen=True)
class Task:
    """Everything the script's process needs to know; made by the supervisor.

    The script itself is not in it: it is read from its descriptor once the walls have been tried.
    """

    entry: str | None
    params: dict[str, object]
    directory: str
    data_path: str
    out_path: str
    limits: Limits
    threads: int
    base_kb: int


def run(task: Task, ground: Ground, streams: tuple[int, int, int], ready: int, script: int) -> int:
    """Never returns to the caller's world: the exit code is for `os._exit`."""
    try:
        arrange_descriptors(streams, ready, script)
        limits = lock_down(task, ground)
        verify(limits, private=ground.level == "A", first_free=FIRST_FREE_FD)
    except BaseException as error:
        # Still our own code: no line of the script has been looked at.
        os.write(READY_FD, f"E{type(error).__name__}: {error}".encode()[:2000])
        return 1
    os.write(READY_FD, READY)
    return execute(task, read_script())


def arrange_descriptors(streams: tuple[int, int, int], ready: int, script: int) -> None:
    """0 is /dev/null already; 1, 2 the script's streams; 3 ready; 4 result; 5 script; no more."""
    # Through high numbers first, or one dup2 could close what the next one needs.
    given = (*streams, ready, script)
    high = [os.dup2(fd, 100 + i, inheritable=False) for i, fd in enumerate(given)]
    for source, target in zip(high, (1, 2, RESULT_FD, READY_FD, SCRIPT_FD), strict=True):
        os.dup2(source, target, inheritable=False)
    kernel.syscall("close_range", FIRST_FREE_FD, 0x7FFFFFFF, 0)


def lock_down(task: Task, ground: Ground) -> Mapping[int, tuple[int, int]]:
    """Put every layer on, for good; returns the resource limits now in force."""
    os.setsid()
    os.nice(NICE)
    set_surroundings(task)
    # Resident pages come from the fork server; address space is counted from there as well.
    limits = rlimits.table(
        base_kb=task.base_kb,
        memory_mb=task.limits.memory_mb,
        cpu_seconds=task.limits.cpu_seconds,
        file_mb=task.limits.file_mb if ground.level == "A" else 0,
        open_files=task.limits.open_files,
        threads=task.threads,
    )
    rlimits.apply(limits)
    privileges.drop_all()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if ground.level == "A":
        landlock.restrict((*ground.readable, *namespaces.DEVICES), (task.directory,))
    else:
        landlock.restrict((*ground.readable, *namespaces.DEVICES, task.directory), ())
    reset_signals()
    reseed()
    program = ground.syscall_filter or seccomp.compile_filter(os.getpid(), private_root=False)
    seccomp.install(program)
    return limits


def read_script() -> bytes:
    """The first look at the script, with every wall up."""
    with open(SCRIPT_FD, "rb") as script:
        return script.read(MAX_SCRIPT_BYTES)


def set_surroundings(task: Task) -> None:
    os.environ.clear()
    os.environ.update(
        HOME=task.directory,
        TMPDIR=task.directory,
        TZ="UTC",
        LANG="C.UTF-8",
        DATA_PATH=task.data_path,
        OUT_DIR=task.out_path,
    )
    time.tzset()
    tempfile.tempdir = None
    os.chdir(task.directory)
    os.umask(0o077)
    threading.stack_size(THREAD_STACK)


def reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    ignored = (signal.SIGPIPE, signal.SIGXFSZ)  # Python turns both into OSError
    for number in range(1, signal.SIGSYS + 1):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def reseed() -> None:
    """Every job inherits the same generators; numpy's is not reseeded by fork."""
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        cast(Any, numpy).random.seed()


def execute(task: Task, script: bytes) -> int:
    """Run the script; what it raises becomes a traceback on stderr and exit code 1."""
    gc.enable()
    sys.stdout = _text_stream(1)
    sys.stderr = _text_stream(2)
    sys.argv = [SCRIPT_NAME, task.data_path, task.out_path]
    code = 0
    try:
        try:
            source = script.decode("utf-8")
            lines = source.splitlines(keepends=True)
            linecache.cache[SCRIPT_NAME] = (len(source), None, lines, SCRIPT_NAME)
            if task.entry is None:
                run_as_main(source)
            else:
                call_entry(task, source)
        finally:
            cast(Any, threading)._shutdown()
            cast(Any, atexit)._run_exitfuncs()
    except SystemExit as stop:
        code = exit_code_of(stop)
    except BaseException as error:
        code = report(error)
    return finish(code)


def _text_stream(descriptor: int) -> TextIO:
    # Line by line: what a script said before it was killed is the first thing one wants to read.
    return open(
        descriptor, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )


def run_as_main(source: str) -> None:
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=SCRIPT_NAME, __builtins__=__builtins__)
    sys.modules["__main__"] = module
    exec(compile(source, SCRIPT_NAME, "exec"), module.__dict__)


def call_entry(task: Task, source: str) -> None:
    assert task.entry is not None
    module, _, name = task.entry.partition(":")
    function = getattr(importlib.import_module(module), name)
    outcome = function(source, task.data_path, task.params)
    if not isinstance(outcome, bytes | bytearray):
        raise TypeError(f"{task.entry} returned {type(outcome).__name__}, not bytes")
    view = memoryview(outcome)
    while view:
        view = view[os.write(RESULT_FD, view) :]


def exit_code_of(stop: SystemExit) -> int:
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 255
    with contextlib.suppress(BaseException):  # a hostile __str__ is not worth a traceback
        print(stop.code, file=sys.stderr)
    return 1


def report(error: BaseException) -> int:
    # Only makes "error" more precise; a script that forges it fails all the same.
    with contextlib.suppress(BaseException):
        os.write(READY_FD, hints.of(error))
    try:
        traceback.print_exception(type(error), error, frames_of_script(error))
    except BaseException:
        os.write(2, b"the script failed, and so did printing why\n")
    return 1


def frames_of_script(error: BaseException) -> types.TracebackType | None:
    """The traceback without the frames of this module, which mean nothing to the reader."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return frames


def finish(code: int) -> int:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            code = code or 1
    return code
