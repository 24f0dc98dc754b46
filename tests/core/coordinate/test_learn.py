"""The job: its events, the dial while it runs, stopping and cancelling, its report and its pictures."""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.codec.metrics import psnr
from core.coordinate.animation import MOST_FRAMES, Frames, write_animation
from core.coordinate.dial import Dial, Transform
from core.coordinate.learn import LabInputs, LabPreview, LabResult, learn, picture_psnr, schedule
from core.coordinate.pictures import Picture, read_picture, sample_picture, signed_error
from core.coordinate.settings import LabSettings
from core.coordinate.transforms import transformed
from core.errors import Cancelled, InputError
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Slot, Started
from core.textures.images import write_image
from tests.core.coordinate.networks import random_network, smooth_picture

SETTINGS = LabSettings(hidden_layers=2, width=24, rounds=3, batch_side=16)


def result_of(events: list[Event]) -> LabResult:
    assert isinstance(events[-1], Finished)
    return events[-1].result


def run(settings: LabSettings = SETTINGS, inputs: LabInputs | None = None) -> list[Event]:
    return list(learn(inputs or LabInputs(smooth_picture()), settings, Control(), Slot()))


def test_events_come_in_order_and_end_with_what_was_learned() -> None:
    slot: Slot[LabPreview] = Slot()
    picture = smooth_picture()
    events = list(learn(LabInputs(picture), SETTINGS, Control(), slot))
    assert isinstance(events[0], Started) and events[0].title == "waves"
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == pytest.approx([1 / 3, 2 / 3, 1.0])
    steps = [event.step for event in events if isinstance(event, Metrics)]
    assert steps == [128, 256, 384]
    result = result_of(events)
    version, preview = slot.get()
    assert preview is not None and version > 1
    np.testing.assert_array_equal(preview.shown, result.shown)
    np.testing.assert_array_equal(result.network.decode(), result.shown)
    assert result.report["psnr_db"] == pytest.approx(picture_psnr(result.shown, picture.pixels, 8))
    assert result.report["psnr_db"] > 25
    assert result.report["steps"] == 384 and result.report["samples"] == 384 * 256
    assert result.report["settings"]["rounds"] == 3 and result.report["channels"] == 3
    assert result.frames[-1].shape == (32, 48, 3)


def test_the_same_run_gives_the_same_network() -> None:
    first, second = (result_of(run()).network for _ in range(2))
    for a, b in zip((*first.weights, *first.biases), (*second.weights, *second.biases), strict=True):
        np.testing.assert_array_equal(a, b)


def test_alpha_is_learned_unless_it_is_not_wanted() -> None:
    inputs = LabInputs(smooth_picture(channels=4))
    assert result_of(run(inputs=inputs)).shown.shape == (32, 48, 4)
    assert result_of(run(dataclasses.replace(SETTINGS, alpha=False), inputs)).shown.shape == (32, 48, 3)


def test_a_transform_is_taken_up_while_the_training_runs() -> None:
    picture, dial = smooth_picture(), Dial()
    slot: Slot[LabPreview] = Slot()
    settings = dataclasses.replace(SETTINGS, rounds=8)
    events = []
    for event in learn(LabInputs(picture, dial), settings, Control(), slot):
        events.append(event)
        if isinstance(event, Progress) and event.fraction == pytest.approx(0.25):
            dial.set(Transform.MIRROR)
    result = result_of(events)
    wanted = transformed(picture.pixels, Transform.MIRROR)
    np.testing.assert_array_equal(result.wanted, wanted)
    assert psnr(result.shown, wanted) > psnr(result.shown, picture.pixels) + 5
    assert result.report["transform"] == "mirror"


def test_stopping_keeps_what_there_is() -> None:
    control = Control()
    events = []
    for event in learn(LabInputs(smooth_picture()), dataclasses.replace(SETTINGS, rounds=10**6), control):
        events.append(event)
        if isinstance(event, Metrics) and event.step >= 256:
            control.stop()
    assert isinstance(events[-1], Finished) and events[-1].stopped_early
    assert result_of(events).report["steps"] < 1000


