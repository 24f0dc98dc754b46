// The maps of a material from its latents: decoded where they are needed, as an engine would do it.
#include "color.glsl"
#include "map_values.glsl"
#include "neural_decoder.glsl"

uniform int neural_filter;        // 0 nearest texel, 1 blend of four decoded texels, 2 one of the texels around by chance
uniform float neural_sample;      // number of the sample
uniform ivec2 neural_size;
uniform int neural_levels;

float neural_chance(float shift, float step) {
    // Interleaved gradient noise (Jimenez 2014), moved on from sample to sample by an additive recurrence.
    vec2 place = gl_FragCoord.xy + shift;
    return fract(52.9829189 * fract(dot(place, vec2(0.06711056, 0.00583715))) + neural_sample * step);
}

MapValues read_maps(vec2 uv, vec2 dx, vec2 dy) {
    vec2 across = dx * vec2(neural_size), down = dy * vec2(neural_size);
    float footprint = max(max(dot(across, across), dot(down, down)), 1e-12);
    float lod = clamp(0.5 * log2(footprint), 0.0, float(neural_levels - 1));
    bool by_chance = neural_filter == 2;
    int mip = int(lod + (by_chance ? neural_chance(0.0, 0.8191725) : 0.5));
    vec2 size = vec2(max(neural_size >> mip, ivec2(1)));
    vec2 position = uv * size - 0.5;
    vec2 part = fract(position);
    if (by_chance) position += vec2(neural_chance(17.0, 0.6710436), neural_chance(41.0, 0.5497005));
    if (neural_filter == 0) position += 0.5;
    vec2 texel = floor(position) + 0.5;

    MapValues sum = MapValues(vec4(0.0), vec4(0.0), vec4(0.0), vec3(0.0));
    int count = neural_filter == 1 ? 4 : 1;
    for (int i = 0; i < count; i++) {
        vec2 corner = vec2(i & 1, i >> 1);
        vec2 share = mix(1.0 - part, part, corner);
        float weight = count == 1 ? 1.0 : share.x * share.y;
        MapValues maps = maps_of(texloom_decode((texel + corner) / size, mip));
        sum.base += maps.base * weight;
        sum.surface += maps.surface * weight;
        sum.response += maps.response * weight;
        sum.emissive += maps.emissive * weight;
    }
    return sum;
}
