#include <stdint.h>

#include "mean.c"

/* The sum of what one output is the mean of, in the order of the input. */
static uint32_t crimp_mean_sum_s16(const int16_t *d, const struct crimp_loops *loops, uint32_t start)
{
    uint32_t sum = start;

    for (int32_t l = 0; l < loops->count[0]; ++l) {
        const int16_t *c = d + l * loops->stride[0];

        for (int32_t k = 0; k < loops->count[1]; ++k) {
            const int16_t *b = c + k * loops->stride[1];

            for (int32_t j = 0; j < loops->count[2]; ++j) {
                const int16_t *a = b + j * loops->stride[2];

                for (int32_t i = 0; i < loops->count[3]; ++i) {
                    const int32_t value = a[i * loops->stride[3]];

                    sum += (uint32_t)value;
                }
            }
        }
    }
    return sum;
}

/* The mean over the reduced loops for every iteration of the kept ones. */
static void crimp_mean_s16(const int16_t *input, int16_t *output, const struct crimp_loops *kept,
                           const struct crimp_loops *reduced, const struct crimp_mean *mean)
{
    for (int32_t l = 0; l < kept->count[0]; ++l) {
        const int16_t *a = input + l * kept->stride[0];

        for (int32_t k = 0; k < kept->count[1]; ++k) {
            const int16_t *b = a + k * kept->stride[1];

            for (int32_t j = 0; j < kept->count[2]; ++j) {
                const int16_t *c = b + j * kept->stride[2];

                for (int32_t i = 0; i < kept->count[3]; ++i) {
                    const int16_t *d = c + i * kept->stride[3];
                    const uint32_t sum = crimp_mean_sum_s16(d, reduced, (uint32_t)mean->sum_offset);

                    *output++ = (int16_t)crimp_mean_value(sum, mean, INT16_MIN, INT16_MAX);
                }
            }
        }
    }
}
