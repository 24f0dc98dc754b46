"""A neural texture as shader text: GLSL for the viewport; GLSL, HLSL, Slang or Metal for engines; one generator.

The text holds the decoder as constants, or reads it from a buffer (:func:`packed_weights`) that may be written anew
without another compilation; the latents come packed as they lie in memory, in one array texture of unsigned integers
per grid (:func:`packed_latents`), or for Unreal, whose editor imports no integers, in one of bytes
(:func:`byte_latents`). What it computes is ``NeuralTexture.decode``, step by step; see ``core/codec/sampling.py`` and
docs/container.md.

The functions that it defines, in every language:

``TexloomTexel texloom_decode(vec2 uv, int mip)``
    All maps at any place; ``uv`` as the texture's, (0, 0) at its first texel's outer corner.
``TexloomTexel texloom_texel(vec2 uv, int mip)``
    The same at the centre of the texel that ``uv`` lies in: what a decoded texture read without a filter gives.

A ``TexloomTexel`` has a member per map, named as the role is, in file encoding: a float or a vector of two to four.
In Metal and for Unreal what they read stands first among the parameters: the latents, then the weights if they come
from a buffer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS, LatentLayout
from core.codec.neural_texture import Codes, NeuralTexture, StoredMap
from core.codec.sampling import Floats
from core.exporters.shader_text import (
    COMPONENTS,
    Kind,
    Language,
    Layer,
    ShaderText,
    Texture,
    Weights,
    activation_function,
    number,
    packed_layers,
    vector_type,
    weight_entries,
)

__all__ = [
    "Language",
    "Weights",
    "byte_latents",
    "codes_per_word",
    "decoder_shader",
    "decoder_statements",
    "packed_latents",
    "packed_weights",
    "weight_count",
    "words_per_latent",
]

WORDS = 4
"""32-bit words in a texel of a latent texture."""

_WITHOUT_FUNCTIONS = (
    (r"texloom_code\(([^,]+), ([^,]+), ([^,)]+)\)", r"float((\1 >> \2) & \3)"),
    (r"texloom_leaky\(([^()]+)\)", r"max(\1, \1 * 0.01)"),
    (r"texloom_triangle\((.+)\);", r"abs(2.0 * fract(\1) - 1.0) * 2.0 - 1.0;"),
)
"""What the helping functions say, in place of a call of them."""


def packed_latents(texture: NeuralTexture) -> list[NDArray[np.uint32]]:
    """Per grid, the texture that the shader reads: uint32 [layers, height, width, 4].

    The mip groups lie below each other, the first one on top. A texel holds the codes of its latent in order, as many
    to a 32-bit word as :func:`codes_per_word` says, the first one in the lowest bits.
    """
    arrays = []
    for words in _latent_words(texture):
        height, width, count = words.shape
        padded = np.pad(words, ((0, 0), (0, 0), (0, -count % WORDS)))
        arrays.append(np.ascontiguousarray(padded.reshape(height, width, -1, WORDS).transpose(2, 0, 1, 3)))
    return arrays


def byte_latents(texture: NeuralTexture) -> list[NDArray[np.uint8]]:
    """The same words for a shader in :attr:`Language.UNREAL`: uint8 [height, width · words, 4] per grid.

    The words of a latent lie side by side, as many as :func:`words_per_latent` says, each in one texel whose first
    byte is the lowest.
    """
    return [
        words.astype("<u4").reshape(words.shape[0], -1, 1).view(np.uint8).reshape(words.shape[0], -1, 4)
        for words in _latent_words(texture)
    ]


def packed_weights(texture: NeuralTexture) -> Floats:
    """The buffer that a shader with :attr:`Weights.BUFFER` reads, see :func:`shader_text.packed_layers`."""
    return packed_layers(_layers(texture))


def weight_count(layout: LatentLayout) -> int:
    """Entries of :func:`packed_weights`."""
    return weight_entries(layout.layer_shapes)


def _layers(texture: NeuralTexture) -> list[Layer]:
    """The decoder's layers; the last one also adds the channels' offset."""
    layers = []
    for i, layer in enumerate(texture.layers):
        biases = layer.biases.astype(np.float32)
        if i == len(texture.layers) - 1:
            biases = biases + texture.offset
        layers.append(Layer(layer.codes, biases, layer.scales.astype(np.float32)))
    return layers


def codes_per_word(bits: int) -> int:
    """How many codes a 32-bit word holds: 32 / bits, but so many that four codes lie in one word or in whole ones."""
    fitting = 32 // bits
    return fitting // 4 * 4 if fitting >= 4 else 2


def words_per_latent(features: int, bits: int) -> int:
    """32-bit words that hold the codes of one latent."""
    return math.ceil(features / codes_per_word(bits))


def _latent_words(texture: NeuralTexture) -> Iterator[NDArray[np.uint32]]:
    """Per grid [height, width, words], the mip groups below each other."""
    for which, grid in enumerate(texture.layout.grids):
        width = texture.latents[0][which].shape[1]
        below = [np.pad(own[which], ((0, 0), (0, width - own[which].shape[1]), (0, 0))) for own in texture.latents]
        yield _packed(np.concatenate(below), grid.bits)


def _packed(codes: Codes, bits: int) -> NDArray[np.uint32]:
    height, width, features = codes.shape
    per, count = codes_per_word(bits), words_per_latent(features, bits)
    padded = np.zeros((height, width, count * per), np.uint32)
    padded[..., :features] = codes
    shifts = (np.arange(per) * bits).astype(np.uint32)
    return np.bitwise_or.reduce(padded.reshape(height, width, count, per) << shifts, axis=3)


def decoder_shader(
    texture: NeuralTexture, language: Language = Language.GLSL, weights: Weights = Weights.CONSTANTS
) -> str:
    """The text, without a version line and without an entry point. With :attr:`Weights.BUFFER` it is the same for all
    textures of one name, layout and maps. Raises ValueError for that in :attr:`Language.UNREAL`."""
    return _Writer(texture, language, weights).text()


def decoder_statements(texture: NeuralTexture) -> str:
    """The same in :attr:`Language.UNREAL` without functions, for where none can be defined: a Custom node.

    Reads ``float2 uv``, ``int mip`` and ``texloom_latents_<g>``; gives a local ``texel_<role>`` for each map.
    """
    return _Writer(texture, Language.UNREAL, Weights.CONSTANTS).statements()


class _Writer:
    def __init__(self, texture: NeuralTexture, language: Language, weights: Weights) -> None:
        self.texture, self.layout = texture, texture.layout
        self.latents = [
            Texture(f"texloom_latents_{i}", Kind.WORDS, words_per_latent(grid.features, grid.bits))
            for i, grid in enumerate(self.layout.grids)
        ]
        self.grids = len(self.latents)
        buffered = weights is Weights.BUFFER and self.layout.channels > 0
        self.shader = ShaderText(language, self.latents, weight_count(self.layout) if buffered else None)
        self.declared, self.passed = self.shader.declared, self.shader.passed
        self.all_declared, self.all_passed = self.shader.all_declared, self.shader.all_passed
        self.flat = False
        """Without functions: what they would do stands where they would be called."""

    def statements(self) -> str:
        self.flat = True
        text = "\n".join(line.removeprefix("    ") for line in self._decode_lines())
        for pattern, replacement in _WITHOUT_FUNCTIONS:
            text = re.sub(pattern, replacement, text)
        return self.shader.translated(text) + "\n"

    def text(self) -> str:
        parts = [self._helpers(), self._struct()]
        if self.layout.channels:
            parts += [self._grid(i) for i in range(self.grids)]
            parts += [self._groups(), self._network()]
        parts += [self._decode(), self._texel()]
        size = f"{self.texture.width} x {self.texture.height} texels"
        work = f"{self.layout.multiply_adds} multiply-adds an evaluation"
        return self.shader.assembled(f"{self.texture.name}: {size}, {work}", parts)

    def _helpers(self) -> str:
        return f"""\
