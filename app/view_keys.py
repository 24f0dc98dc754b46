"""What keys and mouse do in each view: the key sheet and the status bar tell it of the view under the mouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.actions import ACTIONS, ActionSpec
from widgets.language import tr

Entry = tuple[str, str]
"""What is done, and by which keys."""
Groups = dict[str, list[Entry]]

HELD = {"Ctrl": Qt.Key.Key_Control, "Alt": Qt.Key.Key_Alt, "Shift": Qt.Key.Key_Shift}
"""In the order in which keys are written."""
SPACE = "Space"


@dataclass(frozen=True)
class View:
    """``title``: what people call it. ``acts``: the actions that are about it, the likeliest first. ``hint``: the
    sentence in the status bar while nothing is held, if there is more to say than of the window as a whole."""

    title: str
    acts: tuple[str, ...]
    hint: str = ""


_RUNNING = ("start", "pause", "stop", "discard")
_COMPARING = (
    "compare_wipe",
    "compare_difference",
    "compare_flip",
    "compare_split",
    "compare_a",
    "compare_b",
    "turn_wipe",
    "false_color",
    "gain_down",
    "gain_up",
    "channel_next",
    "channel_all",
    "fit",
    "tiling",
    "half_offset",
    "show_seams",
    "mode",
)

PICTURE, MATERIAL = "2d", "3d"
VIEWS: dict[str, View] = {
    PICTURE: View(
        "View in 2D",
        (
            *_COMPARING,
            "one_to_one",
            "component_r",
            "component_g",
            "component_b",
            "component_a",
            "mip_smaller",
            "mip_larger",
        ),
        "Space original   W wipe   D difference   E FLIP   R G B A channel   C next map   Z 1:1   ? keys",
    ),
    MATERIAL: View(
        "View in 3D",
        (*_COMPARING, "sampler", "mip_smaller", "mip_larger"),
        "Space original   W wipe   D difference   E FLIP   C map   T tiling   Shift+right-drag light   ? keys",
    ),
    "materials": View(
        "Materials",
        ("open_folder", "open_files", "queue_folder", "close_material", "start", "start_all"),
        "Click looks at a material   Right-click for more   Delete closes it   ? keys",
    ),
    "compress": View(
        "Compress",
        (*_RUNNING, "export", "save_as", "undo", "redo", "copy_command"),
        "Hold the mouse over a name for what it means   Ctrl+wheel in a number: ten steps   ? keys",
    ),
    "training": View("Training", (*_RUNNING, "baseline")),
    "runs": View(
        "Runs",
        ("use_again", "save_as", "export", "baseline", *_RUNNING),
        "Double-click into B, with Shift into A   Drag onto A or B   F2 name   Delete   ? keys",
    ),
    "queue": View(
        "Queue",
        (*_RUNNING, "start_all", "queue_folder"),
        "Drag changes the order   Ctrl+Up, Ctrl+Down too   Delete takes out   ? keys",
    ),
    "rates": View("Rates", ("use_again", "baseline"), "Click a result into B, with Shift into A   ? keys"),
    "inspect": View(
        "Inspect",
        ("channel_next", "component_r", "component_g", "component_b", "mip_smaller", "mip_larger", "show_seams"),
    ),
    "log": View("Log", ()),
    "home": View(
        "Home",
        ("open_folder", "open_files", "queue_folder", "new_project", "open_project"),
        "Drop a folder of maps anywhere on the window",
    ),
    "lab": View(
        "Lab", ("undo", "redo", "go_compress"), "Drop a picture on the lab, or start with the sample   Wheel zooms"
    ),
}


@dataclass(frozen=True)
class Hand:
    """One thing that is done by mouse or by keys that are no action's. ``held`` as in :data:`HELD`, joined by ``+``;
    ``wiping``: only while A and B are wiped."""

    views: tuple[str, ...]
    held: str
    gesture: str
    what: str
    wiping: bool = False


_BOTH = (PICTURE, MATERIAL)
HAND: tuple[Hand, ...] = (
    Hand(_BOTH, "", "hold Space", "See the original"),
    Hand((MATERIAL,), "", "drag, arrows", "Orbit"),
    Hand((MATERIAL,), "", "right-drag", "Pan"),
    Hand((PICTURE,), "", "drag, arrows", "Pan"),
    Hand(_BOTH, "", "wheel, +, -", "Zoom"),
    Hand(_BOTH, "", "double-click", "Fit"),
    Hand((MATERIAL,), "Shift", "right-drag, arrows", "Rotate the light"),
    Hand(_BOTH, "", "1 … 9", "Run into B (1: the newest)"),
    Hand(_BOTH, "Shift", "1 … 9", "Run into A"),
    Hand(_BOTH, "Shift", "drag its knob", "Turn the wipe in steps", wiping=True),
    Hand(_BOTH, "Ctrl", "arrows", "Move and turn the wipe", wiping=True),
    Hand(_BOTH, "", "Tab", "Hide panels"),
    Hand(("materials",), "", "click, Up, Down", "Look at another material"),
    Hand(("materials",), "", "Del", "Close the material"),
    Hand(("compress",), "Ctrl", "wheel, Up, Down", "Ten steps in a number that has the keyboard"),
    Hand(("runs",), "", "double-click, Enter", "Run into B"),
    Hand(("runs",), "Shift", "double-click, Enter", "Run into A"),
    Hand(("runs",), "", "drag", "Run onto A or B"),
    Hand(("runs",), "", "F2", "Name of the run"),
    Hand(("runs",), "", "Del", "Delete or discard the run"),
    Hand(("queue",), "", "drag", "Change the order"),
    Hand(("queue",), "Ctrl", "Up, Down", "Change the order"),
    Hand(("queue",), "", "Del", "Take out of the queue"),
    Hand(("rates",), "", "click", "Run into B"),
    Hand(("rates",), "Shift", "click", "Run into A"),
    Hand(("inspect",), "", "click", "Go to one of the worst spots"),
    Hand(("home",), "", "click, Enter", "Open the project"),
    Hand(("home",), "", "Del", "Take the project out of the list"),
    Hand(("lab",), "", "wheel", "Zoom"),
    Hand(("lab",), "", "drag", "Pan"),
    Hand(("lab",), "", "double-click", "Fit"),
)

PANELS = "1 … 8"
"""With Alt."""
LIKELY = ("start", "pause", "undo", "redo", "export", "open_folder", "stop", "use_again", "palette")
"""What is told first of the actions of the whole window."""


def words() -> list[str]:
    """For translators."""
    told = [word for view in VIEWS.values() for word in (view.title, view.hint) if word]
    told += [word for hand in HAND for word in (*hand.gesture.split(", "), hand.what)]
    return told


# --- the key sheet ---------------------------------------------------------------------------------------------


def sheet(view: str, panels: Sequence[Entry]) -> tuple[tuple[str, list[Entry]], Groups]:
    """The heading and the keys of ``view``, and all others by heading. ``panels``: keys that show and hide panels."""
    specs = {spec.id: spec for spec in ACTIONS}
    shown = [specs[name] for name in VIEWS[view].acts if specs[name].keys]
    own = [*(_by_hand(hand) for hand in HAND if view in hand.views), *(_entry(spec) for spec in shown)]
    others: Groups = {}
    for spec in ACTIONS:
        if spec.keys and spec not in shown:
            others.setdefault(tr(spec.menu), []).append(_entry(spec))
    others.setdefault(tr("Window"), []).extend(panels)
    for name, other in VIEWS.items():
        # What is the same in both looks of the view stands there once.
        same = view if view in _BOTH and name in _BOTH else ""
        hands = [hand for hand in HAND if name in hand.views and same not in hand.views and name != view]
        if name == MATERIAL and view not in _BOTH:
            hands = [hand for hand in hands if PICTURE not in hand.views]
        if hands:
            others[tr(other.title)] = [*others.get(tr(other.title), ()), *(_by_hand(hand) for hand in hands)]
    return (tr(VIEWS[view].title), own), others


def _entry(spec: ActionSpec) -> Entry:
    keys = [QKeySequence(part).toString(QKeySequence.SequenceFormat.NativeText) for part in spec.keys.split("; ")]
    return tr(spec.text).rstrip("…"), ", ".join(keys)


def _by_hand(hand: Hand) -> Entry:
    held = spelled(hand.held.split("+")) if hand.held else ""
    return tr(hand.what), ", ".join(held + tr(part) for part in hand.gesture.split(", "))


def spelled(held: Iterable[str]) -> str:
    """Held keys as the system writes them before another one: ``Ctrl+Shift+``."""
    text = "+".join(name for name in HELD if name in held)
    return QKeySequence(f"{text}+A").toString(QKeySequence.SequenceFormat.NativeText)[:-1] if text else ""


# --- the status bar --------------------------------------------------------------------------------------------


def hint(view: str, held: frozenset[str], enabled: Iterable[str], *, wiping: bool = False) -> str:
    """What can be done in ``view`` with the mouse and the keyboard while ``held`` is: names of :data:`HELD`, or
    :data:`SPACE`. ``enabled``: the actions that can be done now."""
    if SPACE in held:
        return tr("Space   The original is shown until the key is let go")
    if not held:
        said = tr(VIEWS[view].hint) if VIEWS[view].hint else tr("Ctrl+Shift+P search actions   ? keys")
        return tr("Drag moves the wipe") + "   " + said if wiping and view == PICTURE else said
    parts = [
        f"{tr(part)} {tr(hand.what)}"
        for hand in HAND
        if view in hand.views and set(hand.held.split("+")) == held and (wiping or not hand.wiping)
        for part in [hand.gesture.split(", ")[0]]
    ]
    if held == {"Alt"}:
        parts.append(f"{PANELS} {tr('Show or hide a panel')}")
    can = set(enabled)
    order = {name: place for place, name in enumerate((*VIEWS[view].acts, *LIKELY))}
    fit = [spec for spec in ACTIONS if spec.id in can and _held_of(spec) == held]
    for spec in sorted(fit, key=lambda spec: order.get(spec.id, len(order))):
        key = QKeySequence(spec.keys.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)
        parts.append(f"{key.removeprefix(spelled(held))} {tr(spec.text).rstrip('…')}")
    name = spelled(held)
    return f"{name}   " + "  ·  ".join(parts) if parts else tr("{keys}   does nothing here").format(keys=name)


def _held_of(spec: ActionSpec) -> set[str]:
    return {name for name in HELD if name in spec.keys.split("; ")[0].split("+")}
