"""The report of the contract: what a container holds, measured on the decoded files' own values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.codec import metrics
from core.codec.neural_texture import NeuralTexture
from core.textures.depth import peak, round_to_depth
from core.textures.material import Pixels, TextureMap, TextureSet
from core.textures.mips import halved
from core.textures.normals import mean_angle
from core.textures.roles import ROLE_INFO, Role
from core.textures.seams import seam_ratios

SCHEMA = 1


def finite(value: float) -> float | None:
    """JSON has no infinity: an exact match has no PSNR and is written as null."""
    return round(value, 4) if math.isfinite(value) else None


def map_report(source: TextureMap, decoded: Pixels) -> dict[str, Any]:
    """One entry of ``maps``. ``decoded`` is already rounded to the source's bit depth.

    Figures of a float map beyond [0, 1] are relative to the extent of its values, and FLIP, which is about colours on
    a display, says nothing about it.
    """
    role = source.role
    extent = peak(source.pixels)
    display = ROLE_INFO[role].srgb and extent == 1.0
    seams, own_seams = seam_ratios(decoded), seam_ratios(source.pixels)
    return {
        "role": role.value,
        "file": source.file,
        "channels": source.channels,
        "bit_depth": source.bit_depth,
        "psnr_db": finite(metrics.psnr(decoded, source.pixels, extent=extent)),
        "ssim": round(metrics.ssim(decoded, source.pixels, extent=extent), 6),
        "flip": round(metrics.flip(source.pixels, decoded), 6) if display else None,
        "normal_angle_deg": round(mean_angle(decoded, source.pixels), 4) if role is Role.NORMAL else None,
        "seam_ratio": round(seams.whole, 4),
        "seam_ratio_source": round(own_seams.whole, 4),
        "seam_edges": {
            "left_right": round(seams.left_right, 4),
            "left_right_source": round(own_seams.left_right, 4),
            "top_bottom": round(seams.top_bottom, 4),
            "top_bottom_source": round(own_seams.top_bottom, 4),
        },
    }


def pooled_psnr(source: Sequence[Pixels], decoded: Sequence[Pixels]) -> float:
    """One MSE over all channels of all maps with equal weight, in dB; see ``depth.peak`` for maps beyond [0, 1]."""
    errors = [metrics.mse(a, b) * a.shape[2] / peak(a) ** 2 for a, b in zip(source, decoded, strict=True)]
    return metrics.psnr_from_mse(sum(errors) / sum(pixels.shape[2] for pixels in source))


def mip_report(source: TextureSet, texture: NeuralTexture, check: Callable[[], object]) -> list[dict[str, Any]]:
    """PSNR and SSIM of the mip levels from 1 on against the box-filtered source, both rounded to the map's depth."""
    extents = [peak(m.pixels) for m in source.maps]
    pixels = [m.pixels for m in source.maps]
    levels = []
    for level in range(1, texture.mip_levels):
        check()
        decoded = {m.role: m.pixels for m in texture.decoded_set(level).maps}
        error = ssim = 0.0
        for i, (m, extent) in enumerate(zip(source.maps, extents, strict=True)):
            pixels[i] = halved(pixels[i])
            error_of_map, ssim_of_map = _level_figures(pixels[i], decoded.pop(m.role), m.bit_depth, extent)
            error += error_of_map * m.channels
            ssim += ssim_of_map * m.channels
        psnr = metrics.psnr_from_mse(error / source.channels)
        levels.append({"level": level, "psnr_db": finite(psnr), "ssim": round(ssim / source.channels, 6)})
    return levels


def _level_figures(source: Pixels, decoded: Pixels, bit_depth: int, extent: float) -> tuple[float, float]:
    """Mean square error, relative to ``extent``, and SSIM."""
    target = round_to_depth(source, bit_depth)
    return metrics.mse(target, decoded) / extent**2, metrics.ssim(target, decoded, extent=extent)


def build(
    source: TextureSet,
    texture: NeuralTexture,
    decoded_set: TextureSet,
    mips: Sequence[Mapping[str, Any]],
    *,
    check: Callable[[], object] = lambda: None,
    version: str,
    seconds: Mapping[str, float],
    cpu_seconds: float,
    steps: int,
    samples: int,
    device: str,
    seed: int,
    settings: Mapping[str, Any],
    notices: Sequence[str],
) -> dict[str, Any]:
    """The whole report, as JSON values.

    ``decoded_set`` is ``texture.decoded_set()`` and ``mips`` what :func:`mip_report` gave; ``check`` is called between
    parts and may raise to end it.
    """
    decoded = {m.role: m.pixels for m in decoded_set.maps}
    psnr = finite(pooled_psnr([m.pixels for m in source.maps], [decoded[m.role] for m in source.maps]))
    maps = []
    for m in source.maps:
        check()
        maps.append(map_report(m, decoded[m.role]))
    ssim = sum(entry["ssim"] * entry["channels"] for entry in maps) / source.channels
    return {
        "schema": SCHEMA,
        "version": version,
        "material": source.name,
        "width": source.width,
        "height": source.height,
        "mip_levels": texture.mip_levels,
        "psnr_db": psnr,
        "bits_per_texel": round(texture.bits_per_texel, 6),
        "vram_bits_per_texel": round(8 * texture.vram_bytes / (source.width * source.height), 6),
        "bytes": texture.size_bytes,
        "maps": maps,
        "mips": [{"level": 0, "psnr_db": psnr, "ssim": round(ssim, 6)}, *mips],
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "cpu_seconds": round(cpu_seconds, 3),
        "steps": steps,
        "samples": samples,
        "device": device,
        "seed": seed,
        "settings": dict(settings),
        "notices": list(notices),
    }
