"""A neural texture as data: parts of it are what the whole gives."""

from __future__ import annotations

import numpy as np

from core.codec.layout import LatentGrid
from core.textures.roles import Role
from tests.core.codec.materials import random_texture


def test_some_maps_are_decoded_as_all_are() -> None:
    texture = random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4)))
    whole = texture.decode(1)
    for roles in ((Role.DISPLACEMENT,), (Role.METALLIC,), (Role.EMISSIVE, Role.NORMAL), ()):
        part = texture.decode(1, roles)
        assert set(part) == set(roles)
        for role, pixels in part.items():
            np.testing.assert_allclose(pixels, whole[role], rtol=1e-4, atol=1e-5)
