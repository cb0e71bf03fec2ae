#include <stdint.h>

/* output[i] = a[i * a_step] + b[i * b_step], wrapping; a step is 0 for a repeated operand, else 1. */
static void crimp_add_s32(const int32_t *a, int32_t a_step, const int32_t *b, int32_t b_step, int32_t *output,
                          int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int32_t)((uint32_t)*a + (uint32_t)*b);
        a += a_step;
        b += b_step;
    }
}
