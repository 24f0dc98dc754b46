"""A day in the window: many materials, names corrected, a queue put in order, runs renamed, deleted and brought back,
exports done again, presets, watched folders."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import drop, dropped, training
from protocol_job import WAIT_MS, endless_job
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app import paths, presets
from app.document import MaterialState, Run, RunState
from app.export_dialog import ExportDialog
from app.lab_workspace import LabWorkspace
from app.main_window import MainWindow
from core.codec.settings import CompressSettings
from core.errors import InputError
from core.exporters import TARGETS
from core.textures import samples
from core.textures.roles import Role
from widgets.ask_line import AskLine
from widgets.settings_dialog import SettingsDialog

Maker = Callable[..., MainWindow]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten small sets in one folder; in three of them a map has a name that says nothing."""
    root = tmp_path_factory.mktemp("tree")
    written = samples.write_samples(root / "first", size=32)
    for number, folder in enumerate(list(written)):
        shutil.copytree(folder, root / "second" / f"Copy{number}_{folder.name}")
    for folder in sorted((root / "second").iterdir())[:3]:
        (file,) = [path for path in folder.iterdir() if "rough" in path.name.lower()]
        file.rename(file.with_name(f"layer{file.suffix}"))
    return root


def opened(qtbot: QtBot, window: MainWindow, root: Path, count: int) -> None:
    drop(window, root)
    document = window.document
    qtbot.waitUntil(lambda: len(document.materials) == count, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: all(m.state is not MaterialState.READING for m in document.materials), timeout=WAIT_MS)


def toast(window: MainWindow, text: str) -> dict[str, Callable[[], None]]:
    """The buttons of the newest toast that says this."""
    found = [toast for toast in window.toasts.toasts if text in toast.text]
    assert found, [toast.text for toast in window.toasts.toasts]
    return {button.text(): button.click for button in found[-1].buttons}


def test_ten_dropped_three_corrected_queued_one_cancelled(qtbot: QtBot, window: MainWindow, tree: Path) -> None:
    opened(qtbot, window, tree, 10)
    document, session = window.document, window.session
    wrong = [m for m in document.materials if Role.ROUGHNESS not in m.roles]
    assert len(wrong) == 3
    for material in wrong:
        document.set_current(material.key)
        assert material.plan is not None
        (file,) = [file for file in material.plan.files if file.path.stem == "layer"]
        combo = window.panel.review.row(file.path).combo
        combo.setCurrentIndex(combo.findText("Roughness"))
        combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: all(Role.ROUGHNESS in m.roles for m in document.materials), timeout=WAIT_MS)
    window.actions_by_id["start_all"].trigger()
    assert len(document.runs) == 10
    qtbot.waitUntil(lambda: document.runs[0].step > 5, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [row.waiting for row in window.queue.rows] == [False] + [True] * 9, timeout=WAIT_MS)
    last = window.queue.rows[-1]
    window.queue.moved.emit(last.key, 0)
    qtbot.waitUntil(lambda: window.queue.rows[1].key == last.key, timeout=WAIT_MS)
    second = window.queue.rows[2]
    window.queue.removed.emit(second.key)
    qtbot.waitUntil(lambda: len(document.runs) == 9, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: second.key not in [row.key for row in window.queue.rows], timeout=WAIT_MS)
    window.actions_by_id["hold_queue"].trigger()
    assert session.compute.held
    qtbot.waitUntil(window.actions_by_id["hold_queue"].isChecked, timeout=WAIT_MS)
    session.runs.stop_and_keep(document.runs[0])
    qtbot.waitUntil(lambda: document.runs[0].state is RunState.KEPT, timeout=WAIT_MS)
    qtbot.wait(50)
    assert session.compute.running is None, "held: nothing more is started"
    window.actions_by_id["hold_queue"].trigger()
    qtbot.waitUntil(lambda: session.compute.running is not None, timeout=WAIT_MS)
    window.actions_by_id["cancel_waiting"].trigger()
    qtbot.waitUntil(lambda: len(window.queue.rows) == 1, timeout=WAIT_MS)


