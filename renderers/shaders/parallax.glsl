// Relief without vertices: where the ray from the eye meets the height map (parallax occlusion mapping, Tatarchuk 2006).

uniform sampler2D map_height;     // map_surface again, read at levels that are chosen here
uniform vec2 parallax;            // uv along both axes that is as long as the relief from height 0 to 1 is high; 0: none
uniform float parallax_jitter;    // in [0, 1): place of the first step, which samples average over

const float MOST_STEPS = 48.0;
const float LEAST_SLOPE = 0.2;    // beyond it a ray would cross half a picture, and what it meets would swim

// ``view``: unit vector to the eye, along tangent, bitangent (towards smaller v) and normal. ``dx``, ``dy``: what uv
// changes by from pixel to pixel. The mean height lies in the surface, as it does when vertices are displaced.
vec2 parallax_uv(vec2 uv, vec2 dx, vec2 dy, vec3 view) {
    if (parallax.x == 0.0 || view.z <= 0.0) return uv;
    vec2 slope = vec2(view.x, -view.y) / max(view.z, LEAST_SLOPE) * parallax;
    vec2 size = vec2(textureSize(map_height, 0));
    vec2 across = dx * size, down = dy * size;
    float lod = max(0.5 * log2(max(max(dot(across, across), dot(down, down)), 1e-12)), 0.0);
    vec2 top = uv + slope * (1.0 - textureLod(map_height, vec2(0.5), 20.0).a);
    // A step is about half a texel long: few where the eye looks straight down or from far away.
    float steps = clamp(ceil(length(slope * size) * exp2(1.0 - lod)), 6.0, MOST_STEPS);
    float before = 1.0, gap_before = max(1.0 - textureLod(map_height, top, lod).a, 0.0), ray = 1.0, gap = 1.0;
    for (float i = parallax_jitter + 0.01; i < steps + 1.0; i += 1.0) {
        ray = max(1.0 - i / steps, 0.0);
        gap = ray - textureLod(map_height, top - slope * (1.0 - ray), lod).a;
        if (gap <= 0.0) break;
        before = ray;
        gap_before = gap;
    }
    // Between the last two steps the relief is taken for a straight line, twice.
    for (int i = 0; i < 2; ++i) {
        float hit = mix(before, ray, clamp(gap_before / max(gap_before - gap, 1e-5), 0.0, 1.0));
        float left = hit - textureLod(map_height, top - slope * (1.0 - hit), lod).a;
        if (left > 0.0) {
            before = hit;
            gap_before = left;
        } else {
            ray = hit;
            gap = left;
        }
    }
    return top - slope * (1.0 - mix(before, ray, clamp(gap_before / max(gap_before - gap, 1e-5), 0.0, 1.0)));
}
