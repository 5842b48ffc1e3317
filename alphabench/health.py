"""Is the site well? `/health` for load balancers, `/health/detailed` for people on call."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alphabench.celery import app
from sandbox import Job, Limits, SandboxClient

PROBE_SECONDS = 2.0
# One answer serves everybody for this long, so that nobody can wear the parts out by asking.
REMEMBERED_SECONDS = 2.0


@dataclass(frozen=True)
class Part:
    """The state of one part of the site; without a mandatory part there is no service."""

    name: str
    ok: bool
    mandatory: bool
    message: str
    ms: float


_remembered: tuple[float, list[Part]] = (0.0, [])


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def health_detailed(request: HttpRequest) -> JsonResponse:
    """Say how every part is; 503 when a mandatory one is down. Sentences are for staff only."""
    parts = _parts()
    down = any(part.mandatory and not part.ok for part in parts)
    well = all(part.ok for part in parts)
    user = getattr(request, "user", None)
    # The session is read from the database, which may be what is down.
    staff = not down and user is not None and user.is_active and user.is_staff
    body: dict[str, Any] = {
        "status": "error" if down else "ok" if well else "degraded",
        "parts": {
            part.name: asdict(part) if staff else {"status": "ok" if part.ok else "error"}
            for part in parts
        },
    }
    return JsonResponse(body, status=503 if down else 200)


def check(name: str, probe: Callable[[], str], *, mandatory: bool) -> Part:
    """Run one probe; whatever it raises is the part's state, never an error of this page."""
    began = time.perf_counter()
    try:
        ok, message = True, probe()
    except Exception as error:
        ok, message = False, f"{type(error).__name__}: {error}"[:300]
    return Part(name, ok, mandatory, message, round((time.perf_counter() - began) * 1000, 1))


def forget() -> None:
    """Drop the remembered answer."""
    global _remembered
    _remembered = (0.0, [])


def _parts() -> list[Part]:
    global _remembered
    until, parts = _remembered
    if time.monotonic() < until:
        return parts
    probes: list[tuple[str, Callable[[], str], bool]] = [
        ("cache", probe_cache, True),
        ("broker", probe_broker, True),
        ("storage", probe_storage, True),
        ("sandbox", probe_sandbox, False),
        ("worker", probe_worker, False),
    ]
    # Side by side, so that the page takes as long as the slowest. The database is asked in this
    # thread: a connection belongs to the thread that opened it.
    with ThreadPoolExecutor(len(probes)) as pool:
        others = [
            pool.submit(check, name, probe, mandatory=mandatory)
            for name, probe, mandatory in probes
        ]
        parts = [check("database", probe_database, mandatory=True)]
        parts += [future.result() for future in others]
    _remembered = (time.monotonic() + REMEMBERED_SECONDS, parts)
    return parts


def probe_database() -> str:
    """A question that needs a working connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return f"{connection.vendor} answers."


def probe_cache() -> str:
    """What was written is read back."""
    key, value = f"health:{uuid.uuid4()}", uuid.uuid4().hex
    cache.set(key, value, timeout=10)
    if cache.get(key) != value:
        raise RuntimeError("The cache forgot what was just written.")
    cache.delete(key)
    return "Remembers what is written."


def probe_broker() -> str:
    """A new connection to the broker, so that an old open one cannot hide that it is gone."""
    with app.connection_for_read(connect_timeout=PROBE_SECONDS) as link:
        link.ensure_connection(max_retries=1, timeout=PROBE_SECONDS)
    return "Accepts connections."


def probe_storage() -> str:
    """A small file is written, read and removed."""
    content = uuid.uuid4().bytes
    name = default_storage.save(f"health/{uuid.uuid4()}", ContentFile(content))
    try:
        with default_storage.open(name, "rb") as file:
            if file.read() != content:
                raise RuntimeError("The storage gave back something else.")
    finally:
        default_storage.delete(name)
    return "Writes, reads and deletes."


def probe_worker() -> str:
    """The first worker to answer is enough."""
    answers = app.control.ping(timeout=PROBE_SECONDS / 2, limit=1)
    if not answers:
        raise RuntimeError("No worker answers; runs wait until one does.")
    return f"{next(iter(answers[0]))} answers."


def probe_sandbox() -> str:
    """A script of one line really runs, and says which level it ran at."""
    client = SandboxClient.connect(settings.SANDBOX_SOCKET, min_level=settings.SANDBOX_MIN_LEVEL)
    job = Job(script=b"print('well')", data=b"", data_suffix=".csv", entry=None)
    result = client.run(job, Limits(wall_seconds=PROBE_SECONDS))
    if result.status != "ok":
        raise RuntimeError(f"{result.status}: {result.reason}")
    return f"Level {result.level} runs."
