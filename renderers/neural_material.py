"""A neural texture that the viewport decodes in the shader, from its latents, as an engine would."""

from __future__ import annotations

from enum import StrEnum

import moderngl
import numpy as np

from core.codec.neural_texture import NeuralTexture
from core.exporters.decoder_shader import decoder_shader, packed_latents
from core.textures.roles import ROLE_INFO, Role
from renderers.material_textures import MaterialTextures, is_mask
from renderers.shader_source import expanded, set_uniforms, shader_source

_FIRST_UNIT = 9
"""Behind the units of MaterialTextures and of the light."""


class Filter(StrEnum):
    """How texels are blended: not at all, four decoded ones, or one of those around by chance, which many samples
    average to a trilinear read (Pharr et al. 2024)."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    STOCHASTIC = "stochastic"


class NeuralMaterial(MaterialTextures):
    """To be drawn in place of decoded :class:`MaterialTextures`; only the relief still comes from a decoded map, as a
    vertex has no pixels to spread the work over and a ray meets the height map many times a pixel.

    The decoder is part of the program: another texture is another NeuralMaterial. It takes a second or so to compile
    on a CPU.
    """

    def __init__(self, ctx: moderngl.Context, texture: NeuralTexture, filtering: Filter = Filter.STOCHASTIC) -> None:
        known = {Role.DISPLACEMENT, Role.OPACITY} & set(texture.roles)
        decoded = texture.decode() if known else {}
        relief = decoded.get(Role.DISPLACEMENT)
        super().__init__(ctx, {} if relief is None else {Role.DISPLACEMENT: relief})
        self.filtering = filtering
        self.multiply_adds = texture.layout.multiply_adds
        self.size = (texture.width, texture.height)
        self.has_opacity = Role.OPACITY in texture.roles
        self.opacity_is_mask = is_mask(decoded.get(Role.OPACITY))
        self._levels = texture.mip_levels
        self._latents: list[moderngl.Texture | moderngl.TextureArray] = []
        for words in packed_latents(texture):
            layers, height, width, _ = words.shape
            latents = ctx.texture_array((width, height, layers), 4, words.tobytes(), dtype="u4")
            latents.filter = (moderngl.NEAREST, moderngl.NEAREST)
            self._latents.append(latents)
        decoder = f"{decoder_shader(texture)}\n{_maps_of(texture)}\n"
        replaced = ("map_textures.glsl", '#include "neural_maps.glsl"\n'), ("neural_decoder.glsl", decoder)
        self.program = ctx.program(
            vertex_shader=shader_source("material.vert"), fragment_shader=expanded("material.frag", dict(replaced))
        )

    def use(self, program: moderngl.Program, anisotropy: float) -> None:
        super().use(program, anisotropy)
        for i, latents in enumerate(self._latents):
            latents.use(_FIRST_UNIT + i)
            set_uniforms(program, **{f"texloom_latents_{i}": _FIRST_UNIT + i})
        set_uniforms(
            program,
            neural_filter=list(Filter).index(self.filtering),
            neural_size=self.size,
            neural_levels=self._levels,
        )

    def release(self) -> None:
        super().release()
        for latents in self._latents:
            latents.release()
        self._latents.clear()
        if self.program is not None:
            self.program.release()
            self.program = None


def _maps_of(texture: NeuralTexture) -> str:
    """The function that turns decoded maps into what material_maps.glsl wants."""
    channels = {m.role: len(m.constants) for m in texture.maps}

    def read(role: Role, count: int) -> str:
        own = channels.get(role)
        if own is None:
            values = [repr(float(np.float32(v))) for v in ROLE_INFO[role].neutral[:count]]
            return values[0] if count == 1 else f"vec{count}({', '.join(values)})"
        member = f"clamp(texel.{role.value}, 0.0, 1.0)"
        if own == count:
            return member
        return f"{member}.x" if count == 1 else f"vec{count}({member}{'.x' if own > 1 else ''})"

    response = ", ".join(read(role, 1) for role in (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC, Role.SPECULAR))
    return f"""\
MapValues maps_of(TexloomTexel texel) {{
    MapValues maps;
    vec3 normal = {read(Role.NORMAL, 3)} * 2.0 - 1.0;
    maps.base = vec4(srgb_decode({read(Role.ALBEDO, 3)}), {read(Role.OPACITY, 1)});
    maps.surface = vec4(normal / max(length(normal), 1e-3) * 0.5 + 0.5, {read(Role.DISPLACEMENT, 1)});
    maps.response = vec4({response});
    maps.emissive = srgb_decode({read(Role.EMISSIVE, 3)});
    return maps;
}}"""
