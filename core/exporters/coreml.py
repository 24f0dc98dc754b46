"""A neural texture as a Core ML model: its decoder and its latents in one ``.mlpackage``.

Inputs are ``uv`` float32 [N, 2], the texture's coordinates, repeating beyond [0, 1], and ``mip`` int32 [N], a level
each; N is up to :data:`LARGEST_BATCH`. There is an output for each map, named as its role is: float32 [N, channels] in
file encoding. What it computes is ``NeuralTexture.decode`` at any place, see ``core/codec/sampling.py``.

All arithmetic is 32-bit: half precision can't tell the texels of a 4K texture apart. Codes of up to eight bits stay as
small as they are, as indices into a table of what they stand for.
"""

from __future__ import annotations

import json
import logging
import math
import os
import tempfile
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.codec.layout import LOD_INPUTS
from core.codec.neural_texture import NeuralTexture, StoredMap
from core.codec.sampling import Floats
from core.errors import InputError
from core.files import finite_json

LARGEST_BATCH = 1 << 20
_TABLE_BITS = (1, 2, 4, 6, 8)
"""Widths of an index that Core ML knows."""
_MODEL = "Data/com.apple.CoreML/model.mlmodel"
_MANIFEST = "Manifest.json"


def package(texture: NeuralTexture) -> dict[str, bytes]:
    """The files of the package by their path within it; the same texture gives the same bytes.

    Raises InputError if coremltools is not installed, which has no build for Windows.
    """
    ct = _coremltools()
    model = ct.convert(
        _program(texture),
        convert_to="mlprogram",
        compute_precision=ct.precision.FLOAT32,
        minimum_deployment_target=ct.target.iOS16,
        # It is as short as it can be, and one of the usual passes stumbles over numbers that are no arrays.
        pass_pipeline=ct.PassPipeline.EMPTY,
        skip_model_load=True,
        inputs=[
            ct.TensorType(name="uv", shape=(ct.RangeDim(1, LARGEST_BATCH, 4096), 2), dtype=np.float32),
            ct.TensorType(name="mip", shape=(ct.RangeDim(1, LARGEST_BATCH, 4096),), dtype=np.int32),
        ],
    )
    model.short_description = f"{texture.name}: neural texture, {texture.width} x {texture.height} texels"
    model.input_description["uv"] = (
        "Texture coordinates [N, 2]; (0, 0) is the first texel's outer corner, v points down."
    )
    model.input_description["mip"] = f"Mip level of each, 0 to {texture.mip_levels - 1} [N]."
    for m in texture.maps:
        model.output_description[str(m.role)] = f"Values of {m.file} [N, {len(m.constants)}]."
    facts: dict[str, Any] = {"width": texture.width, "height": texture.height, "mip_levels": texture.mip_levels}
    facts["normal_convention"] = texture.normal_convention
    model.user_defined_metadata.update({f"texloom.{key}": str(value) for key, value in facts.items()})
    with tempfile.TemporaryDirectory(prefix="texloom-") as folder:
        path = Path(folder) / "model.mlpackage"
        model.save(str(path))
        files = {
            file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()
        }
    return _steady(ct, files)


def _coremltools() -> Any:
    # It says at every start which versions of other packages it was not tried with, and draws bars.
    logging.getLogger("coremltools").setLevel(logging.ERROR)
    os.environ.setdefault("TQDM_DISABLE", "1")
    try:
        import coremltools
    except ImportError as error:
        raise InputError(
            "The export for iOS needs the coremltools package, which there is for macOS and Linux; install it with: "
            "pip install coremltools"
        ) from error
    return coremltools


def _steady(ct: Any, files: dict[str, bytes]) -> dict[str, bytes]:
    """The same package without what differs from one run to the next: random identifiers, the order of maps."""
    spec = ct.proto.Model_pb2.Model.FromString(files[_MODEL])
    files[_MODEL] = spec.SerializeToString(deterministic=True)
    manifest = json.loads(files[_MANIFEST])
    items = manifest["itemInfoEntries"]
    names = {name: str(uuid.uuid5(uuid.NAMESPACE_URL, item["path"])).upper() for name, item in items.items()}
    # Without weights of any size there is no file for them, but an entry.
    there = {name: item for name, item in items.items() if any(f"Data/{item['path']}" in file for file in files)}
    manifest["itemInfoEntries"] = {
        names[name]: dict(sorted(item.items())) for name, item in sorted(there.items(), key=_path)
    }
    manifest["rootModelIdentifier"] = names[manifest["rootModelIdentifier"]]
    files[_MANIFEST] = finite_json(dict(sorted(manifest.items())))
    return files


