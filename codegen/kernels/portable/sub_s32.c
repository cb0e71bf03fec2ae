#include <stdint.h>

#include "fixed_point.c"

/* output[i] = a[i * a_step] - b[i * b_step], wrapping, clamped; a step is 0 for a repeated operand, else 1. */
static void crimp_sub_s32(const int32_t *a, int32_t a_step, const int32_t *b, int32_t b_step, int32_t *output,
                          int32_t count, int32_t activation_min, int32_t activation_max)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = crimp_clamp((int32_t)((uint32_t)*a - (uint32_t)*b), activation_min, activation_max);
        a += a_step;
        b += b_step;
    }
}
