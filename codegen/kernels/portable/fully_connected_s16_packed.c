#include <stddef.h>
#include <stdint.h>

#include "fully_connected.c"
#include "packed_weights.c"
#include "requantize.c"

/* sum + the products of `count` inputs with the next row of weights. */
static inline int64_t crimp_packed_dot_s16(struct crimp_packed_weights *at, const int16_t *input,
                                           int32_t count, int64_t sum, const int8_t *codebook,
                                           const struct crimp_packing *packing)
{
    for (int32_t i = 0; i < count;) {
        const int32_t gap = crimp_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            const int32_t weight = codebook[crimp_packed_bits(at, packing->index_bits)];

            sum += input[i++] * weight;
        }
        crimp_packed_refill(at);
    }
    return sum;
}

/*
 * Fully connected layer of int16 values and packed int8 weights with 64-bit sums. Zeros that the stream skips
 * cost nothing. Rows of weights are [output][input]; bias may be NULL.
 */
static void crimp_fully_connected_s16_packed(const int16_t *input, int16_t *output, const uint16_t *weights,
                                             const int8_t *codebook, const int64_t *bias,
                                             const int32_t *multiplier, const int8_t *shift,
                                             const struct crimp_fully_connected *shape,
                                             const struct crimp_packing *packing,
                                             const struct crimp_quantization *quantization)
{
    for (int32_t row = 0; row < shape->batch; ++row) {
        struct crimp_packed_weights at = crimp_packed_start(weights);

        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const int32_t scale = channel * shape->scale_step;
            const int64_t start = bias != NULL ? bias[channel] : 0;
            const int64_t sum =
                crimp_packed_dot_s16(&at, input, shape->inputs, start, codebook, packing);

            *output++ = crimp_requantize_s16(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}
