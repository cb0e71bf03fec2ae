#include <stdint.h>

#include "depthwise_block.c"

/* What turns the sums of a channel to outputs: by `factor` where the layer is rescaled. */
struct crimp_mul32_channel {
    struct crimp_mul32_scale scale;
    struct crimp_mul32_factor factor;
};

static void crimp_mul32_open_channel(struct crimp_mul32_channel *at, int32_t channel,
                                     const int32_t *multiplier, const int8_t *shift, const int16_t *limit,
                                     const struct crimp_mul32_depthwise *layer)
{
    if (layer->rescale.fine > 0) {
        at->factor = crimp_mul32_make_factor(multiplier[channel], shift[channel], limit[channel],
                                             layer->output_offset, &layer->rescale);
    } else {
        at->scale = crimp_mul32_make_scale(multiplier[channel], shift[channel], layer->output_offset);
    }
}

/* Requantizes a block whose upper half starts at output row y, column x, as far as the image goes. */
static void crimp_mul32_store_block(const int32_t *sums, int32_t rows, int32_t columns, int32_t y,
                                    int32_t x, const struct crimp_mul32_channel *channel, int8_t *output,
                                    const struct crimp_mul32_depthwise *layer)
{
    for (int32_t part = 0; part < 2; ++part) {
        const int32_t below = layer->output_height - y;
        const int32_t count = (rows < below ? rows : below) * columns;

        if (count > 0) {
            int8_t *to = output + (y * layer->output_width + x) * layer->plane.channels;

            if (layer->rescale.fine > 0) {
                crimp_mul32_rescale(sums, count, &channel->factor, layer->rescale.fine, to, layer->plane.channels);
            } else {
                crimp_mul32_requantize(sums, count, &channel->scale, &layer->store, to);
            }
        }
        sums += crimp_mul32_lower;
        y += layer->plane.half;
    }
}

/* The outputs of one channel in the band that starts at output row `top`; its inputs are in the plane. */
static inline void crimp_mul32_depthwise_band(int8_t *output, const int32_t *plane, const int8_t *weights,
                                              int32_t bias, const struct crimp_mul32_channel *channel,
                                              int32_t top, const struct crimp_mul32_depthwise *layer)
{
    const int32_t *x = plane;
    int32_t frame[19];

    for (int32_t i = 0; i < 9 && i < layer->filter_height * layer->filter_width; ++i) {
        frame[i] = weights[i];
    }
    for (int32_t row = 0; row < layer->plane.half; row += layer->block_rows) {
        for (int32_t column = 0; column < layer->output_width; column += layer->block_columns) {
            const int32_t room = layer->output_width - column;
            const int32_t columns = room < layer->block_columns ? room : layer->block_columns;
            const int32_t below = layer->plane.half - row;
            const int32_t rows = below < layer->block_rows ? below : layer->block_rows;
            int32_t sums[2 * crimp_mul32_lower];

            crimp_mul32_depthwise_block(x + column * layer->stride_width, weights, bias, rows, columns, sums,
                                        frame, layer);
            crimp_mul32_store_block(sums, rows, columns, top + row, column, channel, output, layer);
        }
        x += layer->block_rows * layer->plane.stride_height * layer->plane.width;
    }
}

/*
 * weights: [channel][row][column]. bias: with input offset * sum of weights added. limit: where the
 * layer is rescaled. plane: scratch, plane height * width words, and those that the last windows read beyond.
 */
static void crimp_mul32_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                             const int32_t *bias, const int32_t *multiplier,
                                             const int8_t *shift, const int16_t *limit, int32_t *plane,
                                             const struct crimp_mul32_depthwise *layer)
{
    const int32_t channels = layer->plane.channels;
    const int32_t taps = layer->filter_height * layer->filter_width;
    const int32_t band = 2 * layer->plane.half;

    crimp_mul32_clear_plane(plane, &layer->plane);
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += band) {
            for (int32_t channel = 0; channel < channels; ++channel) {
                struct crimp_mul32_channel at;

                crimp_mul32_open_channel(&at, channel, multiplier, shift, limit, layer);
                crimp_mul32_gather_plane(plane, input + channel,
                                         top * layer->plane.stride_height - layer->padding_top, &layer->plane);
                crimp_mul32_depthwise_band(output + channel, plane, weights + channel * taps, bias[channel],
                                           &at, top, layer);
            }
        }
        input += layer->plane.input_height * layer->plane.input_width * channels;
        output += layer->output_height * layer->output_width * channels;
    }
}
