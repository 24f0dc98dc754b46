"""Somebody who uses Texloom for a day, as a process: ``python day_player.py PART PLAN.json`` starts the program as its
command does, and presses, types and drops in its window what :mod:`test_whole_day` has put into the plan.

The player is a thread of its own: what opens a menu or a dialog does not come back before that is closed, and a window
that stands in the way would stop a player inside of the event loop. It looks at the window and its document, and acts
only through events of the mouse and the keyboard, and the drop of files.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cut_off import cut_in_all
from PySide6.QtCore import QAbstractItemModel, QMimeData, QObject, QPoint, QPointF, QRect, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from app.document import Material, MaterialState, Run, RunState
from app.export_dialog import ExportDialog
from app.main_window import MainWindow
from core.codec.checkpoint import SUFFIX as CHECKPOINT_SUFFIX
from core.textures.roles import Role
from widgets.command_palette import CommandPalette
from widgets.key_sheet import KeySheet
from widgets.language import role_name
from widgets.settings_dialog import SettingsDialog

T = TypeVar("T")

LIMIT_S = 240.0
"""The longest wait for anything; a run of a busy machine may take its time."""
WATCH_MS = 20
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@dataclass(frozen=True)
class DayPlan:
    """What a day is about; the same for all its parts. ``wrong``: the name of a material, the file that was misread and
    the role that it is. ``size``: of the window and the screen. ``percent``: of the text."""

    materials: Path
    exports: Path
    pictures: Path
    report: Path
    percent: int
    size: tuple[int, int]
    wrong: tuple[tuple[str, str, Role], ...]

    @classmethod
    def read(cls, path: Path) -> DayPlan:
        raw = json.loads(path.read_text(encoding="utf-8"))
        places = {name: Path(raw[name]) for name in ("materials", "exports", "pictures", "report")}
        wrong = tuple((material, file, Role(role)) for material, file, role in raw["wrong"])
        return cls(**places, percent=raw["percent"], size=tuple(raw["size"]), wrong=wrong)

    def write(self, path: Path) -> None:
        places = {name: str(getattr(self, name)) for name in ("materials", "exports", "pictures", "report")}
        more = {"percent": self.percent, "size": self.size, "wrong": self.wrong}
        path.write_text(json.dumps({**places, **more}), encoding="utf-8")


@dataclass
class Report:
    """What the player saw. ``flaws`` of how it looks do not end the day."""

    states: list[str] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)
    modal: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    failure: str = ""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(vars(self), ensure_ascii=False, indent=1), encoding="utf-8")


class _Hand(QObject):
    """Brings calls of the player into the thread of the window, also while a menu is open."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)


