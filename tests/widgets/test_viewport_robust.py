"""The viewport when something goes: windows that move, drawing that fails, no OpenGL at all, dense screens; and that
nothing stays behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import moderngl
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QOpenGLContext
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from core.codec.layout import LatentGrid
from core.textures.material import Pixels
from core.textures.roles import Role
from renderers import material_renderer, picture_renderer
from renderers.picture_view import PictureView
from renderers.shapes import Shape
from renderers.studios import STUDIOS
from tests.core.codec.materials import random_texture
from tests.widgets.test_viewport import material, pixels, settle, use_one_sample, view
from widgets.gl_surface import MemorySurface, WindowSurface
from widgets.viewport import MaterialViewport
from widgets.viewport_canvas import GlCanvas, PaintedCanvas

__all__ = ["view"]

ROOT = Path(__file__).resolve().parents[2]
needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="resident memory is read from /proc")


def canvas_of(view: MaterialViewport) -> GlCanvas:
    assert isinstance(view._canvas, GlCanvas)
    return view._canvas


# Nothing stays behind


def of_size(seed: int, width: int, height: int) -> dict[Role, Pixels]:
    rng = np.random.default_rng(seed)
    channels = {Role.ALBEDO: 3, Role.NORMAL: 3, Role.ROUGHNESS: 1, Role.DISPLACEMENT: 1}
    return {role: rng.random((height, width, count), np.float32) for role, count in channels.items()}


def gl_names(view: MaterialViewport) -> dict[str, int]:
    """How many objects of every kind the driver itself knows in the view's context."""
    counts = canvas_of(view)._surface.call(lambda _: counted())
    assert counts is not None
    return counts


def counted() -> dict[str, int]:
    context = QOpenGLContext.currentContext()
    assert context is not None
    known, more = context.functions(), context.extraFunctions()
    looks: dict[str, Callable[[int], object]] = {
        "textures": known.glIsTexture,
        "framebuffers": known.glIsFramebuffer,
        "renderbuffers": known.glIsRenderbuffer,
        "buffers": known.glIsBuffer,
        "programs": known.glIsProgram,
        "shaders": known.glIsShader,
        "vertex arrays": more.glIsVertexArray,
        "samplers": more.glIsSampler,
        "queries": more.glIsQuery,
    }
    # Names are given out from below, and those given back again first.
    return {kind: sum(bool(look(name)) for name in range(1, 1000)) for kind, look in looks.items()}


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def living_timers() -> int:
    return sum(issubclass(type(thing), QTimer) for thing in gc.get_objects())


def load_and_unload(view: MaterialViewport, i: int, *, all_of_it: bool) -> None:
    """One cycle, another one for every ``i`` below 60."""
    width, height = ((32, 32), (64, 32), (16, 48), (48, 16), (8, 8))[i % 5]
    flat = i % 3 == 0 or not (all_of_it or i % 20 == 1)
    view.set_options(
        mode="2d" if flat else "3d",
        compare=("split", "flip" if all_of_it or i % 8 == 1 else "a", "wipe", "difference")[i % 4],
        show_seams=i % 2 == 0,
        shape=list(Shape)[i % len(Shape)].value if all_of_it else "plane",
        environment=list(STUDIOS)[i % len(STUDIOS)] if all_of_it else "studio",
        displacement=0.03 if all_of_it else 0.0,
        sampler="texture",
    )
    view.resize(160 + 8 * (i % 3), 120 + 8 * (i % 2))
    if i % (30 if all_of_it else 100) == 11:
        texture = random_texture(16, 16, (LatentGrid(4, 5, 4),))
        maps = texture.decode()
        view.set_options(mode="3d", sampler="neural", compare="split")
        view.set_materials(maps, maps)
        view.set_neural("b", texture)
    else:
        view.set_materials(of_size(i, width, height), of_size(i + 1, width, height))
    deadline = time.monotonic() + 20.0
    QApplication.processEvents()
    while not view.refined and time.monotonic() < deadline:
        time.sleep(0.001)  # a thread draws, and wants the interpreter, too
        QApplication.processEvents()
    assert view.refined
    assert pixels(view).std() > 1.0
    view.set_materials(None, None)
    QApplication.processEvents()


