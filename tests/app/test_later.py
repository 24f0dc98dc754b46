"""Work that is gathered, and work that is done in slices."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.later import SLICE_S, Later, Slices


def test_what_is_asked_often_is_done_once(qtbot: QtBot) -> None:
    done: list[int] = []
    parent = QObject()
    later = Later(lambda: done.append(1), parent)
    for _ in range(20):
        later.ask()
    assert done == []
    qtbot.waitUntil(lambda: bool(done))
    assert done == [1]


def slow(done: list[int], number: int) -> None:
    time.sleep(SLICE_S / 2)
    done.append(number)


def test_much_is_done_in_order_and_not_at_once(qtbot: QtBot) -> None:
    done: list[int] = []
    parent = QObject()
    slices: Slices[int] = Slices(lambda number: slow(done, number), parent)
    slices.add(range(12))
    assert done == list(range(len(done))) and 0 < len(done) < 12
    slices.add([12])
    qtbot.waitUntil(lambda: len(done) == 13)
    assert done == list(range(13))


def test_one_can_be_done_out_of_turn_and_the_rest_at_once(qtbot: QtBot) -> None:
    done: list[int] = []
    parent = QObject()
    slices: Slices[int] = Slices(lambda number: slow(done, number), parent)
    slices.add(range(12))
    slices.now(11)
    assert done[-1] == 11
    slices.now(11)
    assert done.count(11) == 1, "it was done already"
    slices.finish()
    assert sorted(done) == list(range(12))


def test_what_is_forgotten_is_not_done(qtbot: QtBot) -> None:
    done: list[int] = []
    parent = QObject()
    slices: Slices[int] = Slices(lambda number: slow(done, number), parent)
    slices.add(range(12))
    begun = len(done)
    assert slices.forget() == list(range(begun, 12))
    qtbot.wait(20)
    assert len(done) == begun
