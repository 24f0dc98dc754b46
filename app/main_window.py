"""The window: puts the pieces together and passes what the user does to the session."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app import actions, logs, paths, preferences
from app.compress_panel import CompressPanel
from app.desk import Message
from app.document import ORIGINAL, Material, MaterialState, Run, RunState
from app.exports import FITTING_TARGETS
from app.job_runner import Job
from app.preferences import Preferences
from app.runs import CompressJob
from app.session import Session
from app.sources import ContainerSource
from core.codec.baseline_sets import BASELINES
from core.codec.baselines import bits_per_texel
from core.codec.settings import CompressSettings
from core.exporters import TARGETS
from core.jobs import describe
from core.textures.images import IMAGE_SUFFIXES
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import ROLE_INFO
from core.textures.samples import SAMPLE_NAMES
from renderers.comparison import CompareMode
from renderers.environment import is_panorama
from renderers.meshes import MESH_SUFFIXES
from widgets.command_palette import CommandPalette
from widgets.controls import ElidedLabel, bare, button, tool
from widgets.dock import Dock
from widgets.drop_area import DropOverlay, EmptyState
from widgets.icons import application_icon
from widgets.inspect_panel import InspectPanel
from widgets.key_sheet import KeySheet
from widgets.log_view import LogView
from widgets.material_list import MaterialList, MaterialRow
from widgets.runs_table import RunRow, RunsTable
from widgets.toast import ToastStack
from widgets.training_panel import TrainingPanel, TrainingView
from widgets.units import db_text, size_text
from widgets.view_bar import SlotBar, ViewBar
from widgets.viewport import MaterialViewport
from widgets.viewport_options import PixelReading, Sampler, ViewMode

log = logging.getLogger(__name__)

CLOSE_LIMIT_S = 15.0
"""So long a job may take to end when the window is closed; loading the compute library can't be interrupted."""
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

RUN_WORDS = {
    RunState.WAITING: ("Waiting", ""),
    RunState.RUNNING: ("Training", "active"),
    RunState.PAUSED: ("Paused", "warn"),
    RunState.STOPPING: ("Finishing", "active"),
    RunState.DISCARDING: ("Discarding", ""),
    RunState.DONE: ("Done", "good"),
    RunState.KEPT: ("Kept early", "good"),
    RunState.FAILED: ("Failed", "bad"),
    RunState.RESUMABLE: ("Resumable", "warn"),
    RunState.INTERRUPTED: ("Interrupted", "warn"),
}


def state_words(run: Run) -> tuple[str, str]:
    """What a run does, in a word, and the look of it."""
    word, look = RUN_WORDS[run.state]
    return ("Encoding" if run.baseline is not None and run.state is RunState.RUNNING else word), look


