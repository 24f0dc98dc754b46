"""Names as the libraries and tools write them, in the company they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.textures import names, reading
from core.textures.material import NormalConvention
from core.textures.roles import Role

from .picture_files import colour, grey, noise, save

WIDE = {
    "albedo",
    "normal",
    "emissive",
    "orm",
    "arm",
    "rma",
    "mr",
    "ms",
    "mask",
    "arm, metal only",
    "-3",
    "albedo+opacity",
}
PACKED = {
    "orm": (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC),
    "arm": (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC),
    "arm, metal only": (None, None, Role.METALLIC),
    "rma": (Role.ROUGHNESS, Role.METALLIC, Role.OCCLUSION),
    "mr": (None, Role.ROUGHNESS, Role.METALLIC),
    "ms": (Role.METALLIC,),
    "mask": (Role.METALLIC, Role.OCCLUSION, None),
}

# (where the names come from, {file name: role, or - for not used})
SETS: list[tuple[str, dict[str, str]]] = [
    (
        "ambientCG",
        {
            "Rock058.png": "-3",
            "Rock058_1K-JPG_Color.jpg": "albedo",
            "Rock058_1K-JPG_NormalGL.jpg": "normal",
            "Rock058_1K-JPG_NormalDX.jpg": "-3",
            "Rock058_1K-JPG_Roughness.jpg": "roughness",
            "Rock058_1K-JPG_AmbientOcclusion.jpg": "occlusion",
            "Rock058_1K-JPG_Displacement.jpg": "displacement",
        },
    ),
    (
        "ambientCG, metal in the name",
        {
            "PaintedMetal006_2K-PNG_Color.png": "albedo",
            "PaintedMetal006_2K-PNG_Metalness.png": "metallic",
            "PaintedMetal006_2K-PNG_NormalGL.png": "normal",
            "PaintedMetal006_2K-PNG_Roughness.png": "roughness",
            "PaintedMetal006.png": "-3",
        },
    ),
    (
        "ambientCG, light",
        {
            "Lava004_1K-JPG_Color.jpg": "albedo",
            "Lava004_1K-JPG_Emission.jpg": "emissive",
            "Lava004_1K-JPG_NormalGL.jpg": "normal",
            "Lava004_1K-JPG_Roughness.jpg": "roughness",
        },
    ),
    (
        "Poly Haven",
        {
            "brick_wall_006_diff_1k.jpg": "albedo",
            "brick_wall_006_nor_gl_1k.exr": "normal",
            "brick_wall_006_nor_dx_1k.exr": "-3",
            "brick_wall_006_rough_1k.exr": "roughness",
            "brick_wall_006_ao_1k.jpg": "occlusion",
            "brick_wall_006_disp_1k.png": "displacement",
            "brick_wall_006_arm_1k.jpg": "arm, metal only",
            "brick_wall_006_spec_1k.jpg": "specular",
        },
    ),
    (
        "Poly Haven, a role in the name",
        {
            "rough_wood_diff_2k.jpg": "albedo",
            "rough_wood_rough_2k.jpg": "roughness",
            "rough_wood_nor_gl_2k.jpg": "normal",
            "rough_wood_disp_2k.png": "displacement",
        },
    ),
    (
        "Poly Haven, metal twice",
        {
            "metal_plate_diff_1k.jpg": "albedo",
            "metal_plate_metal_1k.jpg": "metallic",
            "metal_plate_rough_1k.jpg": "roughness",
            "metal_plate_nor_gl_1k.jpg": "normal",
        },
    ),
    (
        "Poly Haven, model",
        {
            "modern_arm_chair_01_diff_1k.jpg": "albedo",
            "modern_arm_chair_01_arm_1k.jpg": "arm",
            "modern_arm_chair_01_nor_gl_1k.jpg": "normal",
        },
    ),
    (
        "Megascans",
        {
            "sbbihbo_2K_Albedo.jpg": "albedo",
            "sbbihbo_2K_AO.jpg": "occlusion",
            "sbbihbo_2K_Bump.jpg": "-",
            "sbbihbo_2K_Cavity.jpg": "-",
            "sbbihbo_2K_Displacement.exr": "displacement",
            "sbbihbo_2K_Gloss.jpg": "-",
            "sbbihbo_2K_Normal.jpg": "normal",
            "sbbihbo_2K_Roughness.jpg": "roughness",
            "sbbihbo_2K_Specular.jpg": "specular",
            "sbbihbo_Preview.png": "-3",
        },
    ),
    (
        "Megascans for Unreal",
        {
            "T_sbbihbo_2K_B.png": "albedo",
            "T_sbbihbo_2K_N.png": "normal",
            "T_sbbihbo_2K_ORM.png": "orm",
            "T_sbbihbo_2K_H.png": "displacement",
        },
    ),
    (
        "Substance Painter, metallic roughness",
        {
            "Helmet_Base_Color.png": "albedo",
            "Helmet_Height.png": "displacement",
            "Helmet_Metallic.png": "metallic",
            "Helmet_Normal_OpenGL.png": "normal",
            "Helmet_Normal.png": "-3",
            "Helmet_Roughness.png": "roughness",
            "Helmet_Mixed_AO.png": "occlusion",
            "Helmet_Emissive.png": "emissive",
            "Helmet_Opacity.png": "opacity",
        },
    ),
    (
        "Substance Painter, Unreal packed",
        {
            "Door_Frame_BaseColor.png": "albedo",
            "Door_Frame_Normal.png": "normal",
            "Door_Frame_OcclusionRoughnessMetallic.png": "orm",
            "Door_Frame_Emissive.png": "emissive",
        },
    ),
    (
        "Substance Painter, Unity",
        {
            "lambert1_AlbedoTransparency.png": "albedo+opacity",
            "lambert1_MetallicSmoothness.png": "ms",
            "lambert1_Normal.png": "normal",
            "lambert1_AO.png": "occlusion",
        },
    ),
    (
        "Unity HDRP",
        {"Crate_BaseMap.png": "albedo", "Crate_MaskMap.png": "mask", "Crate_Normal.png": "normal"},
    ),
    (
        "Substance Designer, specular glossiness",
        {
            "tiles_diffuse.tif": "albedo",
            "tiles_specular.tif": "specular",
            "tiles_glossiness.tif": "roughness",
            "tiles_normal.tif": "normal",
            "tiles_ambientocclusion.tif": "occlusion",
            "tiles_height.tif": "displacement",
        },
    ),
    (
        "TextureCan",
        {
            "metal_0080_color_1k.jpg": "albedo",
            "metal_0080_normal_opengl_1k.png": "normal",
            "metal_0080_normal_directx_1k.png": "-3",
            "metal_0080_roughness_1k.jpg": "roughness",
            "metal_0080_metallic_1k.jpg": "metallic",
            "metal_0080_ao_1k.jpg": "occlusion",
            "metal_0080_height_1k.png": "displacement",
        },
    ),
    (
        "FreePBR",
        {
            "worn-rusted-metal_albedo.png": "albedo",
            "worn-rusted-metal_ao.png": "occlusion",
            "worn-rusted-metal_height.png": "displacement",
            "worn-rusted-metal_metallic.png": "metallic",
            "worn-rusted-metal_normal-ogl.png": "normal",
            "worn-rusted-metal_roughness.png": "roughness",
            "worn-rusted-metal_preview.jpg": "-3",
        },
    ),
    (
        "3DTextures.me, with a picture of another name",
        {
            "Stone_Wall_013_basecolor.jpg": "albedo",
            "Stone_Wall_013_ambientOcclusion.jpg": "occlusion",
            "Stone_Wall_013_height.png": "displacement",
            "Stone_Wall_013_normal.jpg": "normal",
            "Stone_Wall_013_roughness.jpg": "roughness",
            "Material_1123.jpg": "-3",
        },
    ),
    (
        "Poliigon, older",
        {
            "BricksVictorian001_COL_VAR1_3K.jpg": "albedo",
            "BricksVictorian001_COL_VAR2_3K.jpg": "-3",
            "BricksVictorian001_NRM_3K.jpg": "-3",
            "BricksVictorian001_NRM16_3K.tif": "normal",
            "BricksVictorian001_DISP_3K.jpg": "-",
            "BricksVictorian001_DISP16_3K.tif": "displacement",
            "BricksVictorian001_GLOSS_3K.jpg": "roughness",
            "BricksVictorian001_REFL_3K.jpg": "specular",
            "BricksVictorian001_AO_3K.jpg": "occlusion",
        },
    ),
    (
        "Poliigon, metalness workflow",
        {
            "MetalSteel002_COL_2K_METALNESS.png": "albedo",
            "MetalSteel002_NRM_2K_METALNESS.png": "normal",
            "MetalSteel002_ROUGHNESS_2K_METALNESS.png": "roughness",
            "MetalSteel002_METALNESS_2K_METALNESS.png": "metallic",
            "MetalSteel002_AO_2K_METALNESS.png": "occlusion",
        },
    ),
    (
        "Poliigon, newer",
        {
            "Poliigon_BrickWall_8320_BaseColor.jpg": "albedo",
            "Poliigon_BrickWall_8320_Normal.png": "normal",
            "Poliigon_BrickWall_8320_Roughness.jpg": "roughness",
            "Poliigon_BrickWall_8320_Metallic.jpg": "metallic",
            "Poliigon_BrickWall_8320_AmbientOcclusion.jpg": "occlusion",
            "Poliigon_BrickWall_8320_ORM.jpg": "-3",
            "Poliigon_BrickWall_8320_SSS.jpg": "-",
        },
    ),
    (
        "cgbookcase",
        {
            "Bricks12_1K_BaseColor.png": "albedo",
            "Bricks12_1K_AO.png": "occlusion",
            "Bricks12_1K_Height.png": "displacement",
            "Bricks12_1K_Normal.png": "normal",
            "Bricks12_1K_Roughness.png": "roughness",
        },
    ),
    (
        "ShareTextures",
        {
            "brick_2_basecolor-1K.png": "albedo",
            "brick_2_ambientocclusion-1K.png": "occlusion",
            "brick_2_height-1K.png": "displacement",
            "brick_2_metallic-1K.png": "metallic",
            "brick_2_normal-1K.png": "normal",
            "brick_2_roughness-1K.png": "roughness",
        },
    ),
    (
        "Textures.com",
        {
            "TexturesCom_Brick_Modern_1K_albedo.tif": "albedo",
            "TexturesCom_Brick_Modern_1K_ao.tif": "occlusion",
            "TexturesCom_Brick_Modern_1K_height.tif": "displacement",
            "TexturesCom_Brick_Modern_1K_normal.tif": "normal",
            "TexturesCom_Brick_Modern_1K_roughness.tif": "roughness",
        },
    ),
    (
        "Unreal letters",
        {
            "T_Crate_D.TGA": "albedo",
            "T_Crate_N.TGA": "normal",
            "T_Crate_R.TGA": "roughness",
            "T_Crate_M.TGA": "metallic",
            "T_Crate_AO.TGA": "occlusion",
            "T_Crate_E.TGA": "emissive",
        },
    ),
    ("Unreal RMA", {"T_Wall_BC.png": "albedo", "T_Wall_N.png": "normal", "T_Wall_RMA.png": "rma"}),
    (
        "glTF",
        {
            "Material_baseColor.png": "albedo",
            "Material_metallicRoughness.png": "mr",
            "Material_normal.png": "normal",
            "Material_occlusion.png": "occlusion",
            "Material_emissive.png": "emissive",
        },
    ),
    (
        "roles only",
        {
            "albedo.png": "albedo",
            "normal.png": "normal",
            "metal.png": "metallic",
            "rough.png": "roughness",
            "ao.png": "occlusion",
            "displacement.exr": "displacement",
            "alpha.png": "opacity",
            "glow.png": "emissive",
            "preview.jpg": "-3",
        },
    ),
    (
        "role first",
        {
            "albedo_old_brick.png": "albedo",
            "normal_old_brick.png": "normal",
            "roughness_old_brick.png": "roughness",
        },
    ),
    (
        "a picture like the material is its colour",
        {"rusty_metal.png": "albedo", "rusty_metal_normal.png": "normal", "rusty_metal_spec.png": "specular"},
    ),
    (
        "shouting, spaces and brackets",
        {
            "OLD WALL (COLOR).PNG": "albedo",
            "OLD WALL (NORMAL MAP).PNG": "normal",
            "OLD WALL (ROUGHNESS MAP).PNG": "roughness",
            "OLD WALL (AMBIENT OCCLUSION).PNG": "occlusion",
        },
    ),
    (
        "numbers behind the role",
        {"wall_albedo_01.png": "albedo", "wall_nrm_01.png": "normal", "wall_rgh_01.png": "roughness"},
    ),
    (
        "a colour with opacity that has no alpha after all",
        {
            "Fern_BaseColor_Opacity.png": "albedo",
            "Fern_N.png": "normal",
            "Fern_Roughness_Metallic.png": "mr",
        },
    ),
    (
        "two words of the trade in the material's name",
        {
            "MetalRough_Color.png": "albedo",
            "MetalRough_Normal.png": "normal",
            "MetalRough_Roughness.png": "roughness",
            "MetalRough_Metallic.png": "metallic",
            "MetalRough.png": "-3",
        },
    ),
    (
        "the material is called like a role",
        {
            "wood_mask_color.png": "albedo",
            "wood_mask_normal.png": "normal",
            "wood_mask_mask.png": "opacity",
        },
    ),
    (
        "two resolutions in one folder",
        {
            "Brick_1K_Color.png": "albedo",
            "Brick_2K_Color.png": "-3",
            "Brick_1K_Rough.png": "roughness",
            "Brick_2K_Rough.png": "-",
        },
    ),
    (
        "not Latin",
        {"砖墙_BaseColor.png": "albedo", "砖墙_Normal.png": "normal", "砖墙_Roughness.png": "roughness"},
    ),
    (
        "one misspelled",
        {"Brick_Color.png": "albedo", "Brick_Normal.png": "normal", "Brik_Roughness.png": "roughness"},
    ),
    (
        "what has no role",
        {
            "Chair_Albedo.png": "albedo",
            "Chair_Normal.png": "normal",
            "Chair_MatID.png": "-3",
            "Chair_WorldSpaceNormal.png": "-3",
            "Chair_Curvature.png": "-",
            "Chair_Thickness.png": "-",
            "Chair_Bent_Normal.png": "-3",
            "Chair_ClearcoatRoughness.png": "-",
            "Chair_Detail_Normal.png": "-3",
            "Chair_ColorMask.png": "-3",
        },
    ),
]


@pytest.mark.parametrize(("files"), [f for _, f in SETS], ids=[name for name, _ in SETS])
def test_the_roles_of_a_library(files: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "somewhere"
    for index, (name, role) in enumerate(files.items()):
        pixels = colour(index) if role in WIDE else grey(index)
        if role in ("ms", "mask", "albedo+opacity"):
            pixels = noise(index, 8, 8, 4)
        if "16" in name:
            pixels = pixels.astype("uint16") * 257
        if name.endswith("exr"):
            save(folder / name, pixels.astype("float32") / 255, "float")
        else:
            save(folder / name, pixels, str(pixels.dtype))
    plans = reading.plan([folder])
    assert len(plans) == 1, [(p.name, [f.path.name for f in p.files]) for p in plans]
    found = {f.path.name: f.roles for f in plans[0].files}
    expected: dict[str, tuple[Role | None, ...]] = {}
    for name, role in files.items():
        if role.startswith("-"):
            expected[name] = ()
        else:
            expected[name] = PACKED.get(role) or (Role(role.partition("+")[0]),)
    assert found == expected
    for file in plans[0].files:
        assert file.reason
    reading.read(plans[0])


def test_glossiness_is_read_as_roughness_turned_round(tmp_path: Path) -> None:
    save(tmp_path / "a_color.png", colour())
    save(tmp_path / "a_gloss.png", grey())
    (plan,) = reading.plan([tmp_path])
    gloss = next(f for f in plan.files if f.path.name == "a_gloss.png")
    assert gloss.glossiness and gloss.roles == (Role.ROUGHNESS,)
    assert "turned round" in gloss.reason


ALONE: list[tuple[str, str, Role | None]] = [
    ("MetalPlates006_1K-JPG_Color.jpg", "x", Role.ALBEDO),
    ("MetalPlates006_1K-JPG_Metalness.jpg", "x", Role.METALLIC),
    ("rough_wood_diff_1k.jpg", "x", Role.ALBEDO),
    ("rough_wood_disp_1k.jpg", "x", Role.DISPLACEMENT),
    ("robot_arm_nor_gl.png", "x", Role.NORMAL),
    ("T_Brick_N.png", "x", Role.NORMAL),
    ("bob_diffuse.png", "bob", Role.ALBEDO),
    ("normal_brick.png", "x", Role.NORMAL),
    ("MetalPlates006.png", "x", Role.ALBEDO),  # nothing but a name: the only picture, so its colour
    ("metal.png", "metal", Role.ALBEDO),
    ("Wood_COL_3K_METALNESS.png", "x", Role.ALBEDO),
    ("Wood_DISP16_3K_METALNESS.png", "x", Role.DISPLACEMENT),
    ("Hero_BaseColor.1001.png", "x", Role.ALBEDO),
    ("IMG_2044.jpg", "x", Role.ALBEDO),
]


@pytest.mark.parametrize(("name", "folder", "role"), ALONE)
def test_one_file_alone(name: str, folder: str, role: Role, tmp_path: Path) -> None:
    path = save(tmp_path / folder / name, colour())
    (plan,) = reading.plan([path])
    assert plan.files[0].roles == (role,)


@pytest.mark.parametrize(
    ("name", "convention"),
    [
        ("w_NormalGL", NormalConvention.OPENGL),
        ("w_NormalDX", NormalConvention.DIRECTX),
        ("w_nor_gl_1k", NormalConvention.OPENGL),
        ("w_nor_dx_1k", NormalConvention.DIRECTX),
        ("w_Normal_OpenGL", NormalConvention.OPENGL),
        ("w_normal-ogl", NormalConvention.OPENGL),
        ("w_normal_directx", NormalConvention.DIRECTX),
        ("w_Normal_DirectX_2K", NormalConvention.DIRECTX),
        ("w_DX_Normal", NormalConvention.DIRECTX),
        ("w_NormalMapGL", NormalConvention.OPENGL),
        ("w_Normal", NormalConvention.UNKNOWN),
    ],
)
def test_conventions_in_names(name: str, convention: NormalConvention, tmp_path: Path) -> None:
    save(tmp_path / f"{name}.png", colour())
    save(tmp_path / "w_Color.png", colour())
    (plan,) = reading.plan([tmp_path])
    assert plan.normal_convention is convention
    assert plan.normal_reason


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("MetalPlates006_1K-JPG_Color", ["metal", "plates", "006", "1k", "jpg", "color"]),
        ("AORoughMap", ["ao", "rough", "map"]),
        ("normalDX", ["normal", "dx"]),
        ("NRM16", ["nrm", "16"]),
        ("wall-2048x1024.1001", ["wall", "2048x1024", "1001"]),
        ("8-bit Ściana", ["8bit", "ściana"]),
        ("砖墙Normal", ["砖墙", "normal"]),
    ],
)
def test_tokens(name: str, tokens: list[str]) -> None:
    assert [t.text for t in names.tokenise(name)] == tokens


@pytest.mark.parametrize("word", ["1k", "16k", "2048", "1024x512", "jpg", "16bit"])
def test_sizes_and_formats_are_noise(word: str) -> None:
    assert names.is_noise(word)


@pytest.mark.parametrize("word", ["006", "14", "metal", "k", "1001"])
def test_everything_else_is_part_of_the_name(word: str) -> None:
    assert not names.is_noise(word)


def test_udim_tiles() -> None:
    assert names.is_udim("1001") and names.is_udim("1101")
    assert not names.is_udim("1024") and not names.is_udim("2001") and not names.is_udim("101")
