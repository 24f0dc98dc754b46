"""Networks that the lab has trained and nobody has saved: what would go with the window is kept and offered again."""

from __future__ import annotations

import contextlib
import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from core.coordinate import SUFFIX, network_file
from core.coordinate.network import CoordinateNetwork
from core.errors import TexloomError
from core.files import write_json

log = logging.getLogger(__name__)

MOST = 5
"""So many are kept; then the oldest goes."""
SAMPLE = "sample"


@dataclass(frozen=True)
class Kept:
    """``picture``: the file that it learned, None for the lab's own sample. ``file``: the network."""

    name: str
    picture: Path | None
    file: Path


class KeptNetworks:
    """One file for each time that the lab was open, in ``folder``. May be written to by the thread that trains."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own = folder / f"{time.time_ns()}{SUFFIX}"

    def newest(self) -> Kept | None:
        """The one that was kept last, not now."""
        for file in reversed(self._files()):
            if file == self._own:
                continue
            try:
                about = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
                picture = None if about["picture"] == SAMPLE else Path(about["picture"])
                return Kept(str(about["name"]), picture, file)
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.info("%s is not offered: %s", file, error)
        return None

    def keep(self, network: CoordinateNetwork, name: str, picture: Path | None) -> None:
        """In the place of what this window has kept before. What can't be written is logged: nobody asked for it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            network_file.write(network, self._own)
            about = {"name": name, "picture": SAMPLE if picture is None else str(picture)}
            write_json(self._own.with_suffix(".json"), about)
        except (OSError, TexloomError) as error:
            log.warning("The network could not be kept: %s", error)
        for file in self._files()[:-MOST]:
            _remove(file)

    def forget(self, also: Kept | None = None) -> None:
        """It was saved by its owner; ``also``: what it was taken up from."""
        for file in (self._own, *((also.file,) if also is not None else ())):
            _remove(file)

    def _files(self) -> list[Path]:
        """The oldest first."""
        return sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda file: (len(file.name), file.name))


def _remove(file: Path) -> None:
    for path in (file, file.with_suffix(".json")):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
