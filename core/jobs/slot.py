"""A latest-value slot: the job overwrites, the view reads when it paints. Heavy data never queues."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Holds one value and a version number that grows with every :meth:`put`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self._version = 0
        self.sparing = False
        """A wish of the reader: what is costly to prepare in a value may be of an earlier moment."""

    def put(self, value: T) -> None:
        with self._lock:
            self._value = value
            self._version += 1

    def get(self) -> tuple[int, T | None]:
        """The version and the value; version 0 means that nothing has been put yet."""
        with self._lock:
            return self._version, self._value
