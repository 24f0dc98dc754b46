"""A neural texture as shader text: GLSL for the viewport, and GLSL, HLSL or Metal for engines, from one generator.

The text holds the decoder as constants, or reads it from a buffer (:func:`packed_weights`) that may be written anew
without another compilation; the latents come packed as they lie in memory, in one array texture of unsigned integers
per grid (:func:`packed_latents`). What it computes is ``NeuralTexture.decode``, step by step; see
``core/codec/sampling.py`` and docs/container.md.

The functions that it defines, in every language:

``TexloomTexel texloom_decode(vec2 uv, int mip)``
    All maps at any place; ``uv`` as the texture's, (0, 0) at its first texel's outer corner.
``TexloomTexel texloom_texel(vec2 uv, int mip)``
    The same at the centre of the texel that ``uv`` lies in: what a decoded texture read without a filter gives.

A ``TexloomTexel`` has a member per map, named as the role is, in file encoding: a float or a vector of two to four.
In Metal what they read stands first among the parameters: the latents, then the weights if they come from a buffer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS, LatentLayout
from core.codec.neural_texture import Codes, NeuralTexture, StoredMap
from core.codec.sampling import Floats

WORDS = 4
"""32-bit words in a texel of a latent texture."""
_QUAD = "xyzw"


class Language(StrEnum):
    GLSL = "glsl"
    HLSL = "hlsl"
    METAL = "metal"


class Weights(StrEnum):
    """Where the shader has the decoder's weights from: its own text, or a buffer of float4 called
    ``texloom_weights`` (in GLSL and HLSL a block of constants named ``TexloomWeights``)."""

    CONSTANTS = "constants"
    BUFFER = "buffer"


@dataclass(frozen=True)
class _Dialect:
    """How a language says what the others say differently. ``declared`` and ``passed`` are what a function that reads
    latents needs in its list of parameters, for a number of grids; ``buffer`` declares so many weights globally, and
    ``buffer_declared`` and ``buffer_passed`` are the same for the functions that read them."""

    head: Callable[[int], str]
    fetch: str
    buffer: str = ""
    buffer_declared: str = ""
    buffer_passed: str = ""
    declared: Callable[[int], str] = lambda grids: ""
    passed: Callable[[int], str] = lambda grids: ""
    words: tuple[tuple[str, str], ...] = ()


def _lines(text: str, grids: int) -> str:
    return "".join(text.format(i=i) for i in range(grids))


_FLOAT_WORDS = (
    (r"\b([iu]?)vec([234])\b", r"\1float\2"),
    (r"\bifloat", "int"),
    (r"\bufloat", "uint"),
    (r"\bmix\b", "lerp"),
    (r"\bfract\b", "frac"),
)
_DIALECTS = {
    Language.GLSL: _Dialect(
        lambda grids: _lines("uniform usampler2DArray texloom_latents_{i};\n", grids),
        "texelFetch(texloom_latents_{i}, ivec3(place, layer), 0)",
        "layout(std140) uniform TexloomWeights {{\n    vec4 texloom_weights[{count}];\n}};\n",
    ),
    Language.HLSL: _Dialect(
        lambda grids: _lines("Texture2DArray<uint4> texloom_latents_{i};\n", grids),
        "texloom_latents_{i}.Load(int4(place, layer, 0))",
        "cbuffer TexloomWeights {{\n    float4 texloom_weights[{count}];\n}};\n",
        words=_FLOAT_WORDS,
    ),
    Language.METAL: _Dialect(
        lambda grids: "#include <metal_stdlib>\nusing namespace metal;\n",
        "texloom_latents_{i}.read(uint2(place), uint(layer))",
        "",
        "constant float4 *texloom_weights, ",
        "texloom_weights, ",
        lambda grids: _lines("texture2d_array<uint> texloom_latents_{i}, ", grids),
        lambda grids: _lines("texloom_latents_{i}, ", grids),
        (*_FLOAT_WORDS[:3], (r"\bout (\w+) (\w+)", r"thread \1 &\2")),
    ),
}


def packed_latents(texture: NeuralTexture) -> list[NDArray[np.uint32]]:
    """Per grid, the texture that the shader reads: uint32 [layers, height, width, 4].

    The mip groups lie below each other, the first one on top. A texel holds the codes of its latent in order, as many
    to a 32-bit word as :func:`codes_per_word` says, the first one in the lowest bits.
    """
    arrays = []
    for which, grid in enumerate(texture.layout.grids):
        width = texture.latents[0][which].shape[1]
        below = [np.pad(own[which], ((0, 0), (0, width - own[which].shape[1]), (0, 0))) for own in texture.latents]
        arrays.append(_packed(np.concatenate(below), grid.bits))
    return arrays


def packed_weights(texture: NeuralTexture) -> Floats:
    """The buffer that a shader with :attr:`Weights.BUFFER` reads: float32 [n, 4], sixteen bytes an entry.

    Layer by layer, for every four outputs: their weights of each input in turn, then their biases; outputs that don't
    exist are 0. :func:`weight_count` says how many entries that are.
    """
    parts = []
    for number, layer in enumerate(texture.layers):
        biases = layer.biases.astype(np.float32)
        if number == len(texture.layers) - 1:
            biases = biases + texture.offset
        rows = np.concatenate([layer.weights(), biases[None]])
        rows = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))
        parts.append(rows.reshape(len(rows), -1, 4).transpose(1, 0, 2).reshape(-1, 4))
    return np.concatenate(parts)


def weight_count(layout: LatentLayout) -> int:
    """Entries of :func:`packed_weights`."""
    return sum((n_in + 1) * math.ceil(n_out / 4) for n_in, n_out in layout.layer_shapes)


def codes_per_word(bits: int) -> int:
    """How many codes a 32-bit word holds: 32 / bits, but so many that four codes lie in one word or in whole ones."""
    fitting = 32 // bits
    return fitting // 4 * 4 if fitting >= 4 else 2


def _packed(codes: Codes, bits: int) -> NDArray[np.uint32]:
    height, width, features = codes.shape
    per = codes_per_word(bits)
    layers = math.ceil(features / (per * WORDS))
    padded = np.zeros((height, width, layers * WORDS * per), np.uint32)
    padded[..., :features] = codes
    shifts = (np.arange(per) * bits).astype(np.uint32)
    words = np.bitwise_or.reduce(padded.reshape(height, width, layers, WORDS, per) << shifts, axis=4)
    return np.ascontiguousarray(words.transpose(2, 0, 1, 3))


def decoder_shader(
    texture: NeuralTexture, language: Language = Language.GLSL, weights: Weights = Weights.CONSTANTS
) -> str:
    """The text, without a version line and without an entry point. With :attr:`Weights.BUFFER` it is the same for all
    textures of one name, layout and maps."""
    return _Writer(texture, _DIALECTS[language], weights).text()


class _Writer:
    """Writes GLSL; :meth:`text` turns the words that differ into those of the dialect."""

    def __init__(self, texture: NeuralTexture, dialect: _Dialect, weights: Weights) -> None:
        self.texture, self.layout, self.dialect = texture, texture.layout, dialect
        self.grids = len(self.layout.grids)
        self.buffered = weights is Weights.BUFFER and self.layout.channels > 0
        self.declared, self.passed = dialect.declared(self.grids), dialect.passed(self.grids)
        self.all_declared = self.declared + (dialect.buffer_declared if self.buffered else "")
        self.all_passed = self.passed + (dialect.buffer_passed if self.buffered else "")

    def text(self) -> str:
        parts = [self._helpers(), self._struct()]
        if self.layout.channels:
            parts += [self._grid(i) for i in range(self.grids)]
            parts += [self._groups(), self._network()]
        parts += [self._decode(), self._texel()]
        body = "\n".join(parts)
        for pattern, replacement in self.dialect.words:
            body = re.sub(pattern, replacement, body)
        size = f"{self.texture.width} x {self.texture.height} texels"
        work = f"{self.layout.multiply_adds} multiply-adds an evaluation"
        head = self.dialect.head(self.grids)
        if self.buffered:
            head += self.dialect.buffer.format(count=weight_count(self.layout))
        return f"// {self.texture.name}: {size}, {work}\n{head}\n{body}"

    def _helpers(self) -> str:
        return """\
