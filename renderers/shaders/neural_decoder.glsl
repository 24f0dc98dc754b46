// The decoder of a texture that is grey everywhere. neural_material.py puts the text of a real one in this place.
#include "map_values.glsl"

struct TexloomTexel {
    float albedo;
};

TexloomTexel texloom_decode(vec2 uv, int mip) {
    return TexloomTexel(0.5);
}

MapValues maps_of(TexloomTexel texel) {
    return MapValues(vec4(vec3(texel.albedo), 1.0), vec4(0.5, 0.5, 1.0, 0.5), vec4(1.0, 0.5, 0.0, 0.5), vec3(0.0));
}
