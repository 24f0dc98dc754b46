"""The window: puts the pieces together and passes what the user does to the session."""

from __future__ import annotations

import dataclasses
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QUndoStack,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QTabWidget,
    QToolButton,
    QWidget,
)

from app import actions, dock_layout, logs, moved, paths, place_menus, preferences, presenting, view_keys
from app.announcing import Announcer
from app.command_line import command_line
from app.desk import Message
from app.document import Material, MaterialState, Run, RunState
from app.export_dialog import ExportDialog
from app.job_runner import Job
from app.later import Later
from app.options import Options, from_stored
from app.preferences import Preferences
from app.project_store import SUFFIX as PROJECT_SUFFIX
from app.runs import CompressJob
from app.session import Session
from app.sources import ContainerSource, sample_title
from app.workspaces import COMPRESS, HOME, LAB, PageStack, Workspaces
from core import devices
from core.codec.baseline_sets import BASELINES, Baseline
from core.devices import Device, cores
from core.errors import InputError, OutputError
from core.exporters import TARGETS
from core.jobs import from_dict, to_dict
from core.textures.names import IMAGE_SUFFIXES
from core.textures.roles import NormalConvention, Role
from core.textures.sample_names import SAMPLE_NAMES
from renderers.choices import CompareMode
from widgets import theme
from widgets.background import Background, Tell
from widgets.command_palette import CommandPalette
from widgets.controls import ElidedLabel, Segmented, bare, button
from widgets.device_button import DeviceButton
from widgets.dock import Dock
from widgets.drop_area import DropOverlay
from widgets.home_page import HomePage
from widgets.icons import application_icon
from widgets.key_sheet import KeySheet
from widgets.language import tr
from widgets.opengl import expect_opengl
from widgets.settings_dialog import SettingsDialog
from widgets.styling import styled_together
from widgets.theme import follow_scale, text_px
from widgets.toast import ToastStack
from widgets.units import db_text
from widgets.viewport_options import PixelReading, Sampler, ViewMode

if TYPE_CHECKING:
    from app.compress_panel import CompressPanel
    from app.compress_workspace import CompressWorkspace
    from app.dock_layout import DockLayout
    from app.lab_workspace import LabWorkspace
    from core.coordinate.settings import LabSettings
    from core.textures.material import TextureSet
    from widgets.inspect_panel import InspectPanel
    from widgets.log_view import LogView
    from widgets.material_list import MaterialList
    from widgets.queue_panel import QueuePanel
    from widgets.rate_panel import RatePanel
    from widgets.runs_table import RunsTable
    from widgets.training_panel import TrainingPanel
    from widgets.view_bar import SlotBar, ViewBar
    from widgets.viewport import MaterialViewport

T = TypeVar("T")

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 15.0
"""So long a job may take to end when the window is closed; loading the compute library can't be interrupted."""
SOFTWARE_PAUSE_S = 0.3
"""So seldom runs are shown anew where the processor that trains also has to compose the window with each change."""
ACTIVITY_PX = 180
"""So wide, in px at 100 %, may the name of what is read or written be in the status bar."""
MENU_PX = 8
"""px at 100 % over and under the title of a menu, as the style sheet has it."""
QUEUE_PAUSE_S = 0.25
"""Not more often is the queue shown anew, of which every line may be another."""
PREFERENCES_FILE = "preferences.json"
OFFERED_BASELINES = ("bc", "bc1", "astc-4x4", "astc-6x6", "astc-8x8", "astc-12x12")
"""The others lie between these; the command line has them all."""
KEPT_VIEW = (
    "mode",
    "compare",
    "gain",
    "shape",
    "tiling",
    "exposure",
    "rotation",
    "displacement",
    "false_color",
    "background",
    "background_blur",
    "tone_mapping",
    "relief",
    "sampler",
    "filtering",
)


