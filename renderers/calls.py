"""The OpenGL calls that take long where the processor draws: those that wait for it or draw many vertices."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import moderngl

_GL_TEXTURE_2D, _GL_TRIANGLES, _GL_UNSIGNED_INT = 0x0DE1, 0x0004, 0x1405


class Calls:
    """``load`` gives the address of an OpenGL function of the current context: called through it, other threads of
    Python run meanwhile, which moderngl's own calls don't let them. Without it they are moderngl's own calls."""

    def __init__(self, ctx: moderngl.Context, load: Callable[[str], int] | None = None) -> None:
        self._finish: Callable[[], object] = ctx.finish
        self._build: Callable[[int], object] | None = None
        self._draw: Callable[[int, int, int, int], object] | None = None
        self._use: Callable[[int], object] = int
        self._bind: Callable[[int], object] = int
        if load is None:
            return
        names = ("glFinish", "glGenerateMipmap", "glUseProgram", "glBindVertexArray", "glDrawElements")
        found = [load(name) for name in names]
        if all(found):
            kind = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
            number = ctypes.c_uint
            self._finish = kind(None)(found[0])
            self._build, self._use, self._bind = (kind(None, number)(address) for address in found[1:4])
            self._draw = kind(None, number, ctypes.c_int, number, ctypes.c_void_p)(found[4])

    def use_for(self, ctx: moderngl.Context) -> None:
        """Whatever draws with ``ctx`` finds them by :func:`calls_of`."""
        ctx.extra = self

    def finish(self) -> None:
        """Wait until everything that was asked for is drawn."""
        self._finish()

    def draw_triangles(self, array: moderngl.VertexArray, first: int, end: int) -> None:
        """Those from ``first`` to ``end`` (exclusive) of an array with 32-bit indices."""
        if self._draw is None:
            array.render(vertices=3 * (end - first), first=3 * first)
            return
        self._use(array.program.glo)
        self._bind(array.glo)
        self._draw(_GL_TRIANGLES, 3 * (end - first), _GL_UNSIGNED_INT, 3 * first * 4)

    def build_mipmaps(self, texture: moderngl.Texture) -> None:
        if self._build is None:
            texture.build_mipmaps()
            return
        self._finish()
        texture.use(0)
        self._build(_GL_TEXTURE_2D)
        self._finish()


def calls_of(ctx: moderngl.Context) -> Calls:
    """Those that were chosen for a context, else moderngl's own."""
    if not isinstance(ctx.extra, Calls):
        ctx.extra = Calls(ctx)
    return ctx.extra
