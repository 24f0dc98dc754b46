// The maps of a material as they lie in textures; see material_textures.py for the packing.

uniform sampler2D map_base;       // linear albedo (decoded from sRGB by the sampler), opacity
uniform sampler2D map_surface;    // tangent-space normal as [0, 1], height
uniform sampler2D map_response;   // occlusion, roughness, metallic, specular
uniform sampler2D map_emissive;   // linear emission (decoded from sRGB by the sampler)
uniform float lod_bias;
uniform float normal_green;       // +1 OpenGL, -1 DirectX

struct Surface {
    vec3 albedo;
    float opacity;
    vec3 normal;        // tangent space, unit length
    vec3 normal_stored; // as in the file
    float height;
    float occlusion;
    float roughness;
    float metallic;
    float specular;
    vec3 emissive;
};

Surface sample_material(vec2 uv) {
    vec4 base = texture(map_base, uv, lod_bias);
    vec4 surface = texture(map_surface, uv, lod_bias);
    vec4 response = texture(map_response, uv, lod_bias);
    Surface s;
    s.albedo = base.rgb;
    s.opacity = base.a;
    s.normal_stored = surface.rgb;
    vec3 n = surface.rgb * 2.0 - 1.0;
    n.y *= normal_green;
    float len = clamp(length(n), 1e-3, 1.0);
    s.normal = n / max(length(n), 1e-3);
    s.height = surface.a;
    s.occlusion = response.r;
    s.metallic = response.b;
    s.specular = response.a;
    // Averaged normals get shorter where they disagree; what they lost becomes roughness (Toksvig, 2005), so
    // that bumps too small for a pixel blur the highlight and don't sparkle.
    float alpha = max(response.g * response.g, 0.002);
    float spread = min((1.0 - len) / len, 0.25);
    s.roughness = sqrt(sqrt(min(alpha * alpha + spread, 1.0)));
    s.emissive = texture(map_emissive, uv, lod_bias).rgb;
    return s;
}
