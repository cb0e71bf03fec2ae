#include <stdint.h>

#include "exp_f32.c"
#include "log_f32.c"

/* Log-softmax of each row. */
static void crimp_log_softmax_f32(const float *input, float *output, int32_t rows, int32_t depth)
{
    for (int32_t r = 0; r < rows; ++r) {
        float largest = -3.4028235e38f;
        float sum = 0.0f;
        float log;

        for (int32_t i = 0; i < depth; ++i) {
            largest = input[i] > largest ? input[i] : largest;
        }
        for (int32_t i = 0; i < depth; ++i) {
            sum += crimp_exp_f32(input[i] - largest);
        }
        log = crimp_log_f32(sum);
        for (int32_t i = 0; i < depth; ++i) {
            const float difference = *input++ - largest;

            *output++ = difference - log;
        }
    }
}
