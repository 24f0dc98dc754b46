"""Slang's compiler, from the library that the slangpy package brings along."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
from pathlib import Path

import pytest


@functools.cache
def _library() -> ctypes.CDLL:
    # The package is found, not imported: only its library is of use here.
    spec = importlib.util.find_spec("slangpy")
    if spec is None or spec.origin is None:
        pytest.skip("Slang's compiler comes with the package slangpy, which is not installed")
    library = next(Path(spec.origin).parent.glob("*slang-compiler*"), None)
    if library is None:
        pytest.skip("this slangpy has no library of the compiler")
    slang = ctypes.CDLL(str(library))
    for name in ("spCreateSession", "spCreateCompileRequest", "spGetDiagnosticOutput", "spGetEntryPointCode"):
        getattr(slang, name).restype = ctypes.c_void_p
    return slang


@functools.cache
def _session() -> ctypes.c_void_p:
    return ctypes.c_void_p(_library().spCreateSession(None))


def as_glsl(source: Path, entry: str = "main") -> bytes:
    """The fragment shader ``entry`` of an .hlsl or .slang file as GLSL for Vulkan. Skips the test without slangpy."""
    slang = _library()
    request = ctypes.c_void_p(slang.spCreateCompileRequest(_session()))
    words = [str(source), "-target", "glsl", "-entry", entry, "-stage", "fragment"]
    result = slang.spProcessCommandLineArguments(
        request, (ctypes.c_char_p * len(words))(*map(str.encode, words)), len(words)
    )
    result = slang.spCompile(request) if result >= 0 else result
    said = ctypes.string_at(ctypes.c_void_p(slang.spGetDiagnosticOutput(request))).decode()
    size = ctypes.c_size_t()
    code = ctypes.c_void_p(slang.spGetEntryPointCode(request, 0, ctypes.byref(size)) if result >= 0 else None)
    text = ctypes.string_at(code, size.value) if code else b""
    slang.spDestroyCompileRequest(request)
    assert text, said
    return text
