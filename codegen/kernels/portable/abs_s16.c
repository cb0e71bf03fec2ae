#include <stdint.h>

#include "fixed_point.c"

/* |x|, rescaled. */
static void crimp_abs_s16(const int16_t *input, int16_t *output, int32_t count, int32_t multiplier,
                           int32_t shift)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = *input++;
        const int32_t y = crimp_multiply_by_quantized_multiplier(x < 0 ? -x : x, multiplier, shift);

        *output++ = (int16_t)crimp_clamp(y, INT16_MIN, INT16_MAX);
    }
}
