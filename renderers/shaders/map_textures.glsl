// The maps of a material from textures; see material_textures.py for the packing.
#include "map_values.glsl"

uniform sampler2D map_base;       // linear albedo (decoded from sRGB by the sampler), opacity
uniform sampler2D map_surface;    // tangent-space normal as [0, 1], height
uniform sampler2D map_response;   // occlusion, roughness, metallic, specular
uniform sampler2D map_emissive;   // linear emission (decoded from sRGB by the sampler)

// ``dx``, ``dy``: what uv changes by from pixel to pixel.
MapValues read_maps(vec2 uv, vec2 dx, vec2 dy) {
    MapValues maps;
    maps.base = textureGrad(map_base, uv, dx, dy);
    maps.surface = textureGrad(map_surface, uv, dx, dy);
    maps.response = textureGrad(map_response, uv, dx, dy);
    maps.emissive = textureGrad(map_emissive, uv, dx, dy).rgb;
    return maps;
}
