"""What every network says in a shading language, whatever it is fed: textures, layers, activations, numbers.

Writers compose GLSL from these parts; :meth:`ShaderText.assembled` turns the words that differ into those of the
language. Functions that read textures or weights are declared with :attr:`ShaderText.declared` first among their
parameters and called with :attr:`ShaderText.passed`, which are empty where a language knows globals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.codec.sampling import Floats

COMPONENTS = "xyzw"


class Language(StrEnum):
    GLSL = "glsl"
    HLSL = "hlsl"
    SLANG = "slang"
    """As HLSL, which Slang reads as its own."""
    METAL = "metal"
    UNREAL = "unreal"
    """HLSL that reads words from textures of bytes, because Unreal's editor imports no integers; a function gets its
    textures as parameters. Weights are constants only."""


class Weights(StrEnum):
    """Where the shader has the network's weights from: its own text, or a buffer of float4 called
    ``texloom_weights`` (in GLSL, HLSL and Slang a block of constants named ``TexloomWeights``)."""

    CONSTANTS = "constants"
    BUFFER = "buffer"


class Kind(StrEnum):
    """Of a texture: layers of unsigned integers, or float numbers."""

    WORDS = "words"
    FLOATS = "floats"


@dataclass(frozen=True)
class Texture:
    """One that the shader reads texel by texel; ``name`` in the text."""

    name: str
    kind: Kind
    words: int = 4
    """32-bit words that a texel of :attr:`Kind.WORDS` has in all its layers."""


@dataclass(frozen=True)
class _Dialect:
    """How a language says what the others say differently. ``texture`` declares one globally, ``declared`` and
    ``passed`` are for a function's parameters, and the same for the buffer of so many weights."""

    head: str
    texture: dict[Kind, str]
    fetch: dict[Kind, str]
    buffer: str
    texture_declared: dict[Kind, str]
    texture_passed: str = ""
    buffer_declared: str = ""
    buffer_passed: str = ""
    word: str = ""
    """Reads one word of a texel, where not all four of a layer are read at once by ``fetch``."""
    helpers: str = ""
    """Functions that the others call, in GLSL."""
    words: tuple[tuple[str, str], ...] = ()


_FLOAT_WORDS = (
    (r"\b([iu]?)vec([234])\b", r"\1float\2"),
    (r"\bifloat", "int"),
    (r"\bufloat", "uint"),
    (r"\bmix\b", "lerp"),
    (r"\bfract\b", "frac"),
)
_NOTHING = {Kind.WORDS: "", Kind.FLOATS: ""}
_HLSL = _Dialect(
    "",
    {Kind.WORDS: "Texture2DArray<uint4> {name};\n", Kind.FLOATS: "Texture2D<float4> {name};\n"},
    {Kind.WORDS: "{name}.Load(int4(place, layer, 0))", Kind.FLOATS: "{name}.Load(int3(place, 0))"},
    "cbuffer TexloomWeights {{\n    float4 texloom_weights[{count}];\n}};\n",
    _NOTHING,
    words=_FLOAT_WORDS,
)
_DIALECTS = {
    Language.GLSL: _Dialect(
        "",
        {Kind.WORDS: "uniform usampler2DArray {name};\n", Kind.FLOATS: "uniform sampler2D {name};\n"},
        {Kind.WORDS: "texelFetch({name}, ivec3(place, layer), 0)", Kind.FLOATS: "texelFetch({name}, place, 0)"},
        "layout(std140) uniform TexloomWeights {{\n    vec4 texloom_weights[{count}];\n}};\n",
        _NOTHING,
    ),
    Language.HLSL: _HLSL,
    Language.SLANG: _HLSL,
    Language.METAL: _Dialect(
        "#include <metal_stdlib>\nusing namespace metal;\n",
        _NOTHING,
        {Kind.WORDS: "{name}.read(uint2(place), uint(layer))", Kind.FLOATS: "{name}.read(uint2(place))"},
        "",
        {Kind.WORDS: "texture2d_array<uint> {name}, ", Kind.FLOATS: "texture2d<float> {name}, "},
        "{name}, ",
        "constant float4 *texloom_weights, ",
        "texloom_weights, ",
        words=(*_FLOAT_WORDS[:3], (r"\bout (\w+) (\w+)", r"thread \1 &\2")),
    ),
    Language.UNREAL: _Dialect(
        "",
        _NOTHING,
        {Kind.WORDS: "", Kind.FLOATS: "{name}.Load(ivec3(place, 0))"},
        "",
        {Kind.WORDS: "Texture2D {name}, ", Kind.FLOATS: "Texture2D {name}, "},
        "{name}, ",
        word="texloom_word({name}, ivec2(place.x * {count} + {word}, place.y))",
        helpers="""\
uint texloom_word(Texture2D latents, ivec2 place) {
    uvec4 bytes = uvec4(latents.Load(ivec3(place, 0)) * 255.0 + 0.5);
    return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}
""",
        words=_FLOAT_WORDS,
    ),
}
_ACTIVATIONS = {
    "leaky-relu": ("texloom_leaky", "max(value, value * 0.01)"),
    "relu": ("texloom_relu", "max(value, vec4(0.0, 0.0, 0.0, 0.0))"),
    # Written out: the languages' own tanh overflows on some machines.
    "tanh": ("texloom_tanh", "1.0 - 2.0 / (exp(value * 2.0) + 1.0)"),
    "swish": ("texloom_swish", "value / (1.0 + exp(value * -1.0))"),
    "sigmoid": ("texloom_sigmoid", "1.0 / (1.0 + exp(value * -1.0))"),
}


