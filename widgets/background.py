"""Small computations of a widget in another thread; the newest takes the place of the one before it."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_LOG = logging.getLogger(__name__)
_POLL_MS = 20
_END_S = 10.0
"""So long the end of the program waits for work to notice that nobody wants it."""

Tell = Callable[[Any], bool]
"""Hands a result on, also one that is only a part; False: nobody wants more."""


class Background(QObject):
    """Give it work; it tells results in the thread it lives in, in order, and none of work that was replaced.

    The other thread never touches a Qt object, so this one may go at any time.
    """

    result = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _Task | None = None
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._fetch)
        # Not a method of this object: it is gone by then.
        self.destroyed.connect(_Ender(self))

    def run(self, work: Callable[[Tell], None]) -> None:
        """``work`` is called in another thread; it should look at what ``Tell`` returns now and then."""
        self.cancel()
        self._task = _Task(work)
        self._task.start()
        self._poll.start()

    def cancel(self) -> None:
        if self._task is not None:
            self._task.wanted = False
            self._task = None
        self._poll.stop()

    def _fetch(self) -> None:
        task = self._task
        while task is not None and task is self._task:
            # Looked at before the queue: what came before the end must not be missed.
            ended = not task.is_alive()
            try:
                value = task.results.get_nowait()
            except queue.Empty:
                if ended:
                    self.cancel()
                return
            self.result.emit(value)


class _Ender:
    """Ends the work of an object that goes."""

    def __init__(self, owner: Background) -> None:
        self._values = owner.__dict__

    def __call__(self) -> None:
        task = self._values.get("_task")
        if task is not None:
            task.wanted = False


class _Task(threading.Thread):
    def __init__(self, work: Callable[[Tell], None]) -> None:
        super().__init__(daemon=True, name="view")
        self.wanted = True
        self.results: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._work = work
        _tasks.add(self)

    def _tell(self, value: Any) -> bool:
        if self.wanted:
            self.results.put(value)
        return self.wanted

    def run(self) -> None:
        try:
            self._work(self._tell)
        except Exception:
            _LOG.exception("A computation of the view failed")


_tasks: weakref.WeakSet[_Task] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """A thread that is still at work when the interpreter goes would take the process down with it."""
    for task in list(_tasks):
        task.wanted = False
    for task in list(_tasks):
        if task.is_alive():
            task.join(_END_S)
