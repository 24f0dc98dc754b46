"""The window as somebody uses it: drop, review, start, watch, compare, export, close."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from acts import drop, dropped, training
from protocol_job import WAIT_MS, endless_job
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import actions, paths, presenting
from app.document import ORIGINAL, MaterialState, RunState
from app.main_window import MainWindow
from app.presenting import pixel_text, slot_text
from core.codec import container
from core.codec.layout import LatentGrid
from core.codec.settings import CompressSettings
from core.textures.images import write_image
from core.textures.roles import Role
from core.textures.sample_names import SAMPLE_NAMES
from tests.core.codec.materials import random_texture
from widgets.command_palette import CommandPalette
from widgets.controls import ElidedButton, ElidedLabel
from widgets.key_sheet import KeySheet
from widgets.rate_picker import RateMode
from widgets.viewport_canvas import GlCanvas
from widgets.viewport_options import PixelReading, ViewMode

Maker = Callable[..., MainWindow]


def test_drop_review_compress_and_export_with_the_codec(
    qtbot: QtBot, make_window: Maker, material_folder: Path, tmp_path: Path
) -> None:
    """The whole way with nothing replaced; a few seconds of training."""
    window = make_window()
    material = dropped(qtbot, window, material_folder)
    assert material.plan is not None
    for file in material.plan.files:
        row = window.panel.review.row(file.path)
        assert row.combo.currentData() == file.roles
    assert set(window.viewport.roles) == set(material.roles)

    quick = dataclasses.replace(window.document.settings, time_budget=1.0)
    window.session.change_settings(quick)
    window.panel.start.click()
    (run,) = window.document.runs
    qtbot.waitUntil(lambda: run.state.has_result, timeout=60_000)
    assert run.record.psnr_db is not None and run.record.psnr_db > 10
    assert run.path is not None and run.path.exists()
    assert run.record.bytes == run.path.stat().st_size
    qtbot.waitUntil(lambda: window.viewport.comparison.mode == "split", timeout=WAIT_MS)
    assert [toast.severity for toast in window.toasts.toasts][-1] == "good"
    neural, training = window.session.shown.neural("B")
    assert neural is not None and not training and window.session.shown.neural("A") == (None, False)

    window.session.exports.export_one("images", material, run, tmp_path)
    qtbot.waitUntil(lambda: any("Wrote" in toast.text for toast in window.toasts.toasts), timeout=WAIT_MS)
    written = {path.name for path in (tmp_path / "images" / material.name).iterdir() if not path.name.startswith(".")}
    assert written == {file.path.name for file in material.plan.used_files}
    (toast,) = [toast for toast in window.toasts.toasts if "Wrote" in toast.text]
    assert [button.text() for button in toast.buttons] == ["Open folder"]


def test_a_correction_in_the_review_reaches_the_view(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    material = dropped(qtbot, window, material_folder)
    assert material.plan is not None
    file = next(file for file in material.plan.files if file.roles == (Role.ROUGHNESS,))
    combo = window.panel.review.row(file.path).combo
    combo.setCurrentIndex(combo.findText("Specular"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: Role.SPECULAR in window.viewport.roles, timeout=WAIT_MS)
    assert Role.ROUGHNESS not in window.viewport.roles
    window.actions_by_id["undo"].trigger()
    qtbot.waitUntil(lambda: Role.ROUGHNESS in window.viewport.roles, timeout=WAIT_MS)


def test_garbage_is_a_toast_and_the_window_stays_as_it_was(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    drop(window, tmp_path / "notes.txt")
    qtbot.waitUntil(lambda: len(window.toasts.toasts) == 1, timeout=WAIT_MS)
    (toast,) = window.toasts.toasts
    assert toast.severity == "bad" and "notes.txt" in toast.text
    assert window.document.materials == []
    assert QApplication.activeModalWidget() is None
    next(button for button in toast.buttons if button.text() == "Details").click()
    assert window.docks["log"].isVisible()


def test_what_is_shown_of_the_size_is_what_decides_it(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    session, rate = window.session, window.panel.rate
    cards = rate._card_of

    def shown() -> tuple[list[str], str, str]:
        texts = [label.text() for label in rate.card.findChildren(QLabel)]
        return [preset for preset, card in cards.items() if card.isChecked()], texts[1], texts[-1]

    session.compute.hold(True)
    assert shown()[0] == ["balanced"]
    session.change_settings(CompressSettings(match="bc", target_maps="normal=38"))
    assert shown() == ([], "–", "The run searches the smallest file that is as good as the BC7 set.")
    run = session.runs.start(window.document.materials[0])
    assert run is not None and run.job is not None
    assert presenting.rate(run) is None
    assert presenting.queue_row(run, run.job).detail.startswith("as good as BC7 set, normal=38")
    cards["balanced"].click()
    assert window.document.settings == CompressSettings()
    assert shown()[0] == ["balanced"] and shown()[1] != "–"
    session.change_settings(CompressSettings(max_bytes=3 * 1024))
    assert shown()[:2] == ([], "2.99 KB")
    session.change_settings(CompressSettings(target_maps="normal=38"))
    assert shown()[1] == "–" and presenting.goal_text(window.document.settings) == "normal=38"
    rate.set_mode(RateMode.SIZE)
    rate._size_effort.setCurrentIndex(0)
    assert window.document.settings == CompressSettings(target_maps="normal=38", preset="draft")
    rate._bpp_field.setValue(3.0)
    assert window.document.settings == CompressSettings(bpp=3.0, preset="draft")
    session.change_settings(CompressSettings(match="bc", target_maps="normal=38"))
    rate._db_field.setValue(41.0)
    assert window.document.settings == CompressSettings(target_psnr=41.0, target_maps="normal=38")
    assert presenting.goal_text(window.document.settings) == "41 dB, normal=38"
    session.compute.cancel_waiting()


def test_the_four_acts_are_offered_when_they_make_sense(
    qtbot: QtBot, window: MainWindow, material_folder: Path
) -> None:
    act = window.actions_by_id
    assert not act["start"].isEnabled()
    dropped(qtbot, window, material_folder)
    assert act["start"].isEnabled() and act["start"].text() == "Start"
    assert not any(act[name].isEnabled() for name in ("pause", "stop", "discard"))
    run = training(qtbot, window)
    assert all(act[name].isEnabled() for name in ("pause", "stop", "discard"))
    act["pause"].trigger()
    assert run.state is RunState.PAUSED and act["pause"].text() == "Resume"
    act["pause"].trigger()
    assert run.state is RunState.RUNNING and act["pause"].text() == "Pause"
    act["stop"].trigger()
    qtbot.waitUntil(lambda: run.state is RunState.KEPT, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: act["save_as"].isEnabled() and not act["discard"].isEnabled(), timeout=WAIT_MS)


def test_the_result_is_shown_while_it_gets_better(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    run = training(qtbot, window)
    assert window.document.slots == {"A": ORIGINAL, "B": run.key}
    qtbot.waitUntil(lambda: run.slot.get()[0] > 0, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.viewport.comparison.mode == "split", timeout=WAIT_MS)
    labels = window.training.plot.labels
    qtbot.waitUntil(lambda: {"total", "albedo", "normal"} <= {row.name for row in labels._rows}, timeout=WAIT_MS)


def test_runs_go_into_a_and_b_by_key(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    other = dropped(qtbot, window, material_folder)
    runs = []
    for index in range(3):
        if index == 1:
            # From here on another material, whose keys begin anew.
            window.session.materials.open_sample(SAMPLE_NAMES[0], 64)
            qtbot.waitUntil(lambda: len(window.document.materials) == 2, timeout=WAIT_MS)
            material = window.document.materials[1]
            qtbot.waitUntil(lambda m=material: m.state is MaterialState.READY, timeout=WAIT_MS)
        run = training(qtbot, window)
        window.session.runs.stop_and_keep(run)
        qtbot.waitUntil(lambda run=run: run.state is RunState.KEPT, timeout=WAIT_MS)
        runs.append(run)
    window.viewport.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.document.slots["B"] == runs[2].key, "the newest, as the table has them"
    window._show_number_in(2, "A")
    assert window.document.slots["A"] == runs[1].key
    window._show_number_in(3, "A")
    assert window.document.slots["A"] == runs[1].key, "no key leads to another material"
    assert window.document.current is not other
    window.session.runs.delete(runs[1])
    assert window.document.slots["A"] == ORIGINAL


def test_a_baseline_stands_beside_the_runs(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    act = window.actions_by_id
    assert not act["baseline"].isEnabled() and not window.add_baseline.isEnabled()
    dropped(qtbot, window, material_folder)
    assert act["baseline"].isEnabled()
    run = training(qtbot, window)
    offered = {action.data(): action for action in window.baseline_menu.actions()}
    assert offered["bc"].text() == "BC7 set   24 bits/texel" and "10.67" in offered["astc-6x6"].text()
    offered["astc-6x6"].trigger()
    baseline = window.document.runs[-1]
    assert baseline.state is RunState.WAITING and window.document.slots["B"] == run.key
    act["stop"].trigger()
    qtbot.waitUntil(lambda: baseline.state is RunState.DONE, timeout=WAIT_MS)
    # Rows follow within a moment.
    qtbot.waitUntil(lambda: window.runs._model.rows[0].psnr_db is not None, timeout=WAIT_MS)
    newest = window.runs._model.rows[0]
    assert newest.state == "ASTC 6×6" and newest.psnr_db == baseline.record.psnr_db
    assert newest.bpp is not None and newest.bpp > 10.67 and newest.size is not None

    window._show_run_in(baseline.key, "A")
    qtbot.waitUntil(lambda: window.viewport.comparison.mode == "split", timeout=WAIT_MS)
    assert slot_text(window.document, baseline.key) == ("ASTC 6×6", f"{baseline.record.psnr_db:.1f} dB")
    window._show_run_in(baseline.key, "B")
    assert not act["use_again"].isEnabled()
    # Saving and exporting mean the neural texture, whatever is looked at.
    assert window.document.result_run() is run and act["save_as"].isEnabled()
    assert {"total", "albedo"} <= {row.name for row in window.training.plot.labels._rows}


def test_an_opened_container_is_drawn_from_its_latents(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "Random.texloom"
    container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), path)
    drop(window, path)
    qtbot.waitUntil(lambda: window.viewport.roles != (), timeout=WAIT_MS)
    canvas, sampling = window.viewport._canvas, window.view_bar._surface._sampling
    if not isinstance(canvas, GlCanvas):
        pytest.skip(f"no OpenGL here: {window.viewport.opengl_problem}")
    assert sampling.isEnabled() and sampling.currentData() == "" and not canvas.costs
    window.actions_by_id["sampler"].trigger()
    qtbot.waitUntil(lambda: "a" in canvas.costs, timeout=30_000)
    assert window.actions_by_id["sampler"].isChecked() and sampling.currentData() == "stochastic"
    sampling.setCurrentIndex(sampling.findData("nearest"))
    sampling.activated.emit(sampling.currentIndex())
    assert window.viewport.options.filtering == "nearest"
    window.actions_by_id["filtering"].trigger()
    assert sampling.currentData() == "bilinear"
    sampling.setCurrentIndex(0)
    sampling.activated.emit(0)
    assert window.viewport.options.sampler == "texture"
    qtbot.waitUntil(lambda: not canvas.costs, timeout=30_000)
    assert not window.actions_by_id["sampler"].isChecked()


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("N", "sampler", "neural"),
        ("W", "compare", "wipe"),
        ("D", "compare", "difference"),
        ("V", "mode", "2d"),
        ("T", "tiling", 2),
    ],
)
def test_keys_of_the_view_work_wherever_the_focus_is(
    qtbot: QtBot, window: MainWindow, material_folder: Path, key: str, field: str, value: object
) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    qtbot.waitActive(window)
    window.material_list.setFocus()
    qtbot.keyClick(window.material_list, getattr(Qt.Key, f"Key_{key}"))
    assert getattr(window.viewport.options, field) == value


def test_letters_typed_into_a_field_stay_there(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    qtbot.waitActive(window)
    window.panel._expert.set_open(True)
    window.panel.form.search.setFocus()
    qtbot.keyClicks(window.panel.form.search, "wd")
    assert window.panel.form.search.text() == "wd"
    assert window.viewport.options.compare == "split"


def test_tab_leaves_only_the_view_and_brings_all_back(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    before = [name for name, dock in window.docks.items() if dock.isVisible()]
    window.viewport.setFocus()
    qtbot.keyClick(window.viewport, Qt.Key.Key_Tab)
    assert not any(dock.isVisible() for dock in window.docks.values())
    qtbot.keyClick(window.viewport, Qt.Key.Key_Tab)
    assert [name for name, dock in window.docks.items() if dock.isVisible()] == before


def test_every_panel_is_reached_by_keyboard(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    qtbot.waitActive(window)
    window.viewport.setFocus()
    reached: set[str] = set()
    for _ in range(8):
        window.actions_by_id["next_panel"].trigger()
        focus = QApplication.focusWidget()
        reached |= {name for name, dock in window.docks.items() if focus is not None and dock.isAncestorOf(focus)}
    assert {"materials", "compress"} <= reached


def test_the_keyboard_goes_around_the_page_that_is_shown(
    qtbot: QtBot, window: MainWindow, material_folder: Path
) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    qtbot.waitActive(window)
    for page in ("home", "lab"):
        window.actions_by_id[f"go_{page}"].trigger()
        window.toasts.show("a message", "info", [("Do", lambda: None)])
        reached: list[QWidget] = []
        for _ in range(8):
            window.actions_by_id["next_panel"].trigger()
            focus = QApplication.focusWidget()
            assert focus is not None and not focus.visibleRegion().isEmpty(), page
            reached.append(focus)
        shown = window.centre.currentWidget()
        assert shown is not None
        (toast,) = window.toasts.toasts
        assert any(shown.isAncestorOf(widget) for widget in reached), page
        assert toast.buttons[0] in reached, page
        assert all(shown.isAncestorOf(widget) or toast.isAncestorOf(widget) for widget in reached), page


def test_the_key_sheet_lists_every_key_and_closes_on_any(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id["key_sheet"].trigger()
    sheet = window.findChild(KeySheet)
    assert sheet is not None
    shown = {label.text() for label in sheet.findChildren(QLabel)}
    for spec in actions.ACTIONS:
        if spec.keys:
            first = QKeySequence(spec.keys.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)
            assert first in shown and spec.text.rstrip("…") in shown
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_actions_are_found_by_a_few_letters(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id["palette"].trigger()
    palette = window.findChild(CommandPalette)
    assert palette is not None
    qtbot.keyClicks(palette.line, "swi 2d")
    assert window.viewport.options.mode is ViewMode.MATERIAL
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.viewport.options.mode is ViewMode.PICTURE


def test_a_shape_from_a_file_is_none_of_the_buttons(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    mesh = tmp_path / "triangle.obj"
    mesh.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n")
    window.viewport.set_options(shape=str(mesh))
    assert window.viewport.options.shape == str(mesh)
    assert window.view_bar._shape.value == ""
    window.viewport.set_options(shape="cube")
    assert window.view_bar._shape.value == "cube"


def test_no_key_is_given_twice() -> None:
    keys = [key for spec in actions.ACTIONS for key in spec.keys.split("; ") if key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("size", [(1280, 720), (1600, 1000)])
def test_nothing_is_cut_off(qtbot: QtBot, window: MainWindow, material_folder: Path, size: tuple[int, int]) -> None:
    dropped(qtbot, window, material_folder)
    window.resize(*size)
    window.panel._expert.set_open(True)
    for mode, view in (("quality", "2d"), ("size", "3d"), ("target", "2d")):
        window.panel.rate._on_mode(mode)
        window.viewport.set_options(mode=view, compare="difference")
        qtbot.wait(20)
        assert (window.width(), window.height()) == size, "the window had to grow"
        assert cut_off(window) == []


def cut_off(window: QWidget) -> list[str]:
    """Texts that are wider than the label or button that shows them."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel | ElidedButton):
            continue
        if isinstance(widget, QLabel) and not widget.wordWrap() and widget.text():
            if widget.fontMetrics().horizontalAdvance(widget.text()) > widget.width() + 1:
                found.append(widget.text())
        elif isinstance(widget, QPushButton) and widget.text() and widget.width() < widget.minimumSizeHint().width():
            found.append(widget.text())
    return found


