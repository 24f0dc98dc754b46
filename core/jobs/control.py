"""How a running job is steered from another thread: pause, resume, stop and keep, discard."""

from __future__ import annotations

import threading
import time

from core.errors import Cancelled


class Control:
    """Thread-safe. The job calls :meth:`check` between steps; everybody else calls the verbs.

    Paused time is kept apart (:attr:`paused_seconds`), so that reported times and time budgets leave it out.
    """

    def __init__(self) -> None:
        self._running = threading.Event()
        self._running.set()
        self._cancelled = threading.Event()
        self._stopped = threading.Event()
        self.paused_seconds = 0.0

    def cancel(self) -> None:
        """Discard the run: the next :meth:`check` raises :class:`core.errors.Cancelled`."""
        self._cancelled.set()
        self._running.set()

    def stop(self) -> None:
        """Finish now with the best state so far."""
        self._stopped.set()
        self._running.set()

    def pause(self) -> None:
        self._running.clear()

    def resume(self) -> None:
        self._running.set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    @property
    def stop_requested(self) -> bool:
        return self._stopped.is_set()

    @property
    def cancel_requested(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> bool:
        """Wait while paused; raise if cancelled; return True if the job should finish with what it has."""
        if not self._running.is_set():
            began = time.perf_counter()
            self._running.wait()
            self.paused_seconds += time.perf_counter() - began
        if self._cancelled.is_set():
            raise Cancelled
        return self._stopped.is_set()
