#include <stdint.h>

/* x * clamp(x + 3, 0, 6) / 6. */
static float crimp_hard_swish_f32(float x)
{
    float gate = x + 3.0f;

    gate = gate > 0.0f ? gate : 0.0f;
    gate = gate < 6.0f ? gate : 6.0f;
    return x * gate / 6.0f;
}