def test_cancelling_is_answered_between_steps() -> None:
    """Of the largest network, so that a step is as long as it gets."""
    control = Control()
    settings = LabSettings(hidden_layers=8, width=256, rounds=10**6)
    asked = threading.Event()

    def cancel() -> None:
        time.sleep(0.2)
        control.cancel()
        asked.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    steps = 0
    with pytest.raises(Cancelled):
        for event in learn(LabInputs(smooth_picture()), settings, control):
            if isinstance(event, Metrics):
                steps = event.step
    thread.join()
    assert asked.is_set() and steps < 10**6


def test_no_round_is_waited_for_after_cancelling() -> None:
    """Counted in steps: the one that runs is the last."""
    control = Control()
    job = learn(LabInputs(smooth_picture()), dataclasses.replace(SETTINGS, rounds=10**6), control)
    for event in job:
        if isinstance(event, Progress):
            break
    checks = 0
    check = control.check

    def counted() -> bool:
        nonlocal checks
        checks += 1
        if checks == 3:
            control.cancel()
        return check()

    control.check = counted
    with pytest.raises(Cancelled):
        next(job)
    assert checks == 3


def test_cancelling_does_not_wait_for_a_picture_to_be_decoded() -> None:
    network = random_network()
    control = Control()
    seen = 0

    def check() -> None:
        nonlocal seen
        seen += 1
        if control.cancel_requested:
            raise Cancelled
        if seen == 2:
            control.cancel()

    with pytest.raises(Cancelled):
        network.decode(300, 300, check)
    assert seen == 3
    # What was given up leaves the way free for the next.
    assert network.decode(20, 20).shape == (20, 20, 3)


def test_training_goes_on_from_a_network() -> None:
    first = result_of(run())
    inputs = LabInputs(smooth_picture(), start=first.network)
    second = result_of(run(dataclasses.replace(SETTINGS, rounds=2, learning_rate=0.002), inputs))
    assert second.network.steps == 384 + 256
    assert second.report["psnr_db"] > first.report["psnr_db"] - 0.5


def test_a_network_of_another_shape_is_refused_with_its_name() -> None:
    inputs = LabInputs(smooth_picture(), start=random_network("hash"))
    with pytest.raises(InputError, match="some net"):
        run(inputs=inputs)


@pytest.mark.parametrize(("network", "picture"), [(4, 3), (3, 4)])
def test_a_network_without_the_pictures_alpha_is_refused_for_that(network: int, picture: int) -> None:
    start = random_network(channels=network)
    settings = dataclasses.replace(SETTINGS, width=20)
    with pytest.raises(InputError, match="alpha") as caught:
        run(settings, LabInputs(smooth_picture(channels=picture), start=start))
    assert "layers" not in str(caught.value)


def test_sixteen_bits_say_what_they_are_here() -> None:
    events = run(dataclasses.replace(SETTINGS, precision="float16", device="cpu"))
    assert any(isinstance(event, Notice) and "float16" in event.text for event in events)
    assert result_of(events).report["psnr_db"] > 22


def test_finished_weights_have_the_bits_that_were_asked_for() -> None:
    network = result_of(run(dataclasses.replace(SETTINGS, weight_bits="4"))).network
    for weights in network.weights:
        for column in weights.T:
            assert len(np.unique(column)) <= 15
    coarse, fine = (random_network("hash").quantised(bits).decode() for bits in (4, 8))
    exact = random_network("hash").decode()
    assert psnr(fine, exact) > psnr(coarse, exact) + 12
    assert random_network().quantised(32).decode() is not None
    np.testing.assert_array_equal(random_network().quantised(32).decode(), random_network().decode())


