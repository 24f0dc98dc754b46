"""The few errors that people get to see. Each carries one sentence that names the file and the remedy."""

from __future__ import annotations

from pathlib import Path


class TexloomError(Exception):
    """Something went wrong that the user can understand and act on.

    ``str(error)`` is one sentence for people; ``path`` is the file or folder concerned, if there is one.
    """

    exit_code = 1

    def __init__(self, sentence: str, path: Path | None = None) -> None:
        super().__init__(sentence)
        self.path = path

    @property
    def sentence(self) -> str:
        """As it was given: a :class:`core.said.Said` can be said in other languages, which ``str(error)`` can't."""
        return self.args[0]


class InputError(TexloomError):
    """What was given can't be used: a wrong option, an unreadable or unsuitable file."""

    exit_code = 2


class OutputError(InputError):
    """The destination can't be written: read-only, full, or in the way."""


class DamagedFileError(InputError):
    """A file has the right name but not the right content."""


class Cancelled(Exception):  # noqa: N818 - an outcome, not an error
    """The user asked to stop and to discard the run."""
