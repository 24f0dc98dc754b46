"""What is drawn over the picture: names of the sides, the dividing line, the wipe's handle, notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from renderers.comparison import CompareMode
from widgets.theme import THEME, font

_SHADE = QColor(0, 0, 0, 130)
_TEXT = QColor("#f0f0f0")
_SOFT = QColor(240, 240, 240, 170)
HANDLE_REACH = 8.0
"""Distance from the wipe's line, in px, within which it is grabbed."""


@dataclass(frozen=True)
class Overlay:
    """``note`` stands at the bottom right, ``message`` in the middle of an empty view."""

    compare: CompareMode
    wipe: float
    label_a: str
    label_b: str
    gain: float
    note: str = ""
    message: str = ""
    has_a: bool = True
    has_b: bool = True


class OverlayWidget(QWidget):
    """Lies over the canvas and lets the mouse through. A widget of its own, because painting into the OpenGL surface
    itself would leave its state to whoever draws there next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._overlay = Overlay(CompareMode.SPLIT, 0.5, "", "", 1.0, has_a=False, has_b=False)

    def show_overlay(self, overlay: Overlay) -> None:
        if overlay != self._overlay:
            self._overlay = overlay
            self.update()

    def show_note(self, note: str) -> None:
        self.show_overlay(replace(self._overlay, note=note))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_overlay(QPainter(self), self.width(), self.height(), self._overlay)


def paint_overlay(painter: QPainter, width: float, height: float, overlay: Overlay) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if overlay.message:
        painter.setFont(font(THEME.body))
        painter.setPen(_SOFT)
        area = QRectF(24, 24, width - 48, height - 48)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, overlay.message)
    if not (overlay.has_a or overlay.has_b):
        return
    match overlay.compare:
        case CompareMode.SPLIT:
            _line(painter, round(width / 2.0), height)
            _label(painter, 12.0, overlay.label_a, most=width / 2 - 24)
            _label(painter, width / 2.0 + 12.0, overlay.label_b, most=width / 2 - 24)
        case CompareMode.WIPE:
            x = round(overlay.wipe * width)
            painter.save()
            painter.setClipRect(QRectF(0, 0, x, height))
            _label(painter, 12.0, overlay.label_a, most=width / 2 - 24)
            painter.setClipRect(QRectF(x, 0, width - x, height))
            _label(painter, width - 12.0, overlay.label_b, most=width / 2 - 24, right=True)
            painter.restore()
            _line(painter, x, height)
            _handle(painter, x, height / 2.0)
        case CompareMode.DIFFERENCE:
            _label(painter, 12.0, f"Difference × {overlay.gain:g}", most=width - 24)
        case CompareMode.A:
            _label(painter, 12.0, overlay.label_a, most=width - 24)
        case CompareMode.B:
            _label(painter, 12.0, overlay.label_b, most=width - 24)
    if overlay.note:
        _label(painter, width - 12.0, overlay.note, most=width - 24, top=height - 12.0 - 22.0, right=True)


def _label(painter: QPainter, x: float, text: str, *, most: float, top: float = 12.0, right: bool = False) -> None:
    if not text or most < 24.0:
        return
    painter.setFont(font(THEME.small))
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, most - 16.0)
    width = metrics.horizontalAdvance(text) + 16.0
    box = QRectF(x - width if right else x, top, width, 22.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, THEME.radius, THEME.radius)
    painter.setPen(_TEXT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _line(painter: QPainter, x: float, height: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(x - 1, 0, 3, height), QColor(0, 0, 0, 90))
    painter.fillRect(QRectF(x, 0, 1, height), QColor(255, 255, 255, 200))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _handle(painter: QPainter, x: float, y: float) -> None:
    painter.setPen(QPen(QColor(0, 0, 0, 110), 1.0))
    painter.setBrush(QColor(245, 245, 245))
    painter.drawEllipse(QPointF(x + 0.5, y), 12.0, 12.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#303030"))
    for side in (-1.0, 1.0):
        tip = x + 0.5 + side * 8.0
        base = x + 0.5 + side * 3.5
        painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(base, y - 4.0), QPointF(base, y + 4.0)]))
