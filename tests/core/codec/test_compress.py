"""The compression job on real (small) sets: promises about files, figures, time and interruption."""

from __future__ import annotations

import dataclasses
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.codec import container
from core.codec.checkpoint import SUFFIX as CHECKPOINT_SUFFIX
from core.codec.compress import CompressResult, compress
from core.codec.neural_texture import NeuralTexture
from core.codec.settings import PRESET_STEPS, CompressSettings
from core.codec.training import Preview
from core.errors import Cancelled, InputError, OutputError
from core.jobs import Checkpoint, Control, Finished, Metrics, Notice, Progress, Slot, Started
from core.textures import images
from core.textures.material import Pixels, TextureSet
from core.textures.roles import Role
from tests.core.codec.materials import small_set

QUICK = CompressSettings(bpp=5.0, time_budget=1.5, early_stop_db=0.0)


def run(material: TextureSet, settings: CompressSettings, folder: Path, **options) -> tuple[CompressResult, list]:
    events = list(compress(material, settings, folder, Control(), **options))
    assert isinstance(events[-1], Finished)
    return events[-1].result, events


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> tuple[TextureSet, CompressResult, list, Slot]:
    material = small_set(128, 128, bit_depth=16)
    slot: Slot[Preview] = Slot()
    folder = tmp_path_factory.mktemp("out")
    finished, events = run(material, QUICK, folder, slot=slot)
    return material, finished, events, slot


def test_the_container_keeps_the_promised_rate(result: tuple) -> None:
    material, finished, events, _ = result
    size = finished.path.stat().st_size
    bpp = 8 * size / (material.width * material.height)
    assert 0.92 * 5.0 <= bpp <= 5.0
    assert finished.report["bytes"] == size
    assert finished.report["bits_per_texel"] == pytest.approx(bpp, abs=1e-5)
    started = next(e for e in events if isinstance(e, Started))
    assert started.predicted_bytes is not None
    assert size <= started.predicted_bytes <= 1.1 * size


def test_the_report_is_what_the_written_files_hold(result: tuple, tmp_path: Path) -> None:
    material, finished, _, _ = result
    images.write_set(container.read(finished.path).decoded_set(), tmp_path)
    squares, channels = 0.0, 0
    for entry, source in zip(finished.report["maps"], material.maps, strict=True):
        pixels, depth = images.read_image(tmp_path / entry["file"])
        assert depth == entry["bit_depth"] == 16
        error = float(((pixels.astype(np.float64) - source.pixels) ** 2).mean())
        squares, channels = squares + error * source.channels, channels + source.channels
        if source.role is Role.METALLIC:
            assert error == 0
            assert entry["psnr_db"] is None
        else:
            assert entry["psnr_db"] == pytest.approx(-10 * np.log10(error), abs=0.01)
    assert finished.report["psnr_db"] == pytest.approx(-10 * np.log10(squares / channels), abs=0.01)


def test_the_report_has_the_fields_of_the_contract(result: tuple) -> None:
    report = result[1].report
    assert list(report) == [
        "schema", "version", "material", "width", "height", "mip_levels", "psnr_db", "bits_per_texel",
        "vram_bits_per_texel", "bytes", "maps", "mips", "seconds", "cpu_seconds", "steps", "samples", "device", "seed",
        "settings", "notices",
    ]  # fmt: skip
    assert list(report["maps"][0]) == [
        "role", "file", "channels", "bit_depth", "psnr_db", "ssim", "flip", "normal_angle_deg", "seam_ratio",
        "seam_ratio_source", "seam_edges",
    ]  # fmt: skip
    assert [m["level"] for m in report["mips"]] == list(range(8))
    assert report["maps"][0]["flip"] is not None
    assert report["maps"][1]["normal_angle_deg"] is not None
    assert report["maps"][2]["flip"] is None


def test_quality_and_events(result: tuple) -> None:
    _, finished, events, slot = result
    assert finished.report["psnr_db"] > 22
    assert any(isinstance(e, Metrics) for e in events)
    version, preview = slot.get()
    assert version >= 2
    assert preview is not None
    # The last state is always published: the preview is what the file holds.
    held = {m.role: m.pixels for m in finished.texture.decoded_set().maps}
    assert all(np.array_equal(preview.maps[role], held[role]) for role in held)
    assert preview.texture is not None
    assert all(np.array_equal(pixels, held[role]) for role, pixels in decoded(preview.texture).items())
    assert not list(finished.path.parent.glob("*" + CHECKPOINT_SUFFIX))


