import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import SandboxClient, ServerOptions
from tests.sandbox.scene import Scene

INSIDE = str(Path(__file__).with_name("inside"))
PRELOAD = ("numpy", "pandas", "pandas.io.parsers", "acts")


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose name leaves room for a socket (108 bytes)."""
    folder = Path(tempfile.mkdtemp(prefix="ab-sbx-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def options(**changes: object) -> ServerOptions:
    return ServerOptions(**({"preload": PRELOAD, "paths": (INSIDE,), "max_jobs": 2} | changes))


@contextlib.contextmanager
def running(min_level: str = "A", **changes: object) -> Iterator[SandboxClient]:
    with short_folder() as folder:
        client = SandboxClient.start_or_connect(
            folder / "s", min_level=min_level, options=options(**changes)
        )
        try:
            yield client
        finally:
            client.stop()


@pytest.fixture(scope="session")
def level_a() -> Iterator[SandboxClient]:
    with running() as client:
        yield client


@pytest.fixture(scope="session")
def level_b() -> Iterator[SandboxClient]:
    with running(min_level="B", force_level_b=True) as client:
        yield client


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as path:
        yield path


@pytest.fixture(scope="session")
def world() -> Iterator[Scene]:
    with short_folder() as path, Scene(path) as scene:
        yield scene


@pytest.fixture
def scene(world: Scene) -> Iterator[Scene]:
    """What a script must leave alone; checked from outside after every test that uses it."""
    world.plant()
    yield world
    world.assert_untouched()
