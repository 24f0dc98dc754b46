"""What is drawn over the picture: names of the sides, the dividing line, the wipe's handle, notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from renderers.choices import CompareMode
from renderers.comparison import Comparison
from widgets.theme import THEME, font, icon_px, text_px
from widgets.wipe import KNOB_DISTANCE, wipe_handle, wipe_path

SHADE_OPACITY = 0.66
"""So dark that the text on it can be read over white."""
_SHADE = QColor(0, 0, 0, round(SHADE_OPACITY * 255))
TEXT = QColor("#f0f0f0")


@dataclass(frozen=True)
class Legend:
    """What colours mean: either a bar from ``low`` to ``high`` through evenly spaced ``colors``, or one name each."""

    colors: tuple[str, ...]
    low: str = ""
    high: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class TexelNumbers:
    """The values of one texel: the middle of its place on the canvas in px, one line per channel, and whether dark
    letters are legible there."""

    x: float
    y: float
    lines: tuple[str, ...]
    dark: bool


@dataclass(frozen=True)
class Overlay:
    """``note`` stands at the bottom right, ``legend`` at the bottom left, ``message`` in the middle of an empty one."""

    comparison: Comparison
    label_a: str
    label_b: str
    label_error: str = ""
    """What the one picture of a difference is."""
    note: str = ""
    message: str = ""
    has_a: bool = True
    has_b: bool = True
    legend: Legend | None = None
    numbers: tuple[TexelNumbers, ...] = ()
    ring: tuple[float, float, float] | None = None
    """A place to look at, on every side: its middle on the first one and its radius in px."""


class OverlayWidget(QWidget):
    """Lies over the canvas and lets the mouse through. A widget of its own, because painting into the OpenGL surface
    itself would leave its state to whoever draws there next."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._overlay = Overlay(Comparison(), "", "", has_a=False, has_b=False)
        self._focused = False

    def show_overlay(self, overlay: Overlay) -> None:
        if overlay != self._overlay:
            self._overlay = overlay
            self.update()

    def show_focus(self, on: bool) -> None:
        """A ring says that the keyboard is the view's."""
        if on != self._focused:
            self._focused = on
            self.update()

    def show_note(self, note: str) -> None:
        self.show_overlay(replace(self._overlay, note=note))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_overlay(painter, self.width(), self.height(), self._overlay)
        if self._focused:
            painter.setPen(QPen(QColor(THEME.accent_line), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0))


def paint_overlay(painter: QPainter, width: float, height: float, overlay: Overlay) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if overlay.message:
        painter.setFont(font(THEME.body))
        painter.setPen(TEXT)
        area = QRectF(24, 24, width - 48, height - 48)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, overlay.message)
    if not (overlay.has_a or overlay.has_b):
        return
    comparison = overlay.comparison
    if overlay.numbers:
        _numbers(painter, overlay.numbers)
    if overlay.ring is not None:
        x, y, radius = overlay.ring
        for left in (0.0, width / 2.0) if comparison.mode is CompareMode.SPLIT else (0.0,):
            _ring(painter, x + left, y, radius)
    match comparison.mode:
        case CompareMode.SPLIT:
            _line(painter, round(width / 2.0), height)
            _label(painter, 12.0, overlay.label_a, most=width / 2 - 24)
            _label(painter, width / 2.0 + 12.0, overlay.label_b, most=width / 2 - 24)
        case CompareMode.WIPE:
            for sign, text in ((-1.0, overlay.label_a), (1.0, overlay.label_b)):
                painter.save()
                painter.setClipPath(wipe_path(comparison, (width, height), sign))
                # In the corner that is farthest from the line on its side; A takes the left one of two.
                right, bottom = max(
                    ((right, bottom) for right in (False, True) for bottom in (False, True)),
                    key=lambda corner: (
                        sign * comparison.line_distance((corner[0] * width, corner[1] * height), (width, height))
                        - 0.5 * corner[1]
                    ),
                )
                x, top = (width - 12.0 if right else 12.0), (height - 22.0 - 2.0 * _label_height() if bottom else 12.0)
                _label(painter, x, text, most=width / 2 - 24, right=right, top=top)
                painter.restore()
            _wipe_line(painter, comparison, width, height)
        case CompareMode.DIFFERENCE | CompareMode.FLIP:
            _label(painter, 12.0, overlay.label_error, most=width - 24)
        case CompareMode.A:
            _label(painter, 12.0, overlay.label_a, most=width - 24)
        case CompareMode.B:
            _label(painter, 12.0, overlay.label_b, most=width - 24)
    if overlay.legend is not None:
        _legend(painter, 12.0, height - 12.0, overlay.legend, most=width - 24.0)
    if overlay.note:
        _label(painter, width - 12.0, overlay.note, most=width - 24, top=height - 12.0 - _label_height(), right=True)