@dataclass(frozen=True)
class Layer:
    """``factors`` [in, out] times ``scales`` [out], where there are any, are the weights; ``biases`` float32 [out]."""

    factors: NDArray[np.generic]
    biases: Floats
    scales: Floats | None = None

    @property
    def weights(self) -> Floats:
        """float32 [in, out]."""
        weights = self.factors.astype(np.float32)
        return weights if self.scales is None else weights * self.scales


class ShaderText:
    """A text in the making. ``weight_entries`` of a buffer, None for weights in the text itself."""

    def __init__(self, language: Language, textures: Sequence[Texture], weight_entries: int | None) -> None:
        """Raises ValueError for a buffer in a language that has none."""
        self._dialect = _DIALECTS[language]
        if weight_entries is not None and not (self._dialect.buffer or self._dialect.buffer_declared):
            raise ValueError("weights from a buffer are not offered in this language")
        self._textures = textures
        self._weight_entries = weight_entries
        d = self._dialect
        self.declared = "".join(d.texture_declared[t.kind].format(name=t.name) for t in textures)
        self.passed = "".join(d.texture_passed.format(name=t.name) for t in textures)
        self.all_declared = self.declared + ("" if weight_entries is None else d.buffer_declared)
        self.all_passed = self.passed + ("" if weight_entries is None else d.buffer_passed)

    def fetch(self, texture: Texture) -> str:
        """Reads the texel ``place`` (in ``layer``); words that it doesn't have are 0."""
        if self._dialect.word and texture.kind is Kind.WORDS:
            words = [
                self._dialect.word.format(name=texture.name, count=texture.words, word=f"4 * layer + {n}")
                for n in range(4)
            ]
            if texture.words < 4:
                words[texture.words :] = ["0u"] * (4 - texture.words)
            return f"uvec4({', '.join(words)})"
        return self._dialect.fetch[texture.kind].format(name=texture.name)

    def network(self, layers: Sequence[Layer], inputs: Sequence[str], activation: str) -> Iterator[str]:
        """Lines that turn the scalar ``inputs`` into the vectors ``o0``, ``o1`` …, which are declared already."""
        names, at = list(inputs), 0
        for number, layer in enumerate(layers):
            function = None if number == len(layers) - 1 else _ACTIVATIONS[activation][0]
            yield from (
                _layer(layer, number, names, function)
                if self._weight_entries is None
                else _buffered_layer(layer, number, names, function, at)
            )
            width = len(layer.biases)
            at += math.ceil(width / 4) * (len(names) + 1)
            names = [f"h{number}_{i // 4}.{COMPONENTS[i % 4]}" for i in range(width)]

    def assembled(self, title: str, parts: Sequence[str]) -> str:
        body = self.translated("\n".join([self._dialect.helpers, *parts] if self._dialect.helpers else parts))
        head = self._dialect.head + "".join(self._dialect.texture[t.kind].format(name=t.name) for t in self._textures)
        if self._weight_entries is not None:
            head += self._dialect.buffer.format(count=self._weight_entries)
        # A line break in a name, or a backslash at its end, would reach beyond the comment.
        printable = "".join(c if c.isprintable() and c != "\\" else "_" for c in title)
        return f"// {printable}\n{head}\n{body}"

    def translated(self, text: str) -> str:
        """GLSL in the words of the language."""
        for pattern, replacement in self._dialect.words:
            text = re.sub(pattern, replacement, text)
        return text


