"""Keeps the roles alive, and ends them in order."""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from alphabench.serve.children import signal_session, start_child
from alphabench.serve.errors import ServeError
from alphabench.serve.logs import LogFolder
from alphabench.serve.roles import Role

STEADY_SECONDS = 30.0  # a child that lived this long had no trouble starting
LONGEST_PAUSE = 10.0
HOPELESS_STARTS = 3
READY_POLL = 0.05
PATIENCE = 20.0  # a role that lives this long without being ready holds nobody up any longer
ROTATE_SECONDS = 60.0


@dataclass
class Seat:
    """A Seat models a role's place: who sits in it now, and how often it fell empty."""

    role: Role
    child: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    ready: threading.Event = field(default_factory=threading.Event)
    ever_ready: bool = False
    done: bool = False

    def lets_others_start(self) -> bool:
        """Tell whether roles after this one may start: it was ready, or waiting is no use."""
        return (
            self.ever_ready
            or (self.failures > 0 and not self.role.essential)
            or self.keeps_us_waiting()
        )

    def keeps_us_waiting(self) -> bool:
        """Tell whether the child lives, and for long, without being ready."""
        late = time.monotonic() - self.started_at > PATIENCE
        return self.child is not None and not self.role.once and not self.ever_ready and late

    def pause(self) -> float:
        """Return how long to wait before the next start: none after a first crash."""
        return 0.0 if self.failures <= 1 else min(0.25 * 2**self.failures, LONGEST_PAUSE)


class Supervisor:
    """A Supervisor models the one process that everything else is a child of.

    Children are started by its main thread only (see `start_child`); threads merely ask whether
    one is ready.
    """

    def __init__(
        self,
        roles: Sequence[Role],
        *,
        folder: Path,
        logs: LogFolder,
        say: Callable[[str], None],
        changed: Callable[[dict[str, int]], None],
    ) -> None:
        self.seats = {role.name: Seat(role) for role in roles}
        self.folder = folder
        self.logs = logs
        self.say = say
        self.changed = changed
        self.stop_signals = 0
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._announced = self._complained = False

    def run(self, *, on_ready: Callable[[], None]) -> None:
        """Start everything, stay until a signal says stop, then end everything."""
        self._listen_to_signals()
        rotate_at = time.monotonic() + ROTATE_SECONDS
        try:
            while not self.stop_signals:
                for seat in self.seats.values():
                    self._look_after(seat)
                self._announce(on_ready)
                self._sleep()
                if time.monotonic() > rotate_at:
                    self.logs.rotate()
                    rotate_at = time.monotonic() + ROTATE_SECONDS
        finally:
            self._stop()

    def _announce(self, on_ready: Callable[[], None]) -> None:
        if not self._announced and self.seats["web"].ready.is_set():
            self._announced = True
            on_ready()
        elif self.seats["web"].keeps_us_waiting() and not self._complained:
            self._complained = True
            self.say(f"The home page does not answer 200 yet (see {self.logs.path('web')})")

    # Waiting: a signal, an ended child or a ready one writes a byte that ends the sleep

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # Under nohup the end of the terminal is to be ignored, and stays so.
            if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:
                signal.signal(number, self._count_stop)
        # Without a handler the end of a child would not write the byte.
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _count_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_signals += 1

    def _sleep(self, seconds: float = 0.5) -> None:
        select.select([self._wake_read], [], [], seconds)
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            return

    # One seat

    def _look_after(self, seat: Seat) -> None:
        if seat.child is not None and seat.child.poll() is not None:
            self._ended(seat)
        due = seat.child is None and not seat.done and time.monotonic() >= seat.start_at
        if due and all(self.seats[name].lets_others_start() for name in seat.role.after):
            self._start(seat)

    def _start(self, seat: Seat) -> None:
        role = seat.role
        seat.ready.clear()
        with self.logs.open(role.name) as log:
            seat.child = start_child(
                role.command,
                log=log,
                environment=role.environment,
                folder=self.folder,
                pass_fds=role.pass_fds,
                death_signal=role.death_signal,
            )
        seat.started_at = time.monotonic()
        self._report()
        if not role.once:
            threading.Thread(
                target=self._watch_readiness, args=(seat, seat.child), daemon=True
            ).start()

    def _watch_readiness(self, seat: Seat, child: "subprocess.Popen[bytes]") -> None:
        while seat.child is child and child.returncode is None and not self.stop_signals:
            if seat.role.ready():
                seat.ever_ready = True
                seat.ready.set()
                os.write(self._wake_write, b"r")
                return
            time.sleep(READY_POLL)

    def _ended(self, seat: Seat) -> None:
        child, seat.child = seat.child, None
        assert child is not None
        if seat.role.once:
            self._finished(seat, child.returncode)
            return
        # What it started may live on in its session; the next one must find the place empty.
        signal_session(child, signal.SIGKILL)
        lived = time.monotonic() - seat.started_at
        seat.failures = 1 if lived > STEADY_SECONDS else seat.failures + 1
        seat.start_at = time.monotonic() + seat.pause()
        how = _how_it_ended(child.returncode)
        if seat.role.essential and not seat.ever_ready and seat.failures >= HOPELESS_STARTS:
            raise ServeError(
                f"{seat.role.name} does not start ({how}). The end of "
                f"{self.logs.path(seat.role.name)}:\n{self.logs.tail(seat.role.name)}"
            )
        # Said a few times; what fails for ever is in its log and not on every line here.
        if seat.failures <= HOPELESS_STARTS:
            where = self.logs.path(seat.role.name)
            self.say(f"{seat.role.name} {how}; starting it again (see {where})")
        self._report()

    def _finished(self, seat: Seat, code: int) -> None:
        seat.done = seat.ever_ready = True
        if code != 0:
            where = self.logs.path(seat.role.name)
            self.say(f"{seat.role.name} {_how_it_ended(code)} (see {where})")
        self._report()

    def _report(self) -> None:
        self.changed({name: seat.child.pid for name, seat in self.seats.items() if seat.child})

    # The end

    def _stop(self) -> None:
        for outlives in (False, True):
            seats = [
                seat
                for seat in self.seats.values()
                if seat.child is not None and seat.role.outlives is outlives
            ]
            for seat in seats:
                assert seat.child is not None
                # To the leader alone: it ends its own children in its own order.
                seat.child.send_signal(signal.SIGTERM)
            self._wait_for(seats)
        self.changed({})

    def _wait_for(self, seats: list[Seat]) -> None:
        """Wait out each grace; a second Ctrl-C ends the waiting."""
        begun, before = time.monotonic(), self.stop_signals
        while left := [s for s in seats if s.child is not None and s.child.poll() is None]:
            for seat in left:
                impatient = self.stop_signals > before
                if impatient or time.monotonic() - begun > seat.role.grace:
                    assert seat.child is not None
                    self.say(f"{seat.role.name} had to be killed")
                    signal_session(seat.child, signal.SIGKILL)
                    seat.child.wait()
            self._sleep(0.1)
        for seat in seats:
            assert seat.child is not None
            signal_session(seat.child, signal.SIGKILL)


def _how_it_ended(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
