"""Every configuration mistake has a number, and every variable a description."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "k" * 50,
    "SECRET_KEY_IS_MISSING": False,
    "ALLOWED_HOSTS": ["backtests.example.org"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "DATABASE_URL": "postgres://user@db/name",
    "REDIS_URL": "redis://redis/0",
    "SANDBOX_MIN_LEVEL": "A",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "TRUSTED_PROXY_COUNT": 1,
    "FIELD_ENCRYPTION_KEYS": ["w" * 43 + "=", "A" * 43 + "="],
}


def found(changes: dict[str, Any], conf: Any) -> set[str]:
    for name, value in changes.items():
        setattr(conf, name, value)
    return {m.id for m in run_checks() if m.id and m.id.startswith("alphabench.")}


def test_the_embedded_defaults_are_in_order(settings: Any) -> None:
    assert found({}, settings) == set()


def test_a_complete_production_is_in_order(settings: Any) -> None:
    assert found(PRODUCTION, settings) == set()


@pytest.mark.parametrize(
    ("mistake", "number"),
    [
        ({"SECRET_KEY_IS_MISSING": True}, "E001"),
        ({"SECRET_KEY": "short"}, "E002"),
        ({"DEBUG": True}, "E003"),
        ({"ALLOWED_HOSTS": []}, "E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "E004"),
        ({"ALLOWED_HOSTS": ["localhost", "127.0.0.1"]}, "E004"),
        ({"SESSION_COOKIE_SECURE": False}, "E005"),
        ({"CSRF_COOKIE_SECURE": False}, "E005"),
        ({"DATABASE_URL": ""}, "E006"),
        ({"REDIS_URL": ""}, "E007"),
        ({"SANDBOX_MIN_LEVEL": "N"}, "E008"),
        ({"SANDBOX_MIN_LEVEL": "B"}, "W009"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "W010"),
        ({"TRUSTED_PROXY_COUNT": 0}, "W011"),
        ({"FIELD_ENCRYPTION_KEYS": []}, "E014"),
        ({"FIELD_ENCRYPTION_KEYS": ["w" * 43 + "=", "short"]}, "E015"),
        ({"OWN_KEY_PRIVATE_ADDRESSES": True}, "W016"),
        ({"MAX_REPAIRS": -1}, "E012"),
        ({"LLM_DAILY_TOKENS_USER": -1}, "E012"),
        ({"LLM_DAILY_DOLLARS_VISITOR": -0.5}, "E012"),
        ({"SANDBOX_MEMORY_MB": 0}, "E012"),
    ],
)
def test_each_mistake_in_production_has_its_number(
    settings: Any, mistake: dict[str, Any], number: str
) -> None:
    assert found(PRODUCTION | mistake, settings) == {f"alphabench.{number}"}


@pytest.mark.parametrize(
    ("mistake", "number"),
    [
        ({"ALLOWED_HOSTS": []}, "E004"),
        ({"SANDBOX_MIN_LEVEL": "C"}, "E008"),
        ({"FIELD_ENCRYPTION_KEYS": ["not a key"]}, "E015"),
    ],
)
def test_some_mistakes_are_mistakes_everywhere(
    settings: Any, mistake: dict[str, Any], number: str
) -> None:
    assert found(mistake, settings) == {f"alphabench.{number}"}


def test_every_number_is_documented_by_its_check() -> None:
    source = (ROOT / "alphabench" / "checks.py").read_text()
    given = {int(n) for n in re.findall(r"_(?:error|warning)\(\s*(\d+)", source)}
    assert given == set(range(1, max(given) + 1))
    for number in given:
        assert re.search(rf'"""[^"]*[EW]{number:03}\b', source), f"{number:03} is not described"


def variables_described() -> list[tuple[str, str]]:
    text = (ROOT / ".env.example").read_text()
    lines = re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", text, flags=re.MULTILINE)
    # Quoted as a shell reads it.
    return [(name, "".join(shlex.split(value))) for name, value in lines]


def test_env_example_shows_the_defaults() -> None:
    """With every line uncommented nothing changes, so no default in it is out of date."""
    pairs = dict(variables_described())
    assert len(pairs) == len(variables_described())
    pairs.pop("ALPHABENCH_VAR")
    program = (
        "import json, alphabench.settings as s;"
        "read = {k: v for k, v in vars(s).items() if k.isupper() and k != 'LOGGING'};"
        "print(json.dumps(read, default=str))"
    )
    with tempfile.TemporaryDirectory() as folder:
        base = {"PATH": os.environ["PATH"], "ALPHABENCH_VAR": folder}
        answers = [
            subprocess.run(
                [sys.executable, "-c", program],
                env=environment,
                cwd=ROOT,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for environment in (base, base | pairs)
        ]
    assert answers[0] == answers[1]


def test_settings_refuse_a_value_they_cannot_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", "import alphabench.settings"],
            env={"PATH": os.environ["PATH"], "ALPHABENCH_VAR": folder, "EMAIL_PORT": "many"},
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert "EMAIL_PORT='many' is not a whole number." in done.stderr


def test_production_without_a_key_starts_far_enough_to_say_so() -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "manage.py", "check"],
            env={"PATH": os.environ["PATH"], "ALPHABENCH_VAR": folder, "PRODUCTION": "1"},
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    for number in ("E001", "E004", "E006", "E007"):
        assert f"alphabench.{number}" in done.stderr
    assert settings.SECRET_KEY not in done.stderr
