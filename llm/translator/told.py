"""A text that was put into other words, letter by letter."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(slots=True)
class Told:
    """A text whose every letter knows its place in another text."""

    text: str
    starts: list[int]
    ends: list[int]

    def replaced(self, pattern: re.Pattern[str], template: str) -> Told:
        r"""All matches put into other words; \1 to \9 keep their places."""
        out, last = "", 0
        starts: list[int] = []
        ends: list[int] = []
        for match in pattern.finditer(self.text):
            if match.end() == match.start():
                continue
            out, starts, ends = self._kept(last, match.start(), out, starts, ends)
            whole = self.starts[match.start()], self.ends[match.end() - 1]
            for piece in re.split(r"(\\\d)", template):
                if piece[:1] == "\\":
                    a, b = match.span(int(piece[1:]))
                    out, starts, ends = self._kept(a, b, out, starts, ends) if a >= 0 else (
                        out, starts, ends)  # fmt: skip
                else:
                    out += piece
                    starts += [whole[0]] * len(piece)
                    ends += [whole[1]] * len(piece)
            last = match.end()
        if not last:
            return self
        return Told(*self._kept(last, len(self.text), out, starts, ends))

    def _kept(
        self, a: int, b: int, out: str, starts: list[int], ends: list[int]
    ) -> tuple[str, list[int], list[int]]:
        return out + self.text[a:b], starts + self.starts[a:b], ends + self.ends[a:b]

    def part(self, a: int, b: int) -> Told:
        return Told(self.text[a:b], self.starts[a:b], self.ends[a:b])

    def joined(self, other: Told) -> Told:
        return Told(self.text + other.text, self.starts + other.starts, self.ends + other.ends)

    def moved(self, a: int, b: int, to: int) -> Told:
        """The letters from a to b put before the letter `to`, with spaces around them."""
        moved, space = self.part(a, b), Told(" ", [self.starts[a]], [self.ends[a]])
        moved = space.joined(moved).joined(space)
        if to <= a:
            head, middle, tail = self.part(0, to), self.part(to, a), self.part(b, len(self.text))
            return head.joined(moved).joined(middle).joined(tail)
        head, middle, tail = self.part(0, a), self.part(b, to), self.part(to, len(self.text))
        return head.joined(middle).joined(moved).joined(tail)
