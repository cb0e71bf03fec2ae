/* Kernels of tiny_residual, written by crimp. Included by tiny_residual.c alone. */
#include <stddef.h>
#include <stdint.h>

/* All that is known of a layer's shape. */
struct tiny_residual_convolution {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t input_channels;
    int32_t output_height;
    int32_t output_width;
    int32_t output_channels;
    int32_t filter_height;
    int32_t filter_width;
    int32_t filter_channels; /* input channels that one output channel sees */
    int32_t group_outputs;   /* output channels that see the same input channels */
    int32_t stride_height;
    int32_t stride_width;
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t padding_top;
    int32_t padding_left;
};

/* Offsets added to each input and each output value, and the clamp of the output. */
struct tiny_residual_quantization {
    int32_t input_offset;
    int32_t output_offset;
    int32_t activation_min;
    int32_t activation_max;
};

/* A filter at one place, along one axis: the taps begin <= tap < end fall inside the image. */
struct tiny_residual_taps {
    int32_t origin; /* place of tap 0 in the image; negative in the padding */
    int32_t begin;
    int32_t end;
};

static inline struct tiny_residual_taps tiny_residual_taps_inside(int32_t origin, int32_t taps, int32_t dilation, int32_t size)
{
    const int32_t room = (size - origin + dilation - 1) / dilation;
    struct tiny_residual_taps inside;

    inside.origin = origin;
    inside.begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    inside.end = room < taps ? room : taps;
    return inside;
}

/* The rows of the image that output row y sees. */
static inline struct tiny_residual_taps tiny_residual_rows(const struct tiny_residual_convolution *shape, int32_t y)
{
    return tiny_residual_taps_inside(y * shape->stride_height - shape->padding_top, shape->filter_height,
                                     shape->dilation_height, shape->input_height);
}

/* The columns of the image that output column x sees. */
static inline struct tiny_residual_taps tiny_residual_columns(const struct tiny_residual_convolution *shape, int32_t x)
{
    return tiny_residual_taps_inside(x * shape->stride_width - shape->padding_left, shape->filter_width,
                                     shape->dilation_width, shape->input_width);
}

/* Index of the first channel that a tap sees. */
static inline int32_t tiny_residual_pixel(const struct tiny_residual_convolution *shape, const struct tiny_residual_taps *rows,
                                          const struct tiny_residual_taps *columns, int32_t ky, int32_t kx)
{
    const int32_t y = rows->origin + ky * shape->dilation_height;
    const int32_t x = columns->origin + kx * shape->dilation_width;

    return (y * shape->input_width + x) * shape->input_channels;
}

/* The sum over one window, for one output channel. */
static inline uint32_t tiny_residual_depthwise_conv_2d_s8_sum(const int8_t *image, const int8_t *weights,
                                                              int32_t channel, uint32_t sum, int32_t input_offset,
                                                              const struct tiny_residual_convolution *shape,
                                                              const struct tiny_residual_taps *rows,
                                                              const struct tiny_residual_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int32_t tap = ky * shape->filter_width + kx;
            const int32_t value = image[tiny_residual_pixel(shape, rows, columns, ky, kx)];
            const int32_t weight = weights[tap * shape->output_channels + channel];

            sum += (uint32_t)((value + input_offset) * weight);
        }
    }
    return sum;
}

/* x / 2^exponent, ties away from zero; 0 <= exponent <= 31. */
static inline int32_t tiny_residual_rounding_divide_by_pot(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1u << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);

    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* (a * b + 2^30) >> 31; the one product that does not fit is saturated. */
static inline int32_t tiny_residual_saturating_rounding_doubling_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
}

/* x * multiplier * 2^(shift - 31), rounded after the multiply and after a right shift. */
static inline int32_t tiny_residual_multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);

    return tiny_residual_rounding_divide_by_pot(tiny_residual_saturating_rounding_doubling_high_mul(shifted, multiplier), right);
}

static inline int32_t tiny_residual_clamp(int32_t x, int32_t min, int32_t max)
{
    x = x < min ? min : x;
    return x > max ? max : x;
}

