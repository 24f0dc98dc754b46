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

// D(h) averaged over the facets that reflect a lamp of this angular radius; n_h and v_h are for its middle.
float ggx_on_lamp(float n_h, float v_h, float radius, float a2) {
    float n_h2 = max(n_h * n_h, 1e-6);
    // The lamp's solid angle on the plane of slopes: 1 / (4 v.h) from directions to facets (Walter et al., 2007),
    // 1 / (n.h)^3 from there to slopes.
    float s2 = radius * radius / (4.0 * max(v_h, 0.05) * n_h2 * sqrt(n_h2));
    return ggx_slopes_on_disc(max(1.0 - n_h2, 0.0) / n_h2, s2, a2) / (n_h2 * n_h2);
}

// What a surface reflects of all lamps towards v, scattered once.
vec3 lamps_reflected(vec3 n, vec3 v, float n_v, float roughness, vec3 f0) {
    float alpha = max(roughness * roughness, 0.002);
    vec3 by_f0 = vec3(0.0), by_rim = vec3(0.0);
    for (int i = 0; i < lamp_count; ++i) {
        vec3 l = lamp_places[i].xyz;
        float radius = lamp_places[i].w;
        // A lamp that sets does so bit by bit.
        float n_l = dot(n, l);
        float risen = clamp(n_l + radius, 0.0, 2.0 * radius);
        float lit = max(n_l, risen * risen / (4.0 * radius));
        float v_h = sqrt(max(0.5 + 0.5 * dot(l, v), 1e-6));
        float rim = (1.0 - v_h) * (1.0 - v_h);
        rim *= rim * (1.0 - v_h);
        float n_h = 0.5 * (n_l + n_v) / v_h;
        float lobe = ggx_on_lamp(n_h, v_h, radius, alpha * alpha) * smith_visibility(n_v, lit, alpha) * lit;
        by_f0 += lobe * (1.0 - rim) * lamp_powers[i];
        by_rim += lobe * rim * lamp_powers[i];
    }
    return f0 * by_f0 + by_rim;
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
        float n_l = max(dot(direction, lamp_places[i].xyz), 0.0);
        float n_h = sqrt(0.5 + 0.5 * n_l);
        sum += n_l * ggx_on_lamp(n_h, n_h, lamp_places[i].w, a2) * lamp_powers[i];
    }
    return sum * (0.25 / mean_n_l);
}
