// How A and B share the picture. 0 split, 1 wipe, 2 difference, 3 only A, 4 only B, 5 FLIP.

uniform int compare;
uniform float split;       // widths of a side in the picture: one more pixel than two where it is odd
uniform vec3 wipe_line;    // A lies where dot(screen, wipe_line.xy) < wipe_line.z
uniform float gain;        // of the difference
uniform bool false_color;  // the difference by colours of the ramp
uniform vec3 ramp[6];      // display-encoded, from no error to the most

const int SPLIT = 0;
const int WIPE = 1;
const int DIFFERENCE = 2;
const int FLIP = 5;

// Which of the two a place of the screen belongs to (0 A, 1 B) and where it lies within that side.
int side_of(vec2 screen, out vec2 place) {
    place = screen;
    if (compare == SPLIT) {
        int side = screen.x * split < 1.0 ? 0 : 1;
        place.x = screen.x * split - float(side);
        return side;
    }
    if (compare == WIPE) return dot(screen, wipe_line.xy) < wipe_line.z ? 0 : 1;
    return compare == 4 || compare == FLIP ? 1 : 0;
}

// An error in [0, 1] as a colour.
vec3 ramp_color(float error) {
    float at = clamp(error, 0.0, 1.0) * 5.0;
    int low = min(int(at), 4);
    return mix(ramp[low], ramp[low + 1], at - float(low));
}

// The absolute difference of two display-encoded colours, black where they agree.
vec3 shown_difference(vec3 difference) {
    vec3 amplified = clamp(difference * gain, 0.0, 1.0);
    return false_color ? ramp_color(max(amplified.r, max(amplified.g, amplified.b))) : amplified;
}
