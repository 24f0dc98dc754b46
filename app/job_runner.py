"""The one adapter between jobs and the window: runs the generator of a job in a ``QThread``.

The thread only appends events to a queue and says once that there is news. The GUI thread takes everything that
has come up to ten times a second, in order and without loss. A job's end is told after its last event.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from core.errors import Cancelled, TexloomError
from core.jobs import Control, Event, Finished

log = logging.getLogger(__name__)

PUBLISH_INTERVAL_S = 0.1
NICENESS = 10

Work = Callable[[Control], Iterator[Event]]


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    """Told to finish with what it has."""
    DISCARDING = "discarding"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def call(function: Callable[..., Any], *args: Any) -> Work:
    """A plain function as a job without events; for reading, planning and exporting."""

    def work(control: Control) -> Iterator[Event]:
        control.check()
        yield Finished(function(*args))

    return work


class _JobThread(QThread):
    """Iterates one generator. Everything it leaves behind is read after the thread has ended."""

    news = Signal()

    def __init__(self, title: str, work: Work, control: Control) -> None:
        super().__init__()
        self.setObjectName(title)
        self._work = work
        self._control = control
        self.queue: deque[Event] = deque()
        self.announced = False
        self.result: Finished | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        _step_back()
        try:
            self._iterate()
        except Cancelled as error:
            self.error = error
        except TexloomError as error:
            log.warning("%s: %s", self.objectName(), error, exc_info=True)
            self.error = error
        except Exception as error:
            log.exception("%s failed", self.objectName())
            self.error = error

    def _iterate(self) -> None:
        self._control.check()
        events = self._work(self._control)
        try:
            for event in events:
                if isinstance(event, Finished):
                    self.result = event
                self.queue.append(event)
                if not self.announced:
                    self.announced = True
                    self.news.emit()
                if self.result is None:
                    self._control.check()
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()


def _step_back() -> None:
    """Let the window, and whatever else a person waits for, have the processor first: jobs take what is left.

    Linux looks at the niceness of single threads; those that this one starts inherit it.
    """
    if sys.platform == "linux":
        for thread in (threading.get_native_id(), *_threads_of_libraries()):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))


def _threads_of_libraries() -> list[int]:
    """Those that numpy's products are shared with, which begin when it is imported. While they wait for a thread of
    lower priority they keep a core busy, and take from it what it needs to come to an end.

    They have no name of their own, and Python doesn't know them.
    """
    known = {thread.native_id for thread in threading.enumerate()}
    found = []
    with contextlib.suppress(OSError):
        own_name = Path("/proc/self/comm").read_bytes()  # cut after 15 bytes, also within a letter
        for task in Path("/proc/self/task").iterdir():
            number = int(task.name)
            if number not in known and number != os.getpid() and (task / "comm").read_bytes() == own_name:
                found.append(number)
    return found


class Job(QObject):
    """One run of a generator, as the GUI thread sees it. All signals arrive in the GUI thread."""

    changed = Signal()
    """The state changed."""
    events = Signal(tuple)
    """What came since the last time, in order; ten times a second at most."""
    finished = Signal(object)
    """The :class:`core.jobs.Finished` event."""
    failed = Signal(object)
    """The exception."""
    cancelled = Signal()
    ended = Signal()
    """Last, whatever the outcome; the thread is gone."""

    _count = itertools.count(1)

    def __init__(self, title: str, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.number = next(Job._count)
        """No other job of this process has it."""
        self.control = Control()
        self.state = JobState.WAITING
        self._published_at = 0.0
        self._work = work
        self._thread: _JobThread | None = None
        """Made at the start: hundreds of jobs may wait."""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._publish)

    def start(self) -> None:
        if self.state is JobState.WAITING:
            self._thread = _JobThread(self.title, self._work, self.control)
            self._thread.news.connect(self._on_news, Qt.ConnectionType.QueuedConnection)
            self._thread.finished.connect(self._on_thread_finished, Qt.ConnectionType.QueuedConnection)
            self._set_state(JobState.RUNNING)
            # Only some systems look at this; _step_back does it for Linux.
            self._thread.start(QThread.Priority.LowPriority)

    def pause(self) -> None:
        if self.state is JobState.RUNNING:
            self.control.pause()
            self._set_state(JobState.PAUSED)

    def resume(self) -> None:
        if self.state is JobState.PAUSED:
            self.control.resume()
            self._set_state(JobState.RUNNING)

    def stop(self) -> None:
        """Finish with the best state so far."""
        if self.state in (JobState.RUNNING, JobState.PAUSED):
            self.control.stop()
            self._set_state(JobState.STOPPING)

    def cancel(self) -> None:
        """End without a result."""
        if self.state is JobState.WAITING:
            self._set_state(JobState.CANCELLED)
            self.cancelled.emit()
            self.ended.emit()
        elif not self.state.ended and self.state is not JobState.DISCARDING:
            self.control.cancel()
            self._set_state(JobState.DISCARDING)

    def wait(self, limit_s: float) -> bool:
        """Block until the thread has ended and tell the outcome; False after ``limit_s``. Only for shutting down."""
        if self._thread is None:
            return self.state.ended
        if not self._thread.wait(max(0, round(limit_s * 1000))):
            return False
        self._on_thread_finished()
        return True

    def _set_state(self, state: JobState) -> None:
        self.state = state
        self.changed.emit()

    @Slot()
    def _on_news(self) -> None:
        due = self._published_at + PUBLISH_INTERVAL_S - time.perf_counter()
        if due <= 0:
            self._publish()
        elif not self._later.isActive():
            self._later.start(max(1, round(due * 1000)))

    @Slot()
    def _publish(self) -> None:
        if self._thread is None:
            return
        self._published_at = time.perf_counter()
        # Cleared before taking, so that an event appended meanwhile announces itself again.
        self._thread.announced = False
        taken = []
        while self._thread.queue:
            taken.append(self._thread.queue.popleft())
        if taken:
            self.events.emit(tuple(taken))

    @Slot()
    def _on_thread_finished(self) -> None:
        if self.state.ended or self._thread is None:
            return
        # What is still on its way from the thread would find this object gone after a shutdown.
        self._thread.news.disconnect(self._on_news)
        self._thread.finished.disconnect(self._on_thread_finished)
        self._later.stop()
        self._publish()
        error, result = self._thread.error, self._thread.result
        if isinstance(error, Cancelled):
            self._set_state(JobState.CANCELLED)
            self.cancelled.emit()
        elif error is not None:
            self._set_state(JobState.FAILED)
            self.failed.emit(error)
        elif result is None:
            self._set_state(JobState.FAILED)
            self.failed.emit(RuntimeError(f"{self.title} ended without a result."))
        else:
            self._set_state(JobState.DONE)
            self.finished.emit(result)
        self.ended.emit()


class JobQueue(QObject):
    """Runs jobs one after the other, for one scarce resource: the processor that trains, or the disk."""

    changed = Signal()
    """A job was added, started or ended."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._closed = self._held = False

    @property
    def running(self) -> Job | None:
        return self._running

    @property
    def waiting(self) -> tuple[Job, ...]:
        return tuple(self._waiting)

    def submit(self, title: str, work: Work) -> Job:
        """Queue a job. It starts in a later turn of the event loop, so that its signals can be connected first."""
        job = Job(title, work, self)
        # A closure over the job would be freed while the job is being deleted, and the job once more with it.
        job.ended.connect(self._on_some_ended)
        self._waiting.append(job)
        QTimer.singleShot(0, self, self._start_next)
        self.changed.emit()
        return job

    def move(self, job: Job, place: int) -> None:
        """Put a waiting job at ``place`` among those that wait, 0 is next."""
        if job in self._waiting:
            self._waiting.remove(job)
            self._waiting.insert(place, job)
            self.changed.emit()

    @property
    def held(self) -> bool:
        return self._held

    def hold(self, on: bool) -> None:
        """While held, no waiting job starts; what runs goes on."""
        if on != self._held:
            self._held = on
            self.changed.emit()
            self._start_next()

    def cancel_waiting(self) -> None:
        for job in tuple(self._waiting):
            job.cancel()

    def shutdown(self, limit_s: float) -> bool:
        """Ask everything to end and wait; False if a thread is still running after ``limit_s``."""
        self._closed = True
        self.cancel_waiting()
        running = self._running
        if running is None:
            return True
        running.cancel()
        return running.wait(limit_s)

    def _start_next(self) -> None:
        if self._running is None and self._waiting and not self._closed and not self._held:
            self._running = self._waiting.pop(0)
            self._running.start()
            self.changed.emit()

    @Slot()
    def _on_some_ended(self) -> None:
        ended = [job for job in self._waiting if job.state.ended]
        self._waiting = [job for job in self._waiting if not job.state.ended]
        if self._running is not None and self._running.state.ended:
            ended.append(self._running)
            self._running = None
            QTimer.singleShot(0, self, self._start_next)
        for job in ended:
            # The queue kept the reference until the thread had ended; from here on the object may go.
            job.deleteLater()
        self.changed.emit()