def decoded(texture: NeuralTexture) -> dict[Role, Pixels]:
    return {m.role: m.pixels for m in texture.decoded_set().maps}


def test_a_sparing_reader_gets_textures_more_often_than_maps(tmp_path: Path) -> None:
    seen: list[Preview] = []

    class Recorded(Slot[Preview]):
        def put(self, value: Preview) -> None:
            seen.append(value)
            super().put(value)

    slot = Recorded()
    slot.sparing = True
    run(small_set(256, 256), dataclasses.replace(QUICK, time_budget=2.0), tmp_path, slot=slot)
    training = seen[:-1]
    textures, maps = ({id(getattr(preview, name)) for preview in training} for name in ("texture", "maps"))
    assert len(textures) == len(training) > len(maps)
    assert all(preview.texture is not None for preview in seen)
    assert seen[-1].maps is not training[-1].maps, "the result is decoded in any case"


def test_the_time_budget_is_kept(result: tuple) -> None:
    assert result[1].report["seconds"]["train"] < 1.5 + 0.5


def test_tiles_without_a_seam(result: tuple) -> None:
    for entry in result[1].report["maps"]:
        assert entry["seam_ratio"] < max(1.3, 1.3 * entry["seam_ratio_source"])


@pytest.mark.parametrize(("width", "height"), [(96, 48), (100, 60), (37, 51)])
def test_other_sizes(tmp_path: Path, width: int, height: int) -> None:
    settings = dataclasses.replace(QUICK, bpp=12.0, time_budget=1.0)
    finished, _ = run(small_set(width, height), settings, tmp_path)
    read = container.read(finished.path)
    assert read.decode(0)[Role.ALBEDO].shape == (height, width, 3)
    assert read.decode(3)[Role.ALBEDO].shape == (height >> 3, width >> 3, 3)
    assert finished.report["psnr_db"] > 15


def test_a_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    settings = CompressSettings(bpp=6.0, preset="draft", seed=5, early_stop_db=0.0)
    material = small_set(48, 48)
    first, _ = run(material, settings, tmp_path / "a")
    second, _ = run(material, settings, tmp_path / "b")
    third, _ = run(material, dataclasses.replace(settings, seed=6), tmp_path / "c")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.path.read_bytes() != third.path.read_bytes()


def test_only_constant_maps_cost_nothing(tmp_path: Path) -> None:
    material = small_set(64, 64)
    flat = tuple(dataclasses.replace(m, pixels=np.full_like(m.pixels, 128 / 255)) for m in material.maps)
    finished, _ = run(dataclasses.replace(material, maps=flat), QUICK, tmp_path)
    assert finished.report["psnr_db"] is None
    assert finished.report["bytes"] < 1200
    assert container.read(finished.path).decode(2)[Role.NORMAL] == pytest.approx(128 / 255)


def test_cancel_answers_within_a_second_and_can_be_resumed(tmp_path: Path) -> None:
    control, material = Control(), small_set()
    settings = dataclasses.replace(QUICK, time_budget=30.0)
    job = compress(material, settings, tmp_path, control)
    while not isinstance(next(job), Metrics):
        pass
    asked: list[float] = []

    def cancel() -> None:
        asked.append(time.perf_counter())
        control.cancel()

    threading.Timer(0.2, cancel).start()
    with pytest.raises(Cancelled):
        for _ in job:
            pass
    assert time.perf_counter() - asked[0] < 1.0
    assert not (tmp_path / "Small.texloom").exists()
    assert (tmp_path / ("Small" + CHECKPOINT_SUFFIX)).exists()
    finished, events = run(material, dataclasses.replace(settings, time_budget=2.5), tmp_path, resume=True)
    assert not any(isinstance(e, Notice) for e in events)
    assert finished.report["psnr_db"] > 20
    assert not (tmp_path / ("Small" + CHECKPOINT_SUFFIX)).exists()


