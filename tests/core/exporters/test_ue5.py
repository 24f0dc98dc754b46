"""The UE5 files, read back by a decoder that knows the published layout and nothing of the product's code."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.codec.importer_fit import train_importer_model
from core.codec.importer_model import ImporterModel, grid_side
from core.errors import InputError
from core.exporters import ExportResult, export, ue5
from core.exporters.conventions import turned
from core.exporters.delivery import Delivery
from core.exporters.settings import Ue5Settings
from core.jobs import Control, Finished, Notice
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role

OUTPUTS = {"albedo": (0, 3), "normal": (3, 6), "roughness": (6, 7), "occlusion": (7, 8), "metallic": (8, 9)}
OUTPUTS |= {"specular": (9, 10), "displacement": (10, 11)}


# --- the decoder written from the layout -------------------------------------------------------------------


def grid_from_dds(path: Path) -> NDArray[np.float64]:
    data = path.read_bytes()
    assert data[:4] == b"DDS "
    size, flags, height, width, pitch, depth, mips = struct.unpack_from("<7I", data, 4)
    assert (size, flags, depth, mips) == (124, 0x100F, 0, 1)
    assert height == width and pitch == 4 * width
    assert data[32:76] == bytes(44)
    assert struct.unpack_from("<2I4s5I", data, 76) == (32, 0x4, b"DX10", 0, 0, 0, 0, 0)
    assert struct.unpack_from("<5I", data, 108) == (0x1000, 0, 0, 0, 0)
    assert struct.unpack_from("<5I", data, 128) == (28, 3, 0, 1, 0)
    assert len(data) == 148 + 4 * width * height
    texels = np.frombuffer(data, np.uint8, offset=148).reshape(height * width, 4)
    return texels / 256.0 - 127.5 / 256.0


def sample(grid: NDArray[np.float64], u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dense-grid sampling: position u·(N − 1) + 0.5, linear index x + y·N modulo N²."""
    side = round(len(grid) ** 0.5)
    x, y = u * (side - 1) + 0.5, v * (side - 1) + 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    total = np.zeros((*u.shape, 4))
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        weight = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
        total += weight * grid[(x0 + dx + (y0 + dy) * side) % (side * side)]
    return total


def decode(folder: Path, width: int, height: int) -> NDArray[np.float64]:
    """height × width × 11 file values, from the three files' bytes alone."""
    archive = np.load(folder / "network_data.npz", allow_pickle=False)
    info, network = archive["info"], archive["network"]
    assert info.dtype == np.int32 and network.dtype == np.float32 and network.shape == (256,)
    grids = [grid_from_dds(folder / f"hash_grid_{i}.dds") for i in range(info[0])]
    for number, grid in enumerate(grids):
        base, levels, features, bits, save_bits = info[1 + 5 * number : 6 + 5 * number]
        assert (base, features, bits, save_bits) == (4, 4, 8, 32)
        assert base * 2 ** (levels - 1) == round(len(grid) ** 0.5)
    assert list(info[11:]) == [0, 16, 0, 16]
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    inputs = np.concatenate([*(sample(g, u, v) for g in grids), np.zeros((height, width, 1))], axis=2)
    inputs = np.concatenate([inputs, np.ones((height, width, 7))], axis=2)
    z = inputs @ network.reshape(16, 16).astype(np.float64).T
    value = np.clip(z * np.clip(z + 3, 0, 6) / 6, 0, 1)[:, :, :11]
    is_normal = np.isin(np.arange(11), (3, 4, 5))
    return np.where(is_normal, value, value ** (1 / 2.2))


def file_psnr(decoded: NDArray[np.float64], material: TextureSet) -> float:
    errors = []
    for texture in material.maps:
        first, last = OUTPUTS[texture.role]
        errors.append((np.round(decoded[:, :, first:last] * 255) / 255 - texture.pixels) ** 2)
    return float(-10 * np.log10(np.mean(np.concatenate(errors, axis=2))))