/*
 * Sums of products to output values. 32-bit sums are unsigned until here because TFLite Micro's wrap, and in C
 * only unsigned ones may; so does the sum with the output offset. int16 outputs have no offset.
 */
static inline int8_t tiny_residual_requantize_s8(uint32_t sum, int32_t multiplier, int32_t shift,
                                                 const struct tiny_residual_quantization *quantization)
{
    const int32_t value = tiny_residual_multiply_by_quantized_multiplier((int32_t)sum, multiplier, shift);

    return (int8_t)tiny_residual_clamp((int32_t)((uint32_t)value + (uint32_t)quantization->output_offset),
                                       quantization->activation_min, quantization->activation_max);
}

/*
 * Depthwise convolution of int8 values and weights. Weights are [row][column][output channel]; bias may be
 * NULL.
 */
static void tiny_residual_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                               const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                               const struct tiny_residual_convolution *shape,
                                               const struct tiny_residual_quantization *quantization)
{
    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct tiny_residual_taps rows = tiny_residual_rows(shape, y);

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const struct tiny_residual_taps columns = tiny_residual_columns(shape, x);

                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int32_t group = channel / shape->group_outputs;
                    const int8_t *image = input + group;
                    const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;
                    const uint32_t sum =
                        tiny_residual_depthwise_conv_2d_s8_sum(image, weights, channel, start,
                                                               quantization->input_offset, shape, &rows, &columns);

                    *output++ = tiny_residual_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}

/* The sum over one window, for one output channel. */
static inline uint32_t tiny_residual_conv_2d_s8_sum(const int8_t *image, const int8_t *filter, uint32_t sum,
                                                    int32_t input_offset, const struct tiny_residual_convolution *shape,
                                                    const struct tiny_residual_taps *rows, const struct tiny_residual_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int8_t *pixel = image + tiny_residual_pixel(shape, rows, columns, ky, kx);
            const int8_t *weight = filter + (ky * shape->filter_width + kx) * shape->filter_channels;

            for (int32_t i = 0; i < shape->filter_channels; ++i) {
                sum += (uint32_t)((pixel[i] + input_offset) * weight[i]);
            }
        }
    }
    return sum;
}

/*
 * Convolution of int8 values and weights. Weights are [output channel][row][column][channel]; bias may be
 * NULL.
 */
static void tiny_residual_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights, const int32_t *bias,
                                     const int32_t *multiplier, const int8_t *shift,
                                     const struct tiny_residual_convolution *shape,
                                     const struct tiny_residual_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->filter_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct tiny_residual_taps rows = tiny_residual_rows(shape, y);

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const struct tiny_residual_taps columns = tiny_residual_columns(shape, x);

                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int32_t group = channel / shape->group_outputs;
                    const int8_t *image = input + group * shape->filter_channels;
                    const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;
                    const uint32_t sum =
                        tiny_residual_conv_2d_s8_sum(image, weights + channel * filter_size, start,
                                                     quantization->input_offset, shape, &rows, &columns);

                    *output++ = tiny_residual_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}

/*
 * TFLite's ADD of quantized values: each input is shifted up (2^20 for int8, 2^15 for int16), scaled to twice
 * the larger input scale, added, scaled to the output. All three shifts are 0 or less.
 */
struct tiny_residual_add {
    int32_t a_offset;
    int32_t a_multiplier;
    int32_t a_shift;
    int32_t b_offset;
    int32_t b_multiplier;
    int32_t b_shift;
    int32_t output_offset;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t activation_min;
    int32_t activation_max;
};

/*
 * An input of int8: the rounding high multiply of x * 2^20. As |x| < 2^8, x * 2^20 * multiplier / 2^31 =
 * (x * high * 2^16 + x * low) / 2^11 needs no 64-bit product.
 */
static inline int32_t tiny_residual_add_term_s8(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t high = multiplier >> 16;
    const int32_t low = multiplier & 0xffff;

    return tiny_residual_rounding_divide_by_pot(x * high * 32 + ((x * low + 1024) >> 11), -shift);
}

