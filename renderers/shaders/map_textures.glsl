// The maps of a material from textures; see material_textures.py for the packing.
#include "map_values.glsl"

uniform sampler2D map_base;       // linear albedo (decoded from sRGB by the sampler), opacity
uniform sampler2D map_surface;    // tangent-space normal as [0, 1], height
uniform sampler2D map_response;   // occlusion, roughness, metallic, specular
uniform sampler2D map_emissive;   // linear emission (decoded from sRGB by the sampler)
uniform float lod_bias;

MapValues read_maps(vec2 uv) {
    MapValues maps;
    maps.base = texture(map_base, uv, lod_bias);
    maps.surface = texture(map_surface, uv, lod_bias);
    maps.response = texture(map_response, uv, lod_bias);
    maps.emissive = texture(map_emissive, uv, lod_bias).rgb;
    return maps;
}
