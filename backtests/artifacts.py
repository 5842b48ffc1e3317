"""The content-addressed store: written before the row that names it, so a killed stage leaves
at worst a file nobody names, and a repeated one finds its file already there."""

import hashlib
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from backtests.models import Artifact, BacktestRun, content_path

MEDIA_TYPES = {
    "py": "text/x-python; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "log": "application/jsonl; charset=utf-8",
    "bin": "application/octet-stream",
}


@dataclass(frozen=True)
class NewArtifact:
    """Content that is stored, and not yet a row."""

    kind: str
    name: str
    content_hash: str
    size: int
    version: int = 1
    note: str = ""


def store(kind: str, name: str, content: bytes, *, version: int = 1, note: str = "") -> NewArtifact:
    """Put the content into storage under its hash."""
    digest = hashlib.sha256(content).hexdigest()
    path = content_path(digest)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return NewArtifact(kind, name, digest, len(content), version, note)


def attach(run: BacktestRun, new: NewArtifact) -> Artifact:
    """Make the row. Call inside the transaction that moves the run."""
    return Artifact.objects.create(
        run=run,
        kind=new.kind,
        version=new.version,
        name=new.name,
        content_hash=new.content_hash,
        size=new.size,
        note=new.note,
    )


def discard_unused(content_hashes: list[str]) -> None:
    """Delete the files that no artifact names any more. Call after commit."""
    used = set(
        Artifact.objects.filter(content_hash__in=content_hashes).values_list(
            "content_hash", flat=True
        )
    )
    for content_hash in set(content_hashes) - used:
        default_storage.delete(content_path(content_hash))


def media_type(name: str) -> str:
    """The media type of an artifact's name."""
    return MEDIA_TYPES.get(name.rsplit(".", 1)[-1], "application/octet-stream")
