#include <stdint.h>

/* output[i] = 0 + inputs[0][i] + inputs[1][i] + ..., from left to right. */
static void crimp_add_n_f32(const float *const *inputs, int32_t input_count, float *output, int32_t count)
{
    for (int32_t i = 0; i < count; ++i) {
        float sum = 0.0f;

        for (int32_t input = 0; input < input_count; ++input)
            sum += inputs[input][i];
        output[i] = sum;
    }
}