def test_schedules_begin_at_one_and_fall_to_a_hundredth() -> None:
    for name in ("cosine", "exponential"):
        assert schedule(name, 0.0) == pytest.approx(1.0) and schedule(name, 1.0) == pytest.approx(0.01)
        values = [schedule(name, part / 10) for part in range(11)]
        assert values == sorted(values, reverse=True)
    assert schedule("constant", 0.7) == 1.0
    assert schedule("cosine", 0.5) == pytest.approx(0.505)


def test_the_signed_error_is_grey_where_nothing_differs() -> None:
    wanted = smooth_picture().pixels
    assert np.all(signed_error(wanted, wanted, 10.0) == 0.5)
    # The sample's own: half of ten times the difference, around one half.
    brighter = signed_error(np.full((1, 1, 3), 0.52, np.float32), np.full((1, 1, 3), 0.5, np.float32), 10.0)
    assert brighter[0, 0, 0] == pytest.approx(0.6, abs=1e-5)


def test_the_signed_error_shows_what_alpha_differs_by() -> None:
    wanted = smooth_picture(channels=4).pixels
    shown = wanted.copy()
    shown[0, 0, 3] -= 0.02
    shown[1, 1, 0] += 0.01
    shown[1, 1, 3] -= 0.005
    error = signed_error(shown, wanted, 10.0)
    assert error.shape[2] == 3 and error[0, 0] == pytest.approx([0.4] * 3, abs=1e-5)
    assert error[1, 1] == pytest.approx([0.55, 0.475, 0.475], abs=1e-5)
    assert (signed_error(shown[..., :3], wanted, 10.0)[0, 0] == 0.5).all()


def test_frames_stay_few_and_spread() -> None:
    frames = Frames(most=8)
    for i in range(100):
        frames.add(np.full((4, 4, 3), i / 100, np.float32))
    values = [int(frame[0, 0, 0]) for frame in frames.all]
    assert 4 < len(values) <= 9 and values == sorted(values)
    assert len(set(np.diff(values).round(-1))) <= 2
    large = Frames()
    large.add(np.zeros((1100, 700, 3), np.float32))
    assert large.all[0].shape == (275, 175, 3) and MOST_FRAMES >= 60


@pytest.mark.parametrize("suffix", [".png", ".gif", ".webp"])
def test_animations_hold_every_frame(suffix: str, tmp_path: Path) -> None:
    from PIL import Image

    frames = [np.full((8, 8, 3), value, np.uint8) for value in (0, 90, 200)]
    write_animation(tmp_path / f"a{suffix}", frames)
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert getattr(image, "n_frames", 1) == 3
        for i, frame in enumerate(frames):
            image.seek(i)
            assert np.abs(np.asarray(image.convert("RGB")).astype(int) - frame).max() <= 8


def test_animations_without_frames_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="train first"):
        write_animation(tmp_path / "a.png", [])
    with pytest.raises(InputError, match="must end in"):
        write_animation(tmp_path / "a.avi", [np.zeros((2, 2, 3), np.uint8)])


def test_pictures_become_colour_in_zero_to_one(tmp_path: Path) -> None:
    grey = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8, 1)
    write_image(tmp_path / "grey.png", grey, 8)
    assert read_picture(tmp_path / "grey.png").pixels.shape == (8, 8, 3)
    write_image(tmp_path / "deep.png", np.repeat(grey, 3, axis=2), 16)
    assert read_picture(tmp_path / "deep.png").bit_depth == 16
    light = np.repeat(grey * 40, 3, axis=2)
    write_image(tmp_path / "light.exr", light, 32)
    picture = read_picture(tmp_path / "light.exr")
    assert picture.notices and picture.pixels.min() >= 0 and picture.pixels.max() <= 1
    assert (np.diff(picture.pixels[..., 0].ravel()) > 0).all()
    with pytest.raises(InputError, match=r"missing\.png"):
        read_picture(tmp_path / "missing.png")


def test_the_built_in_picture_is_a_sample_material() -> None:
    picture = sample_picture(64)
    assert isinstance(picture, Picture) and picture.pixels.shape == (64, 64, 3)
    assert math.isfinite(float(picture.pixels.sum())) and picture.pixels.std() > 0.05
