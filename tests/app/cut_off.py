"""What a window shows only in part: texts without the room they need, pieces that reach beyond what holds them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTabBar,
    QToolButton,
    QWidget,
)

from widgets.controls import ElidedButton, ElidedLabel

SLACK = 1
"""So many px may be missing: rounding of a letter's width."""


def cut(window: QWidget) -> list[str]:
    """What of ``window`` is cut off, or stands on something else; [] is as it should be.

    What is shortened on purpose, with dots and the whole in its tooltip, does not count, nor what can be scrolled to.
    """
    found = []
    for widget in window.findChildren(QWidget):
        # A dialog is a child too, but a window of its own.
        if widget.window() is not window or not widget.isVisible() or _is_part(widget):
            continue
        if widget.visibleRegion().isEmpty():
            continue
        found += [f"{type(widget).__name__} {problem}" for problem in _problems(widget, window)]
    return found + _overlaps(window)


def cut_in_all() -> list[str]:
    """The same in all windows of the process, which also have to be on the screen as a whole."""
    found = []
    for window in QApplication.topLevelWidgets():
        if not window.isVisible():
            continue
        frame, screen = window.geometry(), window.screen().geometry()
        if not screen.contains(frame):
            found.append(f"{type(window).__name__} {window.windowTitle()!r} {frame} is not within {screen}")
        found += cut(window)
    return found


def _is_part(widget: QWidget) -> bool:
    """Whether it is a piece of something that is looked at as one."""
    name = widget.objectName()
    return name.startswith("qt_") and not isinstance(widget, (QTabBar, QLineEdit))


def _problems(widget: QWidget, window: QWidget) -> Iterator[str]:
    text, need, space = _text(widget)
    if text and (need.width() > space.width() + SLACK or need.height() > space.height() + 2 * SLACK):
        yield f"{text!r}: needs {need}, has {space}"
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            wide = widget.fontMetrics().horizontalAdvance(widget.tabText(index))
            # A row that is longer than its place has arrows.
            beyond = widget.tabRect(index).right() > widget.width() and not widget.usesScrollButtons()
            if wide > widget.tabRect(index).width() or beyond:
                yield f"tab {widget.tabText(index)!r}: needs {wide}, has {widget.tabRect(index)} of {widget.width()}"
    if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
        for section in range(widget.count()):
            title = str(widget.model().headerData(section, widget.orientation()) or "")
            wide = widget.fontMetrics().horizontalAdvance(title)
            if not widget.isSectionHidden(section) and wide > widget.sectionSize(section):
                yield f"column {title!r}: needs {wide}, has {widget.sectionSize(section)}"
    if text or isinstance(widget, (QAbstractButton, QAbstractSpinBox, QLineEdit)):
        yield from _beyond(widget, text or widget.toolTip(), window)


def _text(widget: QWidget) -> tuple[str, QSize, QSize]:
    """What is written on it, the room that this needs and the room that there is; "" where nothing is written or it is
    shortened on purpose."""
    nothing = ("", QSize(), QSize())
    metrics, space = widget.fontMetrics(), widget.contentsRect().size()
    if isinstance(widget, (ElidedLabel, ElidedButton)):
        return nothing
    if isinstance(widget, QLabel):
        text = widget.text()
        margin = 2 * widget.margin()
        if widget.wordWrap():
            flags = int(Qt.TextFlag.TextWordWrap)
            return text, metrics.boundingRect(QRect(0, 0, space.width(), 10_000), flags, text).size(), space
        return text, metrics.size(Qt.TextFlag.TextShowMnemonic, text) + QSize(margin, margin), space
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
        return nothing
    if isinstance(widget, QAbstractButton):
        return widget.text(), metrics.size(Qt.TextFlag.TextShowMnemonic, widget.text()), space
    if isinstance(widget, QLineEdit):
        # What somebody typed may be longer, and is moved through; what stands there before is not.
        text = widget.text() if isinstance(widget.parent(), QAbstractSpinBox) else ""
        text = text or (widget.placeholderText() if not widget.text() else "")
        margins = widget.textMargins()
        space = QSize(space.width() - margins.left() - margins.right(), space.height())
        return text, QSize(metrics.horizontalAdvance(text), metrics.height() - 2), space
    return nothing


def _beyond(widget: QWidget, text: str, window: QWidget) -> Iterator[str]:
    """Whether it reaches beyond something that it is in and that can't be scrolled there."""
    inside: QWidget = widget
    upright = True
    while inside is not window and (holder := inside.parentWidget()) is not None:
        place = QRect(widget.mapTo(holder, QPoint()), widget.size())
        room = holder.rect()
        area = holder.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is holder:
            upright = upright and area.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            if area.horizontalScrollBarPolicy() is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                return
        sideways = place.left() < -SLACK or place.right() > room.right() + SLACK
        if sideways or (upright and (place.top() < -SLACK or place.bottom() > room.bottom() + SLACK)):
            yield f"{text!r}: at {place}, beyond {type(holder).__name__} {room}"
            return
        inside = holder


def _overlaps(window: QWidget) -> list[str]:
    """Texts and buttons that share a parent and stand on each other."""
    by_parent: dict[QWidget, list[tuple[str, QRect]]] = {}
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        if not widget.isVisible() or parent is None or not isinstance(widget, (QLabel, QAbstractButton)):
            continue
        if widget.window() is not window:
            continue
        if isinstance(parent, (QAbstractSpinBox, QLineEdit, QTabBar, QAbstractScrollArea)) or _is_part(widget):
            continue
        text = widget.text() or (widget.toolTip() if isinstance(widget, QAbstractButton) else "")
        inner = widget.contentsRect() if isinstance(widget, QLabel) else widget.rect()
        if text and not inner.isEmpty():
            place = inner.translated(widget.pos()).adjusted(SLACK, SLACK, -SLACK, -SLACK)
            by_parent.setdefault(parent, []).append((text, place))
    found = []
    for parent, pieces in by_parent.items():
        for index, (text, place) in enumerate(pieces):
            for other, there in pieces[index + 1 :]:
                if place.intersects(there):
                    found.append(f"{text!r} {place} stands on {other!r} {there} in {type(parent).__name__}")
    return found