def test_stop_keeps_what_was_done(tmp_path: Path) -> None:
    control = Control()
    threading.Timer(1.0, control.stop).start()
    began = time.perf_counter()
    events = list(compress(small_set(), dataclasses.replace(QUICK, time_budget=60.0), tmp_path, control))
    assert time.perf_counter() - began < 8
    assert isinstance(events[-1], Finished)
    assert events[-1].stopped_early
    assert (tmp_path / "Small.texloom").exists()


def test_resume_refuses_other_maps_other_sizes_and_damaged_checkpoints(tmp_path: Path) -> None:
    control = Control()
    job = compress(small_set(), dataclasses.replace(QUICK, time_budget=30.0), tmp_path, control)
    while not isinstance(next(job), Metrics):
        pass
    control.cancel()
    with pytest.raises(Cancelled):
        list(job)
    changed = small_set()
    changed = dataclasses.replace(
        changed, maps=(dataclasses.replace(changed.maps[0], pixels=1 - changed.maps[0].pixels), *changed.maps[1:])
    )
    with pytest.raises(InputError, match="other maps"):
        run(changed, QUICK, tmp_path, resume=True)
    for other in ({"bpp": 2.5}, {"max_bytes": 9000}, {"target_psnr": 30.0}):
        with pytest.raises(InputError, match="begun for 5 bits per texel"):
            run(small_set(), dataclasses.replace(QUICK, **other), tmp_path, resume=True)
    checkpoint = tmp_path / ("Small" + CHECKPOINT_SUFFIX)
    checkpoint.write_bytes(checkpoint.read_bytes()[:500])
    with pytest.raises(InputError, match="damaged"):
        run(small_set(), QUICK, tmp_path, resume=True)


def test_max_bytes_and_target_psnr(tmp_path: Path) -> None:
    finished, _ = run(small_set(), dataclasses.replace(QUICK, max_bytes=9000), tmp_path / "a")
    assert 0.92 * 9000 <= finished.path.stat().st_size <= 9000
    finished, events = run(small_set(), dataclasses.replace(QUICK, target_psnr=21.0, time_budget=4.0), tmp_path / "b")
    assert finished.report["psnr_db"] >= 21.0 or any("Missed" in e.text for e in events if isinstance(e, Notice))
    # Looking for the size is part of the budget, and the bar never goes back.
    assert finished.report["seconds"]["train"] < 4.0 + 1.0
    fractions = [e.fraction for e in events if isinstance(e, Progress)]
    assert fractions == sorted(fractions)


def test_a_search_with_a_number_of_steps_takes_a_run_and_a_half_at_most(tmp_path: Path) -> None:
    settings = dataclasses.replace(QUICK, time_budget=None, preset="draft", target_psnr=24.0)
    found, events = run(small_set(64, 64), settings, tmp_path)
    assert found.report["psnr_db"] >= 24.0 or any("Missed" in e.text for e in events if isinstance(e, Notice))
    # Of so small a set, a sixteenth of a run would be next to nothing: both short trainings take 200 steps.
    run_steps = PRESET_STEPS["draft"] // 10
    assert 0.8 * run_steps < found.report["steps"] <= 1.5 * run_steps + 400
    fractions = [e.fraction for e in events if isinstance(e, Progress)]
    assert fractions == sorted(fractions)
    again, _ = run(small_set(64, 64), settings, tmp_path / "again")
    assert again.path.read_bytes() == found.path.read_bytes(), "the clock has no say in a number of steps"


def test_single_maps_can_be_asked_for(tmp_path: Path) -> None:
    settings = dataclasses.replace(QUICK, target_maps="roughness=22", time_budget=4.0)
    finished, events = run(small_set(), settings, tmp_path)
    reached = {entry["role"]: entry["psnr_db"] for entry in finished.report["maps"]}
    assert reached["roughness"] >= 22.0 or any("Missed" in e.text for e in events if isinstance(e, Notice))
    with pytest.raises(InputError, match="no displacement map"):
        run(small_set(), dataclasses.replace(QUICK, target_maps="displacement=30"), tmp_path)


def test_a_baseline_can_be_matched_and_the_saving_is_said(tmp_path: Path) -> None:
    settings = dataclasses.replace(QUICK, match="astc-12x12", time_budget=4.0)
    finished, events = run(small_set(), settings, tmp_path)
    theirs = finished.report["baselines"][0]
    assert theirs["name"] == "astc-12x12"
    assert finished.report["psnr_db"] >= theirs["psnr_db"] or any("Missed" in n for n in finished.report["notices"])
    said = [e.text for e in events if isinstance(e, Notice) and "with mips" in e.text]
    assert len(said) == 1
    assert f"{theirs['psnr_db']:.2f} dB" in said[0]


