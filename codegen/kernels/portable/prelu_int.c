#include <stdint.h>

#include "fixed_point.c"

/* Added to inputs, slopes and outputs, and the multipliers by the sign of x. */
struct crimp_prelu {
    int32_t input_offset;
    int32_t alpha_offset;
    int32_t output_offset;
    int32_t identity_multiplier;
    int32_t identity_shift;
    int32_t product_multiplier;
    int32_t product_shift;
    int32_t min;
    int32_t max;
};

/* Sums wrap where TFLite Micro's are not defined. */
static inline int32_t crimp_prelu_output(int32_t input, int32_t alpha, const struct crimp_prelu *prelu)
{
    const int32_t x = input + prelu->input_offset;
    const int32_t y = x >= 0 ? crimp_multiply_by_quantized_multiplier(x, prelu->identity_multiplier,
                                                                      prelu->identity_shift)
                             : crimp_multiply_by_quantized_multiplier(x * (alpha + prelu->alpha_offset),
                                                                      prelu->product_multiplier,
                                                                      prelu->product_shift);

    return crimp_clamp((int32_t)((uint32_t)y + (uint32_t)prelu->output_offset), prelu->min, prelu->max);
}
