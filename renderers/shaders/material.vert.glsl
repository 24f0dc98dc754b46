// A shape, displaced along its normal by the height map.
#version 330

uniform mat4 view_projection;
uniform mat4 model;
uniform vec2 uv_scale;
uniform vec2 uv_offset;
uniform sampler2D map_height;     // map_surface again, read without anisotropy: vertices have no footprint
uniform float displacement;       // world units from height 0 to 1
uniform float displacement_lod;   // mip level whose texels match the spacing of the vertices

in vec3 in_position;
in vec3 in_normal;
in vec4 in_tangent;
in vec2 in_uv;
in float in_relief;

out vec3 world_position;
out vec3 world_normal;
out vec4 world_tangent;
out vec2 uv;

void main() {
    uv = in_uv * uv_scale + uv_offset;
    vec3 position = in_position;
    if (displacement != 0.0) {
        // Relative to the mean height, so that the shape keeps its size.
        float height = textureLod(map_height, uv, displacement_lod).a - textureLod(map_height, vec2(0.5), 20.0).a;
        position += in_normal * (height * displacement * in_relief);
    }
    vec4 world = model * vec4(position, 1.0);
    world_position = world.xyz;
    world_normal = mat3(model) * in_normal;
    world_tangent = vec4(mat3(model) * in_tangent.xyz, in_tangent.w);
    gl_Position = view_projection * world;
}
