#include <stdint.h>

#include "mul.c"

/* output[i] = a[i * a_step] * b[i * b_step]; a step is 0 for an operand that is repeated, else 1. */
static void crimp_mul_s16(const int16_t *a, int32_t a_step, const int16_t *b, int32_t b_step, int16_t *output,
                          int32_t count, const struct crimp_mul *mul)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_mul_output(*a, *b, mul);
        a += a_step;
        b += b_step;
    }
}
