"""What the window and the lab say on their way through a day's work can be translated, all of it."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from acts import dropped, training
from protocol_job import WAIT_MS, endless_job
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app import presenting
from app.document import Material, MaterialState, Run, RunState
from app.export_dialog import ExportDialog
from app.job_runner import JobQueue
from app.lab_guide import STEPS
from app.lab_workspace import LabWorkspace
from app.main_window import MainWindow
from app.sources import ContainerSource
from core.codec import container
from core.codec.layout import LatentGrid
from core.codec.settings import CompressSettings
from core.coordinate.animation import SUFFIXES as ANIMATION_SUFFIXES
from core.coordinate.settings import LabSettings
from core.exporters.networks import TARGETS as NETWORK_TARGETS
from core.jobs import Finished
from core.said import Said
from core.textures.images import write_image
from core.textures.material import TextureSet
from core.textures.roles import Role
from tests.core.codec.materials import random_texture
from tests.core.coordinate.networks import smooth_picture
from tests.widgets.pseudo import Pseudo, template, texts_of, untranslated
from widgets import theme
from widgets.viewport_options import PixelReading

Maker = Callable[..., MainWindow]


def job_with_a_file(material: TextureSet, settings: CompressSettings, output: Path, *rest: Any, **more: Any) -> Any:
    """Ends with a file that can be decoded: what `core` says of damaged ones is English."""
    for event in endless_job(material, settings, output, *rest, **more):
        if isinstance(event, Finished):
            container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), event.result.path)
        yield event


@pytest.fixture
def pseudo(qapp: QApplication, english: None) -> Iterator[Pseudo]:
    translator = Pseudo(template())
    qapp.installTranslator(translator)
    yield translator
    qapp.removeTranslator(translator)


@pytest.fixture
def own_dialogs(qapp: QApplication) -> Iterator[None]:
    """File dialogs of Qt, which can be looked into."""
    attribute = Qt.ApplicationAttribute.AA_DontUseNativeDialogs
    before = QApplication.testAttribute(attribute)
    QApplication.setAttribute(attribute, True)
    yield
    QApplication.setAttribute(attribute, before)


@pytest.fixture
def spoken(pseudo: Pseudo, make_window: Maker) -> MainWindow:
    """A window in the language of the tests."""
    return make_window(job_with_a_file)


SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)

PATHS = re.compile(r"(?<!\w)/[^\s«»]+")


BREAK = "\u200b"
"""Where a file's name may be broken into lines."""
CORE_NOTE = "The normal map is in the convention of OpenGL (+Y up), as in the source."
"""Remarks of core are English."""
QUICK = LabSettings(hidden_layers=2, width=24, rounds=2, batch_side=16)


def check(own: set[str], *texts: str) -> None:
    known = frozenset(own)
    assert [
        (text, left) for text in texts if (left := untranslated(PATHS.sub(" ", text.replace(BREAK, "")), known))
    ] == []


class Ear:
    """Hears what a window says; ``own`` are data that it may say as they are."""

    def __init__(self, window: MainWindow, *own: str) -> None:
        self.window = window
        self.own = set(own)
        self.titles: set[str] = set()
        session = window.session
        session.desk.busy_changed.connect(self._on_busy)
        session.exports.activity.connect(lambda job, _: self.titles.add(job.title) if job is not None else None)

    def know(self, material: Material) -> None:
        """Names, and the words that a reason takes of them, are data."""
        self.own.add(material.name)
        plan = material.plan
        if plan is not None:
            self.own |= {file.path.name for file in plan.files}
            reasons = [plan.normal_reason, *(file.reason for file in plan.files)]
            self.own |= {str(reason.values.get("words", "")) for reason in reasons if isinstance(reason, Said)} - {""}

    def _on_busy(self) -> None:
        for queue in (self.window.session.io, self.window.session.compute):
            self.titles |= {job.title for job in (queue.running, *queue.waiting) if job is not None}

    def check(self, *texts: str) -> None:
        check(self.own, *texts)

    def said(self, count: int = 1) -> list[str]:
        """The messages since the last time, checked and dismissed; so many of them."""
        toasts = self.window.toasts.toasts
        texts = [toast.text for toast in toasts]
        self.check(*texts, *(button.text() for toast in toasts for button in toast.buttons))
        for toast in toasts:
            toast.leave()
        assert len(texts) == count, texts
        assert all("«" in text for text in texts), texts
        return texts

    def check_window(self) -> None:
        """All that stands in it, in its lists and in its menus."""
        window = self.window
        window._show_changed_runs()
        window._refresh_all()
        window._show_queue()
        self.check(*texts_of(window), *self.titles)
        for view in window.findChildren(QAbstractItemView):
            model, root = view.model(), QModelIndex()
            for row in range(model.rowCount(root)):
                # A list's number of columns is private.
                for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(root)):
                    index = model.index(row, column)
                    self.check(*(str(index.data(role) or "") for role in SPOKEN))
        self.check(*(window.session.undo.text(at) for at in range(window.session.undo.count())))

    def check_menu(self, pop_up: Callable[[], object]) -> None:
        """One that is made when it is asked for."""
        pop_up()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        assert texts
        self.check(*texts)
        menu.close()


