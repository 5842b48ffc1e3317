"""Rules of the house that no single room can keep: floors, templates, schedule, settings."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [
    "alphabench", "reports", "sweeps", "backtests", "billing", "market", "accounts", "runs",
    "engine", "sandbox", "llm",
]  # fmt: skip


def python_files() -> list[Path]:
    """Return every Python file of the product."""
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def templates() -> list[Path]:
    """Return every HTML template of the product."""
    folders = [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]
    return [path for folder in folders for path in sorted(folder.rglob("*.html"))]


def tracked_files() -> list[Path]:
    """Return what a clone would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_rooms_import_downwards_only() -> None:
    # The tool is named here too, so that `pytest` alone sees a broken floor.
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_every_model_change_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_scheduled_task_exists() -> None:
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        module, _, task = entry["task"].rpartition(".")
        assert hasattr(import_module(module), task), f"{name} names {entry['task']}"


FORBIDDEN_IN_TEMPLATES = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I
    ),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an inline event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "an htmx script attribute": re.compile(r"\s(hx-on|hx-vals\s*=\s*[\"']js:)", re.I),
    "an address of another site": re.compile(
        r"<(script|link|img|iframe)[^>]*\b(src|href)=\"(https?:)?//", re.I
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_templates_hold_nothing_the_content_security_policy_blocks(what: str) -> None:
    pattern = FORBIDDEN_IN_TEMPLATES[what]
    # What is mailed or printed never meets a browser's policy.
    pages = [path for path in templates() if not {"emails", "print"} & set(path.parts)]
    assert pages
    found = [str(path.relative_to(ROOT)) for path in pages if pattern.search(path.read_text())]
    assert found == []


def test_no_file_names_a_place_on_one_machine() -> None:
    places = re.compile(rb"(?<![\w.])/(?:" + rb"home/[a-z]|Users/[A-Z]|root/|mnt/|" + rb"work/)")
    binary = {".png", ".svg", ".gz", ".npy", ".parquet", ".woff2", ".ico", ".zip"}
    found = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix not in binary and places.search(path.read_bytes())
    ]
    assert found == []


def environment_names() -> set[str]:
    """Return every variable that the settings read."""
    reader = re.compile(r"env_(?:str|bool|int|float|list|price)\(\s*\"([A-Z0-9_]+)\"")
    return {name for path in python_files() for name in reader.findall(path.read_text())}


def test_every_setting_of_the_environment_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    documented = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", example, re.M))
    assert environment_names() - documented == set()


def test_the_example_names_no_setting_that_nobody_reads() -> None:
    example = (ROOT / ".env.example").read_text()
    documented = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", example, re.M))
    read_elsewhere = {"NUMBA_CACHE_DIR"}
    assert documented - environment_names() - read_elsewhere == set()


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_every_room_explains_itself_at_the_top_of_every_file() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if "migrations" not in path.parts
        and path.read_text().strip()
        and not path.read_text().lstrip().startswith(('"""', 'r"""', "#!"))
    ]
    assert silent == []


def test_make_lists_every_target_a_visitor_needs() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("run", "setup", "demo", "test", "bench", "lint", "types", "lock", "clean"):
        assert f"  make {target} " in listed.stdout


def test_continuous_integration_is_the_same_command() -> None:
    assert "CI=true exec make test" in (ROOT / ".ci" / "run").read_text()
