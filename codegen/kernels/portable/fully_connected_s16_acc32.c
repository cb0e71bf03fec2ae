#include <stddef.h>
#include <stdint.h>

#include "fully_connected.c"
#include "requantize.c"

/*
 * Fully connected layer of int16 values and int8 weights with 32-bit sums. Weights are [output][input];
 * bias may be NULL.
 */
static void crimp_fully_connected_s16_acc32(const int16_t *input, int16_t *output, const int8_t *weights,
                                            const int32_t *bias, const int32_t *multiplier,
                                            const int8_t *shift, const struct crimp_fully_connected *shape,
                                            const struct crimp_quantization *quantization)
{
    for (int32_t row = 0; row < shape->batch; ++row) {
        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const int8_t *filter = weights + channel * shape->inputs;
            const int32_t scale = channel * shape->scale_step;
            uint32_t sum = bias != NULL ? (uint32_t)bias[channel] : 0u;

            for (int32_t i = 0; i < shape->inputs; ++i) {
                sum += (uint32_t)(input[i] * filter[i]);
            }
            *output++ = crimp_requantize_s16_acc32(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}
