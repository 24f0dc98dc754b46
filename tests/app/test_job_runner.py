"""The adapter between jobs and the window, with real jobs in real threads."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QObject, Qt, QThread, Signal
from pytestqt.qtbot import QtBot

from app import job_runner
from app.job_runner import NICENESS, PUBLISH_INTERVAL_S, Job, JobQueue, JobState, call
from core.errors import InputError
from core.jobs import Control, Event, Finished, Notice, Progress

LIMIT_MS = 10_000


def counting(count: int, pause_s: float = 0.0):
    """A job of ``count`` events that looks at its control between them."""

    def work(control: Control) -> Iterator[Event]:
        for i in range(count):
            if control.check():
                yield Finished(i, stopped_early=True)
                return
            yield Progress(i / count, str(i))
            if pause_s:
                time.sleep(pause_s)
        yield Finished(count)

    return work


@pytest.fixture
def queue(qtbot: QtBot) -> Iterator[JobQueue]:
    made = JobQueue()
    yield made
    assert made.shutdown(10.0)


def collect(job: Job) -> list[tuple[float, tuple[Event, ...]]]:
    published: list[tuple[float, tuple[Event, ...]]] = []
    job.events.connect(lambda events: published.append((time.perf_counter(), events)))
    return published


def test_no_event_is_lost_and_the_order_is_kept(qtbot: QtBot, queue: JobQueue) -> None:
    job = queue.submit("count", counting(20_000))
    published = collect(job)
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        pass
    events = [event for _, batch in published for event in batch]
    assert [e.stage for e in events if isinstance(e, Progress)] == [str(i) for i in range(20_000)]
    assert events[-1] == Finished(20_000)


def test_events_are_published_ten_times_a_second_at_most(qtbot: QtBot, queue: JobQueue) -> None:
    job = queue.submit("count", counting(600, 0.001))
    published = collect(job)
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        pass
    moments = [moment for moment, _ in published]
    # The last one is not held back: it tells the end.
    gaps = [b - a for a, b in itertools.pairwise(moments[:-1])]
    assert gaps, "the job was too short to tell anything about the rate"
    assert min(gaps) > PUBLISH_INTERVAL_S * 0.8


def test_an_event_is_not_held_back_while_the_job_is_silent(qtbot: QtBot, queue: JobQueue) -> None:
    def work(control: Control) -> Iterator[Event]:
        yield Notice("first")
        yield Notice("second")
        end = time.perf_counter() + 5
        while time.perf_counter() < end and not control.check():
            time.sleep(0.01)
        yield Finished(None)

    job = queue.submit("silent", work)
    published = collect(job)
    qtbot.waitUntil(lambda: sum(len(batch) for _, batch in published) == 2, timeout=2000)
    assert job.state is JobState.RUNNING
    job.stop()
    qtbot.waitUntil(lambda: job.state is JobState.DONE, timeout=LIMIT_MS)


def test_pause_holds_and_resume_goes_on(qtbot: QtBot, queue: JobQueue) -> None:
    job = queue.submit("count", counting(100_000, 0.001))
    published = collect(job)
    qtbot.waitUntil(lambda: bool(published), timeout=LIMIT_MS)
    job.pause()
    assert job.state is JobState.PAUSED
    qtbot.wait(250)
    held = sum(len(batch) for _, batch in published)
    qtbot.wait(300)
    assert sum(len(batch) for _, batch in published) == held
    job.resume()
    qtbot.waitUntil(lambda: sum(len(batch) for _, batch in published) > held, timeout=LIMIT_MS)
    job.cancel()
    qtbot.waitUntil(lambda: job.state is JobState.CANCELLED, timeout=LIMIT_MS)


def test_stop_keeps_the_result(qtbot: QtBot, queue: JobQueue) -> None:
    job = queue.submit("count", counting(100_000, 0.001))
    published = collect(job)
    qtbot.waitUntil(lambda: bool(published), timeout=LIMIT_MS)
    told: list[Finished] = []
    job.finished.connect(told.append)
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        job.stop()
    (finished,) = told
    assert finished.stopped_early and 0 < finished.result < 100_000


@pytest.mark.parametrize("paused", [False, True])
def test_cancel_answers_within_a_second(qtbot: QtBot, queue: JobQueue, paused: bool) -> None:
    job = queue.submit("count", counting(100_000, 0.001))
    qtbot.waitUntil(lambda: job.state is JobState.RUNNING, timeout=LIMIT_MS)
    if paused:
        job.pause()
    asked = time.perf_counter()
    with qtbot.waitSignal(job.cancelled, timeout=LIMIT_MS):
        job.cancel()
    assert time.perf_counter() - asked < 1.0


def test_a_job_that_never_looks_at_its_control_is_cancelled_between_two_events(qtbot: QtBot, queue: JobQueue) -> None:
    begun: list[int] = []
    cleaned = []

    def work(control: Control) -> Iterator[Event]:
        try:
            for i in range(100_000):
                time.sleep(0.001)
                begun.append(i)
                yield Progress(0.0, str(i))
            yield Finished(None)
        finally:
            cleaned.append(True)

    job = queue.submit("deaf", work)
    qtbot.waitUntil(lambda: bool(begun), timeout=LIMIT_MS)
    with qtbot.waitSignal(job.cancelled, timeout=1000):
        job.cancel()
    assert cleaned == [True]


def test_an_error_is_told_once_and_logged(qtbot: QtBot, queue: JobQueue, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise InputError("a.png can't be read; save it again.")

    job = queue.submit("broken", call(broken))
    told: list[Exception] = []
    job.failed.connect(told.append)
    with qtbot.waitSignal(job.ended, timeout=LIMIT_MS):
        pass
    assert [str(error) for error in told] == ["a.png can't be read; save it again."]
    assert job.state is JobState.FAILED
    assert "Traceback" in caplog.text


def test_a_job_without_a_result_has_failed(qtbot: QtBot, queue: JobQueue) -> None:
    job = queue.submit("empty", lambda control: iter(()))
    with qtbot.waitSignal(job.failed, timeout=LIMIT_MS):
        pass


def test_jobs_run_one_after_the_other_in_order(qtbot: QtBot, queue: JobQueue) -> None:
    running: list[int] = []
    most: list[int] = []
    order: list[int] = []

    def work(number: int):
        def job(control: Control) -> Iterator[Event]:
            running.append(number)
            most.append(len(running))
            time.sleep(0.02)
            running.remove(number)
            order.append(number)
            yield Finished(number)

        return job

    jobs = [queue.submit(str(i), work(i)) for i in range(5)]
    queue.move(jobs[3], 0)
    qtbot.waitUntil(lambda: len(order) == 5, timeout=LIMIT_MS)
    assert order == [3, 0, 1, 2, 4]
    assert max(most) == 1


def test_waiting_jobs_can_be_cancelled_while_the_running_one_goes_on(qtbot: QtBot, queue: JobQueue) -> None:
    first = queue.submit("first", counting(300, 0.001))
    second = queue.submit("second", counting(10))
    qtbot.waitUntil(lambda: first.state is JobState.RUNNING, timeout=LIMIT_MS)
    with qtbot.waitSignal(first.finished, timeout=LIMIT_MS):
        queue.cancel_waiting()
        assert second.state is JobState.CANCELLED
        assert first.state is JobState.RUNNING


def test_shutdown_ends_what_runs(qtbot: QtBot) -> None:
    queue = JobQueue()
    job = queue.submit("count", counting(100_000, 0.001))
    qtbot.waitUntil(lambda: job.state is JobState.RUNNING, timeout=LIMIT_MS)
    began = time.perf_counter()
    assert queue.shutdown(5.0)
    assert time.perf_counter() - began < 1.0


def test_a_hundred_thousand_signals_do_no_harm(qtbot: QtBot) -> None:
    """Some versions of the binding lose a reference per emission and end the process after a few hundred."""

    class Source(QObject):
        told = Signal(bool, object)

    class Emitter(QThread):
        def __init__(self, source: Source) -> None:
            super().__init__()
            self.source = source

        def run(self) -> None:
            for _ in range(50_000):
                self.source.told.emit(True, None)

    source = Source()
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1

    source.told.connect(count, Qt.ConnectionType.QueuedConnection)
    emitter = Emitter(source)
    emitter.start()
    for _ in range(50_000):
        source.told.emit(True, None)
    assert emitter.wait(30_000)
    qtbot.waitUntil(lambda: seen[0] == 100_000, timeout=30_000)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the niceness of single threads")
def test_jobs_leave_the_processor_to_the_window_first(qtbot: QtBot, queue: JobQueue) -> None:
    def own(control: Control) -> Iterator[Event]:
        with ThreadPoolExecutor(1) as pool:
            yield Finished((nice_of_this_thread(), pool.submit(nice_of_this_thread).result()))

    before = nice_of_this_thread()
    job = queue.submit("nice", own)
    with qtbot.waitSignal(job.finished) as told:
        pass
    assert told.args is not None
    assert told.args[0].result == (max(before, NICENESS), max(before, NICENESS))
    assert nice_of_this_thread() == before


def nice_of_this_thread() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux looks at single threads")
def test_threads_that_a_library_has_step_back_with_a_job(qtbot: QtBot) -> None:
    ended = threading.Event()
    own = threading.Thread(target=ended.wait)
    own.start()
    try:
        known = {threading.get_native_id(), own.native_id, os.getpid()}
        assert not known & set(job_runner._threads_of_libraries())
        code = (
            "import os, threading, numpy as np; from app import job_runner as j\n"
            "square = np.ones((600, 600)); square @ square\n"
            "found = j._threads_of_libraries()\n"
            "worker = threading.Thread(target=j._step_back); worker.start(); worker.join()\n"
            "nice = lambda each: os.getpriority(os.PRIO_PROCESS, each)\n"
            "print(len(found), all(nice(each) >= j.NICENESS for each in found), nice(os.getpid()) < j.NICENESS)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
        count, lower, main_as_before = done.stdout.split()
        assert lower == "True" and main_as_before == str(os.getpriority(os.PRIO_PROCESS, os.getpid()) < NICENESS)
        assert int(count) >= 1 or (os.cpu_count() or 1) == 1
    finally:
        ended.set()
        own.join()
