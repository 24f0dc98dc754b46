"""All actions by typing a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from widgets.controls import ElidedLabel, bare, label
from widgets.icons import icon
from widgets.language import tr
from widgets.theme import text_px

MOST_FOUND = 200
"""Who has to go through more types another letter."""


class CommandPalette(QFrame):
    """A line and a list at the upper middle of the window. Enter runs, Escape closes."""

    closed = Signal()

    def __init__(self, actions: Sequence[QAction], parent: QWidget, prompt: str = "") -> None:
        """``prompt``: what is asked, where it is not which action to run."""
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = [action for action in actions if action.isEnabled()]
        column = bare(QVBoxLayout(self), 8, (8, 8, 8, 8))
        self.line = QLineEdit()
        self.line.setPlaceholderText(prompt or tr("Search actions"))
        self.line.setAccessibleName(prompt or tr("Search actions"))
        self.line.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("Actions found"))
        self.list.itemClicked.connect(self._run)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        width, height = min(text_px(520), parent.width() - 80), min(text_px(380), parent.height() - 96)
        self.setGeometry((parent.width() - width) // 2, 48, width, height)
        self._fill("")
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.close()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                count = max(1, self.list.count())
                self.list.setCurrentRow((self.list.currentRow() + step) % count)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return False

    def closeEvent(self, event: object) -> None:
        self.closed.emit()
        super().closeEvent(event)  # type: ignore[arg-type]

    def _fill(self, text: str) -> None:
        self.list.clear()
        scored = [(match(text, plain(action)), action) for action in self._actions]
        found = sorted(((s, a) for s, a in scored if s is not None), key=lambda pair: pair[0])
        for _, action in found[:MOST_FOUND]:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.AccessibleTextRole, plain(action))
            item.setData(Qt.ItemDataRole.UserRole, action)
            line = QWidget()
            row = bare(QHBoxLayout(line), 8, (8, 3, 8, 3))
            row.addWidget(ElidedLabel(plain(action), mode=Qt.TextElideMode.ElideRight), 1)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            if keys:
                cap = label(keys)
                cap.setObjectName("key")
                row.addWidget(cap)
            item.setSizeHint(line.sizeHint())
            self.list.addItem(item)
            self.list.setItemWidget(item, line)
        self.list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem | None) -> None:
        action = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        self.close()
        if action is not None:
            action.trigger()


def plain(action: QAction) -> str:
    """The text of an action without the signs of its key."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def match(wanted: str, text: str) -> int | None:
    """How badly ``wanted`` fits ``text`` (0 is best), None where its letters don't occur in order."""
    wanted, text = wanted.lower().strip(), text.lower()
    if not wanted:
        return 0
    place = text.find(wanted)
    if place >= 0:
        return place if place == 0 or text[place - 1] == " " else 50 + place
    position = -1
    gaps = 0
    for letter in wanted.replace(" ", ""):
        found = text.find(letter, position + 1)
        if found < 0:
            return None
        gaps += found - position - 1
        position = found
    return 100 + gaps
