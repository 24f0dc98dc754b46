"""The registry of destinations, and plain images."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, OutputError
from core.exporters import PLANNED, TARGETS, export, exporter
from core.exporters.settings import ImagesSettings
from core.jobs import Finished
from core.textures import images
from core.textures.material import TextureSet


@pytest.mark.parametrize("target", [*PLANNED, "unity"])
def test_a_target_that_does_not_exist_names_those_that_do(target: str, tmp_path: Path, material: TextureSet) -> None:
    with pytest.raises(InputError) as caught:
        list(export(target, material, tmp_path / "out"))
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
    import dataclasses

    with pytest.raises(InputError, match="read from"):
        list(export("images", dataclasses.replace(material, folder=tmp_path), tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be_made(material: TextureSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        list(export("images", material, tmp_path / "file" / "out"))
