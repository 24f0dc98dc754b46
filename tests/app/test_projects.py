"""Projects: saved by themselves, opened again as they were, found again after a crash."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from protocol_job import WAIT_MS, endless_job
from pytestqt.qtbot import QtBot

from app import paths, project_store, run_store
from app.document import Material, MaterialState, Run, RunState
from app.preferences import Preferences
from app.project_store import SUFFIX, Project
from app.run_store import RunRecord
from app.session import Session
from app.sources import SampleSource, to_json
from core.errors import InputError
from core.exporters.settings import Ue5Settings
from core.exporters.ue5 import FACTS_FILE
from core.textures import samples

Maker = Callable[..., Session]
LONG_QUEUE = 500


@pytest.fixture
def make_session(qtbot: QtBot, english: None) -> Iterator[Maker]:
    made: list[Session] = []
    kept = Preferences()

    def make() -> Session:
        session = Session(kept, compress=endless_job)
        session.texts = []  # type: ignore[attr-defined]
        session.desk.message.connect(lambda message: session.texts.append(message.text))  # type: ignore[attr-defined]
        made.append(session)
        return session

    yield make
    for session in made:
        assert session.shutdown(10.0)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return samples.write_samples(tmp_path_factory.mktemp("sets"), size=32)[:3]


def opened(qtbot: QtBot, session: Session, folders: list[Path]) -> list[Material]:
    before = len(session.document.materials)
    session.materials.open(folders)
    qtbot.waitUntil(lambda: len(session.document.materials) == before + len(folders), timeout=WAIT_MS)
    made = session.document.materials[before:]
    qtbot.waitUntil(lambda: all(m.state is not MaterialState.READING for m in made), timeout=WAIT_MS)
    return made


def running(qtbot: QtBot, run: Run) -> None:
    qtbot.waitUntil(lambda: run.state is RunState.RUNNING and run.step > 5, timeout=WAIT_MS)


def test_everything_comes_back(qtbot: QtBot, make_session: Maker, folders: list[Path]) -> None:
    first = make_session()
    materials = opened(qtbot, first, folders)
    file = materials[1].plan.files[0]  # type: ignore[union-attr]
    first.materials.assign(materials[1], file.path, ())
    first.change_settings(dataclasses.replace(first.document.settings, bpp=7.5))
    first.document.set_current(materials[2].key)
    run = first.runs.start(materials[2])
    waiting = [first.runs.start(material) for material in materials[:2]]
    assert run is not None and all(waiting)
    running(qtbot, run)
    first.compute.move(waiting[1].job, 0)  # type: ignore[union-attr, arg-type]
    path = first.projects.path
    assert first.shutdown(10.0)
    kept = project_store.read(path)
    assert not kept.open and kept.queue == [r.folder.name for r in (run, waiting[1], waiting[0])]  # type: ignore[union-attr]

    second = make_session()
    assert second.projects.crashed() is None
    (recent,) = second.projects.recent()
    assert recent.path == path and recent.materials == 3 and recent.picture is not None
    assert second.projects.open(path)
    document = second.document
    assert [m.name for m in document.materials] == [m.name for m in materials]
    plan = document.materials[1].plan
    assert plan is not None and [f.roles for f in plan.files if f.path == file.path] == [()]
    assert document.settings.bpp == 7.5
    assert document.current is document.materials[2]
    assert [r.material_name for r in second.runs.in_order()] == [materials[i].name for i in (2, 1, 0)]
    assert second.compute.held and all(r.state is RunState.WAITING for r in document.runs)
    shown = document.run(document.slots["B"])
    assert shown is not None and shown.folder == run.folder
    assert any("3 runs wait" in text for text in second.texts)  # type: ignore[attr-defined]
    second.compute.hold(False)
    running(qtbot, shown)


def test_a_correction_does_not_part_a_material_from_its_runs(
    qtbot: QtBot, make_session: Maker, folders: list[Path]
) -> None:
    first = make_session()
    one, two = opened(qtbot, first, folders[:2])
    done, waiting = first.runs.start(one), first.runs.start(two)
    assert done is not None and waiting is not None
    running(qtbot, done)
    first.compute.hold(True)
    first.runs.stop_and_keep(done)
    qtbot.waitUntil(lambda: done.state is RunState.KEPT and done.job is None, timeout=WAIT_MS)
    for material in (one, two):
        first.materials.assign(material, material.plan.files[0].path, ())  # type: ignore[union-attr]
        qtbot.waitUntil(lambda m=material: m.state is not MaterialState.READING, timeout=WAIT_MS)
    path = first.projects.path
    assert first.shutdown(10.0)

    second = make_session()
    assert second.projects.open(path)
    document = second.document
    assert [m.name for m in document.materials] == [one.name, two.name], "none is opened twice"
    assert [len(document.runs_of(m.key)) for m in document.materials] == [1, 1]
    assert document.newest_result(document.materials[0].key) is not None


def test_numbers_of_runs_stay(qtbot: QtBot, make_session: Maker, folders: list[Path]) -> None:
    first = make_session()
    materials = opened(qtbot, first, folders)
    first.compute.hold(True)
    first.runs.start_all(materials)
    taken_out = first.document.runs[1]
    first.runs.discard(taken_out)
    qtbot.waitUntil(lambda: len(first.document.runs) == 2, timeout=WAIT_MS)
    path = first.projects.path
    assert first.shutdown(10.0)
    second = make_session()
    assert second.projects.open(path)
    assert [run.number for run in second.document.runs] == [1, 3]
    run = second.runs.start(second.document.materials[1])
    assert run is not None and run.number == 4


def test_a_long_queue_comes_back_whole(make_session: Maker) -> None:
    session, source = make_session(), SampleSource("bricks", 32)
    project = Project(materials=[{"name": "Bricks", "source": to_json(source)}])
    for number in range(1, LONG_QUEUE + 1):
        record = RunRecord("Bricks", to_json(source), {}, created=number, project=project.id, number=number)
        folder = paths.runs_folder() / "Bricks" / f"run-{number:03d}"
        run_store.begin(record, folder)
        project.queue.append(folder.name)
    asked = list(project.queue)
    path = paths.projects_folder() / f"{project.id}{SUFFIX}"
    project_store.write(project, path)
    assert session.projects.open(path)
    assert [run.folder.name for run in session.runs.in_order()] == asked, "each of them, as they were queued"
    assert session.projects.save()
    assert project_store.read(path).queue == asked


def test_a_name_and_a_place(qtbot: QtBot, make_session: Maker, folders: list[Path], tmp_path: Path) -> None:
    session = make_session()
    assert session.projects.save() and not session.projects.path.exists(), "nothing to keep yet"
    opened(qtbot, session, folders[:1])
    session.projects.save()
    before = session.projects.path
    assert before.exists() and session.projects.untitled
    place = tmp_path / "木目 Wälder 🪵"
    assert session.projects.save_as(place)
    assert session.projects.path == Path(f"{place}{SUFFIX}") and session.projects.title == place.name
    assert not before.exists()
    assert [recent.title for recent in session.projects.recent()] == [place.name]


def test_another_project_interrupts_and_leads_back(qtbot: QtBot, make_session: Maker, folders: list[Path]) -> None:
    session = make_session()
    (material,) = opened(qtbot, session, folders[:1])
    run = session.runs.start(material)
    assert run is not None
    running(qtbot, run)
    path = session.projects.path
    session.projects.new()
    assert session.document.materials == [] and session.document.runs == [] and not session.undo.canUndo()
    assert any("will go on when it is opened again" in text for text in session.texts)  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: session.compute.running is None, timeout=WAIT_MS)
    assert run.folder.is_dir()
    assert session.projects.open(path)
    (back,) = session.document.runs
    assert back.folder == run.folder and back.state is RunState.WAITING


def test_what_is_no_project_is_said_and_nothing_changes(
    qtbot: QtBot, make_session: Maker, folders: list[Path], tmp_path: Path
) -> None:
    session = make_session()
    opened(qtbot, session, folders[:1])
    for text in ("", "[1]", '{"kind": "other"}', '{"kind": "texloom-project", "schema": 1, "materials": [3]}'):
        bad = tmp_path / f"bad{SUFFIX}"
        bad.write_text(text)
        assert not session.projects.open(bad)
        assert str(bad) in session.texts[-1]  # type: ignore[attr-defined]
    newer = {"kind": "texloom-project", "schema": 99}
    bad.write_text(json.dumps(newer))
    assert not session.projects.open(bad) and "newer" in session.texts[-1]  # type: ignore[attr-defined]
    assert len(session.document.materials) == 1


def test_fields_of_newer_versions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / f"a{SUFFIX}"
    project = Project(settings={"bpp": 3.0}, unknown={"lights": [1, 2]})
    project_store.write(project, path)
    again = project_store.read(path)
    assert again.unknown == {"lights": [1, 2]} and again == project
    with pytest.raises(InputError, match="can't be read"):
        project_store.read(tmp_path / "none")


def test_the_same_project_opens_only_once(qtbot: QtBot, make_session: Maker, folders: list[Path]) -> None:
    first, second = make_session(), make_session()
    opened(qtbot, first, folders[:1])
    first.projects.save()
    assert not second.projects.open(first.projects.path)
    assert "another window" in second.texts[-1]  # type: ignore[attr-defined]
    assert second.projects.crashed() is None


def test_a_project_that_no_list_has_is_found(make_session: Maker) -> None:
    made: list[Path] = []
    for changed, is_open in ((1000.0, True), (2000.0, False)):
        entry = {"name": f"Bricks {changed:.0f}", "source": to_json(SampleSource("bricks", 32))}
        project = Project(materials=[entry], open=is_open, changed=changed)
        made.append(paths.projects_folder() / f"{project.id}{SUFFIX}")
        project_store.write(project, made[-1])
    session = make_session()
    session.preferences.remember_project(made[0])
    assert [recent.title for recent in session.projects.recent()] == ["Bricks 2000", "Bricks 1000"]
    session.preferences.forget_project(made[0])
    assert session.projects.crashed() == made[0]
    session.projects.forget(made[0])
    assert session.projects.crashed() is None and [each.path for each in session.projects.recent()] == [made[1]]


def test_a_place_that_can_not_be_written_is_told_once(
    qtbot: QtBot, make_session: Maker, folders: list[Path], tmp_path: Path
) -> None:
    session = make_session()
    opened(qtbot, session, folders[:1])
    assert session.projects.save()
    kept = session.projects.path
    (tmp_path / "file").write_text("")
    assert not session.projects.save_as(tmp_path / "file" / "p")
    assert session.projects.path == kept and kept.exists()
    session.projects.path = tmp_path / "file" / f"p{SUFFIX}"
    before = len(session.texts)  # type: ignore[attr-defined]
    assert not session.projects.save() and not session.projects.save()
    assert len(session.texts) <= before + 1  # type: ignore[attr-defined]
    session.projects.path = kept
    assert session.projects.save()


WINDOW = """
import sys
sys.path.insert(0, "tests/app")
from pathlib import Path
from protocol_job import endless_job
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.main_window import MainWindow
window = MainWindow(compress=endless_job)
window.show()
window.start([Path(entry) for entry in sys.argv[1:]])
def act():
    materials = window.document.materials
    if len(materials) < len(sys.argv) - 1 or any(m.state != "ready" for m in materials):
        return
    if not window.document.runs:
        window.session.runs.start_all(materials)
    elif window.document.runs[0].step > 40:
        print("training", flush=True)
