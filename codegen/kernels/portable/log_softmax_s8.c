#include <stdint.h>

#include "log_fixed.c"

/* To Q5.26, and from there back to steps of the input. */
struct crimp_log_softmax {
    int32_t multiplier;
    int32_t shift;
    int32_t reverse_multiplier;
    int32_t reverse_shift;
};

/*
 * Log-softmax of each row. exp[d] is e^(-d * scale) in Q12.19 for a distance d below the largest value; from
 * exp_count on it is too far.
 */
static void crimp_log_softmax_s8(const int8_t *input, int8_t *output, int32_t rows, int32_t depth,
                                 const int32_t *exp, int32_t exp_count, const struct crimp_log_softmax *scaling)
{
    for (int32_t r = 0; r < rows; ++r) {
        int32_t largest = INT8_MIN;
        int32_t sum = 0;
        int32_t log, least;

        for (int32_t i = 0; i < depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        for (int32_t i = 0; i < depth; ++i) {
            const int32_t distance = largest - input[i];

            sum += distance < exp_count ? exp[distance] : 0;
        }
        log = crimp_log_q12(sum);
        least = crimp_multiply_by_quantized_multiplier((int32_t)((uint32_t)log + 0x80000000u),
                                                       scaling->reverse_multiplier, scaling->reverse_shift);
        for (int32_t i = 0; i < depth; ++i) {
            const int32_t distance = largest - *input++;
            int32_t y = INT8_MIN;

            if (distance < exp_count && -distance > least) {
                y = crimp_multiply_by_quantized_multiplier(-distance, scaling->multiplier, scaling->shift);
                y = crimp_rounding_divide_by_pot((int32_t)((uint32_t)y - (uint32_t)log), 22);
                y = crimp_clamp(y + 127, INT8_MIN, INT8_MAX);
            }
            *output++ = (int8_t)y;
        }
    }
}
