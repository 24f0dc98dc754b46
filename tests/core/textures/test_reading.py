from __future__ import annotations

import base64
import dataclasses
import shutil
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.textures import images, reading
from core.textures.material import ChannelRef, NormalConvention, TextureSet
from core.textures.roles import Role

from .picture_files import SHARED, colour, grey, noise, save

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the material sets for developers are not here")


# --- the developers' material sets: one row per set, every expectation named -------------------------------------


@dataclasses.dataclass
class Expected:
    folder: str
    size: tuple[int, int]
    maps: dict[Role, tuple[str, int]]  # role: file, bit depth
    convention: NormalConvention
    reason: str  # part of the sentence
    unused: dict[str, str] = dataclasses.field(default_factory=dict)  # file: part of the reason
    packed: str = ""


GL, DX = NormalConvention.OPENGL, NormalConvention.DIRECTX
A, N, R, AO, M = Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS, Role.OCCLUSION, Role.METALLIC
D, T, E = Role.DISPLACEMENT, Role.OPACITY, Role.EMISSIVE


def ambientcg(
    name: str, suffix: str, depths: dict[Role, int] | None = None, **maps: Role
) -> dict[Role, tuple[str, int]]:
    return {role: (f"{name}_{word}.{suffix}", (depths or {}).get(role, 8)) for word, role in maps.items()}


TABLE = [
    Expected(
        "materials/Bricks075B_1K-PNG",
        (1024, 512),
        ambientcg(
            "Bricks075B_1K-PNG",
            "png",
            {N: 16, D: 16},
            Color=A,
            NormalGL=N,
            Roughness=R,
            AmbientOcclusion=AO,
            Displacement=D,
        ),
        GL,
        "NormalGL",
        {
            "Bricks075B.png": "preview",
            "Bricks075B_1K-PNG_NormalDX.png": "other convention",
            "Bricks075B_1K-PNG.mtlx": "MaterialX",
            "Bricks075B_1K-PNG.usdc": "USD",
        },
    ),
    Expected(
        "materials/Fabric045_1K-JPG",
        (1024, 1024),
        ambientcg("Fabric045_1K-JPG", "jpg", Color=A, NormalGL=N, Roughness=R, AmbientOcclusion=AO, Displacement=D),
        GL,
        "NormalGL",
        {
            "Fabric045.png": "preview",
            "Fabric045_1K-JPG_NormalDX.jpg": "other convention",
            "Fabric045_1K-JPG.mtlx": "MaterialX",
            "Fabric045_1K-JPG.usdc": "USD",
        },
    ),
    Expected(
        "materials/Ground068_1K-JPG",
        (1024, 1024),
        ambientcg("Ground068_1K-JPG", "jpg", Color=A, NormalGL=N, Roughness=R, AmbientOcclusion=AO, Displacement=D),
        GL,
        "NormalGL",
    ),
    Expected(
        "materials/Metal009_2K",
        (2048, 2048),
        ambientcg("Metal009_2K", "jpg", Color=A, Normal=N, Roughness=R, Metalness=M, Displacement=D),
        DX,
        "measured",
    ),
    Expected(
        "materials/MetalPlates006_1K-JPG",
        (1024, 1024),
        ambientcg("MetalPlates006_1K-JPG", "jpg", Color=A, NormalGL=N, Roughness=R, Metalness=M, Displacement=D),
        GL,
        "NormalGL",
        {
            "MetalPlates006.png": "preview",
            "MetalPlates006_1K-JPG_NormalDX.jpg": "other convention",
            "MetalPlates006_1K-JPG.mtlx": "MaterialX",
            "MetalPlates006_1K-JPG.usdc": "USD",
        },
    ),
    Expected(
        "materials/Wicker004_1K-JPG",
        (1024, 1024),
        ambientcg(
            "Wicker004_1K-JPG",
            "jpg",
            Color=A,
            NormalGL=N,
            Roughness=R,
            AmbientOcclusion=AO,
            Displacement=D,
            Opacity=T,
        ),
        GL,
        "NormalGL",
        {"Wicker004_1K-JPG.mtlx": "MaterialX", "Wicker004_1K-JPG.usdc": "USD"},
    ),
    Expected(
        "materials/WoodFloor040_1K",
        (1024, 1024),
        ambientcg("WoodFloor040_1K", "jpg", Color=A, Normal=N, Roughness=R, AmbientOcclusion=AO, Displacement=D),
        DX,
        "measured",
    ),
    Expected(
        "materials/lubricant_spray_1k",
        (1024, 1024),
        {
            A: ("lubricant_spray_diff_1k.jpg", 8),
            N: ("lubricant_spray_nor_gl_1k.jpg", 8),
            AO: ("lubricant_spray_arm_1k.jpg", 8),
            R: ("lubricant_spray_arm_1k.jpg", 8),
            M: ("lubricant_spray_arm_1k.jpg", 8),
        },
        GL,
        "nor_gl",
        packed="lubricant_spray_arm_1k.jpg",
    ),
    Expected(
        "materials/rusty_metal_05_1k",
        (1024, 1024),
        {
            A: ("rusty_metal_05_diff_1k.jpg", 8),
            N: ("rusty_metal_05_nor_gl_1k.jpg", 8),
            R: ("rusty_metal_05_rough_1k.jpg", 8),
        },
        GL,
        "nor_gl",
    ),
    Expected(
        "meshes/WaterBottle",
        (2048, 2048),
        {
            A: ("WaterBottle_baseColor.png", 8),
            N: ("WaterBottle_normal.png", 8),
            AO: ("WaterBottle_occlusionRoughnessMetallic.png", 8),
            R: ("WaterBottle_occlusionRoughnessMetallic.png", 8),
            M: ("WaterBottle_occlusionRoughnessMetallic.png", 8),
            E: ("WaterBottle_emissive.png", 8),
        },
        GL,
        "glTF",
        {"LICENSE.md": "not an image", "WaterBottle.bin": "mesh", "WaterBottle.gltf": "glTF"},
        packed="WaterBottle_occlusionRoughnessMetallic.png",
    ),
]


