"""What an OpenGL picture is drawn on: a part of a window that a GPU composes, or memory.

A window with a ``QOpenGLWidget`` in it is composed by OpenGL as a whole. Where OpenGL is the processor's work, every
line of text that changes then costs as much as a picture; there the picture is drawn aside and painted like any other
image.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import moderngl
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QPainter, QPaintEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from widgets.opengl import surface_format

Act = Callable[[], object]


class WindowSurface(QOpenGLWidget):
    """``begin`` is called with a new context, also after the widget has moved to another window, ``draw`` whenever a
    picture is due, ``end`` before the context goes; the context is current in all of them."""

    def __init__(self, begin: Act, draw: Act, end: Act, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFormat(surface_format())
        self._begin, self._draw, self._end = begin, draw, end
        self._target: tuple[object, moderngl.Framebuffer] | None = None
        """Qt's own framebuffer as moderngl knows it, which is never given back: it is asked for once."""

    def redraw(self) -> None:
        """A picture is due."""
        self.update()

    def target(self, ctx: moderngl.Context) -> moderngl.Framebuffer:
        """What to draw on, inside ``draw``."""
        key = (self.defaultFramebufferObject(), pixel_size(self))
        if self._target is None or self._target[0] != key:
            self._target = (key, ctx.detect_framebuffer(key[0]))
        return self._target[1]

    def forget(self) -> None:
        """The context's objects are no longer of use."""
        self._target = None

    def initializeGL(self) -> None:
        self.context().aboutToBeDestroyed.connect(self._end, Qt.ConnectionType.DirectConnection)
        self._begin()

    def paintGL(self) -> None:
        self._draw()


class MemorySurface(QWidget):
    """As :class:`WindowSurface`, with a context of its own; ``failed`` is told why there is none."""

    def __init__(self, begin: Act, draw: Act, failed: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._begin, self._draw, self._failed = begin, draw, failed
        self._context: QOpenGLContext | None = None
        self._place: QOffscreenSurface | None = None
        self._target: tuple[tuple[int, int], moderngl.Framebuffer] | None = None
        self._image: QImage | None = None
        self._due = True

    def redraw(self) -> None:
        """A picture is due."""
        self._due = True
        self.update()

    def context(self) -> QOpenGLContext | None:
        return self._context

    def makeCurrent(self) -> None:
        if self._context is not None and self._place is not None:
            self._context.makeCurrent(self._place)

    def doneCurrent(self) -> None:
        if self._context is not None:
            self._context.doneCurrent()

    def target(self, ctx: moderngl.Context) -> moderngl.Framebuffer:
        """What to draw on, inside ``draw``."""
        size = pixel_size(self)
        if self._target is None or self._target[0] != size:
            self._release_target()
            self._target = (size, ctx.framebuffer([ctx.renderbuffer(size, 4)]))
        return self._target[1]

    def forget(self) -> None:
        """The context's objects are no longer of use."""
        self._target = None

    def picture(self) -> QImage | None:
        """Drawn now if one is due; None while nothing can be drawn."""
        size = pixel_size(self)
        if self._context is None:
            self._start()
        if self._context is not None and (self._due or self._target is None or self._target[0] != size):
            self._due = False
            self.makeCurrent()
            self._draw()
            if self._target is not None and self._target[0] == size:
                self._image = _image_of(self._target[1], size)
            self.doneCurrent()
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:
        image = self.picture()
        painter = QPainter(self)
        if image is None:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
        else:
            painter.drawImage(self.rect(), image)
        painter.end()

    def _start(self) -> None:
        context, place = QOpenGLContext(), QOffscreenSurface()
        context.setFormat(surface_format())
        made = context.create()
        place.setFormat(context.format())
        place.create()
        if not made or not context.makeCurrent(place):
            self._failed("the OpenGL driver does not start")
            return
        self._context, self._place = context, place
        self._begin()
        context.doneCurrent()

    def _release_target(self) -> None:
        if self._target is not None:
            framebuffer = self._target[1]
            for attachment in framebuffer.color_attachments:
                attachment.release()
            framebuffer.release()
        self._target = None


def pixel_size(widget: QWidget) -> tuple[int, int]:
    """Width and height of a widget in pixels of the screen. Rounded as Qt rounds when it makes a surface: halves go
    up."""
    ratio = widget.devicePixelRatioF()
    width, height = (math.floor(length * ratio + 0.5) for length in (widget.width(), widget.height()))
    return max(width, 1), max(height, 1)


def _image_of(framebuffer: moderngl.Framebuffer, size: tuple[int, int]) -> QImage:
    """OpenGL's first row is the lowest."""
    width, height = size
    lowest_first = QImage(framebuffer.read(components=4), width, height, 4 * width, QImage.Format.Format_RGBX8888)
    return lowest_first.flipped(Qt.Orientation.Vertical)
