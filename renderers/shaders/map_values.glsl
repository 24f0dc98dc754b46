// The maps of a material at one place, filtered: linear albedo and opacity; tangent-space normal as [0, 1] and height;
// occlusion, roughness, metallic, specular; linear emission.
struct MapValues {
    vec4 base;
    vec4 surface;
    vec4 response;
    vec3 emissive;
};
