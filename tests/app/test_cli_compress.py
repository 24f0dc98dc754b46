"""The commands around compression, on a material small enough to train in a second."""

from __future__ import annotations

import importlib.util
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.commands import demonstration
from core.codec.settings import CompressSettings
from core.textures import images, samples

QUICK = ("--bpp", "12", "--time-budget", "1")
REPORT_KEYS = {
    *("schema", "version", "material", "width", "height", "mip_levels", "psnr_db", "bits_per_texel"),
    *("vram_bits_per_texel", "bytes", "maps", "mips", "seconds", "cpu_seconds", "steps", "samples", "device"),
    *("seed", "settings", "notices"),
}
MAP_KEYS = {
    *("role", "file", "channels", "bit_depth", "psnr_db", "ssim", "flip", "normal_angle_deg"),
    *("seam_ratio", "seam_ratio_source", "seam_edges"),
}


def texloom(*arguments: object) -> int:
    try:
        return cli.main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture(autouse=True)
def own_log(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("TEXLOOM_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good materials and a broken one."""
    root = tmp_path_factory.mktemp("tree")
    images.write_set(samples.generate("bricks", 128), root / "Bricks")
    images.write_set(samples.generate("cobbles", 128), root / "stones" / "Cobbles")
    (root / "Broken").mkdir()
    (root / "Broken" / "Broken_Color.png").write_text("no picture")
    return root


@pytest.fixture(scope="module")
def compressed(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with ``Bricks.texloom``, its report and exports."""
    out = tmp_path_factory.mktemp("out")
    code = texloom(
        *("compress", tree / "Bricks", "-o", out, *QUICK, "--report", out / "report.json"),
        *("--export", "images,npz,ue5"),
    )
    assert code == 0
    return out


@pytest.fixture(scope="module")
def container(compressed: Path) -> Path:
    (path,) = compressed.glob("*.texloom")
    return path


def test_report_has_exactly_the_fields_of_the_contract(compressed: Path, container: Path) -> None:
    report = json.loads((compressed / "report.json").read_text(encoding="utf-8"))
    assert set(report) == REPORT_KEYS
    assert all(set(entry) == MAP_KEYS for entry in report["maps"])
    assert set(report["seconds"]) == {"read", "train", "write"}
    assert report["bytes"] == container.stat().st_size
    assert report["bits_per_texel"] == pytest.approx(8 * report["bytes"] / (128 * 128), abs=1e-3)
    assert report["settings"]["time_budget"] == 1


def test_exports_lie_by_target_and_material(compressed: Path, container: Path) -> None:
    for target in ("images", "npz", "ue5"):
        assert any((compressed / target / container.stem).iterdir())


def test_baselines_stand_beside_the_result(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.json"
    names = ["bc", "astc-12x12", "jpeg", "downsampled"]
    wanted = ",".join(names)
    assert texloom("compress", tree / "Bricks", "-o", tmp_path, *QUICK, "--baseline", wanted, "--report", path) == 0
    said = capsys.readouterr().out
    report = json.loads(path.read_text(encoding="utf-8"))
    assert set(report) == {*REPORT_KEYS, "baselines"}
    assert [entry["name"] for entry in report["baselines"]] == names
    for entry in report["baselines"]:
        assert [m["role"] for m in entry["maps"]] == [m["role"] for m in report["maps"]]
        assert f"{entry['psnr_db']:.2f} dB" in said
    bits = {entry["name"]: entry["bits_per_texel"] for entry in report["baselines"]}
    assert bits["bc"] == 24 and bits["jpeg"] <= report["bits_per_texel"] >= bits["downsampled"]


def test_an_unknown_baseline_is_refused_before_anything_is_written(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("bc9", "", "bc,astc"):
        assert texloom("compress", tree / "Bricks", "-o", tmp_path / "out", f"--baseline={text}") == 2
        said = capsys.readouterr().err
        assert "astc-6x6" in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_decode_compare_and_report_agree(
    tree: Path, compressed: Path, container: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert texloom("decode", container, "-o", tmp_path / "decoded") == 0
    decoded = sorted(path.name for path in (tmp_path / "decoded").glob("*.png"))
    assert decoded == sorted(path.name for path in (tree / "Bricks").iterdir())
    report = json.loads((compressed / "report.json").read_text(encoding="utf-8"))
    for other in (tmp_path / "decoded", container):
        capsys.readouterr()
        assert texloom("compare", tree / "Bricks", other, "--json") == 0
        figures = json.loads(capsys.readouterr().out)
        assert figures["psnr_db"] == pytest.approx(report["psnr_db"], abs=0.01)
        for mine, theirs in zip(figures["maps"], report["maps"], strict=True):
            assert mine["psnr_db"] == pytest.approx(theirs["psnr_db"], abs=0.01)
            assert mine["ssim"] == pytest.approx(theirs["ssim"], abs=1e-3)


@pytest.mark.parametrize(("mip", "suffix"), [(1, "tiff"), (7, "exr")])
def test_decode_other_levels_and_formats(container: Path, tmp_path: Path, mip: int, suffix: str) -> None:
    assert texloom("decode", container, "-o", tmp_path, "--mip", mip, "--format", suffix) == 0
    for path in tmp_path.glob("*." + suffix):
        assert images.read_header(path).width == 128 >> mip
    assert len(list(tmp_path.glob("*." + suffix))) == 5


def test_decode_protects_the_source_folder(
    tree: Path, container: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in (tree / "Bricks").iterdir()}
    assert texloom("decode", container, "-o", tree / "Bricks") == 2
    assert "was not written by Texloom" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (tree / "Bricks").iterdir()} == before
    assert texloom("decode", container, "-o", tmp_path) == 0
    assert texloom("decode", container, "-o", tmp_path) == 0
    assert texloom("decode", container, "-o", tmp_path, "--mip", "8") == 2
    assert "0 to 7" in capsys.readouterr().err


def test_info(container: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom("info", container) == 0
    text = capsys.readouterr().out
    assert "128 × 128, 8 mip levels" in text and "roughness" in text
    assert texloom("info", container, "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert values["bytes"] == container.stat().st_size and "albedo" in values["roles"]
    assert 0 < values["latents"]["bytes"] <= values["latents"]["packed_bytes"]


def test_info_says_what_entropy_coding_saves(
    container: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from core.codec.container import read, write

    coded = tmp_path / "coded.texloom"
    write(read(container), coded, entropy_coded=True)
    assert texloom("info", coded) == 0
    assert "entropy coding: latents take" in capsys.readouterr().out
    assert texloom("info", coded, "--json") == 0
    values = json.loads(capsys.readouterr().out)
    assert 0 < values["latents"]["bytes"] < values["latents"]["packed_bytes"]


def test_info_loads_no_torch(container: Path) -> None:
    check = (
        f"import sys; from app.cli import main; main(['info', {str(container)!r}]); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_a_damaged_container_is_one_sentence(
    container: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.texloom"
    damaged.write_bytes(container.read_bytes()[:-100])
    for arguments in (
        ["info", damaged],
        ["decode", damaged, "-o", tmp_path / "out"],
        ["render", damaged, "-o", "x.png"],
    ):
        assert texloom(*arguments) == 2
        said = capsys.readouterr().err
        assert "damaged.texloom" in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_render_and_export_take_a_container(container: Path, tmp_path: Path) -> None:
    assert texloom("render", container, "-o", tmp_path / "a.png", "--size", "64x48") == 0
    assert texloom("export", container, "--target", "images", "-o", tmp_path / "images", "--format", "tiff") == 0
    assert len(list((tmp_path / "images").glob("*.tiff"))) == 5


def test_batch_goes_on_after_a_failure_and_resumes(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("batch", tree, "-o", tmp_path, *QUICK, "--workers", "2", "--report", tmp_path / "all.json")
    arguments += ("--baseline", "bc1")
    assert texloom(*arguments) == 1
    said = capsys.readouterr()
    assert len(list(tmp_path.glob("*.texloom"))) == 2
    assert re.search(r"Broken +failed", said.out) and "Broken_Color.png" in said.out
    assert len(re.findall(r"done", said.out)) == 2
    assert "report.json" not in said.err
    report = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert len(report["materials"]) == 2 and len(report["failures"]) == 1
    assert all(entry["baselines"][0]["name"] == "bc1" for entry in report["materials"])

    times = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.texloom")}
    assert texloom("batch", tree, "-o", tmp_path, *QUICK, "--resume") == 1
    assert len(re.findall("there already", capsys.readouterr().out)) == 2
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.texloom")} == times


def test_the_same_in_one_process(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert texloom("batch", tree, "-o", tmp_path, *QUICK) == 1
    assert len(list(tmp_path.glob("*.texloom"))) == 2
    assert "Broken_Color.png" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")
@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_interrupting_keeps_the_best_state(tree: Path, tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-m", "app.cli", "compress", str(tree / "Bricks"), "-o", str(tmp_path)]
    command += ["--time-budget", "120", "--report", str(tmp_path / "r.json"), "--export", "images"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "dB" in line:
            break
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < 40
    assert process.returncode == 130
    (path,) = tmp_path.glob("*.texloom")
    assert str(path) in out and "kept" in err and "Traceback" not in err
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["psnr_db"] > 15


def test_the_demonstration_writes_everything_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert demonstration.run(size=64, settings=CompressSettings(bpp=12.0, time_budget=1.0), picture=96) == 0
    folder = tmp_path / "texloom-out"
    said = capsys.readouterr().out
    for name in ("report.json", "picture.png", "ue5", "images"):
        assert (folder / name).exists() and str(folder / name) in said
    (path,) = folder.glob("*.texloom")
    assert str(path) in said
    picture, _ = images.read_image(folder / "picture.png")
    left, right = np.split(picture, 2, axis=1)
    assert 0 < float(np.abs(left - right).mean()) < 0.1


def test_tensorboard(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = texloom("compress", tree / "Bricks", "-o", tmp_path / "out", *QUICK, "--tensorboard", tmp_path / "curves")
    if importlib.util.find_spec("tensorboard") is None:
        assert code == 2 and "pip install tensorboard" in capsys.readouterr().err
        assert not (tmp_path / "out").exists()
    else:
        assert code == 0 and any((tmp_path / "curves").rglob("events*"))
