"""How a job shows in a terminal: a progress bar, or a line every few seconds; notes; Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from core.errors import TexloomError
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress
from widgets.units import clock_text

LINE_INTERVAL_S = 3.0

Listener = Callable[[Event], None]


class Display(Protocol):
    """Shows how far a job is. ``update`` gets the fraction done and, once known, PSNR in dB and remaining seconds."""

    def update(self, fraction: float, stage: str, psnr_db: float | None, remaining_s: float | None) -> None: ...
    def say(self, text: str) -> None: ...
    def close(self) -> None: ...


class LineDisplay:
    """One line every few seconds, for logs and pipes."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._last = -LINE_INTERVAL_S

    def update(self, fraction: float, stage: str, psnr_db: float | None, remaining_s: float | None) -> None:
        now = time.monotonic()
        if now - self._last < LINE_INTERVAL_S and fraction < 1.0:
            return
        self._last = now
        parts = [f"{self._title}: {100 * fraction:3.0f} %"]
        if psnr_db is not None:
            parts.append(f"{psnr_db:.2f} dB")
        if remaining_s is not None and fraction < 1.0:
            parts.append(f"{clock_text(remaining_s)} left")
        if stage:
            parts.append(stage)
        self.say(", ".join(parts))

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        pass


class BarDisplay:
    """A progress bar with PSNR and remaining time."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[psnr]}"),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.fields[stage]}", markup=False),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(title, total=1.0, psnr="", left="", stage="")
        self._progress.start()

    def update(self, fraction: float, stage: str, psnr_db: float | None, remaining_s: float | None) -> None:
        self._progress.update(
            self._task,
            completed=fraction,
            psnr="" if psnr_db is None else f"{psnr_db:.2f} dB",
            left="" if remaining_s is None else f"{clock_text(remaining_s)} left",
            stage=stage,
        )

    def say(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        self._progress.stop()


def make_display(title: str) -> Display:
    return BarDisplay(title) if sys.stderr.isatty() else LineDisplay(title)


def follow(title: str, job: Iterator[Event], control: Control, listeners: Sequence[Listener] = ()) -> Finished:
    """Run a job to its end and show it. The first Ctrl-C asks it to stop and keep what it has, the second discards.

    Raises what the job raises.
    """
    display = make_display(title)
    fraction, stage, psnr_db, remaining = 0.0, "", None, None
    finished: Finished | None = None
    try:
        with steered_by_signals(control, display.say):
            for event in job:
                for listener in listeners:
                    listener(event)
                match event:
                    case Progress():
                        fraction, stage, remaining = event.fraction, event.stage, event.remaining_s
                        display.update(fraction, stage, psnr_db, remaining)
                    case Metrics():
                        psnr_db = event.psnr_db
                        display.update(fraction, stage, psnr_db, remaining)
                    case Notice():
                        display.say(f"{title}: {event.text}")
                    case Finished():
                        finished = event
                    case _:
                        pass
    finally:
        display.close()
    if finished is None:
        raise TexloomError(f"{title} ended without a result; please report this.")
    return finished


SIGNALS = tuple(s for s in (signal.SIGINT, getattr(signal, "SIGTERM", None)) if s is not None)


@contextlib.contextmanager
def steered_by_signals(control: Control, say: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C or SIGTERM once: stop and keep. Twice: discard. A third time ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: Any) -> None:
        if not control.stop_requested:
            control.stop()
            say("Stopping; what is done so far is kept. Press Ctrl-C again to discard it.")
        elif not control.cancel_requested:
            control.cancel()
            say("Discarding.")
        else:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns in alignment: the first to the left, the others to the right."""
    everything = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in everything) for i in range(len(header))]
    lines = []
    for row in everything:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
