#include <stdint.h>

#include "fixed_point.c"

/*
 * TFLite Micro's sums of many int8 values: each at twice the input's scale and shifted up by 20 bits, so by 19, added in
 * 32 bits, which wrap, and scaled to the output. The sum begins with the offset, not with 0. The shift is 0 or less.
 */
struct crimp_shifted_sum {
    int32_t input_offset;
    int32_t output_offset;
    int32_t multiplier;
    int32_t shift;
};

static inline int8_t crimp_shifted_sum_output(int32_t sum, const struct crimp_shifted_sum *scaling)
{
    const int32_t shifted = (int32_t)((uint32_t)sum << 19);
    const int32_t value =
        crimp_multiply_by_quantized_multiplier(shifted, scaling->multiplier, scaling->shift);

    return (int8_t)crimp_clamp(value + scaling->output_offset, -128, 127);
}
