/* Kernels of tiny_cnn, written by crimp. Included by tiny_cnn.c alone. */
#include <stddef.h>
#include <stdint.h>

/* All that is known of a layer's shape. */
struct tiny_cnn_convolution {
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
struct tiny_cnn_quantization {
    int32_t input_offset;
    int32_t output_offset;
    int32_t activation_min;
    int32_t activation_max;
};

/* A filter at one place, along one axis: the taps begin <= tap < end fall inside the image. */
struct tiny_cnn_taps {
    int32_t origin; /* place of tap 0 in the image; negative in the padding */
    int32_t begin;
    int32_t end;
};

static inline struct tiny_cnn_taps tiny_cnn_taps_inside(int32_t origin, int32_t taps, int32_t dilation, int32_t size)
{
    const int32_t room = (size - origin + dilation - 1) / dilation;
    struct tiny_cnn_taps inside;

    inside.origin = origin;
    inside.begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    inside.end = room < taps ? room : taps;
    return inside;
}

/* The rows of the image that output row y sees. */
static inline struct tiny_cnn_taps tiny_cnn_rows(const struct tiny_cnn_convolution *shape, int32_t y)
{
    return tiny_cnn_taps_inside(y * shape->stride_height - shape->padding_top, shape->filter_height,
                                shape->dilation_height, shape->input_height);
}

/* The columns of the image that output column x sees. */
static inline struct tiny_cnn_taps tiny_cnn_columns(const struct tiny_cnn_convolution *shape, int32_t x)
{
    return tiny_cnn_taps_inside(x * shape->stride_width - shape->padding_left, shape->filter_width,
                                shape->dilation_width, shape->input_width);
}

/* Index of the first channel that a tap sees. */
static inline int32_t tiny_cnn_pixel(const struct tiny_cnn_convolution *shape, const struct tiny_cnn_taps *rows,
                                     const struct tiny_cnn_taps *columns, int32_t ky, int32_t kx)
{
    const int32_t y = rows->origin + ky * shape->dilation_height;
    const int32_t x = columns->origin + kx * shape->dilation_width;

    return (y * shape->input_width + x) * shape->input_channels;
}

/* The sum over one window, for one output channel. */
static inline uint32_t tiny_cnn_conv_2d_s8_sum(const int8_t *image, const int8_t *filter, uint32_t sum,
                                               int32_t input_offset, const struct tiny_cnn_convolution *shape,
                                               const struct tiny_cnn_taps *rows, const struct tiny_cnn_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int8_t *pixel = image + tiny_cnn_pixel(shape, rows, columns, ky, kx);
            const int8_t *weight = filter + (ky * shape->filter_width + kx) * shape->filter_channels;

            for (int32_t i = 0; i < shape->filter_channels; ++i) {
                sum += (uint32_t)((pixel[i] + input_offset) * weight[i]);
            }
        }
    }
    return sum;
}

/* x / 2^exponent, ties away from zero; 0 <= exponent <= 31. */
static inline int32_t tiny_cnn_rounding_divide_by_pot(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1u << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);

    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* (a * b + 2^30) >> 31; the one product that does not fit is saturated. */
static inline int32_t tiny_cnn_saturating_rounding_doubling_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
}

/* x * multiplier * 2^(shift - 31), rounded after the multiply and after a right shift. */
static inline int32_t tiny_cnn_multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);

    return tiny_cnn_rounding_divide_by_pot(tiny_cnn_saturating_rounding_doubling_high_mul(shifted, multiplier), right);
}

static inline int32_t tiny_cnn_clamp(int32_t x, int32_t min, int32_t max)
{
    x = x < min ? min : x;
    return x > max ? max : x;
}

/*
 * Sums of products to output values. 32-bit sums are unsigned until here because TFLite Micro's wrap, and in C
 * only unsigned ones may; so does the sum with the output offset. int16 outputs have no offset.
 */
