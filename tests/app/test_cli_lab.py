"""``texloom lab`` from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import cli
from core.codec.metrics import psnr, ssim
from core.coordinate import network_file
from core.textures.images import read_image, write_image
from tests.core.coordinate.networks import random_network, smooth_picture

QUICK = ("--rounds", "2", "--hidden-layers", "2", "--width", "24", "--batch-side", "16")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "waves.png"
    path.parent.mkdir()
    write_image(path, smooth_picture().pixels, 8)
    return path


def test_a_network_its_picture_and_the_report_are_written(image: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "report.json"
    options = ["--export", "glsl,metal,rtx-json,rtx-bin", "--animation", "gif", "--report", str(report)]
    assert cli.main(["lab", str(image), "-o", str(out), *QUICK, *options]) == 0
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert names == {
        "waves.texnet",
        "waves.png",
        "waves-training.gif",
        "glsl/waves/waves.glsl",
        "metal/waves/waves.metal",
        "rtx-json/waves/waves.json",
        "rtx-bin/waves/waves.ns.bin",
    }
    figures = json.loads(report.read_text())
    network = network_file.read(out / "waves.texnet")
    shown, depth = read_image(out / "waves.png")
    assert depth == 8 and np.abs(shown - network.decode()).max() <= 0.51 / 255
    assert figures["psnr_db"] == pytest.approx(psnr(shown, read_image(image)[0]), abs=1e-3)
    assert figures["ssim"] == pytest.approx(ssim(shown, read_image(image)[0]), abs=1e-3)
    assert figures["material"] == "waves" and figures["bit_depth"] == 8
    assert figures["parameters"] == network.architecture.parameters
    assert figures["bytes"] == (out / "waves.texnet").stat().st_size
    assert figures["steps"] == 256 and figures["samples_per_s"] > 0
    assert {"read", "train", "write"} <= set(figures["seconds"])
    assert figures["settings"]["width"] == 24


@pytest.mark.parametrize("channels", [1, 2])
def test_of_a_grey_picture_a_grey_one_is_written(channels: int, tmp_path: Path) -> None:
    waves = smooth_picture().pixels[..., :channels]
    write_image(tmp_path / "grey.png", waves, 8)
    assert cli.main(["lab", str(tmp_path / "grey.png"), "-o", str(tmp_path / "out"), *QUICK]) == 0
    shown, _ = read_image(tmp_path / "out" / "grey.png")
    decoded = network_file.read(tmp_path / "out" / "grey.texnet").decode()
    assert shown.shape == waves.shape and decoded.shape[2] == 2 + channels
    assert np.abs(shown[..., 0] - decoded[..., :3].mean(axis=2)).max() <= 0.51 / 255
    assert psnr(shown, waves) > 18


def test_fewer_bits_a_weight_are_a_smaller_file(image: Path, tmp_path: Path) -> None:
    sizes = []
    for bits in ("32", "8", "4"):
        report = tmp_path / f"{bits}.json"
        words = ["-o", str(tmp_path / bits), "--weight-bits", bits, "--report", str(report)]
        assert cli.main(["lab", str(image), *words, *QUICK]) == 0
        sizes.append(json.loads(report.read_text())["bits_per_texel"])
    assert sizes[0] > 2.5 * sizes[1] > 2.5 * sizes[2]
    again = ["-o", str(tmp_path / "4"), "--resume", *QUICK]
    assert cli.main(["lab", str(image), *again]) == 0
    assert network_file.read(tmp_path / "4" / "waves.texnet").rounding is None


def test_the_same_command_gives_the_same_bytes(image: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        assert cli.main(["lab", str(image), "-o", str(tmp_path / name), *QUICK, "--encoding", "hash"]) == 0
        made.append((tmp_path / name / "waves.texnet").read_bytes())
    assert made[0] == made[1]


def test_training_goes_on_with_the_networks_own_shape(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["lab", str(image), "-o", str(out), *QUICK]) == 0
    again = ["lab", str(image), "-o", str(out), "--rounds", "1", "--width", "32", "--batch-side", "16"]
    assert cli.main([*again, "--resume"]) == 0
    assert "--width" in capsys.readouterr().err
    network = network_file.read(out / "waves.texnet")
    assert network.steps == 384 and network.architecture.width == 24
    start = out / "waves.texnet"
    assert cli.main(["lab", str(image), "-o", str(tmp_path / "else"), "--start", str(start), "--rounds", "1"]) == 0
    assert cli.main([*again[:4], *QUICK[:2], "-o", str(tmp_path / "new"), "--resume"]) == 0
    assert "started from the beginning" in capsys.readouterr().err


def test_a_network_of_the_samples_can_be_the_start(image: Path, tmp_path: Path) -> None:
    from core.coordinate import rtx_file

    rtx_file.write(random_network(), tmp_path / "sample.json")
    out = tmp_path / "out"
    assert cli.main(["lab", str(image), "-o", str(out), "--start", str(tmp_path / "sample.json"), "--rounds", "1"]) == 0
    assert network_file.read(out / "waves.texnet").architecture.hidden_layers == 2


def test_a_start_with_alpha_for_a_picture_without_is_said_as_that(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network_file.write(random_network(channels=4), tmp_path / "clear.texnet")
    start = ["--start", str(tmp_path / "clear.texnet")]
    assert cli.main(["lab", str(image), "-o", str(tmp_path / "out"), *start, "--rounds", "1"]) == 2
    said = capsys.readouterr().err.strip()
    assert "alpha" in said and "layers" not in said and "\n" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--export", "cobol"], "cobol"),
        (["--export", ","], "needs a target"),
        (["--width", "1000"], "--width"),
        (["--report", "figures.txt"], ".json"),
        (["--encoding", "hash", "--hash-coarsest", "64", "--hash-finest", "32"], "--hash-finest"),
        (["--start", "missing.texnet"], "missing.texnet"),
        (["--device", "cuda"], "cuda"),
    ],
)
def test_wrong_options_are_one_sentence_and_write_nothing(
    options: list[str], word: str, image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    if "cuda" in options and torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    out = tmp_path / "out"
    assert cli.main(["lab", str(image), "-o", str(out), *options]) == 2
    said = capsys.readouterr().err.strip()
    assert word in said and "\n" not in said
    assert not out.exists()


def test_the_picture_itself_is_never_written_over(image: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = image.read_bytes()
    assert cli.main(["lab", str(image), "-o", str(image.parent), *QUICK]) == 2
    assert "picture itself" in capsys.readouterr().err
    assert image.read_bytes() == before and list(image.parent.iterdir()) == [image]


def test_files_that_are_not_the_labs_own_are_never_written_over(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever they are called as: each is left as it was, and nothing is written beside it."""
    from core.coordinate import rtx_file

    start = tmp_path / "nets" / "waves.texnet"
    network_file.write(random_network(), start)
    listed = tmp_path / "nets" / "rtx-json" / "waves" / "waves.json"
    rtx_file.write(random_network(), listed)
    strange = tmp_path / "strange"
    for name in ("waves.png", "waves-training.gif", "glsl/waves/waves.glsl"):
        (strange / name).parent.mkdir(parents=True, exist_ok=True)
        (strange / name).write_bytes(b"somebody's")
    (tmp_path / "strange two").mkdir()
    (tmp_path / "strange two" / "waves-training.gif").write_bytes(b"somebody's")
    (tmp_path / "link.texnet").symlink_to(start)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    out = str(tmp_path / "out")
    for options, word in (
        (["-o", str(strange)], "waves.png"),
        (["-o", str(tmp_path / "strange two"), "--animation", "gif"], "waves-training.gif"),
        (["-o", str(start.parent), "--start", str(start)], "--resume"),
        (["-o", str(start.parent), "--start", str(tmp_path / "link.texnet")], "--resume"),
        (["-o", str(start.parent), "--start", str(listed), "--export", "rtx-json"], "network to start from"),
        (["-o", out, "--start", str(listed), "--report", str(listed)], "network to start from"),
        (["-o", out, "--export", "rtx-json", "--report", f"{out}/rtx-json/waves/waves.json"], "report"),
    ):
        assert cli.main(["lab", str(image), "--rounds", "1", *options]) == 2, options
        said = capsys.readouterr().err.strip()
        assert word in said and "\n" not in said
        assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == before
    assert not Path(out).exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--encoding", "hash", "--export", "hlsl,rtx-json"], "JSON layout"),
        (["--activation", "tanh", "--export", "rtx-bin"], "block layout"),
        (["--hidden-layers", "8", "--export", "rtx-bin"], "7 hidden layers"),
        (["--export", "glsl"], "glsl"),
        (["--animation", "gif"], "waves-training.gif"),
        ([], "waves.texnet"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_training(
    options: list[str], word: str, image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if options == ["--export", "glsl"]:
        (out / "glsl").write_text("in the way")
    elif "gif" in options:
        (out / "waves-training.gif").mkdir()
    elif not options:
        (out / "waves.texnet").mkdir()
    before = sorted(out.rglob("*"))
    assert cli.main(["lab", str(image), "-o", str(out), *QUICK, *options]) == 2
    said = capsys.readouterr().err.strip()
    assert word in said and "\n" not in said
    assert sorted(out.rglob("*")) == before


def test_an_export_that_fails_in_the_end_leaves_the_rest_and_is_no_success(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody puts a file where the folder of one target belongs while the training runs."""
    from app.commands import lab

    out, report = tmp_path / "out", tmp_path / "report.json"
    follow = lab.terminal.follow

    def disturbed(*values: Any) -> Any:
        finished = follow(*values)
        out.mkdir()
        (out / "glsl").write_text("in the way")
        return finished

    monkeypatch.setattr(lab.terminal, "follow", disturbed)
    options = ["--export", "glsl,hlsl", "--report", str(report)]
    assert cli.main(["lab", str(image), "-o", str(out), *QUICK, *options]) == 1
    assert "glsl" in capsys.readouterr().err
    assert (out / "hlsl" / "waves" / "waves.hlsl").exists() and (out / "waves.texnet").exists()
    assert any("glsl" in notice for notice in json.loads(report.read_text())["notices"])


def test_a_time_budget_ends_the_run(image: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = ["--time-budget", "1", "--report", str(report), "--transform", "warp"]
    assert cli.main(["lab", str(image), "-o", str(tmp_path / "out"), *options]) == 0
    figures = json.loads(report.read_text())
    assert figures["transform"] == "warp" and figures["seconds"]["train"] >= 1.0
