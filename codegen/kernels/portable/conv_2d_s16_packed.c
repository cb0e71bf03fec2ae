#include <stddef.h>
#include <stdint.h>

#include "conv_2d_s16.c"
#include "packed_weights.c"

/*
 * Convolution of int16 values and packed int8 weights with 64-bit sums. Each row of outputs is computed
 * channel by channel, whose weights are unpacked before. Rows of weights are
 * [output channel][row][column][channel]; bias may be NULL. filter: scratch for the weights of one channel.
 */
static void crimp_conv_2d_s16_packed(const int16_t *input, int16_t *output, const uint16_t *weights,
                                     const int8_t *codebook, const int64_t *bias, const int32_t *multiplier,
                                     const int8_t *shift, int8_t *filter,
                                     const struct crimp_convolution *shape,
                                     const struct crimp_packing *packing,
                                     const struct crimp_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->filter_channels;
    const int32_t channels = shape->output_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct crimp_taps rows = crimp_rows(shape, y);
            struct crimp_packed_weights at = crimp_packed_start(weights);

            for (int32_t channel = 0; channel < channels; ++channel) {
                const int32_t group = channel / shape->group_outputs;
                const int16_t *image = input + group * shape->filter_channels;
                const int64_t start = bias != NULL ? bias[channel] : 0;

                crimp_unpack_row(&at, filter, filter_size, codebook, packing);
                for (int32_t x = 0; x < shape->output_width; ++x) {
                    const struct crimp_taps columns = crimp_columns(shape, x);
                    const int64_t sum =
                        crimp_conv_2d_s16_sum(image, filter, start, shape, &rows, &columns);

                    output[x * channels + channel] =
                        crimp_requantize_s16(sum, multiplier[channel], shift[channel], quantization);
                }
            }
            output += shape->output_width * channels;
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}