timer = QTimer()
timer.timeout.connect(act)
timer.start(50)
app.exec()
"""


def test_kill_9_and_start_again(qtbot: QtBot, make_session: Maker, folders: list[Path]) -> None:
    command = [sys.executable, "-c", WINDOW, *map(str, folders)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "training"
    # It is written a while after the first change, which may come later than the training.
    deadline = time.monotonic() + 30
    while not (found := list(paths.projects_folder().glob(f"*{SUFFIX}"))) and time.monotonic() < deadline:
        time.sleep(0.1)
    (path,) = found
    while len(project_store.read(path).queue) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    session = make_session()
    assert session.projects.crashed() == path
    assert session.projects.open(path)
    said = [text for text in session.texts if "ended unexpectedly" in text]  # type: ignore[attr-defined]
    assert len(said) == 1 and "3 runs wait" in said[0], "one message says all"
    assert len(session.document.materials) == 3
    order = session.runs.in_order()
    assert [run.state for run in order] == [RunState.WAITING] * 3 and session.compute.held
    session.compute.hold(False)
    qtbot.waitUntil(lambda: order[0].step > 41, timeout=WAIT_MS)
    assert session.projects.crashed() is None


def test_an_export_that_trains_keeps_its_place_in_the_queue(
    qtbot: QtBot, make_session: Maker, folders: list[Path], tmp_path: Path
) -> None:
    session = make_session()
    session.compute.hold(True)
    materials = opened(qtbot, session, folders)
    runs = [session.runs.start(material) for material in materials[:2]]
    assert all(runs)
    quick = Ue5Settings(bpp=4.0, time_budget=1.0)
    session.exports.remember("ue5", quick, tmp_path)
    session.exports.export_one("ue5", materials[2], None, tmp_path)
    session.compute.move(session.compute.waiting[2], 1)
    session.exports.remember("ue5", Ue5Settings(), tmp_path)
    path, titles = session.projects.path, [job.title for job in session.compute.waiting]
    assert session.projects.save()
    # Not by a crash, but what a crash leaves.
    stored = project_store.read(path)
    assert [entry["place"] for entry in stored.exports] == [1] and len(stored.queue) == 2

    session.projects.new()
    assert not session.compute.waiting
    assert "3 jobs of" in session.texts[-1]  # type: ignore[attr-defined]
    assert session.projects.open(path)
    assert [job.title for job in session.compute.waiting] == titles and session.compute.held
    assert any("3 jobs wait" in text for text in session.texts)  # type: ignore[attr-defined]
    assert not any("cancelled" in text for text in session.texts)  # type: ignore[attr-defined]
    session.runs.cancel_waiting()
    assert session.projects.open(path)
    session.projects.new()

    # The settings are those that it was asked with, and what is gone does not take the rest with it.
    stored.queue = []
    stored.exports += [{"place": 0, "target": "none"}, {**stored.exports[0], "material": None}, 3]  # type: ignore[list-item]
    project_store.write(stored, path)
    assert session.projects.open(path)
    assert [job.title for job in session.compute.waiting] == titles[1:2]
    session.compute.hold(False)
    qtbot.waitUntil(lambda: any("Wrote" in text for text in session.texts), timeout=60_000)  # type: ignore[attr-defined]
    facts = json.loads((tmp_path / "ue5" / folders[2].name / FACTS_FILE).read_text(encoding="utf-8"))
    assert facts
    assert session.exports.stored_queue() == []
