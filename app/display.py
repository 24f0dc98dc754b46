"""Whether a window can be opened here at all; found out without loading Qt, which would end the process."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path


def display_problem(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """One sentence if no window can be opened, else an empty string."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    wayland, x11 = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if not wayland and not x11:
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be opened."
    if wayland or not x11 or _answers(x11):
        return ""
    return f"The display {x11} doesn't answer, so no window can be opened."


def _answers(display: str) -> bool:
    """Whether an X server listens on a local display; a remote one is believed."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None:
        return True
    path = Path(f"/tmp/.X11-unix/X{local[1]}")
    for address in (str(path), "\0" + str(path)):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2.0)
            try:
                client.connect(address)
            except OSError:
                continue
            return True
    return False
