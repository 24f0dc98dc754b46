// Image-based light: prefiltered reflections, irradiance, the table of directional albedos, and lamps by themselves.
#include "ggx.glsl"
#include "lamps.glsl"

uniform sampler2D environment_specular;  // the first level shows the lamps, the others don't
uniform sampler2D environment_base;   // unfiltered, with the usual chain of means, without the lamps
uniform sampler2D environment_irradiance;
uniform sampler2D brdf_table;
uniform mat3 environment_rotation;
uniform float specular_levels;
const int MOST_TAPS = 32;
uniform int reflection_count;          // directions that a reflection is summed over; 0: one read, prefiltered
uniform vec3 reflection_taps[MOST_TAPS];
uniform float reflection_share;        // of the lobe that one of them stands for

// Level of the chain for a roughness; must agree with LEVEL_POWER in environment.py.
float environment_level(float roughness) {
    return specular_levels * pow(roughness, 0.7);
}

// How much of the lamps' light is evaluated as discs. A smooth surface shows their true shape by the picture instead, in
// the first level of the chain; it is gone before a lobe would be wider than a lamp and the picture too sharp for it.
// A material's roughness begins at 0.045, and a little above that with normals as they are stored.
float disc_share(float roughness) {
    return smoothstep(0.06, 0.1, roughness);
}

vec3 environment_radiance(vec3 direction, float roughness) {
    float level = environment_level(roughness);
    // With the lamps' picture goes that share of all, so that none of their light is there twice.
    if (lamp_count > 0 && level < 1.0) level = disc_share(roughness);
    return textureLod(environment_specular, equirect_uv(environment_rotation * direction), level).rgb;
}

// Irradiance divided by pi: what a white diffuse surface with this normal sends out.
vec3 environment_diffuse(vec3 normal) {
    return textureLod(environment_irradiance, equirect_uv(environment_rotation * normal), 0.0).rgb;
}

// Occlusion of a reflection estimated from ambient occlusion (Lagarde & de Rousiers, 2014).
float specular_occlusion(float n_v, float occlusion, float roughness) {
    return clamp(pow(n_v + occlusion, exp2(-16.0 * roughness - 1.0)) - 1.0 + occlusion, 0.0, 1.0);
}

// The reflected lobe itself by filtered importance sampling (Colbert & Krivanek, 2007): directions as the visible facets
// reflect them, each read as blurred as its share of the lobe is wide. Returns the means by which F0 and the rim's
// white are lit. Unlike a prefiltered read it knows that a lobe gets long and leans over at a grazing view.
void reflected_lobe(vec3 n, vec3 v, float n_v, float roughness, out vec3 by_f0, out vec3 by_rim) {
    float alpha = max(roughness * roughness, 0.002);
    float a2 = alpha * alpha;
    // An orthonormal basis without a seam but for one point (Duff et al., 2017).
    float side = n.z >= 0.0 ? 1.0 : -1.0;
    float a = -1.0 / (side + n.z), b = n.x * n.y * a;
    mat3 frame = mat3(vec3(1.0 + side * n.x * n.x * a, side * b, -side * n.x), vec3(b, side + n.y * n.y * a, -n.y), n);
    vec3 eye_direction = normalize(vec3((v * frame).xy, n_v));
    float masking_share = 0.5 / (n_v + sqrt(a2 + (1.0 - a2) * n_v * n_v));  // G1 / (4 n.v)
    vec2 size = vec2(textureSize(environment_base, 0));
    by_f0 = by_rim = vec3(0.0);
    vec2 weights = vec2(1e-6);
    for (int i = 0; i < reflection_count; ++i) {
        vec3 h = ggx_visible_half_vector(reflection_taps[i], eye_direction, alpha);
        float v_h = max(dot(eye_direction, h), 0.0);
        vec3 l = 2.0 * v_h * h - eye_direction;
        if (l.z <= 0.0) continue;
        vec3 direction = environment_rotation * (frame * l);
        float pdf = masking_share * ggx_distribution(h.z, alpha);
        float texel = 2.0 * PI * PI * max(sqrt(max(0.0, 1.0 - direction.y * direction.y)), 0.02) / (size.x * size.y);
        float lod = 0.5 * log2(reflection_share / (pdf * texel));
        vec3 light = textureLod(environment_base, equirect_uv(direction), max(lod, 0.0)).rgb;
        float fresnel = pow(1.0 - v_h, 5.0);
        vec2 weight = smith_visibility(n_v, l.z, alpha) * l.z * vec2(1.0 - fresnel, fresnel);
        by_f0 += weight.x * light;
        by_rim += weight.y * light;
        weights += weight;
    }
    by_f0 /= weights.x;
    by_rim /= weights.y;
}

// Radiance towards the eye without emission. Single scattering by the split sum, the energy that
// scatters more than once as in Fdez-Aguera (2019): a white surface in a white room stays white.
vec3 environment_shade(vec3 n, vec3 n_geometry, vec3 v, vec3 albedo, float metallic, float f0_dielectric,
                       float roughness, float occlusion) {
    float n_v = clamp(dot(n, v), 1e-3, 1.0);
    vec3 r = reflect(-v, n);
    // A rough lobe leans towards the normal (Lagarde & de Rousiers, 2014, whose roughness is our alpha).
    float alpha = roughness * roughness;
    float smoothness = 1.0 - alpha;
    vec3 r_dominant = normalize(mix(n, r, smoothness * (sqrt(smoothness) + alpha)));
    // A bumped normal must not reflect what lies below the surface it is painted on.
    float horizon = clamp(1.0 + 1.2 * dot(r, n_geometry), 0.0, 1.0);

    vec3 f0 = mix(vec3(f0_dielectric), albedo, metallic);
    vec3 diffuse_albedo = albedo * (1.0 - metallic);
    vec2 table = textureLod(brdf_table, vec2(n_v, roughness), 0.0).rg;

    vec3 single = f0 * table.x + table.y;
    float e = table.x + table.y;
    vec3 f_average = f0 + (1.0 - f0) / 21.0;
    vec3 multiple = single * f_average / (1.0 - f_average * (1.0 - e)) * (1.0 - e);
    vec3 transmitted = diffuse_albedo * (1.0 - single - multiple);

    bool summed = reflection_count > 0;
    float share = disc_share(roughness);
    vec3 by_f0, by_rim;
    vec3 read = environment_radiance(summed ? r : r_dominant, summed ? 0.0 : roughness);
    if (summed) {
        reflected_lobe(n, v, n_v, roughness, by_f0, by_rim);
        if (lamp_count > 0) {
            by_f0 = mix(read, by_f0, share);
            by_rim = mix(read, by_rim, share);
        }
    } else by_f0 = by_rim = read;
    vec3 reflected = f0 * table.x * by_f0 + table.y * by_rim;
    if (lamp_count > 0) reflected += share * lamps_reflected(n, v, n_v, roughness, f0);
    vec3 diffuse = environment_diffuse(n);
    float o_specular = specular_occlusion(n_v, occlusion, roughness) * horizon * horizon;
    // Light that bounces inside a bright crevice comes out again (Jimenez et al., 2016).
    vec3 a = 2.0404 * diffuse_albedo - 0.3324;
    vec3 b = -4.7951 * diffuse_albedo + 0.6417;
    vec3 c = 2.7552 * diffuse_albedo + 0.6903;
    vec3 o_diffuse = max(vec3(occlusion), ((occlusion * a + b) * occlusion + c) * occlusion);
    return reflected * o_specular + (multiple + transmitted) * diffuse * o_diffuse;
}
