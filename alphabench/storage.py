"""Local file storage whose files are whole or absent, even when the writer is killed."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class AtomicFileSystemStorage(FileSystemStorage):
    """Writes beside the target and renames; saving the same name again replaces it.

    Names here are hashes of their content, so replacing never changes anything.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as part:
            for chunk in content.chunks():
                part.write(chunk)
        Path(part.name).replace(target)
        return name