# --- the tests ---------------------------------------------------------------------------------------------


def fit(material: TextureSet, bpp: float = 10.0) -> ImporterModel:
    *_, last = train_importer_model(material, bpp=bpp, seconds=30)
    assert isinstance(last, Finished)
    return last.result


def finished(material: TextureSet, folder: Path, bpp: float = 5.0) -> tuple[ExportResult, list[str]]:
    events = list(export("ue5", material, folder, Ue5Settings(bpp=bpp)))
    assert isinstance(events[-1], Finished)
    return events[-1].result, [event.text for event in events if isinstance(event, Notice)]


def test_files_decode_to_what_the_model_says(material: TextureSet, tmp_path: Path) -> None:
    model = fit(material)
    with Delivery(tmp_path, "ue5") as delivery:
        ue5.write(model, delivery, *model.psnr(material))
        delivery.commit()
    decoded = decode(tmp_path, material.width, material.height)
    for role, pixels in model.decode().items():
        first, last = OUTPUTS[role]
        np.testing.assert_allclose(decoded[:, :, first:last], pixels, atol=2e-5)
    assert file_psnr(decoded, material) == pytest.approx(model.psnr(material)[0], abs=0.01)


def test_absent_maps_decode_to_exact_zeros(material: TextureSet, tmp_path: Path) -> None:
    result, _ = finished(material, tmp_path, bpp=5.0)
    decoded = decode(tmp_path, material.width, material.height)
    assert Role.METALLIC not in material.by_role
    assert not decoded[:, :, 8:11].any()
    assert decoded[:, :, :8].any(axis=(0, 1)).all()
    assert [path.name for path in result.files[:3]] == ["hash_grid_0.dds", "hash_grid_1.dds", "network_data.npz"]


def test_opengl_normals_are_turned_for_unreal_and_it_is_said(material: TextureSet, tmp_path: Path) -> None:
    result, notices = finished(material, tmp_path, bpp=20.0)
    assert any("DirectX" in note for note in result.notes) and set(result.notes) <= set(notices)
    green = decode(tmp_path, material.width, material.height)[:, :, 4]
    source = material.by_role[Role.NORMAL].pixels[:, :, 1]
    assert np.corrcoef(green.ravel(), 1 - source.ravel())[0, 1] > 0.95
    directx = dataclasses.replace(material, normal_convention=NormalConvention.DIRECTX)
    assert turned(directx, "directx")[0] is directx


def test_quality_grows_with_the_rate(material: TextureSet) -> None:
    rates = (2.5, 10.0, 40.0)
    quality = [fit(material, bpp).psnr(material)[0] for bpp in rates]
    assert quality[0] + 1 < quality[1] and quality[1] + 1 < quality[2]


def test_grid_side_is_the_largest_power_of_two_within_the_rate() -> None:
    assert [grid_side(1024, 1024, bpp) for bpp in (0.5, 2.5, 9.5, 9.6, 10, 40)] == [256, 256, 256, 512, 512, 1024]
    assert grid_side(2048, 2048, 2.5) == 512
    assert grid_side(1024, 512, 5) == 256
    assert grid_side(8, 8, 2.5) == 16


