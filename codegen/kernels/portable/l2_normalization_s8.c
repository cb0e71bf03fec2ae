#include <stdint.h>

#include "inverse_sqrt.c"

/* Each row over its length, to steps of 1 / 128. */
static void crimp_l2_normalization_s8(const int8_t *input, int8_t *output, int32_t rows, int32_t depth,
                                      int32_t input_zero_point)
{
    for (int32_t r = 0; r < rows; ++r) {
        struct crimp_inverse_sqrt inverse;
        int32_t sum = 0;

        for (int32_t i = 0; i < depth; ++i) {
            const int32_t x = input[i] - input_zero_point;

            sum += x * x;
        }
        inverse = crimp_inverse_sqrt_of(sum);
        for (int32_t i = 0; i < depth; ++i) {
            const int32_t x = input[i] - input_zero_point;
            const int32_t y = crimp_multiply_by_quantized_multiplier(x, inverse.multiplier, inverse.shift + 7);

            output[i] = (int8_t)crimp_clamp(y, INT8_MIN, INT8_MAX);
        }
        input += depth;
        output += depth;
    }
}
