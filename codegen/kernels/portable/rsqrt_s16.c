#include <stdint.h>

#include "inverse_sqrt.c"

/* 1 / sqrt(x) by way of 20 fractional bits; the largest value for 0, and for what is below. */
static void crimp_rsqrt_s16(const int16_t *input, int16_t *output, int32_t count, int32_t multiplier,
                            int32_t shift)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = *input++;
        int32_t y = INT16_MAX;

        if (x > 0) {
            const struct crimp_inverse_sqrt inverse = crimp_inverse_sqrt_of(x);
            const int32_t root =
                crimp_multiply_by_quantized_multiplier(1, inverse.multiplier, inverse.shift + 20);

            y = crimp_multiply_by_quantized_multiplier(root, multiplier, shift - 20);
        }
        *output++ = (int16_t)crimp_clamp(y, INT16_MIN, INT16_MAX);
    }
}
