"""The job protocol: a long computation is a generator of frozen events, steered by a control.

A job is ``def job(inputs, settings, control, slot) -> Iterator[Event]``. The command line iterates it, the
window runs it in a thread; neither is known to the job.
"""

from core.jobs.control import Control
from core.jobs.events import (
    Checkpoint,
    Event,
    Finished,
    Metrics,
    Notice,
    Progress,
    Started,
)
from core.jobs.settings import Setting, describe, from_dict, setting, to_dict
from core.jobs.slot import Slot

__all__ = [
    "Checkpoint",
    "Control",
    "Event",
    "Finished",
    "Metrics",
    "Notice",
    "Progress",
    "Setting",
    "Slot",
    "Started",
    "describe",
    "from_dict",
    "setting",
    "to_dict",
]
