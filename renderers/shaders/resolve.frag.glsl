// Averages the samples of both sides, lays them over the surround and encodes for the screen.
#version 330
#include "color.glsl"
#include "compare.glsl"

uniform sampler2D samples_a;
uniform sampler2D samples_b;
uniform vec2 sample_counts;  // of A and of B
uniform vec2 side_size;      // of one side, in pixels
uniform vec3 surround;      // display-linear
uniform float vignette;     // share by which the corners are darker
uniform int sides;          // that are read for a pixel: both for a difference
uniform bool has_a;
uniform bool has_b;
uniform sampler2D error_map;  // FLIP of the two, row 0 at the top
uniform bool has_error_map;

in vec2 screen;
out vec4 color;

vec3 surround_at(vec2 place) {
    vec2 d = (place - vec2(0.5, 0.46)) * vec2(1.0, 1.1);
    return surround * (1.0 - vignette * smoothstep(0.05, 0.75, length(d)));
}

vec4 average(sampler2D samples, float count, vec2 place) {
    // At full size the pixel itself is read: interpolation between equal places could differ in the last bit.
    vec2 at = vec2(place.x, 1.0 - place.y);
    bool full_size = textureSize(samples, 0) == ivec2(side_size);
    return (full_size ? texelFetch(samples, ivec2(at * side_size), 0) : texture(samples, at)) / count;
}

void main() {
    vec2 place;
    int side = side_of(screen, place);
    if (compare == FLIP && has_error_map) {
        color = vec4(ramp_color(texelFetch(error_map, min(ivec2(place * side_size), textureSize(error_map, 0) - 1), 0).r), 1.0);
        return;
    }
    vec3 around = surround_at(place), before = vec3(0.0), encoded = vec3(0.0);
    // A software rasteriser works out both sides of a branch, but a loop only as often as it turns.
    for (int i = 0; i < sides; ++i) {
        vec3 linear = around;
        int shown = sides == 2 ? i : side;
        if (shown == 0 ? has_a : has_b) {
            vec4 mean = shown == 0 ? average(samples_a, sample_counts.x, place) : average(samples_b, sample_counts.y, place);
            linear = mean.rgb + (1.0 - mean.a) * around;
        }
        before = encoded;
        encoded = srgb_encode(linear);
    }
    if (sides == 2) {
        color = vec4(shown_difference(abs(before - encoded)), 1.0);
        return;
    }
    // Half a step of noise keeps 8-bit gradients free of bands; the same on both sides.
    float noise = fract(52.9829189 * fract(dot(floor(place * side_size), vec2(0.06711056, 0.00583715)))) - 0.5;
    color = vec4(encoded + noise / 255.0, 1.0);
}
