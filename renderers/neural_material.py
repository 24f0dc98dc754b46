"""A neural texture that the viewport decodes in the shader, from its latents, as an engine would."""

from __future__ import annotations

import moderngl
import numpy as np

from core.codec.neural_texture import NeuralTexture
from core.exporters.decoder_shader import Weights, decoder_shader, packed_latents, packed_weights, weight_count
from core.textures.material import Pixels
from core.textures.roles import ROLE_INFO, Role
from renderers.choices import Filter
from renderers.material_textures import MaterialTextures, is_mask
from renderers.shader_source import expanded, set_uniforms, shader_source

_FIRST_UNIT = 9
"""Behind the units of MaterialTextures and of the light."""
_WEIGHTS = 0
"""Binding of the block of weights."""


class NeuralMaterial(MaterialTextures):
    """To be drawn in place of decoded :class:`MaterialTextures`; only the relief still comes from a decoded map, as a
    vertex has no pixels to spread the work over and a ray meets the height map many times a pixel.

    The decoder is part of the program: another texture is another NeuralMaterial, which takes a second or two to
    compile on a CPU. A ``live`` one reads the decoder from a buffer instead, so that :meth:`renew` shows another state
    of a training without compiling anything; that is for graphics cards, a CPU would compile it for minutes.

    ``relief`` is the decoded displacement map, float32 H × W × 1; without it the map is decoded here.
    """

    def __init__(
        self,
        ctx: moderngl.Context,
        texture: NeuralTexture,
        filtering: Filter = Filter.STOCHASTIC,
        *,
        relief: Pixels | None = None,
        live: bool = False,
    ) -> None:
        self._texture = texture
        self._relief = _decoded(texture, Role.DISPLACEMENT) if relief is None else relief
        # One look decides how it is drawn: training doesn't make a mask of what is none.
        self._is_mask = is_mask(_decoded(texture, Role.OPACITY))
        super().__init__(ctx, self._relief_maps())
        self.filtering = filtering
        self.live = live
        self._own_size()
        self._latents: list[moderngl.Texture | moderngl.TextureArray] = []
        for words in packed_latents(texture):
            layers, height, width, _ = words.shape
            latents = ctx.texture_array((width, height, layers), 4, words.tobytes(), dtype="u4")
            latents.filter = (moderngl.NEAREST, moderngl.NEAREST)
            self._latents.append(latents)
        self._weights = ctx.buffer(packed_weights(texture)) if live else None
        weights = Weights.BUFFER if live else Weights.CONSTANTS
        decoder = f"{decoder_shader(texture, weights=weights)}\n{_maps_of(texture)}\n"
        replaced = ("map_textures.glsl", '#include "neural_maps.glsl"\n'), ("neural_decoder.glsl", decoder)
        self.program = ctx.program(
            vertex_shader=shader_source("material.vert"), fragment_shader=expanded("material.frag", dict(replaced))
        )

    @property
    def multiply_adds(self) -> int:
        """Of the decoder, for one pixel of one sample."""
        return self._texture.layout.multiply_adds * (4 if self.filtering is Filter.BILINEAR else 1)

    @staticmethod
    def can_be_live(ctx: moderngl.Context, texture: NeuralTexture) -> bool:
        """Whether the driver takes a buffer as large as this decoder."""
        return 16 * weight_count(texture.layout) <= ctx.info.get("GL_MAX_UNIFORM_BLOCK_SIZE", 16384)

    def takes(self, texture: NeuralTexture) -> bool:
        """Whether :meth:`renew` can show this texture: another state of the same training."""
        old = self._texture
        return self.live and (old.layout, old.maps) == (texture.layout, texture.maps)

    def renew(self, texture: NeuralTexture, relief: Pixels | None = None) -> None:
        """Show another texture, for which :meth:`takes` is true; without ``relief`` the surface stays as it was."""
        assert self._weights is not None
        self._texture = texture
        for latents, words in zip(self._latents, packed_latents(texture), strict=True):
            latents.write(words.tobytes())
        self._weights.write(packed_weights(texture))
        if relief is not None and relief is not self._relief:
            self._relief = relief
            self.update(self._relief_maps())
            self._own_size()

    def _relief_maps(self) -> dict[Role, Pixels]:
        return {} if self._relief is None else {Role.DISPLACEMENT: self._relief}

    def _own_size(self) -> None:
        self.size = (self._texture.width, self._texture.height)
        self.has_opacity = Role.OPACITY in self._texture.roles
        self.opacity_is_mask = self._is_mask

    def use(self, program: moderngl.Program, anisotropy: float) -> None:
        super().use(program, anisotropy)
        if self._weights is not None:
            self._weights.bind_to_uniform_block(_WEIGHTS)
        for i, latents in enumerate(self._latents):
            latents.use(_FIRST_UNIT + i)
            set_uniforms(program, **{f"texloom_latents_{i}": _FIRST_UNIT + i})
        set_uniforms(
            program,
            neural_filter=list(Filter).index(self.filtering),
            neural_size=self.size,
            neural_levels=self._texture.mip_levels,
        )

    def release(self) -> None:
        super().release()
        for latents in self._latents:
            latents.release()
        self._latents.clear()
        if self._weights is not None:
            self._weights.release()
            self._weights = None
        if self.program is not None:
            self.program.release()
            self.program = None


def _decoded(texture: NeuralTexture, role: Role) -> Pixels | None:
    return texture.decode(roles=(role,))[role] if role in texture.roles else None


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