float texloom_code(uint word, uint shift, uint mask) {
    return float((word >> shift) & mask);
}

vec4 texloom_leaky(vec4 value) {
    return max(value, value * 0.01);
}

vec2 texloom_triangle(vec2 position) {
    return abs(2.0 * fract(position) - 1.0) * 2.0 - 1.0;
}
"""

    # -- what comes out ---------------------------------------------------------------------------------------------

    def _struct(self) -> str:
        members = "".join(f"    {_type(len(m.constants))} {m.role.value};\n" for m in self.texture.maps)
        return f"struct TexloomTexel {{\n{members}}};\n"

    def _decode(self) -> str:
        lines = [f"TexloomTexel texloom_decode({self.all_declared}vec2 uv, int mip) {{"]
        channels = self.layout.channels
        quads = math.ceil(channels / 4)
        if channels:
            outputs = ", ".join(f"o{i}" for i in range(quads))
            lines += [
                f"    vec4 {outputs};",
                f"    texloom_network({self.all_passed}uv, mip, {outputs});",
            ]
        lines.append("    TexloomTexel texel;")
        at = 0
        for m in self.texture.maps:
            values = []
            for constant in m.constants:
                if constant is None:
                    values.append(_from_output(m, f"o{at // 4}.{_QUAD[at % 4]}"))
                    at += 1
                else:
                    values.append(_number(constant))
            value = values[0] if len(values) == 1 else f"{_type(len(values))}({', '.join(values)})"
            lines.append(f"    texel.{m.role.value} = {value};")
        return "\n".join([*lines, "    return texel;", "}", ""])

    def _texel(self) -> str:
        layout = self.layout
        return f"""\