def in_order(qtbot: QtBot, window: MainWindow, keys: list[int]) -> None:
    qtbot.waitUntil(lambda: [row.key for row in window.queue.rows] == keys, timeout=WAIT_MS)


def test_the_queue_can_be_put_in_order_by_keys(qtbot: QtBot, window: MainWindow, tree: Path) -> None:
    opened(qtbot, window, tree / "first", 5)
    window.actions_by_id["start_all"].trigger()
    qtbot.waitUntil(lambda: window.document.runs[0].step > 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [row.waiting for row in window.queue.rows] == [False] + [True] * 4, timeout=WAIT_MS)
    before = [row.key for row in window.queue.rows]
    view = window.queue.view
    view.setCurrentIndex(view.model().index(3, 0))
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    in_order(qtbot, window, [before[i] for i in (0, 1, 3, 2, 4)])
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    in_order(qtbot, window, [before[i] for i in (0, 3, 1, 2, 4)])
    qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(50)
    in_order(qtbot, window, [before[i] for i in (0, 3, 1, 2, 4)])  # what runs stays first
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(window.queue.rows) == 4, timeout=WAIT_MS)
    model = view.model()
    data = model.mimeData([model.index(3, 0)])
    moved = window.queue.rows[3].key
    model.dropMimeData(data, Qt.DropAction.MoveAction, 1, 0, model.index(-1, -1))
    qtbot.waitUntil(lambda: window.queue.rows[1].key == moved, timeout=WAIT_MS)


def kept(qtbot: QtBot, window: MainWindow) -> Run:
    run = training(qtbot, window)
    window.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    return run


def test_rename_delete_and_bring_back(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    run = kept(qtbot, window)
    window.runs.renamed.emit(run.key, "the one for the trailer")
    assert run.title == "the one for the trailer"
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    assert record["name"] == "the one for the trailer"
    window.actions_by_id["undo"].trigger()
    assert run.title == "Run 1"
    window.actions_by_id["redo"].trigger()
    window.runs.removed.emit(run.key)
    assert window.document.runs == [] and not run.folder.exists()
    undo = window.actions_by_id["undo"]
    assert undo.text() == f"Undo: Delete the one for the trailer of {run.material_name}"
    undo.trigger()
    assert window.document.runs == [run] and (run.folder / "run.json").exists()
    assert undo.text() == "Undo: Rename run"
    window.actions_by_id["redo"].trigger()
    assert window.document.runs == []
    toast(window, "was deleted")["Undo"]()
    assert window.document.runs == [run] and (run.folder / "run.json").exists()


def test_a_closed_material_comes_back_with_its_runs(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    material = dropped(qtbot, window, material_folder)
    run = kept(qtbot, window)
    window.actions_by_id["close_material"].trigger()
    assert run.material_key is None
    qtbot.waitUntil(window.home.isVisible, timeout=WAIT_MS)
    toast(window, "was closed")["Undo"]()
    assert window.document.current is material and run.material_key == material.key
    assert window.viewport.isVisible()
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=WAIT_MS)


def test_the_home_page_leads_back_into_a_project(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    window.session.projects.save()
    path = window.session.projects.path
    window.actions_by_id["new_project"].trigger()
    assert window.document.materials == []
    qtbot.waitUntil(window.home.isVisible, timeout=WAIT_MS)
    window.actions_by_id["go_home"].trigger()
    (card,) = window.home.cards
    assert card.path == path and card.detail == "1 material" and card.picture is not None
    window.home.project_chosen.emit(card.path)
    qtbot.waitUntil(lambda: window.document.current is not None, timeout=WAIT_MS)
    assert window.viewport.isVisible()
    window.home.project_forgotten.emit(path)
    assert window.home.cards == ()
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in window.document.materials), timeout=WAIT_MS)


