"""Runs a coordinate network's shader over all texels of its picture."""

from __future__ import annotations

import moderngl
import numpy as np

from core.coordinate.network import CoordinateNetwork
from core.exporters.network_shader import network_shader, packed_table
from core.textures.material import Pixels
from renderers.offscreen import offscreen_context
from renderers.shader_source import set_uniforms, shader_source

MOST_MULTIPLY_ADDS = 40_000
"""A network with more takes a driver minutes to compile."""


def shader_picture(network: CoordinateNetwork, context: moderngl.Context | None = None) -> Pixels:
    """The picture as the GLSL shader computes it, float32 H × W × C; ``context``: use this one instead of a new one.

    Raises TexloomError without OpenGL.
    """
    if context is not None:
        return _drawn(network, context)
    with offscreen_context() as made:
        return _drawn(network, made)


def _drawn(network: CoordinateNetwork, ctx: moderngl.Context) -> Pixels:
    channels = network.architecture.channels
    color = "texloom_color(uv)" if channels == 4 else "vec4(texloom_color(uv), 1.0)"
    # Not interpolated: the highest waves tell places apart that differ by a rounding.
    fragment = f"""#version 330
out vec4 color;
{network_shader(network)}
void main() {{
    vec2 uv = vec2(gl_FragCoord.x, {network.height}.0 - gl_FragCoord.y) / vec2({network.width}.0, {network.height}.0);
    color = {color};
}}"""
    size = network.width, network.height
    program = ctx.program(vertex_shader=shader_source("screen.vert"), fragment_shader=fragment)
    triangle = ctx.vertex_array(program, [])
    texture = ctx.texture(size, 4, dtype="f4")
    target = ctx.framebuffer([texture])
    made: list[moderngl.Program | moderngl.VertexArray | moderngl.Texture | moderngl.Framebuffer]
    made = [target, texture, triangle, program]
    try:
        if network.table is not None:
            packed = packed_table(network)
            table = ctx.texture((packed.shape[1], packed.shape[0]), 4, packed.tobytes(), dtype="f4")
            made.append(table)
            table.filter = (moderngl.NEAREST, moderngl.NEAREST)
            table.use(0)
            set_uniforms(program, texloom_table=0)
        ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        target.use()
        triangle.render(vertices=3)
        pixels = np.frombuffer(texture.read(), np.float32).reshape(network.height, network.width, 4)
        return pixels[::-1, :, :channels].copy()
    finally:
        for resource in made:
            resource.release()
