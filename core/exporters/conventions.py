"""Which way green points in what a target gets, and the sentence that says so: the same for all targets."""

from __future__ import annotations

import dataclasses

from core.textures.material import NormalConvention, TextureSet
from core.textures.normals import flip_green
from core.textures.roles import Role

AS_SOURCE = "source"
AS_IT_IS = "as in the source."
"""The end of what is told of a normal map that was not turned over."""
TITLES = {NormalConvention.OPENGL: "OpenGL (+Y up)", NormalConvention.DIRECTX: "DirectX (+Y down)"}
"""As people know them, with what they mean."""


def turned(material: TextureSet, wanted: str, reader: str = "") -> tuple[TextureSet, tuple[str, ...]]:
    """The set with its normal map in a convention, one of ``settings.NORMALS``, and what to tell about it.

    One whose convention is not known stays as it is. ``reader`` names what expects the convention, for example Unreal.
    """
    normal = material.by_role.get(Role.NORMAL)
    if normal is None:
        return material, ()
    given = material.normal_convention
    convention = given if wanted == AS_SOURCE else NormalConvention(wanted)
    if given is NormalConvention.UNKNOWN:
        note = "The normal map is exported as it is, because its convention is not known."
        if wanted != AS_SOURCE:
            note += f" {reader or 'The target'} expects {TITLES[convention]}."
        return material, (note,)
    if convention is given:
        return material, (f"The normal map is in the convention of {TITLES[given]}, {AS_IT_IS}",)
    flipped = dataclasses.replace(normal, pixels=flip_green(normal.pixels))
    maps = tuple(flipped if texture is normal else texture for texture in material.maps)
    why = f", which {reader} expects" if reader else ""
    note = f"The normal map was turned over from {TITLES[given]} to {TITLES[convention]}{why}."
    return dataclasses.replace(material, maps=maps, normal_convention=convention), (note,)
