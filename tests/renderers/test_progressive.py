import os
import time
from pathlib import Path

import moderngl
import numpy as np
import pytest
from rendered import constant, tiles

from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.choices import CompareMode
from renderers.comparison import Comparison
from renderers.material_renderer import Scene, is_software
from renderers.progressive import ProgressiveView
from renderers.shapes import Shape, default_camera

SIZE = (192, 96)
STATM = Path("/proc/self/statm")
SCENE = Scene(camera=default_camera(Shape.SPHERE))


def finish(view: ProgressiveView) -> None:
    deadline = time.monotonic() + 30.0
    while view.work() or view.wait_seconds:
        assert time.monotonic() < deadline
        time.sleep(min(view.wait_seconds, 0.05))


def picture(ctx: moderngl.Context, view: ProgressiveView) -> np.ndarray:
    target = ctx.simple_framebuffer(SIZE, components=4)
    view.resolve(target, (0, 0, *SIZE))
    pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8).reshape(SIZE[1], SIZE[0], 3)[::-1].copy()
    target.release()
    return pixels


def test_identical_materials_make_identical_halves_and_no_difference(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=3)
    maps = tiles(64)
    view.set_material("a", maps, NormalConvention.OPENGL)
    view.set_material("b", maps, NormalConvention.OPENGL)
    view.request(SCENE, Comparison(), SIZE, moving=False)
    finish(view)
    assert view.progress == 1.0
    shown = picture(ctx, view)
    assert shown[:, :96].std() > 10
    assert np.array_equal(shown[:, :96], shown[:, 96:])
    view.request(SCENE, Comparison(CompareMode.DIFFERENCE, gain=64.0), SIZE, moving=False)
    finish(view)
    assert picture(ctx, view).max() == 0
    view.release()


def test_something_is_shown_at_once_and_gets_better(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=4)
    view.set_material("a", tiles(64), NormalConvention.OPENGL)
    view.request(SCENE, Comparison(), SIZE, moving=True)
    assert not view.work()
    first = picture(ctx, view)
    assert first[48, 96].max() > 0 and first.std() > 10
    view.request(SCENE, Comparison(), SIZE, moving=False)
    finish(view)
    last = picture(ctx, view)
    assert np.abs(first.astype(int) - last).mean() < 20
    assert not view.software or not np.array_equal(first, last)
    view.release()


def test_a_side_alone_fills_the_picture(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=1)
    view.set_material("b", tiles(64), NormalConvention.OPENGL)
    view.request(SCENE, Comparison(CompareMode.SPLIT), SIZE, moving=False)
    finish(view)
    assert view.comparison.mode is CompareMode.B
    shown = picture(ctx, view)
    assert shown[40:56, 84:108].std() > 10, "the ball is in the middle"
    view.release()


def test_a_new_result_leaves_the_original_alone(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=3)
    view.set_material("a", tiles(64), NormalConvention.OPENGL)
    view.set_material("b", tiles(64), NormalConvention.OPENGL)
    view.request(SCENE, Comparison(), SIZE, moving=False)
    finish(view)
    before = picture(ctx, view)
    view.set_material("b", constant((0.8, 0.1, 0.1), 0.5, 0.0), NormalConvention.OPENGL)
    view.request(SCENE, Comparison(), SIZE, moving=False)
    finish(view)
    after = picture(ctx, view)
    assert np.array_equal(before[:, :96], after[:, :96])
    assert after[48, 144, 0] > 2 * after[48, 144, 1]
    view.release()


def test_a_result_that_keeps_changing_gets_few_samples(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=8)
    if not view.software:
        pytest.skip("only a software rasteriser is held back")
    view.set_material("a", tiles(32), NormalConvention.OPENGL)
    for _ in range(2):
        view.set_material("b", tiles(32), NormalConvention.OPENGL)
        view.request(SCENE, Comparison(), SIZE, moving=False)
        while view.work():
            pass
    assert view.wait_seconds > 0.0
    assert 0.0 < view.progress <= 0.5
    finish(view)
    assert view.progress == 1.0
    view.release()


@pytest.mark.skipif(not STATM.exists(), reason="reads the process's memory from /proc")
def test_nothing_is_left_behind(ctx: moderngl.Context) -> None:
    """On a software rasteriser textures lie in the process's own memory: loading again and again must not add to it."""
    if not is_software(ctx):
        pytest.skip("textures lie in the memory of the graphics card")
    maps = {
        size: {role: np.ones((size, size, 3), np.float32) for role in (Role.ALBEDO, Role.NORMAL)} for size in (256, 512)
    }

    def cycle() -> None:
        view = ProgressiveView(ctx, samples=1)
        for environment in ("studio", "overcast"):
            scene = Scene(camera=SCENE.camera, environment=environment)
            view.set_material("a", maps[256], NormalConvention.OPENGL)
            view.set_material("b", maps[512], NormalConvention.OPENGL)
            for mode in (CompareMode.SPLIT, CompareMode.WIPE):
                for moving in (True, False):
                    view.request(scene, Comparison(mode), (256, 256), moving=moving)
                    while view.work():
                        pass
            view.set_material("b", maps[256], NormalConvention.OPENGL)
        view.set_material("b", None, NormalConvention.OPENGL)
        view.release()
        ctx.finish()

    def memory_mb() -> float:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    for _ in range(3):
        cycle()
    before = memory_mb()
    for _ in range(12):
        cycle()
    # Every cycle makes sums of 1 MB, maps of 1 to 3 MB and environments of 5 MB, each several times: any kind of them
    # forgotten adds more than 24 MB. The heap itself moves in steps of 6 MB.
    assert memory_mb() - before < 16.0


def test_roles_may_come_and_go(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=1)
    maps = tiles(32)
    for present in (maps, {Role.ALBEDO: maps[Role.ALBEDO]}, {}, maps):
        view.set_material("a", present, NormalConvention.OPENGL)
        view.request(SCENE, Comparison(), SIZE, moving=False)
        while view.work():
            pass
        assert picture(ctx, view).std() > 5
    view.release()


def test_two_changes_in_a_row_leave_the_picture_until_there_is_another(ctx: moderngl.Context) -> None:
    view = ProgressiveView(ctx, samples=4)
    view.set_material("b", tiles(64), NormalConvention.OPENGL)
    view.request(SCENE, Comparison(), SIZE, moving=False)
    finish(view)
    for red in (0.2, 0.9):  # the second set of buffers is there from now on
        view.set_material("b", constant((red, 0.1, 0.1), 0.5, 0.0), NormalConvention.OPENGL)
        finish(view)
    before = picture(ctx, view)
    view.software = True
    state = view._sides["b"]
    for _ in range(3):
        view.set_material("b", tiles(64), NormalConvention.OPENGL)
        while state.uploads is not None:
            assert view.work(0.0) and np.array_equal(picture(ctx, view), before)
        state.rows = 8  # a part of the first sample
        view.work(0.0)
        assert state.fine[0].count == 0 and np.array_equal(picture(ctx, view), before)
    finish(view)
    assert not np.array_equal(picture(ctx, view), before)
    view.release()
