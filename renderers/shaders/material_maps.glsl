// What the light needs to know of a material at one place.

#include "map_textures.glsl"

uniform float normal_green;       // +1 OpenGL, -1 DirectX

struct Surface {
    vec3 albedo;
    float opacity;
    vec3 normal;        // tangent space, unit length
    vec3 normal_stored; // as in the file
    float height;
    float occlusion;
    float roughness;        // widened by what the normals lost
    float roughness_stored; // as in the file
    float metallic;
    float specular;
    vec3 emissive;
};

Surface sample_material(vec2 uv, vec2 dx, vec2 dy) {
    MapValues maps = read_maps(uv, dx, dy);
    Surface s;
    s.albedo = maps.base.rgb;
    s.opacity = maps.base.a;
    s.normal_stored = maps.surface.rgb;
    vec3 n = maps.surface.rgb * 2.0 - 1.0;
    n.y *= normal_green;
    float len = clamp(length(n), 1e-3, 1.0);
    s.normal = n / max(length(n), 1e-3);
    s.height = maps.surface.a;
    s.occlusion = maps.response.r;
    s.metallic = maps.response.b;
    s.specular = maps.response.a;
    // Averaged normals get shorter where they disagree; what they lost becomes roughness (Toksvig, 2005), so
    // that bumps too small for a pixel blur the highlight and don't sparkle.
    s.roughness_stored = maps.response.g;
    float alpha = max(maps.response.g * maps.response.g, 0.002);
    float spread = min((1.0 - len) / len, 0.25);
    s.roughness = sqrt(sqrt(min(alpha * alpha + spread, 1.0)));
    s.emissive = maps.emissive;
    return s;
}
