"""Files for the Unreal Engine 5 importer of NeuralTextureTraining (layout of its ``FNTC`` exporter, April 2026).

``hash_grid_0.dds``, ``hash_grid_1.dds``
    One R8G8B8A8_UNORM texture each with a DX10 header, one level; R, G, B, A are features 0…3 of the fine grid (N × N)
    and the coarse grid (N/2 × N/2), row 0 at the top of the picture. Feature = byte/256 − 127.5/256.
``network_data.npz``
    ``info`` int32 [15]: number of grids; per grid base resolution, levels, features, bits, bits per texel; then
    frequencies, neurons, hidden layers, padded outputs. ``network`` float32 [256]: 16 outputs × 16 inputs, row-major.

Sampling, output curve and value domain are not in those files; ``texloom_ue5.json`` and ``texloom_ue5.txt`` beside
them say what an importer has to know. The importer reads neither.
"""

from __future__ import annotations

import dataclasses
import io
import struct
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.codec.importer_model import FEATURES, GAMMA, ORDER, WIDTH, ImporterModel, channel_offset
from core.exporters import Remarks, as_texture_set
from core.exporters.conventions import turned
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress
from core.textures.material import NormalConvention
from core.textures.roles import ROLE_INFO, Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import Ue5Settings

GRID_FILES = ("hash_grid_0.dds", "hash_grid_1.dds")
NETWORK_FILE = "network_data.npz"
FACTS_FILE = "texloom_ue5.json"
README_FILE = "texloom_ue5.txt"
FILES = (*GRID_FILES, NETWORK_FILE, FACTS_FILE, README_FILE)

BASE_RESOLUTION = 4
"""The importer's coarsest level; its level count follows from it."""
BITS = 8
WRITING = 0.03
"""Share of the job that comes after fitting."""


def export(
    source: Source, delivery: Delivery, settings: Ue5Settings, control: Control
) -> Generator[Event, None, Remarks]:
    """Fit the importer's model to the maps and write its files.

    Unreal expects normal maps with +Y down; OpenGL ones are turned over. Raises InputError if the layout has no place
    for any of the maps; OutputError.
    """
    from core.codec.importer_fit import train_importer_model

    delivery.claim(FILES)
    material, notes = turned(as_texture_set(source), NormalConvention.DIRECTX, "Unreal")
    for note in notes:
        yield Notice(note)
    model: ImporterModel | None = None
    fitting = train_importer_model(
        material,
        bpp=settings.bpp,
        seconds=settings.time_budget,
        device=settings.device,
        wrap=settings.wrap,
        control=control,
    )
    for event in fitting:
        if isinstance(event, Finished):
            model = event.result
        elif isinstance(event, Progress):
            yield dataclasses.replace(event, fraction=event.fraction * (1 - WRITING))
        else:
            yield event
    assert model is not None
    psnr_db, map_psnr_db = model.psnr(material)
    yield Metrics(0, 0.0, 0, 10 ** (-psnr_db / 10), psnr_db, map_psnr_db)
    write(model, delivery, psnr_db, map_psnr_db)
    yield Progress(1.0, "written", 0.0)
    return Remarks(notes, psnr_db)


def write(model: ImporterModel, delivery: Delivery, psnr_db: float, map_psnr_db: dict[str, float]) -> None:
    """Put in all files of a model. Raises OutputError."""
    contents = [*(dds(grid) for grid in model.grids), network_data(model)]
    for name, content in zip((*GRID_FILES, NETWORK_FILE), contents, strict=True):
        delivery.write(name, content)
    facts = importer_facts(model, sum(map(len, contents)), psnr_db, map_psnr_db)
    delivery.write_json(FACTS_FILE, facts)
    delivery.write(README_FILE, readme(model, facts).encode("utf-8"))


def dds(grid: NDArray[np.uint8]) -> bytes:
    """N × N × 4 bytes as an R8G8B8A8_UNORM DDS with DX10 header and one level."""
    height, width = grid.shape[:2]
    flags = 0x1 | 0x2 | 0x4 | 0x8 | 0x1000  # caps, height, width, pitch, pixel format
    header = struct.pack("<7I44x", 124, flags, height, width, 4 * width, 0, 1)
    pixel_format = struct.pack("<2I4s20x", 32, 0x4, b"DX10")
    caps = struct.pack("<5I", 0x1000, 0, 0, 0, 0)
    dx10 = struct.pack("<5I", 28, 3, 0, 1, 0)  # R8G8B8A8_UNORM, 2D texture, no flags, one slice
    return b"DDS " + header + pixel_format + caps + dx10 + np.ascontiguousarray(grid).tobytes()


