"""What all tests share: no test sees the user's own folders, and none leaves threads, timers or windows behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

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
    """A test with a window system fails if it leaves a running thread, an active timer or a top-level widget."""
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

    windows_before = set(QApplication.topLevelWidgets())
    # What is there already is set aside: looking through all objects of torch would cost more than the tests.
    gc.freeze()
    yield
    for _ in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
    gc.collect()
    threads = [t for t in living(QThread) if _alive(lambda t=t: t.isRunning())]
    timers = [t for t in living(QTimer) if _alive(lambda t=t: t.isActive())]
    windows = [w for w in set(QApplication.topLevelWidgets()) - windows_before if _alive(lambda w=w: w.isVisible())]
    gc.unfreeze()
    assert not threads, f"threads left running: {threads}"
    assert not timers, f"timers left active: {[(t, t.parent()) for t in timers]}"
    assert not windows, f"windows left open: {windows}"


def _alive(look: object) -> bool:
    """Whether ``look`` says yes; an object whose Qt half is gone counts as gone."""
    try:
        return bool(look())  # type: ignore[operator]
    except RuntimeError:
        return False
