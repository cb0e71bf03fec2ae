#include <stdint.h>

#include "sqrt_f32.c"

/* Each row over its length, which is at least epsilon; no compiler fuses the squares with their sum. */
static void crimp_l2_normalization_f32(const float *input, float *output, int32_t rows, int32_t depth,
                                       float epsilon)
{
    for (int32_t r = 0; r < rows; ++r) {
        float sum = 0.0f;
        float norm;

        for (int32_t i = 0; i < depth; ++i) {
            const float square = input[i] * input[i];

            sum += square;
        }
        norm = crimp_sqrt_f32(sum);
        norm = norm < epsilon ? epsilon : norm;
        for (int32_t i = 0; i < depth; ++i) {
            output[i] = input[i] / norm;
        }
        input += depth;
        output += depth;
    }
}
