"""Baselines that take whatever size they are given: JPEG files, and plain smaller textures.

Both are no block compression: JPEG is a form for disks, whose textures lie uncompressed in a GPU's memory; smaller
textures are what a memory budget without a codec comes to.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import OpenImageIO

from core.blocks.formats import BlockFormat
from core.codec.baseline_sets import EQUAL_SIZE
from core.codec.baselines import BaselineResult, measured, stored_map
from core.codec.block_set import from_unit_range, in_unit_range, value_range
from core.codec.metrics import mse
from core.errors import Cancelled, OutputError
from core.jobs import Control
from core.textures.depth import round_to_depth
from core.textures.images import read_image
from core.textures.material import Pixels, TextureMap, TextureSet
from core.textures.mips import resize
from core.textures.roles import ROLE_INFO, Role

_SUBSAMPLING = ("4:4:4", "4:2:0")
"""Of colour maps; both are tried. Other maps' channels are no colours and always kept whole."""


def measure(name: str, material: TextureSet, size_bytes: int, control: Control | None = None) -> BaselineResult:
    """The one of :data:`core.codec.baseline_sets.EQUAL_SIZE` with this name, in at most ``size_bytes``."""
    return {"jpeg": jpeg, "downsampled": downsampled}[name](material, size_bytes, control)


def jpeg(material: TextureSet, size_bytes: int, control: Control | None = None) -> BaselineResult:
    """Every map as a progressive JPEG file, all at the highest quality from 1 to 100 at which the files together take
    at most ``size_bytes``; at quality 1 if none does. Mip levels are made on loading and not counted.

    Raises Cancelled when the control says so, OutputError if the temporary folder can't be written.
    """
    began = time.perf_counter()
    control = control or Control()
    varying = _varying(material)
    with tempfile.TemporaryDirectory(prefix="texloom-") as folder:
        found = [_best_quality(varying, size_bytes, way, Path(folder), control) for way in _SUBSAMPLING]

    def error(one: tuple[int, list[Pixels]]) -> float:
        return sum(mse(pixels, m.pixels) * m.channels for pixels, m in zip(one[1], varying, strict=True))

    size, decoded = min(found, key=error)
    maps = {m.role: pixels for m, pixels in zip(varying, decoded, strict=True)}
    return measured("jpeg", EQUAL_SIZE["jpeg"], material, _with_maps(material, maps), (size, size), began)


def _varying(material: TextureSet) -> list[TextureMap]:
    """The maps that are not the same everywhere, in [0, 1]."""
    maps = (m for m in material.maps if None in stored_map(m).constants)
    return [dataclasses.replace(m, pixels=in_unit_range(m)) for m in maps]


def _best_quality(
    maps: Sequence[TextureMap], size_bytes: int, subsampling: str, folder: Path, control: Control
) -> tuple[int, list[Pixels]]:
    low, high = 1, 100
    paths = [folder / f"{m.role}.jpg" for m in maps]

    def size_at(quality: int) -> int:
        if control.check():
            raise Cancelled
        for m, path in zip(maps, paths, strict=True):
            _write_jpeg(m.pixels, quality, subsampling if ROLE_INFO[m.role].srgb else "4:4:4", path)
        return sum(path.stat().st_size for path in paths)

    while low < high:
        middle = (low + high + 1) // 2
        if size_at(middle) <= size_bytes:
            low = middle
        else:
            high = middle - 1
    return size_at(low), [read_image(path)[0] for path in paths]


def _write_jpeg(pixels: Pixels, quality: int, subsampling: str, path: Path) -> None:
    values = np.round(np.clip(pixels, 0.0, 1.0) * np.float32(255.0)).astype(np.uint8)
    height, width, channels = values.shape
    spec = OpenImageIO.ImageSpec(width, height, channels, "uint8")
    spec.attribute("compression", f"jpeg:{quality}")
    spec.attribute("jpeg:subsampling", subsampling)
    spec.attribute("jpeg:progressive", 1)
    output = OpenImageIO.ImageOutput.create("jpeg")
    if not (output and output.open(str(path), spec) and output.write_image(values) and output.close()):
        raise OutputError(f"{path} can't be written; is the disk of temporary files full?", path)


def downsampled(material: TextureSet, size_bytes: int, control: Control | None = None) -> BaselineResult:
    """All maps uncompressed with 8 bits per channel, at the largest size that takes at most ``size_bytes`` without mip
    levels: area mean down, cubic up again. Raises Cancelled when the control says so."""
    began = time.perf_counter()
    varying = _varying(material)
    count = sum(m.channels for m in varying)
    whole = max(1, count) * material.width * material.height
    scale = min(1.0, (size_bytes / whole) ** 0.5)
    width, height = (max(1, int(side * scale)) for side in (material.width, material.height))
    maps = {}
    for m in varying:
        if control is not None and control.check():
            raise Cancelled
        small = round_to_depth(resize(m.pixels, width, height), 8)
        maps[m.role] = resize(small, material.width, material.height)
    texel = BlockFormat("uncompressed", 1, 1, count, count)
    sizes = (texel.size_bytes(width, height), texel.chain_bytes(width, height))
    return measured("downsampled", EQUAL_SIZE["downsampled"], material, _with_maps(material, maps), sizes, began)


def _with_maps(material: TextureSet, found: Mapping[Role, Pixels]) -> TextureSet:
    """The material with these pixels, which are in [0, 1], rounded to the source's depth; its own where there are
    none."""

    def replaced(m: TextureMap) -> TextureMap:
        if m.role not in found:
            return m
        pixels = from_unit_range(found[m.role], value_range(m))
        return dataclasses.replace(m, pixels=round_to_depth(pixels, m.bit_depth))

    return dataclasses.replace(material, maps=tuple(map(replaced, material.maps)))