def asked(parent: QWidget, ask: Callable[[], object]) -> list[str]:
    """The title and the kinds of files of a file dialog, which is sent away."""
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            seen.extend([dialog.windowTitle(), *(re.sub(r"\*[^\s)«]+", "", kind) for kind in dialog.nameFilters())])
            dialog.reject()

    QTimer.singleShot(0, parent, look)
    ask()
    assert seen
    return seen


def kept(qtbot: QtBot, window: MainWindow) -> Run:
    run = training(qtbot, window)
    window.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    return run


def test_opened_trained_renamed_deleted_closed(qtbot: QtBot, spoken: MainWindow, material_folder: Path) -> None:
    window, session = spoken, spoken.session
    ear = Ear(window)
    ear.check_window()
    material = dropped(qtbot, window, material_folder)
    ear.know(material)
    ear.check_window()
    run = training(qtbot, window)
    waiting = session.runs.start(material)
    assert waiting is not None
    ear.know(material)
    ear.check_window()
    window.actions_by_id["pause"].trigger()
    window.actions_by_id["hold_queue"].trigger()
    ear.check_window()
    window.actions_by_id["hold_queue"].trigger()
    session.runs.discard(waiting)
    qtbot.waitUntil(lambda: len(window.document.runs) == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=WAIT_MS)
    ear.said()
    session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    ear.said()
    window.document.show_run(run, "B")
    window._use_again()
    window._copy_command()
    window._copy_report()
    window._about()
    ear.said(4)
    ear.check_menu(lambda: window.runs.menu_wanted.emit(run.key, QPoint(9, 9)))
    ear.check_menu(lambda: window.material_list.menu_wanted.emit(material.key, QPoint(9, 9)))
    assert material.plan is not None
    file = material.plan.files[0].path
    ear.check_menu(lambda: window.panel.review.menu_wanted.emit(file, QPoint(9, 9)))
    session.rename_run(run, "wood 7")
    ear.own.add("wood 7")
    ear.check_window()
    session.materials.assign(material, material.plan.used_files[0].path, ())
    ear.know(material)
    qtbot.waitUntil(lambda: material.state is not MaterialState.READING, timeout=WAIT_MS)
    ear.check_window()
    session.runs.delete(run)
    session.materials.remove(material.key)
    ear.said(2)
    ear.check_window()


def test_a_project_is_left_and_comes_back(
    qtbot: QtBot, spoken: MainWindow, make_window: Maker, material_folder: Path, tmp_path: Path
) -> None:
    window, session = spoken, spoken.session
    ear = Ear(window, "mine")
    material = dropped(qtbot, window, material_folder)
    run = training(qtbot, window)
    ear.know(material)
    assert session.projects.save()
    window._show_home()
    ear.check_window()
    (card,) = window.home.cards
    ear.check(card.detail, card.when)
    assert session.projects.save_as(tmp_path / "mine")
    window.actions_by_id["new_project"].trigger()
    assert "mine" in ear.said()[0]
    qtbot.waitUntil(lambda: run.job is None, timeout=WAIT_MS)
    assert session.projects.open(tmp_path / "mine.texloom-project")
    qtbot.waitUntil(lambda: bool(session.runs.in_order()), timeout=WAIT_MS)
    ear.said()
    ear.check_window()
    other = make_window(job_with_a_file)
    assert not other.session.projects.open(session.projects.path)
    Ear(other).said()
    (tmp_path / "none.texloom-project").write_text("{}")
    assert not session.projects.open(tmp_path / "none.texloom-project")
    ear.said()
    ages = (5, 300, 4000, 20_000, 100_000, 10**6)
    ear.check(*(presenting.when_text(age) for age in ages))
    qtbot.waitUntil(lambda: session.document.materials[0].state is MaterialState.READY, timeout=WAIT_MS)


