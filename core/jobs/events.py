"""What a job says while it runs. Events are few and never lost; heavy previews go through the slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Started:
    """The job has read its inputs and begins to work.

    ``predicted_bytes`` is the size of the file it will write, where that is known.
    """

    title: str
    predicted_bytes: int | None = None


@dataclass(frozen=True)
class Progress:
    """``fraction`` in [0, 1] of the whole job; ``remaining_s`` is None while it would be a guess."""

    fraction: float
    stage: str = ""
    remaining_s: float | None = None


@dataclass(frozen=True)
class Metrics:
    """Quality measured during the run. ``psnr_db`` is the set's figure, ``map_psnr_db`` per role name."""

    step: int
    seconds: float
    samples: int
    loss: float
    psnr_db: float
    map_psnr_db: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """Something the user should know; the run goes on."""

    text: str


@dataclass(frozen=True)
class Checkpoint:
    """The run can be resumed from this file."""

    path: Path
    step: int


@dataclass(frozen=True)
class Finished:
    """The job's result. ``stopped_early`` is true when the user stopped it and kept what was done."""

    result: Any
    stopped_early: bool = False


Event = Started | Progress | Metrics | Notice | Checkpoint | Finished
