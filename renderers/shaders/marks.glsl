// What is drawn over a material to judge it by: seams that got worse, mip levels by colour.

uniform bool show_mips;
uniform vec3 mip_colors[8];      // display-encoded; the last for all smaller levels
uniform bool show_seams;
uniform sampler2D seam_marks;    // row 0 along v where right meets left, row 1 along u where bottom meets top

// The colour of a level between two whole ones, as trilinear filtering mixes them.
vec3 mip_color(float lod) {
    float at = clamp(lod, 0.0, 7.0);
    int low = min(int(at), 6);
    return mix(mip_colors[low], mip_colors[low + 1], at - float(low));
}

// A display-encoded colour with the level as its hue: light and dark stay.
vec3 tinted(vec3 encoded, float lod) {
    float value = dot(encoded, vec3(0.2126, 0.7152, 0.0722));
    return mix(encoded, mip_color(lod) * (0.25 + 0.9 * value), 0.75);
}

vec4 seam_line(float pixels, float worse) {
    float thick = worse > 0.0 ? 2.5 : 0.75;
    float cover = clamp(thick + 0.5 - pixels, 0.0, 1.0);
    vec4 bad = vec4(mix(vec3(0.89, 0.67, 0.27), vec3(0.96, 0.24, 0.20), worse), 1.0);
    return (worse > 0.0 ? bad : vec4(1.0, 1.0, 1.0, 0.22)) * vec4(1.0, 1.0, 1.0, cover);
}

// A display-encoded colour with the seams at whole numbers of `uv` drawn over it. `pixel`: uv from one pixel to the next.
vec3 with_seams(vec3 encoded, vec2 uv, vec2 pixel) {
    vec2 away = abs(fract(uv + 0.5) - 0.5) / max(pixel, vec2(1e-7));
    vec4 upright = seam_line(away.x, texture(seam_marks, vec2(fract(uv.y), 0.25)).r);
    vec4 level = seam_line(away.y, texture(seam_marks, vec2(fract(uv.x), 0.75)).r);
    encoded = mix(encoded, upright.rgb, upright.a);
    return mix(encoded, level.rgb, level.a);
}
