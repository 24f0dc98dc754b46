"""Compressed textures decoded by OpenGL's driver: a decoder that is neither ours nor the encoders'."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

GL_FORMATS = {"bc4": 0x8DBB, "bc5": 0x8DBD, "bc6h": 0x8E8F, "bc7": 0x8E8C, "bc7 srgb": 0x8E8D}
_ASTC = ["4x4", "5x4", "5x5", "6x5", "6x6", "8x5", "8x6", "8x8", "10x5", "10x6", "10x8", "10x10", "12x10", "12x12"]
GL_FORMATS |= {f"astc-{side}": 0x93B0 + i for i, side in enumerate(_ASTC)}
GL_FORMATS |= {f"astc-{side} srgb": 0x93D0 + i for i, side in enumerate(_ASTC)}
_TEXTURE_2D, _RGBA, _FLOAT = 0x0DE1, 0x1908, 0x1406
_WIDTH, _HEIGHT = 0x1000, 0x1001


def decoded_by_gl(levels: Sequence[bytes], format: str, width: int, height: int) -> list[NDArray[np.float32]]:
    """All levels as H × W × 4, sRGB values as stored; needs a current context. Skips where there is no EGL."""
    if not sys.platform.startswith("linux"):
        pytest.skip("asks EGL for OpenGL's functions")
    address = ctypes.CDLL("libEGL.so.1").eglGetProcAddress
    address.restype = ctypes.c_void_p

    def call(name: str, *arguments: Any) -> None:
        ctypes.CFUNCTYPE(None, *(type(a) for a in arguments))(address(name.encode()))(*arguments)

    def number(name: str) -> int:
        return ctypes.CFUNCTYPE(ctypes.c_uint)(address(name.encode()))()

    i, u = ctypes.c_int, ctypes.c_uint
    texture = u()
    call("glGenTextures", i(1), ctypes.pointer(texture))
    call("glBindTexture", u(_TEXTURE_2D), texture)
    decoded = []
    for level, data in enumerate(levels):
        size = i(max(1, width >> level)), i(max(1, height >> level))
        call(
            "glCompressedTexImage2D",
            *(u(_TEXTURE_2D), i(level), u(GL_FORMATS[format]), *size, i(0), i(len(data)), ctypes.c_char_p(data)),
        )
        pixels = np.empty((size[1].value, size[0].value, 4), np.float32)
        call(
            "glGetTexImage",
            *(u(_TEXTURE_2D), i(level), u(_RGBA), u(_FLOAT), ctypes.c_void_p(pixels.ctypes.data)),
        )
        assert number("glGetError") == 0, f"{format}, level {level}"
        decoded.append(pixels)
    call("glDeleteTextures", i(1), ctypes.pointer(texture))
    return decoded
