"""Reads a prompt file: a header with name and version, then the text with $fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
HEADER = re.compile(r"---\nname: (?P<name>[a-z_]+)\nversion: (?P<version>\d+)\n---\n+", re.ASCII)


class PromptError(Exception):
    """A prompt file is missing, has no proper header, or a field was not filled."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One versioned prompt. Any change of wording raises `version`: the ledger tells by it."""

    name: str
    version: int
    text: str

    @property
    def label(self) -> str:
        """What the ledger keeps, for instance `write_script/1`."""
        return f"{self.name}/{self.version}"

    def fill(self, **fields: str) -> str:
        """The text with every `$field` filled; an unknown or missing field is an error."""
        wanted = set(Template(self.text).get_identifiers())
        if wanted != set(fields):
            raise PromptError(f"{self.label} wants {sorted(wanted)}, got {sorted(fields)}")
        return Template(self.text).substitute(fields).strip()


@cache
def load(name: str) -> Prompt:
    """The prompt `name`.md of this folder."""
    path = HERE / f"{name}.md"
    if not re.fullmatch(r"[a-z_]+", name) or not path.is_file():
        raise PromptError(f"there is no prompt {name!r}")
    raw = path.read_text(encoding="utf-8")
    header = HEADER.match(raw)
    if header is None or header["name"] != name:
        raise PromptError(f"{path.name} must begin with its name and version")
    return Prompt(name, int(header["version"]), raw[header.end() :])
