"""What fuzzing has found so far: a file for each target, an input in base64 on each line."""

import base64
from collections.abc import Iterable
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")


def kept_of(name: str) -> list[bytes]:
    """The kept inputs of a target."""
    path = CORPUS / f"{name}.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [base64.b64decode(line) for line in lines]


def add(name: str, bodies: Iterable[bytes]) -> None:
    """Keep these inputs as well, the shortest first."""
    every = sorted({*kept_of(name), *bodies}, key=lambda body: (len(body), body))
    CORPUS.mkdir(exist_ok=True)
    lines = (base64.b64encode(body).decode() + "\n" for body in every)
    (CORPUS / f"{name}.txt").write_text("".join(lines))
