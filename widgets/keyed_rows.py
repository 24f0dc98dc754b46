"""Rows of a list or table that are known by their keys, so that what changes is told row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex


class Keyed(Protocol):
    """A row: equal rows look the same."""

    @property
    def key(self) -> int: ...


Row = TypeVar("Row", bound=Keyed)


class KeyedRows(Generic[Row]):
    """Beside a Qt model: ``class _Rows(KeyedRows[RunRow], QAbstractTableModel)``. Views keep what is chosen and where
    they are scrolled to; what they paint again is what changed."""

    columns = 1

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.rows: list[Row] = []
        self._numbers: dict[int, int] = {}
        """Of the rows, by their keys."""

    @property
    def _model(self) -> QAbstractItemModel:
        assert isinstance(self, QAbstractItemModel)
        return self

    def set_rows(self, rows: Sequence[Row]) -> None:
        """All rows, in their order."""
        wanted = {row.key for row in rows}
        for first, last in reversed(_runs([n for n, row in enumerate(self.rows) if row.key not in wanted])):
            self._model.beginRemoveRows(QModelIndex(), first, last)
            del self.rows[first : last + 1]
            self._model.endRemoveRows()
        known = {row.key for row in self.rows}
        order = [row.key for row in rows if row.key in known]
        if [row.key for row in self.rows] != order:
            self._put_in_order(order)
        for first, last in _runs([n for n, row in enumerate(rows) if row.key not in known]):
            self._model.beginInsertRows(QModelIndex(), first, last)
            self.rows[first:first] = rows[first : last + 1]
            self._model.endInsertRows()
        self._numbers = {row.key: number for number, row in enumerate(rows)}
        for row in rows:
            self.set_row(row)

    def _put_in_order(self, keys: Sequence[int]) -> None:
        """What is chosen goes with its row."""
        model = self._model
        model.layoutAboutToBeChanged.emit()
        before = model.persistentIndexList()
        followed = [self.rows[index.row()].key for index in before]
        by_key = {row.key: row for row in self.rows}
        self.rows = [by_key[key] for key in keys]
        number = {key: n for n, key in enumerate(keys)}
        after = [model.index(number[key], index.column()) for key, index in zip(followed, before, strict=True)]
        model.changePersistentIndexList(before, after)
        model.layoutChanged.emit()

    def set_row(self, row: Row) -> bool:
        """Show the row of this key anew; False if there is none."""
        number = self._numbers.get(row.key)
        if number is None:
            return False
        if row != self.rows[number]:
            self.rows[number] = row
            self._model.dataChanged.emit(self._model.index(number, 0), self._model.index(number, self.columns - 1))
        return True


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as first and last of each unbroken sequence."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