def cycles(qtbot: QtBot, view: MaterialViewport, count: int, bound: int, *, all_of_it: bool) -> None:
    """Warm up by a quarter; then memory may grow by ``bound`` bytes in the other three."""
    view.resize(160, 120)
    for i in range(count // 4):
        load_and_unload(view, i, all_of_it=all_of_it)
    names, timers, threads, before = gl_names(view), living_timers(), threading.active_count(), resident()
    for i in range(count // 4, count + 60 - count % 60 if all_of_it else count):
        load_and_unload(view, i, all_of_it=all_of_it)
    # The same place of the cycle as at the end of the warm-up.
    load_and_unload(view, count // 4 - 1, all_of_it=all_of_it)
    after = resident()
    now = gl_names(view)
    assert {kind: now[kind] - names[kind] for kind in names if now[kind] > names[kind]} == {}
    assert living_timers() <= timers
    qtbot.waitUntil(lambda: threading.active_count() <= threads, timeout=10_000)
    assert after - before < bound, f"{(after - before) / 2**20:.1f} MB more"


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> MaterialViewport:
    """A view that is composed with its window, as where a GPU does it."""
    monkeypatch.setattr("widgets.viewport_canvas.draws_in_software", lambda: False)
    view: MaterialViewport = request.getfixturevalue("view")
    assert isinstance(canvas_of(view)._surface, WindowSurface)
    return view


@needs_proc
def test_200_materials_leave_nothing_behind(qtbot: QtBot, view: MaterialViewport) -> None:
    use_one_sample(view)
    cycles(qtbot, view, 200, 8 * 2**20, all_of_it=False)


@needs_proc
@pytest.mark.slow
def test_200_materials_on_all_shapes_in_every_light_leave_nothing_behind(qtbot: QtBot, view: MaterialViewport) -> None:
    use_one_sample(view)
    cycles(qtbot, view, 240, 40 * 2**20, all_of_it=True)


def test_painting_asks_for_the_window_s_framebuffer_once(qtbot: QtBot, composed: MaterialViewport) -> None:
    """moderngl never gives such an answer back."""
    view = composed
    view.set_materials(material(), None)
    settle(qtbot, view)
    surface = canvas_of(view)._surface
    assert isinstance(surface, WindowSurface)
    held = surface._target
    for _ in range(3):
        pixels(view)
        canvas_of(view).repaint()
    assert held is not None and surface._target is held
    view.resize(420, 300)
    pixels(view)
    assert surface._target is not held


def test_where_the_processor_draws_only_what_changes_is_drawn(qtbot: QtBot, view: MaterialViewport) -> None:
    surface = canvas_of(view)._surface
    if not isinstance(surface, MemorySurface):
        pytest.skip("a GPU draws here")
    view.set_materials(material(), None)
    settle(qtbot, view)
    before, thread, made = pixels(view), surface._thread, surface._image
    surface.repaint()
    QApplication.processEvents()
    assert surface._image is made, "what was uncovered is painted from memory"
    window = QMainWindow()
    qtbot.addWidget(window)
    view.setFixedSize(view.size())
    window.setCentralWidget(view)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, view)
    assert surface._thread is thread and np.array_equal(pixels(view), before)
    view.set_options(mode="2d")
    assert not np.array_equal(pixels(view), before) and surface._image is not made
    window.takeCentralWidget()
    view.setParent(None)


def test_the_window_answers_while_a_picture_is_drawn(
    qtbot: QtBot, view: MaterialViewport, monkeypatch: pytest.MonkeyPatch
) -> None:
    surface = canvas_of(view)._surface
    if not isinstance(surface, MemorySurface):
        pytest.skip("a GPU draws here")
    view.set_materials(material(), None)
    settle(qtbot, view)
    going, go_on = threading.Event(), threading.Event()
    whole = material_renderer.MaterialRenderer.draw_rows

    def slow(*args: Any, **more: Any) -> None:
        going.set()
        assert go_on.wait(20.0)
        whole(*args, **more)

    monkeypatch.setattr(material_renderer.MaterialRenderer, "draw_rows", slow)
    view.set_rotation(40.0)
    assert going.wait(20.0)
    for degrees in (50.0, 60.0):
        view.set_rotation(degrees)
        surface.repaint()
    assert not view.refined
    go_on.set()
    settle(qtbot, view)
    order = canvas_of(view)._drawn.order
    assert order is not None and order.picture.scene.rotation == 60.0


def test_a_hidden_view_draws_nothing_until_it_is_seen(qtbot: QtBot, view: MaterialViewport) -> None:
    surface = canvas_of(view)._surface
    if not isinstance(surface, MemorySurface):
        pytest.skip("a GPU draws here")
    view.set_materials(material(), None)
    settle(qtbot, view)
    view.hide()
    surface.call(lambda _: None)  # what was begun before is ended
    QApplication.processEvents()
    before = canvas_of(view)._drawn
    view.set_rotation(40.0)
    view.update_b(material(1))
    qtbot.wait(100)
    assert canvas_of(view)._drawn is before and not view.refined
    view.show()
    settle(qtbot, view)
    order = canvas_of(view)._drawn.order
    assert order is not None and order.picture.scene.rotation == 40.0 and order.picture.maps["b"] is not None


# Windows that move


def reads_as(view: MaterialViewport, before: np.ndarray) -> Callable[[], bool]:
    def look() -> bool:
        now = pixels(view)
        return now.shape == before.shape and bool(np.abs(before.astype(int) - now).max() <= 1)

    return look


@pytest.fixture
def docked(qtbot: QtBot, view: MaterialViewport) -> Iterator[tuple[QMainWindow, QDockWidget, QDockWidget]]:
    """A window with the view in a dock of its own and another dock beside it."""
    window = QMainWindow()
    qtbot.addWidget(window)
    own, beside = QDockWidget("view", window), QDockWidget("beside", window)
    own.setWidget(view)
    beside.setWidget(QWidget())
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, own)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, beside)
    view.setFixedSize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    yield window, own, beside
    view.setParent(None)


