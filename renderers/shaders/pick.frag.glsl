// Which place of the picture is seen: texture coordinates in [0, 1), and 1 where there is the material.
#version 330
#include "parallax.glsl"

uniform vec3 eye;
uniform float present;

in vec3 world_position;
in vec3 world_normal;
in vec4 world_tangent;
in vec2 uv;
out vec4 place;

void main() {
    vec3 n = normalize(world_normal);
    vec3 t = normalize(world_tangent.xyz - n * dot(n, world_tangent.xyz));
    vec3 v = normalize(eye - world_position);
    vec3 view = vec3(dot(v, t), dot(v, cross(n, t) * world_tangent.w), dot(v, n));
    place = vec4(fract(gl_FrontFacing ? parallax_uv(uv, dFdx(uv), dFdy(uv), view) : uv), 0.0, present);
}