def test_same_input_same_bytes(material: TextureSet, tmp_path: Path) -> None:
    for run in ("a", "b"):
        finished(material, tmp_path / run, bpp=5.0)
    for name in ("hash_grid_0.dds", "hash_grid_1.dds", "network_data.npz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_constant_maps_are_exact(material: TextureSet) -> None:
    values = (1.0, 0.0, 0.6, 0.2)
    maps = zip(material.maps, values, strict=True)
    flat = tuple(dataclasses.replace(texture, pixels=np.full_like(texture.pixels, value)) for texture, value in maps)
    constant = dataclasses.replace(material, maps=flat)
    assert fit(constant, 2.5).psnr(constant)[0] > 60


def test_opposite_edges_can_be_tied_together(material: TextureSet, tmp_path: Path) -> None:
    def edges(folder: Path, wrap: float) -> tuple[float, float]:
        *_, last = export("ue5", material, folder, Ue5Settings(bpp=10.0, time_budget=30.0, wrap=wrap))
        assert isinstance(last, Finished)
        gaps = []
        for name in ue5.GRID_FILES:
            texels = grid_from_dds(folder / name)
            grid = texels.reshape(round(len(texels) ** 0.5), -1, 4)
            spread = grid.std(axis=(0, 1)) + 1e-9
            gaps += [np.abs(grid[:, 0] - grid[:, -1]) / spread, np.abs(grid[0] - grid[-1]) / spread]
        return float(np.mean(np.concatenate(gaps))), last.result.psnr_db

    free, free_psnr = edges(tmp_path / "free", 0.0)
    firm, firm_psnr = edges(tmp_path / "firm", 30.0)
    assert firm < 0.5 * free
    assert firm_psnr > free_psnr - 3.0


def test_one_map_alone(material: TextureSet) -> None:
    alone = dataclasses.replace(material, maps=(material.by_role[Role.ROUGHNESS],))
    _, together = fit(material, 40.0).psnr(material)
    assert fit(alone, 40.0).psnr(alone)[0] > together["roughness"] - 0.1


def test_a_set_without_any_place_in_the_layout_is_refused(material: TextureSet, tmp_path: Path) -> None:
    opacity = dataclasses.replace(material.by_role[Role.ROUGHNESS], role=Role.OPACITY)
    with pytest.raises(InputError, match="none of the maps"):
        finished(dataclasses.replace(material, maps=(opacity,)), tmp_path)


def test_what_has_no_place_is_named(material: TextureSet, tmp_path: Path) -> None:
    opacity = dataclasses.replace(material.by_role[Role.ROUGHNESS], role=Role.OPACITY)
    _, notices = finished(dataclasses.replace(material, maps=(*material.maps, opacity)), tmp_path, bpp=2.5)
    assert any("opacity" in notice for notice in notices)


def test_stopping_keeps_a_complete_model(material: TextureSet, tmp_path: Path) -> None:
    control = Control()
    events = []
    for event in export("ue5", material, tmp_path, Ue5Settings(), control):
        events.append(event)
        control.stop()
    last = events[-1]
    assert isinstance(last, Finished) and last.stopped_early
    assert file_psnr(decode(tmp_path, material.width, material.height), turned(material, "directx")[0]) > 20


def test_the_facts_an_importer_needs_lie_beside(material: TextureSet, tmp_path: Path) -> None:
    result, _ = finished(material, tmp_path, bpp=5.0)
    facts = json.loads((tmp_path / "texloom_ue5.json").read_text(encoding="utf-8"))
    assert (facts["texture_width"], facts["texture_height"]) == (material.width, material.height)
    assert facts["outputs"]["roughness"] == {"first_output": 6, "channels": 1, "present": True, "power": 2.2}
    assert facts["bytes"] == sum(path.stat().st_size for path in result.files[:3])
    for grid in facts["grids"]:
        side = grid["side"]
        # Hardware reads texel i at (i + 0.5)/N; the remapped u must land on the same position as u·(N − 1) + 0.5.
        for u in (0.0, 0.3, 1.0):
            assert (u * grid["u_scale"] + grid["u_offset"]) * side - 0.5 == pytest.approx(u * (side - 1) + 0.5)
    text = (tmp_path / "texloom_ue5.txt").read_text(encoding="utf-8")
    assert "DirectX" in text and "(u*(N-1) + 1)/N" in text


@pytest.mark.slow
def test_better_than_the_peers_own_trainer() -> None:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "materials" / "Ground068_1K-JPG"
    if not folder.is_dir():
        pytest.skip("the shared materials are not here")
    from core.textures import reading

    ground = reading.read(reading.plan([folder])[0])
    assert fit(ground, 2.5).psnr(ground)[0] > 24.5
    assert fit(ground, 10).psnr(ground)[0] > 26.7
