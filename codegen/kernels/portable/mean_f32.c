#include <stdint.h>

#include "mean.c"

/* The sum of what one output is the mean of, in the order of the input. */
static float crimp_mean_sum_f32(const float *d, const struct crimp_loops *loops)
{
    float sum = 0.0f;

    for (int32_t l = 0; l < loops->count[0]; ++l) {
        const float *c = d + l * loops->stride[0];

        for (int32_t k = 0; k < loops->count[1]; ++k) {
            const float *b = c + k * loops->stride[1];

            for (int32_t j = 0; j < loops->count[2]; ++j) {
                const float *a = b + j * loops->stride[2];

                for (int32_t i = 0; i < loops->count[3]; ++i) {
                    sum += a[i * loops->stride[3]];
                }
            }
        }
    }
    return sum;
}

/* The mean over the reduced loops for every iteration of the kept ones. */
static void crimp_mean_f32(const float *input, float *output, const struct crimp_loops *kept,
                           const struct crimp_loops *reduced, float n)
{
    for (int32_t l = 0; l < kept->count[0]; ++l) {
        const float *a = input + l * kept->stride[0];

        for (int32_t k = 0; k < kept->count[1]; ++k) {
            const float *b = a + k * kept->stride[1];

            for (int32_t j = 0; j < kept->count[2]; ++j) {
                const float *c = b + j * kept->stride[2];

                for (int32_t i = 0; i < kept->count[3]; ++i) {
                    const float *d = c + i * kept->stride[3];
                    *output++ = crimp_mean_sum_f32(d, reduced) / n;
                }
            }
        }
    }
}
