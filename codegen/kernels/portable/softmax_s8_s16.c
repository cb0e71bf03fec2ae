#include <stdint.h>

#include "softmax_int8.c"

/*
 * Softmax of each row. exp[d] is e^(-d * scale * beta) in Q0.31; from exp_count on it is too small to count.
 */
static void crimp_softmax_s8_s16(const int8_t *input, int16_t *output, int32_t rows, int32_t depth,
                                 const int32_t *exp, int32_t exp_count)
{
    for (int32_t r = 0; r < rows; ++r) {
        const struct crimp_softmax_scaling row = crimp_softmax_row(input, depth, exp, exp_count, 16);

        for (int32_t i = 0; i < depth; ++i) {
            const int32_t value = crimp_softmax_value(&row, row.largest - *input++, exp, exp_count);

            *output++ = (int16_t)crimp_clamp(value + INT16_MIN, INT16_MIN, INT16_MAX);
        }
    }
}
