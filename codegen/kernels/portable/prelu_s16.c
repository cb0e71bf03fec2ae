#include <stdint.h>

#include "prelu_int.c"

/* x, below 0 times its slope; a step is 0 for an operand that is repeated, else 1. */
static void crimp_prelu_s16(const int16_t *input, int32_t input_step, const int8_t *alpha, int32_t alpha_step,
                            int16_t *output, int32_t count, const struct crimp_prelu *prelu)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = (int16_t)crimp_prelu_output(*input, *alpha, prelu);
        input += input_step;
        alpha += alpha_step;
    }
}
