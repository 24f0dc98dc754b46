"""The target ios: all three parts, together and again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.errors import InputError
from core.exporters import export
from core.exporters.settings import IosSettings
from core.jobs import Finished
from core.textures.material import TextureSet
from tests.core.codec.materials import random_texture
from tests.core.exporters.mil import Package
from tests.core.exporters.test_coreml import centres

SOURCE = random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4)))


def test_package_shader_and_textures(tmp_path: Path) -> None:
    *_, last = export("ios", SOURCE, tmp_path, IosSettings())
    assert isinstance(last, Finished)
    names = {path.relative_to(tmp_path).as_posix() for path in last.result.files}
    package = f"{SOURCE.name}.mlpackage"
    assert {f"{package}/Manifest.json", f"{SOURCE.name}.metal", f"{SOURCE.name}_latents_1.bin"} <= names
    assert any(name.endswith(".ktx2") for name in names)
    assert all(path.is_file() for path in last.result.files)
    width, height = SOURCE.layout.mip_size(1)
    # Reading it, coremltools writes the manifest again.
    copy = shutil.copytree(tmp_path / package, tmp_path / "copy.mlpackage")
    found = Package(copy).run(uv=centres(width, height), mip=np.ones(width * height, np.int32))
    assert np.abs(found["albedo"].reshape(height, width, 3) - SOURCE.decode(1)[SOURCE.maps[0].role]).max() < 1 / 255
    # Without the textures only they go, and nothing else is written again.
    *_, less = export("ios", SOURCE, tmp_path, IosSettings(fallback="none"))
    assert isinstance(less, Finished) and less.result.written == ()
    assert {path.suffix for path in less.result.removed} == {".ktx2"} and not list(tmp_path.glob("*.ktx2"))


def test_maps_have_no_model(material: TextureSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="compressed first"):
        list(export("ios", material, tmp_path / "out"))
    assert not (tmp_path / "out").exists()
