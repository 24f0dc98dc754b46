// The directional albedo of the GGX lobe, split into the parts that scale with F0 and that don't
// (split-sum approximation, Karis 2013): x = n.v, y = perceptual roughness.
#version 330
#include "ggx.glsl"

in vec2 screen;
out vec2 scale_and_bias;

const uint SAMPLES = 256u;

void main() {
    float n_v = max(screen.x, 1e-3);
    float alpha = max(screen.y * screen.y, 1e-4);
    vec3 v = vec3(sqrt(1.0 - n_v * n_v), 0.0, n_v);
    float a2 = alpha * alpha;
    float masking = 2.0 * n_v / (n_v + sqrt(a2 + (1.0 - a2) * n_v * n_v));
    vec2 sum = vec2(0.0);
    for (uint i = 0u; i < SAMPLES; ++i) {
        vec2 xi = hammersley(i, SAMPLES);
        vec3 h = ggx_visible_half_vector(vec3(cos(2.0 * PI * xi.y), sin(2.0 * PI * xi.y), xi.x), v, alpha);
        float v_h = max(dot(v, h), 0.0);
        float n_l = 2.0 * v_h * h.z - v.z;
        if (n_l <= 0.0) continue;
        // Sampled by what the eye sees of the facets, only shadowing is left: no weight exceeds 1.
        float weight = smith_visibility(n_v, n_l, alpha) * 4.0 * n_l * n_v / masking;
        float fresnel = pow(1.0 - v_h, 5.0);
        sum += weight * vec2(1.0 - fresnel, fresnel);
    }
    scale_and_bias = sum / float(SAMPLES);
}
