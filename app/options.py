"""What the user chooses once for all projects. The form in the window is made from it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InputError
from core.jobs import from_dict, setting

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    text_size: int = setting(100, "Size of all text in the window.", unit="%", low=100, high=200)
    at_start: str = setting(
        "home page",
        "What the window shows first if nothing is opened with it.",
        choices=("home page", "last project"),
    )
    hold_queue: bool = setting(True, "After a restart, runs that waited in the queue wait until you let them go on.")
    follow_files: bool = setting(True, "Read a material again as soon as one of its files changes.")
    desktop_messages: bool = setting(
        True, "Show at the application's icon and in the tray how much is left to do, and tell when all is done."
    )


def from_stored(values: Mapping[str, Any]) -> Options:
    """The defaults where the stored values can't be understood."""
    try:
        return from_dict(Options, values)
    except InputError as error:
        log.warning("Stored preferences were ignored: %s", error)
        return Options()
