#include <stdint.h>

#include "conv_2d_s8.c"
#include "packed_weights.c"

/*
 * CONV_2D with packed weights: for each tile of output pixels a channel's weights are unpacked once. Rows of
 * weights are [output channel][row][column][channel]. bias: with input offset * sum of weights added. columns:
 * scratch, depth / 2 words for each pixel of the tile, then `depth` bytes for the weights of a channel.
 */
static void crimp_mul32_conv_2d_s8_packed(const int8_t *input, int8_t *output, const uint16_t *weights,
                                          const int8_t *codebook, const int32_t *bias,
                                          const int32_t *multiplier, const int8_t *shift,
                                          const int16_t *limit, int32_t *columns,
                                          const struct crimp_mul32_conv_2d *layer,
                                          const struct crimp_packing *packing)
{
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    const int32_t taps = layer->filter_height * layer->filter_width * layer->input_channels;
    int8_t *filter = (int8_t *)(columns + layer->tile * depth / 2);
    struct crimp_mul32_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    for (int32_t k = taps; k < depth; ++k) {
        filter[k] = 0;
    }
    while (left > 0) {
        const int32_t count = left < layer->tile ? left : layer->tile;
        struct crimp_packed_weights packed = crimp_packed_start(weights);
        int32_t *column = columns;

        for (int32_t pixel = 0; pixel < count; pixel += 4) {
            crimp_mul32_pack_pixels(column, &at, left - pixel, layer);
            column += 2 * depth;
        }
        for (int32_t channel = 0; channel < channels; ++channel) {
            int32_t sums[16];

            crimp_mul32_unpack_row(&packed, filter, taps, codebook, packing);
            crimp_mul32_packed_dots(columns, column, filter, depth, bias[channel], 0, sums);
            crimp_mul32_store_channel(sums, count, channel, multiplier, shift, limit, output, layer);
        }
        output += count * channels;
        left -= count;
    }
}