@needs_shared
@pytest.mark.parametrize("expected", TABLE, ids=[e.folder for e in TABLE])
def test_a_real_set(expected: Expected) -> None:
    folder = SHARED / expected.folder
    (plan,) = reading.plan([folder])
    unused = {f.path.name: f.reason for f in plan.files if not f.used}
    assert unused.keys() == expected.unused.keys()
    for name, part in expected.unused.items():
        assert part in unused[name]
    assert plan.name == folder.name
    assert plan.normal_convention is expected.convention
    assert expected.reason in plan.normal_reason
    assert all(f.confidence >= 0.85 for f in plan.used_files)

    material = reading.read(plan)
    assert (material.width, material.height) == expected.size
    assert {m.role: (m.file, m.bit_depth) for m in material.maps} == expected.maps
    assert material.notices == ()
    assert material.normal_convention is expected.convention
    if expected.packed:
        source = next(f for f in material.files if f.name == expected.packed)
        assert source.layout == (ChannelRef(AO), ChannelRef(R), ChannelRef(M))
    _same_as_the_files(material, folder)


def _same_as_the_files(material: TextureSet, folder: Path) -> None:
    """Put together again, every file has the very values it was read from."""
    for source in material.files:
        original, depth = images.read_image(folder / source.name)
        assert depth == source.bit_depth
        np.testing.assert_array_equal(images.file_pixels(material, source), original)


@needs_shared
def test_the_normals_of_every_set_are_measured_right() -> None:
    """Also where the name says it: measuring must agree with both files."""
    checked = 0
    for height in sorted((SHARED / "materials").glob("*/*_Displacement.*")):
        for normal in height.parent.glob("*_Normal*"):
            word = normal.stem.rpartition("_")[2]
            expected = {"NormalGL": GL, "NormalDX": DX, "Normal": DX}[word]
            convention, confidence = reading.measure(normal, height)
            assert convention is expected, normal.name
            assert confidence > 0.8, (normal.name, confidence)
            checked += 1
    assert checked >= 9


@needs_shared
def test_a_plan_is_quick() -> None:
    start = time.process_time()
    reading.plan([SHARED / "materials" / "WoodFloor040_1K"])  # the convention of this one is measured
    assert time.process_time() - start < 0.5


@needs_shared
def test_a_folder_of_folders_and_a_folder_with_several_materials() -> None:
    plans = reading.plan([SHARED / "materials"])
    assert [p.name for p in plans] == [e.folder.partition("/")[2] for e in TABLE if e.folder.startswith("materials")]
    helmet = reading.plan([SHARED / "meshes" / "FlightHelmet"])
    assert [p.name for p in helmet] == [
        f"FlightHelmet_Materials_{part}Mat"
        for part in ("GlassPlastic", "LeatherParts", "Lenses", "MetalParts", "RubberWood")
    ]
    assert all(len(p.used_files) == 3 for p in helmet)
    lenses = reading.read(helmet[2])
    assert Role.OPACITY in lenses.by_role
    assert "32 × 32" in lenses.notices[0] and "512 × 512" in lenses.notices[0]