class _Part(Generic[T]):
    """A part of the compress workspace as an attribute of the window: asked for, it is made with all the others."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, window: MainWindow, owner: type) -> T:
        return getattr(window.compressing, self._name)


class MainWindow(QMainWindow):
    """One per process. ``start`` is called after it is shown."""

    viewport: _Part[MaterialViewport] = _Part()
    view_bar: _Part[ViewBar] = _Part()
    slot_bar: _Part[SlotBar] = _Part()
    material_list: _Part[MaterialList] = _Part()
    panel: _Part[CompressPanel] = _Part()
    training: _Part[TrainingPanel] = _Part()
    runs: _Part[RunsTable] = _Part()
    queue: _Part[QueuePanel] = _Part()
    log_view: _Part[LogView] = _Part()
    inspect: _Part[InspectPanel] = _Part()
    rates: _Part[RatePanel] = _Part()
    add_baseline: _Part[QToolButton] = _Part()
    all_runs: _Part[QToolButton] = _Part()
    docks: _Part[dict[str, Dock]] = _Part()
    layout_of_docks: _Part[DockLayout] = _Part()

    def __init__(self, config: Path | None = None, compress: CompressJob | None = None) -> None:
        """``config``: the folder of the preferences. ``compress``: the job behind Start, if not the codec's."""
        super().__init__()
        self.setWindowTitle("Texloom")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self._config = (config or paths.config_folder()) / PREFERENCES_FILE
        self.preferences: Preferences = preferences.load(self._config)
        self.options = from_stored(self.preferences.options)
        self.session = Session(self.preferences, self, compress=compress)
        self.document = self.session.document
        self.logs = logs.LogBridge(self)
        self._closed = False
        self._announcer = Announcer(self)
        self._compressing: CompressWorkspace | None = None
        self._lab: LabWorkspace | None = None
        self._held: set[str] = set()
        """Keys that are held now, of those that :mod:`app.view_keys` tells of."""
        self._under: QWidget | None = None
        """The panel or view that the mouse is over."""
        self._dialogs: dict[str, QDialog] = {}
        """Those that are open, by what they are for."""
        self._early_entries: list[tuple[str, str, str]] = []
        """What was logged before there was a panel to show it."""
        self._overlay = DropOverlay(self)
        expect_opengl(self)

        with styled_together(self):
            self._shown_level = 0
            self.actions_by_id = actions.make(self, self._handlers())
            self.home = HomePage()
            self.centre = PageStack()
            self.setCentralWidget(self.centre)
            self.toasts = ToastStack(self, self.centre)
            self._build_workspaces()
            self._build_menus()
            self._build_status()
        self._bind()
        self._restore()
        self._apply_options()
        self._refresh_all()

    def start(self, inputs: list[Path]) -> None:
        """Open ``inputs``, or go on where a crash broke off, or begin as the options say."""
        self._devices.run(_look_for_devices)
        projects, crashed = self.session.projects, self.session.projects.crashed()
        if inputs:
            self._open(inputs)
            if crashed is not None:
                action = (tr("Open it"), lambda: projects.open(crashed))
                self.toasts.show(tr("Texloom ended unexpectedly; its project was kept."), "warn", [action])
        elif crashed is not None:
            projects.open(crashed)
        elif self.options.at_start == "last project" and self.preferences.projects:
            projects.open(Path(self.preferences.projects[0]))

    # --- building -------------------------------------------------------------------------------------------

    @property
    def compressing(self) -> CompressWorkspace:
        """Made when it is first wanted, with all that it shows."""
        if self._compressing is None:
            from app.compress_workspace import CompressWorkspace

            self.setUpdatesEnabled(False)
            with styled_together(self):
                self._compressing = CompressWorkspace(
                    self, self.session, self.actions_by_id, self.baseline_menu, self._sample_menu
                )
                self.centre.addWidget(self._compressing)
                self._build_panel_menus()
            self._bind_compressing()
            self._restore_compressing()
            self.setUpdatesEnabled(True)
        return self._compressing

    def make_ready(self) -> None:
        """Make now what somebody will want soon."""
        if not self._closed:
            _ = self.compressing

    def _make_baseline_menu(self) -> None:
        self.baseline_menu = QMenu(self)
        self.baseline_menu.setToolTipsVisible(True)
        for name in OFFERED_BASELINES:
            baseline = BASELINES[name]
            action = self.baseline_menu.addAction(tr(baseline.title))
            action.setData(name)
            action.setToolTip(tr(baseline.sentence))
            action.setStatusTip(tr(baseline.sentence))
            action.triggered.connect(lambda _=False, name=name: self._add_baseline(name))

    def _build_workspaces(self) -> None:
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.workspaces = Workspaces(self.centre, self._leave_alone)
        self.workspaces.add(HOME, self.home)
        self.workspaces.add(COMPRESS, lambda: self.compressing)
        self.workspaces.add(LAB, self._make_lab)
        self._tabs = Segmented(
            [
                (HOME, tr("Home"), self.actions_by_id["go_home"].toolTip()),
                (COMPRESS, tr("Compress"), self.actions_by_id["go_compress"].toolTip()),
                (LAB, tr("Lab"), self.actions_by_id["go_lab"].toolTip()),
            ]
        )
        self._tabs.chosen.connect(self._go)
        self.workspaces.changed.connect(self._tabs.set_value)
        self.workspaces.changed.connect(lambda _: self._update_actions())
        self.workspaces.changed.connect(self._place_toasts)
        self.workspaces.changed.connect(lambda _: self._show_device())

    def _place_toasts(self, workspace: str) -> None:
        # Over pictures, not over what is pressed.
        in_lab = workspace == LAB and self._lab is not None
        self.toasts.set_anchor(self._lab.parts[0] if in_lab and self._lab is not None else self.centre)

    def _make_lab(self) -> QWidget:
        # Made when it is first looked at: the window is up sooner without it.
        from app.lab_kept import KeptNetworks
        from app.lab_workspace import LabWorkspace

        settings = _lab_settings(self.preferences.lab_settings)
        kept = KeptNetworks(paths.lab_folder())
        self._lab = lab = LabWorkspace(self.session.compute, self.session.desk.say, settings=settings, kept=kept)
        lab.session.changed.connect(self._on_lab)
        lab.session.undo.indexChanged.connect(lambda _: self._update_undo())
        return lab

    def _on_lab(self) -> None:
        assert self._lab is not None
        self.preferences.lab_settings = to_dict(self._lab.session.settings)
        self._show_device()
        self._update_undo()

    def _undo_stack(self) -> QUndoStack | None:
        """Of what is seen: in the lab no setting of a material changes. None while it can't be used."""
        if self.workspaces.current != LAB or self._lab is None:
            return self.session.undo
        return None if self._lab.session.busy else self._lab.session.undo

    def _undo(self) -> None:
        if (stack := self._undo_stack()) is not None:
            self._show_what_changes()
            stack.undo()

    def _redo(self) -> None:
        if (stack := self._undo_stack()) is not None:
            self._show_what_changes()
            stack.redo()

    def _show_what_changes(self) -> None:
        """Nothing is undone behind the page that is looked at: of the home page itself nothing can be."""
        if self.workspaces.current == HOME:
            self._go(COMPRESS)

    def _build_menus(self) -> None:
        self._make_baseline_menu()
        bar = self.menuBar()
        menus = {name: bar.addMenu(tr(name)) for name in actions.MENUS}
        for spec in actions.ACTIONS:
            menu = menus[spec.menu]
            if spec.separated:
                menu.addSeparator()
            if spec.id == "baseline":
                submenu = menu.addMenu(self.actions_by_id[spec.id].icon(), tr("Add baseline"))
                submenu.addActions(self.baseline_menu.actions())
                continue
            if spec.id == "export":
                self.export_menu = menu.addMenu(self.actions_by_id["export"].icon(), tr("Export to"))
            menu.addAction(self.actions_by_id[spec.id])
            if spec.id == "open_files":
                self._recent_menu = menu.addMenu(tr("Open recent"))
                self._recent_menu.aboutToShow.connect(self._fill_recent)
                self._sample_menu(menu)
        self._window_menu = menus["Window"]
        self._fill_export_menu(self.export_menu)
        # The binding does not hand the corner widget over to the menu bar: the reference keeps it alive.
        self._search = button(tr("Search actions"), "flat", "search", self.actions_by_id["palette"].toolTip())
        self._search.clicked.connect(self._show_palette)
        self._corner = QWidget()
        row = bare(QHBoxLayout(self._corner), 8, (0, 2, 4, 2))
        row.addWidget(self._tabs)
        row.addWidget(self._search)
        # Until the system has been asked, what there is everywhere.
        self.device = DeviceButton()
        self.device.set_choices(presenting.device_choices([Device("cpu")], cores()))
        self.device.chosen.connect(self._choose_device)
        self._devices = Background(self)
        self._devices.result.connect(self._on_devices)
        row.addWidget(self.device)
        # As high as the menus beside it, which the menu bar does not see to: else it stands above their line.
        follow_scale(
            self._corner, lambda corner: corner.setMinimumHeight(bar.fontMetrics().height() + 2 * text_px(MENU_PX))
        )
        bar.setCornerWidget(self._corner, Qt.Corner.TopRightCorner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_corner()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self._held:
            # Another window hears of it when they are let go.
            self._held.clear()
            self._show_hint()
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            QTimer.singleShot(0, self, self._fit_corner)

    def _fit_corner(self) -> None:
        """The device keeps its words as long as the menus keep theirs."""
        if not hasattr(self, "device"):
            return  # still being built
        bar = self.menuBar()
        menus = bar.actionGeometry(bar.actions()[-1]).right()
        others = self._corner.sizeHint().width() - self.device.sizeHint().width()
        if self.device.set_short(menus + others + self.device.full_width > self.width()):
            # A menu bar looks at its corner only when it gets another size.
            QApplication.sendEvent(bar, QResizeEvent(bar.size(), bar.size()))

    def _on_devices(self, found: tuple[Device, ...]) -> None:
        self.device.set_choices(presenting.device_choices(found, cores()))
        self._fit_corner()

    def _choose_device(self, name: str) -> None:
        """For the runs of the workspace that is seen; can be undone, like every setting."""
        if self.workspaces.current == LAB and self._lab is not None:
            lab = self._lab.session
            lab.change_settings(dataclasses.replace(lab.settings, device=name))
        else:
            self.session.change_settings(dataclasses.replace(self.document.settings, device=name))
        self._show_device()

    def _show_device(self) -> None:
        in_lab = self.workspaces.current == LAB and self._lab is not None
        settings = self._lab.session.settings if in_lab and self._lab is not None else self.document.settings
        self.device.set_value(settings.device)

    def _build_panel_menus(self) -> None:
        self._window_menu.addSeparator()
        for number, dock in enumerate(self.docks.values(), 1):
            toggle = dock.toggleViewAction()
            toggle.setShortcut(QKeySequence(f"Alt+{number}"))
            toggle.setStatusTip(tr("Show or hide {panel}").format(panel=dock.windowTitle().lower()))
            self._window_menu.addAction(toggle)
        self.panel.export_menu.addAction(self.actions_by_id["export"])
        self.panel.export_menu.addSeparator()
        self._fill_export_menu(self.panel.export_menu)
        self.panel.export_menu.setToolTipsVisible(True)

    def _fill_export_menu(self, menu: QMenu) -> None:
        for target in TARGETS.values():
            action = menu.addAction(tr(target.title) + "…")
            action.setToolTip(tr(target.sentence))
            action.setStatusTip(tr(target.sentence))
            action.triggered.connect(lambda _=False, name=target.name: self._export(name))

    def _sample_menu(self, menu: QMenu) -> None:
        samples = menu.addMenu(tr("Samples"))
        for name in SAMPLE_NAMES:
            action = samples.addAction(sample_title(name))
            action.triggered.connect(lambda _=False, n=name: self.session.materials.open_sample(n))

    def _build_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._hint = ElidedLabel("", "small", Qt.TextElideMode.ElideRight)
        self._hint.setContentsMargins(10, 0, 0, 0)
        bar.addWidget(self._hint, 1)
        holder = QWidget()
        row = bare(QHBoxLayout(holder), 8)
        self._activity = QLabel()
        self._cancel_activity = button(tr("Cancel"), "link")
        self._cancel_activity.clicked.connect(self._on_cancel_activity)
        row.addWidget(self._activity)
        row.addWidget(self._cancel_activity)
        self._cancel_activity.hide()
        bar.addPermanentWidget(holder)
        self.inspector = QLabel()
        self.inspector.setContentsMargins(8, 0, 8, 0)
        bar.addPermanentWidget(self.inspector)
        self._exporting: Job | None = None

    def _bind(self) -> None:
        session, document = self.session, self.document
        session.desk.message.connect(self._on_message)
        session.desk.folder_wanted.connect(open_in_file_manager)
        session.desk.details_wanted.connect(self._show_log)
        session.desk.busy_changed.connect(self._show_activity)
        session.exports.activity.connect(self._on_activity)
        self._all_later = Later(self._refresh_all, self)
        self._state_later = Later(self._refresh_state, self)
        self._runs_later = Later(self._show_changed_runs, self)
        self._changed_runs: dict[int, Run] = {}
        self._queue_later = Later(self._show_queue, self, QUEUE_PAUSE_S)
        document.materials_changed.connect(self._all_later.ask)
        document.current_changed.connect(self._all_later.ask)
        document.runs_changed.connect(self._all_later.ask)
        document.settings_changed.connect(self._show_device)
        self.logs.entry.connect(self._on_entry)
        self.home.open_folder.connect(self._open_folder)
        self.home.open_files.connect(self._open_files)
        self.home.open_sample.connect(lambda: session.materials.open_sample(SAMPLE_NAMES[0]))
        self.home.open_project.connect(self._open_project)
        self.home.queue_folder.connect(self._queue_folder)
        self.home.project_chosen.connect(session.projects.open)
        self.home.project_forgotten.connect(self._forget_project)
        self.home.folder_shown.connect(open_in_file_manager)
        session.projects.saved.connect(self._save_preferences)
        session.projects.changed.connect(self._on_project)
        session.projects.opened.connect(self._on_project_opened)
        session.materials.added.connect(lambda _: self._go(COMPRESS))
        session.materials.locate_wanted.connect(self._locate)
        session.compute.changed.connect(self._queue_later.ask)
        session.undo.canUndoChanged.connect(lambda _: self._update_actions())
        session.undo.canRedoChanged.connect(lambda _: self._update_actions())
        session.undo.indexChanged.connect(lambda _: self._update_actions())
        for number in range(1, 10):
            for keys, side in ((f"{number}", "B"), (f"Shift+{number}", "A")):
                shortcut = QShortcut(QKeySequence(keys), self)
                shortcut.activated.connect(lambda n=number, s=side: self._show_number_in(n, s))

    def _bind_compressing(self) -> None:
        """What the compress workspace shows, and what is done in it."""
        session, document = self.session, self.document
        menus = place_menus.PlaceMenus(self, session, open_in_file_manager)
        session.shown.changed.connect(self._on_pixels)
        document.material_changed.connect(self._on_material_changed)
        document.run_changed.connect(self._on_run_changed)
        document.slots_changed.connect(self._show_slots)
        for entry in self._early_entries:
            self.log_view.add(*entry)
        self._early_entries.clear()
        self.log_view.copy_report.connect(self._copy_report)
        self.log_view.open_folder.connect(lambda: open_in_file_manager(paths.log_folder()))
        self.material_list.chosen.connect(document.set_current)
        self.material_list.removed.connect(session.materials.remove)
        self.material_list.menu_wanted.connect(menus.of_material)
        self.panel.review.menu_wanted.connect(menus.of_file)
        self.all_runs.toggled.connect(self._on_all_runs)
        self.runs.show_in.connect(self._show_run_in)
        self.runs.current_changed.connect(lambda _: self._show_training())
        self.runs.menu_wanted.connect(lambda key, place: menus.of_run(key, place, self.runs.rename))
        self.runs.removed.connect(self._remove_run)
        self.rates.chosen.connect(self._show_run_in)
        self.rates.measure_wanted.connect(self.actions_by_id["curve"].trigger)
        self.slot_bar.list_wanted.connect(lambda side, menu: place_menus.fill_slot_menu(document, side, menu))
        self.slot_bar.run_dropped.connect(lambda side, key: self._show_run_in(key, side))
        self.view_bar.wanted.connect(lambda name, value: self.viewport.set_options(**{name: value}))
        self.slot_bar.gain_wanted.connect(self.viewport.set_difference_gain)
        self.slot_bar.false_color_wanted.connect(lambda on: self.viewport.set_options(false_color=on))
        self.inspect.spot_chosen.connect(self.viewport.look_at)
        self.view_bar.panorama_wanted.connect(self._open_panorama)
        self.viewport.optionsChanged.connect(self._on_view_options)
        self.viewport.pixelInspected.connect(self._on_pixel)
        self.viewport.problem.connect(lambda text: self.toasts.show(text, "warn"))
        self.viewport.installEventFilter(self)
        for dock in self.docks.values():
            dock.installEventFilter(self)
        self.queue.moved.connect(
            lambda number, place: self._with_job(number, lambda job: session.compute.move(job, place))
        )
        self.queue.removed.connect(lambda number: self._with_job(number, lambda job: job.cancel()))
        self.queue.hold_wanted.connect(session.compute.hold)
        self.queue.clear_wanted.connect(session.runs.cancel_waiting)
        self.runs.renamed.connect(self._rename_run)
        self.panel.rate.mode_changed.connect(lambda mode: self.preferences.view.__setitem__("rate_mode", mode))

    def _on_entry(self, moment: str, level: str, text: str) -> None:
        if self._compressing is None:
            self._early_entries.append((moment, level, text))
        else:
            self.log_view.add(moment, level, text)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        def view(name: str, *args: Any) -> Callable[[], object]:
            return lambda: getattr(self.viewport, name)(*args)

        def compare(mode: str) -> Callable[[], object]:
            return lambda: self.viewport.set_compare(mode)

        return {
            "open_folder": self._open_folder,
            "open_files": self._open_files,
            "new_project": lambda: self.session.projects.new(),
            "open_project": self._open_project,
            "save_project": self._save_project,
            "queue_folder": self._queue_folder,
            "watch_folder": self._watch_folder,
            "rename_run": self._begin_rename,
            "save_preset": lambda: self.panel.presets.ask_name(),
            "preferences": self._show_preferences,
            "hold_queue": lambda: self.session.compute.hold(not self.session.compute.held),
            "go_home": lambda: self._go(HOME),
            "go_compress": lambda: self._go(COMPRESS),
            "go_lab": lambda: self._go(LAB),
            "save_as": self._save_as,
            "export": self._export_again,
            "decode": lambda: self._export("images"),
            "locate_files": lambda: self._locate(self.document.current),
            "close_material": self._close_material,
            "quit": self.close,
            "undo": self._undo,
            "redo": self._redo,
            "use_again": self._use_again,
            "copy_command": self._copy_command,
            "start": self._start,
            "start_all": self._start_all,
            "pause": self._pause,
            "stop": lambda: self._with_active(self.session.runs.stop_and_keep),
            "discard": lambda: self._with_active(self.session.runs.discard),
            "baseline": self._show_baseline_menu,
            "curve": self._measure_curve,
            "cancel_waiting": lambda: self.session.runs.cancel_waiting(),
            "mode": self._switch_mode,
            "compare_a": compare("a"),
            "compare_b": compare("b"),
            "compare_split": compare("split"),
            "compare_wipe": view("toggle_wipe"),
            "compare_difference": view("toggle_difference"),
            "compare_flip": view("toggle_flip"),
            "false_color": view("toggle_false_color"),
            "turn_wipe": view("turn_wipe"),
            "mip_smaller": view("step_mip", 1),
            "mip_larger": view("step_mip", -1),
            "show_mips": view("toggle_mips"),
            "show_seams": view("toggle_seams"),
            "gain_down": view("scale_gain", 0.5),
            "gain_up": view("scale_gain", 2.0),
            "channel_next": view("cycle_channel"),
            "channel_all": view("set_channel", None),
            "component_r": view("show_component", "r"),
            "component_g": view("show_component", "g"),
            "component_b": view("show_component", "b"),
            "component_a": view("show_component", "a"),
            "fit": view("fit"),
            "one_to_one": view("zoom_to_texels"),
            "tiling": view("cycle_tiling"),
            "half_offset": lambda: self.viewport.set_half_offset(not self.viewport.options.half_offset),
            "sampler": self._toggle_sampler,
            "filtering": view("cycle_filtering"),
            "mesh": self._open_mesh,
            "panorama": self._open_panorama,
            "hide_panels": self._toggle_panels,
            "full_screen": self._toggle_full_screen,
            "next_panel": self._focus_next,
            "to_message": lambda: self.toasts.take_keyboard(),
            "reset_layout": self._reset_layout,
            "key_sheet": self._show_keys,
            "palette": self._show_palette,
            "copy_report": self._copy_report,
            "open_log": lambda: open_in_file_manager(paths.log_folder()),
            "about": self._about,
        }

    # --- layout ---------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        kept = self.preferences
        self.resize(self._first_size())
        placed = bool(kept.geometry) and self.restoreGeometry(QByteArray.fromBase64(kept.geometry.encode()))
        if not placed:
            self.resize(self._first_size())

    def _restore_compressing(self) -> None:
        kept = self.preferences
        self.layout_of_docks.restore(kept.docks, alone=self.workspaces.current != COMPRESS)
        self.panel.set_rate_mode(str(kept.view.get("rate_mode", "")))
        self.all_runs.setChecked(kept.view.get("all_runs") is True)
        known = {name: kept.view[name] for name in KEPT_VIEW if name in kept.view}
        try:
            self.viewport.set_options(**known)
        except (TypeError, ValueError) as error:
            log.warning("The stored view was ignored: %s", error)
        self._on_view_options(self.viewport.options)
        self._refresh_all()
        if self.document.current is not None:
            self._on_pixels("A")

    def _first_size(self) -> QSize:
        screen = self.screen().availableGeometry()
        return QSize(min(1680, round(screen.width() * 0.94)), min(1050, round(screen.height() * 0.92)))

    def _reset_layout(self) -> None:
        self.actions_by_id["hide_panels"].setChecked(False)
        self.layout_of_docks.reset()

    def _switch_mode(self) -> None:
        flat = self.viewport.options.mode is ViewMode.PICTURE
        self.viewport.set_mode(ViewMode.MATERIAL if flat else ViewMode.PICTURE)

    def _toggle_sampler(self) -> None:
        self.viewport.toggle_sampler()
        self._on_view_options(self.viewport.options)

    def _toggle_panels(self) -> None:
        self.layout_of_docks.leave_alone(not self.layout_of_docks.alone)
        self.actions_by_id["hide_panels"].setChecked(self.layout_of_docks.alone)

    def _focus_next(self) -> None:
        """The keyboard's way around what is shown: the page, its panels, the messages."""
        stops: list[QWidget] = []
        if self.workspaces.current == LAB and self._lab is not None:
            stops += self._lab.parts
        elif self.workspaces.current == COMPRESS:
            stops += [self.viewport, *self.layout_of_docks.stops]
        else:
            stops.append(self.home)
        dock_layout.focus_next([*stops, *reversed(self.toasts.toasts)])

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self.actions_by_id["full_screen"].setChecked(self.isFullScreen())

    # --- showing what is ------------------------------------------------------------------------------------

    def _refresh_all(self) -> None:
        if not self.document.materials and self.workspaces.current in ("", COMPRESS):
            self._go(HOME)
        if self._compressing is not None:
            self._show_materials()
            self._show_runs()
        self._refresh_state()

    def _show_slots(self) -> None:
        self._show_runs()
        self._refresh_state()

    def _refresh_state(self) -> None:
        """What stands for the document as a whole."""
        self._show_title()
        if self._compressing is not None:
            self._show_labels()
            self._show_training()
        self._update_actions()

    def _go(self, workspace: str) -> None:
        if workspace == HOME:
            self._show_home()
        self.workspaces.show(workspace, alone=self.actions_by_id["hide_panels"].isChecked())

    def _leave_alone(self, on: bool) -> None:
        if self._compressing is not None:
            self.layout_of_docks.leave_alone(on)

    def _show_home(self) -> None:
        now = time.time()
        self.home.show_projects([presenting.project_card(each, now) for each in self.session.projects.recent()])

    def _on_project(self) -> None:
        self._show_title()
        self.actions_by_id["watch_folder"].setChecked(bool(self.session.watching.folders))

    def _on_project_opened(self) -> None:
        self._go(COMPRESS if self.document.materials else HOME)
        current = self.document.current
        own = current.key if current is not None else None
        if any(run.state is RunState.RESUMABLE and run.material_key != own for run in self.document.runs):
            # A message tells of them, and they must be found.
            self.all_runs.setChecked(True)
        if self.session.compute.held and self.session.compute.waiting:
            # What waits for the user's word must not be hidden behind another panel.
            self._show_dock("queue")

    def _show_title(self) -> None:
        """What is looked at, of which project, and how far the run is."""
        current, project = self.document.current, self.session.projects
        parts = [current.name] if current is not None else []
        if not project.untitled:
            parts.append(project.title)
        running = next((run for run in self.document.runs if run.state is RunState.RUNNING), None)
        progress = f"{running.fraction:.0%}  " if running is not None and running.fraction is not None else ""
        self.setWindowTitle(progress + " – ".join([*parts, "Texloom"]))

    def _on_material_changed(self, material: Material) -> None:
        self.material_list.set_row(presenting.material_row(self.document, material))
        self._state_later.ask()

    def _on_run_changed(self, run: Run) -> None:
        self._changed_runs[run.key] = run
        self._runs_later.pause_s = SOFTWARE_PAUSE_S if self.viewport.software else 0.0
        self._runs_later.ask()

    def _show_changed_runs(self) -> None:
        changed, self._changed_runs = list(self._changed_runs.values()), {}
        for run in changed:
            material = self.document.material(run.material_key)
            if material is not None:
                self.material_list.set_row(presenting.material_row(self.document, material))
            self.runs.set_row(presenting.run_row(self.document, run))
        if any(run.state.has_result for run in changed):
            self._show_rates()
        if any(run.job is not None for run in changed):
            self._queue_later.ask()
        self._refresh_state()

    def _show_materials(self) -> None:
        current = self.document.current
        rows = [presenting.material_row(self.document, material) for material in self.document.materials]
        self.material_list.set_rows(rows, current.key if current else None)

    def _show_runs(self) -> None:
        document = self.document
        of_one = document.current is not None and not self.all_runs.isChecked()
        runs = document.runs_of(document.current.key) if of_one and document.current is not None else document.runs
        rows = [presenting.run_row(document, run) for run in reversed(runs)]
        self.runs.set_rows(rows, of_one, len(runs) < len(document.runs))
        self._show_rates()

    def _on_all_runs(self, on: bool) -> None:
        self.preferences.view["all_runs"] = on
        self._show_runs()

    def _show_rates(self) -> None:
        self.rates.set_points(presenting.rate_points(self.document))

    def _show_queue(self) -> None:
        compute = self.session.compute
        by_job = {run.job: run for run in self.document.runs if run.job is not None}
        running = [compute.running] if compute.running is not None else []
        jobs = [job for job in (*running, *compute.waiting) if not job.state.ended]
        runs = [by_job[job] for job in jobs if job in by_job]
        rows = [presenting.queue_row(by_job.get(job), job) for job in jobs]
        summary = presenting.queue_summary(runs, jobs, compute.held)
        self.queue.show_queue(rows, summary, compute.held)
        self.actions_by_id["hold_queue"].setChecked(compute.held)
        first = runs[0].fraction if runs else None
        self._announcer.announce(len(jobs), first, summary, wanted=self.options.desktop_messages)

    def _with_job(self, number: int, act: Callable[[Job], object]) -> None:
        compute = self.session.compute
        jobs = [*compute.waiting, *([compute.running] if compute.running is not None else [])]
        job = next((job for job in jobs if job.number == number), None)
        if job is not None:
            act(job)

    def _looked_at(self) -> Run | None:
        """The run whose curve is shown: the one that trains, else the one in B, else the chosen one."""
        shown = self.document.run(self.document.slots["B"])
        if shown is not None:
            return shown
        active = self.document.active_run()
        if active is not None:
            return active
        return self.document.run(self.runs.current_key)

    def _show_training(self) -> None:
        run = self._looked_at()
        if run is None:
            self.training.show_nothing()
        else:
            run.recall()
            self.training.show_run(presenting.training_view(run), run.seconds, run.curves)

    def _show_labels(self) -> None:
        names = {}
        for side, key in self.document.slots.items():
            names[side], detail = presenting.slot_text(self.document, key)
            self.slot_bar.show_slot(side, names[side], detail)
        # Only the names: a label that changes with every measurement would redraw the picture as often.
        self.viewport.set_labels(names["A"], names["B"])

    def _on_pixels(self, side: str) -> None:
        current = self.document.current
        convention = NormalConvention.OPENGL
        if current is not None and current.texture_set is not None:
            convention = current.texture_set.normal_convention
        if convention is NormalConvention.UNKNOWN:
            convention = NormalConvention.OPENGL
        level = self._shown_level = self._level()
        maps = _as_maps(self.session.shown.pixels(side, level))
        if side == "B":
            self.viewport.update_b(maps)
        else:
            self.viewport.set_materials(maps, _as_maps(self.session.shown.pixels("B", level)), convention)
        if current is not None:
            self.view_bar.set_mip_levels(max(current.width, current.height, 1).bit_length())
        # The shader chooses the level itself.
        found = {name: self.session.shown.neural(name) if level == 0 else (None, False) for name in ("A", "B")}
        self.viewport.set_neural("a", found["A"][0], live=found["A"][1])
        self.viewport.set_neural("b", found["B"][0], live=found["B"][1])
        self.view_bar.set_neural(any(texture is not None for texture, _ in found.values()))
        reading = current is not None and current.state is MaterialState.READING
        undecided = current is not None and current.state is MaterialState.UNDECIDED
        self.viewport.set_empty_text(tr("Reading…") if reading else current.problem if undecided and current else "")
        self.view_bar.set_roles(self.viewport.roles)
        self._on_view_options(self.viewport.options)

    def _level(self) -> int:
        """The mip level that is looked at; a small material has fewer than the view can show."""
        current = self.document.current
        most = max(current.width, current.height).bit_length() - 1 if current is not None and current.width else 0
        return min(self.viewport.options.mip, max(most, 0))

    def _on_view_options(self, options: Any) -> None:
        if self._level() != self._shown_level:
            self._shown_level = self._level()
            self._on_pixels("A")
            return
        different = options.compare is CompareMode.DIFFERENCE
        self.slot_bar.show_gain(options.gain if different else None, options.false_color)
        self._show_inspected()
        self.view_bar.set_parts(self.viewport.parts)
        self.view_bar.set_options(options, self.viewport.shown_role if self.viewport.roles else None)
        for name in KEPT_VIEW:
            self.preferences.view[name] = getattr(options, name)
        self.actions_by_id["sampler"].setChecked(options.sampler is Sampler.NEURAL)
        self.session.shown.spare_decoding(self.viewport.draws_live)
        self._show_hint()

    def _show_hint(self) -> None:
        """What mouse and keys do in the view under the mouse, with the keys that are held now."""
        view = self._view_of(self._under) or self._view_of(self._main_view()) or HOME
        if not self._held and not self.document.materials and view != LAB:
            view = HOME
        enabled = [name for name, action in self.actions_by_id.items() if action.isEnabled()] if self._held else ()
        wiping = self._compressing is not None and self.viewport.comparison.mode is CompareMode.WIPE
        self._hint.setText(view_keys.hint(view, frozenset(self._held), enabled, wiping=wiping))

    def _hold(self, event: QEvent, *names: str) -> None:
        """Take note of one of the keys ``names`` that is pressed or let go."""
        if not isinstance(event, QKeyEvent) or event.isAutoRepeat():
            return
        keys = {**view_keys.HELD, view_keys.SPACE: Qt.Key.Key_Space}
        for name in names:
            if event.key() == keys[name] and event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                before = set(self._held)
                (self._held.add if event.type() == QEvent.Type.KeyPress else self._held.discard)(name)
                if self._held != before:
                    self._show_hint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Keys that are only held reach the window from wherever the keyboard is: nobody takes them.
        self._hold(event, *view_keys.HELD)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._hold(event, *view_keys.HELD)
        super().keyReleaseEvent(event)

    def _point_at(self, widget: QObject, event: QEvent) -> None:
        """Take note of the view that the mouse comes to or leaves."""
        if event.type() == QEvent.Type.Enter and isinstance(widget, QWidget):
            self._under = widget
            self._show_hint()
        elif event.type() == QEvent.Type.Leave and self._under is widget:
            self._under = None
            self._show_hint()

    def _show_inspected(self) -> None:
        component = self.viewport.options.component
        channel = "rgb".index(component) if component and component in "rgb" else None
        self.inspect.show_maps(self.viewport.shown_role, channel, self.viewport.maps("a"), self.viewport.maps("b"))

    def _on_pixel(self, reading: PixelReading | None) -> None:
        if reading is not None:
            self.inspect.show_pixel(reading)
        self.inspector.setText(presenting.pixel_text(reading) if reading is not None else "")

    def _update_actions(self) -> None:
        document, act = self.document, self.actions_by_id
        current, active = document.current, self.document.active_run()
        ready = current is not None and current.state is not MaterialState.UNDECIDED
        result = self.document.result_run()
        own = [run for run in document.runs_of(current.key if current else None) if run.state.active]
        act["start"].setEnabled(ready)
        act["start"].setText(tr("Start") if not own else tr("Queue another run"))
        resumable = self.document.resumable_run()
        if resumable is not None and not own:
            act["start"].setText(tr("Resume") if resumable.checkpointed else tr("Start again"))
        act["start_all"].setEnabled(len(document.materials) > 1)
        running = active is not None and active.state in (RunState.RUNNING, RunState.PAUSED)
        act["pause"].setEnabled(running)
        act["pause"].setText(tr("Resume") if active is not None and active.state is RunState.PAUSED else tr("Pause"))
        act["stop"].setEnabled(running and active is not None and active.baseline is None)
        act["discard"].setEnabled(active is not None and active.state is not RunState.DISCARDING)
        act["cancel_waiting"].setEnabled(bool(self.session.compute.waiting))
        act["save_as"].setEnabled(result is not None)
        container_open = current is not None and current.plan is None
        act["decode"].setEnabled(result is not None or container_open)
        again = self.session.exports.again()
        last = tr(TARGETS[again[0]].title) if again is not None else ""
        act["export"].setText(tr("Export again: {target}").format(target=last) if last else tr("Export…"))
        act["export"].setEnabled(current is not None or result is not None)
        self.export_menu.setEnabled(current is not None or result is not None)
        act["close_material"].setEnabled(current is not None)
        act["locate_files"].setEnabled(current is not None and bool(current.missing))
        act["use_again"].setEnabled(self._reusable() is not None)
        original = ready and current is not None and not isinstance(current.source, ContainerSource)
        act["baseline"].setEnabled(original)
        act["curve"].setEnabled(original)
        for action in self.baseline_menu.actions():
            baseline = BASELINES[action.data()]
            bits = _bits_per_texel(baseline, current) if current is not None else 0.0
            size = tr("{bits:.4g} bits/texel").format(bits=bits)
            action.setText(f"{tr(baseline.title)}   {size}" if bits else tr(baseline.title))
            action.setEnabled(original)
        act["copy_command"].setEnabled(ready)
        self._update_undo()
        beside = self.workspaces.current == COMPRESS
        act["hide_panels"].setEnabled(beside)
        act["reset_layout"].setEnabled(beside)
        if self._compressing is not None:
            for dock in self.docks.values():
                dock.toggleViewAction().setEnabled(beside)
            self.panel.export.setEnabled(current is not None or result is not None)
            self.rates.measure.setEnabled(original)
            self.add_baseline.setEnabled(original)
            flat = self.viewport.options.mode is ViewMode.PICTURE
            for name in ("component_r", "component_g", "component_b", "component_a"):
                act[name].setEnabled(flat)
        self._show_hint()

    def _update_undo(self) -> None:
        """The menu names what would be undone."""
        stack = self._undo_stack()
        for name, word, named, can, what in (
            ("undo", tr("Undo"), tr("Undo: {change}"), stack and stack.canUndo(), stack and stack.undoText()),
            ("redo", tr("Redo"), tr("Redo: {change}"), stack and stack.canRedo(), stack and stack.redoText()),
        ):
            short = self.fontMetrics().elidedText(what or "", Qt.TextElideMode.ElideMiddle, 360).replace("&", "&&")
            action = self.actions_by_id[name]
            action.setText(named.format(change=short) if can and short else word)
            action.setEnabled(bool(can))

    # --- runs -----------------------------------------------------------------------------------------------

    def _complete(self) -> bool:
        """Whether the settings can be used as they stand in the fields."""
        if self._compressing is None or self.panel.complete():
            return True
        self._go(COMPRESS)
        self._show_dock("compress")
        self.panel.complete()
        self.toasts.show(self.panel.form.problem, "warn")
        return False

    def _start(self) -> None:
        if not self._complete():
            return
        resumable = self.document.resumable_run()
        current = self.document.current
        own = [run for run in self.document.runs_of(current.key if current else None) if run.state.active]
        if resumable is not None and not own:
            self.session.runs.resume_interrupted(resumable)
        elif current is not None:
            self.session.runs.start(current)

    def _start_all(self) -> None:
        if self._complete():
            self.session.runs.start_all(self.document.materials)

    def _add_baseline(self, name: str) -> None:
        current = self.document.current
        if current is not None:
            self.session.runs.add_baseline(current, name)

    def _measure_curve(self) -> None:
        current = self.document.current
        if current is not None and self._complete():
            self.session.runs.start_curve(current)
            self._show_dock("rates")

    def _show_baseline_menu(self) -> None:
        self._show_dock("runs")
        self.baseline_menu.popup(self.add_baseline.mapToGlobal(self.add_baseline.rect().bottomLeft()))

    def _pause(self) -> None:
        run = self.document.active_run()
        if run is not None:
            (self.session.runs.resume if run.state is RunState.PAUSED else self.session.runs.pause)(run)
            self._show_changed_runs()

    def _with_active(self, act: Callable[[Run], None]) -> None:
        run = self.document.active_run()
        if run is not None:
            act(run)
            # What somebody did is seen at once.
            self._show_changed_runs()

    def _show_run_in(self, key: int, side: str) -> None:
        run = self.document.run(key)
        if run is not None:
            self.document.show_run(run, side)

    def _show_number_in(self, number: int, side: str) -> None:
        """``number``: the place among the runs of the material that is looked at, the newest first, as the table has
        them."""
        current = self.document.current
        runs = self.document.runs_of(current.key if current is not None else None)
        if number <= len(runs):
            self._show_run_in(runs[-number].key, side)

    def _remove_run(self, key: int) -> None:
        run = self.document.run(key)
        if run is not None:
            self.session.runs.remove(run)

    def _reusable(self) -> Run | None:
        """The run whose settings can be used again: the one in B, else the chosen one; a baseline has none."""
        run = self.document.run(self.document.slots["B"])
        if run is None and self._compressing is not None:
            run = self.document.run(self.runs.current_key)
        return run if run is not None and run.baseline is None else None

    def _use_again(self) -> None:
        run = self._reusable()
        if run is not None:
            self.session.change_settings(run.settings)
            text = tr("The settings of run {number} are used again.").format(number=run.number)
            self.toasts.show(text, "info", [(tr("Undo"), self.session.undo.undo)])

    def _copy_command(self) -> None:
        current = self.document.current
        if current is not None:
            folder = Path(self.preferences.export_folders.get("texloom", str(Path.home())))
            try:
                text = command_line(current, self.document.settings, folder / "texloom-out")
            except OutputError as error:
                self.session.desk.tell_error(error)
                return
            QApplication.clipboard().setText(text)
            self.toasts.show(tr("The command line is in the clipboard."))

    # --- menus of places ------------------------------------------------------------------------------------

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for text in self.preferences.recent:
            path = Path(text)
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 420)
            action = self._recent_menu.addAction(shown.replace("&", "&&"))
            action.setEnabled(path.exists())
            action.triggered.connect(lambda _=False, p=path: self.session.materials.open([p]))
        if not self.preferences.recent:
            self._recent_menu.addAction(tr("Nothing opened yet")).setEnabled(False)

    def _begin_rename(self) -> None:
        key = self.runs.current_key or self.document.slots["B"]
        if key and self.document.run(key) is not None:
            self._show_dock("runs")
            self.runs.rename(key)

    def _rename_run(self, key: int, name: str) -> None:
        run = self.document.run(key)
        if run is not None:
            self.session.rename_run(run, name)

    # --- projects and options ---------------------------------------------------------------------------------

    def _open(self, inputs: list[Path]) -> None:
        """What was dropped or given: a project, or materials for the one that is open."""
        projects = [path for path in inputs if path.suffix.lower() == PROJECT_SUFFIX]
        if projects:
            self.session.projects.open(projects[0])
        rest = [path for path in inputs if path not in projects]
        if rest:
            self.session.materials.open(rest)

    def _open_project(self) -> None:
        start = str(Path.home())
        pattern = tr("Texloom projects ({patterns})").format(patterns=f"*{PROJECT_SUFFIX}")
        file, _ = QFileDialog.getOpenFileName(self, tr("Open a project"), start, pattern)
        if file:
            self.session.projects.open(Path(file))

    def _save_project(self) -> None:
        projects = self.session.projects
        current = self.document.current
        name = projects.title if not projects.untitled else current.name if current is not None else tr("Project")
        folder = Path.home() if projects.untitled else projects.path.parent
        pattern = tr("Texloom projects ({patterns})").format(patterns=f"*{PROJECT_SUFFIX}")
        file, _ = QFileDialog.getSaveFileName(
            self, tr("Save the project"), str(folder / f"{name}{PROJECT_SUFFIX}"), pattern
        )
        if file and projects.save_as(Path(file)):
            text = tr("The project is kept in {file} from now on.").format(file=projects.path.name)
            self.toasts.show(text, "good")

    def _forget_project(self, path: Path) -> None:
        self.session.projects.forget(path)
        self._show_home()

    def _queue_folder(self) -> None:
        if not self._complete():
            return
        start = str(Path(self.preferences.recent[0]).parent) if self.preferences.recent else ""
        folder = QFileDialog.getExistingDirectory(self, tr("Compress every texture set below a folder"), start)
        if folder:
            self.session.materials.open([Path(folder)], then=self.session.runs.start_all)
            self._show_dock("queue")

    def _watch_folder(self) -> None:
        watching = self.session.watching
        if watching.folders:
            watching.set_folders([])
            self.toasts.show(tr("No folder is watched any more."))
        else:
            folder = QFileDialog.getExistingDirectory(self, tr("Open what is put into a folder from now on"), "")
            if folder:
                watching.set_folders([Path(folder)])
                text = tr("Materials that are put into {folder} are opened from now on.")
                self.toasts.show(text.format(folder=Path(folder).name))
        self.actions_by_id["watch_folder"].setChecked(bool(watching.folders))

    def _show_preferences(self) -> None:
        def make() -> SettingsDialog:
            dialog = SettingsDialog(tr("Preferences"), self.options, self)
            dialog.changed.connect(self._set_options)
            return dialog

        self._open_dialog("preferences", make)

    def _open_dialog(self, name: str, make: Callable[[], QDialog]) -> None:
        """The one that is open already comes to the front."""
        dialog = self._dialogs.get(name)
        if dialog is None:
            dialog = self._dialogs[name] = make()
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(lambda _: self._dialogs.pop(name, None))
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _set_options(self, options: Options) -> None:
        self.options = options
        self.preferences.options = to_dict(options)
        self._apply_options()
        self._save_preferences()

    def _apply_options(self) -> None:
        self.session.watching.follow_files = self.options.follow_files
        self.session.runs.hold_after_restart = self.options.hold_queue
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.set_scale(app, self.options.text_size)
            if self._compressing is not None:
                self.layout_of_docks.follow_scale()

    def _save_preferences(self) -> None:
        preferences.save(self.preferences, self._config)

    # --- files ----------------------------------------------------------------------------------------------

    def _open_folder(self) -> None:
        start = str(Path(self.preferences.recent[0]).parent) if self.preferences.recent else ""
        folder = QFileDialog.getExistingDirectory(self, tr("Open a folder with texture sets"), start)
        if folder:
            self.session.materials.open([Path(folder)])

    def _open_files(self) -> None:
        start = str(Path(self.preferences.recent[0]).parent) if self.preferences.recent else ""
        patterns = " ".join(f"*{suffix}" for suffix in (*sorted(IMAGE_SUFFIXES), ".texloom"))
        files, _ = QFileDialog.getOpenFileNames(
            self,
            tr("Open the images of one set, or .texloom files"),
            start,
            _or_all(tr("Maps and neural textures ({patterns})").format(patterns=patterns)),
        )
        if files:
            self.session.materials.open([Path(file) for file in files])

    def _locate(self, material: Material | None) -> None:
        """Ask where the files of a material are now; the nearest folder that is still there is offered."""
        if material is None or not material.missing:
            return
        start = next(iter(moved.nearest_folder(material.missing[:1])), Path.home())
        title = tr("Where are the files of {material}?").format(material=material.name)
        folder = QFileDialog.getExistingDirectory(self, title, str(start))
        if folder:
            self.session.materials.locate(material, Path(folder))

    def _open_mesh(self) -> None:
        kinds = _or_all(tr("Meshes ({patterns})").format(patterns="*.gltf *.glb *.obj"))
        file, _ = QFileDialog.getOpenFileName(self, tr("Open a mesh"), "", kinds)
        if file:
            self.viewport.set_options(mode="3d", shape=file)

    def _open_panorama(self) -> None:
        kinds = _or_all(tr("Panoramas ({patterns})").format(patterns="*.hdr *.exr"))
        file, _ = QFileDialog.getOpenFileName(self, tr("Open a panorama"), "", kinds)
        if file:
            self.viewport.set_environment(Path(file))
        self._on_view_options(self.viewport.options)

    def _save_as(self) -> None:
        run = self.document.result_run()
        if run is None:
            return
        start = self.preferences.export_folders.get("texloom", str(Path.home()))
        name = f"{run.material_name}.texloom"
        file, _ = QFileDialog.getSaveFileName(
            self, tr("Save as .texloom"), str(Path(start) / name), "Texloom (*.texloom)"
        )
        if file:
            self.preferences.export_folders["texloom"] = str(Path(file).parent)
            self.session.exports.save_as(run, Path(file))

    def _export(self, target: str) -> None:
        """Ask what the export shall be; nothing is written before that."""
        found = self._exportable(target)
        if found is None:
            return
        material, run = found
        name = material.name if material is not None else run.material_name if run is not None else "material"
        done = [m for m in self.document.materials if self.document.newest_result(m.key) is not None]
        others = len([m for m in done if m is not material])
        asked = f"export {target} {name} {others}"
        # One question at a time: an export is of what is looked at when it is answered.
        for open_name, dialog in tuple(self._dialogs.items()):
            if open_name.startswith("export ") and open_name != asked:
                dialog.close()

        def make() -> ExportDialog:
            dialog = ExportDialog(self.session, target, name, others, self)
            dialog.accepted_with.connect(self._export_with)
            return dialog

        self._open_dialog(asked, make)

    def _export_with(self, target: str, settings: Any, parent: Path, everything: bool) -> None:
        exports = self.session.exports
        exports.remember(target, settings, parent)
        found = self._exportable(target)
        if everything:
            exports.export_all(target, parent)
        elif found is not None:
            exports.export_one(target, *found, parent)
        self._update_actions()

    def _export_again(self) -> None:
        """One click: as last time, to the same place. The first time it is a choice."""
        again = self.session.exports.again()
        if again is None:
            self.panel.export.showMenu()
        elif (found := self._exportable(again[0])) is not None:
            self.session.exports.export_one(again[0], *found, again[1])

    def _exportable(self, target: str) -> tuple[Material | None, Run | None] | None:
        """What an export would write: the material and the run; None, with a message, if there is nothing yet."""
        current, run = self.document.current, self.document.result_run()
        material = self.document.material(run.material_key) if run is not None else current
        fits = TARGETS[target].fits and current is not None
        if run is None and not fits and not (current is not None and current.plan is None and current.neural):
            start = (tr("Start"), lambda: self.actions_by_id["start"].trigger())
            self.toasts.show(tr("There is no finished run to export yet."), "warn", [start])
            return None
        return material or current, run

    def _close_material(self) -> None:
        current = self.document.current
        if current is not None:
            self.session.materials.remove(current.key)

    # --- dropping -------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if any(url.isLocalFile() for url in urls):
            event.acceptProposedAction()
            count = len(urls)
            self._overlay.present(tr("Drop to open") if count == 1 else tr("Drop to open %n item(s)", "", count))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if len(dropped) == 1 and (option := _stage_of(dropped[0])) and self.document.materials:
            self.viewport.set_options(mode="3d", **option)
        elif dropped:
            self._open(dropped)
        self.activateWindow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._point_at(watched, event)
        if watched is self.viewport and isinstance(event, QKeyEvent):
            self._hold(event, view_keys.SPACE)
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and not event.modifiers():
                self._toggle_panels()
                return True
        elif isinstance(watched, Dock):
            if watched.isFloating():
                self._hold(event, *view_keys.HELD)
            # A docked panel passes drags on to the window by itself; a floating one is a window of its own.
            if isinstance(event, QDragEnterEvent) and watched.isFloating():
                self.dragEnterEvent(event)
                self._overlay.hide()
                return event.isAccepted()
            if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop and watched.isFloating():
                self.dropEvent(event)
                return True
            if isinstance(event, QDragEnterEvent):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab does not lead behind the panels that are in front."""
        begin = self.focusWidget()
        while super().focusNextPrevChild(forward):
            now = self.focusWidget()
            if now is None or now is begin or self._compressing is None or not self.layout_of_docks.is_behind(now):
                return True
        return False

    # --- telling --------------------------------------------------------------------------------------------

    def _on_message(self, message: Message) -> None:
        self.toasts.show(message.text, message.severity, message.actions, message.topic)

    def tell_failure(self, text: str) -> None:
        """An error that nobody handled."""
        self.toasts.show(text, "bad", [(tr("Details"), self._show_log), (tr("Copy report"), self._copy_report)])

    def _show_log(self) -> None:
        self._show_dock("log")

    def _show_dock(self, name: str) -> None:
        self._go(COMPRESS)
        self.docks[name].show()
        self.docks[name].raise_()

    def _on_activity(self, job: Job | None, fraction: float) -> None:
        self._exporting = job
        self._cancel_activity.setVisible(job is not None)
        if job is not None:
            self._activity.setText(f"{self._short(job.title)}  {fraction:.0%}")
        else:
            self._show_activity()

    def _show_activity(self) -> None:
        if self._exporting is not None:
            return
        job = self.session.io.running
        self._activity.setText(f"{self._short(job.title)}…" if job is not None else "")

    def _short(self, title: str) -> str:
        """What somebody works at must not push the rest of the line out of the window."""
        return self._activity.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, text_px(ACTIVITY_PX))

    def _on_cancel_activity(self) -> None:
        if self._exporting is not None:
            self._exporting.cancel()

    def _copy_report(self) -> None:
        gl = self.viewport.opengl_problem or "available"
        extra = [f"viewport: OpenGL {gl}", f"processors: {os.cpu_count()}"]
        run = self._looked_at()
        if run is not None:
            extra.append(f"run: {run.state}, {run.settings}, {run.step} steps, {db_text(run.psnr_db)} dB")
        lines = "\n".join(self.log_view.text.splitlines()[-60:])
        QApplication.clipboard().setText(logs.report("\n".join(extra), lines))
        self.toasts.show(tr("The report is in the clipboard."))

    def _view_at(self, place: QPoint) -> str:
        """The view at a place of the screen, as :mod:`app.view_keys` knows it; where there is none, as over the menus,
        the one that has the keyboard, else the largest of the workspace."""
        return (
            self._view_of(QApplication.widgetAt(place))
            or self._view_of(QApplication.focusWidget())
            or self._view_of(self._main_view())
        )

    def _main_view(self) -> QWidget | None:
        if self.workspaces.current == COMPRESS and self._compressing is not None:
            return self.viewport
        return self.centre.currentWidget()

    def _view_of(self, widget: QWidget | None) -> str:
        while widget is not None:
            if isinstance(widget, Dock):
                return widget.objectName() if widget.objectName() in view_keys.VIEWS else ""
            if self._compressing is not None and widget is self._compressing:
                flat = self.viewport.options.mode is ViewMode.PICTURE
                return view_keys.PICTURE if flat else view_keys.MATERIAL
            if widget is self._lab:
                return LAB
            if widget is self.home:
                return HOME
            widget = widget.parentWidget()
        return ""

    def _show_keys(self) -> None:
        panels = [
            (
                tr("Show or hide {panel}").format(panel=dock.windowTitle().lower()),
                dock.toggleViewAction().shortcut().toString(),
            )
            for dock in self.docks.values()
        ]
        first, groups = view_keys.sheet(self._view_at(QCursor.pos()), panels)
        sheet = KeySheet(groups, 4 if self.width() > 1400 else 3, self, first)
        sheet.show()
        sheet.raise_()
        sheet.setFocus()

    def _show_palette(self) -> None:
        offered = list(self.actions_by_id.values()) + [dock.toggleViewAction() for dock in self.docks.values()]
        offered += [action for action in self.export_menu.actions() if self.export_menu.isEnabled()]
        offered += [action for action in self.baseline_menu.actions() if action.isEnabled()]
        shown = [action for action in offered if action.isVisible() and action is not self.actions_by_id["palette"]]
        palette = CommandPalette(shown, self)
        palette.show()
        palette.raise_()
        palette.line.setFocus()

    def _about(self) -> None:
        self.toasts.show(
            tr(
                "Texloom turns PBR texture sets into neural textures. Apache License 2.0; the typeface is Inter "
                "(SIL Open Font License)."
            ),
            "info",
            [(tr("Copy report"), self._copy_report)],
        )

    # --- closing --------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """No question: what runs is interrupted at its checkpoint and can be resumed next time."""
        if self._closed:
            event.accept()
            return
        self._closed = True
        self._devices.cancel()
        self.preferences.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        if self._compressing is not None:
            self.preferences.docks = self.layout_of_docks.state()
        if self._lab is not None:
            # Settings that its tour has put in are not the user's.
            self._lab.guide.end()
        preferences.save(self.preferences, self._config)
        # The undo stack tells of its end, when half of the window is gone already.
        self.session.undo.blockSignals(True)
        if self._lab is not None:
            self._lab.session.undo.blockSignals(True)
        # The window goes at once; what is left to do needs no screen.
        self.hide()
        self._announcer.close()
        lab_ended = self._lab is None or self._lab.shutdown()
        self.ended_cleanly = self.session.shutdown(CLOSE_LIMIT_S) and lab_ended
        self.logs.close()
        event.accept()

    ended_cleanly = True
    """Whether every thread had ended when the window closed."""


def _lab_settings(values: dict[str, Any]) -> LabSettings:
    from core.coordinate.settings import LabSettings

    try:
        return from_dict(LabSettings, values)
    except InputError as error:
        log.warning("Stored settings of the lab were ignored: %s", error)
        return LabSettings()


def _look_for_devices(tell: Tell) -> None:
    tell(devices.look())


def _stage_of(path: Path) -> dict[str, Any]:
    """The view option that a dropped file is: a mesh to show the material on, or a panorama to light it with."""
    from renderers.environment import is_panorama
    from renderers.meshes import MESH_SUFFIXES

    if path.suffix.lower() in MESH_SUFFIXES:
        return {"shape": str(path)}
    return {"environment": path} if is_panorama(path) else {}


def _or_all(kind: str) -> str:
    """The filter of a file dialog that offers all files as well."""
    return ";;".join((kind, tr("All files (*)")))


def _as_maps(pixels: TextureSet | dict[Role, Any] | None) -> dict[Role, Any] | None:
    if pixels is None or isinstance(pixels, dict):
        return pixels
    return {role: texture_map.pixels for role, texture_map in pixels.by_role.items()}


def _bits_per_texel(baseline: Baseline, material: Material) -> float:
    from core.codec.baselines import bits_per_texel

    return bits_per_texel(baseline, material.roles)


def open_in_file_manager(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
