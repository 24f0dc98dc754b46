"""Opening, reviewing, running and writing, without a window."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from protocol_job import WAIT_MS, endless_job
from pytestqt.qtbot import QtBot

from app import paths, presenting, run_store
from app.desk import Message
from app.document import ORIGINAL, Material, MaterialState, Run, RunState
from app.preferences import Preferences
from app.session import Session
from core.codec.settings import CompressSettings, CurveSettings
from core.textures import samples
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role

Maker = Callable[..., Session]


@pytest.fixture
def make_session(qtbot: QtBot) -> Iterator[Maker]:
    made: list[Session] = []

    def make(preferences: Preferences | None = None, compress: Any = endless_job) -> Session:
        session = Session(preferences or Preferences(), compress=compress)
        session.messages = []  # type: ignore[attr-defined]
        session.desk.message.connect(session.messages.append)  # type: ignore[attr-defined]
        made.append(session)
        return session

    yield make
    for session in made:
        assert session.shutdown(10.0)


@pytest.fixture
def session(make_session: Maker) -> Session:
    return make_session()


def messages(session: Session) -> list[Message]:
    return session.messages  # type: ignore[attr-defined]


def opened(qtbot: QtBot, session: Session, path: Path) -> Material:
    session.materials.open([path])
    qtbot.waitUntil(lambda: session.document.current is not None, timeout=WAIT_MS)
    material = session.document.current
    assert material is not None
    qtbot.waitUntil(lambda: material.state is not MaterialState.READING, timeout=WAIT_MS)
    return material


def started(qtbot: QtBot, session: Session, material: Material) -> Run:
    run = session.runs.start(material)
    assert run is not None
    qtbot.waitUntil(lambda: len(run.seconds) > 5, timeout=WAIT_MS)
    return run


def test_a_folder_becomes_a_material_with_pictures(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    assert material.state is MaterialState.READY
    assert material.texture_set is not None and material.texture_set.width == 64
    assert material.thumbnail is not None and not material.thumbnail.isNull()
    assert material.plan is not None
    assert set(material.pictures) == {file.path for file in material.plan.used_files}
    assert session.preferences.recent == [str(material_folder)]


def test_what_is_open_is_not_opened_again(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    role = material.plan.files[0].roles if material.plan is not None else ()
    session.materials.assign(material, material.plan.files[0].path, ())  # type: ignore[union-attr]
    other = tmp_path / "Other"
    shutil.copytree(material_folder, other)
    session.materials.open([other])
    qtbot.waitUntil(lambda: len(session.document.materials) == 2, timeout=WAIT_MS)
    found: list[Material] = []
    session.materials.open([material_folder], then=found.extend)
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert found == [material] and len(session.document.materials) == 2 and session.document.current is material
    assert material.plan is not None
    assert role and not material.plan.files[0].roles, "what was corrected stays"
    assert messages(session)[-1].text == f"{material.name} is open already."


@pytest.mark.parametrize("kind", ["empty folder", "text as png", "missing"])
def test_garbage_gets_one_sentence_and_nothing_else(qtbot: QtBot, session: Session, tmp_path: Path, kind: str) -> None:
    given = tmp_path / "given"
    if kind == "empty folder":
        given.mkdir()
    elif kind == "text as png":
        given = tmp_path / "albedo.png"
        given.write_text("no picture")
    session.materials.open([given])
    qtbot.waitUntil(lambda: bool(messages(session)), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.io.running is None, timeout=WAIT_MS)
    (message,) = messages(session)
    assert message.severity in ("warn", "bad")
    assert "\n" not in message.text and message.text.endswith(".")
    assert not any(material.texture_set for material in session.document.materials)


def test_one_unusable_folder_does_not_take_the_others_with_it(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no picture")
    session.materials.open([tmp_path / "empty", material_folder, tmp_path / "notes.txt"])
    qtbot.waitUntil(lambda: session.document.current is not None, timeout=WAIT_MS)
    assert len(session.document.materials) == 1
    told = [message.text for message in messages(session)]
    assert len(told) == 2 and "empty" in told[0] and "notes.txt" in told[1]
    assert session.preferences.recent[0] == str(material_folder) and len(session.preferences.recent) == 1


def test_an_assignment_is_read_again_undone_and_remembered(
    qtbot: QtBot, session: Session, make_session: Maker, material_folder: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    assert material.plan is not None
    roughness = next(file for file in material.plan.files if file.roles == (Role.ROUGHNESS,))
    session.materials.assign(material, roughness.path, (Role.SPECULAR,))
    qtbot.waitUntil(lambda: Role.SPECULAR in material.roles, timeout=WAIT_MS)
    assert Role.ROUGHNESS not in material.roles
    assert session.preferences.corrections == {"roughness": "specular"}
    session.undo.undo()
    qtbot.waitUntil(lambda: Role.ROUGHNESS in material.roles, timeout=WAIT_MS)
    assert session.preferences.corrections == {}, "nor is it done to other materials"
    session.undo.redo()

    other = make_session(session.preferences)
    again = opened(qtbot, other, material_folder)
    assert again.plan is not None
    assert next(f for f in again.plan.files if f.path == roughness.path).roles == (Role.SPECULAR,)


def test_a_correction_is_learned_where_the_folder_is_called_otherwise(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    for folder, prefix in (("one", "Wall"), ("two", "Floor")):
        (tmp_path / folder).mkdir()
        for file in material_folder.glob("*.png"):
            name = f"{prefix}_{file.stem.split('_')[-1]}.png".replace("Roughness", "Foo")
            shutil.copy(file, tmp_path / folder / name)
    material = opened(qtbot, session, tmp_path / "one")
    session.materials.assign(material, tmp_path / "one" / "Wall_Foo.png", (Role.ROUGHNESS,))
    session.materials.open([tmp_path / "two"])
    qtbot.waitUntil(lambda: len(session.document.materials) == 2, timeout=WAIT_MS)
    plan = session.document.materials[1].plan
    assert plan is not None
    assert next(file.roles for file in plan.files if file.path.stem == "Floor_Foo") == (Role.ROUGHNESS,)


def test_a_file_moves_to_another_material_and_back(qtbot: QtBot, make_session: Maker, tmp_path: Path) -> None:
    folder = samples.write_samples(tmp_path / "sets", size=32)[0]
    (rough,) = [path for path in folder.iterdir() if "rough" in path.name.lower()]
    shutil.copytree(folder, tmp_path / "sets" / "other")
    stray = rough.rename(folder / f"Mispelt_Roughness{rough.suffix}")
    (color,) = [path for path in (tmp_path / "sets" / "other").iterdir() if "color" in path.name.lower()]
    color.rename(folder / f"Third_Color{color.suffix}")  # two sets with a colour: the stray belongs to neither
    session = make_session()
    session.materials.open([folder])
    document = session.document
    qtbot.waitUntil(lambda: len(document.materials) == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: all(m.state is not MaterialState.READING for m in document.materials), timeout=WAIT_MS)
    lone = next(m for m in document.materials if m.name == "Mispelt")
    home = next(m for m in document.materials if len(m.roles) > 1)
    place = document.materials.index(lone)
    document.set_current(lone.key)
    session.materials.move(lone, stray, home)
    assert document.current is home and lone not in document.materials
    qtbot.waitUntil(lambda: Role.ROUGHNESS in home.roles, timeout=WAIT_MS)
    assert messages(session)[-1].text == f"{stray.name} belongs to {home.name} now."
    found: list[Material] = []
    session.materials.open([folder], then=found.extend)
    qtbot.waitUntil(lambda: bool(found), timeout=WAIT_MS)
    assert len(document.materials) == 2, "what was moved is open, where it is now"
    session.undo.undo()
    assert document.materials[place] is lone and document.current is lone
    qtbot.waitUntil(lambda: Role.ROUGHNESS not in home.roles and lone.state is MaterialState.READY, timeout=WAIT_MS)
    session.undo.redo()
    qtbot.waitUntil(lambda: Role.ROUGHNESS in home.roles, timeout=WAIT_MS)
    assert session.projects.save()

    path = session.projects.path
    session.shutdown(5)
    again = make_session(session.preferences)
    assert again.projects.open(path)
    qtbot.waitUntil(lambda: len(again.document.materials) == 2, timeout=WAIT_MS)
    taken = next(m for m in again.document.materials if m.name == home.name)
    qtbot.waitUntil(lambda: Role.ROUGHNESS in taken.roles, timeout=WAIT_MS)


def test_a_material_without_maps_says_what_to_do(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    assert material.plan is not None
    for file in material.plan.files:
        session.materials.assign(material, file.path, ())
    assert material.state is MaterialState.UNDECIDED
    assert "role" in material.problem
    assert session.runs.start(material) is None


def test_an_unknown_convention_comes_with_two_pictures(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    session.materials.choose_convention(material, NormalConvention.UNKNOWN)
    qtbot.waitUntil(lambda: len(material.normal_previews) == 2, timeout=WAIT_MS)
    first, second = material.normal_previews.values()
    assert first != second
    session.materials.choose_convention(material, NormalConvention.DIRECTX)
    qtbot.waitUntil(
        lambda: material.texture_set is not None and material.texture_set.normal_convention is NormalConvention.DIRECTX,
        timeout=WAIT_MS,
    )


def test_only_few_materials_keep_their_pixels(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    for _ in range(6):
        session.materials.open_sample("bricks", 32)
    materials = session.document.materials
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in materials), timeout=WAIT_MS)
    assert 1 <= sum(m.texture_set is not None for m in materials) <= 4
    session.document.set_current(materials[0].key)
    qtbot.waitUntil(lambda: materials[0].texture_set is not None, timeout=WAIT_MS)


def test_pause_resume_stop_and_keep(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    run = started(qtbot, session, material)
    session.runs.pause(run)
    assert run.state is RunState.PAUSED
    qtbot.wait(250)
    steps = run.step
    qtbot.wait(250)
    assert run.step == steps
    session.runs.resume(run)
    qtbot.waitUntil(lambda: run.step > steps, timeout=WAIT_MS)
    session.runs.stop_and_keep(run)
    assert run.state is RunState.STOPPING
    qtbot.waitUntil(lambda: run.state is RunState.KEPT, timeout=WAIT_MS)
    record = run_store.read(run.folder)
    assert record is not None and record.finished and record.stopped_early and record.psnr_db == 33.0
    assert run_store.container(run.folder) == run.path


def test_discard_answers_within_a_second_and_leaves_nothing(
    qtbot: QtBot, session: Session, material_folder: Path
) -> None:
    run = started(qtbot, session, opened(qtbot, session, material_folder))
    asked = time.perf_counter()
    session.runs.discard(run)
    assert run.state is RunState.DISCARDING
    qtbot.waitUntil(lambda: run not in session.document.runs, timeout=WAIT_MS)
    assert time.perf_counter() - asked < 1.0
    assert not run.folder.exists()


def test_further_materials_wait_and_can_be_cancelled(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    first = started(qtbot, session, material)
    second = session.runs.start(material)
    assert second is not None and second.state is RunState.WAITING
    qtbot.wait(50)
    assert first.state is RunState.RUNNING and second.state is RunState.WAITING
    session.compute.cancel_waiting()
    qtbot.waitUntil(lambda: second not in session.document.runs, timeout=WAIT_MS)
    assert first.state is RunState.RUNNING


def test_what_was_taken_out_of_the_queue_comes_back(
    qtbot: QtBot, session: Session, english: None, material_folder: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    first = started(qtbot, session, material)
    qtbot.waitUntil(lambda: run_store.checkpoint(first.folder) is not None, timeout=WAIT_MS)
    others = [session.runs.start(material) for _ in range(3)]

    def discarded() -> list[Message]:
        return [message for message in messages(session) if "discarded" in message.text]

    session.compute.cancel_waiting()
    qtbot.waitUntil(lambda: bool(discarded()), timeout=WAIT_MS)
    assert [message.text for message in discarded()] == ["3 runs were discarded."], "one message for all"
    session.runs.discard(first)
    qtbot.waitUntil(lambda: len(discarded()) == 2, timeout=WAIT_MS)
    assert session.document.runs == []
    session.compute.hold(True)
    for message in discarded():
        dict(message.actions)["Undo"]()
    qtbot.waitUntil(lambda: len(session.document.runs) == 4, timeout=WAIT_MS)
    assert {run.number for run in session.document.runs} == {first.number, *(run.number for run in others if run)}
    assert all(run.state is RunState.WAITING for run in session.document.runs)
    assert run_store.checkpoint(first.folder) is not None, "it goes on where it was"
    row = presenting.run_row(session.document, first)
    assert (row.state, row.look) == ("On hold", "warn")


def quick_job(*given: Any, resume: bool = False) -> Iterator[Any]:
    """Ends at once, with a result."""
    control = given[3]
    for event in endless_job(*given, resume=resume):
        yield event
        control.stop()


def test_what_is_done_is_not_started_again(
    qtbot: QtBot, make_session: Maker, english: None, material_folder: Path, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        shutil.copytree(material_folder, tmp_path / name)
    session = make_session(compress=quick_job)
    session.materials.open([tmp_path])
    qtbot.waitUntil(lambda: len(session.document.materials) == 2, timeout=WAIT_MS)
    first, second = materials = session.document.materials
    qtbot.waitUntil(lambda: all(each.state is MaterialState.READY for each in materials), timeout=WAIT_MS)

    def runs() -> list[list[RunState]]:
        return [[run.state for run in session.document.runs_of(each.key)] for each in materials]

    session.runs.start(first)
    qtbot.waitUntil(lambda: runs() == [[RunState.KEPT], []], timeout=WAIT_MS)
    session.runs.start_all(materials)
    qtbot.waitUntil(lambda: runs() == [[RunState.KEPT]] * 2, timeout=WAIT_MS)
    said = [message for message in messages(session) if "left out" in message.text]
    assert [message.text[:10] for message in said] == ["1 material"]
    session.runs.start_all(materials)
    assert runs() == [[RunState.KEPT]] * 2

    again = make_session(compress=quick_job)
    again.materials.open([tmp_path], then=again.runs.start_all)
    qtbot.waitUntil(lambda: any("left out" in message.text for message in messages(again)), timeout=WAIT_MS)
    assert not any(run.state.active for run in again.document.runs), "a folder tree that was compressed before"

    assert second.plan is not None
    second.plan.used_files[0].path.touch()
    session.runs.start_all(materials)
    qtbot.waitUntil(lambda: runs() == [[RunState.KEPT], [RunState.KEPT] * 2], timeout=WAIT_MS)
    session.change_settings(CompressSettings(bpp=2.0))
    session.runs.start_all(materials)
    qtbot.waitUntil(lambda: runs() == [[RunState.KEPT] * 2, [RunState.KEPT] * 3], timeout=WAIT_MS)
    dict(said[0].actions)["Start them too"]()
    qtbot.waitUntil(lambda: runs() == [[RunState.KEPT] * 3, [RunState.KEPT] * 3], timeout=WAIT_MS)


def test_taking_runs_away_is_undone_in_its_turn(
    qtbot: QtBot, session: Session, english: None, material_folder: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    first = started(qtbot, session, material)
    second = session.runs.start(material)
    assert second is not None
    session.runs.stop_and_keep(first)
    qtbot.waitUntil(lambda: first.state is RunState.KEPT and second.step > 5, timeout=WAIT_MS)
    session.change_settings(CompressSettings(bpp=2.0))
    session.document.set_slot("A", first.key)
    session.runs.delete(first)
    assert session.undo.undoText() == f"Delete Run 1 of {material.name}"
    session.change_settings(CompressSettings(bpp=3.0))
    session.undo.undo()
    assert first not in session.document.runs
    session.undo.undo()
    assert session.document.runs == [first, second], "where it was, and not the newest now"
    assert session.document.settings.bpp == 2.0 and run_store.read(first.folder) is not None
    assert session.document.slots["A"] == first.key
    session.undo.redo()
    assert session.document.runs == [second] and not first.folder.exists()
    session.undo.undo()
    assert session.document.runs == [first, second] and first.folder.exists()

    session.runs.discard(second)
    for _ in range(2):
        qtbot.waitUntil(lambda: session.document.runs == [first], timeout=WAIT_MS)
        qtbot.waitUntil(lambda: "Discard" in session.undo.undoText(), timeout=WAIT_MS)
        session.undo.undo()
        assert session.document.runs == [first, second]
        qtbot.waitUntil(lambda: second.state is RunState.RUNNING, timeout=WAIT_MS)
        session.undo.redo()
    qtbot.waitUntil(lambda: session.document.runs == [first], timeout=WAIT_MS)
    told = [message for message in messages(session) if "discarded" in message.text]
    assert len(told) == 1
    dict(told[0].actions)["Undo"]()
    assert session.document.runs == [first, second] and not session.undo.undoText().startswith("Discard")


def test_a_curve_is_a_run_for_every_size_that_is_not_there_yet(
    qtbot: QtBot, session: Session, material_folder: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    first = started(qtbot, session, material)
    made = session.runs.start_curve(material)
    assert [run.settings.bpp for run in made] == list(CurveSettings().sizes)
    assert session.runs.in_order() == [first, *made]
    session.runs.stop_and_keep(made[2])
    qtbot.waitUntil(lambda: made[2] not in session.document.runs, timeout=WAIT_MS)
    again = session.runs.start_curve(material)
    assert [run.settings.bpp for run in again] == [made[2].settings.bpp]
    session.runs.stop_and_keep(first)
    qtbot.waitUntil(lambda: first.state is RunState.KEPT, timeout=WAIT_MS)
    points = presenting.rate_points(session.document)
    assert [(point.key, point.psnr_db, point.slots) for point in points] == [(first.key, 33.0, "B")]


def test_records_are_read_once_and_again_when_they_change(tmp_path: Path) -> None:
    folder = run_store.fresh_folder(tmp_path, "Bricks")
    record = run_store.RunRecord("Bricks", {}, {})
    run_store.begin(record, folder)
    first, second = (run_store.stored(tmp_path)[0][1] for _ in range(2))
    assert first == second == record and first is not second
    record.name = "a name that is longer"
    run_store.write(record, folder)
    assert run_store.stored(tmp_path)[0][1].name == record.name


def test_a_mip_of_a_run_that_trains_is_made_beside_the_window(
    qtbot: QtBot, session: Session, material_folder: Path
) -> None:
    run = started(qtbot, session, opened(qtbot, session, material_folder))
    qtbot.waitUntil(lambda: run.slot.get()[0] > 0, timeout=WAIT_MS)
    assert session.document.slots["B"] == run.key
    assert session.shown.pixels("B", 2) is None
    qtbot.waitUntil(lambda: session.shown.pixels("B", 2) is not None, timeout=WAIT_MS)
    maps = session.shown.pixels("B", 2)
    assert isinstance(maps, dict) and {pixels.shape[:2] for pixels in maps.values()} == {(16, 16)}


def test_an_interrupted_run_comes_back_and_goes_on(qtbot: QtBot, make_session: Maker, material_folder: Path) -> None:
    before = make_session()
    run = started(qtbot, before, opened(qtbot, before, material_folder))
    qtbot.waitUntil(lambda: run_store.checkpoint(run.folder) is not None, timeout=WAIT_MS)
    assert before.shutdown(10.0)
    checkpoint = run_store.checkpoint(run.folder)
    assert checkpoint is not None
    reached = int(checkpoint.read_text())

    after = make_session()
    after.runs.restore(before.document.project_id)
    (restored,) = after.document.runs
    assert restored.state is RunState.RESUMABLE
    after.runs.tell_left()
    assert any("resumed" in message.text for message in messages(after))
    steps: list[int] = []
    after.document.run_changed.connect(lambda run: steps.append(run.step) if run.loss is not None else None)
    after.runs.resume_interrupted(restored)
    qtbot.waitUntil(lambda: len(steps) > 3, timeout=WAIT_MS)
    assert min(steps) > reached
    assert after.document.current is not None and after.document.current.name == run.material_name
    after.runs.stop_and_keep(restored)
    qtbot.waitUntil(lambda: restored.state is RunState.KEPT, timeout=WAIT_MS)


def test_a_run_that_is_active_elsewhere_is_not_taken_for_interrupted(
    qtbot: QtBot, make_session: Maker, material_folder: Path
) -> None:
    first = make_session()
    started(qtbot, first, opened(qtbot, first, material_folder))
    second = make_session()
    second.runs.restore(first.document.project_id)
    assert second.document.runs == []


def test_many_that_fail_are_one_message(qtbot: QtBot, make_session: Maker, material_folder: Path) -> None:
    firm: list[bool] = []

    def job(*given: Any, resume: bool = False) -> Iterator[Any]:
        for event in endless_job(*given, resume=resume):
            if not firm:
                raise ZeroDivisionError
            yield event

    session = make_session(compress=job)
    material = opened(qtbot, session, material_folder)
    session.compute.hold(True)
    runs = [session.runs.start(material) for _ in range(3)]
    session.compute.hold(False)
    qtbot.waitUntil(lambda: all(run is not None and run.state is RunState.FAILED for run in runs), timeout=WAIT_MS)
    told = [message for message in messages(session) if message.severity == "bad"]
    assert len(told) == 3 and len({message.topic for message in told}) == 1 and told[0].topic
    assert told[-1].text.startswith("3 ") and material.name in told[-1].text
    qtbot.waitUntil(lambda: session.compute.running is None, timeout=WAIT_MS)
    alone = session.runs.start(material)
    qtbot.waitUntil(lambda: alone is not None and alone.state is RunState.FAILED, timeout=WAIT_MS)
    assert messages(session)[-1].topic != told[0].topic, "what was told before is not taken back"
    firm.append(True)
    dict(told[-1].actions)["Try all again"]()
    qtbot.waitUntil(lambda: all(run is not None and run.state.active for run in runs), timeout=WAIT_MS)
    assert alone is not None and not alone.state.active
    session.runs.cancel_waiting()


@pytest.mark.parametrize("after", [0, 20])
def test_a_failed_run_is_told_and_tried_again(
    qtbot: QtBot, make_session: Maker, material_folder: Path, after: int
) -> None:
    """Before its first checkpoint and after it."""
    firm: list[bool] = []
    resumed: list[bool] = []

    def job(*given: Any, resume: bool = False) -> Iterator[Any]:
        resumed.append(resume)
        for number, event in enumerate(endless_job(*given, resume=resume)):
            if number >= after and not firm:
                raise ZeroDivisionError
            yield event

    session = make_session(compress=job)
    material = opened(qtbot, session, material_folder)
    run = session.runs.start(material)
    assert run is not None
    qtbot.waitUntil(lambda: run.state is RunState.FAILED and run.job is None, timeout=WAIT_MS)
    told = messages(session)[-1]
    assert told.severity == "bad" and told.text.startswith(f"{material.name}: ")
    assert [text for text, _ in told.actions] == ["Try again", "Details"]
    record = run_store.read(run.folder)
    assert record is not None and record.error
    assert run.checkpointed == bool(after)
    assert session.document.resumable_run() is (run if after else None)
    session.change_settings(CompressSettings(bpp=2.0))
    assert session.document.resumable_run() is None, "Start means the settings that were changed since"

    later = make_session(compress=job)
    later.document.project_id = record.project
    later.runs.restore(record.project)
    (restored,) = later.document.runs
    assert restored.state is RunState.FAILED and restored.checkpointed == bool(after)

    firm.append(True)
    dict(told.actions)["Try again"]()
    qtbot.waitUntil(lambda: run.state is RunState.RUNNING and run.step > after // 2, timeout=WAIT_MS)
    assert resumed == [False, True]
    record = run_store.read(run.folder)
    assert record is not None and not record.error
    session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT, timeout=WAIT_MS)


def test_a_baseline_is_a_run_that_can_be_looked_at(
    qtbot: QtBot, session: Session, make_session: Maker, material_folder: Path
) -> None:
    material = opened(qtbot, session, material_folder)
    first = session.runs.add_baseline(material, "bc")
    assert first is not None and session.document.slots == {"A": ORIGINAL, "B": first.key}
    second = session.runs.add_baseline(material, "astc-12x12")
    assert second is not None and session.document.slots["B"] == first.key
    qtbot.waitUntil(lambda: second.state is RunState.DONE, timeout=WAIT_MS)
    for run, title, bits in ((first, "BC7 set", 32.0), (second, "ASTC 12×12", 3.5)):
        record = run.record
        assert run.title == title and run.path == run_store.blocks(run.folder)
        assert record.psnr_db is not None and set(record.map_psnr_db) == {role.value for role in material.roles}
        assert record.bits_per_texel is not None and record.bits_per_texel > bits
        assert set(run.curves) == {"total", *record.map_psnr_db}
    assert first.psnr_db is not None and second.psnr_db is not None and first.psnr_db > second.psnr_db + 5
    told = messages(session)[-1]
    assert "ASTC 12×12" in told.text
    assert [text for text, _ in told.actions] == ["Show in A", "Show in B"]
    told.actions[0][1]()
    assert session.document.slots["A"] == second.key
    qtbot.waitUntil(lambda: isinstance(session.shown.pixels("A"), TextureSet), timeout=WAIT_MS)
    shown = session.shown.pixels("A")
    assert isinstance(shown, TextureSet) and set(shown.by_role) == set(material.roles)
    # It is nobody's result: lists and exports go on meaning the neural texture.
    assert session.document.latest_run(material.key) is None

    after = make_session()
    after.runs.restore(session.document.project_id)
    assert [run.title for run in after.document.runs] == ["BC7 set", "ASTC 12×12"]
    restored = after.document.runs[1]
    assert restored.state is RunState.DONE and restored.path == second.path
    restored.recall()
    assert restored.curves == second.curves


def test_a_baseline_that_is_discarded_leaves_nothing(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    active = started(qtbot, session, material)
    waiting = session.runs.add_baseline(material, "bc1")
    assert waiting is not None and waiting.state is RunState.WAITING
    session.runs.discard(waiting)
    qtbot.waitUntil(lambda: waiting not in session.document.runs, timeout=WAIT_MS)
    assert not waiting.folder.exists()
    assert session.document.slots["B"] == active.key


def test_the_container_is_copied_whole_and_under_its_suffix(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    run = started(qtbot, session, opened(qtbot, session, material_folder))
    session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT, timeout=WAIT_MS)
    session.exports.save_as(run, tmp_path / "größe 大")
    target = tmp_path / "größe 大.texloom"
    qtbot.waitUntil(target.exists, timeout=WAIT_MS)
    assert run.path is not None and target.read_bytes() == run.path.read_bytes()
    qtbot.waitUntil(lambda: any("Wrote" in message.text for message in messages(session)), timeout=WAIT_MS)


def test_settings_are_undone_and_kept(session: Session) -> None:
    wanted = dataclasses.replace(CompressSettings(), bpp=2.5, preset="draft")
    session.change_settings(wanted)
    assert session.preferences.settings == {"bpp": 2.5, "preset": "draft"}
    session.undo.undo()
    assert session.document.settings == CompressSettings()
    assert session.preferences.settings == {}


def test_a_run_can_not_be_stored_in_a_file(qtbot: QtBot, session: Session, material_folder: Path) -> None:
    material = opened(qtbot, session, material_folder)
    blocked = paths.runs_folder()
    shutil.rmtree(blocked, ignore_errors=True)
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("in the way")
    assert session.runs.start(material) is None
    assert str(blocked) in messages(session)[-1].text