# --- which files make which material -----------------------------------------------------------------------------


def test_two_materials_side_by_side(tmp_path: Path) -> None:
    for stem in ("old_wall", "old_wall_wet"):
        for role in ("Color", "Normal", "Roughness"):
            save(tmp_path / f"{stem}_{role}.png", colour())
    plans = reading.plan([tmp_path])
    assert [(p.name, len(p.used_files)) for p in plans] == [("old_wall", 3), ("old_wall_wet", 3)]


def test_a_tree_of_folders(tmp_path: Path) -> None:
    for place in ("walls/brick", "walls/plaster", "floors/brick"):
        save(tmp_path / place / "color.png", colour())
        save(tmp_path / place / "height.png", grey())
    (tmp_path / "walls" / "readme.txt").write_text("no image here")
    plans = reading.plan([tmp_path])
    assert [p.name for p in plans] == ["brick", "walls_brick", "plaster"]
    assert [p.folder.parent.name for p in plans] == ["floors", "walls", "walls"]


def test_several_folders_at_once_and_none_twice(tmp_path: Path) -> None:
    for place in ("a", "b"):
        save(tmp_path / place / "color.png", colour())
    plans = reading.plan([tmp_path / "a", tmp_path / "b", tmp_path / "a"])
    assert [p.name for p in plans] == ["a", "b"]


def test_dropped_files_are_taken_alone(tmp_path: Path) -> None:
    wanted = [save(tmp_path / f"wall_{role}.png", colour()) for role in ("Color", "Roughness")]
    save(tmp_path / "wall_Normal.png", colour())
    (tmp_path / "notes.txt").write_text("…")
    (plan,) = reading.plan(wanted)
    assert [f.path for f in plan.files] == wanted
    assert plan.name == "wall"


def test_udim_tiles_are_materials_of_their_own(tmp_path: Path) -> None:
    for tile in (1001, 1002):
        for role in ("BaseColor", "Normal"):
            save(tmp_path / f"Hero_{role}.{tile}.png", colour())
    plans = reading.plan([tmp_path])
    assert [(p.name, len(p.used_files)) for p in plans] == [("Hero_1001", 2), ("Hero_1002", 2)]


def test_paths_that_are_not_ascii(tmp_path: Path) -> None:
    folder = tmp_path / "Böden und Wände" / "石 №1"
    values = colour(3)
    save(folder / "Стена_BaseColor.PNG", values)
    material = reading.read(reading.plan([folder])[0])
    assert material.name == "石 №1"
    np.testing.assert_array_equal(np.rint(material.maps[0].pixels * 255), values)
    (path,) = images.write_set(material, tmp_path / "wyjście")
    assert path.name == "Стена_BaseColor.png"
    np.testing.assert_array_equal(images.read_image(path)[0], material.maps[0].pixels)


def test_hidden_files_are_not_shown(tmp_path: Path) -> None:
    save(tmp_path / "color.png", colour())
    (tmp_path / ".DS_Store").write_bytes(b"x")
    save(tmp_path / "__MACOSX" / "color.png", colour())
    plans = reading.plan([tmp_path])
    assert [[f.path.name for f in p.files] for p in plans] == [["color.png"]]


# --- what becomes of the pixels -----------------------------------------------------------------------------------


def round_trip(material: TextureSet, source: Path, target: Path) -> None:
    for file, path in zip(material.files, images.write_set(material, target), strict=True):
        original, depth = images.read_image(source / file.name)
        again, depth_again = images.read_image(path)
        assert depth == depth_again
        np.testing.assert_array_equal(again, original)


def test_alpha_of_the_colour_is_the_opacity(tmp_path: Path) -> None:
    values = noise(1, 16, 16, 4)
    save(tmp_path / "in" / "leaf_color.png", values)
    (plan,) = reading.plan([tmp_path / "in"])
    assert plan.files[0].alpha_role is Role.OPACITY
    material = reading.read(plan)
    assert [m.role for m in material.maps] == [A, T]
    np.testing.assert_array_equal(np.rint(material.by_role[T].pixels[:, :, 0] * 255), values[:, :, 3])
    np.testing.assert_array_equal(np.rint(material.by_role[A].pixels * 255), values[:, :, :3])
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_an_alpha_that_is_1_everywhere_is_no_map_but_written_again(tmp_path: Path) -> None:
    values = noise(1, 16, 16, 4)
    values[:, :, 3] = 255
    save(tmp_path / "in" / "wall_color.png", values)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert [m.role for m in material.maps] == [A]
    assert material.files[0].layout[3] == ChannelRef(None, value=1.0)
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_an_opacity_map_goes_before_alpha(tmp_path: Path) -> None:
    values = noise(1, 16, 16, 4)
    save(tmp_path / "in" / "leaf_color.png", values)
    save(tmp_path / "in" / "leaf_opacity.png", values[:, :, 3:])
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert material.by_role[T].file == "leaf_opacity.png"
    round_trip(material, tmp_path / "in", tmp_path / "out")  # the alpha is the same, so it comes back too


