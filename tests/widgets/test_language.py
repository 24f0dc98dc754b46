"""Every text of the widgets can be translated, and a translation is found."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pseudo import Pseudo, template, texts_of, untranslated
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from pytestqt.qtbot import QtBot

from core.codec.settings import CompressSettings
from core.textures.material import NormalConvention
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import Role
from renderers.choices import CompareMode
from renderers.comparison import RAMP, Comparison
from renderers.progressive import Cost
from widgets import language
from widgets.command_palette import CommandPalette
from widgets.dock import Dock
from widgets.home_page import HomePage, ProjectCard
from widgets.inspect_panel import InspectPanel
from widgets.key_sheet import KeySheet
from widgets.language import tr
from widgets.log_view import LogView
from widgets.material_list import MaterialList, MaterialRow
from widgets.psnr_plot import TOTAL
from widgets.queue_panel import QueuePanel, QueueRow
from widgets.rate_picker import Prediction, RateMode, RatePicker
from widgets.role_review import RoleReview
from widgets.runs_table import RunRow, RunsTable
from widgets.settings_form import SettingsForm
from widgets.toast import ToastStack
from widgets.training_panel import TrainingPanel, TrainingView
from widgets.units import size_text, time_text
from widgets.view_bar import SlotBar, ViewBar
from widgets.viewport_findings import cost_text, legend_of
from widgets.viewport_options import PixelReading, ViewportOptions

GIVEN = ("wood", "done", "png", "say", "given")
"""Data of these tests: whoever gives it translates it."""


@pytest.fixture
def pseudo(themed: QApplication) -> Iterator[Pseudo]:
    translator = Pseudo(template())
    themed.installTranslator(translator)
    yield translator
    themed.removeTranslator(translator)


def check(*texts: str) -> None:
    own = frozenset(GIVEN)
    assert [(text, left) for text in texts if (left := untranslated(text, own))] == []


def plan() -> MaterialPlan:
    files = (
        PlannedFile(Path("wood.png"), (Role.ALBEDO,), "given", 0.9, 64, 64, 4, 8, alpha_role=Role.OPACITY),
        PlannedFile(Path("wood2.png"), (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC), "given", 0.9, 64, 64, 3, 8),
        PlannedFile(Path("wood3.png"), (Role.NORMAL,), "given", 0.9, 64, 64, 3, 8),
        PlannedFile(Path("wood4.png"), (), "given", 0.9, 64, 64, 1, 8),
    )
    return MaterialPlan("wood", Path("wood"), files, NormalConvention.UNKNOWN, "given", ())


def rate() -> QWidget:
    made = RatePicker()
    made.set_mode(RateMode.TARGET)
    made.card.show_prediction(Prediction(320 * 1024, 500, 5.0, 24.0))
    return made


def review() -> QWidget:
    made = RoleReview()
    made.set_plan(plan())
    return made


def training() -> QWidget:
    made = TrainingPanel()
    view = TrainingView("wood", "done", psnr_db=30.0, loss=0.1, step=5, remaining_s=3.0, fraction=0.5)
    made.show_run(view, [0.0, 1.0], {TOTAL: [20.0, 30.0], "albedo": [20.0, 29.0]})
    return made


def runs() -> QWidget:
    made = RunsTable()
    made.set_rows([RunRow(1, 1, "wood", "done", bpp=5.0, size=1000, seconds=60.0)])
    return made


def inspect() -> QWidget:
    made = InspectPanel()
    made.show_maps(Role.NORMAL, 0, {Role.NORMAL: np.zeros((8, 8, 3), np.float32)}, None)
    value = (0.5, 0.5, 1.0)
    made.show_pixel(PixelReading(Role.NORMAL, 3, 4, (0.5, 0.5), value, value, (1, 1, 1), (1, 1, 1), 0.4))
    made.seams.show_ratios({Role.NORMAL: (None, None)})
    return made


def bar() -> QWidget:
    made = ViewBar()
    made.set_roles((Role.ALBEDO, Role.NORMAL))
    made.set_options(ViewportOptions())
    return made


def slots() -> QWidget:
    made = SlotBar()
    made.show_gain(8.0)
    made.show_slot("A", "given")
    return made


def queue() -> QWidget:
    made = QueuePanel()
    made.show_queue([QueueRow(1, "wood", "given", "done")], "given", True)
    return made


def home() -> QWidget:
    made = HomePage()
    made.show_projects([ProjectCard(Path("wood"), "wood", "given", "done")])
    return made


def materials() -> QWidget:
    made = MaterialList()
    made.set_rows([MaterialRow(1, "wood", "done", thumbnail=QImage())], 1)
    return made


def over_all(make: Callable[[QWidget], object]) -> QWidget:
    holder = QWidget()
    holder.resize(800, 600)
    make(holder)
    return holder


MADE: dict[str, Callable[[], QWidget]] = {
    "rate": rate,
    "review": review,
    "training": training,
    "nothing trained": TrainingPanel,
    "runs": runs,
    "inspect": inspect,
    "bar": bar,
    "slots": slots,
    "queue": queue,
    "home": home,
    "materials": materials,
    "log": LogView,
    "settings": lambda: SettingsForm(CompressSettings),
    "dock": lambda: Dock("given", "given", QWidget()),
    "keys": lambda: over_all(lambda holder: KeySheet({"given": [("say", "A")]}, 2, holder)),
    "palette": lambda: over_all(lambda holder: CommandPalette([QAction("given", holder)], holder)),
    "toast": lambda: over_all(lambda holder: ToastStack(holder).show("given", "warn", [("say", lambda: None)])),
}


@pytest.mark.parametrize("name", MADE)
def test_every_text_of_a_widget_is_translated(qtbot: QtBot, pseudo: Pseudo, name: str) -> None:
    widget = MADE[name]()
    qtbot.addWidget(widget)
    texts = texts_of(widget)
    check(*texts)
    assert any("«" in text for text in texts)
    for view in widget.findChildren(QTableView):
        model = view.model()
        for column in range(model.columnCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                check(str(model.index(0, column).data(role) or ""))


def test_what_is_painted_is_translated(pseudo: Pseudo) -> None:
    check(size_text(12), time_text(5), time_text(65), time_text(60), time_text(4000))
    check(cost_text(Cost(6144, 0.0142, (8, 8))))
    mips = legend_of(Comparison(CompareMode.A), ViewportOptions(show_mips=True))
    errors = legend_of(Comparison(CompareMode.DIFFERENCE, false_color=True), ViewportOptions())
    assert mips is not None and errors is not None and errors.colors == RAMP
    check(*mips.names, errors.low, errors.high)


def test_what_was_not_asked_for_is_noticed(pseudo: Pseudo) -> None:
    assert untranslated(tr("Not used")) == []
    assert untranslated(tr("Role of {file}").format(file="plain words")) == ["plain", "words"]
    assert untranslated("Not used") == ["Not", "used"]


def test_values_keep_their_names() -> None:
    """A template that can't be filled would be an error in the middle of the work."""
    for text in template():
        assert text.count("{") == text.count("}"), text


