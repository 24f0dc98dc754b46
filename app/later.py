"""Work that many changes ask for and that needs doing once, and work that would be too much at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

T = TypeVar("T")

SLICE_S = 0.01
"""So long the window may be kept from everything else."""


class Later(QObject):
    """Does ``act`` once in a coming turn of the event loop, however often it was asked for until then, and not again
    before ``pause_s`` is over."""

    def __init__(self, act: Callable[[], object], parent: QObject, pause_s: float = 0.0) -> None:
        super().__init__(parent)
        self.pause_s = pause_s
        self._act = act
        self._done_at = -1e9
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._do)

    def ask(self) -> None:
        if not self._timer.isActive():
            left = self._done_at + self.pause_s - time.monotonic()
            self._timer.start(max(0, round(left * 1000.0)))

    def stop(self) -> None:
        self._timer.stop()

    def _do(self) -> None:
        self._act()
        self._done_at = time.monotonic()


class Slices(Generic[T]):
    """Does ``act`` with one thing after the other, in as many turns of the event loop as it takes; the first ones at
    once."""

    def __init__(self, act: Callable[[T], object], parent: QObject) -> None:
        self._act = act
        self._left: deque[T] = deque()
        self._timer = QTimer(parent)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    def add(self, things: Iterable[T]) -> None:
        busy = bool(self._left)
        self._left.extend(things)
        if not busy:
            self._go_on()

    def now(self, thing: T) -> None:
        """Out of turn, if it is still to come."""
        if thing in self._left:
            self._left.remove(thing)
            self._act(thing)

    def forget(self) -> list[T]:
        """Leave out what is still to come, and say what it was."""
        left = list(self._left)
        self._left.clear()
        return left

    def finish(self) -> None:
        """Do at once what is still to come."""
        while self._left:
            self._act(self._left.popleft())

    def _go_on(self) -> None:
        until = time.monotonic() + SLICE_S
        while self._left:
            self._act(self._left.popleft())
            if self._left and time.monotonic() >= until:
                self._timer.start(0)
                return
