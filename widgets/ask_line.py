"""One short text that is asked for in the window, in nobody's way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from widgets.controls import bare, button, label
from widgets.theme import text_px


class AskLine(QFrame):
    """A question, a line and a button at the upper middle of ``parent``. Enter answers; Escape, and a click anywhere
    else, closes it."""

    answered = Signal(str)
    """What was typed, without the blanks around it; never nothing."""

    def __init__(self, question: str, answer: str, parent: QWidget, placeholder: str = "") -> None:
        """``answer``: the text of the button."""
        super().__init__(parent)
        self.setObjectName("sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = bare(QVBoxLayout(self), 8, (12, 10, 12, 12))
        words = label(question, "head")
        words.setWordWrap(True)
        column.addWidget(words)
        row = bare(QHBoxLayout(), 8)
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(question)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_text)
        self.accept = button(answer, "primary")
        # A click on it must not end the line's focus, which would close this before.
        self.accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.accept.setEnabled(False)
        self.accept.clicked.connect(self._answer)
        row.addWidget(self.line, 1)
        row.addWidget(self.accept)
        column.addLayout(row)
        width = min(text_px(420), parent.width() - 32)
        self.setGeometry((parent.width() - width) // 2, 48, width, self.sizeHint().height())

    def ask(self) -> None:
        self.show()
        self.raise_()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Another window that comes to the front takes nothing away.
        if event.type() == QEvent.Type.FocusOut and self.window().focusWidget() is not self.line:
            self.close()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._answer()
                return True
        return False

    def _on_text(self, text: str) -> None:
        self.accept.setEnabled(bool(text.strip()))

    def _answer(self) -> None:
        text = self.line.text().strip()
        if text:
            self.close()
            self.answered.emit(text)
