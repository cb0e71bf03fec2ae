#include <stdint.h>

#include "pack.c"
#include "packed_dot.c"
#include "requantize.c"
#include "rescale.c"

/* CONV_2D, int8, one group: four output pixels at a time, gathered into a packed column. */
struct crimp_mul32_conv_2d {
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
    int32_t depth; /* filter height * width * channels, rounded up to a multiple of 4 */
    int32_t tile;  /* output pixels that share the fetching of a channel's constants: 4, 8, 12 or 16 */
    int32_t input_zero_point;
    int32_t output_offset;
    struct crimp_mul32_store store;
    struct crimp_mul32_rescale rescale;
};

/* Where the window of an output pixel starts in the input; x and y may lie in the padding. */
struct crimp_mul32_window {
    const int8_t *image;
    int32_t y;
    int32_t x;
    int32_t column; /* of the output */
    int32_t row;
};

static void crimp_mul32_next_window(struct crimp_mul32_window *at, const struct crimp_mul32_conv_2d *layer)
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

/* Whether no tap of a window lies in the padding; dilation_width is 1. */
static int32_t crimp_mul32_is_inside(const struct crimp_mul32_window *at,
                                     const struct crimp_mul32_conv_2d *layer)
{
    return at->x >= 0 && at->x <= layer->input_width - layer->filter_width && at->y >= 0 &&
           at->y < layer->input_height - (layer->filter_height - 1) * layer->dilation_height;
}

/* Where tap (y, x) lies in an image. */
static inline const int8_t *crimp_mul32_tap(const int8_t *image, int32_t y, int32_t x,
                                            const struct crimp_mul32_conv_2d *layer)
{
    return image + (y * layer->input_width + x) * layer->input_channels;
}

/* How many of `left` taps from x on lie inside a row of `width`, or outside, like the first. */
static inline int32_t crimp_mul32_alike(int32_t x, int32_t width, int32_t left)
{
    const int32_t there = x < 0 ? -x : x < width ? width - x : left;

    return there < left ? there : left;
}

/* Packs the windows of two pixels into every second word; taps in the padding count as the zero point. */
static void crimp_mul32_pack_windows(int32_t *to, const struct crimp_mul32_window *a,
                                     const struct crimp_mul32_window *b,
                                     const struct crimp_mul32_conv_2d *layer)
{
    const int8_t zero_point = (int8_t)layer->input_zero_point;
    const int32_t channels = layer->input_channels;
    const int32_t filter_width = layer->filter_width;
    int32_t ay = a->y;
    int32_t by = b->y;

    if (layer->dilation_width == 1 && crimp_mul32_is_inside(a, layer) && crimp_mul32_is_inside(b, layer)) {
        const int32_t down = layer->dilation_height * layer->input_width * channels;
        const int8_t *from_a = crimp_mul32_tap(a->image, ay, a->x, layer);
        const int8_t *from_b = crimp_mul32_tap(b->image, by, b->x, layer);

        for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
            to = crimp_mul32_pack(to, 2, from_a, 1, from_b, 1, filter_width * channels);
            from_a += down;
            from_b += down;
        }
        return;
    }
    for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
        const int32_t a_width = (uint32_t)ay < (uint32_t)layer->input_height ? layer->input_width : 0;
        const int32_t b_width = (uint32_t)by < (uint32_t)layer->input_height ? layer->input_width : 0;
        int32_t ax = a->x;
        int32_t bx = b->x;

        for (int32_t kx = 0; kx < filter_width;) {
            const int32_t a_in = (uint32_t)ax < (uint32_t)a_width;
            const int32_t b_in = (uint32_t)bx < (uint32_t)b_width;
            int32_t taps = 1;

            if (layer->dilation_width == 1) {
                taps = crimp_mul32_alike(ax, a_width, filter_width - kx);
                taps = crimp_mul32_alike(bx, b_width, taps);
            }
            to = crimp_mul32_pack(to, 2, a_in ? crimp_mul32_tap(a->image, ay, ax, layer) : &zero_point, a_in,
                                  b_in ? crimp_mul32_tap(b->image, by, bx, layer) : &zero_point, b_in,
                                  taps * channels);
            kx += taps;
            ax += taps * layer->dilation_width;
            bx += taps * layer->dilation_width;
        }
        ay += layer->dilation_height;
        by += layer->dilation_height;
    }
}

/* Packs four pixels into a column; beyond the last pixel it repeats that one. Moves `at` on. */
static void crimp_mul32_pack_pixels(int32_t *column, struct crimp_mul32_window *at, int32_t left,
                                    const struct crimp_mul32_conv_2d *layer)
{
    const int32_t taps = layer->filter_height * layer->filter_width * layer->input_channels;

    for (int32_t pixel = 0; pixel < 4; pixel += 2) {
        const struct crimp_mul32_window even = *at;

        if (left > pixel + 1) {
            crimp_mul32_next_window(at, layer);
        }
        crimp_mul32_pack_windows(column + pixel / 2, &even, at, layer);
        if (left > pixel + 2) {
            crimp_mul32_next_window(at, layer);
        }
    }
    for (int32_t k = 2 * taps; k < 2 * layer->depth; ++k) {
        column[k] = 0;
    }
}

/* Requantizes the sums of one output channel and stores them. */
static void crimp_mul32_store_channel(const int32_t *sums, int32_t count, int32_t channel,
                                      const int32_t *multiplier, const int8_t *shift, const int16_t *limit,
                                      int8_t *output, const struct crimp_mul32_conv_2d *layer)
{
    if (layer->rescale.fine > 0) {
        const struct crimp_mul32_factor factor = crimp_mul32_make_factor(
            multiplier[channel], shift[channel], limit[channel], layer->output_offset, &layer->rescale);

        crimp_mul32_rescale(sums, count, &factor, layer->rescale.fine, output + channel, layer->store.stride);
    } else {
        const struct crimp_mul32_scale scale =
            crimp_mul32_make_scale(multiplier[channel], shift[channel], layer->output_offset);

        crimp_mul32_requantize(sums, count, &scale, &layer->store, output + channel);
    }
}

/*
 * weights: [output channel][depth], rows filled up with zeros. bias: with input offset * sum of
 * weights added. limit: where the layer is rescaled. excess: where weights are cut down. columns:
 * scratch, depth / 2 words for each pixel of the tile.
 */
static void crimp_mul32_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                   const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                   const int16_t *limit, const uint16_t *excess, int32_t *columns,
                                   const struct crimp_mul32_conv_2d *layer)
{
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    struct crimp_mul32_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    while (left > 0) {
        const int32_t count = left < layer->tile ? left : layer->tile;
        const int8_t *filter = weights;
        const uint16_t *rest = excess;
        int32_t *column = columns;

        for (int32_t packed = 0; packed < count; packed += 4) {
            crimp_mul32_pack_pixels(column, &at, left - packed, layer);
            column += 2 * depth;
        }
        for (int32_t channel = 0; channel < channels; ++channel) {
            int32_t sums[16];

            rest = crimp_mul32_packed_dots(columns, column, filter, depth, bias[channel], rest, sums);
            crimp_mul32_store_channel(sums, count, channel, multiplier, shift, limit, output, layer);
            filter += depth;
        }
        output += count * channels;
        left -= count;
    }
}