def test_grids_decoder_weights_and_balance_by_hand(tmp_path: Path) -> None:
    settings = dataclasses.replace(
        QUICK,
        bpp=16.0,
        grids="4:6:3 8:4:8:0.05",
        decoder="24-16-8",
        loss_weights="albedo=4",
        balance="balanced",
        noise=0.5,
        noise_anneal=True,
        round_from=0.5,
    )
    finished, _ = run(small_set(), settings, tmp_path)
    layout = container.read(finished.path).layout
    assert [(g.stride, g.features, g.bits) for g in layout.grids] == [(4, 6, 3), (8, 4, 8)]
    assert layout.hidden == (24, 16, 8)
    assert finished.report["psnr_db"] > 20
    assert finished.report["settings"]["grids"] == settings.grids
    with pytest.raises(InputError, match="fewer"):
        run(small_set(), dataclasses.replace(settings, bpp=1.0), tmp_path)


def test_a_weighted_map_gains(tmp_path: Path) -> None:
    steps = dataclasses.replace(QUICK, time_budget=None, preset="draft")
    plain, _ = run(small_set(64, 64), dataclasses.replace(steps, bpp=6.0), tmp_path / "a")
    heavy = dataclasses.replace(steps, bpp=6.0, loss_weights="roughness=50")
    weighted, _ = run(small_set(64, 64), heavy, tmp_path / "b")
    before, after = ({m["role"]: m["psnr_db"] for m in one.report["maps"]} for one in (plain, weighted))
    assert after["roughness"] > before["roughness"] + 1.0
    assert after["albedo"] < before["albedo"]


def test_stopping_the_search_for_a_size_keeps_what_it_had_trained(tmp_path: Path) -> None:
    control = Control()
    settings = dataclasses.replace(QUICK, target_psnr=40.0, time_budget=60.0)
    job = compress(small_set(), settings, tmp_path, control)
    while not isinstance(next(job), Metrics):
        pass
    control.stop()
    finished = list(job)[-1]
    assert isinstance(finished, Finished)
    assert finished.stopped_early
    assert finished.result.report["bits_per_texel"] <= 3.0


def test_a_cancelled_search_for_a_size_leaves_nothing_to_resume(tmp_path: Path) -> None:
    control = Control()
    settings = dataclasses.replace(QUICK, target_psnr=40.0, time_budget=60.0)
    job = compress(small_set(), settings, tmp_path, control)
    while not isinstance(next(job), Metrics):
        pass
    control.cancel()
    with pytest.raises(Cancelled):
        list(job)
    assert not list(tmp_path.iterdir())


def test_bad_requests_write_nothing(tmp_path: Path) -> None:
    for material, settings in (
        (small_set(64, 64), dataclasses.replace(QUICK, bpp=0.5)),
        (small_set(), dataclasses.replace(QUICK, bpp=99.0)),
        (small_set(), dataclasses.replace(QUICK, device="mps")),
    ):
        with pytest.raises(InputError):
            run(material, settings, tmp_path / "out")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        run(small_set(), QUICK, tmp_path / "file" / "out")
    assert not list(tmp_path.glob("out/*"))


def test_checkpoints_are_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.codec.training._CHECKPOINT_EVERY", 0.5)
    _, events = run(small_set(), QUICK, tmp_path)
    assert any(isinstance(e, Checkpoint) for e in events)


def test_a_run_outlives_a_disk_without_room_for_its_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.codec.training._CHECKPOINT_EVERY", 0.4)
    # A folder in the way of the checkpoint is refused by the system as a full disk is.
    (tmp_path / ("Small" + CHECKPOINT_SUFFIX)).mkdir()
    (tmp_path / ("Small" + CHECKPOINT_SUFFIX) / "file").touch()
    finished, events = run(small_set(), QUICK, tmp_path)
    assert container.read(finished.path).name == "Small"
    assert [e.text for e in events if isinstance(e, Notice)] == finished.report["notices"]
    assert sum("can't be resumed" in text for text in finished.report["notices"]) == 1