@pytest.mark.parametrize("shown", ["seams", "flip 2d", "flip 3d", "neural"])
def test_floating_and_docking_keeps_all_that_was_shown(
    qtbot: QtBot, composed: MaterialViewport, docked: tuple[QMainWindow, QDockWidget, QDockWidget], shown: str
) -> None:
    view = composed
    _, own, beside = docked
    smooth, torn = material(), material()
    torn[Role.ALBEDO] = torn[Role.ALBEDO].copy()
    torn[Role.ALBEDO][:, :8] = 0.7
    view.set_materials(smooth, torn)
    if shown == "neural":
        texture = random_texture(16, 16, (LatentGrid(4, 5, 4),))
        view.set_materials(texture.decode(), texture.decode())
        view.set_neural("b", texture)
        view.set_options(shape="plane", sampler="neural")
    elif shown == "seams":
        view.set_options(shape="plane", show_seams=True)
    else:
        view.set_options(mode=shown[-2:], compare="flip")
    view._camera = view._camera.orbit(10.0, 5.0)
    view._refresh()

    def at_rest() -> bool:
        return view.refined and (not shown.startswith("flip") or view._flip_mean is not None)

    settle(qtbot, view)
    qtbot.waitUntil(lambda: at_rest() and not canvas_of(view).compiling, timeout=30_000)
    surface = canvas_of(view)._surface
    assert isinstance(surface, WindowSurface)
    before, context = pixels(view), surface.context()
    camera = view._camera
    moves: list[Callable[[], None]] = [
        lambda: beside.setFloating(True),
        lambda: own.setFloating(True),
        lambda: own.hide(),
        lambda: own.show(),
        lambda: own.setFloating(False),
        lambda: beside.setFloating(False),
    ]
    for move in moves:
        move()
        QApplication.processEvents()
        # A result that is on its way meanwhile is the usual case, not the rare one.
        view.update_b(view.maps("b"))
    qtbot.waitUntil(at_rest, timeout=30_000)
    qtbot.waitUntil(reads_as(view, before), timeout=30_000)
    assert view._camera == camera
    assert shown != "neural" or set(canvas_of(view).costs) == {"b"}
    assert surface.context() is not context, "it was another context"


def test_results_that_come_while_it_moves_are_shown(qtbot: QtBot, composed: MaterialViewport) -> None:
    view = composed
    last = material(7)
    view.set_materials(material(), material(1))
    window = QMainWindow()
    qtbot.addWidget(window)
    view.setFixedSize(400, 300)
    for i in range(4):
        view.update_b(material(i + 2) if i < 3 else last)
        if i % 2 == 0:
            window.setCentralWidget(view)
            window.show()
        else:
            view.setParent(None)
            view.show()
        QApplication.processEvents()
        view.set_mode("2d" if i % 2 else "3d")
    view.set_options(mode="2d", compare="b")
    view.zoom_to_texels()
    expected = np.round(last[Role.ALBEDO] * 255).astype(np.uint8)
    qtbot.waitUntil(lambda: np.array_equal(pixels(view)[118:182, 168:232], expected), timeout=10_000)


