"""A trained neural texture as data: numpy arrays only, decodable without torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.textures.material import NormalConvention, Pixels, SourceFile, TextureSet
from core.textures.roles import Role


@dataclass(frozen=True)
class NeuralTexture:
    """Latents, decoder and what is needed to write the source's files again (sketch; grows in this module)."""

    name: str
    width: int
    height: int
    roles: tuple[Role, ...]
    files: tuple[SourceFile, ...]
    normal_convention: NormalConvention

    def decode(self, mip: int = 0) -> dict[Role, Pixels]:
        """All maps at one mip level: float32 H × W × C in file encoding, in [0, 1], not yet rounded."""
        raise NotImplementedError

    def decoded_set(self, mip: int = 0) -> TextureSet:
        """The same as a texture set, with values rounded to each map's bit depth, as written by ``decode``."""
        raise NotImplementedError
