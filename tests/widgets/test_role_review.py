"""The review shows every file, says why, and tells what the user wants changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.textures.material import NormalConvention
from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import Role
from widgets.role_review import RoleReview, review_state

FOLDER = Path("wall")


def file(name: str, roles: tuple[Role | None, ...], confidence: float, channels: int = 3, **more: str) -> PlannedFile:
    return PlannedFile(FOLDER / name, roles, f"reason for {name}", confidence, 64, 64, channels, **more)  # type: ignore[arg-type]


PLAN = MaterialPlan(
    "wall",
    FOLDER,
    (
        file("wall_color.png", (Role.ALBEDO,), 0.98),
        file("wall_n.png", (Role.NORMAL,), 0.9),
        file("wall_orm.png", (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC), 0.9),
        file("wall_h.png", (Role.DISPLACEMENT,), 0.4, channels=1),
        file("wall_x.png", (), 0.1),
        file("wall_preview.png", (), 0.95),
        file("wall_spec.png", (), 0.9, problem="wall_spec.png is cut off; export it again."),
    ),
)


@pytest.fixture
def review(qtbot: QtBot, themed: QApplication) -> RoleReview:
    made = RoleReview()
    qtbot.addWidget(made)
    made.set_plan(PLAN)
    made.show()
    return made


def test_states_say_what_needs_a_look() -> None:
    states = {planned.path.name: review_state(planned) for planned in PLAN.files}
    assert states == {
        "wall_color.png": "good",
        "wall_n.png": "good",
        "wall_orm.png": "good",
        "wall_h.png": "warn",
        "wall_x.png": "warn",
        "wall_preview.png": "off",
        "wall_spec.png": "bad",
    }


def test_every_file_is_listed_with_reason_and_confidence(review: RoleReview) -> None:
    for planned in PLAN.files:
        row = review.row(planned.path)
        assert row.isVisibleTo(review)
        text = row._reason.accessibleName()
        assert (planned.problem or planned.reason) in text
        assert (f"{planned.confidence:.0%}" in text) == planned.used


def test_what_needs_a_look_comes_first(review: RoleReview) -> None:
    order = [path.name for path in review._rows]
    assert set(order[:3]) == {"wall_spec.png", "wall_h.png", "wall_x.png"}
    assert order[-1] == "wall_preview.png"


def test_the_convention_counts_as_one_more_question(review: RoleReview) -> None:
    assert review.to_check == 4
    review.set_plan(PLAN.with_normal_convention(NormalConvention.OPENGL))
    assert review.to_check == 3


def test_the_drop_down_corrects(qtbot: QtBot, review: RoleReview) -> None:
    combo = review.row(FOLDER / "wall_x.png").combo
    with qtbot.waitSignal(review.assigned) as assigned:
        combo.setCurrentIndex(combo.findText("Emissive"))
        combo.activated.emit(combo.currentIndex())
    assert assigned.args == [FOLDER / "wall_x.png", (Role.EMISSIVE,)]


def test_a_packed_file_shows_its_channels(review: RoleReview) -> None:
    combo = review.row(FOLDER / "wall_orm.png").combo
    assert combo.currentData() == (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC)
    assert combo.currentText().startswith("Packed")


def test_an_unusual_packing_is_shown_as_it_is(qtbot: QtBot, review: RoleReview) -> None:
    roles = (Role.SPECULAR, None, Role.OPACITY)
    review.set_plan(PLAN.assign(FOLDER / "wall_orm.png", roles))
    assert review.row(FOLDER / "wall_orm.png").combo.currentData() == roles


def test_two_pictures_ask_for_the_convention_only_while_it_is_unknown(qtbot: QtBot, review: RoleReview) -> None:
    assert review.normal._previews.isVisible() and not review.normal._switch.isVisible()
    with qtbot.waitSignal(review.convention_chosen) as chosen:
        review.normal._choices[NormalConvention.DIRECTX].click()
    assert chosen.args == [NormalConvention.DIRECTX]
    review.set_plan(PLAN.with_normal_convention(NormalConvention.DIRECTX))
    assert not review.normal._previews.isVisible() and review.normal._switch.value == "directx"


def test_the_focus_survives_a_correction(qtbot: QtBot, review: RoleReview) -> None:
    row = review.row(FOLDER / "wall_x.png")
    review.set_plan(PLAN.with_normal_convention(NormalConvention.OPENGL))
    assert review.row(FOLDER / "wall_x.png") is row
    review.set_plan(PLAN.assign(FOLDER / "wall_x.png", (Role.EMISSIVE,)))
    assert review.row(FOLDER / "wall_x.png") is row, "also where it goes to another place"
    places = [review._list.indexOf(each) for each in review._rows.values()]
    assert places == sorted(places) and places[-1] == len(PLAN.files) - 1


def test_a_file_has_a_menu(qtbot: QtBot, review: RoleReview) -> None:
    with qtbot.waitSignal(review.menu_wanted) as wanted:
        review.row(FOLDER / "wall_x.png").more.click()
    assert wanted.args is not None and wanted.args[0] == FOLDER / "wall_x.png"


def test_a_long_reason_is_not_cut(qtbot: QtBot, review: RoleReview) -> None:
    long = "the same normals as wall_with_a_very_long_name_2024-11_4K_NormalGL.png in the other convention, not used"
    files = (*PLAN.files, PlannedFile(FOLDER / "wall_dx.png", (), long, 0.9, 64, 64, 3))
    review.resize(300, 900)
    review.set_plan(MaterialPlan("wall", FOLDER, files))
    reason = review.row(FOLDER / "wall_dx.png")._reason
    line = reason.fontMetrics().height()
    qtbot.waitUntil(lambda: reason.height() >= reason.heightForWidth(reason.width()) > 2 * line)
    assert review.minimumSizeHint().width() <= 300


def test_nothing_says_what_to_do(review: RoleReview) -> None:
    review.set_plan(None)
    assert review._empty.isVisible() and "Drop" in review._empty.text()
    assert review.to_check == 0
