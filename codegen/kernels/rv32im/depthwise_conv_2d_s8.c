#include <stdint.h>

#include "requantize.c"

/*
 * DEPTHWISE_CONV_2D, int8, depth multiplier 1, 3 x 3: bands of output rows, and in a band one channel after the other.
 * The rows of a channel are gathered into a plane with the padding filled in, where a column of three values is read
 * once and goes into all windows that see it.
 */
struct crimp_rv32im_depthwise {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
    int32_t stride_height;
    int32_t stride_width; /* 1 or 2 */
    int32_t padding_top;
    int32_t padding_left;
    int32_t band;         /* output rows */
    int32_t plane_height; /* (band - 1) * stride + 3 */
    int32_t plane_width;  /* (output width - 1) * stride + 3 */
    int32_t input_zero_point;
    struct crimp_rv32im_rescale rescale;
};

/* Gathers one channel from input row `row` on. Columns of padding are already filled. */
static void crimp_rv32im_gather_plane(int8_t *plane, const int8_t *image, int32_t row,
                                      const struct crimp_rv32im_depthwise *layer)
{
    const int8_t zero_point = (int8_t)layer->input_zero_point;
    const int32_t channels = layer->channels;
    const int32_t width = layer->plane_width;
    const int32_t room = width - layer->padding_left;
    const int32_t count = room < layer->input_width ? room : layer->input_width;
    const int32_t end = row + layer->plane_height;

    plane += layer->padding_left;
    for (; row < end; ++row) {
        const int32_t inside = (uint32_t)row < (uint32_t)layer->input_height;
        const int8_t *from = inside ? image + row * layer->input_width * channels : &zero_point;
        const int32_t step = inside ? channels : 0;
        int8_t *to = plane;
        int32_t left = count;

        for (; left > 3; left -= 4) {
            to[0] = *from;
            from += step;
            to[1] = *from;
            from += step;
            to[2] = *from;
            from += step;
            to[3] = *from;
            from += step;
            to += 4;
        }
        for (; left > 0; --left) {
            *to++ = *from;
            from += step;
        }
        plane += width;
    }
}

/* `rows` rows of windows with stride 1. Sums of two windows are under way. */
static void crimp_rv32im_adjoining_windows(const int8_t *plane, const int8_t *weights, int32_t rows,
                                           const struct crimp_rv32im_scale *scale, int8_t *output,
                                           const struct crimp_rv32im_depthwise *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t w0 = weights[0], w1 = weights[1], w2 = weights[2];
    const int32_t w3 = weights[3], w4 = weights[4], w5 = weights[5];
    const int32_t w6 = weights[6], w7 = weights[7], w8 = weights[8];
    const int32_t bias = scale->bias;
    const int32_t channels = layer->channels;
    const int32_t width = layer->plane_width;

    for (; rows > 0; --rows) {
        const int8_t *top = plane;
        const int8_t *middle = plane + width;
        const int8_t *bottom = middle + width;
        const int8_t *const end = plane + layer->output_width;
        int32_t first = bias + top[0] * w0 + middle[0] * w3 + bottom[0] * w6 + top[1] * w1 + middle[1] * w4 +
                        bottom[1] * w7;                                           /* lacks its last column */
        int32_t second = bias + top[1] * w0 + middle[1] * w3 + bottom[1] * w6; /* lacks two */

        while (top != end) {
            const int32_t a = top[2];
            const int32_t b = middle[2];
            const int32_t c = bottom[2];
            const int32_t sum = first + a * w2 + b * w5 + c * w8;

            first = second + a * w1 + b * w4 + c * w7;
            second = bias + a * w0 + b * w3 + c * w6;
            *output = crimp_rv32im_requantize(sum * (1 << rescale.align), scale, &rescale);
            output += channels;
            ++top;
            ++middle;
            ++bottom;
        }
        plane += layer->stride_height * width;
    }
}

/* The same with stride 2: windows share a column. */
static void crimp_rv32im_strided_windows(const int8_t *plane, const int8_t *weights, int32_t rows,
                                         const struct crimp_rv32im_scale *scale, int8_t *output,
                                         const struct crimp_rv32im_depthwise *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t w0 = weights[0], w1 = weights[1], w2 = weights[2];
    const int32_t w3 = weights[3], w4 = weights[4], w5 = weights[5];
    const int32_t w6 = weights[6], w7 = weights[7], w8 = weights[8];
    const int32_t bias = scale->bias;
    const int32_t channels = layer->channels;
    const int32_t width = layer->plane_width;

    for (; rows > 0; --rows) {
        const int8_t *top = plane;
        const int8_t *middle = plane + width;
        const int8_t *bottom = middle + width;
        const int8_t *const end = plane + 2 * layer->output_width;
        int32_t sum = bias + top[0] * w0 + middle[0] * w3 + bottom[0] * w6;

        while (top != end) {
            const int32_t a = top[2];
            const int32_t b = middle[2];
            const int32_t c = bottom[2];

            sum += top[1] * w1 + middle[1] * w4 + bottom[1] * w7 + a * w2 + b * w5 + c * w8;
            *output = crimp_rv32im_requantize(sum * (1 << rescale.align), scale, &rescale);
            sum = bias + a * w0 + b * w3 + c * w6;
            output += channels;
            top += 2;
            middle += 2;
            bottom += 2;
        }
        plane += layer->stride_height * width;
    }
}

/* weights: [channel][row][column]. bias: with input offset * sum of weights added. plane: scratch. */
static void crimp_rv32im_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                              const int32_t *bias, const int32_t *multiplier,
                                              const int8_t *shift, int8_t *plane,
                                              const struct crimp_rv32im_depthwise *layer)
{
    const int32_t channels = layer->channels;
    const int32_t output_bytes = layer->output_width * channels;

    for (int32_t i = 0; i < layer->plane_height * layer->plane_width; ++i) {
        plane[i] = (int8_t)layer->input_zero_point;
    }
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += layer->band) {
            const int32_t room = layer->output_height - top;
            const int32_t rows = room < layer->band ? room : layer->band;
            const int8_t *filter = weights;

            for (int32_t channel = 0; channel < channels; ++channel) {
                struct crimp_rv32im_scale scale =
                    crimp_rv32im_make_scale(0, multiplier[channel], shift[channel], &layer->rescale);
                int8_t *to = output + channel;

                scale.bias = bias[channel];
                crimp_rv32im_gather_plane(plane, input + channel,
                                          top * layer->stride_height - layer->padding_top, layer);
                if (layer->stride_width == 1) {
                    crimp_rv32im_adjoining_windows(plane, filter, rows, &scale, to, layer);
                } else {
                    crimp_rv32im_strided_windows(plane, filter, rows, &scale, to, layer);
                }
                filter += 9;
            }
            output += rows * output_bytes;
        }
        input += layer->input_height * layer->input_width * channels;
    }
}
