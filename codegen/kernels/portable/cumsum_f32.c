#include <stdint.h>

#include "cumsum.c"

static void crimp_cumsum_f32(const float *input, float *output, const struct crimp_cumsum *shape)
{
    for (int32_t row = 0; row < shape->rows; ++row) {
        for (int32_t column = 0; column < shape->columns; ++column) {
            int32_t at = row * shape->depth * shape->columns + column + shape->first;
            float sum = 0.0f;

            for (int32_t i = 0; i < shape->depth; ++i) {
                const float before = sum;

                sum += input[at];
                output[at] = shape->exclusive ? before : sum;
                at += shape->step;
            }
        }
    }
}
