"""Where an OpenGL picture is drawn: in a part of a window that a GPU composes, or in memory by a thread of its own.

A window with a ``QOpenGLWidget`` in it is composed by OpenGL as a whole. Where OpenGL is the processor's work, every
line of text that changes then costs as much as a picture, and nothing answers while one is drawn; there a thread draws
the picture aside, and it is painted like any other image.
"""

from __future__ import annotations

import atexit
import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import moderngl
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from renderers.calls import Calls, calls_of
from renderers.drawer import Drawer, Drawn, Order
from widgets.language import tr
from widgets.opengl import surface_format

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
SURROUND = 0.30
"""Display-encoded grey beside a flat picture."""
_UV = tuple[float, float]
_Asked = tuple[Callable[[Drawer], Any], "Future[Any]"]


class WindowSurface(QOpenGLWidget):
    """Draws in the GUI thread. ``samples`` as for :class:`Drawer`."""

    drawn = Signal(object)
    """A :class:`Drawn`, from inside a paint."""
    picked = Signal(float, float, object)
    """What :meth:`pick` asked for: x, y, and u and v or None."""

    def __init__(self, samples: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFormat(surface_format())
        self._samples = samples
        self._ctx: moderngl.Context | None = None
        self.drawer: Drawer | None = None
        """Of the context that there is now."""
        self._order: Order | None = None
        self._new = False
        self._target: tuple[object, moderngl.Framebuffer] | None = None
        """Qt's own framebuffer as moderngl knows it, which is never given back: it is asked for once."""
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self.update)

    def draw(self, order: Order) -> None:
        """Show this picture as soon as possible."""
        self._order, self._new = order.after(self._order if self._new else None), True
        self.update()

    def call(self, act: Callable[[Drawer], _T]) -> _T | None:
        """What ``act`` answers, with the context current; None where nothing is drawn yet."""
        if self.drawer is None:
            return None
        self.makeCurrent()
        try:
            return act(self.drawer)
        finally:
            self.doneCurrent()

    def pick(self, x: float, y: float) -> None:
        """Find the texture coordinates of what the 3D view shows at a pixel."""
        self.picked.emit(x, y, self.call(lambda drawer: drawer.uv_at(x, y)))

    def end(self) -> None:
        """Give everything back while the context still lives."""
        if self._ctx is None or self.drawer is None:
            return
        self.makeCurrent()
        self.drawer.release()
        try:
            self._ctx.release()
        except Exception:
            _LOG.debug("The context was gone already", exc_info=True)
        self.doneCurrent()
        self._ctx = self.drawer = self._target = None

    def initializeGL(self) -> None:
        """Called with a new context, also after the widget has moved to another window."""
        self.context().aboutToBeDestroyed.connect(self.end, Qt.ConnectionType.DirectConnection)
        self._target = self.drawer = None
        try:
            self._ctx = _moderngl_context()
        except Exception as error:  # the loaders raise bare Exception
            self._ctx = None
            self.drawn.emit(Drawn(fault=str(error)))
            return
        self.drawer = Drawer(self._ctx, self._samples)
        self._new = self._order is not None

    def paintGL(self) -> None:
        drawer, order = self.drawer, self._order
        if drawer is None or self._ctx is None or order is None:
            return
        if self._new:
            drawer.take(order)
            self._new = False
        drawn = drawer.work()
        # Always: what was there is gone.
        drawn = drawer.show(self._framebuffer(self._ctx)) or drawn
        if drawn.again is not None:
            self._next.start(round(drawn.again * 1000.0))
        self.drawn.emit(drawn)

    def _framebuffer(self, ctx: moderngl.Context) -> moderngl.Framebuffer:
        key = (self.defaultFramebufferObject(), pixel_size(self))
        if self._target is None or self._target[0] != key:
            self._target = (key, ctx.detect_framebuffer(key[0]))
        return self._target[1]


