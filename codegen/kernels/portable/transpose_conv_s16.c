#include <stddef.h>
#include <stdint.h>

#include "requantize.c"
#include "transpose_conv.c"

/* The sum for one output channel at row `y` and column `x` of the padded output, in the order of the input. */
static inline int64_t crimp_transpose_conv_s16_sum(const int16_t *image, const int8_t *filter, int32_t y, int32_t x, int64_t sum,
                                                   const struct crimp_transpose_conv *shape)
{
    const struct crimp_reaching rows =
        crimp_reaching_of(y, shape->stride_height, shape->filter_height, shape->input_height);
    const struct crimp_reaching columns =
        crimp_reaching_of(x, shape->stride_width, shape->filter_width, shape->input_width);

    for (int32_t iy = rows.first; iy <= rows.last; ++iy) {
        const int32_t ky = y - iy * shape->stride_height;

        for (int32_t ix = columns.first; ix <= columns.last; ++ix) {
            const int32_t kx = x - ix * shape->stride_width;
            const int16_t *value = image + (iy * shape->input_width + ix) * shape->input_channels;
            const int8_t *weight = filter + (ky * shape->filter_width + kx) * shape->input_channels;

            for (int32_t channel = 0; channel < shape->input_channels; ++channel) {
                sum += *value++ * *weight++;
            }
        }
    }
    return sum;
}

/* Transposed convolution; weights [output channel][row][column][input channel], bias may be NULL. */
static void crimp_transpose_conv_s16(const int16_t *input, int16_t *output, const int8_t *weights, const int64_t *bias,
                                     const int32_t *multiplier, const int8_t *shift, const struct crimp_transpose_conv *shape,
                                     const struct crimp_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->input_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            for (int32_t x = 0; x < shape->output_width; ++x) {
                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int64_t sum = crimp_transpose_conv_s16_sum(input, weights + channel * filter_size, y + shape->padding_top, x + shape->padding_left,
                        bias != NULL ? bias[channel] : 0, shape);

                    *output++ = crimp_requantize_s16(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}
