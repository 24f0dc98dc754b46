"""Lists tell their views row by row what changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from widgets.material_list import MaterialList, MaterialRow


class Told:
    """What a model said since the last time it was asked."""

    def __init__(self, materials: MaterialList) -> None:
        model = materials.model()
        self._said: list[tuple[str, int, int]] = []
        model.dataChanged.connect(lambda first, last, *_: self._said.append(("changed", first.row(), last.row())))
        model.rowsInserted.connect(lambda _, first, last: self._said.append(("inserted", first, last)))
        model.rowsRemoved.connect(lambda _, first, last: self._said.append(("removed", first, last)))
        model.modelReset.connect(lambda: self._said.append(("reset", 0, 0)))
        model.layoutChanged.connect(lambda *_: self._said.append(("moved", 0, 0)))

    def take(self) -> list[tuple[str, int, int]]:
        said, self._said = self._said, []
        return said


def rows(keys: Sequence[int], state: str = "Ready") -> list[MaterialRow]:
    return [MaterialRow(key, f"Material {key}", state) for key in keys]


@pytest.fixture
def materials(qtbot: QtBot) -> MaterialList:
    made = MaterialList()
    qtbot.addWidget(made)
    return made


def names(materials: MaterialList) -> list[str]:
    model = materials.model()
    return [model.index(row, 0).data() for row in range(model.rowCount(QModelIndex()))]


def test_one_changed_row_is_one_change(materials: MaterialList) -> None:
    materials.set_rows(rows(range(500)), 3)
    told = Told(materials)
    assert materials.set_row(MaterialRow(250, "Material 250", "Reading…"))
    assert told.take() == [("changed", 250, 250)]
    assert materials.set_row(MaterialRow(250, "Material 250", "Reading…"))
    assert told.take() == [], "nothing is new"
    assert not materials.set_row(MaterialRow(777, "unknown", "Ready"))
    assert told.take() == []


def test_the_same_rows_again_paint_only_what_differs(materials: MaterialList) -> None:
    materials.set_rows(rows(range(100)), 0)
    told = Told(materials)
    materials.set_rows([*rows(range(99)), MaterialRow(99, "Material 99", "Done")], 0)
    assert told.take() == [("changed", 99, 99)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((), (1, 2, 3), [("inserted", 0, 2)]),
        ((1, 2, 3), (2, 3), [("removed", 0, 0)]),
        ((1, 2, 3), (2, 3, 4), [("removed", 0, 0), ("inserted", 2, 2)]),
        ((1, 2, 3, 4, 5), (1, 4), [("removed", 4, 4), ("removed", 1, 2)]),
        ((2, 4), (1, 2, 3, 4, 5, 6), [("inserted", 0, 0), ("inserted", 2, 2), ("inserted", 4, 5)]),
        ((1, 2, 3), (3, 2, 1), [("moved", 0, 0)]),
        ((1, 2), (), [("removed", 0, 1)]),
    ],
)
def test_rows_come_and_go_in_their_places(
    materials: MaterialList, before: Sequence[int], after: Sequence[int], said: list[tuple[str, int, int]]
) -> None:
    materials.set_rows(rows(before), None)
    told = Told(materials)
    materials.set_rows(rows(after), None)
    assert told.take() == said
    assert names(materials) == [f"Material {key}" for key in after]
    assert all(materials.set_row(row) for row in rows(after, "Done"))


def test_what_is_chosen_stays_chosen_when_others_go(materials: MaterialList) -> None:
    materials.set_rows(rows(range(10)), 5)
    materials.set_rows(rows(range(3, 10)), 5)
    assert materials.currentIndex().row() == 2
    assert materials.currentIndex().data() == "Material 5"


def test_what_is_chosen_goes_with_its_row(materials: MaterialList) -> None:
    materials.set_rows(rows((1, 2, 3)), 1)
    materials.set_rows(rows((3, 4, 2, 1)), 1)
    assert materials.currentIndex().row() == 3 and names(materials)[3] == "Material 1"
