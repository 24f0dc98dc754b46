"""Where the panels stand: the layout to begin with, leaving only the centre, and the keyboard's way around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLayout, QMainWindow, QWidget

from widgets.dock import Dock
from widgets.theme import text_px

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
AREAS = {"materials": LEFT, "compress": RIGHT, "training": BOTTOM}
"""The others stand beside these or share a place with them."""
TABBED = (("compress", "inspect"), ("training", "rates"), ("runs", "queue", "log"))
"""Panels that share a place; the first is in front."""
CROWDED = (("compress", "runs", "training", "queue", "inspect", "rates", "log"),)
"""The same in a window that is low for the size of its text: below the view there would be no room for any."""
LOWEST = 500
"""In px at 100 %: a window that is lower keeps nothing below the view, which is to have two fifths of the height."""


class DockLayout:
    """Of one window; ``docks`` by name."""

    def __init__(self, window: QMainWindow, docks: Mapping[str, Dock]) -> None:
        self._window = window
        self.docks = docks
        self._hidden: QByteArray | None = None
        self._unsized = False
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)

    @property
    def alone(self) -> bool:
        """Whether only the centre is left."""
        return self._hidden is not None

    def restore(self, state: str, alone: bool = False) -> None:
        """As it was when :meth:`state` was asked, or the layout to begin with; ``alone`` as in :meth:`leave_alone`."""
        with self._size_kept():
            self.reset()
            if state and self._window.restoreState(QByteArray.fromBase64(state.encode())):
                self._unsized = False
            self.leave_alone(alone)
            self.follow_scale()

    def state(self) -> str:
        """``QMainWindow.saveState`` with all panels back, as base64; "" if nobody has seen them yet."""
        if self._hidden is not None and self._unsized:
            return ""
        if self._hidden is not None:
            return bytes(self._hidden.toBase64().data()).decode()
        return bytes(self._window.saveState().toBase64().data()).decode()

    @contextmanager
    def _size_kept(self) -> Iterator[None]:
        """Panels that stand beside a wide page, if only for a moment, would make the window wider, and it stays so."""
        layout = self._window.layout()
        assert layout is not None
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        yield
        layout.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)

    def reset(self) -> None:
        window, docks = self._window, self.docks
        self._hidden = None
        for dock in docks.values():
            if dock.isFloating():
                # Asked of those that do not float it costs as much as showing them.
                dock.setFloating(False)
            window.removeDockWidget(dock)
        # Each is put in its place once: a panel that is moved out of tabs leaves a stray tab bar behind.
        crowded = self.crowded
        for name in ("materials", "compress") if crowded else ("materials", "compress", "training"):
            window.addDockWidget(AREAS[name], docks[name])
        if not crowded:
            window.splitDockWidget(docks["training"], docks["runs"], Qt.Orientation.Horizontal)
        for first, *others in CROWDED if crowded else TABBED:
            for other in others:
                window.tabifyDockWidget(docks[first], docks[other])
        for name, dock in docks.items():
            dock.setVisible(name != "log")
        for first, *_ in CROWDED if crowded else TABBED:
            docks[first].raise_()
        self._unsized = True
        # Sizes hold only once the layout knows the window's size.
        QTimer.singleShot(0, self._window, self._size)

    @property
    def crowded(self) -> bool:
        return self._window.height() < text_px(LOWEST)

    def follow_scale(self) -> None:
        """The text has another size: the layout to begin with, if it is still there, may have to be the other one."""
        if self.alone:
            return
        for crowded, tabbed in ((False, TABBED), (True, CROWDED)):
            if crowded != self.crowded and self._is_begun(crowded, tabbed):
                self.reset()
                return

    def _is_begun(self, crowded: bool, tabbed: Sequence[Sequence[str]]) -> bool:
        """Whether every panel is where :meth:`reset` puts it."""
        window, docks = self._window, self.docks
        if any(dock.isFloating() or dock.isHidden() != (name == "log") for name, dock in docks.items()):
            return False
        together = {name: {*group} - {name, "log"} for group in tabbed for name in group}
        for name, dock in docks.items():
            area = AREAS.get(next((group[0] for group in tabbed if name in group), name), BOTTOM)
            if name != "log" and (
                window.dockWidgetArea(dock) != (RIGHT if crowded and name != "materials" else area)
                or {other.objectName() for other in window.tabifiedDockWidgets(dock)} - {"log"}
                != together.get(name, set())
            ):
                return False
        return True

    def _size(self) -> None:
        """Sizes by the window's: the picture stays the largest thing. Hidden panels can't be sized yet."""
        window, docks = self._window, self.docks
        if self._hidden is not None or not self._unsized:
            return
        self._unsized = False
        width, height = window.width(), window.height()
        sides = [round(min(260, max(200, width * 0.13))), round(min(440, max(344, width * 0.235)))]
        window.resizeDocks([docks["materials"], docks["compress"]], sides, Qt.Orientation.Horizontal)
        if window.dockWidgetArea(docks["training"]) != BOTTOM:
            return
        low = [docks["training"], docks["runs"]]
        window.resizeDocks(low, [(width - 600) // 2] * 2, Qt.Orientation.Horizontal)
        window.resizeDocks(low, [round(min(320, max(170, height * 0.24)))] * 2, Qt.Orientation.Vertical)

    def leave_alone(self, on: bool) -> None:
        """Leave only the centre, or bring back the panels that were there."""
        if on:
            if self._hidden is None:
                # The state knows tabs and sizes; panels that are hidden and shown one by one leave stray tabs behind.
                self._hidden = self._window.saveState()
            # Also those that were shown one by one since.
            for dock in self.docks.values():
                dock.hide()
        elif self._hidden is not None:
            state, self._hidden = self._hidden, None
            self._window.restoreState(state)
            QTimer.singleShot(0, self._window, self._size)
            # The text may have got another size while the panels were out of sight.
            self.follow_scale()

    def is_behind(self, widget: QWidget) -> bool:
        """Whether a widget is in a panel that another one of the same place covers. Qt takes those for visible."""
        return any(dock.isAncestorOf(widget) and dock.visibleRegion().isEmpty() for dock in self.docks.values())

    @property
    def stops(self) -> list[QWidget]:
        """The panels that are seen, for the keyboard's way around."""
        seen = (dock for dock in self.docks.values() if dock.isVisible() and not dock.visibleRegion().isEmpty())
        return [dock.widget() for dock in seen]


def focus_next(stops: Sequence[QWidget]) -> None:
    """The keyboard's way around: each part of the window once, then from the start."""
    focus = QApplication.focusWidget()
    at = next(
        (i for i, stop in enumerate(stops) if focus is not None and (stop is focus or stop.isAncestorOf(focus))), -1
    )
    for step in range(1, len(stops) + 1):
        target = stops[(at + step) % len(stops)]
        inside = target if target.focusPolicy() & Qt.FocusPolicy.TabFocus else _first_focus(target)
        if inside is not None:
            if inside.window() is not QApplication.activeWindow():
                inside.activateWindow()
            inside.setFocus(Qt.FocusReason.TabFocusReason)
            return


def _first_focus(widget: QWidget) -> QWidget | None:
    """The first widget inside that takes the keyboard by Tab."""
    for child in widget.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return child
    return None