def test_an_alpha_nobody_asked_for_is_mentioned(tmp_path: Path) -> None:
    save(tmp_path / "wall_color.png", colour())
    save(tmp_path / "wall_normal.png", noise(1, 8, 8, 4))
    material = reading.read(reading.plan([tmp_path])[0])
    assert material.notices == ("The alpha channel of wall_normal.png is not used.",)


def test_grey_stored_as_colour_comes_back_as_colour(tmp_path: Path) -> None:
    values = np.repeat(grey(4, 16), 3, axis=2)
    save(tmp_path / "in" / "wall_color.png", colour(1, 16))
    save(tmp_path / "in" / "wall_rough.jpg", values)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert material.by_role[R].channels == 1
    source = next(f for f in material.files if f.name == "wall_rough.jpg")
    assert source.layout == (ChannelRef(R),) * 3
    assert material.notices == ()
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_a_coloured_grey_map_is_mentioned(tmp_path: Path) -> None:
    values = noise(4, 16, 16, 3)
    save(tmp_path / "wall_specular.png", values)
    material = reading.read(reading.plan([tmp_path])[0])
    assert "coloured" in material.notices[0]
    np.testing.assert_allclose(material.maps[0].pixels[:, :, 0] * 255, values.mean(axis=2), atol=1e-3)


def test_a_grey_colour_map_becomes_three_channels(tmp_path: Path) -> None:
    values = grey(2)
    save(tmp_path / "in" / "wall_color.png", values)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert material.by_role[A].pixels.shape == (8, 8, 3)
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_glossiness_comes_back_as_it_was(tmp_path: Path) -> None:
    values = grey(2)
    save(tmp_path / "in" / "wall_color.png", colour())
    save(tmp_path / "in" / "wall_gloss.png", values)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    np.testing.assert_array_equal(np.rint(material.by_role[R].pixels * 255), 255 - values)
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_unity_packing(tmp_path: Path) -> None:
    values = noise(3, 8, 8, 4)
    save(tmp_path / "in" / "box_MaskMap.png", values)
    save(tmp_path / "in" / "box_BaseMap.png", colour())
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert [m.role for m in material.maps] == [A, R, AO, M]
    np.testing.assert_array_equal(np.rint(material.by_role[R].pixels[:, :, 0] * 255), 255 - values[:, :, 3])
    np.testing.assert_array_equal(np.rint(material.by_role[AO].pixels[:, :, 0] * 255), values[:, :, 1])
    assert any("blue channel of box_MaskMap.png" in n for n in material.notices)  # the detail mask


def test_a_packed_file_beside_its_parts_is_written_again(tmp_path: Path) -> None:
    parts = {"ao": grey(1), "rough": grey(2)}
    for word, values in parts.items():
        save(tmp_path / "in" / f"wall_{word}.png", values)
    save(tmp_path / "in" / "wall_arm.png", np.concatenate([parts["ao"], parts["rough"], grey(3)], axis=2))
    (plan,) = reading.plan([tmp_path / "in"])
    packed = next(f for f in plan.files if f.path.name == "wall_arm.png")
    assert packed.roles == (None, None, M) and "from wall_ao.png" in packed.reason
    material = reading.read(plan)
    assert material.notices == ()
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_16_bit_and_float_are_kept(tmp_path: Path) -> None:
    save(tmp_path / "in" / "wall_normal.png", noise(1, 8, 8, 3, 65535), "uint16")
    save(tmp_path / "in" / "wall_height.tif", noise(2, 8, 8, 1, 65535), "uint16")
    light = np.random.default_rng(0).random((8, 8, 3), dtype=np.float32) * 12 - 1
    save(tmp_path / "in" / "wall_emissive.exr", light, "float")
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    assert {m.role: m.bit_depth for m in material.maps} == {N: 16, D: 16, E: 32}
    np.testing.assert_array_equal(material.by_role[E].pixels, light)
    assert [p.suffix for p in images.write_set(material, tmp_path / "out")] == [".png", ".png", ".exr"]
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_values_that_are_not_finite_are_replaced_and_mentioned(tmp_path: Path) -> None:
    light = np.ones((8, 8, 3), dtype=np.float32)
    light[2, 3, 1], light[0, 0, 0], light[5, 5, 2], light[6, 6, 2] = np.nan, np.inf, 7, 0
    save(tmp_path / "wall_emissive.exr", light, "float")
    material = reading.read(reading.plan([tmp_path])[0])
    pixels = material.maps[0].pixels
    assert (pixels[2, 3, 1], pixels[0, 0, 0], pixels[1, 1, 1]) == (0, 7, 1)
    (notice,) = material.notices
    assert notice.startswith("wall_emissive.exr holds values that are not") and "0 and 7" in notice


