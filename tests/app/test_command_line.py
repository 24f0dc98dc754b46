"""A command line that was copied means to the terminal what the window would have done."""

from __future__ import annotations

import dataclasses
import shlex
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from app.cli import build_parser
from app.command_line import command_line
from app.commands import compress, materials
from app.document import Material
from app.sources import SampleSource
from core.codec.settings import CompressSettings
from core.jobs import describe
from core.textures import reading, samples
from core.textures.material import NormalConvention, TextureSet
from core.textures.plan import MaterialPlan
from core.textures.roles import Role

EVERYTHING = CompressSettings(
    bpp=3.141592653589793,
    preset="studio",
    time_budget=90.5,
    device="cpu",
    target_maps="normal=38 albedo=40",
    loss_weights="albedo=2",
    balance="balanced",
    grids="4:16:2 16:20:4:0.05",
    decoder="64-64",
    noise=0.5,
    noise_anneal=True,
    round_from=0.25,
    seed=7,
    early_stop=False,
    early_stop_interval=500,
    early_stop_db=0.02,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return samples.write_samples(tmp_path / "my sets", size=32)[0]


@pytest.fixture
def plan(folder: Path) -> MaterialPlan:
    (made,) = reading.plan([folder])
    return made


def parsed(text: str) -> list[Namespace]:
    """What the command line understands of each command in turn."""
    words = shlex.split(text)
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "&&":
            commands.append([])
        else:
            commands[-1].append(word)
    assert all(command.pop(0) == "texloom" for command in commands)
    return [build_parser().parse_args(command) for command in commands]


def line_of(material: MaterialPlan | SampleSource, tmp_path: Path, settings: CompressSettings | None = None) -> str:
    is_plan = isinstance(material, MaterialPlan)
    made = Material(1, material.name, material, plan=material if is_plan else None)
    return command_line(made, settings or CompressSettings(), tmp_path / "out")


def understood(material: MaterialPlan, tmp_path: Path) -> MaterialPlan:
    (options,) = parsed(line_of(material, tmp_path))
    (found,) = materials.plans(options.inputs)
    return found


def same_pixels(one: TextureSet, other: TextureSet) -> bool:
    return (one.name, one.normal_convention) == (other.name, other.normal_convention) and all(
        (a.role, a.file, a.bit_depth) == (b.role, b.file, b.bit_depth) and (a.pixels == b.pixels).all()
        for a, b in zip(one.maps, other.maps, strict=True)
    )


@pytest.mark.parametrize(
    "settings",
    [
        CompressSettings(),
        EVERYTHING,
        CompressSettings(target_psnr=40.0),
        CompressSettings(max_bytes=123456),
        CompressSettings(match="bc", seed=3),
        CompressSettings(target_maps="normal=38"),
    ],
)
def test_the_settings_are_the_same(plan: MaterialPlan, tmp_path: Path, settings: CompressSettings) -> None:
    (options,) = parsed(line_of(plan, tmp_path, settings))
    request = compress.request_from(options)
    sizeless = {"bpp": 5.0} if settings.sized_by != "bpp" else {}
    assert dataclasses.replace(request.settings, **sizeless) == dataclasses.replace(settings, **sizeless)
    assert request.output == tmp_path / "out"


def test_every_setting_is_tried() -> None:
    sizes = {"target_psnr", "max_bytes", "match"}
    assert all(getattr(EVERYTHING, f.name) != f.default for f in describe(CompressSettings) if f.name not in sizes)


def test_of_several_demands_the_one_that_counts_is_said(plan: MaterialPlan, tmp_path: Path) -> None:
    both = CompressSettings(bpp=2.0, match="bc", target_psnr=40.0, max_bytes=9999)
    (options,) = parsed(line_of(plan, tmp_path, both))
    assert compress.request_from(options).settings == CompressSettings(match="bc")


def test_a_folder_with_one_set_is_named_itself(plan: MaterialPlan, folder: Path, tmp_path: Path) -> None:
    (options,) = parsed(line_of(plan, tmp_path))
    assert options.inputs == [folder]


def test_corrections_come_along(plan: MaterialPlan, tmp_path: Path) -> None:
    rough = next(file for file in plan.files if file.roles == (Role.ROUGHNESS,))
    corrected = plan.assign(rough.path, (Role.SPECULAR,)).with_normal_convention(NormalConvention.DIRECTX)
    found = understood(corrected, tmp_path)
    assert found.normal_convention is NormalConvention.DIRECTX
    assert same_pixels(reading.read(found), reading.read(corrected))
    assert len(list(rough.path.parent.iterdir())) == len(plan.files), "nothing is put into the user's folder"
    again = understood(plan.assign(rough.path, ()), tmp_path)
    assert Role.ROUGHNESS not in reading.read(again).by_role
    assert same_pixels(reading.read(understood(corrected, tmp_path)), reading.read(corrected)), "both lines hold"


def test_packed_inverted_and_alpha_channels_come_along(plan: MaterialPlan, tmp_path: Path) -> None:
    albedo = next(file for file in plan.files if file.roles == (Role.ALBEDO,))
    packed = dataclasses.replace(albedo, roles=(Role.OPACITY, None, Role.ROUGHNESS), glossiness=True)
    own = dataclasses.replace(plan, name="a: b", files=(packed,))
    found = understood(own, tmp_path)
    (file,) = found.files
    assert (file.path, file.roles, file.glossiness) == (packed.path, packed.roles, True)
    assert found.name == "a_ b"


def test_of_several_sets_in_a_folder_only_this_one_is_meant(plan: MaterialPlan, folder: Path, tmp_path: Path) -> None:
    for file in list(folder.iterdir()):
        shutil.copy(file, folder / file.name.replace("Bricks", "Cobbles"))
    first, second = reading.plan([folder])
    for one in (first, second):
        assert same_pixels(reading.read(understood(one, tmp_path)), reading.read(one))


def test_a_sample_is_written_first(tmp_path: Path) -> None:
    source = SampleSource("cobbles", 32, 5)
    write, options = parsed(line_of(source, tmp_path))
    assert write.run(write) == 0
    (found,) = materials.plans(options.inputs)
    made = samples.generate("cobbles", 32, seed=5)
    assert same_pixels(dataclasses.replace(reading.read(found), name=made.name), made)
