// The environment behind the object, blurred by choice.
#version 330
#include "tone_mapping.glsl"
#include "environment_light.glsl"

uniform mat4 inverse_view_projection;
uniform float exposure;
uniform int tone_mapping;
uniform float blur;

in vec2 screen;
out vec4 color;

void main() {
    vec2 clip = vec2(screen.x, 1.0 - screen.y) * 2.0 - 1.0;
    vec4 far = inverse_view_projection * vec4(clip, 1.0, 1.0);
    vec4 near = inverse_view_projection * vec4(clip, -1.0, 1.0);
    vec3 direction = normalize(far.xyz / far.w - near.xyz / near.w);
    vec3 radiance = environment_radiance(direction, blur);
    if (lamp_count > 0) radiance += disc_share(blur) * lamps_blurred(direction, blur);
    color = vec4(clamp(tone_map(radiance * exposure, tone_mapping), 0.0, 1.0), 1.0);
}
