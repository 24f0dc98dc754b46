"""The wipe's line on the canvas: its two sides, and where it is taken hold of."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from renderers.comparison import Comparison

HANDLE_REACH = 8.0
"""Distance from the wipe's line, in px, within which it is grabbed."""
KNOB_DISTANCE = 72.0
"""From the wipe's handle to the knob that turns the line, in px."""


def wipe_path(comparison: Comparison, size: tuple[float, float], sign: float) -> QPainterPath:
    """The part of a picture of ``size`` that shows A (``sign`` −1) or B (1)."""
    x, y, d = comparison.line(size)
    far = 2.0 * (size[0] + size[1])
    on_line = QPointF(x * d, y * d)
    along, away = QPointF(-y * far, x * far), QPointF(x * far * sign, y * far * sign)
    path = QPainterPath()
    path.addPolygon(QPolygonF([on_line + along, on_line - along, on_line - along + away, on_line + along + away]))
    return path


def wipe_handle(comparison: Comparison, width: float, height: float) -> tuple[QPointF, QPointF]:
    """The middles of the handle that moves the wipe's line, and of the knob that turns it."""
    x, y, d = comparison.line((width, height))
    off = d - 0.5 * (width * x + height * y)
    handle = QPointF(width / 2.0 + x * off, height / 2.0 + y * off)
    along = QPointF(-y, x)
    return handle, handle + along * KNOB_DISTANCE
