// The GGX microfacet distribution (Walter et al., 2007) and how to sample it.
#include "equirect.glsl"

vec2 hammersley(uint i, uint count) {
    uint bits = i;
    bits = (bits << 16u) | (bits >> 16u);
    bits = ((bits & 0x55555555u) << 1u) | ((bits & 0xAAAAAAAAu) >> 1u);
    bits = ((bits & 0x33333333u) << 2u) | ((bits & 0xCCCCCCCCu) >> 2u);
    bits = ((bits & 0x0F0F0F0Fu) << 4u) | ((bits & 0xF0F0F0F0u) >> 4u);
    bits = ((bits & 0x00FF00FFu) << 8u) | ((bits & 0xFF00FF00u) >> 8u);
    return vec2((float(i) + 0.5) / float(count), float(bits) * 2.3283064365386963e-10);
}

float ggx_distribution(float n_h, float alpha) {
    float a2 = alpha * alpha;
    float d = n_h * n_h * (a2 - 1.0) + 1.0;
    return a2 / (PI * d * d);
}

// Smith's height-correlated masking-shadowing divided by 4 n_l n_v (Heitz, 2014).
float smith_visibility(float n_v, float n_l, float alpha) {
    float a2 = alpha * alpha;
    float v = n_l * sqrt(n_v * n_v * (1.0 - a2) + a2);
    float l = n_v * sqrt(n_l * n_l * (1.0 - a2) + a2);
    return 0.5 / max(v + l, 1e-7);
}

// A half vector around +z, distributed as D(h) (n.h).
vec3 ggx_half_vector(vec2 xi, float alpha) {
    float phi = 2.0 * PI * xi.y;
    float cos_theta = sqrt((1.0 - xi.x) / (1.0 + (alpha * alpha - 1.0) * xi.x));
    float sin_theta = sqrt(max(0.0, 1.0 - cos_theta * cos_theta));
    return vec3(sin_theta * cos(phi), sin_theta * sin(phi), cos_theta);
}

// A half vector distributed as the facets that are visible from v (Heitz, 2018), by caps of the sphere (Dupuy &
// Benyoub, 2023). ``place``: cosine and sine of a turn around the cap, and the share of its height from the top.
vec3 ggx_visible_half_vector(vec3 place, vec3 v, float alpha) {
    vec3 stretched = normalize(vec3(alpha * v.xy, v.z));
    float z = 1.0 - place.z * (1.0 + stretched.z);
    vec3 h = vec3(sqrt(max(0.0, 1.0 - z * z)) * place.xy, z) + stretched;
    return normalize(vec3(alpha * h.xy, max(h.z, 1e-6)));
}
