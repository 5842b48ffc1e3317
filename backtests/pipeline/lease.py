"""Holding a run's lease while a stage computes: renewed in the background, lost when others act."""

import threading
from datetime import timedelta
from types import TracebackType
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import connection

log = structlog.get_logger(__name__)


def lease_length() -> timedelta:
    """How long a claim holds without renewal: what a killed worker costs in waiting."""
    return timedelta(seconds=settings.STAGE_LEASE_SECONDS)


class Leased(Protocol):
    """A row with a lease: a run, or a part of one."""

    pk: Any

    def renew(self, *, lease: timedelta) -> bool:
        """Hold the lease longer; False when it is no longer ours."""


class HeldLease:
    """Renews the lease from a thread; `lost` is set once it is no longer ours (cancelled)."""

    def __init__(self, run: Leased) -> None:
        self._run = run
        self._stop = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> "HeldLease":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        length = lease_length()
        # Cancelling must be noticed within about a second, renewing is due far less often.
        try:
            while not self._stop.wait(min(1.0, length.total_seconds() / 3)):
                if not self._run.renew(lease=length):
                    self.lost.set()
                    return
        except Exception:
            log.exception("lease_not_renewed", run_id=str(self._run.pk))
        finally:
            connection.close()
