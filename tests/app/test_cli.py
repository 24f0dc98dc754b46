"""The command line: arguments, errors, exit codes, and the commands that need no training."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.commands import demonstration
from app.commands.batch import as_manifest
from app.display import display_problem
from core.codec import container
from core.codec.layout import LatentGrid
from core.codec.settings import CompressSettings
from core.exporters import TARGETS
from core.jobs import describe
from core.textures import images, manifest, reading, samples
from tests.core.codec.materials import random_texture

COMMANDS = ("compress", "decode", "export", "info", "compare", "render", "samples", "batch")


@pytest.fixture(autouse=True)
def own_log(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("TEXLOOM_HOME", str(tmp_path_factory.mktemp("home")))


def texloom(*arguments: object) -> int:
    """As a person would call it, without the start of a process."""
    try:
        return cli.main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "Wall"
    images.write_set(samples.generate("bricks", 64), folder)
    return folder


# --- start-up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["compress", "--help"], ["info", "missing.texloom"]])
def test_starts_without_torch_qt_and_gl(arguments: list[str]) -> None:
    check = (
        "import sys; from app.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'PySide6', 'moderngl', 'pyqtgraph', 'OpenImageIO'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_main_py_is_the_same_command() -> None:
    main = Path(cli.__file__).resolve().parents[1] / "main.py"
    done = subprocess.run([sys.executable, main, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("texloom ")


# --- usage -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom(command, "--help") == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("command", ["compress", "batch"])
def test_every_setting_is_an_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    texloom(command, "--help")
    text = capsys.readouterr().out
    for field in describe(CompressSettings):
        assert field.option in text
    for option in ("-o", "--resume", "--export", "--report", "--tensorboard"):
        assert option in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compress"], "required"),
        (["compress", "{in}"], "-o"),
        (["compress", "{in}", "-o", "{out}", "--bpp", "x"], "'x' is not a number"),
        (["compress", "{in}", "-o", "{out}", "--bpp", "nan"], "not a number"),
        (["compress", "{in}", "-o", "{out}", "--bpp", "0.1"], "--bpp must be at least 0.5"),
        (["compress", "{in}", "-o", "{out}", "--seed", "1.5"], "whole number"),
        (["compress", "{in}", "-o", "{out}", "--bpp", "5", "--max-bytes", "9999"], "not allowed with"),
        (["compress", "{in}", "-o", "{out}", "--preset", "best"], "draft"),
        (["compress", "{in}", "-o", "{out}", "--pre", "draft"], "--pre"),
        (["compress", "{in}", "-o", "{out}", "--export", "unity"], "ue5"),
        (["compress", "{in}", "-o", "{out}", "--export", "bc"], "doesn't exist yet"),
        (["compress", "{in}", "-o", "{out}", "--report", "r.txt"], ".json"),
        (["compress", "{in}", "-o", "{out}", "--report", "{file}/r.json"], "is a file"),
        (["compress", "{in}", "-o", "{out}", "--seed", "-1"], "at least 0, not -1"),
        (["compress", "{in}", "-o", "{out}", "--seed", "9999999999"], "at most 2147483647, not 9999999999"),
        (["compress", "{in}", "-o", ""], "empty"),
        (["compress", "{in}", "-o", "{file}/out"], "is a file"),
        (["compress", "{in}/gone", "-o", "{out}"], "does not exist"),
        (["compress", "{empty}", "-o", "{out}"], "image"),
        (["compress", "{file}", "-o", "{out}"], "picture.png"),
        (["compress", "{in}", "-o", "{file}"], "is a file"),
        (["decode", "gone.texloom", "-o", "{out}"], "does not exist"),
        (["decode", "{in}", "-o", "{out}"], "is a folder"),
        (["decode", "{file}", "-o", "{out}"], "picture.png"),
        (["info", "{file}"], "picture.png"),
        (["export", "{in}", "--target", "gltf", "-o", "{out}"], "doesn't exist yet"),
        (["export", "{in}", "--target", "images", "-o", "{in}"], "read from"),
        (["render", "{in}", "-o", "{out}.gif"], ".png"),
        (["render", "{in}", "-o", "{out}.png", "--sampler", "neural"], "compress it first"),
        (["render", "{in}", "-o", "{out}.png", "--size", "9x9"], "1024x768"),
        (["render", "{in}", "-o", "{out}.png", "--channel", "emissive"], "no emissive map"),
        (["render", "{in}", "-o", "{out}.png", "--hdri", "gone.hdr"], "gone.hdr"),
        (["render", "{in}", "-o", "{out}.png", "--tiling", "0"], "--tiling"),
        (["render", "{in}", "-o", "{out}.png", "--rotate", "nan"], "not an angle"),
        (["compare", "{in}", "{empty}"], "image"),
        (["batch", "{file}", "-o", "{out}"], "not a folder"),
        (["batch", "{in}", "-o", "{out}", "--workers", "0"], "--workers"),
        (["samples", "-o", "{out}", "--size", "5"], "16"),
        (["compres", "{in}"], "neither a file nor a command"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_bad_usage_is_one_sentence_and_changes_nothing(
    arguments: list[str], words: str, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"in": sample, "out": tmp_path / "out", "empty": tmp_path / "empty", "file": tmp_path / "picture.png"}
    places["empty"].mkdir()
    places["file"].write_text("no picture at all")
    before = sorted(tmp_path.rglob("*")) + sorted(sample.rglob("*"))
    assert texloom(*(argument.format(**places) for argument in arguments)) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
    assert sorted(tmp_path.rglob("*")) + sorted(sample.rglob("*")) == before


def test_the_unexpected_is_one_sentence_and_the_traceback_goes_to_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEXLOOM_HOME", str(tmp_path))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(samples, "write_samples", broken)
    assert texloom("samples", "-o", tmp_path / "out") == 1
    said = capsys.readouterr().err
    log = tmp_path / "log" / "texloom.log"
    assert str(log) in said and "Traceback" not in said and said.count("\n") == 1
    assert "ZeroDivisionError: a bug" in log.read_text(encoding="utf-8")


# --- the window, or not ----------------------------------------------------------------------------------------


def test_no_display() -> None:
    assert "DISPLAY" in display_problem({}, "linux")
    assert display_problem({}, "darwin") == "" and display_problem({}, "win32") == ""
    assert display_problem({"WAYLAND_DISPLAY": "wayland-0"}, "linux") == ""
    assert display_problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""
    assert display_problem({"DISPLAY": "far.away:10"}, "linux") == ""
    assert "doesn't answer" in display_problem({"DISPLAY": ":4711"}, "linux")


def test_the_display_of_these_tests_answers() -> None:
    if os.environ.get("DISPLAY"):
        assert display_problem(dict(os.environ), "linux") == ""


def test_paths_without_a_display_are_not_ignored(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert texloom(sample) == 1
    assert f"texloom compress {sample} -o OUT" in capsys.readouterr().err


def test_the_demonstration_never_writes_into_a_folder_of_somebody_else(tmp_path: Path) -> None:
    assert demonstration.free_folder(tmp_path).name == "texloom-out"
    (tmp_path / "texloom-out").mkdir()
    assert demonstration.free_folder(tmp_path).name == "texloom-out"
    (tmp_path / "texloom-out" / "letter.txt").write_text("mine")
    assert demonstration.free_folder(tmp_path).name == "texloom-out-2"
    (tmp_path / "texloom-out" / ".texloom-files").write_text("")
    assert demonstration.free_folder(tmp_path).name == "texloom-out"


# --- commands that need no training ----------------------------------------------------------------------------


def test_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom("samples", "-o", tmp_path / "out", "--size", 32) == 0
    folders = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert len(folders) == len(samples.SAMPLE_NAMES)
    assert all(any(folder.glob("*.png")) for folder in folders)


def test_export_images_and_compare(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom("export", sample, "--target", "images", "-o", tmp_path / "copy") == 0
    capsys.readouterr()
    assert texloom("compare", sample, tmp_path / "copy", "--json") == 0
    same = json.loads(capsys.readouterr().out)
    assert same["psnr_db"] is None and all(entry["psnr_db"] is None for entry in same["maps"])

    roughness = next((tmp_path / "copy").glob("*Roughness*"))
    pixels, depth = images.read_image(roughness)
    images.write_image(roughness, np.clip(pixels + np.float32(10 / 255), 0, 1), depth)
    assert texloom("compare", sample, tmp_path / "copy", "--json") == 0
    other = json.loads(capsys.readouterr().out)
    changed = next(entry for entry in other["maps"] if entry["role"] == "roughness")
    source, _ = images.read_image(next(sample.glob("*Roughness*")))
    error = float(np.mean((np.clip(source + np.float32(10 / 255), 0, 1) - source) ** 2))
    channels = sum(entry["channels"] for entry in other["maps"])
    assert changed["psnr_db"] == pytest.approx(-10 * np.log10(error), abs=0.01)
    assert other["psnr_db"] == pytest.approx(-10 * np.log10(error / channels), abs=0.01)
    assert all(entry["psnr_db"] is None for entry in other["maps"] if entry is not changed)

    assert texloom("compare", sample, tmp_path / "copy") == 0
    table = capsys.readouterr().out
    assert "∞" in table and f"psnr_db {other['psnr_db']:.2f}" in table


def test_compare_counts_only_what_both_have_and_says_so(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texloom("export", sample, "--target", "images", "-o", tmp_path)
    next(tmp_path.glob("*Occlusion*")).unlink()
    capsys.readouterr()
    assert texloom("compare", sample, tmp_path, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["missing"] == ["occlusion"] and "occlusion" in result["notices"][-1]


def test_sizes_must_agree(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    images.write_set(samples.generate("bricks", 32), tmp_path)
    assert texloom("compare", sample, tmp_path) == 2
    assert "32 × 32" in capsys.readouterr().err


def test_export_does_not_write_over_files_of_the_user(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next(sample.glob("*Color*")).name
    (tmp_path / name).write_text("precious")
    assert texloom("export", sample, "--target", "images", "-o", tmp_path) == 2
    assert name in capsys.readouterr().err
    assert (tmp_path / name).read_text() == "precious"


def test_export_ue5_from_a_folder(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom("export", sample, "--target", "ue5", "-o", tmp_path, "--bpp", "10") == 0
    said = capsys.readouterr()
    assert {"hash_grid_0.dds", "hash_grid_1.dds", "network_data.npz"} <= {p.name for p in tmp_path.iterdir()}
    assert str(tmp_path / "network_data.npz") in said.out and "dB" in said.out
    assert "100 %" in said.err and "DirectX" in said.err


def test_render(sample: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    assert texloom("render", sample, "-o", picture, "--size", "96x64", "--shape", "plane", "--channel", "albedo") == 0
    pixels, depth = images.read_image(picture)
    assert pixels.shape == (64, 96, 3) and depth == 8
    assert pixels.std() > 0.01


def test_render_from_latents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), tmp_path / "r.texloom")
    picture = tmp_path / "picture.png"
    asked = ("render", tmp_path / "r.texloom", "-o", picture, "--size", "48x32", "--sampler", "neural", "--channel")
    assert texloom(*asked, "roughness") == 2
    assert "has no roughness map; it has albedo, metallic" in capsys.readouterr().err and not picture.exists()
    assert texloom(*asked, "albedo") == 0
    assert images.read_image(picture)[0].std() > 0.01
    assert "multiply-adds a read" in capsys.readouterr().out


def test_render_refuses_to_replace_a_source(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = next(sample.glob("*Color*"))
    before = source.read_bytes()
    assert texloom("render", sample, "-o", source, "--size", "32x32") == 2
    assert source.read_bytes() == before and "own files" in capsys.readouterr().err


def test_a_plan_survives_the_way_to_another_process(sample: Path, tmp_path: Path) -> None:
    (plan,) = reading.plan([sample])
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(as_manifest(plan)), encoding="utf-8")
    (again,) = manifest.plan(path)
    assert again.name == plan.name
    first, second = reading.read(plan), reading.read(again)
    assert first.files == second.files and list(first.by_role) == list(second.by_role)
    for role, texture in first.by_role.items():
        np.testing.assert_array_equal(texture.pixels, second.by_role[role].pixels)


# --- export: settings of each target, presets ----------------------------------------------------------------------


def test_every_target_tells_its_own_settings(capsys: pytest.CaptureFixture[str]) -> None:
    for target in TARGETS.values():
        assert texloom("export", "--target", target.name, "--help") == 0
        text = capsys.readouterr().out
        shown = {word.strip("[],") for word in text.split() if word.strip("[").startswith("--")}
        for other in TARGETS.values():
            options = {field.option for field in describe(other.settings)}
            assert options <= shown if other is target else not (options - own_options(target.name)) & shown


def own_options(target: str) -> set[str]:
    return {field.option for field in describe(TARGETS[target].settings)}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--target", "bc", "--block", "4x4"], "--block is no setting of bc but of astc"),
        (["--target=images", "--wrap", "3"], "--wrap is no setting of images but of ue5"),
        (["--target", "astc", "--block", "3x3"], "invalid choice: '3x3'"),
        (["--target", "unity"], "There is no export target 'unity'"),
        (["--target", "bc", "--export-preset", "nowhere"], "There is no export preset 'nowhere'"),
        (["--target", "gltf", "--export-preset", "unreal"], "The preset unreal says nothing about gltf"),
        (["--target", "images", "--layout", "X = shine"], "'shine' in the layout"),
        (["--target", "bc", "--names", "wall"], "must contain {role}"),
    ],
)
def test_export_settings_that_can_not_be(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert texloom("export", sample, *arguments, "-o", tmp_path / "out") == 2
    captured = capsys.readouterr()
    assert sentence in captured.err and captured.out == ""
    assert not (tmp_path / "out").exists()


def test_export_by_a_preset_that_options_change(
    sample: Path, tmp_path: Path, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ("export", sample, "--target", "images", "-o")
    assert texloom(*common, tmp_path / "a", "--export-preset", "unreal", "--format", "tga") == 0
    assert (tmp_path / "a" / "Wall_ORM.tga").is_file()
    folder = Path(os.environ["TEXLOOM_HOME"]) / "config" / "export_presets"
    folder.mkdir(parents=True)
    own = {"schema": 1, "targets": {"images": {"layout": "All = albedo +roughness"}}}
    (folder / "ours.json").write_text(json.dumps(own), encoding="utf-8")
    capsys.readouterr()
    assert texloom(*common, tmp_path / "b", "--export-preset", "ours") == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "b" / "All.png")]
    assert texloom(*common, tmp_path / "c", "--export-preset", folder / "ours.json") == 0
    # Again into the same folder: what is no part any more goes, and is said.
    assert texloom(*common, tmp_path / "b", "--format", "tiff") == 0
    assert "Removed" in capsys.readouterr().err and not (tmp_path / "b" / "All.png").exists()
    assert texloom(*common, tmp_path / "b", "--format", "tiff") == 0
    assert "files were up to date" in capsys.readouterr().err


def test_compress_checks_the_export_preset_first(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ("compress", sample, "-o", tmp_path / "out", "--export-preset")
    for arguments, sentence in (
        (["unreal"], "--export-preset needs --export"),
        (["unreal", "--export", "npz"], "says nothing about npz"),
        (["nowhere", "--export", "bc"], "no export preset 'nowhere'"),
    ):
        assert texloom(*common, *arguments) == 2
        assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
