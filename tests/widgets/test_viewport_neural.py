"""A neural texture in the viewport, drawn from its latents: switching, filters, training, another window, the cost."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture
from core.textures.roles import Role
from renderers.drawer import Drawer
from renderers.neural_material import NeuralMaterial
from tests.core.codec.materials import random_texture
from tests.widgets.test_viewport import pixels, settle, use_one_sample, view
from widgets.viewport import MaterialViewport
from widgets.viewport_canvas import GlCanvas
from widgets.viewport_options import Sampler

__all__ = ["view"]

SIZE = 16
FLAT = {"shape": "plane", "channel": Role.ALBEDO, "displacement": 0.0, "compare": "b"}


@pytest.fixture(scope="module")
def texture() -> NeuralTexture:
    return random_texture(SIZE, SIZE, (LatentGrid(4, 5, 4),))


def canvas_of(view: MaterialViewport) -> GlCanvas:
    assert isinstance(view._canvas, GlCanvas)
    return view._canvas


def drawn(qtbot: QtBot, view: MaterialViewport) -> np.ndarray:
    """The picture at rest, when nothing is left to be compiled."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not canvas_of(view).compiling and view.refined, timeout=30_000)
    return pixels(view).astype(int)


def show(view: MaterialViewport, texture: NeuralTexture, **options: object) -> None:
    maps = texture.decode()
    view.set_options(**{**FLAT, **options})
    view.set_materials(maps, maps)
    view.set_neural("b", texture)


def program_of(view: MaterialViewport) -> object:
    def look(drawer: Drawer) -> object:
        assert drawer.view3d is not None
        material = drawer.view3d._sides["b"].drawn
        return material.program if isinstance(material, NeuralMaterial) else None

    return canvas_of(view)._surface.call(look)


def test_at_texel_centres_both_samplers_show_the_same_values(
    qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture
) -> None:
    # Of little contrast: where it is dark, a thousandth of a bright neighbour is a level.
    last = texture.layers[-1]
    calm = dataclasses.replace(last, scales=last.scales * np.float16(0.1))
    texture = dataclasses.replace(texture, layers=(*texture.layers[:-1], calm))
    use_one_sample(view)
    show(view, texture)
    pictures = {"texture": drawn(qtbot, view)}
    for filtering in ("nearest", "bilinear"):
        view.set_options(sampler="neural", filtering=filtering)
        pictures[filtering] = drawn(qtbot, view)
    wanted = np.round(texture.decode()[Role.ALBEDO] * 255).clip(0, 255).astype(int)
    height, width = pictures["texture"].shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    place = plane_uv(view, columns + 0.5, rows + 0.5) * SIZE
    texel = np.floor(place).astype(int)
    inside = ((place > 0) & (place < SIZE)).all(axis=2)
    off = np.abs(place - texel - 0.5).max(axis=2)
    # Without a filter a texel is the same up to its border.
    near = inside & (off < 0.45)
    exact = wanted[texel[near][:, 1], texel[near][:, 0]]
    assert near.sum() > 5000 and np.abs(pictures["nearest"][near] - exact).max() <= 1
    near = inside & (off < 0.03)
    assert near.sum() > 50 and np.abs(pictures["bilinear"][near] - pictures["texture"][near]).max() <= 1


