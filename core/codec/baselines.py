"""What would be shipped today instead: the same maps as block-compressed textures, decoded again and measured alike.

Maps are packed as artists pack them: colour by itself with opacity in its alpha, the normal map by itself, single
channels three to a texture. Maps that are the same everywhere cost nothing and are exact, as in a neural texture. What
can be chosen is chosen in favour of the baseline: where two formats of one size fit, the one that comes closer to the
source's values is taken. A normal map may so be stored as X and Y, with Z rebuilt, or with all three channels.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.blocks.encoding import encode_stripes
from core.codec import block_set, metrics
from core.codec.baseline_sets import BASELINES, Baseline, named
from core.codec.block_set import BlockSet, BlockTexture, in_unit_range, value_range
from core.codec.neural_texture import StoredMap
from core.codec.report import finite
from core.errors import Cancelled
from core.files import check_writable
from core.jobs import Control, Event, Finished, Progress, Started, setting
from core.jobs.settings import validate
from core.textures.depth import peak
from core.textures.material import ChannelRef, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role

_WARM_UP_S = 2.0


@dataclass(frozen=True)
class BaselineSettings:
    """What :func:`baseline` is asked for."""

    name: str = setting("bc", "The block-compressed set to compare with.", choices=tuple(BASELINES))


@dataclass(frozen=True)
class BaselineResult:
    """``decoded``: the source's maps as a decoder gives them back, rounded to their bit depth. PSNR in dB as in the
    report, infinite where nothing differs. ``size_bytes`` is that of mip 0, ``chain_bytes`` that of all levels.

    ``blocks`` where the baseline is block-compressed; ``path`` is the file that keeps them, if one was asked for.
    """

    name: str
    title: str
    decoded: TextureSet
    psnr_db: float
    map_psnr_db: Mapping[Role, float]
    size_bytes: int
    chain_bytes: int
    seconds: float
    blocks: BlockSet | None = None
    path: Path | None = None

    @property
    def bits_per_texel(self) -> float:
        """Without mip levels."""
        return 8 * self.size_bytes / (self.decoded.width * self.decoded.height)

    @property
    def bits_per_texel_with_mips(self) -> float:
        return 8 * self.chain_bytes / (self.decoded.width * self.decoded.height)

    @property
    def report(self) -> dict[str, Any]:
        """One of the report's ``baselines``."""
        return {
            "name": self.name,
            "psnr_db": finite(self.psnr_db),
            "bits_per_texel": round(self.bits_per_texel, 6),
            "bits_per_texel_with_mips": round(self.bits_per_texel_with_mips, 6),
            "maps": [{"role": role.value, "psnr_db": finite(psnr)} for role, psnr in self.map_psnr_db.items()],
        }


def textures(chosen: Baseline, roles: Sequence[Role]) -> list[tuple[BlockTexture, ...]]:
    """The textures that hold maps of these roles; of each its alternatives, which are of one size."""
    planned = []
    single = [role for role in roles if ROLE_INFO[role].channels == 1]
    for role in roles:
        if role is Role.NORMAL:
            planned.append(tuple(BlockTexture(form, _channels(role)[:count]) for form, count in chosen.normal))
        elif ROLE_INFO[role].channels == 3:
            channels = _channels(role)
            if role is Role.ALBEDO and Role.OPACITY in single and chosen.colour.channels > 3:
                single.remove(Role.OPACITY)
                channels += _channels(Role.OPACITY)
            planned.append((BlockTexture(chosen.colour, channels),))
    for at in range(0, len(single), 3):
        channels = tuple(ChannelRef(role) for role in single[at : at + 3])
        forms = ((chosen.single,), chosen.pair, (chosen.packed,))[len(channels) - 1]
        planned.append(tuple(BlockTexture(form, channels) for form in forms))
    return planned


def _channels(role: Role) -> tuple[ChannelRef, ...]:
    return tuple(ChannelRef(role, index) for index in range(ROLE_INFO[role].channels))


def bits_per_texel(chosen: Baseline, roles: Sequence[Role]) -> float:
    """Of whole blocks, without mip levels, for maps of these roles."""
    return sum(alternatives[0].format.bits_per_texel for alternatives in textures(chosen, roles))


