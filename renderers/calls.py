"""The OpenGL calls that wait for the rasteriser. Where the processor draws, that is as long as drawing takes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import moderngl

_GL_TEXTURE_2D = 0x0DE1


class Calls:
    """``load`` gives the address of an OpenGL function of the current context: called through it, other threads of
    Python run meanwhile, which moderngl's own calls don't let them. Without it they are moderngl's own calls."""

    def __init__(self, ctx: moderngl.Context, load: Callable[[str], int] | None = None) -> None:
        self._finish: Callable[[], object] = ctx.finish
        self._build: Callable[[int], object] | None = None
        if load is not None:
            finish, build = load("glFinish"), load("glGenerateMipmap")
            if finish and build:
                kind = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
                self._finish, self._build = kind(None)(finish), kind(None, ctypes.c_uint)(build)

    def use_for(self, ctx: moderngl.Context) -> None:
        """Whatever draws with ``ctx`` finds them by :func:`calls_of`."""
        ctx.extra = self

    def finish(self) -> None:
        """Wait until everything that was asked for is drawn."""
        self._finish()

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
