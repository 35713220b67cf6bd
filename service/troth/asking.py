"""Asking what may hang: in a thread of its own, once at a time, and waited for only so long."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Asking(Generic[Answer]):
    """A question of which there is never more than one under way; all who ask meanwhile share it.

    What hangs holds up that one thread, and nobody who asks.
    """

    def __init__(self, ask: Callable[[], Answer]) -> None:
        self._ask = ask
        self._taking = threading.Lock()
        self._answer: Future[Answer] | None = None

    def begun(self) -> Future[Answer]:
        """Return what will hold the answer, or what asking raised: of who asks already, or anew."""
        with self._taking:
            if self._answer is None or self._answer.done():
                self._answer = Future()
                self._begin(self._answer)
            return self._answer

    def _begin(self, answer: Future[Answer]) -> None:
        thread = threading.Thread(target=self._run, args=(answer,), name="asking", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # no thread to be had: without an answer none would ask again
            answer.set_exception(error)

    def _run(self, answer: Future[Answer]) -> None:
        try:
            answer.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 - told to who asked
            answer.set_exception(error)