def plane_uv(view: MaterialViewport, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Texture coordinates of places of a picture of a plane: one projection, fitted to a few that are asked for."""
    equations = []
    for px, py in itertools.product(range(0, 400, 20), range(0, 300, 20)):
        uv = canvas_of(view).uv_at(px, py)
        for axis in range(2) if uv is not None else ():
            assert uv is not None
            own = [px, py, 1.0] if axis == 0 else [0.0] * 3
            other = [px, py, 1.0] if axis == 1 else [0.0] * 3
            equations.append([*own, *other, *(-uv[axis] * np.array((px, py, 1.0)))])
    h = np.linalg.svd(np.array(equations))[2][-1].reshape(3, 3)
    u, v, w = (row[0] * x + row[1] * y + row[2] for row in h)
    return np.stack([u / w, v / w], axis=2)


def test_switching_the_sampler_and_the_filter(qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture) -> None:
    show(view, texture)
    told: list[Sampler] = []
    view.optionsChanged.connect(lambda options: told.append(options.sampler))
    before = drawn(qtbot, view)
    assert not canvas_of(view).costs and view._overlay._overlay.note == ""
    view.toggle_sampler()
    assert told == [Sampler.NEURAL]
    pictures = {"stochastic": drawn(qtbot, view)}
    for name in ("nearest", "bilinear"):
        view.cycle_filtering()
        assert view.options.filtering == name
        pictures[name] = drawn(qtbot, view)
    differences = {name: np.abs(picture - before).mean() for name, picture in pictures.items()}
    assert differences["bilinear"] < 1.0 < differences["nearest"], "textures are blended as well"
    assert not np.array_equal(pictures["stochastic"], pictures["nearest"])
    program = program_of(view)
    view.toggle_sampler()
    assert np.array_equal(drawn(qtbot, view), before) and not canvas_of(view).costs
    view.toggle_sampler()
    assert np.array_equal(drawn(qtbot, view), pictures["bilinear"])
    assert program is not None and program_of(view) is program, "nothing had to be compiled again"


def test_the_cost_is_told(qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture) -> None:
    show(view, texture, sampler="neural", filtering="nearest")
    drawn(qtbot, view)
    once = texture.layout.multiply_adds
    for filtering, times in (("nearest", 1), ("bilinear", 4)):
        view.set_options(filtering=filtering)
        drawn(qtbot, view)
        (cost,) = canvas_of(view).costs.values()
        assert cost.multiply_adds == times * once and cost.size == (400, 300)
        assert cost.seconds is not None and 0.0 < cost.seconds < 30.0
        QApplication.processEvents()
        note = view._overlay._overlay.note
        assert note.startswith("neural · ") and f"{times * once}" in note.replace("\u202f", "")
        assert note.endswith(" ms a frame")
    view.set_mode("2d")
    assert "neural" not in view._overlay._overlay.note, "the flat view reads decoded maps"


def test_other_maps_take_the_latents_away(qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture) -> None:
    show(view, texture, sampler="neural")
    drawn(qtbot, view)
    assert program_of(view) is not None
    grey = {Role.ALBEDO: np.full((SIZE, SIZE, 3), 0.5, np.float32)}
    view.update_b(grey)
    assert np.abs(drawn(qtbot, view)[150, 200] - 128).max() <= 1 and program_of(view) is None


def later(texture: NeuralTexture, by: float) -> NeuralTexture:
    """Another state of the same training."""
    return dataclasses.replace(texture, offset=texture.offset + np.float32(by))


def test_while_it_is_trained_a_cpu_draws_decoded_maps(
    qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture
) -> None:
    show(view, texture, sampler="neural", filtering="nearest")
    view.set_neural("b", texture, live=True)
    drawn(qtbot, view)
    if not canvas_of(view).software:
        pytest.skip("this is a graphics card, which draws latents while they are trained")
    assert program_of(view) is None and not view.draws_live
    assert view._overlay._overlay.note == "decoded textures while it trains"
    view.set_neural("b", texture)
    drawn(qtbot, view)
    assert program_of(view) is not None


def test_on_a_graphics_card_training_goes_on_in_one_program(
    qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture
) -> None:
    show(view, texture, sampler="neural", filtering="nearest")
    view.set_mode("3d")
    drawn(qtbot, view)

    def take_for_a_card(drawer: Drawer) -> None:
        assert drawer.view3d is not None
        drawer.view3d.software = False

    canvas_of(view)._surface.call(take_for_a_card)
    view._refresh()
    drawn(qtbot, view)
    assert view.draws_live
    pictures, programs = [], set()
    for by in (0.0, 0.1, 0.2):
        # The maps stay those of the start, as a sparing run leaves them.
        view.set_neural("b", later(texture, by), live=True)
        pictures.append(drawn(qtbot, view))
        programs.add(id(program_of(view)))
    view.set_neural("b", later(texture, 0.3))
    pictures.append(drawn(qtbot, view))
    programs.add(id(program_of(view)))
    assert len(programs) == 1 and program_of(view) is not None
    means = [picture[100:200, 150:250].mean() for picture in pictures]
    assert all(b > a + 2 for a, b in itertools.pairwise(means)), means
    view.set_mode("2d")
    assert not view.draws_live


def test_another_window_draws_from_latents_again(qtbot: QtBot, view: MaterialViewport, texture: NeuralTexture) -> None:
    show(view, texture, sampler="neural", filtering="nearest")
    before = drawn(qtbot, view)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(view)
    window.resize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, view)

    def as_before() -> bool:
        now = pixels(view)
        return now.shape == before.shape and bool(np.abs(before - now).max() <= 1) and bool(canvas_of(view).costs)

    qtbot.waitUntil(as_before, timeout=30_000)
    view.setParent(None)
