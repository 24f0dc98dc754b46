"""Keeping numpy's matrix library from the cores that something else is using."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Iterator

from threadpoolctl import ThreadpoolController

_ALONE = threading.Lock()


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keeps numpy's matrix library to one thread, for the whole process and therefore one caller at a time.

    Beside a trainer that uses every core, its threads wait for each other five times as long as they compute.
    """
    with _ALONE, _matrix_libraries().limit(limits=1, user_api="blas"):
        yield


@functools.lru_cache(maxsize=1)
def _matrix_libraries() -> ThreadpoolController:
    return ThreadpoolController()