def test_layout_view_and_settings_are_remembered(qtbot: QtBot, make_window: Maker, material_folder: Path) -> None:
    first = make_window(endless_job)
    dropped(qtbot, first, material_folder)
    first.docks["training"].hide()
    first.viewport.set_options(shape="plane", exposure=1.5, sampler="neural", filtering="nearest")
    first.session.change_settings(dataclasses.replace(first.document.settings, bpp=2.5, preset="draft"))
    first.close()
    stored = json.loads((paths.config_folder() / "preferences.json").read_text(encoding="utf-8"))
    assert stored["schema"] == 1 and stored["recent"] == [str(material_folder)]
    second = make_window(endless_job)
    assert not second.docks["training"].isVisible()
    options = second.viewport.options
    assert (options.shape, options.exposure, options.sampler, options.filtering) == ("plane", 1.5, "neural", "nearest")
    assert (second.document.settings.bpp, second.document.settings.preset) == (2.5, "draft")


def test_damaged_preferences_are_set_aside(make_window: Maker) -> None:
    file = paths.config_folder() / "preferences.json"
    file.parent.mkdir(parents=True)
    file.write_text("{ not json")
    window = make_window(endless_job)
    assert window.isVisible()
    assert file.with_suffix(".damaged.json").read_text() == "{ not json"


