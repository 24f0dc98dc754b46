"""The calls that wait, made without stopping the other threads of Python."""

from __future__ import annotations

import ctypes
import sys
import threading
import time

import moderngl
import numpy as np
import pytest

from renderers.calls import Calls
from renderers.shader_source import set_uniforms

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="functions are asked of EGL")
SLOW = """#version 330
out vec4 color;
void main() {
    float sum = 0.0;
    for (int i = 0; i < 3000; ++i) sum += sin(sum + gl_FragCoord.x * float(i));
    color = vec4(sum);
}
"""
WHOLE = "#version 330\nvoid main() { gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1); }"


def load(name: str) -> int:
    egl = ctypes.CDLL("libEGL.so.1")
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    return egl.eglGetProcAddress(name.encode()) or 0


READ = """#version 330
uniform sampler2D picture;
uniform int level;
out vec4 color;
void main() { color = texelFetch(picture, ivec2(gl_FragCoord.xy), level); }
"""


def levels_of(ctx: moderngl.Context, texture: moderngl.Texture) -> list[bytes]:
    """As a shader reads them: moderngl only knows of levels that it made."""
    program = ctx.program(vertex_shader=WHOLE, fragment_shader=READ)
    triangle = ctx.vertex_array(program, [])
    found = []
    for level in range(7):
        target = ctx.simple_framebuffer((max(64 >> level, 1), max(32 >> level, 1)), components=4)
        target.use()
        texture.use(0)
        set_uniforms(program, level=level, picture=0)
        triangle.render(vertices=3)
        found.append(target.read(components=4))
    return found


def test_mipmaps_are_those_of_the_driver(ctx: moderngl.Context) -> None:
    texels = np.random.default_rng(0).integers(0, 256, (32, 64, 4), np.uint8)
    own, other = (ctx.texture((64, 32), 4, texels.tobytes()) for _ in range(2))
    Calls(ctx, load).build_mipmaps(own)
    Calls(ctx).build_mipmaps(other)
    for texture in (own, other):
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    levels = levels_of(ctx, own)
    assert levels == levels_of(ctx, other)
    assert levels[0] == texels.tobytes() and all(any(level) for level in levels)


def test_other_threads_run_while_a_picture_is_drawn(ctx: moderngl.Context) -> None:
    program = ctx.program(vertex_shader=WHOLE, fragment_shader=SLOW)
    target = ctx.simple_framebuffer((256, 256))
    target.use()
    triangle = ctx.vertex_array(program, [])
    turns, ended = 0, threading.Event()

    def count() -> None:
        nonlocal turns
        while not ended.wait(0.001):
            turns += 1

    other = threading.Thread(target=count)
    other.start()
    calls = Calls(ctx, load)
    try:
        triangle.render(vertices=3)
        before, began = turns, time.monotonic()
        calls.finish()
        took = time.monotonic() - began
    finally:
        ended.set()
        other.join()
    if took < 0.05:
        pytest.skip("this machine draws too fast")
    assert turns - before >= 5, f"{turns - before} turns in {took:.2f} s"
