// Directions on an equirectangular map: +y is up (v = 0), the middle of the map is -z, u grows to the right
// as seen from the centre.

const float PI = 3.14159265358979;

vec2 equirect_uv(vec3 direction) {
    return vec2(0.5 + atan(direction.x, -direction.z) / (2.0 * PI), acos(clamp(direction.y, -1.0, 1.0)) / PI);
}

vec3 equirect_direction(vec2 uv) {
    float phi = (uv.x - 0.5) * 2.0 * PI;
    float theta = uv.y * PI;
    return vec3(sin(theta) * sin(phi), cos(theta), -sin(theta) * cos(phi));
}