def test_closing_while_training_asks_nothing_and_the_run_can_be_resumed(
    qtbot: QtBot, make_window: Maker, material_folder: Path
) -> None:
    first = make_window(endless_job)
    dropped(qtbot, first, material_folder)
    run = training(qtbot, first)
    qtbot.waitUntil(lambda: run.slot.get()[0] > 0, timeout=WAIT_MS)
    began = time.perf_counter()
    first.close()
    assert time.perf_counter() - began < 2.0
    assert first.ended_cleanly and QApplication.activeModalWidget() is None

    second = make_window(endless_job)
    second.start([material_folder])
    qtbot.waitUntil(lambda: bool(second.document.runs), timeout=WAIT_MS)
    (restored,) = second.document.runs
    assert restored.state is RunState.RESUMABLE
    qtbot.waitUntil(lambda: restored.material_key is not None, timeout=WAIT_MS)
    second.document.set_slot("B", restored.key)
    assert second.actions_by_id["start"].text() == "Resume"
    second.panel.start.click()
    qtbot.waitUntil(lambda: restored.state is RunState.RUNNING, timeout=WAIT_MS)


def test_the_first_start_offers_a_sample(qtbot: QtBot, window: MainWindow) -> None:
    window.start([])
    assert window.home.isVisible() and window.home.cards == ()
    assert not any(dock.isVisible() for dock in window.docks.values())
    window.home.open_sample.emit()
    qtbot.waitUntil(lambda: window.document.current is not None, timeout=WAIT_MS)
    material = window.document.current
    assert material is not None
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=60_000)
    assert window.actions_by_id["start"].isEnabled()
    qtbot.waitUntil(lambda: len(window.viewport.roles) >= 5, timeout=WAIT_MS)
    assert window.viewport.isVisible() and window.docks["compress"].isVisible()


