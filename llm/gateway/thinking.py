"""Keeps a model's reasoning apart from its answer, wherever the server puts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

OPEN, CLOSE = "<think>", "</think>"


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of streamed text."""

    kind: Literal["reasoning", "text"]
    text: str


def reasoning_in(extra: Mapping[str, Any]) -> str:
    """Reasoning from the fields servers use for it, which the client library does not model.

    `reasoning_content` (llama.cpp, DeepSeek), `reasoning` (vLLM, Ollama, OpenRouter),
    `reasoning_details` (OpenRouter, structured).
    """
    for name in ("reasoning_content", "reasoning"):
        value = extra.get(name)
        if isinstance(value, str) and value:
            return value
    details = extra.get("reasoning_details")
    if not isinstance(details, list):
        return ""
    parts = [d.get("text") or d.get("summary") or "" for d in details if isinstance(d, dict)]
    return "".join(p for p in parts if isinstance(p, str))


class ThinkingSplitter:
    """Separates an inline `<think>...</think>` at the start of the answer, across chunk borders.

    Only a leading block counts: code and prose may mention the tag later. Some templates open the
    block themselves and send `</think>` only; that is handled in `finish`.
    """

    def __init__(self) -> None:
        self._state: Literal["start", "inside", "after", "text"] = "start"
        self._held = ""

    def feed(self, piece: str) -> list[Delta]:
        self._held += piece
        found: list[Delta] = []
        if self._state == "start":
            self._start()
        if self._state == "inside":
            found += self._inside()
        if self._state == "after":
            self._held = self._held.lstrip()
            if self._held:
                self._state = "text"
        if self._state == "text" and self._held:
            found.append(Delta("text", self._held))
            self._held = ""
        return found

    def _start(self) -> None:
        text = self._held.lstrip()
        if text.startswith(OPEN):
            self._state, self._held = "inside", text[len(OPEN) :]
        elif not OPEN.startswith(text):
            self._state = "text"

    def _inside(self) -> list[Delta]:
        end = self._held.find(CLOSE)
        if end >= 0:
            thought, self._held = self._held[:end], self._held[end + len(CLOSE) :]
            self._state = "after"
            return [Delta("reasoning", thought)] if thought else []
        keep = _tail_that_may_start(CLOSE, self._held)
        cut = len(self._held) - keep
        thought, self._held = self._held[:cut], self._held[cut:]
        return [Delta("reasoning", thought)] if thought else []

    def finish(self) -> list[Delta]:
        """What was held back while it might still have become a tag."""
        held, self._held = self._held, ""
        if not held.strip():
            return []
        return [Delta("reasoning" if self._state == "inside" else "text", held)]


def drop_unopened_thinking(text: str) -> tuple[str, str]:
    """(reasoning, answer) of a text whose thinking block was opened by the server's template."""
    if CLOSE in text and OPEN not in text:
        thought, _, answer = text.partition(CLOSE)
        return thought, answer.lstrip()
    return "", text


def _tail_that_may_start(tag: str, text: str) -> int:
    longest = min(len(tag) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if tag.startswith(text[-n:])), 0)
