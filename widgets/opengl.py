"""Whether there is OpenGL, and windows that will show it."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from renderers.choices import is_software_renderer
from widgets.language import tr

_GL_RENDERER = 0x1F01


def opengl_problem() -> str:
    """Why no OpenGL 3.3 context can be made here; empty if one can."""
    return _probed()[0]


def draws_in_software() -> bool:
    """OpenGL is the processor's work here, and any thread may have it done."""
    return is_software_renderer(_probed()[1]) and QOpenGLContext.supportsThreadedOpenGL()


@cache
def _probed() -> tuple[str, str]:
    """What is wrong with OpenGL here, and what it calls its renderer."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    if not context.create():
        return tr("no OpenGL driver was found"), ""
    surface.create()
    if not surface.isValid() or not context.makeCurrent(surface):
        return tr("the OpenGL driver does not start"), ""
    major, minor = context.format().version()
    renderer = str(context.functions().glGetString(_GL_RENDERER))
    context.doneCurrent()
    if (major, minor) < (3, 3):
        return tr("OpenGL is only version {major}.{minor}").format(major=major, minor=minor), renderer
    return "", renderer


def surface_format() -> QSurfaceFormat:
    made = QSurfaceFormat()
    made.setVersion(3, 3)
    made.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    made.setDepthBufferSize(0)
    made.setStencilBufferSize(8)
    return made


def expect_opengl(window: QWidget) -> None:
    """Before ``window`` is shown: it will get an OpenGL view later. If the view is composed with the window, Qt would
    put a native window of another kind in its place then, which flickers and loses the keyboard."""
    if not opengl_problem() and not draws_in_software():
        seed = QOpenGLWidget(window)
        seed.setFormat(surface_format())
        seed.hide()
