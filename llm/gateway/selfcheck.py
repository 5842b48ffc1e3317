"""Does this connection work? One tiny call, and a sentence about what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from llm.gateway.blocking import CallersThread
from llm.gateway.breaker import Breaker
from llm.gateway.circumstances import Circumstances
from llm.gateway.client import ChatRequest
from llm.gateway.connection import ConnectionSettings
from llm.gateway.errors import LLMBadOutput, LLMConfig, LLMError, LLMRefused
from llm.gateway.retry import complete
from llm.gateway.usage import RecordCall

# Some servers take no less.
MOST_TOKENS = 16
DEADLINE_SECONDS = 20.0
QUESTION = {"role": "user", "content": "Answer with the word ok."}


@dataclass(frozen=True, slots=True)
class Check:
    """What came of trying a connection; `message` is for the person who owns the key."""

    ok: bool
    message: str
    milliseconds: int | None = None


def check_connection(
    connection: ConnectionSettings,
    *,
    record_call: RecordCall | None = None,
    breaker: Breaker | None = None,
) -> Check:
    """Ask once, also while the breaker leaves this connection alone; an answer closes it."""
    caller = CallersThread()
    around = Circumstances(
        purpose="check",
        deadline=DEADLINE_SECONDS,
        tries=1,
        record_call=caller.wrap(record_call) if record_call else None,
    )
    found = _ask(connection, caller, around)
    if found.ok and breaker:
        breaker.close(connection)
    return found


def _ask(connection: ConnectionSettings, caller: CallersThread, around: Circumstances) -> Check:
    try:
        answer = caller.run(complete(connection, ChatRequest((QUESTION,), MOST_TOKENS), around))
    except (LLMBadOutput, LLMRefused):
        # A model that thinks first has no room for an answer; the key opened the door.
        return Check(True, f"{connection.model} answers.")
    except LLMConfig as error:
        return Check(False, f"Refused: {error}.")
    except LLMError as error:
        return Check(False, f"No answer: {error}.")
    return Check(True, f"{answer.model} answers.", answer.milliseconds)
