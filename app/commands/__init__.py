"""The sub-commands of ``texloom``, one module each.

A module has ``add(commands)``, which declares its options, and ``run(options) -> int``, which returns the exit code.
What is heavy to load (torch, OpenGL, even numpy) is imported inside ``run``: ``--help`` answers at once.
"""
