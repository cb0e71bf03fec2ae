#include <stdint.h>

#include "dots.c"
#include "pack.c"
#include "requantize.c"

/* CONV_2D, int8, one group: tiles of six or three output pixels, gathered into a column of words. */
struct crimp_rv32im_conv_2d {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t input_channels;
    int32_t output_height;
    int32_t output_width;
    int32_t output_channels;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t padding_top;
    int32_t padding_left;
    int32_t depth;   /* filter height * width * channels */
    int32_t segment; /* products of so many values fit into the lanes of two words */
    int32_t tile;    /* 6 or 3 */
    int32_t input_zero_point;
    struct crimp_rv32im_rescale rescale;
};

/* Where the window of an output pixel starts in the input; x and y may lie in the padding. */
struct crimp_rv32im_window {
    const int8_t *image;
    int32_t y;
    int32_t x;
    int32_t column; /* of the output */
    int32_t row;
};

static void crimp_rv32im_next_window(struct crimp_rv32im_window *at, const struct crimp_rv32im_conv_2d *layer)
{
    at->x += layer->stride_width;
    if (++at->column == layer->output_width) {
        at->column = 0;
        at->x = -layer->padding_left;
        at->y += layer->stride_height;
        if (++at->row == layer->output_height) {
            at->row = 0;
            at->y = -layer->padding_top;
            at->image += layer->input_height * layer->input_width * layer->input_channels;
        }
    }
}

/* Whether no tap of a window lies in the padding. */
static int32_t crimp_rv32im_is_inside(const struct crimp_rv32im_window *at,
                                      const struct crimp_rv32im_conv_2d *layer)
{
    return at->x >= 0 && at->x < layer->input_width - (layer->filter_width - 1) * layer->dilation_width &&
           at->y >= 0 && at->y < layer->input_height - (layer->filter_height - 1) * layer->dilation_height;
}

static inline const int8_t *crimp_rv32im_tap(const struct crimp_rv32im_window *at,
                                             const struct crimp_rv32im_conv_2d *layer)
{
    return at->image + (at->y * layer->input_width + at->x) * layer->input_channels;
}

/* Packs the windows of three pixels; taps in the padding count as the zero point. */
static void crimp_rv32im_pack_windows(uint32_t *to, int32_t words, const struct crimp_rv32im_window *pixels,
                                      const struct crimp_rv32im_conv_2d *layer)
{
    const int32_t channels = layer->input_channels;
    struct crimp_rv32im_window at[3] = {pixels[0], pixels[1], pixels[2]};

    if (layer->dilation_width == 1 && crimp_rv32im_is_inside(at, layer) &&
        crimp_rv32im_is_inside(at + 1, layer) && crimp_rv32im_is_inside(at + 2, layer)) {
        const int32_t down = layer->dilation_height * layer->input_width * channels;
        const int8_t *a = crimp_rv32im_tap(at, layer);
        const int8_t *b = crimp_rv32im_tap(at + 1, layer);
        const int8_t *c = crimp_rv32im_tap(at + 2, layer);

        for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
            to = crimp_rv32im_pack(to, words, a, 1, b, 1, c, 1, layer->filter_width * channels);
            a += down;
            b += down;
            c += down;
        }
        return;
    }
    for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
        for (int32_t kx = 0; kx < layer->filter_width; ++kx) {
            const int8_t zero_point = (int8_t)layer->input_zero_point;
            const int8_t *from[3];
            int32_t step[3];

            for (int32_t i = 0; i < 3; ++i) {
                step[i] = (uint32_t)at[i].y < (uint32_t)layer->input_height &&
                          (uint32_t)at[i].x < (uint32_t)layer->input_width;
                from[i] = step[i] ? crimp_rv32im_tap(at + i, layer) : &zero_point;
                at[i].x += layer->dilation_width;
            }
            to = crimp_rv32im_pack(to, words, from[0], step[0], from[1], step[1], from[2], step[2], channels);
        }
        for (int32_t i = 0; i < 3; ++i) {
            at[i].x = pixels[i].x;
            at[i].y += layer->dilation_height;
        }
    }
}

/* Packs three pixels; beyond the last it repeats that one. Moves `next` on. */
static void crimp_rv32im_pack_pixels(uint32_t *to, int32_t words, struct crimp_rv32im_window *next, int32_t left,
                                     const struct crimp_rv32im_conv_2d *layer)
{
    struct crimp_rv32im_window pixels[3];

    for (int32_t pixel = 0; pixel < 3; ++pixel) {
        pixels[pixel] = *next;
        if (left > pixel + 1) {
            crimp_rv32im_next_window(next, layer);
        }
    }
    crimp_rv32im_pack_windows(to, words, pixels, layer);
}

