"""Work that many changes ask for and that needs doing once."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


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