def test_closing_in_the_middle_of_a_picture(qtbot: QtBot) -> None:
    view = MaterialViewport(samples=500)
    if view.opengl_problem:
        pytest.skip(f"no OpenGL here: {view.opengl_problem}")
    view.resize(300, 200)
    view.show()
    qtbot.waitExposed(view)
    view.set_materials(material(), material(1))
    canvas = canvas_of(view)

    def in_the_middle() -> bool:
        return bool(
            canvas._surface.call(lambda drawer: drawer.view3d is not None and 0.0 < drawer.view3d.progress < 1.0)
        )

    qtbot.waitUntil(in_the_middle, timeout=20_000)
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    assert not isValid(canvas)


@pytest.mark.parametrize("leave", ["move", "fall back"])
def test_what_the_old_context_held_is_given_back(qtbot: QtBot, composed: MaterialViewport, leave: str) -> None:
    """Contexts share with that of their window: what is left in one lives as long as the window does."""
    view = composed
    view.set_materials(material(), material(1))
    settle(qtbot, view)
    canvas = canvas_of(view)
    surface = canvas._surface
    assert isinstance(surface, WindowSurface) and surface.drawer is not None and surface.drawer.view3d is not None
    textures = list(surface.drawer.view3d.renderer._neutral._textures.values())
    assert len(textures) == 4
    if leave == "move":
        window = QMainWindow()
        qtbot.addWidget(window)
        window.setCentralWidget(view)
        window.show()
        qtbot.waitExposed(window)
    else:
        view._fall_back("there is no driver")
    assert all(isinstance(texture.mglo, moderngl.InvalidObject) for texture in textures)
    view.setParent(None)


# Drawing that fails


class Faults:
    """Makes a method raise so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, times: int) -> None:
        self.left = times
        whole = getattr(owner, name)

        def faulty(*args: object, **more: object) -> object:
            if self.left > 0:
                self.left -= 1
                raise RuntimeError("the device\nwas removed")
            return whole(*args, **more)

        monkeypatch.setattr(owner, name, faulty)


@pytest.mark.parametrize("mode", ["2d", "3d"])
def test_one_fault_is_answered_by_building_anew(
    qtbot: QtBot, view: MaterialViewport, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    view.set_materials(material(), material(1))
    view.set_mode(mode)
    settle(qtbot, view)
    before = pixels(view)
    owner: tuple[type, str] = (
        (picture_renderer.PictureRenderer, "draw") if mode == "2d" else (material_renderer.MaterialRenderer, "resolve")
    )
    faults = Faults(monkeypatch, *owner, times=1)
    view._canvas.refresh()
    qtbot.waitUntil(lambda: faults.left == 0, timeout=5000)
    settle(qtbot, view)
    qtbot.waitUntil(reads_as(view, before), timeout=20_000)
    assert not view.opengl_problem


@pytest.mark.parametrize("name", ["draw_rows", "resolve"])
def test_faults_that_stay_lead_to_painted_pictures_and_a_sentence(
    qtbot: QtBot, view: MaterialViewport, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    maps = material()
    view.set_materials(maps, material(1))
    settle(qtbot, view)
    faults = Faults(monkeypatch, material_renderer.MaterialRenderer, name, times=100)
    view.set_rotation(10.0)
    qtbot.waitUntil(lambda: isinstance(view._canvas, PaintedCanvas), timeout=10_000)
    assert faults.left == 98, "tried once more, and not again"
    note = view._overlay._overlay.note
    assert note == "No 3D view: the OpenGL driver failed to draw (the device was removed). Shown flat."
    view.set_options(mode="2d", compare="a")
    view.zoom_to_texels()
    assert np.array_equal(painted(view)[118:182, 168:232], np.round(maps[Role.ALBEDO] * 255).astype(np.uint8))


def test_picking_that_fails_finds_nothing(
    qtbot: QtBot, view: MaterialViewport, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.set_materials(material(), None)
    pixels(view)
    settle(qtbot, view)
    assert view.reading_at(QPointF(200.0, 150.0)) is not None
    Faults(monkeypatch, material_renderer.MaterialRenderer, "uv_at", times=1)
    assert view.reading_at(QPointF(200.0, 150.0)) is None
    assert view.reading_at(QPointF(200.0, 150.0)) is not None


# No OpenGL


def painted(view: MaterialViewport) -> np.ndarray:
    image = view._canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


@pytest.mark.parametrize(
    "options",
    [
        {"compare": "split"},
        {"compare": "split", "tiling": 3, "half_offset": True},
        {"compare": "wipe", "wipe": 0.4, "wipe_angle": 30.0},
        {"compare": "difference", "gain": 2.0},
        {"compare": "difference", "false_color": True},
        {"compare": "difference", "component": "g", "half_offset": True},
        {"compare": "flip"},
        {"compare": "b", "show_mips": True, "mip": 2},
        {"compare": "split", "show_seams": True, "half_offset": True},
        {"compare": "split", "channel": Role.ROUGHNESS},
        {"compare": "a", "channel": Role.NORMAL, "component": "b"},
    ],
    ids=lambda options: " ".join(str(value) for value in options.values()),
)
@pytest.mark.parametrize("zoom", [3.0, 0.3])
def test_painted_pictures_are_those_of_opengl(
    qtbot: QtBot, view: MaterialViewport, options: dict[str, object], zoom: float
) -> None:
    a, b = material(), material()
    b[Role.ALBEDO] = b[Role.ALBEDO].copy()
    b[Role.ALBEDO][:, :16] = 1.0 - b[Role.ALBEDO][:, :16]
    view.set_materials(a, b)
    view.set_options(mode="2d", **options)
    view._view = PictureView((32.0, 32.0), zoom)
    view._refresh()
    if options["compare"] == "flip":
        qtbot.waitUntil(lambda: view._flip_mean is not None, timeout=20_000)
    drawn = pixels(view).astype(int)
    # What was said about it is said again.
    overlay = view._overlay._overlay
    view._fall_back("there is no driver")
    QApplication.processEvents()
    assert isinstance(view._canvas, PaintedCanvas)
    now = painted(view).astype(int)
    assert now.shape == drawn.shape
    assert drawn[100:200, 100:300].std() > 4, "there is something to compare"
    different = np.abs(now - drawn).max(axis=2)
    # Where texels meet, and at the border of a picture, one filters and the other doesn't.
    assert (different > 12).mean() < (0.02 if zoom > 1.0 else 0.03), (different > 12).mean()
    assert np.abs(now.mean() - drawn.mean()) < 0.7
    assert view._overlay._overlay == overlay


def test_painted_texels_bear_their_numbers_too(qtbot: QtBot, view: MaterialViewport) -> None:
    maps = material()
    view.set_materials(maps, None)
    view._fall_back("there is no driver")
    QApplication.processEvents()
    view.set_mode("2d")
    view._view = PictureView((10.5, 20.5), 50.0)
    view._refresh()
    middle = next(n for n in view._overlay._overlay.numbers if abs(n.x - 200.0) < 1.0 and abs(n.y - 150.0) < 1.0)
    assert middle.lines == tuple(str(round(float(v) * 255)) for v in maps[Role.ALBEDO][20, 10])


def run(script: str, **environment: str) -> str:
    """What a process of its own prints that runs this, with the viewport's names at hand."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


