"""Baselines: packing, figures, the job's protocol, the stored file; JPEG and smaller textures at a given size."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from materials import small_set, waves

from core.codec import block_set, metrics, report
from core.codec.baseline_sets import BASELINES, EQUAL_SIZE
from core.codec.baselines import (
    BaselineResult,
    BaselineSettings,
    baseline,
    baseline_psnr,
    bits_per_texel,
    textures,
)
from core.codec.block_set import BlockTexture
from core.codec.equal_size import downsampled, jpeg, measure
from core.errors import Cancelled, DamagedFileError, InputError
from core.jobs import Control, Finished, Progress, Started
from core.textures.depth import peak, round_to_depth
from core.textures.material import TextureMap, TextureSet
from core.textures.normals import rebuild_z
from core.textures.roles import Role

ALBEDO, NORMAL, ROUGH, AO, METAL, HEIGHT, OPACITY = (
    Role.ALBEDO,
    Role.NORMAL,
    Role.ROUGHNESS,
    Role.OCCLUSION,
    Role.METALLIC,
    Role.DISPLACEMENT,
    Role.OPACITY,
)


def packing(name: str, *roles: Role) -> list[str]:
    """The first alternative of each texture as ``format: channels``."""
    return [
        f"{first.format.name}: " + " ".join(f"{ref.role}{ref.index}" for ref in first.channels)
        for first, *_ in textures(BASELINES[name], roles)
    ]


def with_map(material: TextureSet, role: Role, pixels: np.ndarray) -> TextureSet:
    """The material with other pixels for one map, or with that map added."""
    made = TextureMap(role, pixels.astype(np.float32), f"Small_{role}.png")
    kept = tuple(m for m in material.maps if m.role is not role)
    return dataclasses.replace(material, maps=(*kept, made))


def stored(result: BaselineResult) -> list[BlockTexture]:
    assert result.blocks is not None
    return [texture for texture, _ in result.blocks.textures]


@pytest.fixture(scope="module")
def results() -> dict[str, BaselineResult]:
    material = small_set()
    return {name: baseline_psnr(material, name) for name in BASELINES}


def test_single_channels_are_packed_by_three() -> None:
    assert packing("bc", ALBEDO, NORMAL, ROUGH, AO, HEIGHT) == [
        "bc7: albedo0 albedo1 albedo2",
        "bc7: normal0 normal1 normal2",
        "bc7: roughness0 occlusion0 displacement0",
    ]
    assert packing("bc", ROUGH, AO, HEIGHT, METAL)[1] == "bc4: metallic0"
    assert packing("bc", ROUGH, AO) == ["bc5: roughness0 occlusion0"]
    assert packing("bc1", ALBEDO, ROUGH, AO) == ["bc1: albedo0 albedo1 albedo2", "bc1: roughness0 occlusion0"]


def test_opacity_goes_into_alpha_where_the_colour_format_has_one() -> None:
    assert packing("bc", ALBEDO, OPACITY) == ["bc7: albedo0 albedo1 albedo2 opacity0"]
    assert packing("bc1", ALBEDO, OPACITY) == ["bc1: albedo0 albedo1 albedo2", "bc4: opacity0"]
    assert packing("bc", OPACITY, ROUGH) == ["bc5: opacity0 roughness0"]


def test_alternatives_are_of_one_size() -> None:
    for chosen in BASELINES.values():
        for alternatives in textures(chosen, list(Role)):
            assert len({texture.format.block_bytes for texture in alternatives}) == 1


@pytest.mark.parametrize(
    ("name", "bits"), [("bc", 24.0), ("bc1", 16.0), ("astc-4x4", 24.0), ("astc-6x6", 10.667), ("astc-12x12", 2.667)]
)
def test_the_usual_rates(name: str, bits: float) -> None:
    assert bits_per_texel(BASELINES[name], (ALBEDO, NORMAL, ROUGH, AO, METAL)) == pytest.approx(bits, abs=1e-3)


@pytest.mark.parametrize("name", BASELINES)
def test_figures_are_those_of_the_contract(name: str, results: dict[str, BaselineResult]) -> None:
    material, result = small_set(), results[name]
    decoded = {m.role: m.pixels for m in result.decoded.maps}
    assert [m.file for m in result.decoded.maps] == [m.file for m in material.maps]
    for m in material.maps:
        assert (decoded[m.role] == round_to_depth(decoded[m.role], m.bit_depth)).all()
        assert result.map_psnr_db[m.role] == metrics.psnr(decoded[m.role], m.pixels)
    pooled = report.pooled_psnr([m.pixels for m in material.maps], [decoded[m.role] for m in material.maps])
    assert result.psnr_db == pytest.approx(pooled, abs=1e-9)
    assert result.size_bytes == sum(texture.format.size_bytes(128, 128) for texture in stored(result))
    assert result.bits_per_texel == 8 * result.size_bytes / 128**2
    assert 1.3 < result.bits_per_texel_with_mips / result.bits_per_texel < 1.5


def test_more_bits_are_better(results: dict[str, BaselineResult]) -> None:
    by_rate = [results[name] for name in ("astc-12x12", "astc-10x10", "astc-8x8", "astc-6x6", "astc-5x5", "astc-4x4")]
    assert [r.psnr_db for r in by_rate] == sorted(r.psnr_db for r in by_rate)
    assert results["bc"].psnr_db > results["bc1"].psnr_db + 3


def test_a_map_that_is_the_same_everywhere_is_exact_and_free(results: dict[str, BaselineResult]) -> None:
    for result in results.values():
        assert result.map_psnr_db[METAL] == float("inf")
        assert not any(ref.role is METAL for texture in stored(result) for ref in texture.channels)
    entry = next(e for e in results["bc"].report["maps"] if e["role"] == "metallic")
    assert entry["psnr_db"] is None


def test_the_report_entry_has_the_agreed_keys(results: dict[str, BaselineResult]) -> None:
    entry = results["astc-6x6"].report
    assert set(entry) == {"name", "psnr_db", "bits_per_texel", "bits_per_texel_with_mips", "maps"}
    assert entry["name"] == "astc-6x6" and entry["psnr_db"] == pytest.approx(results["astc-6x6"].psnr_db, abs=1e-3)


def test_normals_take_two_channels_where_the_third_follows_from_them() -> None:
    unit = np.round(rebuild_z((0.25 + 0.5 * waves(64, 64, 2)).astype(np.float32)) * 255) / np.float32(255)
    flattened = unit.copy()
    flattened[..., 2] = 0.5 + 0.5 * waves(64, 64, 1, seed=3)[..., 0]
    for pixels, taken, channels in ((unit, "bc5", 2), (flattened, "bc7", 3)):
        result = baseline_psnr(with_map(small_set(64, 64), NORMAL, pixels), "bc")
        (texture,) = [t for t in stored(result) if t.channels[0].role is NORMAL]
        assert (texture.format.name, len(texture.channels)) == (taken, channels)


def test_sixteen_bit_sources_and_sizes_that_fill_no_block() -> None:
    material = small_set(70, 45, bit_depth=16)
    result = baseline_psnr(material, "astc-5x5")
    assert result.decoded.maps[0].bit_depth == 16
    assert result.decoded.maps[0].pixels.shape == (45, 70, 3)
    assert result.psnr_db > 25
    assert result.size_bytes == 3 * 14 * 9 * 16


def test_float_maps_beyond_the_range_are_scaled(tmp_path: Path) -> None:
    height = waves(64, 64, 1, seed=4) * 8 - 3
    material = with_map(small_set(64, 64), HEIGHT, height)
    deep = tuple(dataclasses.replace(m, bit_depth=32) if m.role is HEIGHT else m for m in material.maps)
    material = dataclasses.replace(material, maps=deep)
    *_, last = baseline(material, BaselineSettings("bc"), Control(), tmp_path)
    assert isinstance(last, Finished)
    decoded = block_set.read(last.result.path).decoded_set().by_role[HEIGHT].pixels
    assert (decoded == last.result.decoded.by_role[HEIGHT].pixels).all()
    assert abs(decoded - height).max() < 0.5 and decoded.max() > 4
    for result in (last.result, jpeg(material, 12_000), downsampled(material, 12_000)):
        assert result.map_psnr_db[HEIGHT] > 25
    expected = metrics.psnr_from_mse(metrics.mse(decoded, height) / peak(height) ** 2)
    assert last.result.map_psnr_db[HEIGHT] == pytest.approx(expected)


def test_opacity_comes_back_from_alpha() -> None:
    material = with_map(small_set(64, 64), OPACITY, np.round(waves(64, 64, 1, seed=5) * 255) / 255)
    result = baseline_psnr(material, "bc")
    assert result.map_psnr_db[OPACITY] > 28


def test_the_job_says_how_far_it_is_and_keeps_its_blocks(tmp_path: Path) -> None:
    material = small_set()
    events = list(baseline(material, BaselineSettings("bc"), Control(), tmp_path))
    assert isinstance(events[0], Started) and isinstance(events[-1], Finished)
    result = events[-1].result
    assert events[0].predicted_bytes == result.size_bytes
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert result.path.parent == tmp_path
    again = block_set.read(result.path).decoded_set()
    assert again.name == material.name and again.normal_convention is material.normal_convention
    for m in result.decoded.maps:
        assert (again.by_role[m.role].pixels == m.pixels).all()
        assert again.by_role[m.role].file == m.file


@pytest.mark.parametrize("verb", ["cancel", "stop"])
def test_half_a_set_is_not_kept(tmp_path: Path, verb: str) -> None:
    control = Control()
    job = baseline(small_set(256, 256), BaselineSettings("astc-4x4"), control, tmp_path)
    next(job)
    getattr(control, verb)()
    with pytest.raises(Cancelled):
        list(job)
    assert not list(tmp_path.iterdir())


def test_an_unknown_baseline_is_named_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"bc9.*bc, bc1, astc-4x4"):
        baseline_psnr(small_set(16, 16), "bc9")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    *_, last = baseline(small_set(64, 64), BaselineSettings("bc1"), Control(), tmp_path)
    assert isinstance(last, Finished)
    path = last.result.path
    good = path.read_bytes()
    rng = np.random.default_rng(2)
    damaged = [b"", b"no archive", good[:100], good[: len(good) // 2], good[:-30]]
    for at in rng.integers(0, len(good), 60):
        damaged.append(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
    refused = 0
    for data in damaged:
        path.write_bytes(data)
        try:
            block_set.read(path).decoded_set()
        except DamagedFileError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 40
    with pytest.raises(InputError, match="exist"):
        block_set.read(tmp_path / "missing")


@pytest.mark.parametrize("name", EQUAL_SIZE)
def test_a_given_size_is_kept_and_more_is_better(name: str) -> None:
    material = small_set()
    found = [measure(name, material, size) for size in (4_000, 12_000, 40_000)]
    for result, size in zip(found, (4_000, 12_000, 40_000), strict=True):
        assert 0.5 * size < result.size_bytes <= size
        assert result.map_psnr_db[METAL] == float("inf")
    assert [r.psnr_db for r in found] == sorted(r.psnr_db for r in found)


def test_jpeg_that_can_not_be_small_enough_says_what_it_takes() -> None:
    assert jpeg(small_set(64, 64), 10).size_bytes > 10


def test_smaller_textures_count_their_mips_apart() -> None:
    result = downsampled(small_set(64, 64), 7 * 32 * 32)
    assert result.size_bytes == 7 * 32 * 32
    assert result.chain_bytes == 7 * (32**2 + 16**2 + 8**2 + 4**2 + 2**2 + 1)


def test_nothing_to_encode_is_exact() -> None:
    whole = small_set(32, 32)
    material = dataclasses.replace(whole, maps=tuple(m for m in whole.maps if m.role is METAL))
    for result in (baseline_psnr(material, "bc"), jpeg(material, 100), downsampled(material, 100)):
        assert result.psnr_db == float("inf") and result.size_bytes == 0
        assert result.report["psnr_db"] is None