def test_reasons_and_what_is_wrong_with_a_file(
    qtbot: QtBot, spoken: MainWindow, make_window: Maker, material_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(material_folder, tmp_path / "set")
    files = sorted((tmp_path / "set").iterdir())
    files[0].write_bytes(b"")
    files[1].write_bytes(files[1].read_bytes()[:200])
    shutil.copy(files[-1], files[-1].with_name(f"2K_{files[-1].name}"))
    (tmp_path / "set" / "scene.mtlx").write_text("")
    spoken._open([tmp_path / "set"])
    qtbot.waitUntil(lambda: len(spoken.document.materials) == 1, timeout=WAIT_MS)
    (material,) = spoken.document.materials
    qtbot.waitUntil(lambda: material.state is MaterialState.UNDECIDED, timeout=WAIT_MS)
    assert material.plan is not None and "«" in material.problem
    assert any(file.problem for file in material.plan.files) and len(material.plan.files) == len(files) + 2
    ear = Ear(spoken)
    ear.know(material)
    ear.check_window()
    assert spoken.session.projects.save()
    project = spoken.session.projects.path
    spoken.close()
    # What a project's file says of them can still be said in another language.
    later = make_window(job_with_a_file)
    assert later.session.projects.open(project)
    (again,) = later.document.materials
    assert again.plan == material.plan
    qtbot.waitUntil(lambda: again.state is MaterialState.UNDECIDED, timeout=WAIT_MS)
    ear = Ear(later)
    ear.know(again)
    ear.check_window()


def test_exported_once_again_and_for_all(qtbot: QtBot, spoken: MainWindow, tmp_path: Path) -> None:
    window, exports = spoken, spoken.session.exports
    ear = Ear(window, "first", "second", "images", "{material}", "{role}", CORE_NOTE)
    for name in ("first", "second"):
        container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), tmp_path / f"{name}.texloom")
    window._open([tmp_path / "first.texloom", tmp_path / "second.texloom"])
    materials = window.document.materials
    qtbot.waitUntil(lambda: [m.state for m in materials] == [MaterialState.READY] * 2, timeout=WAIT_MS)
    assert isinstance(materials[0].source, ContainerSource)
    window._export("images")
    (dialog,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog)]
    dialog.folder.setText(str(tmp_path))
    dialog.all.setChecked(True)
    ear.check(dialog.windowTitle(), *texts_of(dialog))
    dialog.all.setChecked(False)
    dialog.accept_button.click()
    for _ in range(2):
        qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=WAIT_MS)
        ear.said()
        ear.check_window()
        window.actions_by_id["export"].trigger()
    qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=WAIT_MS)
    ear.said()
    for _ in range(2):
        assert exports.export_all("images", tmp_path) == 2
        qtbot.waitUntil(lambda: bool(window.toasts.toasts), timeout=WAIT_MS)
        assert "%n" not in ear.said()[0]
    ear.check(*ear.titles)
    assert any("first" in title for title in ear.titles)


def test_compared_with_a_baseline(qtbot: QtBot, spoken: MainWindow, material_folder: Path) -> None:
    window, session = spoken, spoken.session
    ear = Ear(window)
    material = dropped(qtbot, window, material_folder)
    ear.know(material)
    run = session.runs.add_baseline(material, "astc-12x12")
    assert run is not None
    ear.check_window()
    qtbot.waitUntil(lambda: run.state is RunState.DONE and run.job is None, timeout=WAIT_MS)
    ear.said()
    ear.check_window()
    for name in presenting.RUN_WORDS:
        run.state = name
        ear.check(presenting.state_words(run)[0])
    ear.check(*(presenting.stage_text(stage) for stage in (*presenting.STAGES, "Measuring bc")))
    run.state = RunState.DONE
    reading = PixelReading(Role.NORMAL, 3, 4, (0.1, 0.1), (0.5,) * 3, (0.5,) * 3, (118, 97, 80), (117, 97, 81), 0.42)
    ear.check(presenting.pixel_text(reading))
    ear.check_menu(lambda: window.runs.menu_wanted.emit(run.key, QPoint(9, 9)))
    menu = QMenu(window)
    window.slot_bar.list_wanted.emit("B", menu)
    ear.check(*(action.text() for action in menu.actions()))
    assert material.plan is not None and len(menu.actions()) > 1
    for file in material.plan.used_files:
        session.materials.assign(material, file.path, ())
    qtbot.waitUntil(lambda: material.state is MaterialState.UNDECIDED, timeout=WAIT_MS)
    ear.check(material.problem)
    assert session.runs.start(material) is None
    ear.said()


