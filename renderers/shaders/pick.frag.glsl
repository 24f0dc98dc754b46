// Which place of the picture is seen: texture coordinates in [0, 1), and 1 where there is a surface.
#version 330

in vec2 uv;
out vec4 place;

void main() {
    place = vec4(fract(uv), 0.0, 1.0);
}