def test_every_plural_has_its_english_forms() -> None:
    root = ElementTree.parse(language.FOLDER / "texloom_en.ts").getroot()
    forms = [[form.text for form in message.iter("numerusform")] for message in root.iter("message")]
    assert forms and all(len(pair) == 2 and all(pair) for pair in forms), "fill in texloom_en.ts by hand"


def test_english_counts(themed: QApplication) -> None:
    before = len(themed.findChildren(QTranslator))
    language.install(themed, QLocale(QLocale.Language.English))
    mine = themed.findChildren(QTranslator)[before:]
    assert [tr("%n channel(s)", "", count) for count in (1, 3)] == ["1 channel", "3 channels"]
    for translator in mine:
        themed.removeTranslator(translator)
        translator.deleteLater()


def test_a_translation_is_found_by_the_language_of_the_system(
    themed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The smallest file that is one: as for English, under another name.
    (tmp_path / "texloom_de.qm").write_bytes((language.FOLDER / "texloom_en.qm").read_bytes())
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    before = len(themed.findChildren(QTranslator))
    language.install(themed, QLocale("de_AT"))
    mine = themed.findChildren(QTranslator)[before:]
    assert any("texloom_de" in translator.filePath() for translator in mine)
    for translator in mine:
        themed.removeTranslator(translator)
        translator.deleteLater()
