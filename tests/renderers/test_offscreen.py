import ctypes
import os
import subprocess
import sys
from pathlib import Path

import moderngl
import numpy as np
import pytest
from rendered import tiles

from core.errors import InputError
from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.offscreen import offscreen_context, render_picture


def test_a_picture(ctx: moderngl.Context) -> None:
    picture = render_picture(
        tiles(64), normal_convention=NormalConvention.OPENGL, size=(120, 80), samples=2, context=ctx
    )
    assert picture.shape == (80, 120, 3) and picture.dtype == np.uint8
    corner, middle = picture[:6, :6], picture[30:50, 50:70]
    assert corner.std() < 2 and (corner.max(axis=2) - corner.min(axis=2)).max() == 0, "a neutral surround"
    assert middle.std() > 15


def test_it_makes_its_own_context() -> None:
    picture = render_picture(tiles(32), normal_convention=NormalConvention.OPENGL, size=(33, 21), samples=1)
    assert picture.shape == (21, 33, 3)


def test_the_same_call_makes_the_same_picture(ctx: moderngl.Context) -> None:
    one, two = (
        render_picture(
            tiles(32), normal_convention=NormalConvention.DIRECTX, shape="cube", size=(64, 64), samples=3, context=ctx
        )
        for _ in range(2)
    )
    assert np.array_equal(one, two)


def test_one_map_alone(ctx: moderngl.Context) -> None:
    maps = {Role.ALBEDO: np.full((4, 4, 3), (0.2, 0.6, 0.4), np.float32)}
    picture = render_picture(
        maps,
        normal_convention=NormalConvention.OPENGL,
        channel=Role.ALBEDO,
        shape="plane",
        size=(64, 64),
        samples=1,
        context=ctx,
    )
    assert np.abs(picture[32, 32].astype(int) - [51, 153, 102]).max() <= 1


def test_a_wrong_shape_is_said(ctx: moderngl.Context) -> None:
    with pytest.raises(InputError, match="teapot"):
        render_picture(tiles(8), normal_convention=NormalConvention.OPENGL, shape="teapot", context=ctx)


@pytest.mark.skipif(sys.platform != "linux", reason="hides the driver the way libglvnd allows")
def test_without_opengl_it_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "from renderers.offscreen import offscreen_context\n"
        "from core.errors import TexloomError\n"
        "try:\n"
        "    with offscreen_context(): pass\n"
        "except TexloomError as error: print('said:', error)\n"
    )
    environment = {**os.environ, "__EGL_VENDOR_LIBRARY_DIRS": str(tmp_path)}
    environment.pop("__EGL_VENDOR_LIBRARY_FILENAMES", None)
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "said:" in answer.stdout and "libegl1" in answer.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="about EGL")
def test_nothing_stays_current() -> None:
    """Where one kind of context is current, no other can become so: a window that opens later would have no 3D view."""
    egl = ctypes.CDLL("libEGL.so.1")
    egl.eglGetCurrentContext.restype = ctypes.c_void_p
    with offscreen_context():
        assert egl.eglGetCurrentContext() is not None
    assert egl.eglGetCurrentContext() is None
