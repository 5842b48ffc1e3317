"""Takes secrets out of text before it reaches a prompt, a log, an exception or an event."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "[redacted]"

SECRET = re.compile(
    r"sk-(?:or-|ant-|proj-)?[A-Za-z0-9_\-]{8,}"
    r"|Bearer\s+[A-Za-z0-9_\-.~+/=]{8,}"
    r"|AKIA[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]+"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"
    r"|(?i:\b[\w-]*(?:api[_-]?key|access[_-]?token|secret|password)[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s,;\"']{6,}"
)

# Shorter "secrets" (the word "none" for servers without keys) would black out ordinary words.
SHORTEST_SECRET = 6


class Blackout:
    """Takes known secrets out of text that comes in pieces, however they are cut."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(s for s in secrets if len(s) >= SHORTEST_SECRET)
        self._held = ""

    def feed(self, piece: str) -> str:
        """What may be shown now; the beginning of what may become a secret is held back."""
        text = self._held + piece
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        keep = max((_beginning_of(secret, text) for secret in self._secrets), default=0)
        cut = len(text) - keep
        self._held = text[cut:]
        return text[:cut]

    def finish(self) -> str:
        """The rest, which became none."""
        held, self._held = self._held, ""
        return held


def _beginning_of(secret: str, text: str) -> int:
    longest = min(len(secret) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if text.endswith(secret[:n])), 0)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace known secrets, then everything that is shaped like one."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, MARK)
            # Servers like to echo keys shortened: "sk-ab***wxyz".
            text = re.sub(
                re.escape(secret[:4]) + r"[^\s\"']*[*.…]{2,}[^\s\"']*" + re.escape(secret[-2:]),
                MARK,
                text,
            )
    return SECRET.sub(MARK, text)
