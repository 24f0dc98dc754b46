"""Materials that come into a watched folder file by file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from protocol_job import WAIT_MS, endless_job
from pytestqt.qtbot import QtBot

from app.document import Material, MaterialState
from app.preferences import Preferences
from app.session import Session
from core.textures.roles import Role


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session(Preferences(), compress=endless_job)
    yield made
    assert made.shutdown(10.0)


def files_of(material: Material) -> set[str]:
    return {file.path.name for file in material.plan.files} if material.plan is not None else set()


def images(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix == ".png")


@pytest.mark.parametrize("place", ["Wall", "."])
def test_files_of_one_material_that_come_one_by_one_stay_one(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path, place: str
) -> None:
    """In a folder of their own, or beside each other in the watched one."""
    watched = tmp_path / "inbox"
    (watched / place).mkdir(parents=True)
    session.watching.set_folders([watched])
    come: set[str] = set()
    for source in images(material_folder)[:4]:
        target = watched / place / f"Wall_{source.name}"
        shutil.copy(source, target)
        come.add(target.name)
        qtbot.waitUntil(lambda: {n for m in session.document.materials for n in files_of(m)} == come, timeout=WAIT_MS)
        (material,) = session.document.materials
        qtbot.waitUntil(lambda m=material: m.state is MaterialState.READY, timeout=WAIT_MS)
        if len(come) == 1:
            assert material.plan is not None
            session.materials.assign(material, material.plan.files[0].path, (Role.SPECULAR,))
    assert material.plan is not None
    roles = {file.path.name: file.roles for file in material.plan.files}
    assert roles[min(come)] == (Role.SPECULAR,), "what the user has decided stays"
    assert len(material.roles) == 4
    session.watching.set_folders([])


def test_a_file_that_is_still_being_copied_is_looked_at_again(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    watched = tmp_path / "inbox"
    (watched / "Wall").mkdir(parents=True)
    session.watching.set_folders([watched])
    first, second = images(material_folder)[:2]
    shutil.copy(first, watched / "Wall")
    part = watched / "Wall" / second.name
    part.write_bytes(second.read_bytes()[:10])
    qtbot.waitUntil(lambda: bool(session.document.materials), timeout=WAIT_MS)
    (material,) = session.document.materials
    qtbot.waitUntil(lambda: part.name in files_of(material), timeout=WAIT_MS)
    with part.open("ab") as file:
        file.write(second.read_bytes()[10:])
    qtbot.waitUntil(lambda: len(material.roles) == 2, timeout=WAIT_MS)
    assert session.document.materials == [material]
    assert material.plan is not None and not any(file.problem for file in material.plan.files)
    alone = watched / "Floor.png"
    alone.write_bytes(first.read_bytes()[:10])
    qtbot.waitUntil(lambda: alone in session.watching._unread, timeout=WAIT_MS)
    with alone.open("ab") as file:
        file.write(first.read_bytes()[10:])
    qtbot.waitUntil(lambda: len(session.document.materials) == 2, timeout=WAIT_MS)
    session.watching.set_folders([])


def test_what_lay_there_before_stays_closed(
    qtbot: QtBot, session: Session, material_folder: Path, tmp_path: Path
) -> None:
    watched = tmp_path / "inbox"
    shutil.copytree(material_folder, watched / "Old")
    session.watching.set_folders([watched])
    for source in images(material_folder):
        shutil.copy(source, watched / f"New_{source.name}")
        shutil.copy(source, watched / "Old" / f"Brick_{source.name}")
    qtbot.waitUntil(lambda: len(session.document.materials) == 2, timeout=WAIT_MS)
    names = [name for material in session.document.materials for name in files_of(material)]
    assert len(names) == 2 * len(images(material_folder))
    assert all(name.startswith(("New_", "Brick_")) for name in names)
    session.watching.set_folders([])