def _path(entry: tuple[str, dict[str, str]]) -> str:
    return entry[1]["path"]


def _program(texture: NeuralTexture) -> Any:
    """The MIL program."""
    import coremltools as ct
    from coremltools.converters.mil import Builder
    from coremltools.converters.mil.mil import get_new_symbol, types

    layout = texture.layout
    count = get_new_symbol()

    mb: Any = Builder

    @mb.program(
        input_specs=[mb.TensorSpec((count, 2), types.fp32), mb.TensorSpec((count,), types.int32)],
        opset_version=ct.target.iOS16,
    )
    def decoder(uv: Any, mip: Any) -> Any:
        # Whatever is asked for lies within the texture and the chain.
        place = mb.sub(x=uv, y=mb.floor(x=uv))
        level = mb.minimum(x=mb.maximum(x=mip, y=np.int32(0)), y=np.int32(layout.mip_levels - 1))
        values = place
        if texture.layers:
            values = _inputs(mb, texture, place, level)
        for layer in texture.layers[:-1]:
            weights = np.ascontiguousarray(layer.weights().T)
            values = mb.linear(x=values, weight=weights, bias=layer.biases.astype(np.float32))
            values = mb.leaky_relu(x=values, alpha=np.float32(0.01))
        return tuple(
            _output(mb, m, values, weights, biases)
            for m, (weights, biases) in zip(texture.maps, _last_layers(texture), strict=True)
        )

    return decoder


def _inputs(mb: Any, texture: NeuralTexture, uv: Any, level: Any) -> Any:
    """What the decoder reads: latents of all grids, positional inputs, level within the group; [N, inputs]."""
    layout = texture.layout
    groups = [layout.groups[layout.group_of(mip)] for mip in range(layout.mip_levels)]
    parts = []
    for which in range(len(layout.grids)):
        sizes = np.array([(g.grids[which].width, g.grids[which].height) for g in groups], np.int32)
        counts = [codes[which].shape[0] * codes[which].shape[1] for codes in texture.latents]
        starts = np.cumsum([0, *counts[:-1]])
        first = np.array([starts[layout.group_of(mip)] for mip in range(layout.mip_levels)], np.int32)
        parts.append(_read(mb, _table(mb, texture, which), uv, level, sizes, first[:, None]))
    across, down = (
        np.array([[n * f for n in (g.cells[1][axis], g.cells[0][axis]) for f in (1, 1)] for g in groups], np.float32)
        for axis in (0, 1)
    )
    shift = np.array([[0.0, 0.25] * 3], np.float32)
    for axis, cells in enumerate((across, down)):
        # The finest octave has twice the cells of the fine lattice.
        cells = np.concatenate([cells, 2 * cells[:, 2:]], axis=1)
        turns = mb.add(x=mb.mul(x=_column(mb, uv, axis), y=_of_level(mb, cells, level)), y=shift)
        turns = mb.sub(x=turns, y=mb.floor(x=turns))
        bent = mb.abs(x=mb.sub(x=mb.mul(x=turns, y=np.float32(2.0)), y=np.float32(1.0)))
        parts.append(mb.sub(x=mb.mul(x=bent, y=np.float32(2.0)), y=np.float32(1.0)))
    lods = np.zeros((layout.mip_levels, LOD_INPUTS), np.float32)
    for mip, group in enumerate(groups):
        if mip > group.first:
            lods[mip, min(mip - group.first, LOD_INPUTS) - 1] = 1.0
    parts.append(_of_level(mb, lods, level))
    return mb.concat(values=parts, axis=1)