def test_an_export_is_asked_once_and_then_one_click(
    qtbot: QtBot, make_window: Maker, material_folder: Path, tmp_path: Path
) -> None:
    window = make_window()
    dropped(qtbot, window, material_folder)
    quick = dataclasses.replace(window.document.settings, time_budget=1.0)
    window.session.change_settings(quick)
    window.panel.start.click()
    (run,) = window.document.runs
    qtbot.waitUntil(lambda: run.state.has_result and run.job is None, timeout=60_000)
    window._export("images")
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog)]
    dialog.folder.setText(str(tmp_path / "Größe 木目"))
    dialog.form.set_settings(dataclasses.replace(dialog.settings, format="tiff"))
    dialog.accept_button.click()
    place = tmp_path / "Größe 木目" / "images" / material_folder.name
    qtbot.waitUntil(lambda: any("Wrote" in toast.text for toast in window.toasts.toasts), timeout=WAIT_MS)
    written = {path: path.stat().st_mtime_ns for path in place.glob("*.tiff")}
    assert len(written) >= 5
    assert window.actions_by_id["export"].text() == "Export again: Image files"
    window.actions_by_id["export"].trigger()
    qtbot.waitUntil(lambda: any("up to date" in toast.text for toast in window.toasts.toasts), timeout=WAIT_MS)
    assert {path: path.stat().st_mtime_ns for path in place.glob("*.tiff")} == written


def test_presets_are_files_and_can_be_undone(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    built_in = presets.available(paths.presets_folder())
    assert len(built_in) >= 4 and all(preset.built_in and preset.note for preset in built_in)
    wanted = dataclasses.replace(CompressSettings(), bpp=3.25, preset="studio", balance="balanced")
    window.session.change_settings(wanted)
    window.panel.presets._save("Mobile / 木目")
    (mine,) = [preset for preset in presets.available(paths.presets_folder()) if not preset.built_in]
    assert mine.name == "Mobile / 木目" and mine.settings == wanted
    raw = json.loads(mine.path.read_text(encoding="utf-8"))
    assert raw["settings"] == {"bpp": 3.25, "preset": "studio", "balance": "balanced"}
    mine.path.write_text(json.dumps({**raw, "color": "red"}), encoding="utf-8")
    presets.save(mine.name, CompressSettings(), mine.path.parent)
    assert json.loads(mine.path.read_text(encoding="utf-8"))["color"] == "red", "fields of newer versions stay"
    window.session.change_settings(CompressSettings())
    window.panel.presets._chooser(mine)()
    assert window.document.settings == wanted
    toast(window, "settings are those of")["Undo"]()
    assert window.document.settings == CompressSettings()
    mine.path.write_text("[]")
    with pytest.raises(InputError, match="no preset"):
        presets.read(mine.path)
    assert [preset for preset in presets.available(mine.path.parent) if not preset.built_in] == []


def test_changed_files_are_read_again_and_new_sets_are_taken_up(
    qtbot: QtBot, window: MainWindow, material_folder: Path, tmp_path: Path
) -> None:
    watched = tmp_path / "inbox"
    shutil.copytree(material_folder, watched / "One")
    material = dropped(qtbot, window, watched / "One")
    generation = material.generation
    window.session.watching.set_folders([watched])
    assert material.plan is not None
    file = material.plan.used_files[0].path
    file.write_bytes(file.read_bytes() + b"\0")
    qtbot.waitUntil(lambda: material.generation > generation, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: material.state is not MaterialState.READING, timeout=WAIT_MS)
    shutil.copytree(material_folder, tmp_path / "Two")
    (tmp_path / "Two").rename(watched / "Two")
    qtbot.waitUntil(lambda: len(window.document.materials) == 2, timeout=WAIT_MS)
    new = window.document.materials[1]
    assert new.plan is not None and new.plan.folder == watched / "Two"
    qtbot.waitUntil(lambda: new.state is MaterialState.READY, timeout=WAIT_MS)


def test_preferences_act_at_once_and_last(qtbot: QtBot, make_window: Maker) -> None:
    window = make_window(endless_job)
    window.actions_by_id["preferences"].trigger()
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, SettingsDialog)]
    assert not dialog.isModal()
    dialog.changed.emit(dataclasses.replace(window.options, follow_files=False, at_start="last project"))
    assert not window.session.watching.follow_files
    dialog.close()
    again = make_window(endless_job)
    assert again.options.at_start == "last project" and not again.session.watching.follow_files


