"""A neural texture for an Unreal Engine 5.4 or newer as it is sold: no plugin, no change to the engine.

``T_<asset>_Latents<g>.dds``
    The latents of grid g as R8G8B8A8_UNORM, one level: the bytes of ``decoder_shader.byte_latents``. The mip groups lie
    below each other, so the texture's whole mip chain is in there. DDS levels of their own would not do: the groups are
    no halvings of each other once a size is odd, and what the engine streams or drops could not be read by place.
``<asset>.ush``
    The decoder with its weights as constants; ``texloom_decode`` and ``texloom_texel`` for shaders of one's own.
``<asset>.custom.hlsl``
    The same as the text of a Custom node, complete in itself: a project without a Shaders folder has no place to
    include from. It chooses the mip level and gives what a material wants: linear colours, the normal with +Y down.
``<asset>.unreal.json``
    What ``import_into_unreal.py`` reads, the script that imports the textures and builds a material and an instance.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from core.codec.neural_texture import NeuralTexture, StoredMap
from core.errors import InputError
from core.exporters import Remarks, as_neural_texture
from core.exporters.decoder_shader import Language, byte_latents, decoder_shader, decoder_statements
from core.exporters.ue5 import dds
from core.files import finite_json
from core.jobs import Control, Event, Progress, Started
from core.textures.material import NormalConvention
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import UnrealSettings

SCRIPT = "import_into_unreal.py"
LARGEST = 16384
"""Texels on a side that Unreal and Direct3D 11 hardware take."""
FACTS_SUFFIX = ".unreal.json"


@dataclass(frozen=True)
class _Output:
    """What the Custom node puts out for a role, and the input of the material that it goes to; "" for none."""

    name: str
    channels: int
    property: str


_OUTPUTS = {
    Role.ALBEDO: _Output("BaseColor", 3, "MP_BASE_COLOR"),
    Role.NORMAL: _Output("Normal", 3, "MP_NORMAL"),
    Role.ROUGHNESS: _Output("Roughness", 1, "MP_ROUGHNESS"),
    Role.OCCLUSION: _Output("AmbientOcclusion", 1, "MP_AMBIENT_OCCLUSION"),
    Role.METALLIC: _Output("Metallic", 1, "MP_METALLIC"),
    Role.SPECULAR: _Output("Specular", 1, "MP_SPECULAR"),
    Role.OPACITY: _Output("Opacity", 1, "MP_OPACITY_MASK"),
    Role.EMISSIVE: _Output("EmissiveColor", 3, "MP_EMISSIVE_COLOR"),
    # Nanite's displacement has no entry among the properties that scripts may connect.
    Role.DISPLACEMENT: _Output("Displacement", 1, ""),
}
_NORMAL_NOTES = {
    NormalConvention.OPENGL: "The shader turns the normal map from OpenGL to DirectX (+Y down), which Unreal expects.",
    NormalConvention.DIRECTX: "The normal map is in the DirectX convention (+Y down), which Unreal expects.",
    NormalConvention.UNKNOWN: "The shader gives the normal map as it is, because its convention is not known. Unreal "
    "expects DirectX (+Y down).",
}


def export(
    source: Source, delivery: Delivery, settings: UnrealSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """Write the bundle. Raises InputError for a texture set and for latents that no engine takes; OutputError."""
    texture = as_neural_texture(source, "Unreal's shader decodes a neural texture")
    yield Started(f"Writing {texture.name} for Unreal")
    control.check()
    files = bundle(texture)
    delivery.claim(tuple(files))
    for name, data in files.items():
        delivery.write(name, data)
    yield Progress(1.0, "written", 0.0)
    return Remarks(notes(texture))


def asset_name(name: str) -> str:
    """A material's name as part of an asset's: letters and digits of any script, the rest underscores."""
    plain = re.sub(r"\W", "_", name)[:80].strip("_")
    return plain or "Material"


def bundle(texture: NeuralTexture) -> dict[str, bytes]:
    """All files by name, the main ones first. Raises InputError for latents that no engine takes."""
    asset = asset_name(texture.name)
    files: dict[str, bytes] = {}
    latents: list[dict[str, Any]] = []
    for which, bytes_ in enumerate(byte_latents(texture)):
        height, width = bytes_.shape[:2]
        if max(width, height) > LARGEST:
            raise InputError(
                f"{texture.name} has latents for {width} x {height} texels, and Unreal takes {LARGEST} a side; "
                "compress it to fewer bits per texel."
            )
        name = f"T_{asset}_Latents{which}.dds"
        latents.append({"file": name, "input": f"Latents{which}", "width": width, "height": height})
        files[name] = dds(bytes_)
    files[f"{asset}.ush"] = _ascii(f"#pragma once\n\n{decoder_shader(texture, Language.UNREAL)}")
    files[f"{asset}.custom.hlsl"] = _ascii(custom_node(texture))
    files[asset + FACTS_SUFFIX] = finite_json(
        {
            "schema": 1,
            "name": texture.name,
            "asset": asset,
            "width": texture.width,
            "height": texture.height,
            "mip_levels": texture.mip_levels,
            "code": f"{asset}.custom.hlsl",
            "latents": latents,
            "inputs": ["UV", "UVAcross", "UVDown", "MipBias", "Dither", *(entry["input"] for entry in latents)],
            "outputs": [
                {
                    "name": _OUTPUTS[m.role].name,
                    "type": f"CMOT_FLOAT{_OUTPUTS[m.role].channels}",
                    "property": _OUTPUTS[m.role].property,
                }
                for m in texture.maps
            ],
        }
    )
    files[SCRIPT] = (resources.files("resources") / "unreal_engine" / SCRIPT).read_bytes()
    return files


def notes(texture: NeuralTexture) -> tuple[str, ...]:
    """What to tell people: which way the normal map points, and what is not wired."""
    told = []
    if Role.NORMAL in texture.roles:
        told.append(_NORMAL_NOTES[texture.normal_convention])
    if Role.DISPLACEMENT in texture.roles:
        told.append(
            "The displacement is an output of the Custom node; connect it by hand where the material has a use."
        )
    told.append(f"Run {SCRIPT} in the editor: it imports the textures and builds a material and an instance.")
    return tuple(told)


def custom_node(texture: NeuralTexture) -> str:
    """The text of the Custom node, without functions: none can be defined within one.

    The node's inputs are ``UV`` and how it changes from a pixel to the next one, ``UVAcross`` and ``UVDown``;
    ``MipBias`` levels; ``Dither`` −0.5 … 0.5, 0 for the nearest level; and ``Latents<g>``. The first map is what the
    node returns, the others are its additional outputs.
    """
    first, *others = texture.maps
    decoder = re.sub(r"\btexloom_latents_(\d+)\b", r"Latents\1", decoder_statements(texture))
    last = texture.mip_levels - 1
    return f"""\
