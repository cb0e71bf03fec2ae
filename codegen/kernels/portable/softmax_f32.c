#include <stdint.h>

#include "exp_f32.c"

/* Softmax of each row. The exponentials wait in the output. */
static void crimp_softmax_f32(const float *input, float *output, int32_t rows, int32_t depth, float beta)
{
    for (int32_t r = 0; r < rows; ++r) {
        float largest = -3.4028235e38f;
        float sum = 0.0f;

        for (int32_t i = 0; i < depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        for (int32_t i = 0; i < depth; ++i) {
            const float difference = input[i] - largest;
            const float exp = crimp_exp_f32(difference * beta);

            output[i] = exp;
            sum += exp;
        }
        for (int32_t i = 0; i < depth; ++i) {
            output[i] /= sum;
        }
        input += depth;
        output += depth;
    }
}