@pytest.mark.parametrize("names", [("X", "Y", "Z"), ("foo", "bar", "baz"), ("u", "v", "w")])
def test_an_exr_with_other_channel_names_is_read_in_the_file_s_order(names: tuple[str, ...], tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((8, 8, 3), dtype=np.float32)
    path = save(tmp_path / "wall_normal.exr", values, "float", names)
    material = reading.read(reading.plan([tmp_path])[0])
    order = [names.index(name) for name in images.read_header(path).channel_names]
    np.testing.assert_array_equal(material.by_role[N].pixels, values[:, :, order])


def test_layers_of_one_exr_by_their_names(tmp_path: Path) -> None:
    names = ("albedo.R", "albedo.G", "albedo.B", "normal.X", "normal.Y", "normal.Z", "roughness.Y")
    values = np.random.default_rng(0).random((8, 8, 7), dtype=np.float32)
    save(tmp_path / "everything.exr", values, "float", names)
    material = reading.read(reading.plan([tmp_path])[0])
    assert [(m.role, m.channels) for m in material.maps] == [(A, 3), (N, 3), (R, 1)]
    header = images.read_header(tmp_path / "everything.exr")
    for name, source in zip(header.channel_names, material.files[0].layout, strict=True):
        assert source.role is not None
        index = names.index(name)
        np.testing.assert_array_equal(material.by_role[source.role].pixels[:, :, source.index], values[:, :, index])


def test_normals_with_two_channels_get_their_third(tmp_path: Path) -> None:
    xy = np.full((8, 8, 2), 0.5, dtype=np.float32)
    xy[:4, :, 0] = 0.8
    save(tmp_path / "wall_normal.exr", xy, "float", ("R", "G"))
    material = reading.read(reading.plan([tmp_path])[0])
    vectors = material.maps[0].pixels * 2 - 1
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=2), 1, atol=1e-5)
    assert material.files[0].layout == (ChannelRef(N, 0), ChannelRef(N, 1))


def test_smaller_maps_are_resampled_to_the_largest(tmp_path: Path) -> None:
    save(tmp_path / "wall_color.png", noise(1, 32, 64, 3))
    save(tmp_path / "wall_rough.png", np.full((16, 32, 1), 77, np.uint8))
    (plan,) = reading.plan([tmp_path])
    material = reading.read(plan)
    assert (material.width, material.height) == (64, 32)
    np.testing.assert_allclose(material.by_role[R].pixels, 77 / 255, atol=1e-6)
    assert material.notices == (
        "wall_rough.png (roughness) is 32 × 16; it was resampled to 64 × 32 like the largest map.",
    )


def test_pixels_are_read_only(tmp_path: Path) -> None:
    save(tmp_path / "wall_color.png", colour())
    material = reading.read(reading.plan([tmp_path])[0])
    with pytest.raises(ValueError, match="read-only"):
        material.maps[0].pixels[0, 0, 0] = 1


# --- choices ------------------------------------------------------------------------------------------------------


def test_of_two_files_for_one_role_the_better_is_taken_and_the_other_shown(tmp_path: Path) -> None:
    save(tmp_path / "wall_color.jpg", colour())
    save(tmp_path / "wall_color.png", colour())
    save(tmp_path / "wall_diffuse.png", colour())
    (plan,) = reading.plan([tmp_path])
    assert [f.path.name for f in plan.used_files] == ["wall_color.png"]
    assert [f.reason for f in plan.files if not f.used] == [
        "not used, because wall_color.png is the albedo already"
    ] * 2
    assert len(plan.notices) == 2 and len(reading.read(plan).notices) == 2


