// Adds one sample of the picture to those before it (additive blending does the sum).
#version 330

uniform sampler2D sample_color;

in vec2 screen;
out vec4 color;

void main() {
    color = texelFetch(sample_color, ivec2(gl_FragCoord.xy), 0);
}
