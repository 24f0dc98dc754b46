"""A flat picture that several panes show at the same place: zoom and drag in one, and the others follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SURROUND = "#4d4d4d"
"""As the 2D view's: mid-grey to the eye."""
CHECKS = ("#8a8a8a", "#6a6a6a")
_CHECK = 8
MOST_ZOOM = 32.0
_CLICK = 1.0015
"""Zoom by a unit of the wheel, of which a click has 120."""


class PaneView(QObject):
    """Which part of the picture is seen: ``zoom`` over fitting all of it, and the place in [0, 1]² in the middle."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom = 1.0
        self.middle = QPointF(0.5, 0.5)

    def fit(self) -> None:
        self.look(1.0, QPointF(0.5, 0.5))

    def look(self, zoom: float, middle: QPointF) -> None:
        self.zoom = min(max(zoom, 1.0), MOST_ZOOM)
        # Never beyond the picture: at zoom 1 all of it is there.
        half = 0.5 / self.zoom
        self.middle = QPointF(*(min(max(value, half), 1.0 - half) for value in (middle.x(), middle.y())))
        self.changed.emit()


class PicturePane(QWidget):
    """Shows float pictures H × W × 3 or 4 in [0, 1], or its hint while there is none."""

    def __init__(self, view: PaneView, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._view = view
        self._hint = hint
        self._image: QImage | None = None
        self._grabbed: QPointF | None = None
        view.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    @property
    def image(self) -> QImage | None:
        return self._image

    def set_picture(self, pixels: NDArray[np.float32] | None) -> None:
        self._image = None if pixels is None else image_of(pixels)
        self.update()

    def _scale(self) -> float:
        """Pixels of the widget a texel of the picture takes."""
        assert self._image is not None
        fitting = min(self.width() / self._image.width(), self.height() / self._image.height())
        return fitting * self._view.zoom

    def _place(self) -> QRectF:
        """Where the whole picture would lie."""
        assert self._image is not None
        scale, middle = self._scale(), self._view.middle
        width, height = self._image.width() * scale, self._image.height() * scale
        x = self.width() / 2 - middle.x() * width
        y = self.height() / 2 - middle.y() * height
        return QRectF(x, y, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(SURROUND))
        if self._image is None:
            painter.setPen(QColor("#b4b4b4"))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(24, 24, -24, -24), words, self._hint)
            return
        place = self._place()
        if self._image.hasAlphaChannel():
            _draw_checks(painter, place.toAlignedRect().intersected(self.rect()))
        # From two pixels a texel on, texels are what one wants to see.
        smooth = self._scale() * self.devicePixelRatioF() < 2.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(place, self._image)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._image is None:
            event.ignore()
            return
        before, pointer = self._place(), event.position()
        zoom = self._view.zoom * _CLICK ** event.angleDelta().y()
        zoom = min(max(zoom, 1.0), MOST_ZOOM)
        # What lies under the pointer stays there.
        under = QPointF((pointer.x() - before.x()) / before.width(), (pointer.y() - before.y()) / before.height())
        growth = zoom / self._view.zoom
        middle = QPointF(
            under.x() + (self.width() / 2 - pointer.x()) / (before.width() * growth),
            under.y() + (self.height() / 2 - pointer.y()) / (before.height() * growth),
        )
        self._view.look(zoom, middle)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None or self._image is None:
            return
        moved, self._grabbed = event.position() - self._grabbed, event.position()
        place, middle = self._place(), self._view.middle
        moved = QPointF(moved.x() / place.width(), moved.y() / place.height())
        self._view.look(self._view.zoom, middle - moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._view.fit()


def image_of(pixels: NDArray[np.float32]) -> QImage:
    """A picture of its own from float32 H × W × 3 or 4 in [0, 1]."""
    values = (np.clip(pixels, 0.0, 1.0) * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
    values = np.ascontiguousarray(values)
    height, width, channels = values.shape
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    return QImage(values.data, width, height, width * channels, kind).copy()


def _draw_checks(painter: QPainter, area: QRect) -> None:
    """The pattern that stands for what is transparent."""
    painter.fillRect(area, QColor(CHECKS[0]))
    for y in range(area.top() // _CHECK, area.bottom() // _CHECK + 1):
        for x in range(area.left() // _CHECK, area.right() // _CHECK + 1):
            if (x + y) % 2:
                square = QRect(x * _CHECK, y * _CHECK, _CHECK, _CHECK).intersected(area)
                painter.fillRect(square, QColor(CHECKS[1]))
