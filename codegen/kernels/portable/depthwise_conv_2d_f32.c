#include <stddef.h>
#include <stdint.h>

#include "convolution.c"
#include "float_clamp.c"

/* The sum over one window, for one output channel. */
static inline float crimp_depthwise_conv_2d_f32_sum(const float *image, const float *weights, int32_t channel,
                                                    float sum, const struct crimp_convolution *shape,
                                                    const struct crimp_taps *rows,
                                                    const struct crimp_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int32_t tap = ky * shape->filter_width + kx;
            const float value = image[crimp_pixel(shape, rows, columns, ky, kx)];
            const float weight = weights[tap * shape->output_channels + channel];
            const float product = value * weight;

            sum += product;
        }
    }
    return sum;
}

/*
 * Depthwise convolution of float32 values. The order of the sums is part of the result: rows, columns,
 * channels, the bias last; products are statements of their own so that no compiler fuses them with the
 * sum. Weights are [row][column][output channel]; bias may be NULL.
 */
static void crimp_depthwise_conv_2d_f32(const float *input, float *output, const float *weights,
                                        const float *bias, const struct crimp_convolution *shape,
                                        float activation_min, float activation_max)
{
    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct crimp_taps rows = crimp_rows(shape, y);

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const struct crimp_taps columns = crimp_columns(shape, x);

                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int32_t group = channel / shape->group_outputs;
                    const float *image = input + group;
                    float sum =
                        crimp_depthwise_conv_2d_f32_sum(image, weights, channel, 0.0f,
                                                        shape, &rows, &columns);

                    sum += bias != NULL ? bias[channel] : 0.0f;
                    *output++ = crimp_float_clamp(sum, activation_min, activation_max);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}
