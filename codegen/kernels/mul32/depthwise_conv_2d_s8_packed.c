#include <stdint.h>

#include "depthwise_conv_2d_s8.c"
#include "packed_weights.c"

/*
 * DEPTHWISE_CONV_2D with packed weights: in each band a channel's weights are unpacked once. Rows of weights
 * are [channel][row][column]. bias: with input offset * sum of weights added. plane: scratch, plane height *
 * width words, then bytes for the weights of a channel.
 */
static void crimp_mul32_depthwise_conv_2d_s8_packed(const int8_t *input, int8_t *output,
                                                    const uint16_t *weights, const int8_t *codebook,
                                                    const int32_t *bias, const int32_t *multiplier,
                                                    const int8_t *shift, const int16_t *limit,
                                                    int32_t *plane,
                                                    const struct crimp_mul32_depthwise *layer,
                                                    const struct crimp_packing *packing)
{
    const int32_t channels = layer->plane.channels;
    const int32_t taps = layer->filter_height * layer->filter_width;
    const int32_t words = layer->plane.height * layer->plane.width;
    const int32_t band = 2 * layer->plane.half;
    int8_t *filter = (int8_t *)(plane + words);

    crimp_mul32_clear_plane(plane, &layer->plane);
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += band) {
            struct crimp_packed_weights packed = crimp_packed_start(weights);

            for (int32_t channel = 0; channel < channels; ++channel) {
                struct crimp_mul32_channel at;

                crimp_mul32_open_channel(&at, channel, multiplier, shift, limit, layer);
                crimp_mul32_unpack_row(&packed, filter, taps, codebook, packing);
                crimp_mul32_gather_plane(plane, input + channel,
                                         top * layer->plane.stride_height - layer->padding_top, &layer->plane);
                crimp_mul32_depthwise_band(output + channel, plane, filter, bias[channel], &at, top,
                                           layer);
            }
        }
        input += layer->plane.input_height * layer->plane.input_width * channels;
        output += layer->output_height * layer->output_width * channels;
    }
}
