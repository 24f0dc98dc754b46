"""Plot labels, tables, toasts, search, units and little pictures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from core.textures.material import NormalConvention
from core.textures.roles import Role
from widgets import theme
from widgets.command_palette import match
from widgets.controls import Combo, ElidedLabel, NumberField, Section
from widgets.icons import icon
from widgets.lit_preview import lit_plane, lit_sphere, shrink
from widgets.log_view import MOST_LINES, LogView
from widgets.material_list import MaterialList, MaterialRow
from widgets.psnr_plot import TOTAL, PsnrPlot, _metrics, spread, tick_step
from widgets.runs_table import RUN_MIME, RunRow, RunsTable
from widgets.toast import MOST, ToastStack
from widgets.training_panel import TrainingPanel, TrainingView
from widgets.units import clock_text, db_text, size_text, time_text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.00 KB"), (655_360, "640 KB"), (1_048_576, "1.00 MB"),
     (23_592_960, "22.5 MB"), (1023 * 1024, "1.00 MB"), (5 * 2**30, "5.00 GB")],
)  # fmt: skip
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text


def test_times() -> None:
    assert [time_text(s) for s in (15, 60, 125, 4200)] == ["15 s", "1 min", "2 min 05 s", "1 h 10 min"]
    assert [clock_text(s) for s in (5, 65, 3605)] == ["00:05", "01:05", "1:00:05"]
    assert [db_text(v) for v in (None, 39.84, float("inf"))] == ["–", "39.8", "∞"]


def test_a_narrow_choice_drops_its_picture_and_then_ends_in_dots(qtbot: QtBot, themed: QApplication) -> None:
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItem(icon("sphere"), "Material")
    shown = []
    for width in (160, 84, 60):
        combo.resize(width, 26)
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        shown.append((not option.currentIcon.isNull(), option.currentText))
    assert shown[:2] == [(True, "Material"), (False, "Material")]
    assert shown[2][1].endswith("…")


def test_labels_keep_their_order_and_distance() -> None:
    placed = spread([50.0, 51.0, 52.0, 90.0], 16, 10, 140)
    assert placed == sorted(placed)
    assert min(b - a for a, b in itertools.pairwise(placed)) >= 16
    assert min(placed) >= 10 and max(placed) <= 140
    assert spread([20.0, 90.0], 16, 10, 140) == [20.0, 90.0], "what does not collide stays where it is"


def test_ticks_are_few_and_round() -> None:
    assert tick_step(9.0, 4, (0.5, 1, 2, 5, 10)) == 5
    assert tick_step(0.3, 4, (1, 2, 5)) == 1


def test_the_plot_names_each_curve_at_its_end(qtbot: QtBot, themed: QApplication) -> None:
    plot = PsnrPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 180)
    plot.show()
    nan = float("nan")
    plot.set_history([0.0, 1.0, 2.0], {TOTAL: [20.0, 25.0, 30.0], "albedo": [nan, 24.0, 28.5], "metallic": [99.0] * 3})
    rows = [(row.name, row.value, row.main) for row in plot.labels._rows]
    assert rows == [(TOTAL, 30.0, True), ("albedo", 28.5, False), ("metallic", 99.0, False)]
    assert set(plot._lines) == {TOTAL, "albedo"}, "an exact map has no line that would squash the others"
    low, high = plot._box.viewRange()[1]
    assert low < 30.0 < high < 60.0
    plot.set_target(45.0)
    plot.set_history([0.0, 1.0], {TOTAL: [20.0, 25.0]})
    assert plot._box.viewRange()[1][1] > 45.0
    plot.grab()


def test_curves_that_are_no_role_are_told_apart(qtbot: QtBot, themed: QApplication) -> None:
    plot = PsnrPlot()
    qtbot.addWidget(plot)
    plot.resize(700, 180)
    plot.show()
    plot.set_history([0.0, 1.0], {"albedo": [20.0, 25.0], "normal": [20.0, 24.0]})
    narrow = plot.labels.width()
    names = ["frequency 4×64", "one-blob 8×128", "hash 4×64 (3)"]
    plot.set_history([0.0, 1.0], {name: [20.0, 25.0 + i] for i, name in enumerate(names)}, main=names[-1])
    rows = {row.name: row for row in plot.labels._rows}
    assert len({row.color for row in rows.values()}) == 3
    assert [row.main for row in rows.values()] == [False, False, True]
    room = plot.labels._name_width()
    assert all(_metrics(row).horizontalAdvance(row.name) <= room for row in rows.values())
    assert plot.labels.width() > narrow, "names that are longer get more room"


def test_a_long_history_is_drawn_quickly_and_keeps_its_end(qtbot: QtBot, themed: QApplication) -> None:
    plot = PsnrPlot()
    qtbot.addWidget(plot)
    times = list(np.arange(50_000) * 0.5)
    plot.set_history(times, {TOTAL: list(np.linspace(20, 40, 50_000))})
    x, y = (np.asarray(values) for values in plot._lines[TOTAL].getData())
    assert len(x) <= 2100 and x[-1] == times[-1] and y[-1] == pytest.approx(40)


def test_the_training_panel_hides_what_is_not_known(qtbot: QtBot, themed: QApplication) -> None:
    panel = TrainingPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert panel._stack.currentIndex() == 0
    panel.show_run(TrainingView("wall", "Training", psnr_db=39.84, fraction=0.5, remaining_s=None))
    assert panel._psnr.text() == "39.8 dB" and panel._remaining.text() == ""
    panel.show_run(TrainingView("wall", "Training", psnr_db=39.84, fraction=0.5, remaining_s=12.0))
    assert panel._remaining.text() == "00:12 left"


def run_row(key: int, **more: object) -> RunRow:
    return RunRow(key, key, "wall", "Done", bpp=5.0, psnr_db=40.0, **more)  # type: ignore[arg-type]


def test_a_run_is_put_into_a_or_b_by_key_and_dragged_by_its_own(qtbot: QtBot, themed: QApplication) -> None:
    table = RunsTable()
    qtbot.addWidget(table)
    table.show()
    table.set_rows([run_row(7), run_row(9, slots="B")])
    table.select(9)
    with qtbot.waitSignal(table.show_in) as shown:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert shown.args == [9, "B"]
    with qtbot.waitSignal(table.show_in) as shown:
        qtbot.keyClick(table.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert shown.args == [9, "A"]
    model = table.view.model()
    assert bytes(model.mimeData([model.index(0, 0)]).data(RUN_MIME).data()) == b"7"


def test_the_selection_survives_new_numbers(qtbot: QtBot, themed: QApplication) -> None:
    table = RunsTable()
    qtbot.addWidget(table)
    table.set_rows([run_row(1), run_row(2)])
    table.select(2)
    table.set_rows([run_row(1), run_row(2, seconds=12.0)])
    assert table.current_key == 2


def test_materials_are_chosen_and_removed(qtbot: QtBot, themed: QApplication) -> None:
    materials = MaterialList()
    qtbot.addWidget(materials)
    materials.resize(220, 300)
    materials.show()
    rows = [
        MaterialRow(1, "wall", "Ready"),
        MaterialRow(2, "a name that is far too long to fit", "Training", fraction=0.4),
    ]
    told: list[int] = []
    materials.chosen.connect(told.append)
    materials.set_rows(rows, 1)
    assert told == [], "showing is not choosing"
    qtbot.keyClick(materials, Qt.Key.Key_Down)
    assert told == [2]
    with qtbot.waitSignal(materials.removed) as removed:
        qtbot.keyClick(materials, Qt.Key.Key_Delete)
    assert removed.args == [2]
    materials.grab()


def test_toasts_stack_do_not_repeat_and_leave(qtbot: QtBot, themed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    stack = ToastStack(window)
    done: list[int] = []
    for number in range(MOST + 2):
        stack.show(f"message {number}", "info", [("Do", lambda: done.append(1))])
    stack.show(f"message {MOST + 1}")
    assert len(stack.toasts) == MOST
    tops = [toast.geometry() for toast in stack.toasts]
    assert not any(a.intersects(b) for i, a in enumerate(tops) for b in tops[i + 1 :])
    assert all(window.rect().contains(rect) for rect in tops)
    stack.toasts[0].buttons[0].click()
    assert done == [1]
    qtbot.waitUntil(lambda: len(stack.toasts) == MOST - 1)


def test_a_message_is_answered_by_keys(qtbot: QtBot, themed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    line = QLineEdit(window)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    # Over a message the pointer would make the time stand still, too.
    QCursor.setPos(window.screen().geometry().bottomRight())
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    stack = ToastStack(window)
    stack.take_keyboard()
    stack.show("older")
    toast = stack.show("newest", "info", [("Undo", lambda: None)])
    assert toast._timer.interval() >= 12_000, "time to reach the button"
    assert line.hasFocus(), "a message takes the keyboard from nobody"
    qtbot.waitUntil(lambda: toast._seen)
    stack.take_keyboard()
    assert toast.buttons[0].hasFocus()
    assert not toast._timer.isActive(), "the time stands still"
    stack.take_keyboard()
    assert line.hasFocus() and toast._timer.isActive()
    stack.take_keyboard()
    qtbot.keyClick(toast.buttons[0], Qt.Key.Key_Escape)
    assert [shown.text for shown in stack.toasts] == ["older"]
    assert line.hasFocus()


def test_a_long_message_is_shown_whole(qtbot: QtBot, themed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.show()
    toast = ToastStack(window).show("a word " * 60, "bad")
    qtbot.wait(20)
    assert toast.height() >= toast.heightForWidth(toast.width())
    assert toast.height() > 100


def test_a_long_message_stays_inside_a_low_window(qtbot: QtBot, themed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 260)
    anchor = QWidget(window)
    anchor.setGeometry(200, 40, 300, 180)
    window.show()
    toast = ToastStack(window, anchor).show("a word " * 50, "good", [("Open folder", lambda: None)])
    assert window.rect().contains(toast.geometry()) and toast.height() >= toast.heightForWidth(toast.width())


def test_search_prefers_the_beginning_of_words() -> None:
    texts = ["Open folder", "Decode to folder", "Start", "Less gain"]
    scored = sorted((score, text) for text in texts if (score := match("fol", text)) is not None)
    assert [text for _, text in scored] == ["Open folder", "Decode to folder"]
    assert match("opf", "Open folder") is not None
    assert match("xyz", "Open folder") is None


def test_an_elided_name_keeps_its_whole_text_in_the_tooltip(qtbot: QtBot, themed: QApplication) -> None:
    name = ElidedLabel("a_rather_long_material_name_with_an_ending.png")
    qtbot.addWidget(name)
    name.resize(80, 20)
    name.show()
    assert name.toolTip() == name.text()
    name.resize(800, 20)
    qtbot.waitUntil(lambda: name.toolTip() == "")


def test_a_section_folds(qtbot: QtBot, themed: QApplication) -> None:
    content = QWidget()
    section = Section("Maps", content, "What the files are")
    qtbot.addWidget(section)
    section.show()
    assert content.isVisible()
    section.set_open(False)
    assert not content.isVisible()


def test_the_log_shows_text_as_text_and_forgets_the_oldest(qtbot: QtBot, themed: QApplication) -> None:
    view = LogView()
    qtbot.addWidget(view)
    view.add("12:00:00", "ERROR", "a <b>.png & more")
    assert "a <b>.png & more" in view.text
    for number in range(MOST_LINES + 50):
        view.add("12:00:01", "INFO", str(number))
    assert len(view.text.splitlines()) <= MOST_LINES + 1
    assert "<b>" not in view.text


def bump() -> np.ndarray:
    """A half ball as a normal map, +Y up, 64 × 64."""
    axis = (np.arange(64, dtype=np.float32) + 0.5) / 32 - 1
    x, y = np.meshgrid(axis, -axis)
    inside = x * x + y * y < 0.8
    xy = np.stack([np.where(inside, x, 0), np.where(inside, y, 0)], axis=2) * 0.8
    z = np.sqrt(1 - (xy * xy).sum(axis=2, keepdims=True))
    return (np.concatenate([xy, z], axis=2) * 0.5 + 0.5).astype(np.float32)


def brightness(image: object, x: int, y: int) -> int:
    return image.pixelColor(x, y).lightness()  # type: ignore[attr-defined]


def test_the_right_convention_looks_like_a_bump_lit_from_above(qapp: QApplication) -> None:
    right = lit_plane(bump(), NormalConvention.OPENGL, size=64)
    wrong = lit_plane(bump(), NormalConvention.DIRECTX, size=64)
    top, bottom = (32, 12), (32, 52)
    assert brightness(right, *top) > brightness(right, *bottom)
    assert brightness(wrong, *top) < brightness(wrong, *bottom)


def test_a_thumbnail_needs_no_map_in_particular(qapp: QApplication) -> None:
    empty = lit_sphere({}, NormalConvention.OPENGL, 48)
    assert empty.pixelColor(0, 0).alpha() == 0 and empty.pixelColor(24, 24).alpha() == 255
    red = np.zeros((8, 8, 3), np.float32)
    red[..., 0] = 1.0
    color = lit_sphere({Role.ALBEDO: red}, NormalConvention.OPENGL, 48).pixelColor(24, 24)
    assert color.red() > color.green() + 60


def test_shrinking_keeps_the_mean() -> None:
    pixels = np.random.default_rng(0).random((64, 128, 3), np.float32)
    small = shrink(pixels, 32)
    assert small.shape == (16, 32, 3)
    assert small.mean() == pytest.approx(pixels.mean(), abs=0.01)


def test_a_later_message_of_the_same_matter_takes_its_place(qtbot: QtBot, themed: QApplication) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    stack = ToastStack(window)
    for text, topic in (("one failed", "a"), ("something else", ""), ("two failed", "a"), ("another day", "b")):
        stack.show(text, "bad", topic=topic)
    assert [toast.text for toast in stack.toasts] == ["something else", "two failed", "another day"]


def test_enter_takes_over_a_number_before_it_answers_a_dialog(qtbot: QtBot, themed: QApplication) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    field, answer = NumberField(0.0, 100.0, 0, "s", dialog), QPushButton("Export", dialog)
    answer.setDefault(True)
    pressed: list[bool] = []
    answer.clicked.connect(lambda: pressed.append(True))
    dialog.show()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value() == 12 and not pressed
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert len(pressed) == 1


@pytest.mark.parametrize("percent", [100, 200])
def test_a_number_is_read_as_a_whole_with_its_unit(qtbot: QtBot, themed: QApplication, percent: int) -> None:
    theme.set_scale(themed, percent)
    try:
        field = NumberField(0.5, 20.0, 2, "bits/texel")
        qtbot.addWidget(field)
        field.setValue(20.0)
        field.resize(field.minimumSizeHint())
        field.show()
        qtbot.waitExposed(field)
        line = field.lineEdit()
        assert line.fontMetrics().horizontalAdvance(line.text()) <= line.width()
    finally:
        theme.set_scale(themed, 100)


def test_a_plot_of_nothing_has_no_scale(qtbot: QtBot, themed: QApplication) -> None:
    plot = PsnrPlot()
    qtbot.addWidget(plot)
    axes = [plot._item.getAxis(side) for side in ("left", "bottom")]
    assert not any(axis.isVisible() for axis in axes)
    plot.set_history([0.0, 1.0], {TOTAL: [20.0, 30.0]})
    assert all(axis.isVisible() for axis in axes)
    plot.set_history([], {})
    assert not any(axis.isVisible() for axis in axes)


def test_numbers_stay_in_a_narrow_panel(qtbot: QtBot, themed: QApplication) -> None:
    plot = PsnrPlot()
    qtbot.addWidget(plot)
    plot.resize(240, 120)
    plot.show()
    qtbot.waitExposed(plot)
    assert plot.labels.geometry().right() < 240
