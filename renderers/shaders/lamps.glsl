// Lamps as round lights far away, reflected by a GGX lobe in closed form.
#include "ggx.glsl"

const int MOST_LAMPS = 16;
uniform int lamp_count;
uniform vec4 lamp_places[MOST_LAMPS];  // direction towards it, angular radius
uniform vec3 lamp_powers[MOST_LAMPS];  // radiance times solid angle

// GGX's density of facet slopes, a2 / (pi (a2 + m.m)^2), averaged over a disc of slopes: d2 the squared distance of its
// centre from slope 0, s2 its squared radius. The integral over the disc is one along its rim (divergence theorem, as
// the density is the divergence of m / (2 pi (a2 + m.m))). It goes from the density itself for a point to the disc's
// sharp picture for a mirror, and loses no light between them.
float ggx_slopes_on_disc(float d2, float s2, float a2) {
    float p = a2 + d2 - s2;
    float q = sqrt(p * p + 4.0 * s2 * a2);
    // Two forms of the same, each where it doesn't subtract what is nearly equal.
    return p > 0.0 ? 2.0 * a2 / (PI * q * (q + p)) : (q - p) / (2.0 * PI * s2 * q);
}

// D(h) averaged over the facets that reflect a lamp of this angular radius; h is for its middle.
float ggx_on_lamp(vec3 n, vec3 h, float v_h, float radius, float alpha) {
    float n_h = max(dot(n, h), 1e-3);
    vec3 beside = h - n * dot(n, h);
    float n_h2 = n_h * n_h;
    // The lamp's solid angle on the plane of slopes: 1 / (4 v.h) from directions to facets (Walter et al., 2007),
    // 1 / (n.h)^3 from there to slopes.
    float s2 = radius * radius / (4.0 * max(v_h, 0.05) * n_h2 * n_h);
    return ggx_slopes_on_disc(dot(beside, beside) / n_h2, s2, alpha * alpha) / (n_h2 * n_h2);
}

// What a surface reflects of all lamps towards v, scattered once.
vec3 lamps_reflected(vec3 n, vec3 v, float n_v, float roughness, vec3 f0) {
    float alpha = max(roughness * roughness, 0.002);
    vec3 sum = vec3(0.0);
    for (int i = 0; i < lamp_count; ++i) {
        vec3 l = lamp_places[i].xyz;
        float radius = lamp_places[i].w;
        // A lamp that sets does so bit by bit.
        float risen = clamp(dot(n, l) + radius, 0.0, 2.0 * radius);
        float n_l = max(dot(n, l), risen * risen / (4.0 * radius));
        if (n_l <= 0.0) continue;
        vec3 h = normalize(l + v);
        float v_h = max(dot(v, h), 0.0);
        vec3 fresnel = f0 + (1.0 - f0) * pow(1.0 - v_h, 5.0);
        float lobe = ggx_on_lamp(n, h, v_h, radius, alpha) * smith_visibility(n_v, n_l, alpha) * n_l;
        sum += fresnel * lobe * lamp_powers[i];
    }
    return sum;
}

// All lamps as prefilter.frag.glsl would blur them around a direction.
vec3 lamps_blurred(vec3 direction, float roughness) {
    float alpha = max(roughness * roughness, 0.002);
    float a2 = min(alpha * alpha, 0.98);
    // The prefilter's weights n.l, averaged over its directions 2 (n.h) h - n with h drawn from the facets.
    float b = a2 - 1.0;
    float mean_n_l = (2.0 * a2 / b * log(2.0 * a2 / (1.0 + a2)) - 1.0) / b;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < lamp_count; ++i) {
        vec3 l = lamp_places[i].xyz;
        float n_l = dot(direction, l);
        if (n_l <= 0.0) continue;
        vec3 h = normalize(l + direction);
        sum += 0.25 * n_l * ggx_on_lamp(direction, h, dot(direction, h), lamp_places[i].w, alpha) * lamp_powers[i];
    }
    return sum / mean_n_l;
}
