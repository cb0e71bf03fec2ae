#include <stdint.h>

#include "cumsum.c"
#include "shifted_sum.c"

static void crimp_cumsum_s8(const int8_t *input, int8_t *output, const struct crimp_cumsum *shape,
                            const struct crimp_shifted_sum *scaling)
{
    for (int32_t row = 0; row < shape->rows; ++row) {
        for (int32_t column = 0; column < shape->columns; ++column) {
            int32_t at = row * shape->depth * shape->columns + column + shape->first;
            int32_t sum = scaling->input_offset;

            for (int32_t i = 0; i < shape->depth; ++i) {
                const int32_t before = sum;

                sum += input[at] + scaling->input_offset;
                output[at] = crimp_shifted_sum_output(shape->exclusive ? before : sum, scaling);
                at += shape->step;
            }
        }
    }
}
