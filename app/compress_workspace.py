"""The workspace that a material is compressed in: the view in the centre, and the panels around it.

Most of the window by what it takes to load and to make, and nothing of what is seen first: the window makes it when it
is first wanted, else when it has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu, QVBoxLayout, QWidget

from app.compress_panel import CompressPanel
from app.dock_layout import DockLayout
from app.session import Session
from widgets.controls import bare, tool
from widgets.dock import Dock
from widgets.inspect_panel import InspectPanel
from widgets.language import tr
from widgets.log_view import LogView
from widgets.material_list import MaterialList
from widgets.queue_panel import QueuePanel
from widgets.rate_panel import RatePanel
from widgets.runs_table import RunsTable
from widgets.training_panel import TrainingPanel
from widgets.view_bar import SlotBar, ViewBar
from widgets.viewport import MaterialViewport


class CompressWorkspace(QWidget):
    """The page for the centre of ``window``, whose docks its panels become. The window connects them."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        actions: dict[str, QAction],
        baseline_menu: QMenu,
        fill_samples: Callable[[QMenu], object],
    ) -> None:
        super().__init__()
        self.viewport = MaterialViewport()
        self.view_bar = ViewBar([actions["fit"], actions["one_to_one"]])
        self.slot_bar = SlotBar()
        column = bare(QVBoxLayout(self))
        column.addWidget(self.view_bar)
        column.addWidget(self.slot_bar)
        column.addWidget(self.viewport, 1)
        self.material_list = MaterialList()
        self.panel = CompressPanel(session, actions)
        self.training = TrainingPanel()
        self.runs = RunsTable()
        self.queue = QueuePanel()
        self.log_view = LogView()
        self.inspect = InspectPanel()
        self.rates = RatePanel()
        measure = tool("play", actions["curve"].toolTip())
        measure.clicked.connect(actions["curve"].trigger)
        add = tool("plus", tr("Add materials"))
        menu = QMenu(add)
        for name in ("open_folder", "open_files"):
            menu.addAction(actions[name])
        fill_samples(menu)
        add.setMenu(menu)
        add.setPopupMode(add.ToolButtonPopupMode.InstantPopup)
        self.add_baseline = tool("plus", actions["baseline"].toolTip())
        self.add_baseline.setMenu(baseline_menu)
        self.add_baseline.setPopupMode(self.add_baseline.ToolButtonPopupMode.InstantPopup)
        all_tip = tr("Runs of all materials, not only of the one that is looked at")
        self.all_runs = tool("filter", all_tip, checkable=True)
        holder = QWidget()
        holder.setObjectName("well")
        bare(QVBoxLayout(holder), 0, (0, 4, 0, 4)).addWidget(self.material_list)
        self.docks = {
            "materials": Dock("materials", tr("Materials"), holder, [add], parent=window),
            "compress": Dock("compress", tr("Compress"), self.panel, parent=window),
            "training": Dock("training", tr("Training"), self.training, parent=window),
            "runs": Dock("runs", tr("Runs"), self.runs, [self.all_runs, self.add_baseline], parent=window),
            "queue": Dock("queue", tr("Queue"), self.queue, parent=window),
            "log": Dock("log", tr("Log"), self.log_view, parent=window),
            "inspect": Dock("inspect", tr("Inspect"), self.inspect, parent=window),
            "rates": Dock("rates", tr("Rates"), self.rates, [measure], parent=window),
        }
        self.layout_of_docks = DockLayout(window, self.docks)
        for dock in self.docks.values():
            # Floating panels are windows of their own: they take drops as well.
            dock.setAcceptDrops(True)
