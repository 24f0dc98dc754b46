"""The reference decoder of docs/exports.md, run on what the targets npz and safetensors write."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import NeuralTexture, StoredMap
from core.errors import InputError
from core.exporters import export
from core.jobs import Finished
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role
from tests.core.codec.materials import random_texture

DOCUMENT = Path(__file__).parents[3] / "docs" / "exports.md"
SOURCES = (
    random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4))),
    random_texture(33, 20, (LatentGrid(4, 5, 16), LatentGrid(8, 19, 3), LatentGrid(16, 2, 1))),
)
CONSTANT = NeuralTexture(
    "c",
    8,
    4,
    (StoredMap(Role.ALBEDO, "a.png", 8, (0.25, 0.5, 1.0)),),
    (),
    NormalConvention.OPENGL,
    LatentLayout(8, 4, 0, (), ()),
    (),
    (),
    np.zeros(0, np.float32),
)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    text = DOCUMENT.read_text(encoding="utf-8")
    (code,) = re.findall(r"<!-- reference decoder -->\n```python\n(.*?)```", text, re.DOTALL)
    assert len(code.splitlines()) <= 60 and set(re.findall(r"^(?:import|from) (\w+)", code, re.M)) == {"json", "numpy"}
    names: dict[str, Any] = {}
    exec(compile(code, DOCUMENT.name, "exec"), names)
    return names


def from_npz(folder: Path) -> tuple[Any, dict[str, Any]]:
    (arrays,), (facts,) = folder.glob("*.npz"), folder.glob("*.json")
    return np.load(arrays, allow_pickle=False), json.loads(facts.read_text(encoding="utf-8"))


def from_safetensors(folder: Path) -> tuple[Any, dict[str, Any]]:
    (path,) = folder.glob("*.safetensors")
    with safe_open(path, "numpy") as file:
        metadata = file.metadata()
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    return arrays, json.loads(metadata["texloom"])


@pytest.mark.parametrize(("target", "read"), [("npz", from_npz), ("safetensors", from_safetensors)])
@pytest.mark.parametrize("source", [*SOURCES, CONSTANT], ids=["two-grids", "three-grids", "constant"])
def test_the_reference_decoder(
    source: NeuralTexture, target: str, read: Any, reference: dict[str, Any], tmp_path: Path
) -> None:
    *_, last = export(target, source, tmp_path)
    assert isinstance(last, Finished)
    arrays, facts = read(tmp_path)
    for mip in range(source.mip_levels):
        found = reference["decode"](arrays, facts, mip)
        assert list(found) == [str(role) for role in source.roles]
        for m in source.maps:
            scale = m.transform.high - m.transform.low
            wanted = source.decode(mip, roles=(m.role,))[m.role]
            np.testing.assert_allclose(found[str(m.role)], wanted, atol=2e-4 * scale)


def test_safetensors_are_the_same_bytes_again(tmp_path: Path, material: TextureSet) -> None:
    list(export("safetensors", SOURCES[0], tmp_path))
    *_, last = export("safetensors", SOURCES[0], tmp_path)
    assert isinstance(last, Finished)
    assert last.result.written == () and len(last.result.unchanged) == 1
    with pytest.raises(InputError, match="compressed first"):
        list(export("safetensors", material, tmp_path))