def _read(mb: Any, table: Any, uv: Any, level: Any, sizes: NDArray[np.int32], first: NDArray[np.int32]) -> Any:
    """Bilinear read of a grid, whose groups lie one after the other in the rows of ``table``."""
    size = _of_level(mb, sizes.astype(np.float32), level)
    whole, start = _of_level(mb, sizes, level), _of_level(mb, first, level)
    place = mb.sub(x=mb.mul(x=uv, y=size), y=np.float32(0.5))
    low = mb.floor(x=place)
    part = mb.sub(x=place, y=low)
    corners = []
    for at in (low, mb.add(x=low, y=np.float32(1.0))):
        at = mb.sub(x=at, y=mb.mul(x=size, y=mb.floor(x=mb.real_div(x=at, y=size))))
        corners.append(mb.cast(x=at, dtype="int32"))
    width = _column(mb, whole, 0)
    rows = []
    for corner_y in corners:
        row = mb.add(x=start, y=mb.mul(x=_column(mb, corner_y, 1), y=width))
        taps = []
        for corner_x in corners:
            index = mb.add(x=row, y=_column(mb, corner_x, 0))
            taps.append(mb.gather(x=table, indices=mb.squeeze(x=index, axes=[1]), axis=0))
        rows.append(_mixed(mb, taps[0], taps[1], _column(mb, part, 0)))
    return _mixed(mb, rows[0], rows[1], _column(mb, part, 1))


def _mixed(mb: Any, one: Any, other: Any, part: Any) -> Any:
    return mb.add(x=one, y=mb.mul(x=mb.sub(x=other, y=one), y=part))


def _column(mb: Any, x: Any, at: int) -> Any:
    return mb.slice_by_index(x=x, begin=[0, at], end=[0, at + 1], begin_mask=[True, False], end_mask=[True, False])


def _of_level(mb: Any, rows: NDArray[Any], level: Any) -> Any:
    """The row of each sample's level: [levels, k] → [N, k]."""
    return mb.gather(x=rows, indices=level, axis=0)


def _table(mb: Any, texture: NeuralTexture, which: int) -> Any:
    """All latents of a grid, [latents, features], as what the codes stand for."""
    grid = texture.layout.grids[which]
    codes = np.concatenate([own[which].reshape(-1, grid.features) for own in texture.latents])
    meaning = (np.arange(2**grid.bits) * (2.0 / (2**grid.bits - 1)) - 1.0).astype(np.float32)
    width = next((bits for bits in _TABLE_BITS if bits >= grid.bits), None)
    if width is None:
        return meaning[codes]
    bits = (codes.reshape(-1, 1).astype(np.uint8) >> np.arange(width, dtype=np.uint8)) & 1
    lut = np.zeros(2**width, np.float32)
    lut[: len(meaning)] = meaning
    packed = np.packbits(bits.reshape(-1), bitorder="little")
    return mb.constexpr_lut_to_dense(indices=packed, lut=lut, shape=np.array(codes.shape, np.uint32))


def _last_layers(texture: NeuralTexture) -> list[tuple[Floats, Floats]]:
    """Weights [channels, inputs] and biases of each map; a constant channel has zeros."""
    found, at = [], 0
    for m in texture.maps:
        inputs = texture.layers[-1].codes.shape[0] if texture.layers else 2
        weights = np.zeros((len(m.constants), inputs), np.float32)
        biases = np.zeros(len(m.constants), np.float32)
        for channel, constant in enumerate(m.constants):
            if constant is None:
                weights[channel] = texture.layers[-1].weights()[:, at]
                biases[channel] = np.float32(texture.layers[-1].biases[at]) + texture.offset[at]
                at += 1
        found.append((weights, biases))
    return found


def _output(mb: Any, m: StoredMap, values: Any, weights: Floats, biases: Floats) -> Any:
    """``Transform.values`` of the map's channels; a constant one has no range."""
    t = m.transform
    before, after = t.margins
    unit = mb.linear(x=values, weight=weights, bias=biases)
    if before or after:
        scale = np.float32(1.0 / (1.0 - before - after))
        unit = mb.mul(x=mb.sub(x=unit, y=np.float32(before)), y=scale)
    unit = mb.clip(x=unit, alpha=np.float32(0.0), beta=np.float32(1.0))
    if t.curve:
        grown = mb.exp(x=mb.mul(x=unit, y=np.float32(math.log1p(t.curve))))
        unit = mb.mul(x=mb.sub(x=grown, y=np.float32(1.0)), y=np.float32(1.0 / t.curve))
    low = np.array([[t.low if c is None else c for c in m.constants]], np.float32)
    high = np.array([[t.high if c is None else c for c in m.constants]], np.float32)
    return mb.add(x=mb.mul(x=unit, y=high - low), y=low, name=str(m.role))
