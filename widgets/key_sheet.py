"""All keys on one sheet over the window, those of one view before the others.

Any key or click closes it; where it is long, the arrows scroll it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.controls import VerticalScroll, bare, label
from widgets.language import tr

Entry = tuple[str, str]

_INDENT = 14
_SCROLL_BAR = 16
"""px that a scroll bar and its distance take."""


class KeySheet(QWidget):
    """``groups``: heading -> (what it does, keys), in ``columns`` or in as many as fit; ``first``: the heading and the
    entries that stand above them and stand out. The keys are shown as the system spells them."""

    def __init__(
        self,
        groups: Mapping[str, Sequence[Entry]],
        columns: int,
        parent: QWidget,
        first: tuple[str, Sequence[Entry]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setGeometry(parent.rect())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Keys"))
        outer = bare(QVBoxLayout(self), 0, (16, 16, 16, 16))
        sheet = QFrame()
        sheet.setObjectName("sheet")
        outer.addStretch(1)
        middle = bare(QHBoxLayout())
        middle.addStretch(1)
        middle.addWidget(sheet)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        column = bare(QVBoxLayout(sheet), 12, (24, 20, 12, 20))
        head = bare(QHBoxLayout(), 8)
        head.addWidget(label(tr("Keys"), "title"), 1)
        head.addWidget(label(tr("Any key closes this sheet"), "small"))
        head.setContentsMargins(0, 0, 12, 0)
        column.addLayout(head)
        widest = parent.width() - 32 - 36
        content = _content(groups, columns, first)
        while columns > 1 and content.sizeHint().width() + _SCROLL_BAR > widest:
            columns -= 1
            content = _content(groups, columns, first)
        self._scroll = VerticalScroll(content)
        self._scroll.setMinimumWidth(min(content.sizeHint().width() + _SCROLL_BAR, widest))
        head_height = head.sizeHint().height() + column.spacing() + 40
        self._scroll.setFixedHeight(min(content.sizeHint().height() + 4, parent.height() - 32 - head_height))
        column.addWidget(self._scroll)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(16, 16, 16, 190))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._scroll.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep() * 3,
            Qt.Key.Key_Up: -bar.singleStep() * 3,
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        if bar.maximum() and event.key() in steps:
            bar.setValue(bar.value() + steps[Qt.Key(event.key())])
        else:
            self.close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.close()


def _content(
    groups: Mapping[str, Sequence[Entry]], columns: int, first: tuple[str, Sequence[Entry]] | None = None
) -> QWidget:
    made = QWidget()
    column = bare(QVBoxLayout(made), 20, (0, 0, 12, 0))
    if first is not None:
        column.addWidget(_first(*first, columns))
    row = bare(QHBoxLayout(), 36, (_INDENT, 0, _INDENT, 0) if first is not None else (0, 0, 0, 0))
    for part in _in_columns(groups, columns):
        block = bare(QVBoxLayout(), 16)
        for title, entries in part:
            block.addLayout(_group(title, entries))
        block.addStretch(1)
        row.addLayout(block, 1)
    column.addLayout(row)
    return made


def _first(title: str, entries: Sequence[Entry], columns: int) -> QFrame:
    frame = QFrame()
    frame.setObjectName("keys_here")
    column = bare(QVBoxLayout(frame), 8, (_INDENT, 10, _INDENT, 12))
    head = bare(QHBoxLayout(), 8)
    head.addWidget(label(title, "head"))
    head.addWidget(label(tr("under the mouse"), "small"), 1)
    column.addLayout(head)
    row = bare(QHBoxLayout(), 36)
    tall = -(-len(entries) // columns)
    for begin in range(0, len(entries), max(tall, 1)):
        block = bare(QVBoxLayout(), 0)
        block.addLayout(_group("", entries[begin : begin + tall]))
        block.addStretch(1)
        row.addLayout(block, 1)
    column.addLayout(row)
    return frame


def _group(title: str, entries: Sequence[Entry]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    if title:
        grid.addWidget(label(title, "head"), 0, 0, 1, 2)
    for index, (text, keys) in enumerate(entries, 1):
        grid.addWidget(label(text, "soft"), index, 0)
        row = bare(QHBoxLayout(), 4)
        row.addStretch(1)
        for key in keys.split(", "):
            cap = QLabel(key)
            cap.setObjectName("key")
            row.addWidget(cap)
        grid.addLayout(row, index, 1)
    return grid


def _in_columns(groups: Mapping[str, Sequence[Entry]], columns: int) -> list[list[tuple[str, Sequence[Entry]]]]:
    """The groups in order, cut where the columns come out about equally tall."""
    total = sum(len(entries) + 2 for entries in groups.values())
    parts: list[list[tuple[str, Sequence[Entry]]]] = [[]]
    filled = 0.0
    for title, entries in groups.items():
        size = len(entries) + 2
        if parts[-1] and filled + size / 2 > total / columns * len(parts) and len(parts) < columns:
            parts.append([])
        parts[-1].append((title, entries))
        filled += size
    return parts
