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
