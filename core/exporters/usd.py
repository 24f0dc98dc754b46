"""A USD stage (``.usda``) with a UsdPreviewSurface and a sphere that wears it, and a picture file for each map.

The stage is written as the text it is; usd-core reads and checks it in the tests. The specular map has no place in the
metallic workflow: its file is there and stays unconnected. Displacement is centred at one half.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.exporters import Remarks
from core.exporters.delivery import file_name
from core.exporters.role_files import RoleFiles, identifier, write_role_files
from core.jobs import Control, Event, Progress, Started
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import UsdSettings

_INPUTS = {
    Role.ALBEDO: ("diffuseColor", "color3f", "rgb"),
    Role.METALLIC: ("metallic", "float", "r"),
    Role.ROUGHNESS: ("roughness", "float", "r"),
    Role.OCCLUSION: ("occlusion", "float", "r"),
    Role.NORMAL: ("normal", "normal3f", "rgb"),
    Role.EMISSIVE: ("emissiveColor", "color3f", "rgb"),
    Role.OPACITY: ("opacity", "float", "r"),
    Role.DISPLACEMENT: ("displacement", "float", "r"),
}
RINGS, SEGMENTS = 24, 48
"""Of the sphere, whose radius is 1: the texture goes round it twice and is one high."""


def export(
    source: Source, delivery: Delivery, settings: UsdSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write stage and pictures; normals with +Y up. Raises OutputError."""
    yield Started(f"Writing {source.name} for USD")
    name = file_name(source.name, ".usda")
    written = yield from write_role_files(source, delivery, (name,), "USD", control)
    delivery.write(name, stage(written, settings.displacement))
    yield Progress(1.0, "written", 0.0)
    notes = written.notes
    if Role.SPECULAR in written.files:
        notes += ("The specular map is written and not connected: the metallic workflow has no input for it.",)
    return Remarks(notes)


def stage(written: RoleFiles, displacement: float) -> bytes:
    """The text. ``displacement`` is the height from 0 to 1 in units of the scene."""
    name = identifier(written.material.name)
    material = f"/{name}/Materials/{name}"
    parts = [
        f"""#usda 1.0
(
    defaultPrim = "{name}"
    metersPerUnit = 1
    upAxis = "Y"
)

def Xform "{name}" (
    kind = "component"
)
{{
    def Scope "Materials"
    {{
        def Material "{name}"
        {{
            token outputs:surface.connect = <{material}/Surface.outputs:surface>
            token outputs:displacement.connect = <{material}/Surface.outputs:displacement>

            def Shader "Surface"
            {{
                uniform token info:id = "UsdPreviewSurface"
""",
        *_surface_inputs(written, material),
        """\
                token outputs:surface
                token outputs:displacement
            }

            def Shader "Coordinates"
            {
                uniform token info:id = "UsdPrimvarReader_float2"
                string inputs:varname = "st"
                float2 outputs:result
            }
""",
        *(_texture(written, role, material, displacement) for role in written.files if role in _INPUTS),
        f"""\
        }}
    }}

{_sphere(material)}}}
""",
    ]
    return "".join(parts).encode("utf-8")


def _surface_inputs(written: RoleFiles, material: str) -> Iterator[str]:
    for role in written.files:
        if role in _INPUTS:
            name, kind, channel = _INPUTS[role]
            yield f"                {kind} inputs:{name}.connect = <{material}/{_title(role)}.outputs:{channel}>\n"
    if Role.OPACITY in written.files:
        yield "                float inputs:opacityThreshold = 0.5\n"


def _texture(written: RoleFiles, role: Role, material: str, displacement: float) -> str:
    _, _, channel = _INPUTS[role]
    change = ""
    if role is Role.NORMAL:
        change = _scaled("(2, 2, 2, 1)", "(-1, -1, -1, 0)")
    elif role is Role.DISPLACEMENT:
        height, middle = repr(float(displacement)), repr(-float(displacement) / 2)
        change = _scaled(f"({', '.join([height] * 4)})", f"({', '.join([middle] * 4)})")
    return f"""
            def Shader "{_title(role)}"
            {{
                uniform token info:id = "UsdUVTexture"
                asset inputs:file = @./{written.files[role]}@
                token inputs:sourceColorSpace = "{"sRGB" if written.srgb(role) else "raw"}"
                token inputs:wrapS = "repeat"
                token inputs:wrapT = "repeat"
{change}                float2 inputs:st.connect = <{material}/Coordinates.outputs:result>
                {"float3 outputs:rgb" if channel == "rgb" else "float outputs:r"}
            }}
"""


def _scaled(scale: str, bias: str) -> str:
    return f"                float4 inputs:scale = {scale}\n                float4 inputs:bias = {bias}\n"


def _title(role: Role) -> str:
    return str(role).capitalize()


def _sphere(material: str) -> str:
    """Quads with normals and texture coordinates, v up; poles are rows of points of their own."""
    rows, columns = np.meshgrid(np.arange(RINGS + 1), np.arange(SEGMENTS + 1), indexing="ij")
    down, round_ = rows * (math.pi / RINGS), columns * (2 * math.pi / SEGMENTS)
    points = np.stack([np.sin(down) * np.sin(round_), np.cos(down), np.sin(down) * np.cos(round_)], axis=2)
    coordinates = np.stack([2 * columns / SEGMENTS, 1 - rows / RINGS], axis=2)
    first = (rows * (SEGMENTS + 1) + columns)[:-1, :-1].ravel()
    faces = np.stack([first, first + SEGMENTS + 1, first + SEGMENTS + 2, first + 1], axis=1)
    places = _tuples(points.reshape(-1, 3))
    return f"""\
    def Mesh "Preview" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {{
        uniform token subdivisionScheme = "none"
        uniform token orientation = "rightHanded"
        float3[] extent = [(-1, -1, -1), (1, 1, 1)]
        int[] faceVertexCounts = [{", ".join(["4"] * len(faces))}]
        int[] faceVertexIndices = [{", ".join(map(str, faces.ravel()))}]
        point3f[] points = [{places}]
        normal3f[] normals = [{places}] (
            interpolation = "vertex"
        )
        texCoord2f[] primvars:st = [{_tuples(coordinates.reshape(-1, 2))}] (
            interpolation = "vertex"
        )
        rel material:binding = <{material}>
    }}
"""


def _tuples(values: Iterable[Iterable[float]]) -> str:
    return ", ".join(f"({', '.join(f'{value:.6g}' for value in row)})" for row in values)
