"""The workspaces of the window: one fills the centre at a time, and only one of them has panels around it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

HOME, COMPRESS, LAB = "home", "compress", "lab"


class PageStack(QStackedWidget):
    """Asks for the room of the page that is shown, not for that of the largest one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return shown.minimumSizeHint() if shown is not None else super().minimumSizeHint()


class Workspaces(QObject):
    """Pages by name in ``stack``. A page may be a function that makes it when it is first shown. ``leave_alone`` is
    told whether the page shall be without panels."""

    changed = Signal(str)

    def __init__(self, stack: QStackedWidget, leave_alone: Callable[[bool], object]) -> None:
        super().__init__(stack)
        self._stack, self._leave_alone = stack, leave_alone
        self._pages: dict[str, QWidget | Callable[[], QWidget]] = {}
        self.current = ""

    def add(self, name: str, page: QWidget | Callable[[], QWidget]) -> None:
        self._pages[name] = page
        if isinstance(page, QWidget):
            self._stack.addWidget(page)

    def show(self, name: str, *, alone: bool = False) -> None:
        """``alone``: without the panels also where there would be some."""
        page = self._pages[name]
        if not isinstance(page, QWidget):
            page = self._pages[name] = page()
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        # Never a page together with panels it does not stand beside: both at once may not fit the window.
        panels = name == COMPRESS and not alone
        if not panels:
            self._leave_alone(True)
        self._stack.setCurrentWidget(page)
        if panels:
            self._leave_alone(False)
        if name != self.current:
            self.current = name
            self.changed.emit(name)
