"""What `make run` and `make test` do before anything runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.stack import Stack, free_port

SCRIPTS = settings.BASE_DIR / "scripts"


def run(command: list[str | Path], **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with a few variables of its own."""
    return subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with the set-up script and one requirement."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPTS / "setup", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text("django\n")
    return tmp_path


def tools_without_python(folder: Path) -> str:
    """Return a PATH with what the script uses, and no Python."""
    folder.mkdir()
    for name in ("sh", "cmp", "id", "rm", "mkdir", "tail", "cp", "dirname"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


def test_a_machine_without_a_fitting_python_is_told_so(clone: Path) -> None:
    done = run([clone / "scripts" / "setup"], PATH=tools_without_python(clone / "bin"))
    assert done.returncode == 1
    assert done.stderr.startswith("alphabench needs Python 3.11 or 3.12")
    assert not (clone / ".venv").exists()


def test_a_version_manager_stub_that_does_not_work_is_not_a_python(clone: Path) -> None:
    path = tools_without_python(clone / "bin")
    stub = clone / "bin" / "python3.11"
    stub.write_text("#!/bin/sh\nexit 127\n")
    stub.chmod(0o755)
    done = run([clone / "scripts" / "setup"], PATH=path)
    assert done.returncode == 1
    assert "neither was found" in done.stderr


def test_an_installed_copy_has_nothing_to_do_and_says_nothing(clone: Path) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    shutil.copy(clone / "requirements.txt", clone / ".venv" / "installed-requirements.txt")
    (clone / ".venv" / "asked-for-PDF").touch()
    done = run([clone / "scripts" / "setup"], PATH=tools_without_python(clone / "bin"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_second_preparation_has_nothing_to_do() -> None:
    site = Stack()
    first = site.manage("prepare")
    assert first.returncode == 0, first.stderr
    assert "Bringing the database up to date" in first.stdout
    second = site.manage("prepare")
    assert (second.returncode, second.stdout) == (0, "")
    site.discard()


def test_a_database_that_does_not_answer_is_one_line() -> None:
    site = Stack(database_url=f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
    done = site.manage("prepare")
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer")
    assert len(done.stderr.strip().splitlines()) == 1
    site.discard()


@pytest.mark.parametrize(
    ("ci", "code", "sentence"), [("", 0, "Skipped: the tests on"), ("true", 1, "FAILED: the tests")]
)
def test_missing_servers_are_a_sentence_here_and_a_failure_in_ci(
    ci: str, code: int, sentence: str
) -> None:
    done = run(
        [SCRIPTS / "test-services"],
        CI=ci,
        SERVICES_DATABASE_URL=f"postgres://postgres@127.0.0.1:{free_port()}/none",
    )
    assert done.returncode == code
    assert done.stdout.splitlines()[-1].startswith(sentence)


def test_the_variables_of_a_dot_env_reach_the_command(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPTS / "with-env", tmp_path / "scripts")
    (tmp_path / ".env").write_text('GREETING="good morning"\n')
    done = run([tmp_path / "scripts" / "with-env", "printenv", "GREETING"])
    assert done.stdout == "good morning\n"
