"""What decides the size of a run: a number of bytes, or the quality that has to be reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.codec.settings import CompressSettings
from core.errors import InputError
from core.textures.roles import Role

_ENTRY = re.compile(r"\s*([A-Za-z_ ]+?)\s*=\s*([-+0-9.eE]+)\s*(?:[,;]|\s|$)")


@dataclass(frozen=True)
class Quality:
    """PSNR in dB that the set (None: any) and single maps have to reach."""

    psnr: float | None = None
    maps: Mapping[Role, float] = field(default_factory=dict)

    def margin(self, psnr: float, per_map: Mapping[Role, float]) -> float:
        """By how many dB the worst of the demands is exceeded; negative if it is missed."""
        margins = [per_map[role] - wanted for role, wanted in self.maps.items()]
        if self.psnr is not None:
            margins.append(psnr - self.psnr)
        return min(margins)

    def text(self) -> str:
        """For people, for example ``38 dB and normal 40 dB``."""
        parts = [f"{self.psnr:g} dB"] if self.psnr is not None else []
        return " and ".join(parts + [f"{role.value} {wanted:g} dB" for role, wanted in self.maps.items()])


def text_of(settings: CompressSettings) -> str:
    """What decides the size, in words; two runs with the same text can be the same run."""
    if settings.match is not None:
        return f"the quality of {settings.match}"
    if settings.target_psnr is not None or settings.target_maps:
        return Quality(settings.target_psnr, role_numbers(settings.target_maps, "--target-maps")).text()
    if settings.max_bytes is not None:
        return f"{settings.max_bytes} bytes"
    return f"{settings.bpp:g} bits per texel"


def role_numbers(text: str, option: str) -> dict[Role, float]:
    """``albedo=38 normal=40`` as a mapping. Raises InputError with one sentence naming the option."""
    found: dict[Role, float] = {}
    at = 0
    while at < len(text.rstrip()):
        entry = _ENTRY.match(text, at)
        if entry is None:
            raise InputError(f"{option} reads like 'albedo=38 normal=40', not {text!r}.")
        name, number = entry[1].strip().lower(), entry[2]
        if name not in {role.value for role in Role}:
            raise InputError(f"{option} names {name!r}; maps are {', '.join(role.value for role in Role)}.")
        try:
            found[Role(name)] = float(number)
        except ValueError:
            raise InputError(f"{option} has {number!r} where a number belongs.") from None
        at = entry.end()
    return found