def test_what_is_open_comes_to_the_front_instead_of_twice(
    qtbot: QtBot, window: MainWindow, material_folder: Path
) -> None:
    dropped(qtbot, window, material_folder)
    for act in (window.actions_by_id["preferences"].trigger, lambda: window._export("ue5")):
        for _ in range(2):
            act()
    shown = [type(dialog) for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    assert sorted(shown, key=str) == [ExportDialog, SettingsDialog]
    window.session.materials.open_sample("bricks", 64)
    qtbot.waitUntil(lambda: len(window.document.materials) == 2, timeout=WAIT_MS)
    window._export("ue5")
    exports = [dialog for dialog in window.findChildren(ExportDialog) if dialog.isVisible()]
    assert [dialog._name for dialog in exports] == [window.document.materials[1].name], "one question at a time"
    for dialog in window.findChildren(QDialog):
        dialog.close()
    qtbot.waitUntil(lambda: not window.findChildren(QDialog), timeout=WAIT_MS)
    window.actions_by_id["preferences"].trigger()
    assert len(window.findChildren(SettingsDialog)) == 1


def test_a_preset_is_named_in_the_window(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    dropped(qtbot, window, material_folder)
    window.activateWindow()
    qtbot.waitActive(window)

    def asked() -> AskLine:
        window.actions_by_id["save_preset"].trigger()
        (line,) = window.findChildren(AskLine)
        qtbot.waitUntil(line.line.hasFocus, timeout=WAIT_MS)
        return line

    line = asked()
    assert not line.accept.isEnabled()
    qtbot.keyClick(line.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(AskLine), timeout=WAIT_MS)
    line = asked()
    qtbot.keyClicks(line.line, "For tiles")
    qtbot.keyClick(line.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.findChildren(AskLine), timeout=WAIT_MS)
    assert "For tiles" in [preset.name for preset in presets.available(paths.presets_folder())]
    assert not window.findChildren(QDialog)


def test_the_lab_keeps_its_settings_and_undoes_only_its_own(qtbot: QtBot, make_window: Maker) -> None:
    window = make_window(endless_job)
    act = window.actions_by_id
    window.session.change_settings(dataclasses.replace(window.document.settings, seed=5))
    act["go_lab"].trigger()
    lab = window.findChild(LabWorkspace)
    assert lab is not None and not act["undo"].isEnabled(), "what is not seen is not undone"
    wanted = dataclasses.replace(lab.session.settings, width=96, learning_rate=0.02)
    lab.session.change_settings(dataclasses.replace(wanted, width=32))
    lab.session.change_settings(wanted)
    act["undo"].trigger()
    assert lab.session.settings.width == 32 and window.document.settings.seed == 5
    act["redo"].trigger()
    assert lab.session.settings == wanted and not act["redo"].isEnabled()
    act["go_compress"].trigger()
    act["undo"].trigger()
    assert window.document.settings.seed == 0 and lab.session.settings == wanted
    window.close()
    again = make_window(endless_job)
    again.actions_by_id["go_lab"].trigger()
    lab = again.findChild(LabWorkspace)
    assert lab is not None and lab.session.settings == wanted


def test_panels_that_were_never_seen_begin_with_their_sizes(
    qtbot: QtBot, make_window: Maker, material_folder: Path
) -> None:
    def bottom(window: MainWindow) -> int:
        dropped(qtbot, window, material_folder)
        qtbot.waitUntil(lambda: not window.layout_of_docks._unsized, timeout=WAIT_MS)
        QApplication.processEvents()
        return window.docks["training"].height()

    unseen = make_window(endless_job)
    unseen.make_ready()
    unseen.close()
    window = make_window(endless_job)
    assert not window.preferences.docks
    assert bottom(window) < 0.3 * window.height()


def test_the_lab_is_a_workspace_beside_the_others(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    material = dropped(qtbot, window, material_folder)
    window.actions_by_id["go_lab"].trigger()
    assert window.workspaces.current == "lab" and not any(dock.isVisible() for dock in window.docks.values())
    window.session.materials.remove(material.key)
    assert window.workspaces.current == "lab", "what happens elsewhere leaves it alone"
    toast(window, "was closed")["Undo"]()
    assert window.workspaces.current == "compress" and window.docks["compress"].isVisible()
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=WAIT_MS)


def test_the_table_has_the_runs_that_are_counted_by_keys(qtbot: QtBot, window: MainWindow, tree: Path) -> None:
    """Of the material that is looked at, the newest first; of all, if that is asked for."""
    opened(qtbot, window, tree / "first", 5)
    document, session = window.document, window.session
    session.compute.hold(True)
    window.actions_by_id["start_all"].trigger()
    second = session.runs.start(document.materials[0], CompressSettings(bpp=2.0))
    assert second is not None

    def shown() -> list[int]:
        return [row.key for row in window.runs._model.rows]

    own = [run.key for run in reversed(document.runs_of(document.materials[0].key))]
    qtbot.waitUntil(lambda: shown() == own and len(own) == 2, timeout=WAIT_MS)
    model = window.runs.view.model()
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Settings"
    assert model.index(0, 1).data() == "2 bits/texel  ·  balanced"
    window._show_number_in(2, "B")
    assert document.slots["B"] == own[1]
    document.set_current(document.materials[1].key)
    qtbot.waitUntil(lambda: len(shown()) == 1, timeout=WAIT_MS)
    window.all_runs.click()
    qtbot.waitUntil(lambda: len(shown()) == 6, timeout=WAIT_MS)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "Material"
    assert model.index(0, 1).data() == document.materials[0].name
    assert window.preferences.view["all_runs"] is True
    session.compute.cancel_waiting()


def test_nothing_is_undone_out_of_sight(qtbot: QtBot, window: MainWindow, tree: Path) -> None:
    opened(qtbot, window, tree / "first", 5)
    document = window.document
    first, other = document.materials[:2]
    assert first.plan is not None
    (file,) = [file for file in first.plan.files if file.roles == (Role.ROUGHNESS,)]
    window.session.materials.assign(first, file.path, (Role.SPECULAR,))
    document.set_current(other.key)
    window.actions_by_id["go_home"].trigger()
    window.actions_by_id["undo"].trigger()
    assert window.workspaces.current == "compress" and document.current is first
    qtbot.waitUntil(lambda: Role.ROUGHNESS in first.roles, timeout=WAIT_MS)
    window.actions_by_id["go_home"].trigger()
    document.set_current(other.key)
    window.actions_by_id["redo"].trigger()
    assert window.workspaces.current == "compress" and document.current is first
    qtbot.waitUntil(lambda: Role.SPECULAR in first.roles, timeout=WAIT_MS)


def test_every_destination_can_be_asked_for(qtbot: QtBot, window: MainWindow, material_folder: Path) -> None:
    """Whatever the defaults of its settings are: numbers, choices, texts."""
    dropped(qtbot, window, material_folder)
    kept(qtbot, window)
    for target in TARGETS:
        window._export(target)
        (dialog,) = [each for each in window.findChildren(ExportDialog) if each.isVisible()]
        assert TARGETS[target].title in dialog.windowTitle()
        dialog.close()
