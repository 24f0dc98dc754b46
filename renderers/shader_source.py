"""Shader files: joining includes and building programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import moderngl

SHADER_FOLDER = Path(__file__).parent / "shaders"
VERSION = "#version 330"

_INCLUDE = re.compile(r'^#include "([\w.]+)"\s*$', re.MULTILINE)


@cache
def shader_source(name: str) -> str:
    """:func:`expanded` text of a shader file as it is."""
    return expanded(name, {})


def expanded(name: str, replaced: Mapping[str, str]) -> str:
    """Text of ``shaders/<name>.glsl`` with every ``#include "file.glsl"`` replaced by that file, each file once.

    ``replaced`` holds other texts for some files. The result starts with the version line, whether or not the file has
    one, so that every file compiles by itself.
    """
    included: set[str] = set()

    def expand(file_name: str) -> str:
        if file_name in included:
            return ""
        included.add(file_name)
        text = replaced.get(file_name) or (SHADER_FOLDER / file_name).read_text(encoding="utf-8")
        return _INCLUDE.sub(lambda match: expand(match.group(1)), text.replace(VERSION, "", 1))

    return f"{VERSION}\n{expand(f'{name}.glsl')}"


def build_program(ctx: moderngl.Context, vertex: str, fragment: str) -> moderngl.Program:
    """The program of the files ``<vertex>.vert.glsl`` and ``<fragment>.frag.glsl``."""
    return ctx.program(vertex_shader=shader_source(f"{vertex}.vert"), fragment_shader=shader_source(f"{fragment}.frag"))


def encoded_colors(colors: Sequence[str]) -> list[tuple[float, float, float]]:
    """``#rrggbb`` as display-encoded numbers in [0, 1]."""
    numbers = [int(color[1:], 16) for color in colors]
    return [((n >> 16) / 255.0, (n >> 8 & 255) / 255.0, (n & 255) / 255.0) for n in numbers]


def set_uniforms(program: moderngl.Program, **values: Any) -> None:
    """Set the named uniforms; one that the compiler removed because it has no effect is left out."""
    for name, value in values.items():
        member = program.get(name, None)
        if isinstance(member, moderngl.Uniform):
            if isinstance(value, bytes):
                member.write(value)
            else:
                member.value = value
