"""Celery's beat, ended between two looks at its schedule and never within one."""

import signal
from types import FrameType

from celery import platforms
from celery.apps import beat
from celery.beat import Service

ASKED_AGAIN = 0.1  # seconds


class Beat(beat.Beat):
    """A Beat models the program that sends tasks by the clock.

    Celery's own handler saves the schedule wherever the signal finds it. In the middle of a query
    that closes the database under it, the error that follows swallows the exit, and beat lives on.
    """

    def install_sync_handler(self, service: Service) -> None:
        """End on SIGTERM and SIGINT; `Service.start` saves the schedule on its way out."""
        platforms.signals.update(SIGTERM=_end, SIGINT=_end, SIGALRM=_end)


def _end(number: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_code is Service.start.__code__:
        raise SystemExit
    # Within a look: asked again until it is over.
    signal.setitimer(signal.ITIMER_REAL, ASKED_AGAIN)
