"""Small computations of a widget in another thread; the newest takes the place of the one before it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

_LOG = logging.getLogger(__name__)

Tell = Callable[[Any], bool]
"""Hands a result on, also one that is only a part; False: nobody wants more."""


class Background(QObject):
    """Give it work; it tells results in the thread it lives in, in order, and none of work that was replaced."""

    result = Signal(object)
    _came = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _Task | None = None
        self._came.connect(self._on_came)

    def run(self, work: Callable[[Tell], None]) -> None:
        """``work`` is called in another thread; it should look at what ``Tell`` returns now and then."""
        self.cancel()
        self._task = _Task(self, work)
        QThreadPool.globalInstance().start(self._task)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.wanted = False
            self._task = None

    def _on_came(self, task: object, value: object) -> None:
        if task is self._task:
            self.result.emit(value)


class _Task(QRunnable):
    def __init__(self, owner: Background, work: Callable[[Tell], None]) -> None:
        super().__init__()
        self.wanted = True
        self._owner, self._work = owner, work

    def run(self) -> None:
        def tell(value: Any) -> bool:
            if self.wanted:
                try:
                    self._owner._came.emit(self, value)
                except RuntimeError:  # its widget is gone
                    self.wanted = False
            return self.wanted

        try:
            self._work(tell)
        except Exception:
            _LOG.exception("A computation of the view failed")
