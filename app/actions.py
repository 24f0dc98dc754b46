"""Every act of the window in one table: menus, keys, the key sheet, hints and the search are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from widgets.icons import icon
from widgets.language import tr


@dataclass(frozen=True)
class ActionSpec:
    """``keys`` in Qt's portable spelling, several separated by ``; ``. ``menu`` is "" for acts that are only keys.
    ``hint`` is the sentence in the status bar."""

    id: str
    text: str
    menu: str
    keys: str = ""
    icon: str = ""
    hint: str = ""
    checkable: bool = False
    separated: bool = False
    """A separator stands before it in its menu."""


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_project", "New project", "File", "Ctrl+N", "project", "What is open is saved"),
    ActionSpec("open_project", "Open project…", "File", "Ctrl+Alt+O", "project", "A .texloom-project file"),
    ActionSpec("save_project", "Save project as…", "File", "Ctrl+S", "save", "From then on it saves itself"),
    ActionSpec(
        "open_folder",
        "Open folder…",
        "File",
        "Ctrl+O",
        "folder-open",
        "A folder with one or several sets",
        separated=True,
    ),
    ActionSpec("open_files", "Open files…", "File", "Ctrl+Shift+O", "image", "Images of one set, or .texloom files"),
    ActionSpec("queue_folder", "Queue a folder tree…", "File", "Ctrl+Shift+T", "tree", "Compress all sets below it"),
    ActionSpec("watch_folder", "Watch a folder…", "File", "", "", "Open what is put into it", checkable=True),
    ActionSpec(
        "save_as", "Save as .texloom…", "File", "Ctrl+Shift+S", "save", "Copy the finished file of B", separated=True
    ),
    ActionSpec("export", "Export…", "File", "Ctrl+E", "export", "As last time: what an engine or a tool needs"),
    ActionSpec("decode", "Decode to folder…", "File", "Ctrl+Shift+E", "image", "Write the maps as image files again"),
    ActionSpec("locate_files", "Locate files…", "File", "", "search", "Of a material whose files have been moved"),
    ActionSpec("close_material", "Close material", "File", "Ctrl+W", "", "Its files and runs stay", separated=True),
    ActionSpec("quit", "Quit", "File", "Ctrl+Q"),
    ActionSpec("undo", "Undo", "Edit", "Ctrl+Z", "undo"),
    ActionSpec("redo", "Redo", "Edit", "Ctrl+Shift+Z", "redo"),
    ActionSpec("use_again", "Use these settings again", "Edit", "Ctrl+U", "reset", "Of the run in B", separated=True),
    ActionSpec("copy_command", "Copy as command line", "Edit", "Ctrl+Shift+C", "copy", "The same run in a terminal"),
    ActionSpec("rename_run", "Rename run", "Edit", "", "", "In the table of runs: F2", separated=True),
    ActionSpec("save_preset", "Save settings as preset…", "Edit", "", "preset", "For other materials and projects"),
    ActionSpec("preferences", "Preferences…", "Edit", "Ctrl+,", "sliders", "Text size, start, files", separated=True),
    ActionSpec("start", "Start", "Run", "Ctrl+Return", "play", "Compress this material"),
    ActionSpec("start_all", "Start all materials", "Run", "Ctrl+Shift+Return", "", "One after the other"),
    ActionSpec("pause", "Pause", "Run", "Ctrl+P", "pause", "Hold the run; nothing is lost", separated=True),
    ActionSpec("stop", "Stop and keep", "Run", "Ctrl+K", "keep", "Finish now and keep the best result so far"),
    ActionSpec("discard", "Discard", "Run", "Ctrl+Backspace", "discard", "End the run and delete what it made"),
    ActionSpec("baseline", "Add baseline…", "Run", "Ctrl+B", "plus", "See what BC7 or ASTC makes of this material"),
    ActionSpec("curve", "Measure rate and quality", "Run", "", "", "Queue runs of this material at several sizes"),
    ActionSpec("hold_queue", "Hold the queue", "Run", "", "", "Start nothing more; what runs goes on", checkable=True),
    ActionSpec("cancel_waiting", "Cancel waiting runs", "Run", "", "", "The one that runs goes on", separated=True),
    ActionSpec("mode", "Switch 2D and 3D", "View", "V", "cube"),
    ActionSpec("compare_a", "Only A", "View", "Shift+A", "view-a", separated=True),
    ActionSpec("compare_b", "Only B", "View", "Shift+B", "view-b"),
    ActionSpec("compare_split", "Side by side", "View", "S", "side-by-side"),
    ActionSpec("compare_wipe", "Wipe", "View", "W", "wipe", "Drag the border between A and B"),
    ActionSpec("compare_difference", "Difference", "View", "D", "difference"),
    ActionSpec("compare_flip", "FLIP", "View", "E", "flip", "What an eye sees when A and B are flipped"),
    ActionSpec("false_color", "False colours", "View", "K", "false-color", "Of the difference, with a scale"),
    ActionSpec("turn_wipe", "Turn the wipe", "View", "Shift+W", "", "Its knob turns it freely, with Shift in steps"),
    ActionSpec("gain_down", "Less gain", "View", "["),
    ActionSpec("gain_up", "More gain", "View", "]"),
    ActionSpec("channel_next", "Next map", "View", "C", "channels", separated=True),
    ActionSpec("channel_all", "Whole material", "View", "M"),
    ActionSpec("component_r", "Red only (2D)", "View", "R"),
    ActionSpec("component_g", "Green only (2D)", "View", "G"),
    ActionSpec("component_b", "Blue only (2D)", "View", "B"),
    ActionSpec("component_a", "Alpha only (2D)", "View", "A"),
    ActionSpec("fit", "Fit", "View", "F", "fit", "Show all of it", separated=True),
    ActionSpec("one_to_one", "1 : 1", "View", "Z", "one-to-one", "One texel per pixel of the screen"),
    ActionSpec("tiling", "Next tiling", "View", "T", "tiling-2"),
    ActionSpec("half_offset", "Shift by half a tile", "View", "H", "half-offset"),
    ActionSpec("mip_smaller", "Smaller mip level", "View", "PgDown", "mips", separated=True),
    ActionSpec("mip_larger", "Larger mip level", "View", "PgUp"),
    ActionSpec("show_mips", "Colour mip levels", "View", "", "", "The level that is read, by its colour"),
    ActionSpec("show_seams", "Mark seams", "View", "J", "seams", "Where B tiles worse than A"),
    ActionSpec("sampler", "Sample latents (3D)", "View", "N", "", "Decode them in the shader", checkable=True),
    ActionSpec("filtering", "Next filter of latents", "View", "", "", "Nearest, bilinear, stochastic"),
    ActionSpec("mesh", "Own mesh…", "View", "", "cube", "Show the material on a glTF or OBJ file", separated=True),
    ActionSpec("panorama", "Own panorama…", "View", "", "environment", "Light the material with an HDR picture"),
    ActionSpec("go_home", "Home", "Window", "Ctrl+1", "home", "Recent projects"),
    ActionSpec("go_compress", "Compress", "Window", "Ctrl+2", "", "Materials, view and runs"),
    ActionSpec("go_lab", "Lab", "Window", "Ctrl+3", "", "Watch a network learn a picture"),
    ActionSpec("hide_panels", "Hide panels", "Window", "F10", "", "In the viewport: Tab", checkable=True),
    ActionSpec("full_screen", "Full screen", "Window", "F11", checkable=True),
    ActionSpec("next_panel", "Next panel", "Window", "F6", "", "Move the keyboard to the next part of the window"),
    ActionSpec("to_message", "Go to the message", "Window", "F7", "", "To the newest one's buttons; Esc closes it"),
    ActionSpec("reset_layout", "Reset layout", "Window", "", separated=True),
    ActionSpec("key_sheet", "Keys", "Help", "?; F1", "keyboard"),
    ActionSpec("palette", "Search actions…", "Help", "Ctrl+Shift+P", "search"),
    ActionSpec("copy_report", "Copy report", "Help", "", "copy", "For a bug report", separated=True),
    ActionSpec("open_log", "Open log folder", "Help", "", "folder-open"),
    ActionSpec("about", "About Texloom", "Help"),
)

MENUS = ("File", "Edit", "Run", "View", "Window", "Help")


def make(parent: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """All actions as children of ``parent``, by id. A missing handler is an error, so that no entry is dead."""
    made: dict[str, QAction] = {}
    for spec in ACTIONS:
        action = QAction(tr(spec.text), parent)
        action.setObjectName(spec.id)
        if spec.icon:
            action.setIcon(icon(spec.icon))
            action.setProperty("icon_name", spec.icon)
        if spec.keys:
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys.split("; ")])
        action.setCheckable(spec.checkable)
        action.setAutoRepeat(spec.id in ("gain_up", "gain_down"))
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        name, hint = tr(spec.text).rstrip("…"), tr(spec.hint)
        action.setToolTip(name + (f"  ({keys})" if keys else "") + (f"\n{hint}" if hint else ""))
        action.setStatusTip(f"{name}: {hint}" if hint else name)
        handler = handlers[spec.id]
        action.triggered.connect(lambda _=False, act=handler: act())
        parent.addAction(action)
        made[spec.id] = action
    return made
