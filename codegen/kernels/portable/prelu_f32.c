#include <stdint.h>

/* x, below 0 times its slope; a step is 0 for an operand that is repeated, else 1. */
static void crimp_prelu_f32(const float *input, int32_t input_step, const float *alpha, int32_t alpha_step,
                            float *output, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        *output++ = *input >= 0.0f ? *input : *input * *alpha;
        input += input_step;
        alpha += alpha_step;
    }
}
