#include <stddef.h>
#include <stdint.h>

#include "fully_connected.c"
#include "int4.c"
#include "requantize.c"

/*
 * Fully connected layer of int8 values and int4 weights, which stay packed. Weights are [output][input];
 * bias may be NULL.
 */
static void crimp_fully_connected_s8_s4(const int8_t *input, int8_t *output, const uint8_t *weights,
                                        const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                        const struct crimp_fully_connected *shape,
                                        const struct crimp_quantization *quantization)
{
    const int32_t input_offset = quantization->input_offset;

    for (int32_t row = 0; row < shape->batch; ++row) {
        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const int32_t filter = channel * shape->inputs;
            const int32_t scale = channel * shape->scale_step;
            uint32_t sum = bias != NULL ? (uint32_t)bias[channel] : 0u;

            for (int32_t i = 0; i < shape->inputs; ++i) {
                sum += (uint32_t)((input[i] + input_offset) * crimp_int4_at(weights, filter + i));
            }
            *output++ = crimp_requantize_s8(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}