def activation_function(name: str) -> str:
    """The definition of one; its own name is :func:`activation_name`."""
    own, term = _ACTIVATIONS[name]
    return f"vec4 {own}(vec4 value) {{\n    return {term};\n}}\n"


def activation_name(name: str) -> str:
    return _ACTIVATIONS[name][0]


def packed_layers(layers: Sequence[Layer]) -> Floats:
    """The buffer that a shader with :attr:`Weights.BUFFER` reads: float32 [n, 4], sixteen bytes an entry.

    Layer by layer, for every four outputs: their weights of each input in turn, then their biases; outputs that don't
    exist are 0. :func:`weight_entries` says how many entries that are.
    """
    parts = []
    for layer in layers:
        rows = np.concatenate([layer.weights, layer.biases[None]])
        rows = np.pad(rows, ((0, 0), (0, -rows.shape[1] % 4)))
        parts.append(rows.reshape(len(rows), -1, 4).transpose(1, 0, 2).reshape(-1, 4))
    return np.concatenate(parts)


def weight_entries(shapes: Sequence[tuple[int, int]]) -> int:
    """Entries of :func:`packed_layers` for layers of (inputs, outputs)."""
    return sum((n_in + 1) * math.ceil(n_out / 4) for n_in, n_out in shapes)


def vector_type(channels: int) -> str:
    return "float" if channels == 1 else f"vec{channels}"


def number(value: float) -> str:
    """The shortest text that a reader of float32 takes for the value."""
    text = str(np.float32(value)) if not float(value).is_integer() else f"{int(value)}.0"
    return text if any(mark in text for mark in ".e") else f"{text}.0"


def quad(values: NDArray[np.generic]) -> str:
    numbers = [number(float(v)) for v in values] + ["0.0"] * (4 - len(values))
    return f"vec4({', '.join(numbers)})"


def _layer(layer: Layer, number: int, names: Sequence[str], function: str | None) -> Iterator[str]:
    """The outputs four at a time: weights times inputs, then scales and biases."""
    for q in range(math.ceil(len(layer.biases) / 4)):
        columns = slice(4 * q, 4 * q + 4)
        target = f"o{q}" if function is None else f"vec4 h{number}_{q}"
        terms = [
            f"{quad(weights)} * {name}"
            for weights, name in zip(layer.factors[:, columns], names, strict=True)
            if weights.any()
        ] or ["vec4(0.0, 0.0, 0.0, 0.0)"]
        scale = "" if layer.scales is None else f" * {quad(layer.scales[columns])}"
        yield f"    {target} = ("
        yield from (f"        {term} +" for term in terms[:-1])
        yield f"        {terms[-1]}"
        yield f"    ){scale} + {quad(layer.biases[columns])};"
        if function is not None:
            yield f"    h{number}_{q} = {function}(h{number}_{q});"


def _buffered_layer(layer: Layer, number: int, names: Sequence[str], function: str | None, at: int) -> Iterator[str]:
    """The same with the weights of the buffer, which lie there from entry ``at``."""
    for q in range(math.ceil(len(layer.biases) / 4)):
        target = f"o{q}" if function is None else f"h{number}_{q}"
        yield f"    {target if function is None else f'vec4 {target}'} ="
        yield from (f"        texloom_weights[{at + i}] * {name} +" for i, name in enumerate(names))
        at += len(names) + 1
        yield f"        texloom_weights[{at - 1}];"
        if function is not None:
            yield f"    {target} = {function}({target});"