class Player:
    """Presses, types, drops and looks. Methods are called in the player's own thread."""

    def __init__(self, plan: DayPlan, part: str) -> None:
        self.plan, self.part = plan, part
        self.report = Report()
        self._hand = _Hand()
        self._watch = QTimer()
        self._watch.timeout.connect(self._look_for_modal)
        self._watch.start(WATCH_MS)

    def _look_for_modal(self) -> None:
        modal = QApplication.activeModalWidget()
        if modal is not None:
            said = f"{type(modal).__name__} {modal.windowTitle()!r}"
            if said not in self.report.modal:
                self.report.modal.append(said)

    # --- looking --------------------------------------------------------------------------------------------

    def ask(self, look: Callable[[], T]) -> T:
        """What ``look`` gives in the thread of the window."""
        answer: Future[T] = Future()

        def call() -> None:
            try:
                answer.set_result(look())
            except BaseException as error:
                answer.set_exception(error)

        self._hand.wanted.emit(call)
        return answer.result(LIMIT_S)

    def until(self, look: Callable[[], Any], what: str = "") -> None:
        deadline = time.monotonic() + LIMIT_S
        while not self.ask(look):
            if time.monotonic() > deadline:
                raise TimeoutError(what or "something did not happen")
            time.sleep(0.05)

    def settle(self, seconds: float = 0.3) -> None:
        """Until what was asked for has been drawn."""
        time.sleep(seconds)
        self.ask(lambda: None)

    def fact(self, name: str, value: Any) -> None:
        self.report.facts[name] = value

    def state(self, name: str, pause: float = 0.5) -> None:
        """One state of the day: a picture of the screen, and what of it is cut off."""
        self.settle(pause)
        number = len(self.report.states) + 1
        path = self.plan.pictures / f"{self.part}-{number:02d}-{name}.png"

        def look() -> list[str]:
            window.screen().grabWindow(0, 0, 0, *self.plan.size).save(str(path))
            found = cut_in_all()
            if (window.width(), window.height()) != self.plan.size:
                found.append(f"the window has become {window.size()}")
            return found

        window = self.window
        self.report.states.append(name)
        self.report.flaws += [f"{self.part} {name}: {flaw}" for flaw in self.ask(look)]

    @property
    def window(self) -> MainWindow:
        (window,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
        return window

    # --- acting ---------------------------------------------------------------------------------------------

    def do(self, act: Callable[[], object]) -> None:
        """``act`` in the thread of the window, without waiting for its end: it may open a menu."""
        self._hand.wanted.emit(act)
        self.settle(0.05)

    def click(
        self,
        find: Callable[[], QWidget],
        place: Callable[[], QPoint] | None = None,
        button: Qt.MouseButton = LEFT,
        double: bool = False,
    ) -> None:
        """On the middle of a widget or a place in it. It has to be in sight, and nothing may stand before it."""

        def where() -> tuple[QWidget, QPoint]:
            widget = find()
            _scroll_to(widget)
            point = place() if place is not None else _middle(widget)
            there = widget.mapToGlobal(point)
            hit = QApplication.widgetAt(there)
            if hit is None or not (hit is widget or widget.isAncestorOf(hit)):
                raise AssertionError(f"{_called(widget)} is behind {_called(hit)}")
            if not widget.isEnabled():
                raise AssertionError(f"{_called(widget)} can't be pressed")
            return widget.window(), widget.window().mapFromGlobal(there)

        window, point = self._patiently(where)
        press = QTest.mouseDClick if double else QTest.mouseClick
        # The pop-up of a drop-down may get another handle whenever it is opened.
        self.do(lambda: QTest.mouseMove(window.windowHandle(), point))
        self.do(lambda: press(window.windowHandle(), button, NONE, point))

    def _patiently(self, look: Callable[[], T]) -> T:
        """A panel may just be changing; who can't press something looks again."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return self.ask(look)
            except (AssertionError, StopIteration):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        if self.ask(lambda: QApplication.activePopupWidget() or QApplication.activeWindow()) is None:
            # What a window manager does when a dialog has been closed; there is none here.
            self.ask(self.window.activateWindow)
            self.until(QApplication.activeWindow, "the keyboard")
        self.do(lambda: QTest.keyClick(_active().windowHandle(), key, modifiers))

    def type(self, text: str) -> None:
        """Over what stands in the field that has the keyboard."""
        self.key(Qt.Key.Key_A, CONTROL)
        for letter in text:
            self.do(lambda letter=letter: QTest.keyClicks(_active().focusWidget(), letter))

    def row(self, find: Callable[[], QAbstractItemView], number: int, **more: Any) -> None:
        """A click on a row of a list or table."""

        def place() -> QPoint:
            view = find()
            index = _model(view).index(number, 1 if isinstance(view, QTableView) else 0)
            view.scrollTo(index)
            return view.visualRect(index).center()

        self.click(lambda: find().viewport(), place, **more)

    def choose(self, find: Callable[[], Any], text: str, state: str = "") -> None:
        """An entry of a drop-down."""
        self.click(find)
        self.until(lambda: find().view().isVisible(), f"the list of {text}")
        # A release that follows the press too soon is taken for the end of the click that opened it.
        self.settle(0.001 * QApplication.doubleClickInterval() + 0.1)
        if state:
            self.state(state)
        self.row(lambda: find().view(), self.ask(lambda: find().findText(text)))
        self.until(lambda: not find().view().isVisible(), "the list stays open")

    def entry(self, text: str, state: str = "") -> None:
        """An entry of the menu that is open."""
        self.until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), f"the menu with {text}")
        if state:
            self.state(state)

        def place() -> QPoint:
            menu = _menu()
            (action,) = [each for each in menu.actions() if each.text().replace("&&", "&").startswith(text)]
            return menu.actionGeometry(action).center()

        self.click(_menu, place)
        self.until(lambda: QApplication.activePopupWidget() is None, "the menu stays open")

    def tab(self, title: str) -> None:
        """The panel of this title comes to the front."""

        def find() -> tuple[QTabBar, int]:
            for bar in self.window.findChildren(QTabBar):
                for index in range(bar.count()):
                    if bar.isVisible() and bar.tabText(index) == title:
                        return bar, index
            raise AssertionError(f"there is no tab {title}")

        for _ in range(20):
            bar, index = self._patiently(find)
            place = self.ask(lambda bar=bar, index=index: bar.tabRect(index))
            arrows = self.ask(lambda bar=bar: [each for each in bar.findChildren(QToolButton) if each.isVisible()])
            room = self.ask(lambda bar=bar, arrows=arrows: min([bar.width(), *(each.x() for each in arrows)]))
            if 0 <= place.center().x() < room:
                break
            # A row of tabs that is longer than its place is moved by the arrows at its end.
            self.click(lambda arrows=arrows, place=place: arrows[0 if place.center().x() < 0 else 1])
        self.click(lambda: find()[0], lambda: find()[0].tabRect(find()[1]).center())

    def quiet(self) -> None:
        """Nothing is left of the messages: they are closed by their crosses."""
        while True:
            toasts = self.ask(lambda: list(self.window.toasts.toasts))
            if not toasts:
                return
            # One may leave by itself just then.
            with contextlib.suppress(RuntimeError, AssertionError):
                self.click(lambda toast=toasts[-1]: toast._stops[-1])
            self.settle(0.1)

    def drag_over(self, paths: list[Path]) -> Callable[[], None]:
        """Hold files over the window. What is given back drops them."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self._held = data
        place = QPoint(self.plan.size[0] // 2, self.plan.size[1] // 2)
        action = Qt.DropAction.CopyAction

        def enter() -> bool:
            event = QDragEnterEvent(place, action, data, LEFT, NONE)
            QApplication.sendEvent(self.window, event)
            return event.isAccepted()

        assert self.ask(enter), "the window takes no files"
        drop = QDropEvent(QPointF(place), action, data, LEFT, NONE)
        return lambda: self.do(lambda: QApplication.sendEvent(self.window, drop))

    # --- what the window is about -----------------------------------------------------------------------------

    def material(self, name: str) -> Material:
        (found,) = [each for each in self.window.document.materials if each.name == name]
        return found

    def look_at(self, name: str) -> None:
        """Choose a material in the list."""
        number = self.ask(lambda: self.window.document.materials.index(self.material(name)))
        self.row(lambda: self.window.material_list, number)
        self.until(lambda: self.window.document.current is self.material(name), f"{name} is not shown")
        self.until(lambda: self.material(name).state is MaterialState.READY, f"{name} is not read")

    def runs_of(self, name: str) -> list[Run]:
        return self.window.document.runs_of(self.material(name).key)

    def option(self, title: str, text: str, dialog: Callable[[], QWidget]) -> None:
        """Type a number into the field of a form that is called ``title``."""

        def find() -> Any:
            return next(row for row in dialog().form._rows if row.caption.text() == title)  # type: ignore[attr-defined]

        if self.ask(lambda: find().setting.optional and not find().field.focusProxy().isEnabled()):
            self.click(lambda: next(each for each in find().field.children() if hasattr(each, "isChecked")))
        self.click(lambda: find().field.focusProxy() or find().field, lambda: QPoint(24, 12))
        self.type(text)
        self.key(Qt.Key.Key_Return)


def _active() -> QWidget:
    """Where keys go: the window in front. A menu takes them by itself."""
    popup = QApplication.activePopupWidget()
    window = popup or QApplication.activeWindow()
    assert window is not None, "no window has the keyboard"
    return window


def _menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu), f"there is no menu but {menu}"
    return menu


def _model(view: QAbstractItemView) -> QAbstractItemModel:
    return view.model()


def _middle(widget: QWidget) -> QPoint:
    """Of what is seen of it."""
    seen = widget.visibleRegion().boundingRect()
    return (seen if not seen.isEmpty() else widget.rect()).center()


def _scroll_to(widget: QWidget) -> None:
    """As the wheel would."""
    holder = widget.parentWidget()
    while holder is not None:
        content = holder.widget() if isinstance(holder, QScrollArea) else None
        if isinstance(holder, QScrollArea) and content is not None and content.isAncestorOf(widget):
            holder.ensureWidgetVisible(widget)
        holder = holder.parentWidget()


def _called(widget: QWidget | None) -> str:
    if widget is None:
        return "nothing"
    text = widget.text() if isinstance(widget, (QLabel, QPushButton)) else ""
    holder = widget.parentWidget()
    return f"{type(widget).__name__} {text or widget.accessibleName()!r} in {type(holder).__name__}"


def _dialog(kind: type[T]) -> T:
    (found,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    return found


# --- the day ---------------------------------------------------------------------------------------------------


def morning(me: Player) -> None:
    """Until the process is killed: what shall be found again stands in the report."""
    plan = me.plan
    me.state("home")
    if plan.percent != 100:
        me.key(Qt.Key.Key_Comma, CONTROL)
        me.until(lambda: _dialog(SettingsDialog), "the preferences")
        me.option("Text size", str(plan.percent), lambda: _dialog(SettingsDialog))
        me.until(lambda: me.window.options.text_size == plan.percent, "the size of the text")
        me.state("preferences")
        me.key(Qt.Key.Key_Escape)
        me.state("home-large")
    _around(me)
    _drop(me)
    _correct(me)
    _set_up(me)
    _queue(me)
    first, last = _names(me)[0], _names(me)[-1]
    # A second run of the first material at another size, and a long one of the last; both are wanted now.
    me.look_at(first)
    me.tab("Compress")
    me.click(lambda: me.window.panel.rate._modes.button("size"))
    me.state("size")
    me.click(lambda: me.window.panel.rate._bpp_field, lambda: QPoint(24, 12))
    me.type("2")
    me.key(Qt.Key.Key_Return)
    me.until(lambda: me.window.document.settings.bpp == 2.0, "the size")
    me.key(Qt.Key.Key_Return, CONTROL)
    me.until(lambda: len(me.runs_of(first)) == 2, "a second run")
    _next(me, first)
    me.until(lambda: all(run.state is RunState.DONE for run in me.runs_of(first)), "two results")
    me.quiet()
    me.look_at(last)
    me.tab("Compress")
    me.option("Time budget", "900", lambda: me.window.panel)
    me.until(lambda: me.window.document.settings.time_budget == 900.0, "a long time")
    me.key(Qt.Key.Key_Return, CONTROL)
    me.until(lambda: len(me.runs_of(last)) == 2, "a long run")
    _next(me, last)
    me.until(lambda: me.runs_of(last)[-1].state is RunState.RUNNING, "the long run begins")
    me.tab("Training")
    me.state("training", 5.0)
    me.until(lambda: list(me.runs_of(last)[-1].folder.glob(f"*{CHECKPOINT_SUFFIX}")), "a checkpoint")
    # Whatever was changed before is in the project's file by then.
    me.settle(3.0)
    me.fact("step", me.ask(lambda: me.runs_of(last)[-1].step))
    me.fact("long", me.ask(lambda: me.runs_of(last)[-1].folder.name))
    results = me.ask(lambda: [run for run in me.window.document.runs if run.state.has_result])
    me.fact("results", {run.folder.name: run.record.psnr_db for run in results})
    order = me.ask(me.window.session.runs.in_order)
    me.fact("waiting", [run.folder.name for run in order[1:]])
    me.fact("shown", me.ask(lambda: _in_b(me)))
    me.report.write(plan.report)
    print("kill me", flush=True)
    threading.Event().wait()


def _in_b(me: Player) -> str:
    """The name of the folder of the run that is shown in B."""
    run = me.window.document.run(me.window.document.slots["B"])
    return run.folder.name if run is not None else ""


def _names(me: Player) -> list[str]:
    return me.ask(lambda: [material.name for material in me.window.document.materials])


def _around(me: Player) -> None:
    """What can be asked for before anything is open."""
    me.key(Qt.Key.Key_F1)
    me.until(lambda: me.window.findChildren(KeySheet), "the sheet of keys")
    me.state("keys")
    me.key(Qt.Key.Key_Escape)
    me.key(Qt.Key.Key_P, CONTROL | SHIFT)
    me.until(lambda: me.window.findChildren(CommandPalette), "the palette")
    me.type("exp")
    me.state("palette")
    me.key(Qt.Key.Key_Escape)
    me.key(Qt.Key.Key_3, CONTROL)
    me.until(lambda: me.window.workspaces.current == "lab", "the lab")
    me.state("lab", 1.5)
    me.key(Qt.Key.Key_2, CONTROL)
    me.until(lambda: me.window.workspaces.current == "compress", "nothing to compress yet")
    me.state("empty")
    me.key(Qt.Key.Key_1, CONTROL)


def _drop(me: Player) -> None:
    let_go = me.drag_over(sorted(me.plan.materials.iterdir()))
    me.state("drop")
    let_go()
    count = len(list(me.plan.materials.iterdir()))
    me.until(lambda: len(me.window.document.materials) == count, "the materials")
    me.until(lambda: me.window.toasts.toasts, "what was opened is said")
    me.state("opened")
    me.until(lambda: all(each.state is MaterialState.READY for each in me.window.document.materials), "they are read")
    me.state("read")


def _correct(me: Player) -> None:
    for number, (name, file, role) in enumerate(me.plan.wrong):
        me.look_at(name)

        def combo(name: str = name, file: str = file) -> QWidget:
            plan = me.material(name).plan
            assert plan is not None
            (path,) = [each.path for each in plan.files if each.path.name == file]
            return me.window.panel.review.row(path).combo

        assert me.ask(lambda name=name, role=role: role not in me.material(name).roles), f"{file} is read rightly"
        me.choose(combo, me.ask(lambda role=role: role_name(role)), "" if number else "roles")
        me.until(lambda name=name, role=role: role in me.material(name).roles, f"{file} becomes {role}")
    me.state("corrected")
    me.quiet()


def _set_up(me: Player) -> None:
    window = me.window
    me.click(lambda: window.panel.rate._card_of["draft"])
    me.until(lambda: window.document.settings.preset == "draft", "a draft")
    me.click(lambda: window.panel._expert._head)
    me.option("Time budget", "2", lambda: window.panel)
    me.until(lambda: window.document.settings.time_budget == 2.0, "a short time")
    me.state("advanced")
    # Back and forth; where nothing is typed, the keys are the window's.
    me.row(lambda: window.material_list, 0)
    me.key(Qt.Key.Key_Z, CONTROL)
    me.until(lambda: window.document.settings.time_budget != 2.0, "undone")
    me.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    me.until(lambda: window.document.settings.time_budget == 2.0, "done again")


def _queue(me: Player) -> None:
    window = me.window
    count = len(window.document.materials)
    me.key(Qt.Key.Key_Return, CONTROL | SHIFT)
    me.until(lambda: len(window.document.runs) == count, "a run of each")
    me.until(lambda: len(window.queue.rows) >= count - 1, "the queue")
    me.tab("Queue")
    me.state("queue")
    cancelled = me.ask(lambda: window.queue.rows[-2].title)
    me.row(lambda: window.queue.view, me.ask(lambda: len(window.queue.rows) - 2))
    me.key(Qt.Key.Key_Delete)
    me.until(lambda: not me.runs_of(cancelled), f"the run of {cancelled} is cancelled")
    me.fact("cancelled", cancelled)
    me.state("cancelled")
    me.quiet()


def _next(me: Player, name: str) -> None:
    """The newest run of a material comes first in the queue, by the menu of its line."""
    view = me.window.queue.view
    me.tab("Queue")

    def number() -> int:
        job = me.runs_of(name)[-1].job
        assert job is not None
        return next(index for index, row in enumerate(me.window.queue.rows) if row.key == job.number)

    me.until(lambda: me.runs_of(name)[-1].job is not None, "a place in the queue")
    me._patiently(number)

    def menu() -> None:
        index = view.model().index(number(), 0)
        view.scrollTo(index)
        place = view.visualRect(index).center()
        there = view.viewport().mapToGlobal(place)
        QApplication.sendEvent(view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, there, NONE))

    me.do(menu)
    me.entry("Run next", "queue-menu")


def afternoon(me: Player) -> None:
    """After the crash, until the window is closed."""
    window, report = me.window, json.loads(me.plan.report.with_name("morning.json").read_text(encoding="utf-8"))
    facts = report["facts"]
    document = window.document
    me.until(lambda: document.materials, "the project")
    me.state("recovered")
    me.until(lambda: all(each.state is MaterialState.READY for each in document.materials), "they are read")
    me.fact("materials", _names(me))
    me.fact("text size", me.ask(lambda: window.options.text_size))
    me.fact("corrected", me.ask(lambda: [str(role) in map(str, me.material(n).roles) for n, _, role in me.plan.wrong]))
    me.fact("runs of the cancelled", me.ask(lambda: len(me.runs_of(facts["cancelled"]))))
    results = me.ask(lambda: [run for run in document.runs if run.state.has_result])
    me.fact("results", {run.folder.name: run.record.psnr_db for run in results})
    me.fact("files", all(run.path is not None and run.path.is_file() for run in results))
    order = me.ask(window.session.runs.in_order)
    me.fact("waiting", [run.folder.name for run in order])
    (long,) = [run for run in document.runs if run.folder.name == facts["long"]]
    me.fact("shown", me.ask(lambda: _in_b(me)))
    me.fact("long", me.ask(lambda: (str(long.state), long.checkpointed, window.session.compute.held)))
    # Also where the message that offers it has gone by then.
    me.tab("Queue")
    me.click(lambda: window.queue._hold)
    me.until(lambda: long.state is RunState.RUNNING and long.step > 0, "it goes on")
    me.fact("first step", me.ask(lambda: long.step))
    me.quiet()
    me.look_at(long.material_name)
    me.key(Qt.Key.Key_K, CONTROL)
    me.until(lambda: long.state is RunState.KEPT, "what there is is kept")
    first = _names(me)[0]
    _compare(me, first)
    _undo(me, first)
    for target, folder in (("ue5", "Unreal Engine 5, importer"), ("ios", "iOS and macOS")):
        _export(me, first, target, folder)
    me.until(lambda: not any(run.state.active for run in document.runs), "the queue is done")
    me.tab("Runs")
    me.state("done")
    me.fact("done", me.ask(lambda: len([run for run in document.runs if run.state.has_result])))
    for page, name in ((Qt.Key.Key_3, "lab-after"), (Qt.Key.Key_1, "home-after")):
        me.key(page, CONTROL)
        me.state(name, 1.0)
    # Written before the window is closed, which ends the process.
    me.report.write(me.plan.report)
    me.key(Qt.Key.Key_Q, CONTROL)


def _compare(me: Player, name: str) -> None:
    window = me.window
    me.look_at(name)
    runs = me.ask(lambda: me.runs_of(name))
    me.click(lambda: window.viewport)
    me.key(Qt.Key.Key_1)
    me.key(Qt.Key.Key_2, SHIFT)
    wanted = {"A": runs[0].key, "B": runs[1].key}
    me.until(lambda: window.document.slots == wanted, "both runs are shown")
    me.until(lambda: window.viewport.comparison.mode == "split", "side by side")
    me.tab("Runs")
    me.state("compare", 2.0)
    for key, state in ((Qt.Key.Key_W, "wipe"), (Qt.Key.Key_D, "difference"), (Qt.Key.Key_V, "flat")):
        me.key(key)
        me.state(state, 1.5)
    me.tab("Inspect")
    me.state("inspect", 1.0)
    me.tab("Rates")
    me.state("rates")
    me.tab("Compress")
    me.key(Qt.Key.Key_V)
    me.key(Qt.Key.Key_S)


def _undo(me: Player, name: str) -> None:
    """A run is deleted, a role changed, and both taken back by the keys of the window."""
    window = me.window
    runs = me.ask(lambda: me.runs_of(name))
    me.tab("Runs")
    number = me.ask(lambda: next(i for i, row in enumerate(window.runs._model.rows) if row.key == runs[1].key))
    me.row(lambda: window.runs.view, number)
    me.key(Qt.Key.Key_Delete)
    me.until(lambda: len(me.runs_of(name)) == 1, "deleted")
    me.state("deleted")
    me.key(Qt.Key.Key_Z, CONTROL)
    me.until(lambda: len(me.runs_of(name)) == 2 and runs[1].folder.is_dir(), "brought back")
    me.tab("Compress")
    before = me.ask(lambda: me.material(name).roles)
    (path,) = me.ask(lambda: [f.path for f in _plan(me.material(name)).files if f.roles == (Role.ROUGHNESS,)])
    me.choose(lambda: window.panel.review.row(path).combo, me.ask(lambda: role_name(Role.SPECULAR)))
    me.until(lambda: Role.SPECULAR in me.material(name).roles, "another role")
    for key, wanted in ((CONTROL, False), (CONTROL | SHIFT, True), (CONTROL, False)):
        me.row(lambda: window.material_list, 0)
        me.key(Qt.Key.Key_Z, key)
        me.until(lambda wanted=wanted: (Role.SPECULAR in me.material(name).roles) is wanted, "undo and redo")
    me.fact("undone", me.ask(lambda: me.material(name).roles == before and len(me.runs_of(name)) == 2))
    me.quiet()


def _plan(material: Material) -> Any:
    assert material.plan is not None
    return material.plan


def _export(me: Player, name: str, target: str, title: str) -> None:
    window = me.window
    me.look_at(name)
    me.key(Qt.Key.Key_1)
    me.tab("Compress")
    me.click(lambda: window.panel.export)
    me.entry(title, f"export-menu-{target}")
    me.until(lambda: _dialog(ExportDialog), "the questions of the export")
    if target == "ue5":
        me.option("Time budget", "3", lambda: _dialog(ExportDialog))
    me.click(lambda: _dialog(ExportDialog).folder)
    me.ask(lambda: QApplication.clipboard().setText(str(me.plan.exports)))
    me.key(Qt.Key.Key_A, CONTROL)
    me.key(Qt.Key.Key_V, CONTROL)
    me.state(f"export-{target}")
    me.click(lambda: _dialog(ExportDialog).accept_button)
    me.until(lambda: any("Wrote" in toast.text for toast in window.toasts.toasts), f"files for {target}")
    me.state(f"exported-{target}")
    me.quiet()


# --- the process -----------------------------------------------------------------------------------------------


def main() -> int:
    part, plan = sys.argv[1], DayPlan.read(Path(sys.argv[2]))
    from app import cli

    app = QApplication(sys.argv[:1])
    player = Player(plan, part)

    def play() -> None:
        try:
            player.until(lambda: player.window.isVisible(), "a window")
            player.ask(lambda: player.window.setGeometry(QRect(QPoint(0, 0), app.primaryScreen().size())))
            player.ask(lambda: player.window.activateWindow())
            player.until(lambda: QApplication.activeWindow() is not None, "the keyboard")
            {"morning": morning, "afternoon": afternoon}[part](player)
        except BaseException:
            player.report.failure = traceback.format_exc()
            player.report.write(plan.report)
            screen = app.primaryScreen()
            player._hand.wanted.emit(lambda: screen.grabWindow(0).save(str(plan.pictures / f"{part}-failure.png")))
            time.sleep(1.0)
            os._exit(3)

    QTimer.singleShot(0, lambda: threading.Thread(target=play, name="player", daemon=True).start())
    return cli.main([])


if __name__ == "__main__":
    sys.exit(main())
