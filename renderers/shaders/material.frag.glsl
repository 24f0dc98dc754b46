// A metal/rough material in image-based light, or one of its maps alone. Writes display-linear colour
// (tone-mapped, not yet sRGB-encoded) premultiplied by coverage.
#version 330
#include "color.glsl"
#include "tone_mapping.glsl"
#include "environment_light.glsl"
#include "material_maps.glsl"
#include "parallax.glsl"
#include "marks.glsl"

uniform vec3 eye;
uniform float exposure;
uniform int tone_mapping;
uniform int solo;              // -1 the material, else the place of a role in SOLO_ROLES
uniform vec2 map_size;         // texels of level 0
uniform float map_level;       // of the mip chain that level 0 is
uniform float footprint;         // share of a pixel that a sample stands for: many samples may be sharper each
uniform float opacity_jitter;  // in [0, 1): shifts the threshold between samples; below 0: a fixed threshold

in vec3 world_position;
in vec3 world_normal;
in vec4 world_tangent;
in vec2 uv;

out vec4 color;

// Interleaved gradient noise (Jimenez, 2014): neighbouring pixels get well spread thresholds.
float pixel_noise() {
    return fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
}

vec3 solo_color(Surface s) {
    if (solo == 0) return s.albedo;
    if (solo == 8) return s.emissive;
    if (solo == 1) return srgb_decode(s.normal_stored);
    float value = 0.0;
    if (solo == 2) value = s.roughness_stored;
    if (solo == 3) value = s.occlusion;
    if (solo == 4) value = s.metallic;
    if (solo == 5) value = s.specular;
    if (solo == 6) value = s.height;
    if (solo == 7) value = s.opacity;
    return srgb_decode(vec3(value));
}

// A display-linear colour with what is to be judged drawn over it.
vec3 marked(vec3 linear, vec2 across, vec2 down) {
    if (!(show_mips || show_seams)) return linear;
    vec3 encoded = srgb_encode(linear);
    vec2 dx = across * map_size, dy = down * map_size;
    if (show_mips) encoded = tinted(encoded, map_level + max(0.5 * log2(max(max(dot(dx, dx), dot(dy, dy)), 1e-12)), 0.0));
    if (show_seams) encoded = with_seams(encoded, uv, abs(across) + abs(down));
    return srgb_decode(encoded);
}

void main() {
    vec2 across = dFdx(uv), down = dFdy(uv);
    vec2 dx = across * footprint, dy = down * footprint;
    vec3 n_geometry = normalize(world_normal);
    vec3 t = normalize(world_tangent.xyz - n_geometry * dot(n_geometry, world_tangent.xyz));
    vec3 b = cross(n_geometry, t) * world_tangent.w;
    vec3 v = normalize(eye - world_position);
    // The back of a surface has no relief of its own.
    vec2 place = gl_FrontFacing ? parallax_uv(uv, dx, dy, vec3(dot(v, t), dot(v, b), dot(v, n_geometry))) : uv;
    Surface s = sample_material(place, dx, dy);
    if (solo >= 0) {
        color = vec4(marked(solo_color(s), across, down), 1.0);
        return;
    }
    // Transparency without sorting: each sample keeps a fragment with the probability of its opacity.
    float threshold = opacity_jitter < 0.0 ? 0.5 : fract(pixel_noise() + opacity_jitter);
    if (s.opacity < 0.999 && s.opacity <= threshold) discard;

    vec3 n = normalize(t * s.normal.x + b * s.normal.y + n_geometry * s.normal.z);
    if (!gl_FrontFacing) {
        n = -n;
        n_geometry = -n_geometry;
    }
    vec3 radiance = environment_shade(n, n_geometry, v, s.albedo, s.metallic, 0.08 * s.specular, s.roughness, s.occlusion);
    radiance += s.emissive;
    color = vec4(marked(clamp(tone_map(radiance * exposure, tone_mapping), 0.0, 1.0), across, down), 1.0);
}
