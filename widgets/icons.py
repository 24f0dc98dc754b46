"""Our own icons: single-stroke SVG files, recoloured when they are loaded."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from widgets.theme import RESOURCES, THEME


@cache
def pixmap(name: str, color: str = THEME.text_soft, size: int = 16, scale: float = 2.0) -> QPixmap:
    """The icon ``name`` in ``color``, ``size`` px square, drawn at ``scale`` for dense screens."""
    source = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(source.encode()))
    made = QPixmap(QSize(round(size * scale), round(size * scale)))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return made


@cache
def icon(name: str, color: str = THEME.text_soft, active: str = THEME.text, size: int = 24) -> QIcon:
    """The icon with its look when hovered or checked (``active``) and when disabled.

    It is drawn ``size`` px large and shown smaller by most, because pictures are never enlarged.
    """
    made = QIcon()
    made.addPixmap(pixmap(name, color, size), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(pixmap(name, active, size), QIcon.Mode.Active, QIcon.State.Off)
    made.addPixmap(pixmap(name, active, size), QIcon.Mode.Normal, QIcon.State.On)
    made.addPixmap(pixmap(name, active, size), QIcon.Mode.Active, QIcon.State.On)
    faded = QColor(THEME.text_off)
    made.addPixmap(pixmap(name, faded.name(), size), QIcon.Mode.Disabled, QIcon.State.Off)
    made.addPixmap(pixmap(name, faded.name(), size), QIcon.Mode.Disabled, QIcon.State.On)
    return made


@cache
def dot_icon(color: str) -> QIcon:
    """A filled dot: the sign of a role."""
    made = QPixmap(24, 24)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(4, 4, 16, 16)
    painter.end()
    return QIcon(made)


@cache
def ring_icon(color: str) -> QIcon:
    """An empty dot: the sign of no role."""
    made = QPixmap(24, 24)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(color), 2))
    painter.drawEllipse(5, 5, 14, 14)
    painter.end()
    return QIcon(made)


def application_icon() -> QIcon:
    """The mark of the application in the sizes that desktops ask for."""
    made = QIcon()
    for size in (16, 32, 48, 128, 256):
        made.addPixmap(pixmap("texloom", THEME.text, size, 1.0))
    return made
