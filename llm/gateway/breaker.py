"""A circuit breaker: what fails again and again is left alone for a while.

Two circuits stand before a call. The server's, by address and model, opens after several failures
in a row that waiting may heal (no connection, no answer in time, a 5xx). The key's, by address,
model and key, opens at once when someone must act (401, a used-up quota). When the pause is over
one caller is let through to try; its result closes the circuit or opens it again.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMBudget, LLMCancelled, LLMConfig, LLMError, LLMPaused, LLMTransient
from llm.gateway.store import Store

# A caller who tries and is killed must not keep everybody out; longer than any deadline of ours.
PROBE_SECONDS = 300
# Failures further apart than this are not "in a row".
COUNT_SECONDS = 600
# The pause is told by the clock; the store forgets it only long after.
KEPT_SECONDS = 86_400
# The key's limits, not the server's health: too many requests, a conflict.
NOT_AN_OUTAGE = frozenset({409, 425, 429})


def _jitter() -> float:
    # Workers stopped by one outage must not come back in step.
    return random.uniform(0.75, 1.25)


@dataclass(frozen=True, slots=True)
class Breaker:
    """Says whether a connection may be used now, and learns from what became of it."""

    store: Store
    failures: int = 5
    pause_seconds: float = 30.0
    config_pause_seconds: float = 300.0
    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = _jitter

    def enter(self, connection: ConnectionSettings) -> Visit:
        """A visit, to be told its result; raises `LLMPaused` while a circuit is open."""
        visit = Visit(self, *circuits(connection))
        now = self.clock()
        due = []
        for circuit in (visit.server, visit.key):
            state = self.store.get(circuit)
            if state is None:
                continue
            if state["until"] > now:
                raise LLMPaused(state["why"], code=state["code"], retry_after=state["until"] - now)
            due.append((circuit, state))
        for circuit, state in due:
            if not self.store.add(_probe(circuit), 1, PROBE_SECONDS):
                visit.leave()
                raise LLMPaused(state["why"], code=state["code"], retry_after=0.0)
            visit.probing.append(circuit)
        return visit

    def close(self, connection: ConnectionSettings) -> None:
        """Forget every failure, for instance after the connection was tried by hand."""
        for circuit in circuits(connection):
            self._close(circuit)

    def _close(self, circuit: str) -> None:
        for key in (circuit, _count(circuit), _probe(circuit)):
            self.store.delete(key)

    def _open(self, circuit: str, seconds: float, code: str, why: str) -> None:
        until = self.clock() + seconds * self.jitter()
        self.store.set(circuit, {"until": until, "code": code, "why": why}, KEPT_SECONDS)
        self.store.delete(_count(circuit))
        self.store.delete(_probe(circuit))

    def _one_more(self, circuit: str) -> int:
        self.store.add(_count(circuit), 0, COUNT_SECONDS)
        with suppress(ValueError):
            return self.store.incr(_count(circuit))
        return 1  # forgotten between the two lines


@dataclass(slots=True)
class Visit:
    """One attempt behind the breaker; leaving without a result gives a try back to others."""

    breaker: Breaker
    server: str
    key: str
    probing: list[str] = field(default_factory=list)

    def answered(self) -> None:
        """The server is there and the key opens it."""
        self.breaker.store.delete(_count(self.server))
        for circuit in self.probing:
            self.breaker._close(circuit)
        self.probing.clear()

    def failed(self, error: LLMError) -> bool:
        """Learn from a failure; True when it opened a circuit."""
        breaker = self.breaker
        if isinstance(error, LLMCancelled | LLMBudget):
            self.leave()
        elif isinstance(error, LLMConfig):
            breaker._open(self.key, breaker.config_pause_seconds, "configuration", str(error))
            self._served(but=self.key)
            return True
        elif is_outage(error):
            tried = self.server in self.probing
            if tried or breaker._one_more(self.server) >= breaker.failures:
                breaker._open(self.server, breaker.pause_seconds, "failures", str(error))
                self._forget(self.server)
                self.leave()
                return True
            self.leave()
        else:
            # It answered: too long, cut, declined, too many requests. That is no outage.
            self.answered()
        return False

    def leave(self) -> None:
        """Let somebody else try, when this visit had no result."""
        for circuit in self.probing:
            self.breaker.store.delete(_probe(circuit))
        self.probing.clear()

    def _served(self, *, but: str) -> None:
        self._forget(but)
        self.answered()

    def _forget(self, circuit: str) -> None:
        if circuit in self.probing:
            self.probing.remove(circuit)

    def __enter__(self) -> Visit:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()


def is_outage(error: LLMError) -> bool:
    """Whether an error says that the server is away or broken, rather than that we are wrong."""
    return isinstance(error, LLMTransient) and error.status not in NOT_AN_OUTAGE


def circuits(connection: ConnectionSettings) -> tuple[str, str]:
    """The names of the server's and of the key's circuit; no key can be read from them."""
    server = (connection.base_url.rstrip("/"), connection.model)
    return _name("server", *server), _name("key", *server, connection.api_key)


def _name(kind: str, *parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"llm:circuit:{kind}:{digest[:40]}"


def _probe(circuit: str) -> str:
    return f"{circuit}:probe"


def _count(circuit: str) -> str:
    return f"{circuit}:count"
