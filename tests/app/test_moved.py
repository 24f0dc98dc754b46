"""Materials whose files have moved or vanished: said at the material, located, undone; runs stay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import dropped, training
from protocol_job import WAIT_MS, endless_job
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app import moved, presenting
from app.document import Material, MaterialState, RunState
from app.main_window import MainWindow
from app.sources import ContainerSource, SampleSource, from_json, to_json
from core.codec import container
from core.codec.layout import LatentGrid
from core.errors import InputError
from core.textures import reading, samples
from core.textures.plan import MaterialPlan
from tests.core.codec.materials import random_texture

Maker = Callable[..., MainWindow]


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """A folder with three materials, which can be moved about."""
    samples.write_samples(tmp_path / "old" / "tex", size=32)
    for folder in sorted((tmp_path / "old" / "tex").iterdir())[3:]:
        shutil.rmtree(folder)
    return tmp_path / "old" / "tex"


def plans(folder: Path) -> list[MaterialPlan]:
    return reading.plan([folder])


def alike(folder: Path) -> list[MaterialPlan]:
    """Two materials whose files are called the same."""
    for name in ("Bark", "Moss"):
        (folder / name).mkdir(parents=True)
        for number, file in enumerate(sorted(samples.write_samples(folder / "s" / name, size=32)[0].iterdir())[:2]):
            shutil.copy(file, folder / name / ("color.png", "roughness.png")[number])
    shutil.rmtree(folder / "s")
    return plans(folder)


# --- where they are ----------------------------------------------------------------------------------------------


def test_what_is_gone_is_named(sets: Path) -> None:
    plan = plans(sets)[0]
    moved.check(plan)
    first, second = (file.path for file in plan.used_files[:2])
    first.unlink()
    with pytest.raises(moved.MissingFilesError, match=first.name) as caught:
        moved.check(plan)
    assert caught.value.missing == (first,) and str(first.parent) in str(caught.value)
    second.unlink()
    assert moved.missing(plan) == (first, second)
    assert moved.missing(SampleSource("bricks")) == ()
    assert moved.missing(ContainerSource(sets / "none.texloom")) == (sets / "none.texloom",)


def test_a_folder_that_was_renamed_is_found_with_its_neighbours(sets: Path, tmp_path: Path) -> None:
    first, *others = plans(sets)
    (tmp_path / "new").mkdir()
    sets.rename(tmp_path / "new" / "textures")
    # The folder of the first is enough: the others lie beside it as they did.
    place = tmp_path / "new" / "textures" / first.folder.name
    found = moved.locate(first, others, place, [])
    assert all(located is not None and not located.left for located in found)
    for plan, located in zip((first, *others), found, strict=True):
        assert located is not None and isinstance(located.source, MaterialPlan)
        assert located.source.folder == tmp_path / "new" / "textures" / plan.folder.name
        assert all(file.path.exists() for file in located.source.files)
        assert [file.roles for file in located.source.files] == [file.roles for file in plan.files]
        assert moved.rebound(located.source, moved.back(located.moves)) == plan
        assert from_json(to_json(moved.rebound(plan, located.moves))) == moved.rebound(plan, located.moves)


def test_files_of_the_same_name_are_not_mixed_up(tmp_path: Path) -> None:
    bark, moss = alike(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    found = moved.locate(moss, [bark], tmp_path, [])
    assert found[0] is not None and {path.parent.name for path in found[0].moves.values()} == {"Moss"}
    assert found[1] is not None and {path.parent.name for path in found[1].moves.values()} == {"Bark"}
    # Only one of them was moved here: its files are not those of the other.
    shutil.rmtree(tmp_path / "new" / "Bark")
    assert moved.locate(moss, [bark], tmp_path, [])[1] is None
    # Nor are files those of a material that is open.
    taken = [tmp_path / "new" / "Moss" / name for name in ("color.png", "roughness.png")]
    located = moved.locate(bark, [], tmp_path, taken)[0]
    assert located is not None and not located.moves and len(located.left) == 2


def test_only_what_is_gone_is_looked_for(sets: Path, tmp_path: Path) -> None:
    plan = plans(sets)[0]
    first = plan.used_files[0].path
    (tmp_path / "elsewhere").mkdir()
    first.rename(tmp_path / "elsewhere" / first.name.upper().replace(first.suffix.upper(), first.suffix))
    located = moved.locate(plan, [], tmp_path, [])[0]
    assert located is not None and set(located.moves) == {first} and not located.left
    assert located.moves[first].parent.name == "elsewhere"


# --- in the window -----------------------------------------------------------------------------------------------


def offers(window: MainWindow) -> dict[str, QPushButton]:
    return {button.text(): button for toast in window.toasts.toasts for button in toast.buttons}


def all_opened(qtbot: QtBot, window: MainWindow, folder: Path, count: int) -> list[Material]:
    window._open([folder])
    qtbot.waitUntil(lambda: len(window.document.materials) == count, timeout=WAIT_MS)
    materials = window.document.materials
    qtbot.waitUntil(lambda: all(each.state is MaterialState.READY for each in materials), timeout=WAIT_MS)
    return materials


def test_a_project_whose_files_have_moved(qtbot: QtBot, make_window: Maker, sets: Path, tmp_path: Path) -> None:
    first = make_window(endless_job)
    count = len(all_opened(qtbot, first, sets, 3))
    run = training(qtbot, first)
    first.session.runs.stop_and_keep(run)
    qtbot.waitUntil(lambda: run.state is RunState.KEPT and run.job is None, timeout=WAIT_MS)
    waiting = training(qtbot, first)
    assert waiting.material_key == run.material_key and first.session.projects.save()
    project = first.session.projects.path
    first.close()
    sets.rename(tmp_path / "moved")

    window = make_window(endless_job)
    assert window.session.projects.open(project)
    materials, act = window.document.materials, window.actions_by_id
    qtbot.waitUntil(lambda: all(each.missing for each in materials), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Locate files…" in offers(window), timeout=WAIT_MS)
    told = [toast.text for toast in window.toasts.toasts]
    assert "The files of 3 materials are not where they were." in told
    current = window.document.current
    assert current is not None and current.state is MaterialState.UNDECIDED
    lost = current.missing[0]
    assert lost.name in window.panel.lost.text.text() and window.panel.lost.isVisibleTo(window.panel)
    assert presenting.material_row(window.document, materials[1]).state == "Files missing"
    qtbot.waitUntil(act["locate_files"].isEnabled, timeout=WAIT_MS)
    assert not act["start"].isEnabled()

    window.session.materials.locate(current, tmp_path / "moved")
    qtbot.waitUntil(lambda: current.state is MaterialState.READY, timeout=WAIT_MS)
    assert not current.missing and current.plan is current.source and current.name == run.material_name
    assert not window.panel.lost.isVisibleTo(window.panel)
    again = window.document.runs
    assert {each.material_key for each in again} == {current.key} and len(again) == 2
    qtbot.waitUntil(lambda: "Locate them too" in offers(window), timeout=WAIT_MS)
    offers(window)["Locate them too"].click()
    qtbot.waitUntil(lambda: all(each.state is MaterialState.READY for each in materials), timeout=WAIT_MS)
    # What waited reads them where they are now.
    window.session.compute.hold(False)
    qtbot.waitUntil(lambda: again[-1].state is RunState.RUNNING and again[-1].step > 3, timeout=WAIT_MS)

    act["undo"].trigger()
    assert [bool(each.missing) for each in materials].count(True) <= count - 1
    qtbot.waitUntil(lambda: sum(bool(each.missing) for each in materials) == count - 1, timeout=WAIT_MS)
    act["redo"].trigger()
    qtbot.waitUntil(lambda: all(each.state is MaterialState.READY for each in materials), timeout=WAIT_MS)
    assert window.session.projects.save()
    window.close()

    # Runs belong to their material in every later window, too.
    last = make_window(endless_job)
    assert last.session.projects.open(project)
    qtbot.waitUntil(lambda: all(m.state is MaterialState.READY for m in last.document.materials), timeout=WAIT_MS)
    owner = last.document.current
    assert owner is not None and {each.material_key for each in last.document.runs} == {owner.key}


def test_files_that_vanish_and_come_back(qtbot: QtBot, make_window: Maker, sets: Path) -> None:
    window = make_window(endless_job)
    material = all_opened(qtbot, window, sets, 3)[0]
    assert material.plan is not None
    watched = window.session.watching._watcher
    qtbot.waitUntil(lambda: len(watched.files()) >= 3 * 4, timeout=WAIT_MS)
    folder = material.plan.folder
    folder.rename(folder.with_name("away"))
    qtbot.waitUntil(lambda: bool(material.missing), timeout=WAIT_MS)
    # What is in memory can still be looked at and compressed.
    assert material.state is MaterialState.READY and material.texture_set is not None
    assert presenting.material_row(window.document, material).state == "Files missing"
    run = training(qtbot, window)
    window.session.runs.discard(run)
    qtbot.waitUntil(lambda: any(folder.name in toast.text for toast in window.toasts.toasts), timeout=WAIT_MS)
    folder.with_name("away").rename(folder)
    qtbot.waitUntil(lambda: not material.missing and material.state is MaterialState.READY, timeout=WAIT_MS)
    assert any("has its files again" in toast.text for toast in window.toasts.toasts)


def test_a_folder_without_them_changes_nothing(qtbot: QtBot, window: MainWindow, sets: Path, tmp_path: Path) -> None:
    material = dropped(qtbot, window, next(iter(sorted(sets.iterdir()))))
    source = material.source
    assert material.plan is not None
    for file in material.plan.files:
        file.path.unlink()
    window.session.materials.read_again(material)
    qtbot.waitUntil(lambda: bool(material.missing), timeout=WAIT_MS)
    (tmp_path / "empty").mkdir()
    before = window.session.undo.count()
    window.session.materials.locate(material, tmp_path / "empty")
    qtbot.waitUntil(lambda: any("None of the files" in toast.text for toast in window.toasts.toasts), timeout=WAIT_MS)
    assert material.source is source and window.session.undo.count() == before
    run = window.session.runs.start(material)
    assert run is None
    with pytest.raises(InputError):
        moved.check(material.source)


def test_a_container_that_moved(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a.texloom"
    container.write(random_texture(16, 16, (LatentGrid(4, 5, 4),)), path)
    window._open([path])
    qtbot.waitUntil(lambda: window.document.current is not None, timeout=WAIT_MS)
    (material,) = window.document.materials
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=WAIT_MS)
    (tmp_path / "new").mkdir()
    path.rename(tmp_path / "new" / "a.texloom")
    window.session.materials.read_again(material)
    qtbot.waitUntil(lambda: material.missing == (path,), timeout=WAIT_MS)
    window.session.materials.locate(material, tmp_path)
    qtbot.waitUntil(lambda: material.state is MaterialState.READY, timeout=WAIT_MS)
    assert material.source == ContainerSource(tmp_path / "new" / "a.texloom") and material.plan is None
