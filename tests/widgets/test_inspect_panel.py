import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.textures.material import Pixels
from core.textures.roles import Role
from core.textures.seams import seam_ratios
from widgets.inspect_panel import InspectPanel
from widgets.viewport_options import PixelReading


def maps(seed: int) -> dict[Role, Pixels]:
    rng = np.random.default_rng(seed)
    return {Role.ALBEDO: rng.random((64, 64, 3), np.float32), Role.ROUGHNESS: rng.random((64, 64, 1), np.float32)}


@pytest.fixture
def panel(qtbot: QtBot, themed: QApplication) -> InspectPanel:
    made = InspectPanel()
    qtbot.addWidget(made)
    made.resize(340, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_worst_spot_can_be_gone_to(qtbot: QtBot, panel: InspectPanel) -> None:
    a = maps(0)
    b = {role: pixels.copy() for role, pixels in a.items()}
    b[Role.ALBEDO][40:48, 16:24] = 0.5
    panel.show_maps(Role.ALBEDO, None, a, b)
    qtbot.waitUntil(lambda: panel.spots.list.count() == 1, timeout=10_000)
    with qtbot.waitSignal(panel.spot_chosen) as went:
        panel.spots.list.itemClicked.emit(panel.spots.list.item(0))
    assert went.args == pytest.approx([20.5 / 64, 44.5 / 64, 8.0])
    panel.show_maps(Role.ROUGHNESS, None, a, b)
    qtbot.waitUntil(lambda: panel.spots.list.count() == 0, timeout=10_000)
    assert "exact" in panel.spots._note.text()


def test_seams_of_all_maps_are_listed(qtbot: QtBot, panel: InspectPanel) -> None:
    a, b = maps(0), maps(1)
    b[Role.ROUGHNESS] = np.tile(np.linspace(0.0, 1.0, 64, dtype=np.float32)[None, :, None], (64, 1, 1))
    panel.show_maps(Role.ALBEDO, None, a, b)
    table = panel.seams.table
    qtbot.waitUntil(lambda: table.rowCount() == 2 and table.item(1, 2) is not None, timeout=10_000)
    before, after = seam_ratios(a[Role.ROUGHNESS]), seam_ratios(b[Role.ROUGHNESS])
    cell = table.item(1, 1)
    assert cell is not None and cell.text() == f"{before.left_right:.2f} → {after.left_right:.2f}"
    other = table.item(1, 2)
    assert other is not None and cell.foreground().color() != other.foreground().color(), "the worse one stands out"


def test_histograms_show_both_sides_and_the_error(qtbot: QtBot, panel: InspectPanel) -> None:
    a, b = maps(0), maps(1)
    panel.show_maps(Role.ALBEDO, 0, a, b)

    def drawn() -> bool:
        if not panel.histogram._made:
            return False
        lines = (panel.histogram._line_a, panel.histogram._line_b, panel.histogram._line_error)
        return all(line.getData()[0] is not None and len(line.getData()[0]) for line in lines)

    qtbot.waitUntil(drawn, timeout=10_000)
    panel.show_maps(Role.ALBEDO, 0, a, None)
    qtbot.waitUntil(lambda: not drawn(), timeout=10_000)


def test_a_pixel_s_values_in_8_and_16_bits(panel: InspectPanel) -> None:
    a, b = (0.2, 0.4, 1.0), (0.2, 0.5, 1.0)
    panel.show_pixel(PixelReading(Role.ALBEDO, 3, 4, (0.1, 0.1), a, b, (51, 102, 255), (51, 128, 255), None))
    cells = panel.pixel._cells
    assert cells["A", 0].text() == "51\n102\n255"
    assert cells["B", 1].text() == "13107\n32768\n65535"
    assert cells["B − A", 0].text() == "+0\n+26\n+0"
    panel.show_pixel(None)
    assert not panel.pixel._grid.isVisible()


def test_nothing_is_computed_out_of_sight(qtbot: QtBot, panel: InspectPanel) -> None:
    panel.hide()
    panel.show_maps(Role.ALBEDO, None, maps(0), maps(1))
    qtbot.wait(100)
    assert panel.spots.list.count() == 0
    panel.show()
    qtbot.waitUntil(lambda: panel.spots.list.count() > 0, timeout=10_000)
    assert panel.spots.list.item(0).data(Qt.ItemDataRole.UserRole).error > 0.0
