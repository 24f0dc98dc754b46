"""Styling many widgets at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QWidget


@contextmanager
def styled_together(window: QWidget) -> Iterator[None]:
    """What is built into ``window`` meanwhile is styled at the end, once. With a style sheet in place, Qt styles a
    widget and all that is in it again whenever one of them gets a parent: half of what building a window takes."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet = app.styleSheet()
    app.setStyleSheet("")
    try:
        yield
    finally:
        app.setStyleSheet(sheet)
        for widget in (window, *window.findChildren(QWidget)):
            # Sizes that layouts have asked for already were those without a style.
            widget.ensurePolished()
            widget.updateGeometry()
            layout = widget.layout()
            if layout is not None:
                layout.invalidate()
