"""What all tests share: no test sees the user's own folders, and none leaves threads, timers or windows behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Preferences, runs and logs of the test; fresh in every one."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TEXLOOM_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test with a window system fails if it leaves a running thread, an active timer, a window or any other widget:
    one that was closed but not deleted, or that its window has let go of."""
    if not {"qapp", "qtbot"} & set(request.fixturenames):
        yield
        return
    # Asked for first, so that it is torn down last: the window system must still be there for the look around.
    request.getfixturevalue("qapp")
    from PySide6.QtCore import QEvent, QThread, QTimer
    from PySide6.QtWidgets import QApplication

    def living(kind: type[T]) -> set[T]:
        # Not isinstance: that asks lazy modules for their __class__ and wakes them.
        return {thing for thing in gc.get_objects() if issubclass(type(thing), kind)}

    widgets_before = set(QApplication.allWidgets())
    # What is there already is set aside: looking through all objects of torch would cost more than the tests.
    gc.freeze()
    yield
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    gc.collect()
    threads = [t for t in living(QThread) if _alive(lambda t=t: t.isRunning())]
    timers = [t for t in living(QTimer) if _alive(lambda t=t: t.isActive())]
    left = [w for w in set(QApplication.allWidgets()) - widgets_before if _alive(lambda w=w: not _qts_own(w))]
    # Those at the top say what was forgotten; the rest are their parts.
    widgets = [w for w in left if w.parentWidget() is None or w.parentWidget() not in left]
    gc.unfreeze()
    assert not threads, f"threads left running: {threads}"
    assert not timers, f"timers left active: {[(t, t.parent()) for t in timers]}"
    told = [(type(w), w.windowTitle() or w.objectName(), [a.text() for a in w.actions()]) for w in widgets]
    assert not told, f"widgets left: {told}"


def _qts_own(widget: Any) -> bool:
    """What Qt keeps for the next time: the label of tooltips."""
    return widget.objectName() == "qtooltip_label"


def _alive(look: object) -> bool:
    """Whether ``look`` says yes; an object whose Qt half is gone counts as gone."""
    try:
        return bool(look())  # type: ignore[operator]
    except RuntimeError:
        return False
