"""A panel at the edge of the window with a title line of our own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QWidget

from widgets.controls import bare, label, tool
from widgets.language import tr


class Dock(QDockWidget):
    """``name`` identifies it in the saved layout; ``extra`` widgets stand at the right of its title."""

    def __init__(
        self,
        name: str,
        title: str,
        content: QWidget,
        extra: Sequence[QWidget] = (),
        *,
        parent: QWidget | None = None,
    ) -> None:
        """One without a ``parent`` is a window of its own until it is put into one, which takes its time."""
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setWidget(content)
        head = QWidget()
        head.setObjectName("bar")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = bare(QHBoxLayout(head), 2, (12, 3, 6, 3))
        row.addWidget(label(title, "head"), 1)
        for widget in extra:
            row.addWidget(widget)
        close = tool("close", tr("Hide {panel}").format(panel=title.lower()))
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self.setTitleBarWidget(head)
