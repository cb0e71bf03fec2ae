#include <stdint.h>

#include "float_clamp.c"

/* output[i] = a[i * a_step] - b[i * b_step]; a step is 0 for an operand that is repeated, else 1. */
static void crimp_sub_f32(const float *a, int32_t a_step, const float *b, int32_t b_step, float *output,
                          int32_t count, float activation_min, float activation_max)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = crimp_float_clamp(*a - *b, activation_min, activation_max);
        a += a_step;
        b += b_step;
    }
}