def test_a_choice_by_hand_is_read(tmp_path: Path) -> None:
    save(tmp_path / "first.png", colour(1))
    second = save(tmp_path / "second.png", colour(2))
    (plan,) = reading.plan([tmp_path])
    assert not plan.used_files
    material = reading.read(plan.assign(second, (A,)))
    assert material.by_role[A].file == "second.png"


def test_a_file_whose_name_made_it_a_set_of_its_own_goes_to_the_right_one(tmp_path: Path) -> None:
    for word in ("Color", "Roughness"):
        save(tmp_path / f"WoodFloor040_{word}.png", colour())
    save(tmp_path / "Bricks_Color.png", colour())
    stray = save(tmp_path / "WoodFlor040_AO.png", noise(1, 8, 8, 1))
    plans = {plan.name: plan for plan in reading.plan([tmp_path])}
    assert set(plans) == {"WoodFloor040", "WoodFlor040", "Bricks"}
    left, floor = reading.move(stray, plans["WoodFlor040"], plans["WoodFloor040"])
    assert left is None
    assert [f.path.name for f in floor.files] == ["WoodFloor040_Color.png", "WoodFloor040_Roughness.png", stray.name]
    assert floor.files[-1].reason == "moved here by you"
    assert reading.read(floor).by_role[AO].file == stray.name
    other, grown = reading.move(tmp_path / "Bricks_Color.png", plans["Bricks"], floor)
    assert other is None and reading.read(grown).by_role[A].file == "WoodFloor040_Color.png"
    assert next(f.reason for f in grown.files if f.path.name == "Bricks_Color.png").startswith("not used, because")


def test_a_moved_file_is_read_by_its_name_where_it_was_not_used(tmp_path: Path) -> None:
    for name in ("wall_color.png", "wall_nor_gl.png", "wall_nor_dx.png"):
        save(tmp_path / "wall" / name, colour())
    save(tmp_path / "floor" / "floor_color.png", colour())
    (tmp_path / "wall" / "wall.mtlx").write_text("<materialx/>")
    floor, wall = reading.plan([tmp_path / "floor", tmp_path / "wall"])
    wall, floor = reading.move(tmp_path / "wall" / "wall_nor_dx.png", wall, floor)
    assert wall is not None and len(wall.files) == 3 and wall.normal_convention is GL
    assert floor.normal_convention is DX and reading.read(floor).by_role[N].file == "wall_nor_dx.png"
    wall, floor = reading.move(tmp_path / "wall" / "wall_nor_gl.png", wall, floor)
    assert wall is not None
    last, floor = reading.move(tmp_path / "wall" / "wall_color.png", wall, floor)
    assert last is None and (tmp_path / "wall" / "wall.mtlx") in [f.path for f in floor.files]


def test_an_opacity_chosen_by_hand_replaces_the_alpha(tmp_path: Path) -> None:
    save(tmp_path / "leaf_color.png", noise(1, 8, 8, 4))
    other = save(tmp_path / "leaf_scan.png", noise(2, 8, 8, 1))
    (plan,) = reading.plan([tmp_path])
    material = reading.read(plan.assign(other, (T,)))
    assert material.by_role[T].file == "leaf_scan.png"
    assert len(material.maps) == 2


def test_a_packing_chosen_by_hand(tmp_path: Path) -> None:
    values = noise(1, 8, 8, 4)
    path = save(tmp_path / "in" / "mystery.png", values)
    (plan,) = reading.plan([tmp_path / "in"])
    material = reading.read(plan.assign(path, (R, None, M, T)))
    assert [m.role for m in material.maps] == [R, M, T]
    for role, channel in ((R, 0), (M, 2), (T, 3)):
        np.testing.assert_array_equal(np.rint(material.by_role[role].pixels[:, :, 0] * 255), values[:, :, channel])


def test_a_role_taken_away_from_a_packed_file(tmp_path: Path) -> None:
    save(tmp_path / "wall_orm.png", colour(1))
    other = save(tmp_path / "wall_scan.png", grey(2))
    (plan,) = reading.plan([tmp_path])
    changed = plan.assign(other, (R,))
    assert {f.path.name: f.roles for f in changed.files} == {"wall_orm.png": (AO, None, M), "wall_scan.png": (R,)}
    assert reading.read(changed).by_role[R].file == "wall_scan.png"


