// One triangle that covers the viewport; `screen` runs from (0, 0) at the top left to (1, 1).
#version 330

out vec2 screen;

void main() {
    vec2 corner = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
    screen = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
