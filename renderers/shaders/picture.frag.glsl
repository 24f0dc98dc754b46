// One map of A and of B as a flat picture: the values as stored in the file, no light, no tone mapping.
#version 330
#include "compare.glsl"
#include "marks.glsl"

uniform sampler2D picture_a;
uniform sampler2D picture_b;
uniform bool has_a;
uniform bool has_b;
uniform sampler2D error_map; // FLIP of the two
uniform bool has_error_map;
uniform float level;         // of the mip chain that the pictures are
uniform vec2 side_size;      // of one side, in pixels
uniform vec2 picture_size;   // texels
uniform vec2 centre;         // texel in the middle of a side
uniform float zoom;          // pixels per texel
uniform float tiles;
uniform float wrap_offset;   // 0 or 0.5
uniform int channel;         // -1 as it is, else one channel as grey
uniform bool grey;           // the picture has one channel
uniform vec3 surround;       // display-encoded
uniform int taps;            // of a difference along each side of a pixel; 0 where none is shown

in vec2 screen;
out vec4 color;

vec3 chosen(vec4 texel) {
    if (channel >= 0) return vec3(texel[channel]);
    return grey ? texel.rrr : texel.rgb;
}

// Hard texels with one soft pixel between them, whatever the zoom.
vec2 crisp(vec2 texel) {
    vec2 base = floor(texel - 0.5) + 0.5;
    return base + clamp((texel - base - 0.5) * zoom + 0.5, 0.0, 1.0);
}

vec3 read(sampler2D picture, vec2 texel, vec2 dx, vec2 dy) {
    vec2 at = zoom > 2.0 ? crisp(texel) : texel;
    return chosen(textureGrad(picture, at / picture_size + wrap_offset, dx / picture_size, dy / picture_size));
}

// Where many texels fall into a pixel their errors are averaged, not their values: noise must stay visible.
vec3 difference(vec2 texel) {
    // A software rasteriser goes through what a uniform switches off, but not through a loop of no turns.
    float step = taps > 1 ? 1.0 / zoom : 0.0;
    vec2 dx = vec2(step / float(max(taps, 1)), 0.0);
    vec2 dy = dx.yx;
    vec3 sum = vec3(0.0);
    for (int y = 0; y < taps; ++y)
        for (int x = 0; x < taps; ++x) {
            vec2 at = texel + (vec2(x, y) + 0.5 - 0.5 * float(taps)) * dx.x;
            sum += abs(read(picture_a, at, dx, dy) - read(picture_b, at, dx, dy));
        }
    return shown_difference(sum / float(max(taps * taps, 1)));
}

vec3 picture_color(int side, vec2 texel) {
    if (compare == DIFFERENCE && has_a && has_b) {
        return difference(texel);
    }
    if (compare == FLIP && has_error_map) {
        vec2 step = vec2(zoom > 2.0 ? 0.0 : 1.0 / zoom, 0.0) / picture_size.x;
        vec2 at = (zoom > 2.0 ? crisp(texel) : texel) / picture_size + wrap_offset;
        return ramp_color(textureGrad(error_map, at, step.xy, step.yx).r);
    }
    bool present = side == 0 ? has_a : has_b;
    vec2 dx = vec2(1.0 / zoom, 0.0);
    vec2 dy = vec2(0.0, 1.0 / zoom);
    if (zoom > 2.0) dx = dy = vec2(0.0);
    vec3 value = surround * 0.9;
    if (present) value = side == 0 ? read(picture_a, texel, dx, dy) : read(picture_b, texel, dx, dy);
    return show_mips && present ? tinted(value, level + max(-log2(zoom), 0.0)) : value;
}

void main() {
    vec2 place;
    int side = side_of(screen, place);
    vec2 texel = (place - 0.5) * side_size / zoom + centre;
    vec2 inside = texel / picture_size;
    if (any(lessThan(inside, vec2(0.0))) || any(greaterThanEqual(inside, vec2(tiles)))) {
        color = vec4(surround, 1.0);
        return;
    }
    vec3 value = picture_color(side, texel);
    if (show_seams && side == 1) value = with_seams(value, inside + wrap_offset, 1.0 / (zoom * picture_size));
    color = vec4(value, 1.0);
}