/* Requantizes the sums of `outputs` channels at `count` pixels, in pairs of words, and stores them. */
static void crimp_rv32im_store(const uint32_t *sums, int32_t outputs, int32_t count, const int32_t *bias,
                               const int32_t *multiplier, const int8_t *shift, int8_t *output,
                               const struct crimp_rv32im_conv_2d *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t drop = 11 - rescale.align;
    const int32_t stride = layer->output_channels;

    for (int32_t i = 0; i < outputs; ++i) {
        const struct crimp_rv32im_scale scale =
            crimp_rv32im_make_scale(bias[i], multiplier[i], shift[i], &rescale);
        int8_t *to = output + i;

        for (int32_t left = count; left > 0; left -= 3) {
            int32_t three[3];

            crimp_rv32im_take_apart(sums[0], sums[1], three);
            sums += 2;
            *to = crimp_rv32im_requantize((three[0] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
            if (left == 1) {
                break;
            }
            *to = crimp_rv32im_requantize((three[1] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
            if (left == 2) {
                break;
            }
            *to = crimp_rv32im_requantize((three[2] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
        }
    }
}

/* The sums of `outputs` channels, 4 or 1, over one segment of their weights: for each of them `words` words. */
static void crimp_rv32im_dots(const uint32_t *column, int32_t words, const int8_t *weights, int32_t outputs,
                              int32_t depth, uint32_t *sums)
{
    if (outputs == 1) {
        crimp_rv32im_dots_of_one(column, words, weights, depth, sums);
    } else if (words == 4) {
        crimp_rv32im_dots_of_six(column, weights, depth, sums);
    } else {
        crimp_rv32im_dots_of_three(column, weights, depth, sums);
    }
}

/* The same for weights longer than one segment, and requantized: the sums of all segments are added up. */
static void crimp_rv32im_dots_of_segments(const uint32_t *column, int32_t words, const int8_t *weights,
                                          int32_t outputs, int32_t count, const int32_t *bias,
                                          const int32_t *multiplier, const int8_t *shift, int8_t *output,
                                          const struct crimp_rv32im_conv_2d *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t pairs = outputs * words / 2;
    const int32_t *total;
    int32_t totals[24];

    for (int32_t i = 0; i < 3 * pairs; ++i) {
        totals[i] = 0;
    }
    for (int32_t left = layer->depth; left > 0; left -= layer->segment) {
        const int32_t depth = left < layer->segment ? left : layer->segment;
        uint32_t sums[16];
        int32_t *to = totals;

        crimp_rv32im_dots(column, words, weights, outputs, depth, sums);
        for (int32_t pair = 0; pair < pairs; ++pair) {
            int32_t three[3];

            crimp_rv32im_take_apart(sums[2 * pair], sums[2 * pair + 1], three);
            to[0] += three[0] >> 11;
            to[1] += three[1] >> 11;
            to[2] += three[2] >> 11;
            to += 3;
        }
        column += words * depth;
        weights += outputs * depth;
    }
    total = totals;
    for (int32_t i = 0; i < outputs; ++i) {
        const struct crimp_rv32im_scale scale =
            crimp_rv32im_make_scale(bias[i], multiplier[i], shift[i], &rescale);
        int8_t *to = output + i;

        for (int32_t pixel = 0; pixel < count; ++pixel) {
            *to = crimp_rv32im_requantize(total[pixel] * (1 << rescale.align) + scale.bias, &scale, &rescale);
            to += layer->output_channels;
        }
        total += words / 2 * 3;
    }
}

/*
 * weights: for each four outputs [depth][4], then rows [depth]. bias: with input offset * sum of
 * weights added. columns: scratch, depth * 4 words for a tile of six, depth * 2 for one of three.
 */
static void crimp_rv32im_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                    const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                    uint32_t *columns, const struct crimp_rv32im_conv_2d *layer)
{
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    struct crimp_rv32im_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    while (left > 0) {
        const int32_t count = left < layer->tile ? left : layer->tile;
        const int32_t words = count > 3 ? 4 : 2;
        const int8_t *filter = weights;

        for (int32_t packed = 0; packed < count; packed += 3) {
            crimp_rv32im_pack_pixels(columns + packed / 3 * 2, words, &at, left - packed, layer);
        }
        for (int32_t channel = 0; channel < channels;) {
            const int32_t outputs = channels - channel >= 4 ? 4 : 1;

            if (layer->segment < depth) {
                crimp_rv32im_dots_of_segments(columns, words, filter, outputs, count, bias + channel,
                                              multiplier + channel, shift + channel, output + channel, layer);
            } else {
                uint32_t sums[16];

                crimp_rv32im_dots(columns, words, filter, outputs, depth, sums);
                crimp_rv32im_store(sums, outputs, count, bias + channel, multiplier + channel, shift + channel,
                                   output + channel, layer);
            }
            channel += outputs;
            filter += outputs * depth;
        }
        output += count * channels;
        left -= count;
    }
}
