"""The plain face of the asynchronous core, for tasks, commands and views.

The event loop runs in a thread of its own and callbacks come back to the caller's thread: there
they find the caller's database connection and transaction, and no running loop, which Django's
ORM refuses to work under.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from llm.gateway.errors import LLMCancelled

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# How often a waiting callback looks whether its caller is still there.
GONE_POLL_SECONDS = 0.5


class CallersThread:
    """Runs one coroutine to its end while serving its callbacks in the calling thread."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._gone = False

    def wrap(self, function: Callable[P, R]) -> Callable[P, R]:
        """The same function, called in the caller's thread whoever calls it."""

        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            answer: Future[R] = Future()
            self._jobs.put(lambda: _settle(answer, lambda: function(*args, **kwargs)))
            return self._wait_for(answer)

        return call

    def _wait_for(self, answer: Future[R]) -> R:
        while True:
            try:
                return answer.result(timeout=GONE_POLL_SECONDS)
            except TimeoutError:
                if answer.done():
                    raise  # the function's own
                if self._gone:
                    raise LLMCancelled("the caller went away") from None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result or exception; an interrupt of this thread cancels it."""
        outcome: Future[T] = Future()
        threading.Thread(target=self._drive, args=(work, outcome), daemon=True).start()
        try:
            while (job := self._jobs.get()) is not None:
                job()
        except BaseException:
            # A soft time limit or Ctrl-C: the connection to the model must not outlive us.
            self._gone = True
            if self._loop and self._task:
                self._loop.call_soon_threadsafe(self._task.cancel)
            raise
        return outcome.result()

    def _drive(self, work: Coroutine[Any, Any, T], outcome: Future[T]) -> None:
        async def main() -> T:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            if self._gone:
                work.close()
                raise LLMCancelled("the caller went away")
            return await work

        _settle(outcome, lambda: asyncio.run(main()), swallow=True)
        self._jobs.put(None)


def _settle(answer: Future[R], work: Callable[[], R], *, swallow: bool = False) -> None:
    try:
        answer.set_result(work())
    except Exception as error:
        answer.set_exception(error)
    except BaseException as interrupt:
        # An interrupt concerns the caller's thread; the loop's thread is told to stop, no more.
        answer.set_exception(interrupt if swallow else LLMCancelled("the caller was interrupted"))
        if not swallow:
            raise