float texloom_code(uint word, uint shift, uint mask) {{
    return float((word >> shift) & mask);
}}

{activation_function("leaky-relu")}
vec2 texloom_triangle(vec2 position) {{
    return abs(2.0 * fract(position) - 1.0) * 2.0 - 1.0;
}}
"""

    # -- what comes out ---------------------------------------------------------------------------------------------

    def _struct(self) -> str:
        members = "".join(f"    {vector_type(len(m.constants))} {m.role.value};\n" for m in self.texture.maps)
        return f"struct TexloomTexel {{\n{members}}};\n"

    def _decode(self) -> str:
        head = f"TexloomTexel texloom_decode({self.all_declared}vec2 uv, int mip) {{"
        return "\n".join([head, *self._decode_lines(), "    return texel;", "}", ""])

    def _decode_lines(self) -> list[str]:
        lines = []
        channels = self.layout.channels
        quads = math.ceil(channels / 4)
        if channels:
            outputs = ", ".join(f"o{i}" for i in range(quads))
            lines.append(f"    vec4 {outputs};")
            if self.flat:
                lines += ["    {", *_indented(self._network_lines()), "    }"]
            else:
                lines.append(f"    texloom_network({self.all_passed}uv, mip, {outputs});")
        if not self.flat:
            lines.append("    TexloomTexel texel;")
        at = 0
        for m in self.texture.maps:
            values = []
            for constant in m.constants:
                if constant is None:
                    values.append(_from_output(m, f"o{at // 4}.{COMPONENTS[at % 4]}"))
                    at += 1
                else:
                    values.append(number(constant))
            value = values[0] if len(values) == 1 else f"{vector_type(len(values))}({', '.join(values)})"
            local = f"{vector_type(len(values))} texel_" if self.flat else "texel."
            lines.append(f"    {local}{m.role.value} = {value};")
        return lines

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
        outputs = ", ".join(f"out vec4 f{i}" for i in range(math.ceil(grid.features / 4)))
        lines = [
            f"uvec4 texloom_fetch_{which}({self.declared}ivec2 place, int layer) {{",
            f"    return {self.shader.fetch(self.latents[which])};",
            "}",
            "",
            f"void texloom_grid_{which}({self.declared}vec2 uv, ivec3 grid, {outputs}) {{",
            *self._grid_lines(which),
            "}",
            "",
        ]
        return "\n".join(lines)

    def _grid_lines(self, which: int) -> list[str]:
        grid = self.layout.grids[which]
        per, mask = codes_per_word(grid.bits), 2**grid.bits - 1
        layers = math.ceil(grid.features / (per * WORDS))
        quads = math.ceil(grid.features / 4)
        lines = [
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
                if self.flat:
                    lines += self._words(which, name, place, layer)
                else:
                    lines.append(f"    {name} = texloom_fetch_{which}({self.passed}{place}, {layer});")
            for quad in range(layer * per * WORDS // 4, min((layer + 1) * per * WORDS // 4, quads)):
                corners = [self._codes(name, quad, layer, grid.features, per, grid.bits, mask) for name in "abcd"]
                upper, lower = (f"mix({one}, {two}, part.x)" for one, two in (corners[:2], corners[2:]))
                scale = number(2.0 / mask)
                lines.append(f"    f{quad} = mix({upper}, {lower}, part.y) * {scale} - 1.0;")
        return lines

    def _words(self, which: int, name: str, place: str, layer: int) -> Iterator[str]:
        """Without functions: the words of a layer, from their bytes."""
        grid = self.layout.grids[which]
        count = words_per_latent(grid.features, grid.bits)
        yield "    {"
        yield f"        ivec2 place = {place};"
        for n in range(WORDS):
            own = WORDS * layer + n
            if own < count:
                loaded = f"texloom_latents_{which}.Load(ivec3(place.x * {count} + {own}, place.y, 0))"
                yield f"        uvec4 b{n} = uvec4({loaded} * 255.0 + 0.5);"
                word = f"b{n}.x | (b{n}.y << 8u) | (b{n}.z << 16u) | (b{n}.w << 24u)"
            yield f"        {name}.{COMPONENTS[n]} = {word if own < count else '0u'};"
        yield "    }"

    @staticmethod
    def _codes(name: str, quad: int, layer: int, features: int, per: int, bits: int, mask: int) -> str:
        parts = []
        for feature in range(4 * quad, 4 * quad + 4):
            own = feature - layer * per * WORDS
            word, shift = divmod(own, per)
            inside = feature < features
            parts.append(f"texloom_code({name}.{COMPONENTS[word]}, {shift * bits}u, {mask}u)" if inside else "0.0")
        return f"vec4({', '.join(parts)})"

    def _groups(self) -> str:
        """Which mip group a level belongs to, and where that lies: per grid (width, height, first row)."""
        head = "void texloom_group(int mip, out int lod, out vec4 cells"
        head += "".join(f", out ivec3 grid{i}" for i in range(self.grids)) + ") {"
        return "\n".join([head, *self._group_lines(), "}", ""])

    def _group_lines(self) -> list[str]:
        groups = self.layout.groups
        lines: list[str] = []
        rows = [0] * self.grids
        for position, group in enumerate(groups):
            last = position == len(groups) - 1
            opening = "" if position == 0 else " else "
            condition = "{" if last and position else f"if (mip <= {group.last}) {{" if not last else "{"
            lines.append(f"    {opening}{condition}" if not opening else lines.pop() + f"{opening}{condition}")
            (fine_x, fine_y), (coarse_x, coarse_y) = group.cells
            lines.append(f"        lod = mip - {group.first};")
            lines.append(f"        cells = vec4({fine_x}.0, {fine_y}.0, {coarse_x}.0, {coarse_y}.0);")
            for i, shape in enumerate(group.grids):
                lines.append(f"        grid{i} = ivec3({shape.width}, {shape.height}, {rows[i]});")
                rows[i] += shape.height
            lines.append("    }")
        return lines

    # -- the decoder ------------------------------------------------------------------------------------------------

    def _network(self) -> str:
        outputs = ", ".join(f"out vec4 o{i}" for i in range(math.ceil(self.layout.channels / 4)))
        head = f"void texloom_network({self.all_declared}vec2 uv, int mip, {outputs}) {{"
        return "\n".join([head, *self._network_lines(), "}", ""])

    def _network_lines(self) -> list[str]:
        layout, texture = self.layout, self.texture
        lines = ["    int lod;", "    vec4 cells;"]
        if self.grids:
            lines.append(f"    ivec3 {', '.join(f'grid{i}' for i in range(self.grids))};")
        if self.flat:
            lines += self._group_lines()
        else:
            lines.append(f"    texloom_group(mip, lod, cells{''.join(f', grid{i}' for i in range(self.grids))});")
        names: list[str] = []
        for which, grid in enumerate(layout.grids):
            own = [f"x{which}_{i}" for i in range(math.ceil(grid.features / 4))]
            lines.append(f"    vec4 {', '.join(own)};")
            if self.flat:
                lines += [
                    "    {",
                    f"        ivec3 grid = grid{which};",
                    f"        vec4 {', '.join(f'f{i}' for i in range(len(own)))};",
                    *_indented(self._grid_lines(which)),
                    *(f"        {name} = f{i};" for i, name in enumerate(own)),
                    "    }",
                ]
            else:
                lines.append(f"    texloom_grid_{which}({self.passed}uv, grid{which}, {', '.join(own)});")
            names += [f"{own[i // 4]}.{COMPONENTS[i % 4]}" for i in range(grid.features)]
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
        return [*lines, *self.shader.network(_layers(texture), names, "leaky-relu")]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _from_output(m: StoredMap, output: str) -> str:
    """``Transform.values`` of one output."""
    t = m.transform
    before, after = t.margins
    unit = output if before == 0 else f"({output} - {number(before)})"
    if before or after:
        unit = f"{unit} * {number(1.0 / (1.0 - before - after))}"
    unit = f"clamp({unit}, 0.0, 1.0)"
    if t.curve:
        unit = f"(exp({unit} * {number(math.log1p(t.curve))}) - 1.0) * {number(1.0 / t.curve)}"
    return unit if (t.low, t.high) == (0.0, 1.0) else f"mix({number(t.low)}, {number(t.high)}, {unit})"
