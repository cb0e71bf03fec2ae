#include <stddef.h>
#include <stdint.h>

#include "requantize.c"
#include "transpose_conv.c"

/* The sum for one output channel at row `y` and column `x` of the padded output, in the order of the input. */
static inline uint32_t crimp_transpose_conv_s8_sum(const int8_t *image, const int8_t *filter, int32_t y, int32_t x, uint32_t sum,
                                                   int32_t input_offset, const struct crimp_transpose_conv *shape)
{
    const struct crimp_reaching rows =
        crimp_reaching_of(y, shape->stride_height, shape->filter_height, shape->input_height);
    const struct crimp_reaching columns =
        crimp_reaching_of(x, shape->stride_width, shape->filter_width, shape->input_width);

    for (int32_t iy = rows.first; iy <= rows.last; ++iy) {
        const int32_t ky = y - iy * shape->stride_height;

        for (int32_t ix = columns.first; ix <= columns.last; ++ix) {
            const int32_t kx = x - ix * shape->stride_width;
            const int8_t *value = image + (iy * shape->input_width + ix) * shape->input_channels;
            const int8_t *weight = filter + (ky * shape->filter_width + kx) * shape->input_channels;

            for (int32_t channel = 0; channel < shape->input_channels; ++channel) {
                sum += (uint32_t)((*value++ + input_offset) * *weight++);
            }
        }
    }
    return sum;
}

/* Transposed convolution; weights [output channel][row][column][input channel], bias may be NULL. */
static void crimp_transpose_conv_s8(const int8_t *input, int8_t *output, const int8_t *weights, const int32_t *bias,
                                    const int32_t *multiplier, const int8_t *shift, const struct crimp_transpose_conv *shape,
                                    const struct crimp_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->input_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            for (int32_t x = 0; x < shape->output_width; ++x) {
                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const uint32_t sum = crimp_transpose_conv_s8_sum(input, weights + channel * filter_size, y + shape->padding_top, x + shape->padding_left,
                        bias != NULL ? (uint32_t)bias[channel] : 0u, quantization->input_offset, shape);

                    *output++ = crimp_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}