TexloomTexel texloom_texel({self.all_declared}vec2 uv, int mip) {{
    vec2 size = vec2(max(ivec2({layout.width}, {layout.height}) >> mip, ivec2(1, 1)));
    return texloom_decode({self.all_passed}(floor(uv * size) + 0.5) / size, mip);
}}
"""

    # -- the latents ------------------------------------------------------------------------------------------------

    def _grid(self, which: int) -> str:
        """Reads one grid at a place, blended from four latents, into quads of features."""
        grid = self.layout.grids[which]
        per, mask = codes_per_word(grid.bits), 2**grid.bits - 1
        layers = math.ceil(grid.features / (per * WORDS))
        quads = math.ceil(grid.features / 4)
        outputs = ", ".join(f"out vec4 f{i}" for i in range(quads))
        lines = [
            f"uvec4 texloom_fetch_{which}({self.declared}ivec2 place, int layer) {{",
            f"    return {self.dialect.fetch.format(i=which)};",
            "}",
            "",
            f"void texloom_grid_{which}({self.declared}vec2 uv, ivec3 grid, {outputs}) {{",
            "    vec2 position = uv * vec2(grid.xy) - 0.5;",
            "    vec2 part = position - floor(position);",
            "    ivec2 low = ivec2(floor(position));",
            "    ivec2 high = low + 1;",
            "    low -= grid.xy * ivec2(floor(vec2(low) / vec2(grid.xy)));",
            "    high -= grid.xy * ivec2(floor(vec2(high) / vec2(grid.xy)));",
            "    low.y += grid.z;",
            "    high.y += grid.z;",
            "    uvec4 a, b, c, d;",
        ]
        for layer in range(layers):
            for name, place in zip(
                "abcd", ("low", "ivec2(high.x, low.y)", "ivec2(low.x, high.y)", "high"), strict=True
            ):
                lines.append(f"    {name} = texloom_fetch_{which}({self.passed}{place}, {layer});")
            for quad in range(layer * per * WORDS // 4, min((layer + 1) * per * WORDS // 4, quads)):
                corners = [self._codes(name, quad, layer, grid.features, per, grid.bits, mask) for name in "abcd"]
                upper, lower = (f"mix({one}, {two}, part.x)" for one, two in (corners[:2], corners[2:]))
                scale = _number(2.0 / mask)
                lines.append(f"    f{quad} = mix({upper}, {lower}, part.y) * {scale} - 1.0;")
        return "\n".join([*lines, "}", ""])

    @staticmethod
    def _codes(name: str, quad: int, layer: int, features: int, per: int, bits: int, mask: int) -> str:
        parts = []
        for feature in range(4 * quad, 4 * quad + 4):
            own = feature - layer * per * WORDS
            word, shift = divmod(own, per)
            inside = feature < features
            parts.append(f"texloom_code({name}.{_QUAD[word]}, {shift * bits}u, {mask}u)" if inside else "0.0")
        return f"vec4({', '.join(parts)})"

    def _groups(self) -> str:
        """Which mip group a level belongs to, and where that lies: per grid (width, height, first row)."""
        groups = self.layout.groups
        lines = ["void texloom_group(int mip, out int lod, out vec4 cells"]
        lines[0] += "".join(f", out ivec3 grid{i}" for i in range(self.grids)) + ") {"
        rows = [0] * self.grids
        for number, group in enumerate(groups):
            last = number == len(groups) - 1
            opening = "" if number == 0 else " else "
            condition = "{" if last and number else f"if (mip <= {group.last}) {{" if not last else "{"
            lines.append(f"    {opening}{condition}" if not opening else lines.pop() + f"{opening}{condition}")
            (fine_x, fine_y), (coarse_x, coarse_y) = group.cells
            lines.append(f"        lod = mip - {group.first};")
            lines.append(f"        cells = vec4({fine_x}.0, {fine_y}.0, {coarse_x}.0, {coarse_y}.0);")
            for i, shape in enumerate(group.grids):
                lines.append(f"        grid{i} = ivec3({shape.width}, {shape.height}, {rows[i]});")
                rows[i] += shape.height
            lines.append("    }")
        return "\n".join([*lines, "}", ""])

    # -- the decoder ------------------------------------------------------------------------------------------------

    def _network(self) -> str:
        layout, texture = self.layout, self.texture
        quads = math.ceil(layout.channels / 4)
        outputs = ", ".join(f"out vec4 o{i}" for i in range(quads))
        lines = [
            f"void texloom_network({self.all_declared}vec2 uv, int mip, {outputs}) {{",
            "    int lod;",
            "    vec4 cells;",
            f"    ivec3 {', '.join(f'grid{i}' for i in range(self.grids))};",
            f"    texloom_group(mip, lod, cells{''.join(f', grid{i}' for i in range(self.grids))});",
        ]
        names: list[str] = []
        for which, grid in enumerate(layout.grids):
            own = [f"x{which}_{i}" for i in range(math.ceil(grid.features / 4))]
            lines.append(f"    vec4 {', '.join(own)};")
            lines.append(f"    texloom_grid_{which}({self.passed}uv, grid{which}, {', '.join(own)});")
            names += [f"{own[i // 4]}.{_QUAD[i % 4]}" for i in range(grid.features)]
        for i, cells in enumerate(("cells.zw", "cells.xy", "2.0 * cells.xy")):
            lines.append(f"    vec2 p{i} = texloom_triangle(uv * ({cells}));")
            lines.append(f"    vec2 q{i} = texloom_triangle(uv * ({cells}) + 0.25);")
        for axis in "xy":
            names += [f"{name}{i}.{axis}" for i in range(PHASE_INPUTS // 4) for name in "pq"]
        half = PHASE_INPUTS // 2
        assert len(names) == layout.features + 2 * half
        lines.append("    vec3 level = vec3(0.0, 0.0, 0.0);")
        for i, axis in enumerate("xyz"[:LOD_INPUTS], 1):
            compare = "==" if i < LOD_INPUTS else ">="
            lines.append(f"    if (lod {compare} {i}) level.{axis} = 1.0;")
        names += [f"level.{axis}" for axis in "xyz"[:LOD_INPUTS]]
        at = 0
        for number, layer in enumerate(texture.layers):
            last = number == len(texture.layers) - 1
            lines += (
                self._buffered_layer(number, names, last, at) if self.buffered else self._layer(number, names, last)
            )
            at += math.ceil(layer.codes.shape[1] / 4) * (len(names) + 1)
            width = layer.codes.shape[1]
            names = [f"h{number}_{i // 4}.{_QUAD[i % 4]}" for i in range(width)]
        return "\n".join([*lines, "}", ""])

    def _layer(self, number: int, names: list[str], last: bool) -> Iterator[str]:
        """The outputs four at a time: codes of the weights times inputs, then scales and biases."""
        layer = self.texture.layers[number]
        width = layer.codes.shape[1]
        scales = layer.scales.astype(np.float32)
        biases = layer.biases.astype(np.float32)
        if last:
            biases = biases + self.texture.offset
        for quad in range(math.ceil(width / 4)):
            columns = slice(4 * quad, 4 * quad + 4)
            target = f"o{quad}" if last else f"vec4 h{number}_{quad}"
            terms = [
                f"{_quad(weights)} * {name}"
                for weights, name in zip(layer.codes[:, columns], names, strict=True)
                if weights.any()
            ] or ["vec4(0.0, 0.0, 0.0, 0.0)"]
            yield f"    {target} = ("
            yield from (f"        {term} +" for term in terms[:-1])
            yield f"        {terms[-1]}"
            yield f"    ) * {_quad(scales[columns])} + {_quad(biases[columns])};"
            if not last:
                yield f"    h{number}_{quad} = texloom_leaky(h{number}_{quad});"

    def _buffered_layer(self, number: int, names: list[str], last: bool, at: int) -> Iterator[str]:
        """The same with the weights of the buffer, which lie there from entry ``at``."""
        for quad in range(math.ceil(self.layout.layer_shapes[number][1] / 4)):
            target = f"o{quad}" if last else f"h{number}_{quad}"
            yield f"    {target if last else f'vec4 {target}'} ="
            yield from (f"        texloom_weights[{at + i}] * {name} +" for i, name in enumerate(names))
            at += len(names) + 1
            yield f"        texloom_weights[{at - 1}];"
            if not last:
                yield f"    {target} = texloom_leaky({target});"


def _type(channels: int) -> str:
    return "float" if channels == 1 else f"vec{channels}"


def _number(value: float) -> str:
    text = repr(float(np.float32(value))) if not float(value).is_integer() else f"{int(value)}.0"
    return text if any(mark in text for mark in ".e") else f"{text}.0"


def _quad(values: NDArray[np.generic]) -> str:
    numbers = [_number(float(v)) for v in values] + ["0.0"] * (4 - len(values))
    return f"vec4({', '.join(numbers)})"


def _from_output(m: StoredMap, output: str) -> str:
    """``Transform.values`` of one output."""
    t = m.transform
    before, after = t.margins
    unit = output if before == 0 else f"({output} - {_number(before)})"
    if before or after:
        unit = f"{unit} * {_number(1.0 / (1.0 - before - after))}"
    unit = f"clamp({unit}, 0.0, 1.0)"
    if t.curve:
        unit = f"(exp({unit} * {_number(math.log1p(t.curve))}) - 1.0) * {_number(1.0 / t.curve)}"
    return unit if (t.low, t.high) == (0.0, 1.0) else f"mix({_number(t.low)}, {_number(t.high)}, {unit})"