def test_one_role_twice_is_refused(tmp_path: Path) -> None:
    save(tmp_path / "first_color.png", colour(1))
    save(tmp_path / "first_albedo.png", colour(2))
    (plan,) = reading.plan([tmp_path])
    both = dataclasses.replace(plan, files=tuple(dataclasses.replace(f, roles=(A,)) for f in plan.files))
    with pytest.raises(InputError, match=r"^first_\w+.png and first_\w+.png are both the albedo; use one of them\.$"):
        reading.read(both)


# --- what can't be used: one sentence that names the file --------------------------------------------------------


def one_sentence(error: InputError, *parts: str) -> None:
    text = str(error)
    assert text.endswith(".") and "\n" not in text and text.count(". ") == 0, text
    for part in parts:
        assert part in text, text


def fail(*inputs: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        for plan in reading.plan(inputs):
            reading.read(plan)
    assert caught.value.exit_code == 2
    return caught.value


def test_nothing_there(tmp_path: Path) -> None:
    one_sentence(fail(tmp_path / "missing"), str(tmp_path / "missing"), "does not exist")
    (tmp_path / "empty").mkdir()
    one_sentence(fail(tmp_path / "empty"), "no image", str(tmp_path / "empty"))
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "notes.txt").write_text("x")
    one_sentence(fail(tmp_path / "text"), "no image")
    one_sentence(fail(tmp_path / "text" / "notes.txt"), "notes.txt", "not an image")
    one_sentence(fail(), "nothing to read")


def test_names_that_say_nothing(tmp_path: Path) -> None:
    save(tmp_path / "one.png", colour(1))
    save(tmp_path / "two.png", colour(2))
    one_sentence(fail(tmp_path), "No map was recognised", tmp_path.name)


@pytest.mark.parametrize("name", ["wall_Color.png", "wall_Color.jpg", "wall_Color.tif", "wall_Color.exr"])
@pytest.mark.parametrize("keep", [0.5, 0.9, 0.05])
def test_a_cut_off_file(name: str, keep: float, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    if name.endswith("exr"):
        save(path, noise(1, 256, 256, 3).astype(np.float32), "float")
    else:
        save(path, noise(1, 256, 256, 3))
    save(tmp_path / "wall_Roughness.png", noise(1, 256, 256, 1))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    one_sentence(fail(tmp_path), name)
    assert capfd.readouterr().err == ""  # decoders must not chatter beside the one sentence


def test_a_damaged_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / "wall_Color.png", noise(1, 64, 64, 3))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    one_sentence(fail(tmp_path), "wall_Color.png", "damaged")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".exr", ".tif", ".tga", ".hdr"])
def test_text_called_an_image(suffix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / f"wall_Color{suffix}").write_text("This is not an image, whatever it is called.\n" * 20)
    save(tmp_path / "wall_Roughness.png", grey())
    one_sentence(fail(tmp_path), f"wall_Color{suffix}")
    one_sentence(fail(tmp_path / f"wall_Color{suffix}"), f"wall_Color{suffix}")
    assert capfd.readouterr().err == ""


def test_too_many_nameless_channels(tmp_path: Path) -> None:
    save(tmp_path / "wall_Color.exr", np.zeros((8, 8, 5), np.float32), "float", tuple("abcde"))
    one_sentence(fail(tmp_path), "wall_Color.exr: more than four channels")


@pytest.mark.parametrize("whole", [False, True])
def test_a_folder_called_like_an_image(whole: bool, tmp_path: Path) -> None:
    folder = tmp_path / "wall_Color.png"
    folder.mkdir()
    one_sentence(fail(tmp_path if whole else folder), "no image in the folder", tmp_path.name)
    save(tmp_path / "wall_Roughness.png", grey())
    assert [m.role for m in reading.read(reading.plan([tmp_path])[0]).maps] == [R]


CMYK = (
    "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU"
    "/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAkI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwAqiplT"
    "WW//2Q=="
)
"""A JPEG file of 8 × 8 texels for print: all cyan, a fifth black."""


def test_a_jpeg_for_print_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "wall_Color.jpg"
    path.write_bytes(base64.b64decode(CMYK))
    material = reading.read(reading.plan([path])[0])
    np.testing.assert_allclose(material.by_role[A].pixels, np.broadcast_to([0, 0.8, 0.8], (8, 8, 3)), atol=0.02)


