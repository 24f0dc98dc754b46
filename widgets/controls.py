"""Small pieces that the panels are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from widgets.icons import icon
from widgets.theme import THEME, follow_scale, icon_px, text_px

L = TypeVar("L", QHBoxLayout, QVBoxLayout)
T = TypeVar("T", bound=QToolButton)


def bare(layout: L, spacing: int = 0, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> L:
    """``layout`` with ``spacing`` and ``margins`` (left, top, right, bottom) in px instead of the style's."""
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    return layout


def label(text: str = "", look: str = "", parent: QWidget | None = None) -> QLabel:
    """A label in one of the looks of the style sheet: soft, small, head, title, number."""
    made = QLabel(text, parent)
    if look:
        made.setProperty("look", look)
    return made


def button(text: str, look: str = "", icon_name: str = "", tip: str = "") -> QPushButton:
    """A push button in one of the looks of the style sheet: primary, tall, flat, link, head."""
    made = QPushButton(text)
    made.setAutoDefault(False)
    if look:
        made.setProperty("look", look)
    if icon_name:
        color = THEME.accent_text if look == "primary" else THEME.text_soft
        made.setIcon(icon(icon_name, color, THEME.accent_text))
    if tip:
        made.setToolTip(tip)
    return made


def tool(icon_name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """A square button that shows only its icon; ``tip``, without its keys, is also its accessible name."""
    made = QToolButton()
    made.setIcon(icon(icon_name))
    made.setCheckable(checkable)
    made.setToolTip(tip)
    made.setAccessibleName(tip.partition("  (")[0])
    return square(made)


def square(made: T, side: int = 26) -> T:
    """``made`` as a square of ``side`` px that grows with the icons and is reached by Tab."""
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return follow_scale(made, lambda button: button.setFixedSize(icon_px(side), icon_px(side)))


class ActionButton(QPushButton):
    """A push button that is an action: its text, icon, tooltip and whether it can be pressed follow it."""

    def __init__(self, action: QAction, look: str = "", text: str = "", parent: QWidget | None = None) -> None:
        """``text`` stands for the action's own, where that is too long for a button."""
        super().__init__(parent)
        self.setAutoDefault(False)
        self._own_text = text
        if look:
            self.setProperty("look", look)
        self._action = action
        self._look = look
        self.clicked.connect(lambda _=False: action.trigger())
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._own_text or self._action.text())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())
        name = self._action.property("icon_name")
        if self._look == "primary" and name:
            self.setIcon(icon(name, THEME.accent_text, THEME.accent_text))
        else:
            self.setIcon(self._action.icon())

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return hint if self.icon().isNull() else QSize(hint.width() - self.iconSize().width() - 4, hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Where it is narrow the picture goes before a letter does."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        if self.width() < self.sizeHint().width():
            option.icon = QIcon()
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


def hairline() -> QFrame:
    made = QFrame()
    made.setObjectName("hairline")
    return made


def vline(height: int = 16) -> QFrame:
    made = QFrame()
    made.setObjectName("vline")
    made.setFixedSize(1, height)
    return made


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet selects by, and apply it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that is shortened in the middle where it does not fit; the tooltip then holds the whole text."""

    def __init__(
        self,
        text: str = "",
        look: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._own_tip = ""
        if look:
            self.setProperty("look", look)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._update_tip()

    def set_tip(self, text: str) -> None:
        """A tooltip of its own, shown instead of the whole text."""
        self._own_tip = text
        self._update_tip()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tip()

    def _update_tip(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self._own_tip or (self.text() if cut else ""))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        space = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, space.width())
        painter.drawText(space, int(self.alignment() | Qt.TextFlag.TextSingleLine), text)


class ElidedButton(QPushButton):
    """A push button whose text is shortened in the middle where it does not fit."""

    def minimumSizeHint(self) -> QSize:
        return QSize(text_px(56), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        space = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        space -= 0 if self.icon().isNull() else self.iconSize().width() + 6
        space -= icon_px(18) if self.menu() else 2
        option.text = self.elided(space)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def elided(self, space: int) -> str:
        """The text as far as ``space`` px go."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, space)


class Segmented(QWidget):
    """A row of exclusive choices. One stop for Tab; arrow keys move between them."""

    chosen = Signal(str)
    """By the user: the value of the choice."""

    def __init__(
        self,
        choices: Sequence[tuple[str, str, str]],
        *,
        icons: dict[str, str] | None = None,
        stretch: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``choices``: (value, text, tooltip). ``icons``: value -> icon name, shown instead of the text."""
        super().__init__(parent)
        self.setObjectName("segmented")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(
            QSizePolicy.Policy.Expanding if stretch else QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed
        )
        row = bare(QHBoxLayout(self), 2, (2, 2, 2, 2))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        for value, text, tip in choices:
            made = _SegmentButton("" if icons and value in icons else text, self)
            made.setToolTip(tip)
            made.setAccessibleName(text)
            if icons and value in icons:
                made.setIcon(icon(icons[value]))
                follow_scale(made, lambda button: button.setFixedWidth(icon_px(30)))
            if stretch:
                made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _=False, v=value: self.chosen.emit(v))
            self._group.addButton(made)
            self._buttons[value] = made
            row.addWidget(made, 1 if stretch else 0)
        first = next(iter(self._buttons.values()))
        first.setChecked(True)

    @property
    def value(self) -> str:
        return next((value for value, made in self._buttons.items() if made.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Show ``value`` as chosen without telling anybody; none, where it is not among the choices."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)
            return
        self._group.setExclusive(False)
        for made in self._buttons.values():
            made.setChecked(False)
        self._group.setExclusive(True)

    def button(self, value: str) -> QPushButton:
        return self._buttons[value]

    def step(self, by: int) -> None:
        """Choose the neighbour, as its click would; it gets the focus."""
        values = list(self._buttons)
        at = values.index(self.value) if self.value in values else -by
        made = self._buttons[values[(at + by) % len(values)]]
        made.click()
        made.setFocus(Qt.FocusReason.TabFocusReason)


class _SegmentButton(QPushButton):
    """One choice of :class:`Segmented`. Clicking leaves the focus where it was: the view keeps its keys."""

    def __init__(self, text: str, row: Segmented) -> None:
        super().__init__(text, row)
        self._row = row
        self.setProperty("look", "segment")
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.toggled.connect(lambda on: self.setFocusPolicy(Qt.FocusPolicy.TabFocus if on else Qt.FocusPolicy.NoFocus))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self._row.step(steps[key])
        else:
            super().keyPressEvent(event)


class Section(QWidget):
    """A heading that folds what lies below it."""

    folded = Signal(bool)

    def __init__(
        self, title: str, content: QWidget, tip: str, *, open_: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = bare(QVBoxLayout(self), 4)
        row = bare(QHBoxLayout(), 4)
        self._title = title
        self._head = button(title, "head", tip=tip)
        self._head.setCheckable(True)
        self._head.setChecked(open_)
        self._head.toggled.connect(self._show)
        self._badge = label()
        self._badge.setObjectName("badge")
        self._badge.hide()
        row.addWidget(self._head, 1)
        row.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        column.addWidget(content)
        self.content = content
        self._show(open_)

    def set_badge(self, text: str, state: str = "") -> None:
        self._badge.setText(text)
        self._head.setAccessibleName(f"{self._title}, {text}" if text else self._title)
        restyle(self._badge, "state", state)
        self._badge.setVisible(bool(text))

    def set_open(self, open_: bool) -> None:
        self._head.setChecked(open_)

    @property
    def is_open(self) -> bool:
        return self._head.isChecked()

    def _show(self, open_: bool) -> None:
        self._head.setIcon(icon("chevron-down" if open_ else "chevron-right"))
        self.content.setVisible(open_)
        self.folded.emit(not open_)


class VerticalScroll(QScrollArea):
    """Scrolls up and down only; its content is never narrower than it needs and never wider than the view."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        content.setObjectName("scrolled")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """As wide as the content has to be: what would be cut off can't be scrolled to."""
        content, hint = self.widget(), super().minimumSizeHint()
        if content is None:
            return hint
        wide = content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(max(hint.width(), wide), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def hint_page(text: str) -> VerticalScroll:
    """What stands in a panel while there is nothing to show in it."""
    words = label(text, "soft")
    words.setContentsMargins(16, 12, 12, 12)
    words.setWordWrap(True)
    words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return VerticalScroll(words)


class Combo(QComboBox):
    """A drop-down that leaves the wheel to the panel unless it has the focus, and shrinks before it cuts others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own_tip = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.currentTextChanged.connect(lambda _: self._tell_cut())
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        # A plain list instead of a native popup, so that the style sheet reaches it.
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Where it is narrow the picture goes before a letter does, and what is cut ends in dots."""
        super().initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        picture = 0 if option.currentIcon.isNull() else option.iconSize.width() + 4
        if option.fontMetrics.horizontalAdvance(option.currentText) + picture > field.width():
            option.currentIcon = QIcon()
            option.currentText = option.fontMetrics.elidedText(
                option.currentText, Qt.TextElideMode.ElideRight, field.width()
            )

    def setToolTip(self, tip: str) -> None:
        self._own_tip = tip
        self._tell_cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_cut()

    def _tell_cut(self) -> None:
        """What is chosen stands in the tooltip where it does not fit."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        parts = [self.currentText() if option.currentText != self.currentText() else "", self._own_tip]
        super().setToolTip("\n".join(part for part in dict.fromkeys(parts) if part))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def set_value(self, value: object) -> None:
        """Choose the entry with this data without telling anybody."""
        index = self.findData(value)
        blocked = self.blockSignals(True)
        self.setCurrentIndex(index)
        self.blockSignals(blocked)
        self._tell_cut()


class Slider(QSlider):
    """A horizontal slider that leaves the wheel to the panel unless it has the focus."""

    def __init__(self, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(low, high)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


_USUAL = 999.0
"""Numbers up to this one can be read as a whole, however narrow their field is."""


class NumberField(QDoubleSpinBox):
    """A number with a unit. The wheel is the panel's unless the field has the focus."""

    def __init__(self, low: float, high: float, decimals: int, suffix: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSuffix(f" {suffix}" if suffix else "")
        # A value that is still being typed must not start predictions or undo steps.
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)

    def minimumSizeHint(self) -> QSize:
        # The style reserves room for the longest number in the range, which nobody ever enters.
        usual = self.textFromValue(min(self.maximum(), _USUAL)) + self.suffix()
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        option.rect = QRect(0, 0, 1000, 100)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxEditField, self
        )
        wide = self.fontMetrics().horizontalAdvance(usual) + 1000 - field.width() + 8
        return QSize(max(text_px(84), wide), super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        least = self.minimumSizeHint()
        return QSize(max(text_px(120), least.width()), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes over what was typed; only where nothing was, it is the dialog's."""
        before = self.value()
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.value() != before:
            event.accept()

    def show_value(self, value: float) -> None:
        """Set the value without telling anybody."""
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(blocked)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