static inline int8_t tiny_cnn_requantize_s8(uint32_t sum, int32_t multiplier, int32_t shift,
                                            const struct tiny_cnn_quantization *quantization)
{
    const int32_t value = tiny_cnn_multiply_by_quantized_multiplier((int32_t)sum, multiplier, shift);

    return (int8_t)tiny_cnn_clamp((int32_t)((uint32_t)value + (uint32_t)quantization->output_offset),
                                  quantization->activation_min, quantization->activation_max);
}

/*
 * Convolution of int8 values and weights. Weights are [output channel][row][column][channel]; bias may be
 * NULL.
 */
static void tiny_cnn_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights, const int32_t *bias,
                                const int32_t *multiplier, const int8_t *shift,
                                const struct tiny_cnn_convolution *shape,
                                const struct tiny_cnn_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->filter_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct tiny_cnn_taps rows = tiny_cnn_rows(shape, y);

            for (int32_t x = 0; x < shape->output_width; ++x) {
                const struct tiny_cnn_taps columns = tiny_cnn_columns(shape, x);

                for (int32_t channel = 0; channel < shape->output_channels; ++channel) {
                    const int32_t group = channel / shape->group_outputs;
                    const int8_t *image = input + group * shape->filter_channels;
                    const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;
                    const uint32_t sum =
                        tiny_cnn_conv_2d_s8_sum(image, weights + channel * filter_size, start,
                                                quantization->input_offset, shape, &rows, &columns);

                    *output++ = tiny_cnn_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}

/* The shape of a pooling layer, NHWC; padding stands before the first row and column. */
struct tiny_cnn_pool {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t padding_top;
    int32_t padding_left;
};

/* The rows or columns of a window that lie inside the image: begin .. end - 1. */
struct tiny_cnn_span {
    int32_t begin;
    int32_t end;
};

static inline struct tiny_cnn_span tiny_cnn_pool_span(int32_t origin, int32_t filter, int32_t size)
{
    struct tiny_cnn_span span;

    span.begin = origin < 0 ? 0 : origin;
    span.end = origin + filter < size ? origin + filter : size;
    return span;
}

static inline struct tiny_cnn_span tiny_cnn_pool_rows(const struct tiny_cnn_pool *pool, int32_t y)
{
    const int32_t origin = y * pool->stride_height - pool->padding_top;

    return tiny_cnn_pool_span(origin, pool->filter_height, pool->input_height);
}

static inline struct tiny_cnn_span tiny_cnn_pool_columns(const struct tiny_cnn_pool *pool, int32_t x)
{
    const int32_t origin = x * pool->stride_width - pool->padding_left;

    return tiny_cnn_pool_span(origin, pool->filter_width, pool->input_width);
}

/* The largest value of each window. */
static void tiny_cnn_max_pool_s8(const int8_t *input, int8_t *output, const struct tiny_cnn_pool *pool,
                                 int32_t activation_min, int32_t activation_max)
{
    for (int32_t batch = 0; batch < pool->batch; ++batch) {
        for (int32_t y = 0; y < pool->output_height; ++y) {
            const struct tiny_cnn_span rows = tiny_cnn_pool_rows(pool, y);

            for (int32_t x = 0; x < pool->output_width; ++x) {
                const struct tiny_cnn_span columns = tiny_cnn_pool_columns(pool, x);

                for (int32_t channel = 0; channel < pool->channels; ++channel) {
                    int32_t largest = INT8_MIN;

                    for (int32_t row = rows.begin; row < rows.end; ++row) {
                        const int8_t *value =
                            input + (row * pool->input_width + columns.begin) * pool->channels + channel;

                        for (int32_t column = columns.begin; column < columns.end; ++column) {
                            largest = *value > largest ? *value : largest;
                            value += pool->channels;
                        }
                    }
                    *output++ = (int8_t)tiny_cnn_clamp(largest, activation_min, activation_max);
                }
            }
        }
        input += pool->input_height * pool->input_width * pool->channels;
    }
}

/* All that is known of a fully connected layer's shape: [batch][inputs] to [batch][outputs]. */
struct tiny_cnn_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
};

