"""Presets: only what differs is said, what is unknown is kept, what is wrong is one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import InputError
from core.exporters import TARGETS, presets
from core.exporters.settings import ImagesSettings


def test_every_built_in_preset_can_be_used() -> None:
    built_in = presets.available()
    assert {"unreal", "unity", "godot", "blender"} <= set(built_in)
    for preset in built_in.values():
        assert preset.path is None and preset.title and preset.sentence
        assert set(preset.content["targets"]) <= set(TARGETS) and preset.targets
        for target in preset.targets:
            settings = preset.settings(target)
            # Nothing is said that a default says already.
            assert preset.with_settings(target, settings).content == preset.content


def test_a_preset_comes_back_with_what_is_not_known(tmp_path: Path) -> None:
    content = {
        "schema": 1,
        "title": "Ours",
        "mood": "good",
        "targets": {"images": {"format": "exr", "dither": True}, "hologram": {"depth": 3}},
    }
    (tmp_path / "ours.json").write_text(json.dumps(content), encoding="utf-8")
    preset = presets.find("ours", tmp_path)
    assert preset.title == "Ours" and preset.targets == ("images",)
    assert preset.settings("images") == ImagesSettings(format="exr")
    assert preset.settings("images", {"format": "tiff"}) == ImagesSettings(format="tiff")
    saved = presets.save(preset.with_settings("images", ImagesSettings()), tmp_path)
    assert saved.path == tmp_path / "ours.json"
    content["targets"]["images"] = {"dither": True}
    assert json.loads((tmp_path / "ours.json").read_text(encoding="utf-8")) == content


def test_the_users_own_preset_comes_first(tmp_path: Path) -> None:
    presets.save(presets.ExportPreset("unreal").with_settings("images", ImagesSettings(format="tiff")), tmp_path)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert presets.available(tmp_path)["unreal"].settings("images").format == "tiff"
    assert "broken" not in presets.available(tmp_path)
    with pytest.raises(InputError, match=r"broken\.json is not valid JSON"):
        presets.find("broken", tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not valid JSON"),
        ("[]", "targets"),
        ('{"schema": 1}', "targets"),
        ('{"schema": 1, "targets": {"images": 3}}', "targets"),
        ('{"schema": 9, "targets": {}}', "newer version"),
        ('{"targets": {}}', "newer version"),
    ],
)
def test_what_is_no_preset_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        presets.load(tmp_path / "x.json")


def test_settings_that_can_not_be(tmp_path: Path) -> None:
    for values, sentence in (({"format": "bmp"}, "--format must be one of"), ({"format": 3}, "must be a str")):
        preset = presets.ExportPreset("ours", {"targets": {"images": values}})
        with pytest.raises(InputError, match=f"preset ours can't be used for images: .*{sentence}"):
            preset.settings("images")
    with pytest.raises(InputError, match="says nothing about ue5; it is for images"):
        presets.ExportPreset("ours", {"targets": {"images": {}}}).settings("ue5")
    with pytest.raises(InputError, match=r"no export preset 'nowhere'; there are .*unreal"):
        presets.find("nowhere", tmp_path)
