"""The registry of destinations, and plain images."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import OpenImageIO
import pytest
from numpy.typing import NDArray

from core.errors import InputError, OutputError
from core.exporters import TARGETS, ExportResult, export, exporter, presets
from core.exporters.settings import ImagesSettings
from core.jobs import Finished
from core.textures import images
from core.textures.material import TextureMap, TextureSet
from core.textures.normals import flip_green
from core.textures.roles import Role


def test_a_target_that_does_not_exist_names_those_that_do(tmp_path: Path, material: TextureSet) -> None:
    with pytest.raises(InputError) as caught:
        list(export("unity", material, tmp_path / "out"))
    assert all(name in str(caught.value) for name in TARGETS)
    assert not (tmp_path / "out").exists()


def test_every_target_can_be_loaded() -> None:
    for name, target in TARGETS.items():
        assert exporter(name) is target
        module = __import__(target.module, fromlist=["export"])
        assert callable(module.export)


def test_listing_targets_loads_neither_torch_nor_numpy() -> None:
    check = "import sys, core.exporters; sys.exit(bool({'torch', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize("suffix", ["png", "tiff", "exr"])
def test_images_carry_names_and_values(material: TextureSet, tmp_path: Path, suffix: str) -> None:
    *_, last = export("images", material, tmp_path, ImagesSettings(format=suffix))
    assert isinstance(last, Finished)
    assert [path.name for path in last.result.files] == [f"{Path(f.name).stem}.{suffix}" for f in material.files]
    for path, texture in zip(last.result.files, material.maps, strict=True):
        pixels, _ = images.read_image(path)
        np.testing.assert_allclose(pixels, texture.pixels, atol=1e-3 if suffix == "exr" else 1e-6)
    assert "OpenGL" in last.result.notes[0]


def test_sources_are_never_written_over(material: TextureSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="read from"):
        list(export("images", dataclasses.replace(material, folder=tmp_path), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made(material: TextureSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        list(export("images", material, tmp_path / "file" / "out"))


def finished(material: TextureSet, folder: Path, settings: ImagesSettings) -> ExportResult:
    *_, last = export("images", material, folder, settings)
    assert isinstance(last, Finished)
    return last.result


def read_by_openimageio(path: Path) -> tuple[NDArray[np.float32], str]:
    config = OpenImageIO.ImageSpec()
    config.attribute("oiio:UnassociatedAlpha", 1)
    image = OpenImageIO.ImageInput.open(str(path), config)
    assert image is not None, OpenImageIO.geterror()
    values = np.asarray(image.read_image(0, 0, 0, image.spec().nchannels, "float"))
    kind = str(image.spec().format)
    image.close()
    return values, kind


@pytest.mark.parametrize(
    ("settings", "suffix", "kind"),
    [
        (ImagesSettings(), ".png", "uint8"),
        (ImagesSettings(depth="16"), ".png", "uint16"),
        (ImagesSettings(depth="32"), ".exr", "float"),
        (ImagesSettings(format="tiff", depth="16"), ".tiff", "uint16"),
        (ImagesSettings(format="tiff", depth="32"), ".tiff", "float"),
        (ImagesSettings(format="exr"), ".exr", "float"),
        (ImagesSettings(format="tga"), ".tga", "uint8"),
        (ImagesSettings(format="tga", depth="16"), ".tga", "uint8"),
    ],
)
def test_formats_and_depths(
    material: TextureSet, tmp_path: Path, settings: ImagesSettings, suffix: str, kind: str
) -> None:
    for path, texture in zip(finished(material, tmp_path, settings).files, material.maps, strict=True):
        values, found = read_by_openimageio(path)
        assert (path.suffix, found) == (suffix, kind)
        np.testing.assert_allclose(values, texture.pixels, atol=1e-6)


def test_layouts_of_the_presets(material: TextureSet, tmp_path: Path) -> None:
    opacity = TextureMap(Role.OPACITY, np.round(material.by_role[Role.ROUGHNESS].pixels), "o.png", 16)
    full = dataclasses.replace(material, maps=(*material.maps, opacity))
    planes = {m.role: m.pixels for m in full.maps}
    nothing = np.zeros_like(opacity.pixels)
    files = {}
    for name in ("unreal", "unity", "godot", "blender"):
        result = finished(full, tmp_path / name, presets.find(name).settings("images"))
        files[name] = {path.name: read_by_openimageio(path) for path in result.files}
    colour = np.concatenate([planes[Role.ALBEDO], planes[Role.OPACITY]], axis=2)
    orm = np.concatenate([planes[Role.OCCLUSION], planes[Role.ROUGHNESS], nothing], axis=2)
    mask = np.concatenate([nothing, planes[Role.OCCLUSION], nothing, 1 - planes[Role.ROUGHNESS]], axis=2)
    for name in ("unreal", "unity", "godot"):
        values, kind = files[name]["Wall_BaseColor.png"]
        np.testing.assert_allclose(values, colour, atol=1e-5)
        assert kind == "uint16"  # as the deepest of its maps
    for name in ("unreal", "godot"):
        np.testing.assert_allclose(files[name]["Wall_ORM.png"][0], orm, atol=1e-6)
        assert set(files[name]) == {"Wall_BaseColor.png", "Wall_Normal.png", "Wall_ORM.png"}
    np.testing.assert_allclose(files["unity"]["Wall_MaskMap.png"][0], mask, atol=1e-6)
    assert len(files["blender"]) == 5
    flipped = flip_green(planes[Role.NORMAL])
    np.testing.assert_allclose(files["unreal"]["Wall_Normal.png"][0], flipped, atol=1e-6)
    np.testing.assert_allclose(files["unity"]["Wall_Normal.png"][0], planes[Role.NORMAL], atol=1e-6)


def test_names_by_a_template(material: TextureSet, tmp_path: Path) -> None:
    result = finished(material, tmp_path, ImagesSettings(names="T_{material}.v2_{role}"))
    assert [path.name for path in result.files] == [f"T_Wall.v2_{m.role}.png" for m in material.maps]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (ImagesSettings(layout="X"), "must be like"),
        (ImagesSettings(layout="X = shine"), "'shine' in the layout 'X = shine' is no channel"),
        (ImagesSettings(layout="a/b = albedo"), "can't contain folders"),
        (ImagesSettings(layout="X = emissive"), "none of the material's maps"),
        (ImagesSettings(names="wall"), "must contain {role}"),
    ],
)
def test_layouts_and_names_that_can_not_be(
    material: TextureSet, tmp_path: Path, settings: ImagesSettings, sentence: str
) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        finished(material, tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()


def test_what_a_file_can_not_hold_is_said(material: TextureSet, tmp_path: Path) -> None:
    deep = dataclasses.replace(material.maps[0], pixels=material.maps[0].pixels * 3, bit_depth=32)
    files = (dataclasses.replace(material.files[0], bit_depth=32), *material.files[1:])
    hdr = dataclasses.replace(material, maps=(deep, *material.maps[1:]), files=files)
    result = finished(hdr, tmp_path, ImagesSettings())
    assert result.files[0].suffix == ".exr" and len(result.notes) == 1
    assert any("cut off" in note for note in finished(hdr, tmp_path, ImagesSettings(depth="8")).notes)
