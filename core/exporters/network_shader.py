"""A coordinate network as shader text in the languages of the codec's decoder, from the same parts.

The text defines, in every language, ``vec3 texloom_color(vec2 uv)`` (``vec4`` with alpha): the picture in [0, 1] at a
place in [0, 1]²; (0, 0) is the outer corner of its first texel. It holds the weights as constants, or reads them from a
buffer (:func:`packed_network`). The numbers of a hash encoding come as a texture of floats called ``texloom_table``
(:func:`packed_table`). What it computes is ``CoordinateNetwork.decode``, see docs/lab.md.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from core.coordinate.encodings import PRIME, Floats, values_per_coordinate
from core.coordinate.network import CoordinateNetwork
from core.exporters.networks import TABLE_SUFFIX
from core.exporters.shader_text import (
    COMPONENTS,
    Kind,
    Language,
    Layer,
    ShaderText,
    Texture,
    Weights,
    activation_function,
    activation_name,
    number,
    packed_layers,
    vector_type,
    weight_entries,
)
from core.files import write_bytes

TABLE_WIDTH = 1024
_TABLE = Texture("texloom_table", Kind.FLOATS)


def network_shader(
    network: CoordinateNetwork, language: Language = Language.GLSL, weights: Weights = Weights.CONSTANTS
) -> str:
    """The text, without a version line and without an entry point. With :attr:`Weights.BUFFER` it is the same for all
    networks of one name and shape."""
    shape = network.architecture
    entries = weight_entries(shape.shapes) if weights is Weights.BUFFER else None
    shader = ShaderText(language, () if shape.grid is None else (_TABLE,), entries)
    result = vector_type(shape.channels)
    last = activation_name("sigmoid")
    inputs, lines = _inputs(network, shader)
    picked = ", ".join(f"o0.{c}" for c in COMPONENTS[: shape.channels])
    function = [
        f"{result} texloom_color({shader.all_declared}vec2 uv) {{",
        *lines,
        "    vec4 o0;",
        *shader.network(_layers(network), inputs, shape.activation),
        f"    o0 = {last}(o0);",
        f"    return {result}({picked});",
        "}",
        "",
    ]
    parts = [activation_function(shape.activation), activation_function("sigmoid")]
    if shape.grid is not None:
        parts.append(_table_functions(shader))
    work = f"{shape.parameters} parameters, {shape.multiply_adds} multiply-adds a pixel"
    return shader.assembled(f"{network.name}: {work}", [*parts, "\n".join(function)])


def packed_network(network: CoordinateNetwork) -> Floats:
    """The buffer of weights, see :func:`shader_text.packed_layers`."""
    return packed_layers(_layers(network))


def packed_table(network: CoordinateNetwork) -> Floats:
    """The texture of the hash encoding, float32 [rows, 1024, 4]: one texel an entry, row after row."""
    table = network.table
    if table is None:
        raise ValueError("only the hash encoding has a table")
    rows = math.ceil(len(table) / TABLE_WIDTH)
    packed = np.zeros((rows * TABLE_WIDTH, 4), np.float32)
    packed[: len(table), : table.shape[1]] = table
    return packed.reshape(rows, TABLE_WIDTH, 4)


def write_shader(network: CoordinateNetwork, language: Language, path: Path) -> list[Path]:
    """Write the text, and with the hash encoding its texture beside it as raw float32 RGBA, 1024 texels a row; returns
    the files. Raises OutputError."""
    write_bytes(path, network_shader(network, language).encode())
    if network.table is None:
        return [path]
    table = path.with_name(path.stem + TABLE_SUFFIX)
    write_bytes(table, packed_table(network).astype("<f4").tobytes())
    return [path, table]


def _layers(network: CoordinateNetwork) -> list[Layer]:
    return [Layer(weights, biases) for weights, biases in zip(network.weights, network.biases, strict=True)]


def _inputs(network: CoordinateNetwork, shader: ShaderText) -> tuple[list[str], list[str]]:
    """The names of the network's inputs, and the lines that make them of ``uv``; see core/coordinate/encodings.py."""
    shape = network.architecture
    if shape.grid is not None:
        lines = [
            f"    vec4 g{i} = texloom_level({shader.passed}uv, {number(level.scale)}, {level.first}, {level.entries}, "
            f"{0 if level.hashed else level.side});"
            for i, level in enumerate(shape.grid.grids)
        ]
        return [f"g{i}.{c}" for i in range(shape.grid.levels) for c in COMPONENTS[: shape.grid.features]], lines
    if shape.encoding == "none":
        return ["uv.x", "uv.y"], []
    count = values_per_coordinate(shape.encoding, shape.values)
    lines = []
    for k in range(count):
        if shape.encoding == "frequency":
            # A power of two and the part behind the point are exact: high waves keep their place.
            turns = f"fract(uv * {number(2.0 ** (k // 2 - 1))})"
            term = f"{'cos' if k % 2 else 'sin'}({turns} * {number(2.0 * math.pi)})"
        elif shape.encoding == "triangle":
            term = f"abs(fract(uv * {number(2.0 ** (k - 1))} + {number(0.25 * k)}) - 0.5) * 4.0 - 1.0"
        else:
            lines.append(f"    vec2 d{k} = uv * {number(shape.values)} - {number(k + 0.5)};")
            term = f"exp(d{k} * d{k} * -0.5)"
        lines.append(f"    vec2 e{k} = {term};")
    return [f"e{k}.{axis}" for axis in "xy" for k in range(count)], lines


def _table_functions(shader: ShaderText) -> str:
    """Reads one grid: four points, blended. ``side`` is 0 where points share entries."""
    point = f"texloom_point({shader.passed}low + ivec2({{}}, {{}}), first, entries, side)"
    corners = [point.format(x, y) for y in (0, 1) for x in (0, 1)]
    return f"""\
vec4 texloom_point({shader.declared}ivec2 at, int first, int entries, int side) {{
    uint key = side > 0 ? uint(at.x + at.y * side) : uint(at.x) ^ (uint(at.y) * {PRIME}u);
    int row = first + int(key % uint(entries));
    ivec2 place = ivec2(row % {TABLE_WIDTH}, row / {TABLE_WIDTH});
    return {shader.fetch(_TABLE)};
}}

vec4 texloom_level({shader.declared}vec2 uv, float scale, int first, int entries, int side) {{
    vec2 position = uv * scale + 0.5;
    vec2 part = position - floor(position);
    ivec2 low = ivec2(floor(position));
    vec4 a = {corners[0]};
    vec4 b = {corners[1]};
    vec4 c = {corners[2]};
    vec4 d = {corners[3]};
    return mix(mix(a, b, part.x), mix(c, d, part.x), part.y);
}}
"""