def _wipe_line(painter: QPainter, comparison: Comparison, width: float, height: float) -> None:
    handle, knob = wipe_handle(comparison, width, height)
    if comparison.wipe_angle % 180.0 == 0.0:
        _line(painter, round(handle.x()), height)
    else:
        along = (knob - handle) * ((width + height) / KNOB_DISTANCE)
        painter.setPen(QPen(QColor(0, 0, 0, 90), 3.0))
        painter.drawLine(handle - along, handle + along)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1.0))
        painter.drawLine(handle - along, handle + along)
    _handle(painter, handle, comparison.wipe_angle)
    painter.setPen(QPen(QColor(0, 0, 0, 110), 1.0))
    painter.setBrush(QColor(245, 245, 245))
    painter.drawEllipse(knob, 5.0, 5.0)


def _legend(painter: QPainter, left: float, bottom: float, legend: Legend, *, most: float) -> None:
    painter.setFont(font(THEME.small))
    metrics = QFontMetricsF(painter.font())
    words = legend.names or (legend.low, legend.high)
    swatch, ramp = icon_px(10), text_px(120)
    if legend.names:
        widths = [metrics.horizontalAdvance(name) + swatch + 16.0 for name in legend.names]
    else:
        low, high = metrics.horizontalAdvance(legend.low) + 8.0, metrics.horizontalAdvance(legend.high) + 8.0
        widths = [low, min(ramp, max(most - low - high - 16.0, 24.0)), high]
    width = sum(widths) + 16.0
    if width > most:
        return
    tall = _label_height() + 2.0
    box = QRectF(left, bottom - tall, width, tall)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, THEME.radius, THEME.radius)
    x, middle = box.left() + 8.0, box.center().y()
    aligned = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    if legend.names:
        for color, name, step in zip(legend.colors, words, widths, strict=False):
            painter.setBrush(QColor(color))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(x, middle - swatch / 2.0, swatch, swatch), 2.0, 2.0)
            painter.setPen(TEXT)
            painter.drawText(QRectF(x + swatch + 4.0, box.top(), step, box.height()), aligned, name)
            x += step
        return
    painter.setPen(TEXT)
    painter.drawText(QRectF(x, box.top(), widths[0], box.height()), aligned, legend.low)
    x += widths[0]
    bar = QRectF(x, middle - 4.0, widths[1], 8.0)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for i, color in enumerate(legend.colors):
        gradient.setColorAt(i / (len(legend.colors) - 1), QColor(color))
    painter.fillRect(bar, gradient)
    painter.drawText(QRectF(bar.right() + 8.0, box.top(), widths[2], box.height()), aligned, legend.high)


def _numbers(painter: QPainter, numbers: tuple[TexelNumbers, ...]) -> None:
    painter.setFont(font(THEME.small))
    line_height = QFontMetricsF(painter.font()).height() - 1.0
    for texel in numbers:
        painter.setPen(QColor(0, 0, 0, 220) if texel.dark else QColor(255, 255, 255, 235))
        top = texel.y - line_height * len(texel.lines) / 2.0
        for i, text in enumerate(texel.lines):
            box = QRectF(texel.x - text_px(40), top + i * line_height, text_px(80), line_height)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _ring(painter: QPainter, x: float, y: float, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(0, 0, 0, 150), 4.0), (QColor(THEME.accent_line), 2.0)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _label_height() -> float:
    return QFontMetricsF(font(THEME.small)).height() + 8.0


def _label(painter: QPainter, x: float, text: str, *, most: float, top: float = 12.0, right: bool = False) -> None:
    if not text or most < 24.0:
        return
    painter.setFont(font(THEME.small))
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, most - 16.0)
    width = metrics.horizontalAdvance(text) + 16.0
    box = QRectF(x - width if right else x, top, width, _label_height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, THEME.radius, THEME.radius)
    painter.setPen(TEXT)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _line(painter: QPainter, x: float, height: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(x - 1, 0, 3, height), QColor(0, 0, 0, 90))
    painter.fillRect(QRectF(x, 0, 1, height), QColor(255, 255, 255, 200))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _handle(painter: QPainter, middle: QPointF, angle: float) -> None:
    painter.save()
    painter.translate(middle + QPointF(0.5, 0.0))
    painter.rotate(angle)
    painter.setPen(QPen(QColor(0, 0, 0, 110), 1.0))
    painter.setBrush(QColor(245, 245, 245))
    painter.drawEllipse(QPointF(0.0, 0.0), 12.0, 12.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#303030"))
    for side in (-1.0, 1.0):
        base = side * 3.5
        painter.drawPolygon(QPolygonF([QPointF(side * 8.0, 0.0), QPointF(base, -4.0), QPointF(base, 4.0)]))
    painter.restore()
