#include <stdint.h>

#include "fixed_point.c"

/* Multipliers by the sign of x; alpha's is that of its size, and the product changes sign with alpha. */
struct crimp_leaky_relu {
    int32_t input_zero_point;
    int32_t output_zero_point;
    int32_t identity_multiplier;
    int32_t identity_shift;
    int32_t alpha_multiplier;
    int32_t alpha_shift;
    int32_t alpha_sign;
};

/* Sums wrap where TFLite Micro's are not defined. */
static void crimp_leaky_relu_s16(const int16_t *input, int16_t *output, int32_t count,
                                 const struct crimp_leaky_relu *relu)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = *input++ - relu->input_zero_point;
        uint32_t y;

        if (x >= 0) {
            y = (uint32_t)crimp_multiply_by_quantized_multiplier(x, relu->identity_multiplier,
                                                                 relu->identity_shift);
        } else {
            y = (uint32_t)crimp_multiply_by_quantized_multiplier(x, relu->alpha_multiplier, relu->alpha_shift);
            y = relu->alpha_sign < 0 ? 0u - y : y;
        }
        y += (uint32_t)relu->output_zero_point;
        *output++ = (int16_t)crimp_clamp((int32_t)y, INT16_MIN, INT16_MAX);
    }
}
