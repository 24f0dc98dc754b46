import os
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from core.textures.flip import flip_tiles
from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.choices import CompareMode
from renderers.drawer import Drawer
from renderers.picture_view import PictureView
from widgets.gl_surface import MemorySurface
from widgets.viewport import MaterialViewport
from widgets.viewport_canvas import GlCanvas, PaintedCanvas, in_false_color
from widgets.viewport_options import PixelReading, ViewMode, ViewportOptions
from widgets.wipe import wipe_handle

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton


def material(seed: int = 0, size: int = 64) -> dict[Role, Pixels]:
    rng = np.random.default_rng(seed)
    cells = rng.random((8, 8, 3)).repeat(size // 8, 0).repeat(size // 8, 1)
    normal = np.full((size, size, 3), (0.5, 0.5, 1.0))
    maps = {Role.ALBEDO: cells, Role.NORMAL: normal, Role.ROUGHNESS: cells[..., :1] * 0.5 + 0.3}
    return {role: (np.round(pixels * 255) / 255).astype(np.float32) for role, pixels in maps.items()}


@pytest.fixture
def view(qtbot: QtBot) -> MaterialViewport:
    made = MaterialViewport(samples=2)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    if made.opengl_problem:
        # Where everything is installed for the tests, a skipped view would hide that it doesn't work.
        assert not os.environ.get("CI"), made.opengl_problem
        pytest.skip(f"no OpenGL here: {made.opengl_problem}")
    return made


def settle(qtbot: QtBot, view: MaterialViewport) -> None:
    def settled() -> bool:
        return view.refined

    QApplication.processEvents()
    qtbot.waitUntil(settled, timeout=20000)


def use_one_sample(view: MaterialViewport) -> None:
    """A pixel, in its middle."""

    def use(drawer: Drawer) -> None:
        drawer._samples = 1
        if drawer.view3d is not None:
            drawer.view3d.samples = 1

    view._samples = 1
    canvas = view._canvas
    assert isinstance(canvas, GlCanvas)
    canvas._surface.call(use)


def pixels(view: MaterialViewport) -> np.ndarray:
    """What is on the screen, without what is written over it: uint8 H × W × 3."""
    QApplication.processEvents()
    canvas = view._canvas
    assert isinstance(canvas, GlCanvas)
    surface = canvas._surface
    if isinstance(surface, MemorySurface):
        drawn = surface.picture()
        QApplication.processEvents()
        assert drawn is not None
        image = drawn.convertToFormat(QImage.Format.Format_RGB888)
    else:
        image = surface.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def send_wheel(view: MaterialViewport, place: QPoint, notches: int) -> None:
    canvas = view._canvas
    event = QWheelEvent(
        QPointF(place),
        QPointF(canvas.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_original_and_result_side_by_side_in_3d(qtbot: QtBot, view: MaterialViewport) -> None:
    maps = material()
    view.set_materials(maps, maps, NormalConvention.OPENGL)
    settle(qtbot, view)
    shown = pixels(view)
    assert shown.shape == (300, 400, 3)
    assert np.array_equal(shown[:, :200], shown[:, 200:])
    assert shown[130:170, 80:120].std() > 5
    view.update_b(material(seed=1))
    settle(qtbot, view)
    assert np.array_equal(pixels(view)[:, :200], shown[:, :200]), "the original is left alone"
    assert not np.array_equal(pixels(view)[:, 200:], shown[:, 200:])


def test_a_moved_widget_builds_everything_anew(qtbot: QtBot, view: MaterialViewport) -> None:
    """Another top-level window means another context: nothing of the old one can be used."""
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    settle(qtbot, view)
    before = pixels(view)

    def as_before() -> bool:
        now = pixels(view)
        return now.shape == before.shape and bool(np.abs(before.astype(int) - now).max() <= 1)

    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(view)
    window.resize(400, 300)
    window.show()
    qtbot.waitExposed(window)
    settle(qtbot, view)
    # On busy cores the window may still be on its way to its size.
    qtbot.waitUntil(as_before, timeout=20_000)
    view.set_mode("2d")
    flat = pixels(view)
    view.setParent(None)
    view.resize(400, 300)
    view.show()
    qtbot.waitExposed(view)
    assert np.array_equal(flat, pixels(view))
    view.set_mode("3d")
    settle(qtbot, view)
    # On busy cores the window may still be on its way to its size.
    qtbot.waitUntil(as_before, timeout=20_000)


def test_the_flat_view_shows_the_stored_values(view: MaterialViewport) -> None:
    maps = material()
    view.set_materials(maps, None, NormalConvention.OPENGL)
    view.set_mode("2d")
    view.zoom_to_texels()
    shown = pixels(view)[118:182, 168:232]
    assert np.array_equal(shown, np.round(maps[Role.ALBEDO] * 255).astype(np.uint8))
    view.show_component("g")
    green = pixels(view)[118:182, 168:232]
    assert np.array_equal(green[..., 0], shown[..., 1]) and np.array_equal(green[..., 2], shown[..., 1])


def test_the_difference_of_identical_maps_is_black_in_both_views(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), material(), NormalConvention.OPENGL)
    view.set_options(compare="difference", gain=64)
    settle(qtbot, view)
    assert pixels(view).max() == 0
    view.set_mode("2d")
    assert pixels(view)[100:200, 150:250].max() == 0


@pytest.mark.parametrize("mode", ["2d", "3d"])
def test_holding_space_shows_the_original(qtbot: QtBot, view: MaterialViewport, mode: str) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    view.set_options(mode=mode, compare="b")
    settle(qtbot, view)
    result = pixels(view)
    view.set_options(compare="a")
    settle(qtbot, view)
    original = pixels(view)
    view.set_options(compare="b")
    qtbot.keyPress(view, Qt.Key.Key_Space)
    settle(qtbot, view)
    assert np.array_equal(pixels(view), original)
    qtbot.keyRelease(view, Qt.Key.Key_Space)
    settle(qtbot, view)
    assert np.array_equal(pixels(view), result)
    assert view.options.compare is CompareMode.B, "holding a key is no change of an option"


def test_the_inspector_names_both_values(qtbot: QtBot, view: MaterialViewport) -> None:
    a, b = material(), material(1)
    tilted = np.full((64, 64, 3), (0.5, 0.5 + 0.5 * np.sin(np.radians(30)), 0.5 + 0.5 * np.cos(np.radians(30))))
    b[Role.NORMAL] = tilted.astype(np.float32)
    view.set_materials(a, b, NormalConvention.OPENGL)
    view.set_options(mode="2d", compare="split")
    readings: list[PixelReading | None] = []
    view.pixelInspected.connect(readings.append)
    view.set_options(channel=None)
    view._view = view._picture.view.__class__((32.0, 32.0), 2.0)
    view._refresh()
    qtbot.mouseMove(view._canvas, QPoint(100 + 10, 150 - 6))
    qtbot.waitUntil(lambda: bool(readings))
    reading = readings[-1]
    assert reading is not None
    assert (reading.x, reading.y, reading.role) == (37, 29, Role.ALBEDO)
    assert reading.a == pytest.approx(a[Role.ALBEDO][29, 37])
    assert reading.b == pytest.approx(b[Role.ALBEDO][29, 37])
    assert reading.b_8bit == tuple(np.round(b[Role.ALBEDO][29, 37] * 255).astype(int))
    # The same place of the right half.
    assert view.reading_at(QPointF(310.0, 144.0)) == reading
    view.set_channel(Role.NORMAL)
    normal = view.reading_at(QPointF(110.0, 144.0))
    assert normal is not None and normal.angle_deg == pytest.approx(30.0, abs=0.5)
    assert view.reading_at(QPointF(5.0, 5.0)) is None


def test_the_inspector_works_on_a_shape_too(qtbot: QtBot, view: MaterialViewport) -> None:
    a, b = material(), material(1)
    view.set_materials(a, b, NormalConvention.OPENGL)
    settle(qtbot, view)
    reading = view.reading_at(QPointF(100.0, 150.0))
    assert reading is not None
    # The middle of the ball shows the middle of the picture's second half: u runs twice around.
    assert reading.uv == pytest.approx((0.0, 0.5), abs=0.02) or reading.uv == pytest.approx((1.0, 0.5), abs=0.02)
    assert reading.a == pytest.approx(a[Role.ALBEDO][reading.y, reading.x])
    right = view.reading_at(QPointF(115.0, 162.0))
    assert right is not None and 0.03 < right.uv[0] < 0.12
    assert view.reading_at(QPointF(315.0, 162.0)) == right, "the same place of the other half"
    assert view.reading_at(QPointF(3.0, 3.0)) is None
    shown = view._picture.scene.channel
    view.set_channel(Role.ALBEDO)
    settle(qtbot, view)
    assert shown is None and right.a_8bit is not None
    # The map alone has the inspected value on the screen, but for filtering between its cells.
    assert np.abs(pixels(view)[162, 115].astype(int) - np.array(right.a_8bit)).max() <= 3


def test_the_wipe_s_line_follows_the_mouse(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    for mode in ("2d", "3d"):
        view.set_options(mode=mode, compare="wipe", wipe=0.5)
        settle(qtbot, view)
        qtbot.mousePress(view._canvas, LEFT, pos=QPoint(200, 40))
        qtbot.mouseMove(view._canvas, QPoint(100, 60))
        qtbot.mouseRelease(view._canvas, LEFT, pos=QPoint(100, 60))
        assert view.options.wipe == pytest.approx(0.25, abs=0.01)
    camera = view._camera
    qtbot.mousePress(view._canvas, LEFT, pos=QPoint(300, 150))
    qtbot.mouseMove(view._canvas, QPoint(330, 150))
    qtbot.mouseRelease(view._canvas, LEFT, pos=QPoint(330, 150))
    assert view.options.wipe == pytest.approx(0.25, abs=0.01), "away from the line it orbits"
    assert view._camera.yaw != camera.yaw


def test_mouse_in_3d(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), None, NormalConvention.OPENGL)
    canvas = view._canvas

    def drag(button: Qt.MouseButton, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.mousePress(canvas, button, modifier, QPoint(150, 150))
        qtbot.mouseMove(canvas, QPoint(190, 140))
        qtbot.mouseRelease(canvas, button, modifier, QPoint(190, 140))

    start = view._camera
    drag(LEFT)
    assert view._camera.yaw == pytest.approx(360.0 - 16.0) and view._camera.pitch < start.pitch
    drag(MIDDLE)
    assert view._camera.target != start.target
    drag(RIGHT, Qt.KeyboardModifier.ShiftModifier)
    assert view.options.rotation == pytest.approx(20.0)
    send_wheel(view, QPoint(200, 150), 2)
    assert view._camera.zoom > 1.2
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(200, 150))
    assert view._camera == start


def test_mouse_in_2d(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), None, NormalConvention.OPENGL)
    view.set_mode("2d")
    place = QPointF(230.0, 120.0)
    before = view.reading_at(place)
    send_wheel(view, place.toPoint(), 3)
    assert view.reading_at(place) == before, "zooms at the pointer"
    qtbot.mousePress(view._canvas, LEFT, pos=QPoint(230, 120))
    qtbot.mouseMove(view._canvas, QPoint(250, 130))
    qtbot.mouseRelease(view._canvas, LEFT, pos=QPoint(250, 130))
    assert view.reading_at(QPointF(250.0, 130.0)) == before, "the picture follows the hand"
    zoomed = pixels(view)
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert not np.array_equal(pixels(view), zoomed)


def test_keys(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    heard: list[ViewportOptions] = []
    view.optionsChanged.connect(heard.append)

    def press(key: Qt.Key, read: Callable[[ViewportOptions], object]) -> object:
        qtbot.keyClick(view, key)
        assert heard[-1] == view.options
        return read(view.options)

    keys = Qt.Key
    assert press(keys.Key_W, lambda o: o.compare) is CompareMode.WIPE
    assert press(keys.Key_W, lambda o: o.compare) is CompareMode.SPLIT
    assert press(keys.Key_D, lambda o: o.compare) is CompareMode.DIFFERENCE
    assert press(keys.Key_E, lambda o: o.compare) is CompareMode.FLIP
    assert press(keys.Key_E, lambda o: o.compare) is CompareMode.SPLIT
    assert press(keys.Key_PageDown, lambda o: o.mip) == 1
    assert press(keys.Key_PageUp, lambda o: o.mip) == 0
    assert press(keys.Key_BracketRight, lambda o: o.gain) == 16.0
    assert press(keys.Key_BracketLeft, lambda o: o.gain) == 8.0
    assert [press(keys.Key_T, lambda o: o.tiling) for _ in range(5)] == [2, 3, 4, 5, 1]
    solo = [press(keys.Key_C, lambda o: o.channel) for _ in range(4)]
    assert solo == [Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS, None]
    press(keys.Key_C, lambda o: o.channel)
    assert press(keys.Key_M, lambda o: o.channel) is None
    view.set_mode("2d")
    assert press(keys.Key_R, lambda o: o.component) == "r"
    assert press(keys.Key_B, lambda o: o.component) == "b"
    assert press(keys.Key_B, lambda o: o.component) == ""
    before = len(heard)
    qtbot.keyClick(view, keys.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert len(heard) == before, "with Ctrl it is somebody else's key"


def test_an_unreadable_environment_is_said_and_replaced(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), None, NormalConvention.OPENGL)
    with qtbot.waitSignal(view.problem, timeout=5000) as said:
        view.set_environment("nowhere.hdr")
    assert "nowhere.hdr" in str(said.args)
    assert view.options.environment == "studio"
    settle(qtbot, view)
    assert pixels(view)[130:170, 180:220].std() > 3


def test_an_unknown_shape_is_said_and_changes_nothing(qtbot: QtBot, view: MaterialViewport) -> None:
    with qtbot.waitSignal(view.problem) as said:
        view.set_shape("teapot")
    assert "teapot" in str(said.args)
    assert view.options.shape == "sphere"


def test_options_are_kept_in_range(view: MaterialViewport) -> None:
    view.set_options(gain=1e9, tiling=99, wipe=-1.0, mode="2d", compare="wipe")
    options = view.options
    assert (options.gain, options.tiling, options.wipe) == (64.0, 5, 0.0)
    assert options.mode is ViewMode.PICTURE and options.compare is CompareMode.WIPE


def test_it_stays_responsive_while_it_refines(qtbot: QtBot, view: MaterialViewport) -> None:
    view.resize(800, 600)
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    settle(qtbot, view)
    view.set_rotation(30.0)
    longest = 0.0
    deadline = time.monotonic() + 20.0
    while time.monotonic() < deadline:
        began = time.perf_counter()
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - began)
        if view.refined:
            break
    assert view.refined
    # A slice is 35 ms; the rest is room for a busy machine.
    assert longest < 0.5


def test_the_knob_turns_the_line_around_its_handle(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    view.set_options(mode="2d", compare="wipe", wipe=0.5)
    handle, knob = wipe_handle(view.comparison, 400.0, 300.0)
    assert handle == QPointF(200.0, 150.0)
    qtbot.mousePress(view._canvas, LEFT, pos=knob.toPoint())
    qtbot.mouseMove(view._canvas, QPoint(110, 150))
    qtbot.mouseRelease(view._canvas, LEFT, pos=QPoint(110, 150))
    assert view.options.wipe_angle == pytest.approx(90.0)
    assert view.options.wipe == pytest.approx(0.5)
    shown = pixels(view)
    view.set_options(compare="a")
    a = pixels(view)
    view.set_options(compare="b")
    b = pixels(view)
    assert np.array_equal(shown[:149], a[:149]) and np.array_equal(shown[151:], b[151:])


def test_flip_is_computed_beside_and_shown_by_colour(qtbot: QtBot, view: MaterialViewport) -> None:
    a, b = material(), material()
    b[Role.ALBEDO] = b[Role.ALBEDO].copy()
    b[Role.ALBEDO][:, :32] = 1.0 - b[Role.ALBEDO][:, :32]
    view.set_materials(a, b, NormalConvention.OPENGL)
    view.set_options(mode="2d", compare="flip")
    qtbot.waitUntil(lambda: view._flip_mean is not None, timeout=20_000)
    expected = np.zeros((64, 64), np.float32)
    for rows, columns, errors in flip_tiles(a[Role.ALBEDO], b[Role.ALBEDO]):
        expected[rows, columns] = errors
    assert view._flip_mean == pytest.approx(float(expected.mean()), abs=1e-6)
    view.zoom_to_texels()
    shown = pixels(view)[118:182, 168:232].astype(int)
    assert np.abs(shown - np.round(in_false_color(expected) * 255)).max() <= 2
    assert view._overlay._overlay.label_error == f"FLIP {expected.mean():.4f}"
    view.update_b(a)
    qtbot.waitUntil(lambda: view._flip_mean == pytest.approx(0.0, abs=1e-6), timeout=20_000)


def test_flip_in_3d_is_of_the_pictures_and_goes_when_they_change(qtbot: QtBot, view: MaterialViewport) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    view.set_options(compare="flip")
    settle(qtbot, view)
    qtbot.waitUntil(lambda: view._flip_mean is not None, timeout=20_000)
    assert view._flip_mean is not None and 0.0 < view._flip_mean < 1.0
    shown = pixels(view)
    assert shown[5, 5].max() <= 10, "nothing differs beside the ball"
    assert shown[130:170, 180:220].max() > 40
    view.update_b(material())
    settle(qtbot, view)
    qtbot.waitUntil(lambda: view._flip_mean == pytest.approx(0.0, abs=1e-3), timeout=20_000)
    assert pixels(view).max() <= 10


def test_false_colours_have_a_scale(view: MaterialViewport) -> None:
    a, b = material(), material()
    b[Role.ALBEDO] = np.clip(b[Role.ALBEDO] + np.float32(16 / 255), 0.0, 1.0)
    view.set_materials(a, b, NormalConvention.OPENGL)
    view.set_options(mode="2d", compare="difference", gain=8.0, false_color=True, channel=Role.ALBEDO)
    view.zoom_to_texels()
    error = np.abs(a[Role.ALBEDO] - b[Role.ALBEDO]).max(axis=2)
    shown = pixels(view)[118:182, 168:232].astype(int)
    assert np.abs(shown - np.round(in_false_color(error * np.float32(8.0)) * 255)).max() <= 2
    legend = view._overlay._overlay.legend
    assert legend is not None and legend.high == "31.9 of 255"


def test_a_worse_seam_is_marked_in_b(qtbot: QtBot, view: MaterialViewport) -> None:
    smooth = {Role.ALBEDO: np.full((64, 64, 3), 0.4, np.float32)}
    torn = {Role.ALBEDO: smooth[Role.ALBEDO].copy()}
    torn[Role.ALBEDO][:, :8] = 0.7
    view.set_materials(smooth, torn, NormalConvention.OPENGL)
    view.set_options(mode="2d", compare="split", half_offset=True, show_seams=True)
    shown = pixels(view)
    middle = shown[150, 300].astype(int)
    assert middle[0] > 200 and middle[0] - middle[1] > 60, "red where right meets left"
    # Where bottom meets top nothing is worse: a fine line only.
    assert np.abs(shown[150, 250].astype(int) - shown[140, 250]).max() < 60
    assert np.ptp(shown[:, :200].reshape(-1, 3), axis=0).max() < 40, "A has no marks"
    view.set_options(mode="3d")
    settle(qtbot, view)
    red = pixels(view).astype(int)
    assert (red[..., 0] - red[..., 1] > 90)[:, 200:].sum() > 50 > (red[..., 0] - red[..., 1] > 90)[:, :200].sum()


def test_mip_levels_have_colours(qtbot: QtBot, view: MaterialViewport) -> None:
    grey = {Role.ALBEDO: np.full((64, 64, 3), 0.5, np.float32)}
    view.set_materials(grey, None, NormalConvention.OPENGL)
    view.set_options(mode="2d", show_mips=True)
    seen = []
    for zoom in (2.0, 0.5, 0.125):
        view._view = PictureView((32.0, 32.0), zoom)
        view._refresh()
        seen.append(tuple(pixels(view)[150, 200].astype(int)))
    plain, red, yellow = seen
    assert np.ptp(plain) < 12, "level 0 has the colour that it had"
    assert red[0] > red[1] + 60 and red[0] > red[2] + 60
    assert min(yellow[:2]) > yellow[2] + 40
    assert view._overlay._overlay.legend is not None


def test_a_smaller_level_stays_where_it_was(view: MaterialViewport) -> None:
    maps = material()
    view.set_materials(maps, None, NormalConvention.OPENGL)
    view.set_options(mode="2d")
    view._view = PictureView((20.0, 40.0), 6.0)
    view._refresh()
    before = view.reading_at(QPointF(230.0, 170.0))
    view.set_options(mip=1)
    view.set_materials({role: p.reshape(32, 2, 32, 2, -1).mean((1, 3)) for role, p in maps.items()}, None)
    view._view = PictureView((10.0, 20.0), 12.0)
    view._refresh()
    after = view.reading_at(QPointF(230.0, 170.0))
    assert before is not None and after is not None
    assert after.uv == pytest.approx(before.uv, abs=1 / 32)


def test_large_texels_bear_their_numbers(view: MaterialViewport) -> None:
    maps = material()
    view.set_materials(maps, None, NormalConvention.OPENGL)
    view.set_options(mode="2d")
    view._view = PictureView((10.5, 20.5), 50.0)
    view._refresh()
    numbers = view._overlay._overlay.numbers
    middle = next(n for n in numbers if abs(n.x - 200.0) < 1.0 and abs(n.y - 150.0) < 1.0)
    assert middle.lines == tuple(str(round(float(v) * 255)) for v in maps[Role.ALBEDO][20, 10])
    view._view = PictureView((10.5, 20.5), 20.0)
    view._refresh()
    assert view._overlay._overlay.numbers == ()


def test_a_place_is_gone_to_and_pointed_out(view: MaterialViewport) -> None:
    view.set_materials(material(), material(1), NormalConvention.OPENGL)
    view.look_at(0.25, 0.75, 8.0)
    assert view.options.mode is ViewMode.PICTURE
    reading = view.reading_at(QPointF(100.0, 150.0))
    assert reading is not None and (reading.x, reading.y) == (16, 48)
    ring = view._overlay._overlay.ring
    assert ring is not None and ring[:2] == pytest.approx((100.0, 150.0), abs=1.0)
    view._end_ring()
    assert view._overlay._overlay.ring is None


def test_without_opengl_pictures_are_painted(qtbot: QtBot) -> None:
    view = MaterialViewport()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view._fall_back("there is no driver")
    view.show()
    qtbot.waitExposed(view)
    maps = material()
    view.set_materials(maps, maps, NormalConvention.OPENGL)
    assert isinstance(view._canvas, PaintedCanvas)

    def painted() -> np.ndarray:
        image = view._canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()

    view.set_options(mode="2d", compare="a")
    view.zoom_to_texels()
    expected = np.round(maps[Role.ALBEDO] * 255).astype(np.uint8)
    assert np.array_equal(painted()[118:182, 168:232], expected)
    view.set_options(compare="split")
    assert np.array_equal(painted()[118:182, 68:132], expected)
    assert np.array_equal(painted()[118:182, 268:332], expected)
    view.set_options(compare="difference")
    assert painted()[118:182, 168:232].max() == 0
    view.set_options(mode="3d", compare="a")
    assert painted()[118:182, 168:232].std() > 10, "in place of the 3D view its map"
    view.set_options(mode="2d", compare="wipe", wipe=0.5, wipe_angle=90.0)
    view.update_b({role: np.zeros_like(p) for role, p in maps.items()})
    assert np.array_equal(painted()[118:149, 168:232], expected[:31])
    assert painted()[152:182, 168:232].max() == 0
    view.set_options(compare="flip")
    qtbot.waitUntil(lambda: view._flip_mean is not None, timeout=20_000)
    assert painted()[118:182, 168:232].max() > 60
