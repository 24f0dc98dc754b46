"""Short messages at the lower edge of the window, with actions; they leave by themselves, and take the focus only from
somebody who asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QFontMetrics, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from widgets.controls import bare, button, label, tool
from widgets.icons import pixmap
from widgets.language import tr
from widgets.theme import THEME, icon_px, text_px
from widgets.wrap_layout import WrapLayout

SECONDS = {"info": 5.0, "good": 8.0, "warn": 12.0, "bad": 20.0}
SECONDS_TO_ACT = 12.0
"""At least so long one with buttons stays: it has to be read, decided on, and reached."""
ICONS = {
    "info": ("info", THEME.text_soft),
    "good": ("success", THEME.good),
    "warn": ("warning", THEME.warn),
    "bad": ("error", THEME.bad),
}
WIDTH = 440
"""In px at 100 %; less where the window is narrow."""
MOST = 4

Action = tuple[str, Callable[[], object]]


class Toast(QFrame):
    """One message. The time stands still while the pointer is over it, and while the keyboard is in it. Escape closes
    it; the keyboard then goes back to where it was."""

    def __init__(self, text: str, severity: str, actions: Sequence[Action], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setProperty("severity", severity)
        self.text = text
        self.severity = severity
        self.topic = ""
        """A later message of the same one says all that this one does."""
        self._before: QWidget | None = None
        row = bare(QHBoxLayout(self), 10, (12, 10, 8, 10))
        close = tool("close", tr("Dismiss"))
        sign = QLabel()
        sign.setPixmap(pixmap(*ICONS[severity], icon_px(18)))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        message = label(text)
        message.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        message.ensurePolished()
        # The sign, the first line and the cross stand on one line, however many lines follow.
        tall = max(close.height(), QFontMetrics(message.font()).height())
        sign.setContentsMargins(0, (tall - icon_px(18)) // 2, 0, 0)
        row.addWidget(sign)
        words = bare(QVBoxLayout(), 6, (0, (tall - QFontMetrics(message.font()).height()) // 2, 0, 0))
        message.setWordWrap(True)
        message.setTextFormat(Qt.TextFormat.PlainText)
        message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(message)
        self.buttons = []
        if actions:
            acts = QWidget()
            line = WrapLayout(acts, spacing=4)
            for caption, act in actions:
                made = button(caption, "link")
                made.clicked.connect(lambda _=False, a=act: a())
                made.clicked.connect(self.leave)
                line.addWidget(made)
                self.buttons.append(made)
            words.addWidget(acts)
        row.addLayout(words, 1)
        close.clicked.connect(self.leave)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(1000 * max(SECONDS[severity], SECONDS_TO_ACT if actions else 0.0)))
        self._timer.timeout.connect(self.leave)
        self._seen = False
        self._stops = [*self.buttons, close]
        for stop in self._stops:
            stop.installEventFilter(self)

    def take_keyboard(self) -> None:
        """To its first button; again, and it goes back to where it was."""
        if self._has_keyboard():
            self._give_keyboard_back()
        else:
            self._before = self.window().focusWidget()
            self._stops[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._seen:
            # The time counts from here: a window that opens many materials may be late to paint.
            self._seen = True
            self._timer.start()

    def leave(self) -> None:
        self._timer.stop()
        if self._has_keyboard():
            self._give_keyboard_back()
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._go_on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._timer.stop()
        elif event.type() == QEvent.Type.FocusOut:
            self._go_on()
        return False

    def _go_on(self) -> None:
        if self._seen and not self._has_keyboard() and not self.underMouse():
            self._timer.start()

    def _has_keyboard(self) -> bool:
        # Not the application's: who looks at another window for a moment has not left the message.
        focus = self.window().focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _give_keyboard_back(self) -> None:
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)


class ToastStack(QObject):
    """Keeps the toasts of one window above the lower edge of ``anchor``, the newest at the bottom."""

    def __init__(self, window: QWidget, anchor: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._anchor = anchor or window
        self._anchor.installEventFilter(self)
        self._shown: list[Toast] = []

    def set_anchor(self, anchor: QWidget) -> None:
        """Stand over this from now on."""
        if anchor is not self._anchor:
            self._anchor.removeEventFilter(self)
            self._anchor = anchor
            anchor.installEventFilter(self)
            QTimer.singleShot(0, self, self._place)

    def take_keyboard(self) -> None:
        """To the newest, if there is one; from there back."""
        if self._shown:
            self._shown[-1].take_keyboard()

    @property
    def toasts(self) -> list[Toast]:
        """The oldest first."""
        return list(self._shown)

    def show(self, text: str, severity: str = "info", actions: Sequence[Action] = (), topic: str = "") -> Toast:
        """``severity``: info, good, warn or bad. The same message again replaces the one that is still there, and so
        does a later one of the same ``topic``, if there is one."""
        for old in self.toasts:
            if (old.text == text and old.severity == severity) or (topic and old.topic == topic):
                old.leave()
        while len(self.toasts) >= MOST:
            self.toasts[0].leave()
        made = Toast(text, severity, actions, self._window)
        made.topic = topic
        made.installEventFilter(self)
        self._shown.append(made)
        made.show()
        self._place()
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._anchor and event.type() == QEvent.Type.Resize:
            self._place()
        elif isinstance(watched, Toast) and event.type() == QEvent.Type.Hide:
            # Its own way out, by time, by button or by another one taking its place.
            if watched in self._shown:
                self._shown.remove(watched)
            QTimer.singleShot(0, self, self._place)
        return False

    def _place(self) -> None:
        corner = self._anchor.mapTo(self._window, QPoint(0, 0))
        # Beside the panels, not over them, unless that would make it narrow or cut a long word.
        least = max((toast.minimumSizeHint().width() for toast in self.toasts), default=0)
        room = min(max(self._anchor.width(), WIDTH + 16, least + 16), self._window.width())
        width = min(text_px(WIDTH), room - 16)
        if sum(toast.heightForWidth(width) + 8 for toast in self.toasts) > corner.y() + self._anchor.height() - 12:
            # Rather over the panels than beyond the upper edge.
            width = min(2 * text_px(WIDTH), self._window.width() - 16)
        left = corner.x() + (self._anchor.width() - width) // 2
        left = min(max(left, 8), max(8, self._window.width() - width - 8))
        bottom = corner.y() + self._anchor.height() - 12
        for toast in reversed(self.toasts):
            # What is wrapped is taller than the hint for another width says.
            height = toast.heightForWidth(width)
            toast.setGeometry(left, bottom - height, width, height)
            toast.raise_()
            bottom -= height + 8