def test_files_are_asked_for(
    qtbot: QtBot, spoken: MainWindow, own_dialogs: None, material_folder: Path, tmp_path: Path
) -> None:
    window, act = spoken, spoken.actions_by_id
    ear = Ear(window)
    names = ("open_folder", "open_files", "open_project", "save_project", "queue_folder", "watch_folder")
    for name in (*names, "mesh", "panorama"):
        ear.check(*asked(window, act[name].trigger))
    ear.know(dropped(qtbot, window, material_folder))
    kept(qtbot, window)
    ear.said()
    qtbot.waitUntil(act["save_as"].isEnabled, timeout=WAIT_MS)
    ear.check(*asked(window, act["save_as"].trigger))
    watched = tmp_path / "inbox"
    watched.mkdir()
    window.session.watching.set_folders([watched])
    shutil.copytree(material_folder, tmp_path / "Two")
    (tmp_path / "Two").rename(watched / "Two")
    qtbot.waitUntil(lambda: len(window.document.materials) == 2, timeout=WAIT_MS)
    ear.know(window.document.materials[1])
    ear.said()
    act["watch_folder"].trigger()
    ear.said()
    drop_hint = QMimeData()
    for count in (1, 2):
        drop_hint.setUrls([QUrl.fromLocalFile(str(tmp_path))] * count)
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(
            window, QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, drop_hint, buttons, keys)
        )
        ear.check(window._overlay.text)
    QApplication.sendEvent(window, QDragLeaveEvent())
    materials = window.document.materials
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in materials), timeout=WAIT_MS)


@pytest.fixture
def heard() -> list[str]:
    """What the lab said, and what its jobs are called."""
    return []


@pytest.fixture
def lab(qtbot: QtBot, qapp: QApplication, pseudo: Pseudo, heard: list[str]) -> Iterator[LabWorkspace]:
    theme.install(qapp)
    compute = JobQueue()
    made = LabWorkspace(compute, lambda text, _: heard.append(text))
    for queue in (compute, made.session._io):
        queue.changed.connect(
            lambda queue=queue: heard.extend(job.title for job in (queue.running, *queue.waiting) if job is not None)
        )
    made.guide.told.connect(heard.append)
    made.show()
    qtbot.waitExposed(made)
    yield made
    assert made.shutdown() and compute.shutdown(10.0)
    made.close()
    made.deleteLater()


def test_all_of_the_lab(qtbot: QtBot, lab: LabWorkspace, heard: list[str], own_dialogs: None, tmp_path: Path) -> None:
    session, card = lab.session, lab.guide_card

    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=60_000)

    def look() -> None:
        check({"waves", ".png", ".texnet"}, *texts_of(lab), *heard)
        heard.clear()

    look()
    card.try_button.click()
    lab.empty_sample.click()
    until(lambda: session.wanted is not None)
    look()
    write_image(tmp_path / "waves.png", smooth_picture(channels=4).pixels, 8)
    session.open(tmp_path / "waves.png")
    until(lambda: session.picture is not None and session.picture.path is not None)
    lab.guide.rounds = 1
    session.change_settings(dataclasses.replace(QUICK, learning_rate=0.02))
    for step in range(len(STEPS)):
        card.show_step(step)
        look()
        card.try_button.click()
        until(lambda: session.job is not None and not session.busy and not lab.guide._waiting)
        until(lambda: session._io.running is None and not session._io.waiting)
        assert card.told
        look()
    assert session.from_shader and "«by the shader»" in lab._result_facts.text()
    for gone, name in ((lab.source, ""), (lab.result, "see the network"), (lab.error, "differs")):
        check(set(), gone._hint)
        assert name in gone._hint
    for ask in (lab.ask_for_picture, lab.ask_for_network, lab.ask_where_to_save, lab.ask_where_to_animate):
        check({suffix[1:].upper() for suffix in ANIMATION_SUFFIXES}, *asked(lab, ask))
    for target in NETWORK_TARGETS:
        check(set(), *asked(lab, lambda target=target: lab.ask_where_to_export(target)))
    session.save_network(tmp_path / "waves.texnet")
    session.save_animation(tmp_path / "waves.png")
    until(lambda: (tmp_path / "waves.texnet").exists() and session._io.running is None)
    session.change_settings(dataclasses.replace(QUICK, rounds=10**6))
    lab.start.click()
    until(lambda: bool(session.curves[-1].seconds))
    look()
    lab.guide.run(0)
    session.open_sample()
    session.load_network(tmp_path / "waves.texnet")
    until(lambda: session._io.running is None and not session._io.waiting)
    lab.pause.click()
    look()
    lab.discard.click()
    until(lambda: not session.busy)
    look()
    for picture in (False, True):
        session.curves = []
        if not picture:
            session.picture = session.network = None
        lab._show_state()
        look()