def baseline_psnr(material: TextureSet, name: str, control: Control | None = None) -> BaselineResult:
    """What :func:`baseline` comes to, at once: its PSNR is what a neural texture has to reach to be as good.

    Raises InputError for an unknown name, Cancelled when the control says so.
    """
    *_, last = baseline(material, BaselineSettings(named(name).name), control or Control())
    assert isinstance(last, Finished)
    return last.result


def baseline(
    material: TextureSet, settings: BaselineSettings, control: Control, output: Path | None = None
) -> Iterator[Event]:
    """Encode, decode and measure. Yields Started, Progress and at last Finished(BaselineResult).

    With ``output`` the blocks are kept in that folder. Half a set is of no use: a stop ends the job as a cancellation
    does. Raises InputError or OutputError before the work begins, Cancelled when the control says so.
    """
    validate(settings)
    chosen = named(settings.name)
    if output is not None:
        check_writable(output)
    began = time.perf_counter()
    width, height = material.width, material.height
    stored = tuple(stored_map(texture_map) for texture_map in material.maps)
    planned = textures(chosen, [m.role for m in stored if None in m.constants])
    sizes = [[texture.format.size_bytes(width, height) for texture in alternatives] for alternatives in planned]
    yield Started(f"{material.name}, {chosen.title}", sum(size[0] for size in sizes))
    total, done = sum(map(sum, sizes)), 0
    kept: list[tuple[BlockTexture, bytes]] = []
    for alternatives in planned:
        encoded: list[tuple[BlockTexture, bytes]] = []
        for texture in alternatives:
            data = bytearray()
            with contextlib.closing(encode_stripes(texture.values(material), texture.format)) as stripes:
                for stripe in stripes:
                    _check(control)
                    data += stripe
                    done += len(stripe)
                    elapsed = time.perf_counter() - began
                    left = elapsed * (total - done) / done if elapsed > _WARM_UP_S else None
                    yield Progress(done / total, "Encoding", left)
            encoded.append((texture, bytes(data)))
        kept.append(min(encoded, key=lambda pair: _error(material, *pair)) if len(encoded) > 1 else encoded[0])
    _check(control)
    yield Progress(1.0, "Measuring")
    ranges = tuple(value_range(texture_map) for texture_map in material.maps)
    blocks = BlockSet(material.name, width, height, stored, ranges, material.normal_convention, tuple(kept))
    result = measured(
        chosen.name, chosen.title, material, blocks.decoded_set(), (blocks.size_bytes, blocks.chain_bytes), began
    )
    path = output / f"{material.name}.{chosen.name}{block_set.SUFFIX}" if output is not None else None
    if path is not None:
        block_set.write(blocks, path)
    yield Finished(dataclasses.replace(result, blocks=blocks, path=path))


def _check(control: Control) -> None:
    if control.check():
        raise Cancelled


def _error(material: TextureSet, texture: BlockTexture, data: bytes) -> float:
    maps = texture.maps(data, material.width, material.height)
    return sum(metrics.mse(pixels, in_unit_range(material.by_role[role])) for role, pixels in maps.items())


def stored_map(texture_map: TextureMap) -> StoredMap:
    """``constants`` are the map's values where it is the same everywhere, else all None."""
    first = texture_map.pixels[:1, :1]
    constants = tuple(float(value) for value in first[0, 0]) if (texture_map.pixels == first).all() else None
    return StoredMap(
        texture_map.role, texture_map.file, texture_map.bit_depth, constants or (None,) * texture_map.channels
    )


def measured(
    name: str, title: str, material: TextureSet, decoded: TextureSet, sizes: tuple[int, int], began: float
) -> BaselineResult:
    """The figures of ``decoded`` against ``material``. ``sizes`` in bytes: mip 0, all levels; ``began`` by
    :func:`time.perf_counter`."""
    errors = {
        m.role: metrics.mse(decoded.by_role[m.role].pixels, m.pixels) / peak(m.pixels) ** 2 for m in material.maps
    }
    pooled = sum(errors[m.role] * m.channels for m in material.maps) / material.channels
    per_map = {role: metrics.psnr_from_mse(error) for role, error in errors.items()}
    seconds = time.perf_counter() - began
    return BaselineResult(name, title, decoded, metrics.psnr_from_mse(pooled), per_map, *sizes, seconds)
