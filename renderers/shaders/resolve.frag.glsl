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

vec3 side_color(sampler2D samples, float count, vec2 place) {
    // At full size the pixel itself is read: interpolation between equal places could differ in the last bit.
    vec2 at = vec2(place.x, 1.0 - place.y);
    bool full_size = textureSize(samples, 0) == ivec2(side_size);
    vec4 average = (full_size ? texelFetch(samples, ivec2(at * side_size), 0) : texture(samples, at)) / count;
    return srgb_encode(average.rgb + (1.0 - average.a) * surround_at(place));
}

void main() {
    vec2 place;
    int side = side_of(screen, place);
    if (compare == DIFFERENCE && has_a && has_b) {
        vec3 a = side_color(samples_a, sample_counts.x, place), b = side_color(samples_b, sample_counts.y, place);
        color = vec4(shown_difference(abs(a - b)), 1.0);
        return;
    }
    if (compare == FLIP && has_error_map) {
        color = vec4(ramp_color(texelFetch(error_map, min(ivec2(place * side_size), textureSize(error_map, 0) - 1), 0).r), 1.0);
        return;
    }
    bool present = side == 0 ? has_a : has_b;
    vec3 encoded;
    if (!present) encoded = srgb_encode(surround_at(place));
    else if (side == 0) encoded = side_color(samples_a, sample_counts.x, place);
    else encoded = side_color(samples_b, sample_counts.y, place);
    // Half a step of noise keeps 8-bit gradients free of bands; the same on both sides.
    float noise = fract(52.9829189 * fract(dot(floor(place * side_size), vec2(0.06711056, 0.00583715)))) - 0.5;
    color = vec4(encoded + noise / 255.0, 1.0);
}
