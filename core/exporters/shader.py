"""A neural texture for an engine's own shaders: the decoder as text, and what it reads as raw bytes.

``<name>.hlsl``, ``.slang``, ``.glsl`` or ``.metal``
    The text of :mod:`core.exporters.decoder_shader`, which says what functions it defines.
``<name>_latents_<g>.bin``
    ``decoder_shader.packed_latents`` of grid g: little-endian uint32 [layers, height, width, 4], the content of an
    array texture of RGBA32_UINT with one mip level.
``<name>_weights.bin``
    ``decoder_shader.packed_weights``, little-endian float32 [entries, 4], if they are not in the text.
``<name>.json``
    Names, sizes and formats of all that is to be bound, and what the members of a texel mean.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from core.exporters import Remarks, as_neural_texture
from core.exporters.conventions import TITLES
from core.exporters.decoder_shader import Language, Weights, decoder_shader, packed_latents, packed_weights
from core.exporters.delivery import file_name
from core.files import finite_json
from core.jobs import Control, Event, Progress, Started
from core.textures.roles import ROLE_INFO, NormalConvention, Role

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import ShaderSettings


def export(
    source: Source, delivery: Delivery, settings: ShaderSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write all files. Raises InputError for a texture set, which has no latents yet, and OutputError."""
    texture = as_neural_texture(source, "a shader decodes a neural texture")
    yield Started(f"Writing the shader of {texture.name}")
    control.check()
    files = bundle(texture, Language(settings.language), Weights(settings.weights))
    delivery.claim(tuple(files))
    for name, data in files.items():
        delivery.write(name, data)
    yield Progress(1.0, "written", 0.0)
    return Remarks(notes(texture))


def notes(texture: NeuralTexture) -> tuple[str, ...]:
    """What to tell people: the shader gives what the source's files hold."""
    said = "The shader gives the values of the source's files"
    if Role.NORMAL not in texture.roles:
        return (f"{said}.",)
    if texture.normal_convention is NormalConvention.UNKNOWN:
        return (f"{said}; the convention of the normal map is not known.",)
    return (f"{said}, with the normal map in the convention of {TITLES[texture.normal_convention]}.",)


def bundle(texture: NeuralTexture, language: Language, weights: Weights) -> dict[str, bytes]:
    """All files by name, the main ones first."""
    text = decoder_shader(texture, language, weights)
    code = file_name(texture.name, f".{language}")
    files = {code: text.encode("utf-8")}
    bound: list[dict[str, Any]] = []
    for which, words in enumerate(packed_latents(texture)):
        name = file_name(texture.name, f"_latents_{which}.bin")
        layers, height, width, _ = words.shape
        bound.append(
            {
                "name": f"texloom_latents_{which}",
                "kind": "2D array texture",
                "format": "RGBA32_UINT",
                "file": name,
                "width": width,
                "height": height,
                "layers": layers,
            }
        )
        files[name] = words.astype("<u4").tobytes()
    if weights is Weights.BUFFER and texture.layout.channels:
        name = file_name(texture.name, "_weights.bin")
        entries = packed_weights(texture)
        block = {"name": "TexloomWeights", "member": "texloom_weights"}
        if language is Language.METAL:
            block = {"name": "texloom_weights"}
        bound.append({**block, "kind": "constants", "format": "float4", "file": name, "entries": len(entries)})
        files[name] = entries.astype("<f4").tobytes()
    files[file_name(texture.name, ".json")] = finite_json(
        {
            "schema": 1,
            "material": texture.name,
            "language": str(language),
            "code": code,
            "width": texture.width,
            "height": texture.height,
            "mip_levels": texture.mip_levels,
            "multiply_adds": texture.layout.multiply_adds,
            "normal_convention": str(texture.normal_convention),
            "bindings": bound,
            "maps": [
                {
                    "member": str(m.role),
                    "channels": len(m.constants),
                    "encoding": "srgb" if ROLE_INFO[m.role].srgb and m.bit_depth < 32 else "linear",
                }
                for m in texture.maps
            ],
        }
    )
    return files