def network_data(model: ImporterModel) -> bytes:
    """The uncompressed NPZ with ``info`` and ``network``; the same model gives the same bytes."""
    grids = []
    for grid in model.grids:
        levels = len(grid).bit_length() - BASE_RESOLUTION.bit_length() + 1
        grids += [BASE_RESOLUTION, levels, FEATURES, BITS, FEATURES * BITS]
    info = np.array([len(model.grids), *grids, 0, WIDTH, 0, WIDTH], np.int32)
    stream = io.BytesIO()
    # numpy stamps the archive's members with a fixed date.
    np.savez(stream, allow_pickle=False, info=info, network=model.network.astype("<f4").ravel())
    return stream.getvalue()


def importer_facts(model: ImporterModel, size: int, psnr_db: float, map_psnr_db: dict[str, float]) -> dict[str, Any]:
    """What the importer's own files don't say, as plain values."""
    outputs = {
        str(role): {
            "first_output": channel_offset(role),
            "channels": ROLE_INFO[role].channels,
            "present": role in model.roles,
            "power": 1.0 if role is Role.NORMAL else GAMMA,
        }
        for role in ORDER
    }
    return {
        "schema": 1,
        "material": model.name,
        "texture_width": model.width,
        "texture_height": model.height,
        "normal_convention": str(model.normal_convention),
        "bytes": size,
        "bits_per_texel": round(8 * size / (model.width * model.height), 4),
        "psnr_db": round(psnr_db, 3),
        "map_psnr_db": {role: round(value, 3) for role, value in map_psnr_db.items()},
        "grids": [
            {"file": name, "side": len(grid), "u_scale": (len(grid) - 1) / len(grid), "u_offset": 1 / len(grid)}
            for name, grid in zip(GRID_FILES, model.grids, strict=True)
        ],
        "feature": {"scale_of_unorm": 255 / 256, "offset": -127.5 / 256},
        "network": {"inputs": "grid 0 (4), grid 1 (4), level of detail (0), ones (7)", "activation": "hard-swish"},
        "outputs": outputs,
    }


def readme(model: ImporterModel, facts: dict[str, Any]) -> str:
    fine, coarse = (len(grid) for grid in model.grids)
    present = ", ".join(model.roles)
    absent = ", ".join(role for role in ORDER if role not in model.roles) or "none"
    return f"""{model.name} as a neural texture for Unreal Engine 5
(layout of the NeuralTextureTraining exporter; written by Texloom)

  {GRID_FILES[0]}   {fine} x {fine}, RGBA8
  {GRID_FILES[1]}   {coarse} x {coarse}, RGBA8
  {NETWORK_FILE}  16 x 16 weights, float32
  {FACTS_FILE}  the facts below as JSON

Texture size      {model.width} x {model.height}
Maps present      {present}
Maps absent       {absent} (these outputs are exactly zero)
Normal map        {_NORMAL_TEXT[model.normal_convention]}
Quality           {facts["psnr_db"]:.2f} dB over all maps at {facts["bits_per_texel"]:.2f} bits per texel

What the importer has to do for a texture coordinate u, v in 0...1 (v down):
  1. Sample each grid of side N bilinearly at u' = (u*(N-1) + 1)/N, v' = (v*(N-1) + 1)/N with wrapping, no mip levels,
     no sRGB conversion. Sampling at u, v directly shifts and blurs the picture.
  2. feature = (255*t - 127.5)/256 for each sampled UNORM value t.
  3. inputs = 4 features of grid 0, 4 of grid 1, 0 (level of detail), then seven ones;
     z = network (16 rows of 16) times inputs.
  4. value = z * clamp(z + 3, 0, 6) / 6, clamped to 0...1.
  5. Outputs 0-2 albedo, 3-5 normal, 6 roughness, 7 occlusion, 8 metallic, 9 specular, 10 displacement.
     All but the normal are stored as value^2.2: raise to 1/2.2 for the file's value.
Both grids hold full resolution only; the layout has no mip levels.
"""


_NORMAL_TEXT = {
    NormalConvention.DIRECTX: "DirectX, +Y down (what Unreal expects)",
    NormalConvention.OPENGL: "OpenGL, +Y up",
    NormalConvention.UNKNOWN: "as in the source, convention not known",
}
