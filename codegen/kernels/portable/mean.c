#include <stdint.h>

#include "fixed_point.c"

/* Nested loops over elements, the outermost first. */
struct crimp_loops {
    int32_t count[4];
    int32_t stride[4];
};

/* How a sum of int8 or int16 values becomes their mean, or is scaled; for a mean the multiplier holds 1 / n. */
struct crimp_mean {
    int32_t sum_offset;
    int32_t multiplier;
    int32_t shift;
    int32_t output_zero_point;
};

static inline int32_t crimp_mean_value(uint32_t sum, const struct crimp_mean *mean, int32_t min, int32_t max)
{
    const int32_t scaled = crimp_multiply_by_quantized_multiplier((int32_t)sum, mean->multiplier, mean->shift);

    return crimp_clamp((int32_t)((uint32_t)scaled + (uint32_t)mean->output_zero_point), min, max);
}
