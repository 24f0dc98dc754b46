// Scene-linear to display-linear. 0 none, 1 neutral, 2 ACES, 3 filmic.

// The shoulder of Khronos PBR Neutral (Khronos Group, 2024): colours below 0.76 come out as they went in, only
// highlights are compressed, so that a texture looks as its author painted it. Its toe is left out: that one
// takes away the sheen of dark dielectrics together with whatever is darker than it.
vec3 tone_map_neutral(vec3 color) {
    const float start = 0.76;
    const float desaturation = 0.15;
    float peak = max(color.r, max(color.g, color.b));
    if (peak < start) return color;
    float d = 1.0 - start;
    float compressed = 1.0 - d * d / (peak + d - start);
    color *= compressed / peak;
    float g = 1.0 - 1.0 / (desaturation * (peak - compressed) + 1.0);
    return mix(color, vec3(compressed), g);
}

// Fit of the ACES reference and output transforms in Rec. 709 (Stephen Hill, 2016).
vec3 tone_map_aces(vec3 color) {
    const mat3 into = mat3(
        0.59719, 0.07600, 0.02840,
        0.35458, 0.90834, 0.13383,
        0.04823, 0.01566, 0.83777);
    const mat3 back = mat3(
        1.60475, -0.10208, -0.00327,
        -0.53108, 1.10813, -0.07276,
        -0.07367, -0.00605, 1.07602);
    // The fit is about 0.8 stops darker than the other curves at middle grey.
    vec3 c = into * (color * 1.6);
    c = (c * (c + 0.0245786) - 0.000090537) / (c * (0.983729 * c + 0.4329510) + 0.238081);
    return clamp(back * c, 0.0, 1.0);
}

// The film curve of Uncharted 2 (John Hable, 2010), white at 6.
vec3 filmic_curve(vec3 x) {
    return (x * (0.15 * x + 0.05) + 0.004) / (x * (0.15 * x + 0.50) + 0.06) - 0.02 / 0.30;
}

vec3 tone_map_filmic(vec3 color) {
    return clamp(filmic_curve(2.2 * color) / filmic_curve(vec3(6.0 * 2.2)), 0.0, 1.0);
}

vec3 tone_map(vec3 color, int kind) {
    if (kind == 1) return tone_map_neutral(color);
    if (kind == 2) return tone_map_aces(color);
    if (kind == 3) return tone_map_filmic(color);
    return color;
}
