"""Which channels lie in which file, as a text that presets and people write.

``{material}_ORM = occlusion roughness metallic; {material}_BaseColor = albedo +opacity``

Files are separated by semicolons. Right of ``=`` stand roles, with all their channels, in the order of the file's
channels; ``glossiness`` is 1 − roughness, ``0`` and ``1`` are constants, ``+role`` is an alpha that is left out where
the material doesn't have it. Other roles that it doesn't have are filled with their neutral value; a file of nothing
but such roles is not written.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import InputError
from core.exporters.delivery import file_name
from core.textures.material import ChannelRef, SourceFile
from core.textures.roles import ROLE_INFO, Role

_CONSTANTS = {"0": 0.0, "1": 1.0}


def laid_out(text: str, material: str, depths: Mapping[Role, int]) -> tuple[SourceFile, ...]:
    """The files of a material that has the roles in ``depths``, each with the depth of its deepest map; their names
    end like PNG files. Raises InputError for a text that can't be."""
    files = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        name, equals, channels = (part.strip() for part in entry.partition("="))
        if not equals or not name or not channels:
            raise InputError(f"The layout {entry!r} must be like {{material}}_ORM = occlusion roughness metallic.")
        if "/" in name or "\\" in name:
            raise InputError(f"The name {name!r} in the layout can't contain folders.")
        refs = [ref for word in channels.lower().split() for ref in _channels(word, entry, depths)]
        present = [ref.role for ref in refs if ref.role is not None]
        if present:
            depth = max(depths[role] for role in present)
            files.append(SourceFile(file_name(name.replace("{material}", material), ".png"), depth, tuple(refs)))
    if not files:
        raise InputError("The layout names none of the material's maps.")
    return tuple(files)


def _channels(word: str, entry: str, depths: Mapping[Role, int]) -> list[ChannelRef]:
    if word in _CONSTANTS:
        return [ChannelRef(None, value=_CONSTANTS[word])]
    alpha, inverted = word.startswith("+"), word.removeprefix("+") == "glossiness"
    try:
        role = Role.ROUGHNESS if inverted else Role(word.removeprefix("+"))
    except ValueError as error:
        words = ", ".join((*Role, "glossiness", "0", "1"))
        raise InputError(f"{word!r} in the layout {entry!r} is no channel; there are {words}.") from error
    if role in depths:
        return [ChannelRef(role, index, inverted=inverted) for index in range(ROLE_INFO[role].channels)]
    neutral = ROLE_INFO[role].neutral
    return [] if alpha else [ChannelRef(None, value=1 - value if inverted else value) for value in neutral]