// {texture.width} x {texture.height} texels, {texture.layout.multiply_adds} multiply-adds a pixel
float2 uv = frac(UV);
float2 across = UVAcross * float2({texture.width}.0, {texture.height}.0);
float2 down = UVDown * float2({texture.width}.0, {texture.height}.0);
float level = 0.5 * log2(max(max(dot(across, across), dot(down, down)), 1e-12)) + MipBias;
int mip = int(clamp(floor(level + Dither + 0.5), 0.0, {last}.0));
{decoder}{"".join(_for_material(texture, m) for m in texture.maps)}\
{"".join(f"{_OUTPUTS[m.role].name} = texel_{m.role.value};{chr(10)}" for m in others)}\
return texel_{first.role.value};
"""


def _for_material(texture: NeuralTexture, m: StoredMap) -> str:
    """What turns a map in file encoding into what the material wants; "" if that is the same."""
    name, own = f"texel_{m.role.value}", len(m.constants)
    if _OUTPUTS[m.role].channels != own:
        raise InputError(f"{m.role} of {texture.name} has {own} channels, which no input of a material takes.")
    if m.role is Role.NORMAL:
        flip = -1 if texture.normal_convention is NormalConvention.OPENGL else 1
        return f"""\
{name} = ({name} * 2.0 - 1.0) * float3(1.0, {flip}.0, 1.0);
{name} /= max(length({name}), 0.001);
"""
    # Float files hold linear light already.
    if own != 3 or m.bit_depth == 32:
        return ""
    return f"""\
{name} = max({name}, 0.0);
{name} = lerp({name} / 12.92, pow(({name} + 0.055) / 1.055, 2.4), step(0.04045, {name}));
"""


def _ascii(text: str) -> bytes:
    """Unreal's own reader takes shader text for the system's code page; all but the names is ASCII anyway."""
    return text.encode("ascii", "replace")