def png(path: Path, bits: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> Path:
    """An 8 × 8 PNG file with the given colour type; ``rows`` are the bytes of one row, the same for all."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    parts = [(b"IHDR", struct.pack(">IIBBBBB", 8, 8, bits, colour, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", zlib.compress((b"\0" + rows) * 8)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))
    return path


PALETTE = (b"PLTE", bytes([255, 0, 0, 0, 255, 0]))


def test_palettes_become_colours(tmp_path: Path) -> None:
    transparent = (b"tRNS", bytes([0]))
    png(tmp_path / "leaf_Color.png", 8, 3, bytes([0, 1] * 4), PALETTE, transparent)
    png(tmp_path / "leaf_Roughness.png", 1, 0, bytes([0b10101010]))
    material = reading.read(reading.plan([tmp_path])[0])
    assert [(m.role, m.bit_depth) for m in material.maps] == [(A, 8), (R, 8), (T, 8)]
    np.testing.assert_array_equal(material.by_role[A].pixels[0, :2], [[1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(material.by_role[T].pixels[0, :2, 0], [0, 1])
    np.testing.assert_array_equal(material.by_role[R].pixels[0, :2, 0], [1, 0])


@pytest.mark.parametrize(("bits", "colour"), [(16, 3), (3, 0), (4, 2), (8, 5)])
def test_depths_that_png_does_not_have(
    bits: int, colour: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one_sentence(fail(png(tmp_path / "wall_Color.png", bits, colour, bytes(16), PALETTE)), "wall_Color.png is damaged")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("kind", "top"), [("uint8", 255), ("uint16", 65535)])
def test_grey_with_alpha(kind: str, top: int, tmp_path: Path) -> None:
    values = noise(1, 8, 8, 2, top)
    save(tmp_path / "in" / "leaf_Color.png", values, kind)
    material = reading.read(reading.plan([tmp_path / "in"])[0])
    np.testing.assert_array_equal(np.rint(material.by_role[A].pixels * top), np.repeat(values[:, :, :1], 3, axis=2))
    np.testing.assert_array_equal(np.rint(material.by_role[T].pixels * top), values[:, :, 1:])
    round_trip(material, tmp_path / "in", tmp_path / "out")


def test_signed_integers_are_kept_as_floats(tmp_path: Path) -> None:
    values = np.arange(-32, 32, dtype=np.int16).reshape(8, 8, 1) * 1000
    save(tmp_path / "wall_height.tif", values, "int16")
    height = reading.read(reading.plan([tmp_path])[0]).by_role[D]
    assert height.bit_depth == 32
    np.testing.assert_allclose(height.pixels, values / 32767, atol=1e-4)


def test_a_broken_file_without_a_role_does_not_stop_the_others(tmp_path: Path) -> None:
    save(tmp_path / "wall_Color.png", colour())
    (tmp_path / "scan.png").write_text("not an image")
    (plan,) = reading.plan([tmp_path])
    broken = next(f for f in plan.files if f.path.name == "scan.png")
    assert broken.problem and not broken.used
    assert any("scan.png" in notice for notice in reading.read(plan).notices)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "wall_Color.png").touch()
    one_sentence(fail(tmp_path), "wall_Color.png", "empty")


@pytest.mark.parametrize("suffix", ["exr", "tif"])
def test_17_channels(suffix: str, tmp_path: Path) -> None:
    values = np.zeros((8, 8, 17), np.float32)
    save(tmp_path / f"all.{suffix}", values, "float", tuple(f"c{i:02d}" for i in range(17)))
    one_sentence(fail(tmp_path), f"all.{suffix}", "17 channels", "16")


def bomb(path: Path, width: int, height: int) -> Path:
    """A valid little PNG whose header claims a size that would fill the memory."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize(("width", "height"), [(200_000, 200_000), (16385, 4), (2_000_000_000, 1)])
def test_absurd_sizes_are_refused_from_the_header(
    width: int, height: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = bomb(tmp_path / "wall_Color.png", width, height)
    start = time.perf_counter()
    one_sentence(fail(path), "wall_Color.png")
    assert time.perf_counter() - start < 1
    assert capfd.readouterr().err == ""


def test_a_hollow_file_of_a_permitted_size_is_damaged(tmp_path: Path) -> None:
    one_sentence(fail(bomb(tmp_path / "wall_Color.png", 4096, 4096)), "wall_Color.png")


@needs_shared
def test_the_sources_stay_as_they_are(tmp_path: Path) -> None:
    source = SHARED / "materials" / "rusty_metal_05_1k"
    copy = tmp_path / "set"
    shutil.copytree(source, copy)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in copy.iterdir()}
    reading.read(reading.plan([copy])[0])
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in copy.iterdir()} == before
