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
from collections.abc import Callable, Iterable, Iterator
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
    SLANG = "slang"
    UNREAL = "unreal"
    """HLSL that reads bytes; also without functions, see :func:`decoder_statements`. Weights are constants only."""


class Weights(StrEnum):
    """Where the shader has the decoder's weights from: its own text, or a buffer of float4 called
    ``texloom_weights`` (in GLSL and HLSL a block of constants named ``TexloomWeights``)."""

    CONSTANTS = "constants"
    BUFFER = "buffer"


@dataclass(frozen=True)
class _Dialect:
    """How a language says what the others say differently. ``declared`` and ``passed`` are what a function that reads
    latents needs in its list of parameters, for a number of grids; ``buffer`` declares so many weights globally, and
    ``buffer_declared`` and ``buffer_passed`` are the same for the functions that read them. ``fetch`` gives the four
    words ``layer`` of grid ``i`` at ``place``, ``word`` one of the ``count`` that a latent has; one is empty."""

    head: Callable[[int], str]
    fetch: str
    word: str = ""
    buffer: str = ""
    buffer_declared: str = ""
    buffer_passed: str = ""
    declared: Callable[[int], str] = lambda grids: ""
    passed: Callable[[int], str] = lambda grids: ""
    helpers: str = ""
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
_HLSL = _Dialect(
    lambda grids: _lines("Texture2DArray<uint4> texloom_latents_{i};\n", grids),
    "texloom_latents_{i}.Load(int4(place, layer, 0))",
    buffer="cbuffer TexloomWeights {{\n    float4 texloom_weights[{count}];\n}};\n",
    words=_FLOAT_WORDS,
)
_WITHOUT_FUNCTIONS = (
    (r"texloom_code\(([^,]+), ([^,]+), ([^,)]+)\)", r"float((\1 >> \2) & \3)"),
    (r"texloom_leaky\(([^()]+)\)", r"max(\1, \1 * 0.01)"),
    (r"texloom_triangle\((.+)\);", r"abs(2.0 * fract(\1) - 1.0) * 2.0 - 1.0;"),
)
"""What the helping functions say, in place of a call of them."""
_DIALECTS = {
    Language.GLSL: _Dialect(
        lambda grids: _lines("uniform usampler2DArray texloom_latents_{i};\n", grids),
        "texelFetch(texloom_latents_{i}, ivec3(place, layer), 0)",
        buffer="layout(std140) uniform TexloomWeights {{\n    vec4 texloom_weights[{count}];\n}};\n",
    ),
    Language.HLSL: _HLSL,
    Language.SLANG: _HLSL,
    Language.UNREAL: _Dialect(
        lambda grids: "",
        "",
        "texloom_word(texloom_latents_{i}, ivec2(place.x * {count} + {word}, place.y))",
        declared=lambda grids: _lines("Texture2D texloom_latents_{i}, ", grids),
        passed=lambda grids: _lines("texloom_latents_{i}, ", grids),
        helpers="""\
uint texloom_word(Texture2D latents, ivec2 place) {
    uvec4 bytes = uvec4(latents.Load(ivec3(place, 0)) * 255.0 + 0.5);
    return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}
""",
        words=_FLOAT_WORDS,
    ),
    Language.METAL: _Dialect(
        lambda grids: "#include <metal_stdlib>\nusing namespace metal;\n",
        "texloom_latents_{i}.read(uint2(place), uint(layer))",
        buffer_declared="constant float4 *texloom_weights, ",
        buffer_passed="texloom_weights, ",
        declared=lambda grids: _lines("texture2d_array<uint> texloom_latents_{i}, ", grids),
        passed=lambda grids: _lines("texloom_latents_{i}, ", grids),
        words=(*_FLOAT_WORDS[:3], (r"\bout (\w+) (\w+)", r"thread \1 &\2")),
    ),
}


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
    return _Writer(texture, _DIALECTS[language], weights).text()


def decoder_statements(texture: NeuralTexture) -> str:
    """The same in :attr:`Language.UNREAL` without functions, for where none can be defined: a Custom node.

    Reads ``float2 uv``, ``int mip`` and ``texloom_latents_<g>``; gives a local ``texel_<role>`` for each map.
    """
    return _Writer(texture, _DIALECTS[Language.UNREAL], Weights.CONSTANTS).statements()


