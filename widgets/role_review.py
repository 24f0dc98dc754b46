"""What reading found, for review: every file with its guessed role, why, and how sure; a drop-down corrects it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QIcon,
    QImage,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.textures.plan import MaterialPlan, PlannedFile
from core.textures.roles import NormalConvention, Role
from widgets.controls import Combo, ElidedLabel, Segmented, bare, label, restyle, square, tool
from widgets.icons import dot_icon, pixmap, ring_icon
from widgets.language import role_name, spoken, tr
from widgets.theme import THEME, follow_scale, icon_px, role_color, text_px

SURE = 0.7
"""From this confidence on a guess is shown as settled."""

_AO, _ROUGH, _METAL = Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC
PACKINGS: tuple[tuple[Role | None, ...], ...] = (
    (_AO, _ROUGH, _METAL),
    (_METAL, _ROUGH, _AO),
    (_ROUGH, _METAL, _AO),
    (_METAL, _ROUGH, None),
)
"""What is offered for the channels of one file: ORM, MRA, RMA, MR."""
_STORED = 108
"""Pixels of a stored picture, at each side; it is shown smaller."""
_SIDE, _WORDS, _COMBO, _MORE = 50, 90, 140, 22
"""Widths in px at 100 %: the picture, what the words need at least, the choice of the role, the button of the menu."""


def review_state(file: PlannedFile) -> str:
    """``good``: used; ``warn``: look at it; ``bad``: can't be read; ``off``: not used, for a known reason."""
    if file.problem:
        return "bad"
    if file.used:
        return "good" if file.confidence >= SURE else "warn"
    return "off" if file.confidence >= 0.5 else "warn"


def to_check(plan: MaterialPlan) -> int:
    """How many of its files, with the normal convention, wait for a look."""
    count = sum(review_state(file) in ("warn", "bad") for file in plan.files)
    has_normal = any(Role.NORMAL in file.roles for file in plan.files)
    return count + (has_normal and plan.normal_convention is NormalConvention.UNKNOWN)


def roles_text(roles: tuple[Role | None, ...]) -> str:
    if not any(roles):
        return tr("Not used")
    if len(roles) == 1 and roles[0] is not None:
        return role_name(roles[0])
    return tr("Packed: {roles}").format(roles=", ".join("–" if role is None else role_name(role) for role in roles))