/* The sum of two terms as an output value. */
static inline int32_t tiny_residual_add_output(int32_t a, int32_t b, const struct tiny_residual_add *add)
{
    const int32_t sum = (int32_t)((uint32_t)a + (uint32_t)b);
    const int32_t value =
        tiny_residual_multiply_by_quantized_multiplier(sum, add->output_multiplier, add->output_shift);

    return tiny_residual_clamp(value + add->output_offset, add->activation_min, add->activation_max);
}

/* output[i] = a[i * a_step] + b[i * b_step]; a step is 0 for an operand that is repeated, else 1. */
static void tiny_residual_add_s8(const int8_t *a, int32_t a_step, const int8_t *b, int32_t b_step, int8_t *output,
                                 int32_t count, const struct tiny_residual_add *add)
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t x = tiny_residual_add_term_s8(*a + add->a_offset, add->a_multiplier, add->a_shift);
        const int32_t y = tiny_residual_add_term_s8(*b + add->b_offset, add->b_multiplier, add->b_shift);

        *output++ = (int8_t)tiny_residual_add_output(x, y, add);
        a += a_step;
        b += b_step;
    }
}

/* Nested loops over elements, the outermost first. */
struct tiny_residual_loops {
    int32_t count[4];
    int32_t stride[4];
};

/* How a sum of int8 or int16 values becomes their mean, or is scaled; for a mean the multiplier holds 1 / n. */
struct tiny_residual_mean {
    int32_t sum_offset;
    int32_t multiplier;
    int32_t shift;
    int32_t output_zero_point;
};

/* The sum of what one output is the mean of, in the order of the input. */
static uint32_t tiny_residual_mean_sum_s8(const int8_t *d, const struct tiny_residual_loops *loops, uint32_t start)
{
    uint32_t sum = start;

    for (int32_t l = 0; l < loops->count[0]; ++l) {
        const int8_t *c = d + l * loops->stride[0];

        for (int32_t k = 0; k < loops->count[1]; ++k) {
            const int8_t *b = c + k * loops->stride[1];

            for (int32_t j = 0; j < loops->count[2]; ++j) {
                const int8_t *a = b + j * loops->stride[2];

                for (int32_t i = 0; i < loops->count[3]; ++i) {
                    const int32_t value = a[i * loops->stride[3]];

                    sum += (uint32_t)value;
                }
            }
        }
    }
    return sum;
}

static inline int32_t tiny_residual_mean_value(uint32_t sum, const struct tiny_residual_mean *mean, int32_t min, int32_t max)
{
    const int32_t scaled = tiny_residual_multiply_by_quantized_multiplier((int32_t)sum, mean->multiplier, mean->shift);

    return tiny_residual_clamp((int32_t)((uint32_t)scaled + (uint32_t)mean->output_zero_point), min, max);
}

/* The mean over the reduced loops for every iteration of the kept ones. */
static void tiny_residual_mean_s8(const int8_t *input, int8_t *output, const struct tiny_residual_loops *kept,
                                  const struct tiny_residual_loops *reduced, const struct tiny_residual_mean *mean)
{
    for (int32_t l = 0; l < kept->count[0]; ++l) {
        const int8_t *a = input + l * kept->stride[0];

        for (int32_t k = 0; k < kept->count[1]; ++k) {
            const int8_t *b = a + k * kept->stride[1];

            for (int32_t j = 0; j < kept->count[2]; ++j) {
                const int8_t *c = b + j * kept->stride[2];

                for (int32_t i = 0; i < kept->count[3]; ++i) {
                    const int8_t *d = c + i * kept->stride[3];
                    const uint32_t sum = tiny_residual_mean_sum_s8(d, reduced, (uint32_t)mean->sum_offset);

                    *output++ = (int8_t)tiny_residual_mean_value(sum, mean, INT8_MIN, INT8_MAX);
                }
            }
        }
    }
}