class _Writer:
    """Writes GLSL; :meth:`text` turns the words that differ into those of the dialect."""

    def __init__(self, texture: NeuralTexture, dialect: _Dialect, weights: Weights) -> None:
        self.texture, self.layout, self.dialect = texture, texture.layout, dialect
        self.grids = len(self.layout.grids)
        self.buffered = weights is Weights.BUFFER and self.layout.channels > 0
        if self.buffered and not (dialect.buffer or dialect.buffer_declared):
            raise ValueError("weights from a buffer are not offered in this language")
        self.declared, self.passed = dialect.declared(self.grids), dialect.passed(self.grids)
        self.all_declared = self.declared + (dialect.buffer_declared if self.buffered else "")
        self.all_passed = self.passed + (dialect.buffer_passed if self.buffered else "")
        self.flat = False

    def statements(self) -> str:
        self.flat = True
        text = "\n".join(line.removeprefix("    ") for line in self._decode_lines())
        for pattern, replacement in (*_WITHOUT_FUNCTIONS, *self.dialect.words):
            text = re.sub(pattern, replacement, text)
        return text + "\n"

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
        # A line break in a name, or a backslash at its end, would reach beyond the comment.
        name = "".join(c if c.isprintable() and c != "\\" else "_" for c in self.texture.name)
        return f"// {name}: {size}, {work}\n{head}\n{body}"

    def _helpers(self) -> str:
        return f"""\
{self.dialect.helpers}float texloom_code(uint word, uint shift, uint mask) {{
    return float((word >> shift) & mask);
}}

vec4 texloom_leaky(vec4 value) {{
    return max(value, value * 0.01);
}}

vec2 texloom_triangle(vec2 position) {{
    return abs(2.0 * fract(position) - 1.0) * 2.0 - 1.0;
}}
"""

    # -- what comes out ---------------------------------------------------------------------------------------------

    def _struct(self) -> str:
        members = "".join(f"    {_type(len(m.constants))} {m.role.value};\n" for m in self.texture.maps)
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
                    values.append(_from_output(m, f"o{at // 4}.{_QUAD[at % 4]}"))
                    at += 1
                else:
                    values.append(_number(constant))
            value = values[0] if len(values) == 1 else f"{_type(len(values))}({', '.join(values)})"
            local = f"{_type(len(values))} texel_" if self.flat else "texel."
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
            f"    return {self._fetched(which)};",
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
                scale = _number(2.0 / mask)
                lines.append(f"    f{quad} = mix({upper}, {lower}, part.y) * {scale} - 1.0;")
        return lines

    def _words(self, which: int, name: str, place: str, layer: int) -> Iterator[str]:
        """Without functions: the words of a layer, from their bytes."""
        grid = self.layout.grids[which]
        count = words_per_latent(grid.features, grid.bits)
        yield "    {"
        yield f"        ivec2 place = {place};"
        for n in range(WORDS):
            number = WORDS * layer + n
            if number < count:
                loaded = f"texloom_latents_{which}.Load(ivec3(place.x * {count} + {number}, place.y, 0))"
                yield f"        uvec4 b{n} = uvec4({loaded} * 255.0 + 0.5);"
                word = f"b{n}.x | (b{n}.y << 8u) | (b{n}.z << 16u) | (b{n}.w << 24u)"
            yield f"        {name}.{_QUAD[n]} = {word if number < count else '0u'};"
        yield "    }"

    def _fetched(self, which: int) -> str:
        """The expression for four words of a latent; words that it doesn't have are 0."""
        if self.dialect.fetch:
            return self.dialect.fetch.format(i=which)
        grid = self.layout.grids[which]
        count = words_per_latent(grid.features, grid.bits)
        words = [self.dialect.word.format(i=which, count=count, word=f"{WORDS} * layer + {n}") for n in range(WORDS)]
        if count < WORDS:
            words[count:] = ["0u"] * (WORDS - count)
        return f"uvec4({', '.join(words)})"

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
        head = "void texloom_group(int mip, out int lod, out vec4 cells"
        head += "".join(f", out ivec3 grid{i}" for i in range(self.grids)) + ") {"
        return "\n".join([head, *self._group_lines(), "}", ""])

    def _group_lines(self) -> list[str]:
        groups = self.layout.groups
        lines: list[str] = []
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
        return lines

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


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


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
