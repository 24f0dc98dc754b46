"""Whether there is OpenGL, and windows that will show it."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from widgets.language import tr


@cache
def opengl_problem() -> str:
    """Why no OpenGL 3.3 context can be made here; empty if one can."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    if not context.create():
        return tr("no OpenGL driver was found")
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return tr("the OpenGL driver does not start")
    version = context.format().version()
    context.doneCurrent()
    return (
        ""
        if tuple(version) >= (3, 3)
        else tr("OpenGL is only version {major}.{minor}").format(major=version[0], minor=version[1])
    )


def surface_format() -> QSurfaceFormat:
    made = QSurfaceFormat()
    made.setVersion(3, 3)
    made.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    made.setDepthBufferSize(0)
    made.setStencilBufferSize(8)
    return made


def expect_opengl(window: QWidget) -> None:
    """Before ``window`` is shown: it will get an OpenGL view later. Qt would put a native window of another kind in its
    place then, which flickers and loses the keyboard."""
    if not opengl_problem():
        seed = QOpenGLWidget(window)
        seed.setFormat(surface_format())
        seed.hide()
