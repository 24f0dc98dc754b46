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

// A half vector distributed as the facets that are visible from v (Heitz, 2018).
vec3 ggx_visible_half_vector(vec2 xi, vec3 v, float alpha) {
    vec3 stretched = normalize(vec3(alpha * v.xy, v.z));
    float len2 = dot(stretched.xy, stretched.xy);
    vec3 t1 = len2 > 0.0 ? vec3(-stretched.y, stretched.x, 0.0) * inversesqrt(len2) : vec3(1.0, 0.0, 0.0);
    vec3 t2 = cross(stretched, t1);
    float r = sqrt(xi.x);
    float phi = 2.0 * PI * xi.y;
    float p1 = r * cos(phi);
    float s = 0.5 * (1.0 + stretched.z);
    float p2 = (1.0 - s) * sqrt(max(0.0, 1.0 - p1 * p1)) + s * r * sin(phi);
    vec3 h = p1 * t1 + p2 * t2 + sqrt(max(0.0, 1.0 - p1 * p1 - p2 * p2)) * stretched;
    return normalize(vec3(alpha * h.xy, max(h.z, 1e-6)));
}