_WITHOUT_GL = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.main_window import MainWindow
from tests.widgets.test_viewport import material
window = MainWindow()
window.resize(1000, 700)
window.show()
app.processEvents()
view = window.viewport
print(type(view._canvas).__name__)
print(view._overlay._overlay.message.replace(chr(10), " "))
view.set_materials(material(), material(1))
app.processEvents()
print(view._overlay._overlay.note)
print(view._canvas.grab().toImage().pixelColor(view._canvas.width() // 4, view._canvas.height() // 2).lightness() >= 0)
window.close()
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ""},
        {"QT_QPA_PLATFORM": "minimal"},
        {"QT_XCB_GL_INTEGRATION": "none"},
        {"LIBGL_DRIVERS_PATH": "/nowhere", "GBM_BACKENDS_PATH": "/nowhere"},
        {"MESA_GL_VERSION_OVERRIDE": "2.1"},
    ],
    ids=["offscreen", "minimal", "none", "no driver", "old"],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how to take OpenGL away here is not known")
def test_the_window_starts_without_opengl_and_says_so(environment: dict[str, str]) -> None:
    canvas, message, note, _ = run(_WITHOUT_GL, **environment).splitlines()
    assert canvas == "PaintedCanvas"
    assert "No 3D view: " in message and message.endswith("Shown flat.")
    assert note.startswith("No 3D view: ") and note.endswith(". Shown flat.")


# Dense screens