def test_the_pixel_inspector_shows_both_sides() -> None:
    reading = PixelReading(Role.NORMAL, 3, 4, (0.1, 0.1), (0.5,) * 3, (0.5,) * 3, (118, 97, 80), (117, 97, 81), 0.42)
    assert pixel_text(reading).split() == [
        "Normal",
        "3,",
        "4",
        "A",
        "118",
        "97",
        "80",
        "B",
        "117",
        "97",
        "81",
        "angle",
        "0.4°",
    ]


def test_the_command_line_goes_to_the_clipboard(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    settings = dataclasses.replace(window.document.settings, target_psnr=40.0, preset="studio")
    window.session.change_settings(settings)
    window.actions_by_id["copy_command"].trigger()
    words = QApplication.clipboard().text().split()
    assert words[:3] == ["texloom", "compress", str(material_folder)]
    assert words[5:] == ["--target-psnr", "40", "--preset", "studio"]


def test_an_unhandled_error_becomes_a_toast(qtbot: QtBot, window: MainWindow) -> None:
    window.tell_failure("Something went wrong inside Texloom (ValueError).")
    (toast,) = window.toasts.toasts
    assert [button.text() for button in toast.buttons] == ["Details", "Copy report"]
    toast.buttons[1].click()
    report = QApplication.clipboard().text()
    assert report.startswith("Texloom report") and "PySide6" in report
    qtbot.waitUntil(lambda: toast not in window.toasts.toasts, timeout=WAIT_MS)


def test_dragging_shows_where_to_drop(window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        window, QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    )
    assert window._overlay.isVisible()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._overlay.isVisible()


def test_a_mip_level_is_that_of_the_file(qtbot: QtBot, make_window: Maker, material_folder: Path) -> None:
    """The original's mean and what the neural texture itself decodes at that level."""
    window = make_window()
    material = dropped(qtbot, window, material_folder)
    window.session.change_settings(dataclasses.replace(window.document.settings, time_budget=1.0))
    window.panel.start.click()
    (run,) = window.document.runs
    qtbot.waitUntil(lambda: run.state.has_result, timeout=60_000)
    window.viewport.set_options(mip=2)

    def at_level() -> bool:
        sides = [window.viewport.maps(side) for side in ("a", "b")]
        return all(maps is not None and maps[Role.ALBEDO].shape == (16, 16, 3) for maps in sides)

    qtbot.waitUntil(at_level, timeout=WAIT_MS)
    a, b = window.viewport.maps("a"), window.viewport.maps("b")
    assert a is not None and b is not None and run.path is not None and material.texture_set is not None
    whole = material.texture_set.by_role[Role.ALBEDO].pixels
    assert np.abs(a[Role.ALBEDO] - whole.reshape(16, 4, 16, 4, 3).mean((1, 3))).max() < 1e-5
    decoded = container.read(run.path).decoded_set(2)
    assert np.array_equal(b[Role.ALBEDO], decoded.by_role[Role.ALBEDO].pixels)
    window.viewport.set_options(mip=12)
    assert window._level() == 6, "the smallest there is"
    window.viewport.set_options(mip=0)
    qtbot.waitUntil(lambda: (window.viewport.maps("b") or {})[Role.ALBEDO].shape == (64, 64, 3), timeout=WAIT_MS)


def test_a_dropped_panorama_lights_and_a_dropped_mesh_is_worn(
    qtbot: QtBot, window: MainWindow, material_folder: Path, tmp_path: Path
) -> None:
    dropped(qtbot, window, material_folder)
    panorama, mesh = tmp_path / "Büro 会.exr", tmp_path / "quad.obj"
    light = np.ones((16, 32, 3), np.float32)
    light[:4] = 20.0
    write_image(panorama, light, 32)
    mesh.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nf 1/1 2/2 3/3\n")
    drop(window, panorama)
    assert window.viewport.options.environment == panorama
    drop(window, mesh)
    assert window.viewport.options.shape == str(mesh)
    assert len(window.document.materials) == 1
    bare = tmp_path / "bare.obj"
    bare.write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n")
    drop(window, bare)
    assert window.viewport.options.shape == str(mesh)
    assert any("bare.obj" in toast.text for toast in window.toasts.toasts)


def test_at_200_percent_every_workspace_fits_a_small_screen(
    qtbot: QtBot, window: MainWindow, material_folder: Path, qapp: QApplication
) -> None:
    dropped(qtbot, window, material_folder)
    window._set_options(dataclasses.replace(window.options, text_size=200))
    try:
        for name in ("go_home", "go_lab", "go_compress", "go_home"):
            window.actions_by_id[name].trigger()
            qtbot.wait(50)
            assert window.width() == 1280
            qtbot.waitUntil(lambda: window.minimumSizeHint().width() <= 1280, timeout=WAIT_MS)
            assert window.minimumSizeHint().height() <= 720
    finally:
        window._set_options(dataclasses.replace(window.options, text_size=100))


def test_a_file_is_moved_from_its_menu_by_typing_a_material(
    qtbot: QtBot, window: MainWindow, material_folder: Path, tmp_path: Path
) -> None:
    for name in ("One", "Two"):
        shutil.copytree(material_folder, tmp_path / name)
    drop(window, tmp_path)
    document = window.document
    qtbot.waitUntil(lambda: len(document.materials) == 2, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in document.materials), timeout=WAIT_MS)
    one, two = document.materials
    document.set_current(one.key)
    assert one.plan is not None and two.plan is not None
    file, held = one.plan.files[0].path, len(two.plan.files)
    window.panel.review.row(file).more.click()
    (menu,) = [menu for menu in window.findChildren(QMenu) if menu.isVisible()]
    move = menu.actions()[0]
    menu.close()
    move.trigger()
    (palette,) = window.findChildren(CommandPalette)
    qtbot.keyClicks(palette.line, "tw")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert len(two.plan.files) == held + 1 and file not in [f.path for f in one.plan.files]
    window.actions_by_id["undo"].trigger()
    assert len(two.plan.files) == held
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in document.materials), timeout=WAIT_MS)


def test_no_run_begins_while_a_field_is_wrong(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    form = window.panel.form
    fields = {row.setting.name: row.field for row in form._rows}
    for name, wrong, right in (
        ("grids", "4:16", "4:16:2"),
        ("decoder", "64-", "64-64"),
        ("loss_weights", "albedo", "albedo=2"),
        ("target_maps", "wood=3", "albedo=30"),
    ):
        field = fields[name]
        assert isinstance(field, QLineEdit)
        field.clear()
        qtbot.keyClicks(field, wrong)
        window.actions_by_id["start"].trigger()
        assert window.document.runs == [] and form.problem in window.toasts.toasts[-1].text
        field.clear()
        qtbot.keyClicks(field, right)
    window.actions_by_id["start"].trigger()
    (run,) = window.document.runs
    assert run.settings.grids == "4:16:2" and run.settings.target_maps == "albedo=30"