class MemorySurface(QWidget):
    """Draws in a thread of its own, which rests while nobody sees the picture. As :class:`WindowSurface` otherwise."""

    drawn = Signal(object)
    picked = Signal(float, float, object)

    def __init__(self, samples: int | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._image: QImage | None = None
        self._waiting: Order | None = None
        """What nobody has seen yet, because the widget is hidden."""
        self._thread = _DrawingThread(samples)
        self._thread.voice.made.connect(self._take)
        self._thread.voice.picked.connect(self.picked)
        self.destroyed.connect(self._thread.end)

    def draw(self, order: Order) -> None:
        self._waiting = order.after(self._waiting)
        if self.isVisible():
            self._send()

    def call(self, act: Callable[[Drawer], _T]) -> _T | None:
        """What ``act`` answers in the drawing thread, after everything that was to be drawn before."""
        self._send()
        return self._thread.call(act)

    def pick(self, x: float, y: float) -> None:
        self._thread.pick(x, y)

    def end(self) -> None:
        self._thread.end()

    def picture(self) -> QImage | None:
        """What is shown, with everything in it that was asked for; None where nothing can be drawn."""
        self._send()
        return self._thread.call(lambda _: self._thread.image)

    def _send(self) -> None:
        if self._waiting is not None:
            self._thread.draw(self._waiting)
            self._waiting = None

    def _take(self, drawn: Drawn, image: QImage | None) -> None:
        if image is not None:
            self._image = image
            self.update()
        self.drawn.emit(drawn)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._thread.rest(False)
        self._send()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._thread.rest(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None:
            grey = round(SURROUND * 255)
            painter.fillRect(self.rect(), QColor(grey, grey, grey))
        else:
            painter.drawImage(self.rect(), self._image)
        painter.end()


class _Voice(QObject):
    """What a drawing thread says. Not the widget itself, which may be going while the thread still speaks."""

    made = Signal(object, object)
    """A :class:`Drawn` and the picture, or None where that is the same as before."""
    picked = Signal(float, float, object)


class _DrawingThread:
    """Has a context and draws with it until :meth:`end`; starts when there is something to draw."""

    def __init__(self, samples: int | None) -> None:
        self.voice = _Voice()
        self.image: QImage | None = None
        """The newest picture; for the thread itself."""
        self._samples = samples
        # Qt wants it to be made and to go in the GUI thread.
        self._place = QOffscreenSurface()
        self._place.setFormat(surface_format())
        self._place.create()
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._order: Order | None = None
        self._calls: list[_Asked] = []
        self._pick: _UV | None = None
        self._resting = self._ended = False

    def draw(self, order: Order) -> None:
        with self._changed:
            self._order = order.after(self._order)
            if self._thread is None and not self._ended:
                self._thread = threading.Thread(target=self._run, name="drawing", daemon=True)
                self._thread.start()
                atexit.register(self.end)
            self._changed.notify()

    def call(self, act: Callable[[Drawer], _T]) -> _T | None:
        """Wait for what ``act`` answers; None if nothing is drawn."""
        future: Future[_T] = Future()
        with self._changed:
            if self._thread is None or self._ended:
                return None
            self._calls.append((act, future))
            self._changed.notify()
        return future.result()

    def pick(self, x: float, y: float) -> None:
        """Only the newest place is of interest."""
        with self._changed:
            self._pick = (x, y)
            self._changed.notify()

    def rest(self, on: bool) -> None:
        """Leave a picture as it is for now."""
        with self._changed:
            self._resting = on
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            atexit.unregister(self.end)

    def _run(self) -> None:
        context = QOpenGLContext()
        context.setFormat(surface_format())
        drawer: Drawer | None = None
        ctx: moderngl.Context | None = None
        try:
            if not context.create() or not context.makeCurrent(self._place):
                self._stop(tr("the OpenGL driver does not start"))
                return
            ctx = _moderngl_context()
            Calls(ctx, lambda name: int(context.getProcAddress(name.encode()) or 0)).use_for(ctx)
            drawer = Drawer(ctx, self._samples)
            self._draw_on(ctx, drawer)
        except Exception as error:
            _LOG.exception("The drawing thread ended")
            self._stop(str(error))
        finally:
            self._stop()
            if drawer is not None:
                drawer.release()
            if ctx is not None:
                ctx.release()
            context.doneCurrent()

    def _draw_on(self, ctx: moderngl.Context, drawer: Drawer) -> None:
        target: moderngl.Framebuffer | None = None
        due: float | None = None
        while True:
            order, calls, pick = self._wait(due)
            if self._ended:
                break
            if order is not None:
                drawer.take(order)
                if target is None or target.size != order.size:
                    _release(target)
                    target = ctx.framebuffer([ctx.renderbuffer(order.size, 4)])
            if order is not None or (due is not None and time.monotonic() >= due and not self._resting):
                drawn = drawer.work()
                made = False
                if drawn.visible and not drawn.fault and target is not None:
                    failed = drawer.show(target)
                    made, drawn = failed is None, failed or drawn
                if made and target is not None:
                    calls_of(ctx).finish()
                    self.image = _image_of(target)
                due = None if drawn.again is None else time.monotonic() + drawn.again
                self.voice.made.emit(drawn, self.image if made else None)
                if drawn.fault:
                    break
            for act, future in calls:
                try:
                    future.set_result(act(drawer))
                except BaseException as error:
                    future.set_exception(error)
            if pick is not None:
                self.voice.picked.emit(*pick, drawer.uv_at(*pick))
        _release(target)

    def _wait(self, due: float | None) -> tuple[Order | None, list[_Asked], _UV | None]:
        """Until there is something to do."""
        with self._changed:
            while not (self._ended or self._order is not None or self._calls or self._pick is not None):
                left = None if due is None or self._resting else due - time.monotonic()
                if left is not None and left <= 0.0:
                    break
                self._changed.wait(left)
            found = self._order, self._calls, self._pick
            self._order, self._calls, self._pick = None, [], None
            return found

    def _stop(self, fault: str = "") -> None:
        """Nothing will be drawn any more."""
        with self._changed:
            self._ended = True
            calls, self._calls = self._calls, []
        for _, future in calls:
            future.set_result(None)
        if fault:
            self.voice.made.emit(Drawn(fault=fault), None)


def pixel_size(widget: QWidget) -> tuple[int, int]:
    """Width and height of a widget in pixels of the screen. Rounded as Qt rounds when it makes a surface: halves go
    up."""
    ratio = widget.devicePixelRatioF()
    width, height = (math.floor(length * ratio + 0.5) for length in (widget.width(), widget.height()))
    return max(width, 1), max(height, 1)


def _moderngl_context() -> moderngl.Context:
    """The context that is current, whichever window system made it."""
    try:
        return moderngl.create_context(require=330)
    except Exception:  # the loader for X11 doesn't see a context that EGL made (Wayland)
        return moderngl.create_context(require=330, backend="egl")  # pyright: ignore[reportArgumentType]


def _release(target: moderngl.Framebuffer | None) -> None:
    if target is not None:
        for attachment in target.color_attachments:
            attachment.release()
        target.release()


def _image_of(framebuffer: moderngl.Framebuffer) -> QImage:
    """OpenGL's first row is the lowest."""
    width, height = framebuffer.size
    lowest_first = QImage(framebuffer.read(components=4), width, height, 4 * width, QImage.Format.Format_RGBX8888)
    return lowest_first.flipped(Qt.Orientation.Vertical)