/* Fully connected layer of int8 values and weights. Weights are [output][input]; bias may be NULL. */
static void tiny_cnn_fully_connected_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                        const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                        const struct tiny_cnn_fully_connected *shape,
                                        const struct tiny_cnn_quantization *quantization)
{
    const int32_t input_offset = quantization->input_offset;

    for (int32_t row = 0; row < shape->batch; ++row) {
        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const int8_t *filter = weights + channel * shape->inputs;
            const int32_t scale = channel * shape->scale_step;
            uint32_t sum = bias != NULL ? (uint32_t)bias[channel] : 0u;

            for (int32_t i = 0; i < shape->inputs; ++i) {
                sum += (uint32_t)((input[i] + input_offset) * filter[i]);
            }
            *output++ = tiny_cnn_requantize_s8(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}

/* The largest value of one row of a softmax, and what its exponentials are scaled by: scale * 2^-exponent. */
struct tiny_cnn_softmax_scaling {
    int32_t largest;
    int32_t scale;
    int32_t exponent;
};

/* 1 / (1 + x) for x in [0, 1), Q0.31: three Newton steps from 48/17 - 32/17 * d to 1 / d, d = (1 + x) / 2. */
static int32_t tiny_cnn_one_over_one_plus_x(int32_t x)
{
    const int32_t d = (1 << 30) + (x >> 1);
    int32_t r = 1515870810 + tiny_cnn_saturating_rounding_doubling_high_mul(d, -1010580540);

    for (int32_t i = 0; i < 3; ++i) {
        const int32_t error = (1 << 29) - tiny_cnn_saturating_rounding_doubling_high_mul(d, r);

        r += tiny_cnn_saturating_rounding_doubling_high_mul(r, error) * 4;
    }
    return r >= 1 << 30 ? INT32_MAX : r * 2;
}

/* The sum of exponentials is Q12.19 and at least 1; its reciprocal is scale, Q0.31, times a power of two. */
static struct tiny_cnn_softmax_scaling tiny_cnn_softmax_row(const int8_t *input, int32_t depth, const int32_t *exp,
                                                            int32_t exp_count, int32_t output_bits)
{
    struct tiny_cnn_softmax_scaling row;
    uint32_t sum = 0;

    row.largest = INT8_MIN;
    for (int32_t i = 0; i < depth; ++i) {
        row.largest = input[i] > row.largest ? input[i] : row.largest;
    }
    for (int32_t i = 0; i < depth; ++i) {
        const int32_t distance = row.largest - input[i];

        if (distance < exp_count) {
            sum += ((uint32_t)exp[distance] + 2048u) >> 12;
        }
    }
    row.exponent = 12 + 31 - output_bits;
    while (sum < 0x80000000u) {
        sum <<= 1;
        --row.exponent;
    }
    row.scale = tiny_cnn_one_over_one_plus_x((int32_t)(sum & 0x7fffffffu));
    return row;
}

/* The output above its minimum for an input that is `distance` below the largest. */
static int32_t tiny_cnn_softmax_value(const struct tiny_cnn_softmax_scaling *row, int32_t distance,
                                      const int32_t *exp, int32_t exp_count)
{
    int32_t value;

    if (distance >= exp_count || row->exponent > 31) {
        return 0;
    }
    value = tiny_cnn_saturating_rounding_doubling_high_mul(row->scale, exp[distance]);
    return tiny_cnn_rounding_divide_by_pot(value, row->exponent);
}

/*
 * Softmax of each row. exp[d] is e^(-d * scale * beta) in Q0.31; from exp_count on it is too small to count.
 */
static void tiny_cnn_softmax_s8(const int8_t *input, int8_t *output, int32_t rows, int32_t depth,
                                const int32_t *exp, int32_t exp_count)
{
    for (int32_t r = 0; r < rows; ++r) {
        const struct tiny_cnn_softmax_scaling row = tiny_cnn_softmax_row(input, depth, exp, exp_count, 8);

        for (int32_t i = 0; i < depth; ++i) {
            const int32_t value = tiny_cnn_softmax_value(&row, row.largest - *input++, exp, exp_count);

            *output++ = (int8_t)tiny_cnn_clamp(value + INT8_MIN, INT8_MIN, INT8_MAX);
        }
    }
}
