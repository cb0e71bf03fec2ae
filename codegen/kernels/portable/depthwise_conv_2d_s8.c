#include <stddef.h>
#include <stdint.h>

#include "convolution.c"
#include "requantize.c"

/* The sum over one window, for one output channel. */
static inline uint32_t crimp_depthwise_conv_2d_s8_sum(const int8_t *image, const int8_t *weights,
                                                      int32_t channel, uint32_t sum, int32_t input_offset,
                                                      const struct crimp_convolution *shape,
                                                      const struct crimp_taps *rows,
                                                      const struct crimp_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int32_t tap = ky * shape->filter_width + kx;
            const int32_t value = image[crimp_pixel(shape, rows, columns, ky, kx)];
            const int32_t weight = weights[tap * shape->output_channels + channel];

            sum += (uint32_t)((value + input_offset) * weight);
        }
    }
    return sum;
}

/*
 * Depthwise convolution of int8 values and weights. Weights are [row][column][output channel]; bias may be
 * NULL.
 */
static void crimp_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                       const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                       const struct crimp_convolution *shape,
                                       const struct crimp_quantization *quantization)
{
    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct crimp_taps rows = crimp_rows(shape, y);

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const struct crimp_taps columns = crimp_columns(shape, x);

                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int32_t group = channel / shape->group_outputs;
                    const int8_t *image = input + group;
                    const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;
                    const uint32_t sum =
                        crimp_depthwise_conv_2d_s8_sum(image, weights, channel, start,
                                                       quantization->input_offset, shape, &rows, &columns);

                    *output++ = crimp_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}