class MainWindow(QMainWindow):
    """One per process. ``start`` is called after it is shown."""

    def __init__(self, config: Path | None = None, compress: CompressJob | None = None) -> None:
        """``config``: the folder of the preferences. ``compress``: the job behind Start, if not the codec's."""
        super().__init__()
        self.setWindowTitle("Texloom")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks)
        self._config = (config or paths.config_folder()) / PREFERENCES_FILE
        self.preferences: Preferences = preferences.load(self._config)
        self.session = Session(self.preferences, self, compress=compress)
        self.document = self.session.document
        self.logs = logs.LogBridge(self)
        self._hidden_docks: list[Dock] | None = None
        self._closed = False
        self._overlay = DropOverlay(self)

        self._shown_level = 0
        self.actions_by_id = actions.make(self, self._handlers())
        self.viewport = MaterialViewport()
        self.viewport.installEventFilter(self)
        self._build_centre()
        self.toasts = ToastStack(self, self.centre)
        self._build_docks()
        self._build_menus()
        self._build_status()
        self._bind()
        self._restore()
        self._refresh_all()

    def start(self, inputs: list[Path]) -> None:
        """Take up earlier runs, and open ``inputs`` or, without any, the built-in sample."""
        self.session.runs.restore()
        if inputs:
            self.session.materials.open(inputs)
        elif not self.document.materials:
            self.session.materials.open_sample(SAMPLE_NAMES[0])

    # --- building -------------------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        self.view_bar = ViewBar([self.actions_by_id["fit"], self.actions_by_id["one_to_one"]])
        self.slot_bar = SlotBar()
        self.empty = EmptyState()
        page = QWidget()
        column = bare(QVBoxLayout(page))
        column.addWidget(self.view_bar)
        column.addWidget(self.slot_bar)
        column.addWidget(self.viewport, 1)
        self.centre = QStackedWidget()
        self.centre.addWidget(self.empty)
        self.centre.addWidget(page)
        self.setCentralWidget(self.centre)

    def _build_docks(self) -> None:
        self.material_list = MaterialList()
        self.panel = CompressPanel(self.session, self.actions_by_id)
        self.training = TrainingPanel()
        self.runs = RunsTable()
        self.log_view = LogView()
        self.inspect = InspectPanel()
        add = tool("plus", "Add materials")
        menu = QMenu(add)
        for name in ("open_folder", "open_files"):
            menu.addAction(self.actions_by_id[name])
        self._sample_menu(menu)
        add.setMenu(menu)
        add.setPopupMode(add.ToolButtonPopupMode.InstantPopup)
        self.add_baseline = tool("plus", self.actions_by_id["baseline"].toolTip())
        self.add_baseline.setMenu(self._make_baseline_menu())
        self.add_baseline.setPopupMode(self.add_baseline.ToolButtonPopupMode.InstantPopup)
        holder = QWidget()
        holder.setObjectName("well")
        holder.setMinimumWidth(176)
        bare(QVBoxLayout(holder), 0, (0, 4, 0, 4)).addWidget(self.material_list)
        left, right, bottom = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        self.docks = {
            "materials": Dock("materials", "Materials", holder, [add]),
            "compress": Dock("compress", "Compress", self.panel),
            "training": Dock("training", "Training", self.training),
            "runs": Dock("runs", "Runs", self.runs, [self.add_baseline]),
            "log": Dock("log", "Log", self.log_view),
            "inspect": Dock("inspect", "Inspect", self.inspect),
        }
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.addDockWidget(left, self.docks["materials"])
        self.addDockWidget(right, self.docks["compress"])
        self.addDockWidget(bottom, self.docks["training"])
        self.addDockWidget(bottom, self.docks["runs"])
        self.addDockWidget(bottom, self.docks["log"])
        self.addDockWidget(right, self.docks["inspect"])
        for dock in self.docks.values():
            # Floating panels are windows of their own: they take drops as well.
            dock.setAcceptDrops(True)
            dock.installEventFilter(self)

    def _make_baseline_menu(self) -> QMenu:
        self.baseline_menu = QMenu(self)
        self.baseline_menu.setToolTipsVisible(True)
        for name in OFFERED_BASELINES:
            baseline = BASELINES[name]
            action = self.baseline_menu.addAction(baseline.title)
            action.setData(name)
            action.setToolTip(baseline.sentence)
            action.setStatusTip(baseline.sentence)
            action.triggered.connect(lambda _=False, name=name: self._add_baseline(name))
        return self.baseline_menu

    def _default_layout(self) -> None:
        left, right, bottom = (
            Qt.DockWidgetArea.LeftDockWidgetArea,
            Qt.DockWidgetArea.RightDockWidgetArea,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        for name, area in (
            ("materials", left),
            ("compress", right),
            ("training", bottom),
            ("runs", bottom),
            ("log", bottom),
            ("inspect", right),
        ):
            dock = self.docks[name]
            dock.setFloating(False)
            self.addDockWidget(area, dock)
            dock.setVisible(name != "log")
        self.splitDockWidget(self.docks["training"], self.docks["runs"], Qt.Orientation.Horizontal)
        self.tabifyDockWidget(self.docks["compress"], self.docks["inspect"])
        self.docks["compress"].raise_()
        self.tabifyDockWidget(self.docks["runs"], self.docks["log"])
        self.docks["runs"].raise_()
        self._size_docks()

    def _size_docks(self) -> None:
        """Sizes by the window's: the picture stays the largest thing."""
        width, height = self.width(), self.height()
        side = Qt.Orientation.Horizontal
        self.resizeDocks(
            [self.docks["materials"], self.docks["compress"]],
            [round(min(260, max(180, width * 0.13))), round(min(440, max(344, width * 0.235)))],
            side,
        )
        centre = width - 600
        self.resizeDocks([self.docks["training"], self.docks["runs"]], [centre // 2, centre // 2], side)
        tall = round(min(320, max(170, height * 0.24)))
        self.resizeDocks([self.docks["training"], self.docks["runs"]], [tall, tall], Qt.Orientation.Vertical)

    def _build_menus(self) -> None:
        bar = self.menuBar()
        menus = {name: bar.addMenu(name) for name in actions.MENUS}
        for spec in actions.ACTIONS:
            menu = menus[spec.menu]
            if spec.separated:
                menu.addSeparator()
            if spec.id == "baseline":
                submenu = menu.addMenu(self.actions_by_id[spec.id].icon(), "Add baseline")
                submenu.addActions(self.baseline_menu.actions())
                continue
            if spec.id == "export":
                self.export_menu = menu.addMenu(self.actions_by_id["export"].icon(), "Export")
                menu.addAction(self.actions_by_id["export"])
                self.actions_by_id["export"].setVisible(False)
                continue
            menu.addAction(self.actions_by_id[spec.id])
            if spec.id == "open_files":
                self._recent_menu = menu.addMenu("Open recent")
                self._recent_menu.aboutToShow.connect(self._fill_recent)
                self._sample_menu(menu)
        window = menus["Window"]
        window.addSeparator()
        for number, dock in enumerate(self.docks.values(), 1):
            toggle = dock.toggleViewAction()
            toggle.setShortcut(QKeySequence(f"Alt+{number}"))
            toggle.setStatusTip(f"Show or hide {dock.windowTitle().lower()}")
            window.addAction(toggle)
        for target in TARGETS.values():
            for menu in (self.export_menu, self.panel.export_menu):
                action = menu.addAction(target.title)
                action.setToolTip(target.sentence)
                action.setStatusTip(target.sentence)
                action.triggered.connect(lambda _=False, name=target.name: self._export(name))
        self.panel.export_menu.setToolTipsVisible(True)
        # The binding does not hand the corner widget over to the menu bar: the reference keeps it alive.
        self._search = button("Search actions", "flat", "search", self.actions_by_id["palette"].toolTip())
        self._search.clicked.connect(self._show_palette)
        bar.setCornerWidget(self._search, Qt.Corner.TopRightCorner)

    def _sample_menu(self, menu: QMenu) -> None:
        samples = menu.addMenu("Samples")
        for name in SAMPLE_NAMES:
            action = samples.addAction(name.replace("_", " ").capitalize())
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
        self._cancel_activity = button("Cancel", "link")
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
        session.shown.changed.connect(self._on_pixels)
        session.desk.folder_wanted.connect(open_in_file_manager)
        session.desk.details_wanted.connect(self._show_log)
        session.desk.busy_changed.connect(self._show_activity)
        session.exports.activity.connect(self._on_activity)
        document.materials_changed.connect(self._refresh_all)
        document.material_changed.connect(self._on_material_changed)
        document.current_changed.connect(self._refresh_all)
        document.runs_changed.connect(self._refresh_all)
        document.run_changed.connect(self._on_run_changed)
        document.slots_changed.connect(self._show_slots)
        self.logs.entry.connect(self.log_view.add)
        self.log_view.copy_report.connect(self._copy_report)
        self.log_view.open_folder.connect(lambda: open_in_file_manager(paths.log_folder()))
        self.material_list.chosen.connect(document.set_current)
        self.material_list.removed.connect(session.materials.remove)
        self.material_list.menu_wanted.connect(self._material_menu)
        self.runs.show_in.connect(self._show_run_in)
        self.runs.current_changed.connect(lambda _: self._show_training())
        self.runs.menu_wanted.connect(self._run_menu)
        self.runs.removed.connect(self._remove_run)
        self.slot_bar.list_wanted.connect(self._fill_slot_menu)
        self.slot_bar.run_dropped.connect(lambda side, key: self._show_run_in(key, side))
        self.view_bar.wanted.connect(lambda name, value: self.viewport.set_options(**{name: value}))
        self.slot_bar.gain_wanted.connect(self.viewport.set_difference_gain)
        self.slot_bar.false_color_wanted.connect(lambda on: self.viewport.set_options(false_color=on))
        self.inspect.spot_chosen.connect(self.viewport.look_at)
        self.view_bar.panorama_wanted.connect(self._open_panorama)
        self.viewport.optionsChanged.connect(self._on_view_options)
        self.viewport.pixelInspected.connect(self._on_pixel)
        self.viewport.problem.connect(lambda text: self.toasts.show(text, "warn"))
        self.empty.open_folder.connect(self._open_folder)
        self.empty.open_files.connect(self._open_files)
        self.empty.open_sample.connect(lambda: session.materials.open_sample(SAMPLE_NAMES[0]))
        self.panel.rate.mode_changed.connect(lambda mode: self.preferences.view.__setitem__("rate_mode", mode))
        session.undo.canUndoChanged.connect(lambda _: self._update_actions())
        session.undo.canRedoChanged.connect(lambda _: self._update_actions())
        session.undo.indexChanged.connect(lambda _: self._update_actions())
        for number in range(1, 10):
            for keys, side in ((f"{number}", "B"), (f"Shift+{number}", "A")):
                shortcut = QShortcut(QKeySequence(keys), self)
                shortcut.activated.connect(lambda n=number, s=side: self._show_number_in(n, s))

    def _handlers(self) -> dict[str, Callable[[], object]]:
        def view(name: str, *args: Any) -> Callable[[], object]:
            return lambda: getattr(self.viewport, name)(*args)

        def compare(mode: str) -> Callable[[], object]:
            return lambda: self.viewport.set_compare(mode)

        return {
            "open_folder": self._open_folder,
            "open_files": self._open_files,
            "save_as": self._save_as,
            "export": lambda: self.panel.export.showMenu(),
            "decode": lambda: self._export("images"),
            "close_material": self._close_material,
            "quit": self.close,
            "undo": lambda: self.session.undo.undo(),
            "redo": lambda: self.session.undo.redo(),
            "use_again": self._use_again,
            "copy_command": self._copy_command,
            "start": self._start,
            "start_all": self._start_all,
            "pause": self._pause,
            "stop": lambda: self._with_active(self.session.runs.stop_and_keep),
            "discard": lambda: self._with_active(self.session.runs.discard),
            "baseline": self._show_baseline_menu,
            "cancel_waiting": lambda: self.session.compute.cancel_waiting(),
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
            "next_panel": self._next_panel,
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
        if not kept.docks or not self.restoreState(QByteArray.fromBase64(kept.docks.encode())):
            self._default_layout()
            # Sizes hold only once the layout knows the window's size.
            QTimer.singleShot(0, self, self._size_docks)
        self.panel.set_rate_mode(str(kept.view.get("rate_mode", "")))
        known = {name: kept.view[name] for name in KEPT_VIEW if name in kept.view}
        try:
            self.viewport.set_options(**known)
        except (TypeError, ValueError) as error:
            log.warning("The stored view was ignored: %s", error)
        self._on_view_options(self.viewport.options)

    def _first_size(self) -> QSize:
        screen = self.screen().availableGeometry()
        return QSize(min(1680, round(screen.width() * 0.94)), min(1050, round(screen.height() * 0.92)))

    def _reset_layout(self) -> None:
        self._hidden_docks = None
        self.actions_by_id["hide_panels"].setChecked(False)
        self._default_layout()

    def _switch_mode(self) -> None:
        flat = self.viewport.options.mode is ViewMode.PICTURE
        self.viewport.set_mode(ViewMode.MATERIAL if flat else ViewMode.PICTURE)

    def _toggle_sampler(self) -> None:
        self.viewport.toggle_sampler()
        self._on_view_options(self.viewport.options)

    def _toggle_panels(self) -> None:
        """Leave only the viewport, and back."""
        if self._hidden_docks is None:
            self._hidden_docks = [dock for dock in self.docks.values() if dock.isVisible()]
            for dock in self._hidden_docks:
                dock.hide()
        else:
            for dock in self._hidden_docks:
                dock.show()
            self._hidden_docks = None
        self.actions_by_id["hide_panels"].setChecked(self._hidden_docks is not None)

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
        self.actions_by_id["full_screen"].setChecked(self.isFullScreen())

    def _next_panel(self) -> None:
        """The keyboard's way around: each part of the window once, then from the start."""
        stops: list[QWidget] = [self.viewport if self.document.materials else self.empty]
        stops += [dock.widget() for dock in self.docks.values() if dock.isVisible()]
        focus = QApplication.focusWidget()
        at = next(
            (i for i, stop in enumerate(stops) if focus is not None and (stop is focus or stop.isAncestorOf(focus))), -1
        )
        for step in range(1, len(stops) + 1):
            target = stops[(at + step) % len(stops)]
            inside = target if target.focusPolicy() & Qt.FocusPolicy.TabFocus else _first_focus(target)
            if inside is not None:
                inside.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # --- showing what is ------------------------------------------------------------------------------------

    def _refresh_all(self) -> None:
        self.centre.setCurrentIndex(1 if self.document.materials else 0)
        self._show_materials()
        self._show_runs()
        self._show_slots()
        self._show_training()
        self._update_actions()

    def _on_material_changed(self, material: Material) -> None:
        self._show_materials()
        self._update_actions()

    def _on_run_changed(self, run: Run) -> None:
        self._show_materials()
        self._show_runs()
        self._show_training()
        self._show_labels()
        self._update_actions()

    def _show_materials(self) -> None:
        current = self.document.current
        rows = [self._material_row(material) for material in self.document.materials]
        self.material_list.set_rows(rows, current.key if current else None)
        self.setWindowTitle(f"{current.name} – Texloom" if current else "Texloom")

    def _material_row(self, material: Material) -> MaterialRow:
        run = self.document.latest_run(material.key)
        state, look, fraction = "Ready", "", None
        if material.state is MaterialState.READING and not material.width:
            state = "Reading…"
        elif material.state is MaterialState.UNDECIDED:
            state, look = "Needs a look", "warn"
        elif run is not None and run.state.active:
            word, look = state_words(run)
            known = f"  {db_text(run.psnr_db)} dB" if run.psnr_db is not None else ""
            state, fraction = word + known, run.fraction if run.state is not RunState.WAITING else None
        elif run is not None and run.record.psnr_db is not None:
            size = f"  ·  {size_text(run.record.bytes)}" if run.record.bytes else ""
            state, look = f"{db_text(run.record.psnr_db)} dB{size}", "good"
        elif (
            material.plan is not None
            and material.plan.normal_convention is NormalConvention.UNKNOWN
            and any("normal" in file.roles for file in material.plan.used_files)
        ):
            state, look = "Normal map: OpenGL or DirectX?", "warn"
        tip = material.name
        if material.plan is not None:
            tip += f"\n{material.plan.folder}"
        if material.problem:
            tip += f"\n{material.problem}"
        return MaterialRow(material.key, material.name, state, look, fraction, material.thumbnail, tip)

    def _show_runs(self) -> None:
        rows = []
        for run in reversed(self.document.runs):
            word, look = state_words(run)
            record = run.record
            slots = "".join(side for side, key in self.document.slots.items() if key == run.key)
            tip = f"{record.material}: {record.error or ', '.join(run.notices) or word}\n{run.folder}"
            if run.baseline is not None:
                tip = f"{run.title} of {tip}\n{run.baseline.sentence}"
                # Which one it is says more than that it is done; the colour tells that.
                word = word if run.state in (RunState.FAILED, RunState.INTERRUPTED) else run.title
            rows.append(
                RunRow(
                    run.key,
                    run.number,
                    record.material,
                    word,
                    look,
                    _rate(run),
                    record.psnr_db if run.state.has_result else run.psnr_db,
                    record.seconds if run.state.has_result else run.elapsed_s or None,
                    record.bytes if run.state.has_result else run.predicted_bytes,
                    slots,
                    tip,
                )
            )
        self.runs.set_rows(rows)

    def _looked_at(self) -> Run | None:
        """The run whose curve is shown: the one that trains, else the one in B, else the chosen one."""
        shown = self.document.run(self.document.slots["B"])
        if shown is not None:
            return shown
        active = self._active_run()
        if active is not None:
            return active
        return self.document.run(self.runs.current_key)

    def _show_training(self) -> None:
        run = self._looked_at()
        if run is None:
            self.training.show_nothing()
            return
        word, look = state_words(run)
        settings, record = run.settings, run.record
        size = (
            size_text(record.bytes) if record.bytes else size_text(run.predicted_bytes) if run.predicted_bytes else ""
        )
        view = TrainingView(
            title=f"{run.material_name}  ·  {'run ' + str(run.number) if run.baseline is None else run.title}"
            + (f"  ·  {run.stage}" if run.stage and run.state.active else ""),
            state=word,
            state_look=look,
            psnr_db=record.psnr_db if run.state.has_result else run.psnr_db,
            loss=run.loss,
            step=run.step,
            elapsed_s=run.elapsed_s,
            remaining_s=run.remaining_s if run.state is RunState.RUNNING else None,
            fraction=run.fraction if run.state.active and run.state is not RunState.WAITING else None,
            size=size,
            target_db=settings.target_psnr,
        )
        self.training.show_run(view, run.seconds, run.curves)

    def _show_slots(self) -> None:
        self._show_labels()
        self._show_runs()
        self._show_training()
        self._update_actions()

    def _show_labels(self) -> None:
        names = {}
        for side, key in self.document.slots.items():
            names[side], detail = self._slot_text(key)
            self.slot_bar.show_slot(side, names[side], detail)
        # Only the names: a label that changes with every measurement would redraw the picture as often.
        self.viewport.set_labels(names["A"], names["B"])

    def _slot_text(self, key: int | None) -> tuple[str, str]:
        if key == ORIGINAL:
            return "Original", ""
        run = self.document.run(key)
        if run is None:
            return "Nothing yet", ""
        db = run.record.psnr_db if run.state.has_result else run.psnr_db
        return run.title, f"{db_text(db)} dB" if db is not None else state_words(run)[0].lower()

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
        self.viewport.set_empty_text("Reading…" if reading else current.problem if undecided and current else "")
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
        options = self.viewport.options
        if not self.document.materials:
            self._hint.setText("Drop a folder of maps anywhere on the window")
        elif options.mode is ViewMode.PICTURE:
            self._hint.setText(
                "Space original   W wipe   D difference   E FLIP   R G B A channel   C next map   Z 1:1   ? keys"
            )
        else:
            self._hint.setText(
                "Space original   W wipe   D difference   E FLIP   C map   T tiling   Shift+right-drag light   ? keys"
            )

    def _show_inspected(self) -> None:
        component = self.viewport.options.component
        channel = "rgb".index(component) if component and component in "rgb" else None
        self.inspect.show_maps(self.viewport.shown_role, channel, self.viewport.maps("a"), self.viewport.maps("b"))

    def _on_pixel(self, reading: PixelReading | None) -> None:
        if reading is not None:
            self.inspect.show_pixel(reading)
        self.inspector.setText(pixel_text(reading) if reading is not None else "")

    def _update_actions(self) -> None:
        document, act = self.document, self.actions_by_id
        current, active = document.current, self._active_run()
        ready = current is not None and current.state is not MaterialState.UNDECIDED
        result = self._result_run()
        own = [run for run in document.runs_of(current.key if current else None) if run.state.active]
        act["start"].setEnabled(ready)
        act["start"].setText("Start" if not own else "Queue another run")
        resumable = self._resumable()
        if resumable is not None and not own:
            act["start"].setText("Resume" if resumable.state is RunState.RESUMABLE else "Start again")
        act["start_all"].setEnabled(len(document.materials) > 1)
        running = active is not None and active.state in (RunState.RUNNING, RunState.PAUSED)
        act["pause"].setEnabled(running)
        act["pause"].setText("Resume" if active is not None and active.state is RunState.PAUSED else "Pause")
        act["stop"].setEnabled(running and active is not None and active.baseline is None)
        act["discard"].setEnabled(active is not None and active.state is not RunState.DISCARDING)
        act["cancel_waiting"].setEnabled(bool(self.session.compute.waiting))
        act["save_as"].setEnabled(result is not None)
        container_open = current is not None and current.plan is None
        act["decode"].setEnabled(result is not None or container_open)
        self.panel.export.setEnabled(current is not None or result is not None)
        self.export_menu.setEnabled(current is not None or result is not None)
        act["close_material"].setEnabled(current is not None)
        act["use_again"].setEnabled(self._reusable() is not None)
        original = ready and current is not None and not isinstance(current.source, ContainerSource)
        act["baseline"].setEnabled(original)
        self.add_baseline.setEnabled(original)
        for action in self.baseline_menu.actions():
            baseline = BASELINES[action.data()]
            bits = bits_per_texel(baseline, current.roles) if current is not None else 0.0
            action.setText(f"{baseline.title}   {bits:.4g} bits/texel" if bits else baseline.title)
            action.setEnabled(original)
        act["copy_command"].setEnabled(current is not None)
        act["undo"].setEnabled(self.session.undo.canUndo())
        act["redo"].setEnabled(self.session.undo.canRedo())
        for name in ("component_r", "component_g", "component_b", "component_a", "one_to_one"):
            act[name].setEnabled(self.viewport.options.mode is ViewMode.PICTURE or name == "one_to_one")
        self._show_hint()

    # --- runs -----------------------------------------------------------------------------------------------

    def _active_run(self) -> Run | None:
        """The run that Pause, Stop and Discard mean: that of the material looked at, else whichever runs."""
        current = self.document.current
        own = [run for run in self.document.runs_of(current.key if current else None) if run.state.active]
        running = [run for run in own if run.state is not RunState.WAITING]
        if running or own:
            return (running or own)[0]
        return next((run for run in self.document.runs if run.state.active and run.state is not RunState.WAITING), None)

    def _result_run(self) -> Run | None:
        """The finished run that exports mean: the one in B, else the newest of the material."""
        shown = self.document.run(self.document.slots["B"])
        if shown is not None and shown.state.has_result and shown.baseline is None:
            return shown
        current = self.document.current
        own = self.document.runs_of(current.key if current else None)
        done = [run for run in own if run.state.has_result and run.baseline is None]
        return done[-1] if done else None

    def _resumable(self) -> Run | None:
        run = self.document.run(self.document.slots["B"])
        return run if run is not None and run.state in (RunState.RESUMABLE, RunState.INTERRUPTED) else None

    def _start(self) -> None:
        resumable = self._resumable()
        current = self.document.current
        own = [run for run in self.document.runs_of(current.key if current else None) if run.state.active]
        if resumable is not None and not own:
            self.session.runs.resume_interrupted(resumable)
        elif current is not None:
            self.session.runs.start(current)

    def _start_all(self) -> None:
        for material in self.document.materials:
            if material.state is not MaterialState.UNDECIDED and not any(
                run.state.active for run in self.document.runs_of(material.key)
            ):
                self.session.runs.start(material)

    def _add_baseline(self, name: str) -> None:
        current = self.document.current
        if current is not None:
            self.session.runs.add_baseline(current, name)

    def _show_baseline_menu(self) -> None:
        self.docks["runs"].show()
        self.docks["runs"].raise_()
        self.baseline_menu.popup(self.add_baseline.mapToGlobal(self.add_baseline.rect().bottomLeft()))

    def _pause(self) -> None:
        run = self._active_run()
        if run is not None:
            (self.session.runs.resume if run.state is RunState.PAUSED else self.session.runs.pause)(run)

    def _with_active(self, act: Callable[[Run], None]) -> None:
        run = self._active_run()
        if run is not None:
            act(run)

    def _show_run_in(self, key: int, side: str) -> None:
        run = self.document.run(key)
        if run is None:
            return
        if run.material_key is not None and self.document.current is not self.document.material(run.material_key):
            self.document.set_current(run.material_key)
        self.document.set_slot(side, key)

    def _show_number_in(self, number: int, side: str) -> None:
        run = next((run for run in self.document.runs if run.number == number), None)
        if run is not None:
            self._show_run_in(run.key, side)

    def _remove_run(self, key: int) -> None:
        run = self.document.run(key)
        if run is None:
            return
        if run.state.active:
            self.session.runs.discard(run)
        else:
            self.session.runs.delete(run)

    def _reusable(self) -> Run | None:
        """The run whose settings can be used again: the one in B, else the chosen one; a baseline has none."""
        run = self.document.run(self.document.slots["B"]) or self.document.run(self.runs.current_key)
        return run if run is not None and run.baseline is None else None

    def _use_again(self) -> None:
        run = self._reusable()
        if run is not None:
            self.session.change_settings(run.settings)
            self.toasts.show(
                f"The settings of run {run.number} are used again.", "info", [("Undo", self.session.undo.undo)]
            )

    def _copy_command(self) -> None:
        current = self.document.current
        if current is not None:
            text = command_line(current, self.document.settings)
            QApplication.clipboard().setText(text)
            self.toasts.show("The command line is in the clipboard.")

    # --- menus of places ------------------------------------------------------------------------------------

    def _fill_slot_menu(self, side: str, menu: QMenu) -> None:
        menu.clear()
        shown = self.document.slots[side]
        original = menu.addAction("Original")
        original.setCheckable(True)
        original.setChecked(shown == ORIGINAL)
        original.triggered.connect(lambda: self.document.set_slot(side, ORIGINAL))
        current = self.document.current
        own = self.document.runs_of(current.key if current else None)
        if own:
            menu.addSeparator()
        for run in reversed(own):
            name, detail = self._slot_text(run.key)
            rate = _rate(run)
            action = menu.addAction(f"{name}   {detail}" + (f"   {rate:.4g} bits/texel" if rate else ""))
            action.setCheckable(True)
            action.setChecked(shown == run.key)
            action.triggered.connect(lambda _=False, key=run.key: self.document.set_slot(side, key))

    def _run_menu(self, key: int, place: QPoint) -> None:
        run = self.document.run(key)
        if run is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        session = self.session

        def add(text: str, act: Callable[[], object], enabled: bool = True) -> None:
            action = menu.addAction(text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _=False: act())

        if run.state in (RunState.RESUMABLE, RunState.INTERRUPTED):
            text = "Resume" if run.state is RunState.RESUMABLE else "Start again"
            add(text, lambda: session.runs.resume_interrupted(run))
            menu.addSeparator()
        add("Show in A", lambda: self._show_run_in(key, "A"))
        add("Show in B", lambda: self._show_run_in(key, "B"))
        menu.addSeparator()
        add("Use these settings again", lambda: session.change_settings(run.settings), run.baseline is None)
        add("Open folder", lambda: open_in_file_manager(run.folder))
        menu.addSeparator()
        if run.state is RunState.WAITING and run.job is not None:
            job = run.job
            add("Run next", lambda: session.compute.move_first(job))
        add("Discard" if run.state.active else "Delete", lambda: self._remove_run(key))
        menu.popup(place)

    def _material_menu(self, key: int, place: QPoint) -> None:
        material = self.document.material(key)
        if material is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        start = menu.addAction("Start")
        start.setEnabled(material.state is not MaterialState.UNDECIDED)
        start.triggered.connect(lambda: self.session.runs.start(material))
        if material.plan is not None:
            folder = material.plan.folder
            menu.addAction("Open folder").triggered.connect(lambda: open_in_file_manager(folder))
        menu.addSeparator()
        menu.addAction("Close").triggered.connect(lambda: self.session.materials.remove(key))
        menu.popup(place)

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for text in self.preferences.recent:
            path = Path(text)
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 420)
            action = self._recent_menu.addAction(shown.replace("&", "&&"))
            action.setEnabled(path.exists())
            action.triggered.connect(lambda _=False, p=path: self.session.materials.open([p]))
        if not self.preferences.recent:
            self._recent_menu.addAction("Nothing opened yet").setEnabled(False)

    # --- files ----------------------------------------------------------------------------------------------

    def _open_folder(self) -> None:
        start = str(Path(self.preferences.recent[0]).parent) if self.preferences.recent else ""
        folder = QFileDialog.getExistingDirectory(self, "Open a folder with texture sets", start)
        if folder:
            self.session.materials.open([Path(folder)])

    def _open_files(self) -> None:
        start = str(Path(self.preferences.recent[0]).parent) if self.preferences.recent else ""
        patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        files, _ = QFileDialog.getOpenFileNames(
            self,
            "Open the images of one set, or .texloom files",
            start,
            f"Maps and neural textures ({patterns} *.texloom);;All files (*)",
        )
        if files:
            self.session.materials.open([Path(file) for file in files])

    def _open_mesh(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Open a mesh", "", "Meshes (*.gltf *.glb *.obj);;All files (*)")
        if file:
            self.viewport.set_options(mode="3d", shape=file)

    def _open_panorama(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Open a panorama", "", "Panoramas (*.hdr *.exr);;All files (*)")
        if file:
            self.viewport.set_environment(Path(file))
        self._on_view_options(self.viewport.options)

    def _save_as(self) -> None:
        run = self._result_run()
        if run is None:
            return
        start = self.preferences.export_folders.get("texloom", str(Path.home()))
        name = f"{run.material_name}.texloom"
        file, _ = QFileDialog.getSaveFileName(self, "Save as .texloom", str(Path(start) / name), "Texloom (*.texloom)")
        if file:
            self.preferences.export_folders["texloom"] = str(Path(file).parent)
            self.session.exports.save_as(run, Path(file))

    def _export(self, target: str) -> None:
        current, run = self.document.current, self._result_run()
        material = self.document.material(run.material_key) if run is not None else current
        fits = target in FITTING_TARGETS
        if run is None and not fits and not (current is not None and current.plan is None and current.texture_set):
            self.toasts.show(
                "There is no finished run to export yet.",
                "warn",
                [("Start", lambda: self.actions_by_id["start"].trigger())],
            )
            return
        start = self.preferences.export_folders.get(target, str(Path.home()))
        title = f"Export to {TARGETS[target].title}: choose a folder"
        folder = QFileDialog.getExistingDirectory(self, title, start)
        if folder:
            name = material.name if material is not None else run.material_name if run is not None else "material"
            self.session.exports.export(target, material or current, run, Path(folder) / target / name)

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
            self._overlay.present("Drop to open" if count == 1 else f"Drop to open {count} items")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._overlay.hide()
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if len(dropped) == 1 and (option := _stage_of(dropped[0])) and self.document.materials:
            self.viewport.set_options(mode="3d", **option)
        elif dropped:
            self.session.materials.open(dropped)
        self.activateWindow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.viewport and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Tab and not event.modifiers():
                self._toggle_panels()
                return True
        elif isinstance(watched, Dock):
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

    # --- telling --------------------------------------------------------------------------------------------

    def _on_message(self, message: Message) -> None:
        self.toasts.show(message.text, message.severity, message.actions)

    def tell_failure(self, text: str) -> None:
        """An error that nobody handled."""
        self.toasts.show(text, "bad", [("Details", self._show_log), ("Copy report", self._copy_report)])

    def _show_log(self) -> None:
        self.docks["log"].show()
        self.docks["log"].raise_()

    def _on_activity(self, job: Job | None, fraction: float) -> None:
        self._exporting = job
        self._cancel_activity.setVisible(job is not None)
        if job is not None:
            self._activity.setText(f"{job.title}  {fraction:.0%}")
        else:
            self._show_activity()

    def _show_activity(self) -> None:
        if self._exporting is not None:
            return
        job = self.session.io.running
        self._activity.setText(f"{job.title}…" if job is not None else "")

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
        self.toasts.show("The report is in the clipboard.")

    def _show_keys(self) -> None:
        groups = actions.key_groups()
        panels = [
            (f"Show or hide {dock.windowTitle().lower()}", dock.toggleViewAction().shortcut().toString())
            for dock in self.docks.values()
        ]
        groups["Window"] = [*groups["Window"], *panels]
        sheet = KeySheet(groups, 4 if self.width() > 1400 else 3, self)
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
            "Texloom turns PBR texture sets into neural textures. Apache License 2.0; the typeface is Inter "
            "(SIL Open Font License).",
            "info",
            [("Copy report", self._copy_report)],
        )

    # --- closing --------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """No question: what runs is interrupted at its checkpoint and can be resumed next time."""
        if self._closed:
            event.accept()
            return
        self._closed = True
        if self._hidden_docks is not None:
            self._toggle_panels()
        self.preferences.geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.preferences.docks = bytes(self.saveState().toBase64().data()).decode()
        preferences.save(self.preferences, self._config)
        # The undo stack tells of its end, when half of the window is gone already.
        self.session.undo.blockSignals(True)
        # The window goes at once; what is left to do needs no screen.
        self.hide()
        self.ended_cleanly = self.session.shutdown(CLOSE_LIMIT_S)
        self.logs.close()
        event.accept()

    ended_cleanly = True
    """Whether every thread had ended when the window closed."""


def _stage_of(path: Path) -> dict[str, Any]:
    """The view option that a dropped file is: a mesh to show the material on, or a panorama to light it with."""
    if path.suffix.lower() in MESH_SUFFIXES:
        return {"shape": str(path)}
    return {"environment": path} if is_panorama(path) else {}


def _as_maps(pixels: Any) -> Any:
    if isinstance(pixels, TextureSet):
        return {role: texture_map.pixels for role, texture_map in pixels.by_role.items()}
    return pixels


def _rate(run: Run) -> float | None:
    """Bits per texel, everything counted; what was asked for while that is not known yet."""
    if run.record.bits_per_texel is not None:
        return run.record.bits_per_texel
    asked = run.baseline is None and run.settings.target_psnr is None
    return run.settings.bpp if asked else None


def _first_focus(widget: QWidget) -> QWidget | None:
    """The first widget inside that takes the keyboard by Tab."""
    for child in widget.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return child
    return None


def pixel_text(reading: PixelReading) -> str:
    """The pixel inspector's line: place, map, both values in 8 bit, and for normals the angle between them."""
    parts = [f"{ROLE_INFO[reading.role].label}  {reading.x}, {reading.y}"]
    for side, values in (("A", reading.a_8bit), ("B", reading.b_8bit)):
        if values is not None:
            parts.append(f"{side}  " + " ".join(f"{value:3d}" for value in values))
    if reading.angle_deg is not None:
        parts.append(f"angle {reading.angle_deg:.1f}°")
    return "     ".join(parts)


def command_line(material: Material, settings: CompressSettings) -> str:
    """The same run in a terminal."""
    plan = material.plan
    source = str(plan.folder) if plan is not None else material.name
    words = ["texloom", "compress", source, "-o", "out"]
    for field in describe(CompressSettings):
        value = getattr(settings, field.name)
        sized_otherwise = field.name == "bpp" and (settings.target_psnr is not None or settings.max_bytes is not None)
        if value is None or sized_otherwise or (value == field.default and field.name != "bpp") or field.expert:
            continue
        words += [field.option, f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join(words)


def open_in_file_manager(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
