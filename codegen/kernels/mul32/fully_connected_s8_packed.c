#include <stdint.h>

#include "fully_connected_s8.c"
#include "packed_weights.c"
#include "requantize.c"

/*
 * FULLY_CONNECTED, int8, one output at a time; zeros that the stream skips cost nothing. Rows of weights are
 * [output][input]. bias: with input offset * sum of weights added.
 */
static void crimp_mul32_fully_connected_s8_packed(const int8_t *input, int8_t *output,
                                                  const uint16_t *weights, const int8_t *codebook,
                                                  const int32_t *bias, const int32_t *multiplier,
                                                  const int8_t *shift,
                                                  const struct crimp_mul32_fully_connected *layer,
                                                  const struct crimp_packing *packing)
{
    for (int32_t row = 0; row < layer->batch; ++row) {
        struct crimp_packed_weights at = crimp_packed_start(weights);

        for (int32_t channel = 0; channel < layer->outputs; ++channel) {
            const int32_t scales = channel * layer->scale_step;
            const struct crimp_mul32_scale scale =
                crimp_mul32_make_scale(multiplier[scales], shift[scales], layer->output_offset);
            const int32_t sum =
                crimp_mul32_packed_dot_s8(&at, input, layer->inputs, bias[channel], codebook, packing);

            crimp_mul32_requantize(&sum, 1, &scale, &layer->store, output);
            ++output;
        }
        input += layer->inputs;
    }
}