_DENSE = """
import sys
import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
app = QApplication([])
from core.textures.roles import Role
from renderers.picture_view import PictureView
from tests.widgets.test_viewport import material, pixels
from widgets.viewport import MaterialViewport
from widgets.viewport_canvas import PaintedCanvas
from widgets.wipe import wipe_handle

ratio, painted = float(sys.argv[1]), sys.argv[2] == "painted"
view = MaterialViewport(samples=1)
if painted:
    view._fall_back("there is no driver")
view.resize(401, 301)
view.show()
QTest.qWaitForWindowExposed(view)
canvas = view._canvas
assert isinstance(canvas, PaintedCanvas) == painted
assert view.devicePixelRatioF() == ratio, view.devicePixelRatioF()
size = int(401 * ratio + 0.5), int(301 * ratio + 0.5)
assert canvas.pixel_size() == size, canvas.pixel_size()


def shown():
    app.processEvents()
    if not painted:
        return pixels(view)
    from PySide6.QtGui import QImage, QOpenGLContext
    # Not a pixmap, which may have fewer colours on this display.
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    canvas.render(image)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


# One texel to one pixel of the screen, in either half.
maps = material()
stored = np.round(maps[Role.ALBEDO] * 255).astype(np.uint8)
view.set_materials(maps, maps)
view.set_options(mode="2d", compare="split")
view.zoom_to_texels()
got = shown()
assert got.shape[:2] in (size[::-1], (int(301 * ratio), int(401 * ratio))), got.shape
half = size[0] // 2
left, top = view._picture.view.pixel_of(0.0, 0.0, size, view.comparison)
assert left == int(left) and top == int(top), (left, top)
for start in (int(left), int(left) + half):
    assert np.array_equal(got[int(top) : int(top) + 64, start : start + 64], stored), start

# The mouse reads what lies under it, in px of the widget.
for x, y in ((20, 30), (63, 0)):
    for start in (left, left + half):
        reading = view.reading_at(QPointF((start + x + 0.5) / ratio, (top + y + 0.5) / ratio))
        assert reading is not None and (reading.x, reading.y) == (x, y), reading

# The pointed out place and the numbers lie where their texels are.
view.set_options(compare="a")
view.look_at(16.5 / 64, 48.5 / 64, 8.0)
ring = view._overlay._overlay.ring
reading = view.reading_at(QPointF(*ring[:2]))
assert (reading.x, reading.y) == (16, 48), reading
view._view = PictureView((10.5, 20.5), 50.0 * ratio)
view._refresh()
for number in view._overlay._overlay.numbers:
    reading = view.reading_at(QPointF(number.x, number.y))
    assert number.lines == tuple(str(v) for v in reading.a_8bit)
assert len(view._overlay._overlay.numbers) > 20

# The handle and the knob are hit where they are drawn, and the line follows.
view.set_options(compare="wipe", wipe=0.5)
handle, knob = wipe_handle(view.comparison, 401.0, 301.0)
view.set_options(mode="3d")
QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=handle.toPoint())
QTest.mouseMove(canvas, QPoint(100, 150))
QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
assert abs(view.options.wipe - 100 / 401) < 0.01, view.options.wipe
handle, knob = wipe_handle(view.comparison, 401.0, 301.0)
QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=knob.toPoint())
QTest.mouseMove(canvas, QPoint(40, 150))
QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 150))
assert abs(view.options.wipe_angle - 90.0) < 2.0, view.options.wipe_angle

if not painted:
    # The middle of the ball is read in its middle, and FLIP has the size of the picture.
    view.set_options(compare="a", wipe_angle=0.0)
    import time
    deadline = time.monotonic() + 60.0
    while not view.refined and time.monotonic() < deadline:
        app.processEvents()
    reading = view.reading_at(QPointF(200.5, 150.5))
    assert abs((reading.uv[0] + 0.5) % 1.0 - 0.5) < 0.02 and abs(reading.uv[1] - 0.5) < 0.02, reading
    view.update_b(material(1))
    view.set_options(compare="flip")
    while view._picture.flip is None and time.monotonic() < deadline:
        app.processEvents()
    assert view._picture.flip.shape == size[::-1], view._picture.flip.shape
print("fine")
view.close()
"""


@pytest.mark.parametrize("ratio", ["1.5", "2"])
@pytest.mark.parametrize("canvas", ["opengl", "painted"])
def test_dense_screens(view: MaterialViewport, ratio: str, canvas: str) -> None:
    script = f"import sys; sys.argv[1:] = {[ratio, canvas]!r}\n{_DENSE}"
    assert run(script, QT_SCALE_FACTOR=ratio, QT_SCALE_FACTOR_ROUNDING_POLICY="PassThrough").split() == ["fine"]
