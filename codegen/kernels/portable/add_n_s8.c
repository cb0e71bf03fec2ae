#include <stdint.h>

#include "shifted_sum.c"

/* output[i] = inputs[0][i] + inputs[1][i] + ... */
static void crimp_add_n_s8(const int8_t *const *inputs, int32_t input_count, int8_t *output, int32_t count,
                           const struct crimp_shifted_sum *scaling)
{
    for (int32_t i = 0; i < count; ++i) {
        int32_t sum = (input_count + 1) * scaling->input_offset;

        for (int32_t input = 0; input < input_count; ++input)
            sum += inputs[input][i];
        output[i] = crimp_shifted_sum_output(sum, scaling);
    }
}