class RoleReview(QWidget):
    """One row per file, and the normal convention. It takes a plan and tells what the user wants changed."""

    assigned = Signal(Path, tuple)
    """A file and the roles chosen for it; empty for not used."""
    convention_chosen = Signal(object)
    menu_wanted = Signal(Path, QPoint)
    """The menu of a file, and where on the screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: MaterialPlan | None = None
        self._rows: dict[Path, _FileRow] = {}
        column = bare(QVBoxLayout(self), 4)
        self.normal = NormalChoice()
        self.normal.chosen.connect(self.convention_chosen)
        self._list = bare(QVBoxLayout(), 2)
        self._notices = label("", "small")
        self._notices.setWordWrap(True)
        self._empty = label(
            tr("Drop a folder or image files on the window to see what each file is taken for."), "soft"
        )
        self._empty.setWordWrap(True)
        column.addWidget(self._empty)
        column.addWidget(self.normal)
        column.addLayout(self._list)
        column.addWidget(self._notices)
        self.set_plan(None)

    @property
    def to_check(self) -> int:
        """How many rows, and the convention, wait for a look."""
        return 0 if self._plan is None else to_check(self._plan)

    def set_plan(self, plan: MaterialPlan | None) -> None:
        """Show ``plan``; rows of files that stay are kept, so that the focus stays where it was."""
        self._plan = plan
        files = _in_order(plan.files) if plan else ()
        if [file.path for file in files] != list(self._rows):
            kept = {file.path: self._rows.pop(file.path, None) for file in files}
            for row in self._rows.values():
                self._list.removeWidget(row)
                row.hide()
                row.deleteLater()
            self._rows = {}
            for place, file in enumerate(files):
                row = kept[file.path]
                if row is None:
                    row = _FileRow(file)
                    row.assigned.connect(self.assigned)
                    row.menu_wanted.connect(self.menu_wanted)
                self._rows[file.path] = row
                self._list.insertWidget(place, row)
        for file in files:
            self._rows[file.path].set_file(file)
        self._empty.setVisible(plan is None)
        has_normal = plan is not None and any(Role.NORMAL in file.roles for file in plan.files)
        self.normal.setVisible(has_normal)
        if plan is not None and has_normal:
            self.normal.set_convention(plan.normal_convention, spoken(plan.normal_reason))
        else:
            self.normal.set_convention(NormalConvention.OPENGL, "")
        self._notices.setText("\n".join(map(spoken, plan.notices)) if plan else "")
        self._notices.setVisible(bool(plan and plan.notices))

    def set_pictures(self, pictures: Mapping[Path, QImage]) -> None:
        """Small pictures of the files, as far as they are known."""
        for path, picture in pictures.items():
            if path in self._rows:
                self._rows[path].set_picture(picture)

    def row(self, path: Path) -> _FileRow:
        return self._rows[path]


def _in_order(files: tuple[PlannedFile, ...]) -> tuple[PlannedFile, ...]:
    """What needs a look first, then what is used in the order of the roles, then the rest."""
    order = {role: index for index, role in enumerate(Role)}
    rank = {"bad": 0, "warn": 0, "good": 1, "off": 2}

    def key(file: PlannedFile) -> tuple[int, int, str]:
        first = min((order[role] for role in file.roles if role is not None), default=99)
        return rank[review_state(file)], first, file.path.name.lower()

    return tuple(sorted(files, key=key))


class _FileRow(QFrame):
    """State colour and picture at the left; the name and the role beside it, the reason over the whole width below."""

    assigned = Signal(Path, tuple)
    menu_wanted = Signal(Path, QPoint)

    def __init__(self, file: PlannedFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file = file
        row = bare(QHBoxLayout(self), 8, (0, 2, 0, 2))
        self._picture = _Picture()
        row.addWidget(self._picture)
        words = bare(QVBoxLayout(), 3)
        row.addLayout(words, 1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(4)
        # The ending of the name tells the maps apart, the beginning is the same for all.
        self._name = ElidedLabel(file.path.name, "", Qt.TextElideMode.ElideLeft)
        self._row.addWidget(self._name, 1)
        self.combo = Combo()
        self.combo.setAccessibleName(tr("Role of {file}").format(file=file.path.name))
        self.combo.activated.connect(lambda _: self.assigned.emit(self._file.path, self.combo.currentData()))
        self._row.addWidget(self.combo)
        words.addLayout(self._row)
        self._reason = label("", "small")
        self._reason.setWordWrap(True)
        words.addWidget(self._reason)
        # Beside the reason, but higher than its line: in a layout it would push the rows apart.
        self.more = square(tool("more", tr("More about {file}").format(file=file.path.name)), _MORE)
        self.more.setParent(self)
        self.more.clicked.connect(lambda: self._ask_menu(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        follow_scale(self, _FileRow._fold)
        self.set_file(file)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        self._place_more()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place_more()
        return done

    def _place_more(self) -> None:
        line = self._reason.y() + QFontMetrics(self._reason.font()).height() // 2
        # Not beyond the row, which would cut off what stands under the pointer.
        top = min(line - self.more.height() // 2, self.height() - self.more.height())
        self.more.move(self.width() - self.more.width(), max(0, top))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Also from the keyboard, while the role has the focus."""
        self._ask_menu(event.globalPos())

    def _ask_menu(self, place: QPoint) -> None:
        self.menu_wanted.emit(self._file.path, place)

    def _fold(self) -> None:
        """The role goes below the words where these would not be left enough room."""
        beside = self.width() >= text_px(_COMBO + _WORDS) + icon_px(_SIDE)
        self.combo.setMinimumWidth(text_px(_COMBO) if beside else text_px(80))
        self.combo.setMaximumWidth(text_px(_COMBO) if beside else 16_777_215)
        self._reason.setContentsMargins(0, 0, icon_px(_MORE) + 4, 0)
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._row.direction() != wanted:
            self._row.setDirection(wanted)

    def set_file(self, file: PlannedFile) -> None:
        self._file = file
        state = review_state(file)
        self._fill_combo(file)
        reason = spoken(file.problem or file.reason)
        if file.alpha_role is not None:
            reason = tr("{reason}; alpha is {role}").format(reason=reason, role=role_name(file.alpha_role))
        if file.used and file.confidence < 1.0:
            reason = f"{file.confidence:.0%} · {reason}"
        self._reason.setText(_breakable(reason))
        self._reason.setAccessibleName(reason)
        details = f"{file.path}\n{reason}"
        if file.width:
            channels = tr("%n channel(s)", "", file.channels)
            size = tr("{width} × {height}, {channels}, {depth} bit")
            details += "\n" + size.format(width=file.width, height=file.height, channels=channels, depth=file.bit_depth)
        self._name.set_tip(details)
        self._reason.setToolTip(details)
        self._picture.set_state(state, file.roles)
        restyle(self._reason, "state", state if state in ("warn", "bad") else "")
        restyle(self._name, "look", "soft" if state == "off" else "")
        restyle(self.combo, "state", state if state == "warn" else "")
        self.combo.setEnabled(not file.problem)

    def set_picture(self, picture: QImage) -> None:
        self._picture.set_picture(picture)

    def _fill_combo(self, file: PlannedFile) -> None:
        blocked = self.combo.blockSignals(True)
        self.combo.clear()
        self.combo.addItem(ring_icon(THEME.text_off), tr("Not used"), ())
        for role in Role:
            self.combo.addItem(dot_icon(role_color(role)), role_name(role), (role,))
        many = file.channels >= 3 or len(file.roles) > 1
        if many:
            self.combo.insertSeparator(self.combo.count())
            for roles in PACKINGS:
                self.combo.addItem(roles_text(roles), roles)
        index = next((i for i in range(self.combo.count()) if self.combo.itemData(i) == file.roles), -1)
        if index < 0 and file.used:
            self.combo.addItem(roles_text(file.roles), file.roles)
            index = self.combo.count() - 1
        self.combo.setCurrentIndex(max(index, 0))
        self.combo.setToolTip(self.combo.currentText())
        self.combo.view().setMinimumWidth(text_px(260 if many else 160))
        self.combo.blockSignals(blocked)


