// Image-based light: prefiltered reflections, irradiance and the table of directional albedos.
#include "equirect.glsl"

uniform sampler2D environment_specular;
uniform sampler2D environment_irradiance;
uniform sampler2D brdf_table;
uniform mat3 environment_rotation;
uniform float specular_levels;

// Level of the chain for a roughness; must agree with LEVEL_POWER in environment.py.
float environment_level(float roughness) {
    return specular_levels * pow(roughness, 0.7);
}

vec3 environment_radiance(vec3 direction, float roughness) {
    return textureLod(environment_specular, equirect_uv(environment_rotation * direction), environment_level(roughness)).rgb;
}

// Irradiance divided by pi: what a white diffuse surface with this normal sends out.
vec3 environment_diffuse(vec3 normal) {
    return textureLod(environment_irradiance, equirect_uv(environment_rotation * normal), 0.0).rgb;
}

// Occlusion of a reflection estimated from ambient occlusion (Lagarde & de Rousiers, 2014).
float specular_occlusion(float n_v, float occlusion, float roughness) {
    return clamp(pow(n_v + occlusion, exp2(-16.0 * roughness - 1.0)) - 1.0 + occlusion, 0.0, 1.0);
}

// Radiance towards the eye without emission. Single scattering by the split sum, the energy that
// scatters more than once as in Fdez-Aguera (2019): a white surface in a white room stays white.
vec3 environment_shade(vec3 n, vec3 n_geometry, vec3 v, vec3 albedo, float metallic, float f0_dielectric,
                       float roughness, float occlusion) {
    float n_v = clamp(dot(n, v), 1e-3, 1.0);
    vec3 r = reflect(-v, n);
    // A rough lobe leans towards the normal (Lagarde & de Rousiers, 2014).
    float smoothness = 1.0 - roughness;
    vec3 r_dominant = normalize(mix(n, r, smoothness * (sqrt(smoothness) + roughness)));
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

    vec3 reflected = environment_radiance(r_dominant, roughness);
    vec3 diffuse = environment_diffuse(n);
    float o_specular = specular_occlusion(n_v, occlusion, roughness) * horizon * horizon;
    // Light that bounces inside a bright crevice comes out again (Jimenez et al., 2016).
    vec3 a = 2.0404 * diffuse_albedo - 0.3324;
    vec3 b = -4.7951 * diffuse_albedo + 0.6417;
    vec3 c = 2.7552 * diffuse_albedo + 0.6903;
    vec3 o_diffuse = max(vec3(occlusion), ((occlusion * a + b) * occlusion + c) * occlusion);
    return single * reflected * o_specular + (multiple + transmitted) * diffuse * o_diffuse;
}
