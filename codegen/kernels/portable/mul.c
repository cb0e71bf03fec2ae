#include <stdint.h>

#include "fixed_point.c"

/* TFLite's MUL of quantized values: the product of both without their zero points, requantized once. */
struct crimp_mul {
    int32_t a_offset;
    int32_t b_offset;
    int32_t output_offset;
    int32_t multiplier;
    int32_t shift;
    int32_t activation_min;
    int32_t activation_max;
};

static inline int32_t crimp_mul_output(int32_t a, int32_t b, const struct crimp_mul *mul)
{
    const int32_t product = (a + mul->a_offset) * (b + mul->b_offset);
    const int32_t value = crimp_multiply_by_quantized_multiplier(product, mul->multiplier, mul->shift);

    return crimp_clamp((int32_t)((uint32_t)value + (uint32_t)mul->output_offset), mul->activation_min,
                       mul->activation_max);
}