def _breakable(text: str) -> str:
    """``text`` that can be broken inside of file names as well."""
    return re.sub(r"(?<=\w)([_.-])(?=\w)", "\\1\u200b", text)


class _Picture(QWidget):
    """The file in small, with its state as a bar at the left edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        follow_scale(self, lambda picture: picture.setFixedSize(icon_px(36) + 6, icon_px(36)))
        self._pixmap: QPixmap | None = None
        self._state = "off"
        self._roles: tuple[Role | None, ...] = ()

    def set_state(self, state: str, roles: tuple[Role | None, ...]) -> None:
        self._state, self._roles = state, roles
        self.update()

    def set_picture(self, picture: QImage) -> None:
        side = _STORED
        scaled = picture.scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._pixmap = QPixmap.fromImage(
            scaled.copy((scaled.width() - side) // 2, (scaled.height() - side) // 2, side, side)
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colors = {"good": THEME.good, "warn": THEME.warn, "bad": THEME.bad, "off": THEME.line_strong}
        painter.setBrush(QColor(colors[self._state]))
        painter.drawRoundedRect(0, 0, 3, self.height(), 1.5, 1.5)
        side = self.height() - 2
        if self._pixmap is None:
            painter.setBrush(QColor(THEME.control_down))
            painter.drawRoundedRect(7, 1, side, side, 3, 3)
            sign = icon_px(16)
            painter.drawPixmap(7 + (side - sign) // 2, 1 + (side - sign) // 2, pixmap("image", THEME.text_off, sign))
            return
        painter.setOpacity(0.45 if self._state == "off" else 1.0)
        painter.drawPixmap(7, 1, side, side, self._pixmap)


class NormalChoice(QFrame):
    """Which way a normal map points. Two lit pictures let the eye decide while nothing else can."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.undecided = False
        column = bare(QVBoxLayout(self), 6, (0, 0, 0, 8))
        head = bare(QHBoxLayout(), 8)
        self._title = label(tr("Normal map"), "soft")
        self._title.setWordWrap(True)
        head.addWidget(self._title, 1)
        tips = {
            NormalConvention.OPENGL: tr("Green grows towards the top of the picture (+Y up)"),
            NormalConvention.DIRECTX: tr("Green grows towards the bottom of the picture (+Y down)"),
        }
        names = {NormalConvention.OPENGL: "OpenGL", NormalConvention.DIRECTX: "DirectX"}
        self._switch = Segmented([(convention, names[convention], tip) for convention, tip in tips.items()])
        self._switch.chosen.connect(lambda value: self.chosen.emit(NormalConvention(value)))
        head.addWidget(self._switch)
        column.addLayout(head)
        self._reason = label("", "small")
        self._reason.setWordWrap(True)
        column.addWidget(self._reason)
        self._previews = QWidget()
        pair = bare(QHBoxLayout(self._previews), 8)
        group = QButtonGroup(self)
        self._choices: dict[NormalConvention, QPushButton] = {}
        texts = {NormalConvention.OPENGL: tr("OpenGL, +Y up"), NormalConvention.DIRECTX: tr("DirectX, +Y down")}
        for convention, text in texts.items():
            cell = bare(QVBoxLayout(), 4)
            made = QPushButton()
            made.setObjectName("choice")
            made.setCheckable(True)
            made.setIconSize(QSize(112, 112))
            made.setProperty("look", "picture")
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            made.setAccessibleName(text)
            made.setToolTip(tips[convention])
            made.clicked.connect(lambda _=False, c=convention: self.chosen.emit(c))
            group.addButton(made)
            self._choices[convention] = made
            caption: QLabel = label(text, "small")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setWordWrap(True)
            cell.addWidget(made)
            cell.addWidget(caption)
            pair.addLayout(cell, 1)
        group.setExclusive(False)
        column.addWidget(self._previews)

    def set_convention(self, convention: NormalConvention, reason: str) -> None:
        self.undecided = convention is NormalConvention.UNKNOWN
        self._previews.setVisible(self.undecided)
        self._switch.setVisible(not self.undecided)
        if self.undecided:
            self._title.setText(tr("Normal map: which one looks right?"))
            self._reason.setText(
                tr("The light comes from the upper left. Pick the picture whose relief looks as it should.")
            )
            restyle(self._title, "state", "warn")
        else:
            self._title.setText(tr("Normal map"))
            restyle(self._title, "state", "")
            self._switch.set_value(convention)
            self._reason.setText(reason)
        for made in self._choices.values():
            made.setChecked(False)

    def set_previews(self, pictures: Mapping[NormalConvention, QImage]) -> None:
        for convention, picture in pictures.items():
            self._choices[convention].setIcon(QIcon(QPixmap.fromImage(picture)))
