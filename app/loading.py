"""Large libraries come into a process whose window is in use."""

from __future__ import annotations

import atexit
import gc
import importlib
import threading

_LOCK = threading.Lock()


def load(module: str) -> None:
    """Import a module with all that it needs, from any thread.

    The collector would look through everything again and again while hundreds of thousands of objects come that stay
    for good, and nothing else runs meanwhile. So it rests, and afterwards leaves out what is there.
    """
    with _LOCK:
        before = gc.isenabled()
        gc.disable()
        try:
            importlib.import_module(module)
        finally:
            gc.freeze()
            # Or some libraries complain at the end that things of theirs are left.
            atexit.unregister(gc.unfreeze)
            atexit.register(gc.unfreeze)
            if before:
                gc.enable()
