import moderngl
import pytest

from renderers.shader_source import SHADER_FOLDER, shader_source

FILES = sorted(path.name.removesuffix(".glsl") for path in SHADER_FOLDER.glob("*.glsl"))


@pytest.mark.parametrize("name", FILES)
def test_every_file_compiles_by_itself(ctx: moderngl.Context, name: str) -> None:
    source = shader_source(name)
    vertex = "#version 330\nout vec2 screen; void main() { screen = vec2(0.0); gl_Position = vec4(0.0); }"
    if name.endswith(".vert"):
        program = ctx.program(vertex_shader=source)
    elif name == "material.frag":
        program = ctx.program(vertex_shader=shader_source("material.vert"), fragment_shader=source)
    elif name.endswith(".frag"):
        program = ctx.program(vertex_shader=vertex, fragment_shader=source)
    else:
        body = "\nout vec4 test_color;\nvoid main() { test_color = vec4(1.0); }\n"
        program = ctx.program(vertex_shader=vertex, fragment_shader=source + body)
    program.release()


def test_a_file_is_included_once_although_two_files_ask_for_it() -> None:
    source = shader_source("background.frag")
    assert source.count("vec2 equirect_uv(") == 1
    assert source.count("#version") == 1
    assert "#include" not in source
