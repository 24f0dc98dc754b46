// One level of the reflected environment: the map convolved with the GGX lobe seen along the normal
// (Karis 2013). Each sample reads the mip level whose texels are as large as the share of the lobe it
// stands for (filtered importance sampling, Krivanek & Colbert 2008): few samples, no noise.
#version 330
#include "ggx.glsl"

uniform sampler2D environment;
uniform float alpha;
uniform int samples;
uniform vec2 environment_size;

in vec2 screen;
out vec4 radiance;

void main() {
    vec3 n = equirect_direction(screen);
    vec3 helper = abs(n.y) < 0.9 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0);
    vec3 t = normalize(cross(helper, n));
    vec3 b = cross(n, t);
    vec3 sum = vec3(0.0);
    float weights = 0.0;
    for (int i = 0; i < samples; ++i) {
        vec3 h = ggx_half_vector(hammersley(uint(i), uint(samples)), alpha);
        float n_l = 2.0 * h.z * h.z - 1.0;
        if (n_l <= 0.0) continue;
        vec3 l_local = vec3(2.0 * h.z * h.xy, n_l);
        vec3 l = t * l_local.x + b * l_local.y + n * l_local.z;
        float pdf = ggx_distribution(h.z, alpha) * 0.25;
        float sin_theta = max(sqrt(max(0.0, 1.0 - l.y * l.y)), 0.02);
        float texel = 2.0 * PI * PI * sin_theta / (environment_size.x * environment_size.y);
        float lod = 0.5 * log2(1.0 / (float(samples) * pdf * texel)) + 1.0;
        sum += textureLod(environment, equirect_uv(l), max(lod, 0.0)).rgb * n_l;
        weights += n_l;
    }
    radiance = vec4(sum / max(weights, 1e-6), 1.0);
}
