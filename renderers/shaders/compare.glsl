// How A and B share the picture. 0 split, 1 wipe, 2 difference, 3 only A, 4 only B.

uniform int compare;
uniform float wipe;   // place of the line, 0 at the left edge, 1 at the right
uniform float gain;   // of the difference

const int SPLIT = 0;
const int WIPE = 1;
const int DIFFERENCE = 2;

// Which of the two a place of the screen belongs to (0 A, 1 B) and where it lies within that side.
int side_of(vec2 screen, out vec2 place) {
    place = screen;
    if (compare == SPLIT) {
        place.x = fract(min(screen.x, 0.999999) * 2.0);
        return screen.x < 0.5 ? 0 : 1;
    }
    if (compare == WIPE) return screen.x < wipe ? 0 : 1;
    return compare == 4 ? 1 : 0;
}

// Difference of two display-encoded colours, black where they agree.
vec3 amplified_difference(vec3 a, vec3 b) {
    return clamp(abs(a - b) * gain, 0.0, 1.0);
}
