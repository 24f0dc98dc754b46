"""Manifests: files and roles named by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.textures import images, manifest, reading
from core.textures.material import NormalConvention
from core.textures.roles import Role


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    for name, channels in {"a": 3, "b": 3, "packed": 3, "rgba": 4}.items():
        images.write_image(tmp_path / f"{name}.png", rng.random((20, 24, channels), np.float32), 8)
    return tmp_path


def written(folder: Path, content: Any) -> Path:
    path = folder / "wall.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_roles_that_no_file_name_tells(folder: Path) -> None:
    maps = {"albedo +opacity": "rgba.png", "normal": "b.png", "occlusion glossiness metallic": "packed.png"}
    content = {"name": "Old wall", "normal_convention": "directx", "maps": maps}
    (plan,) = manifest.plan(written(folder, content))
    material = reading.read(plan)
    assert material.name == "Old wall" and material.normal_convention is NormalConvention.DIRECTX
    assert set(material.by_role) == {
        Role.ALBEDO,
        Role.OPACITY,
        Role.NORMAL,
        Role.OCCLUSION,
        Role.ROUGHNESS,
        Role.METALLIC,
    }
    packed, _ = images.read_image(folder / "packed.png")
    np.testing.assert_array_equal(material.by_role[Role.OCCLUSION].pixels[:, :, 0], packed[:, :, 0])
    np.testing.assert_allclose(material.by_role[Role.ROUGHNESS].pixels[:, :, 0], 1 - packed[:, :, 1], atol=1e-6)
    rgba, _ = images.read_image(folder / "rgba.png")
    np.testing.assert_array_equal(material.by_role[Role.OPACITY].pixels[:, :, 0], rgba[:, :, 3])


def test_several_materials_and_an_unused_channel(folder: Path) -> None:
    materials = [{"name": "one", "maps": {"albedo": "a.png"}}, {"name": "two", "maps": {"- roughness": "packed.png"}}]
    plans = manifest.plan(written(folder, {"materials": materials}))
    assert [plan.name for plan in plans] == ["one", "two"]
    assert set(reading.read(plans[1]).by_role) == {Role.ROUGHNESS}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "names no material"),
        ("3", "names no material"),
        ({"maps": {}}, "needs"),
        ({"maps": {"albedo": 3}}, "must be a text"),
        ({"maps": {"colour": "a.png"}}, "'colour' is no role"),
        ({"maps": {"- -": "a.png"}}, "names no role"),
        ({"maps": {"albedo": "gone.png"}}, "gone.png"),
        ({"maps": {"albedo +opacity": "a.png"}}, "no alpha"),
        ({"maps": {"occlusion roughness metallic specular": "a.png"}}, "4 roles"),
        ({"maps": {"albedo": "a.png"}, "name": "../evil"}, "name of a material"),
        ({"maps": {"albedo": "a.png"}, "normal_convention": "up"}, "normal_convention"),
        ({"materials": [{"name": "x", "maps": {"albedo": "a.png"}}] * 2}, "two materials"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(folder: Path, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        manifest.plan(written(folder, content))
    assert "\n" not in str(caught.value)
