"""Settings for tests: the real ones, in a folder of their own that ends with the session.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` move the same tests to PostgreSQL and Redis.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Whatever the shell holds, tests start from the documented defaults.
FROM_THE_SHELL = [
    "DATABASE_URL",
    "REDIS_URL",
    "DEBUG",
    "PRODUCTION",
    "HTTPS",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "FIELD_ENCRYPTION_KEYS",
    "OWN_KEY_PRIVATE_ADDRESSES",
    "OPENAI_PRICE_PROMPT",
    "OPENAI_PRICE_COMPLETION",
    "S3_BUCKET",
    "EMAIL_HOST",
    "SANDBOX_MIN_LEVEL",
    "ACCOUNT_EMAIL_VERIFICATION",
    "DAILY_ALLOWANCE_VISITOR",
    "DAILY_ALLOWANCE_USER",
]
for _name in FROM_THE_SHELL:
    os.environ.pop(_name, None)
    os.environ.pop(f"{_name}_FILE", None)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def _session_folder() -> str:
    """One folder per pytest worker; a command started by a test shares its worker's."""
    if os.environ.get("ALPHABENCH_TEST_WORKER") == WORKER:
        return os.environ["ALPHABENCH_VAR"]
    folder = tempfile.mkdtemp(prefix=f"alphabench-test-{WORKER}-")
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked child must not take the folder with it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    os.environ["ALPHABENCH_TEST_WORKER"] = WORKER
    return folder


os.environ["ALPHABENCH_VAR"] = _session_folder()
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
if os.environ.get("TEST_REDIS_URL"):
    os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]

from alphabench.observability import logging_config  # noqa: E402
from alphabench.settings import *  # noqa: E402, F403
from alphabench.settings import (  # noqa: E402
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CHANNEL_LAYERS,
    DATABASES,
    STATIC_ROOT,
    STORAGES,
    VAR_DIR,
)

if not os.environ.get("TEST_DATABASE_URL"):
    # A file, not memory: threads and a real Celery worker see the same rows, with WAL as in life.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
# A persistent connection in another thread would keep the PostgreSQL test database from going.
DATABASES["default"]["CONN_MAX_AGE"] = 0

# Workers of one session share a Redis and never see each other.
CACHES["default"]["KEY_PREFIX"] = f"test-{WORKER}"
CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{WORKER}"
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"test-{WORKER}:"

# MD5 is for speed and never leaves the test database.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(STATIC_ROOT).mkdir(exist_ok=True)
LOGGING = logging_config(json=False, level="WARNING")
