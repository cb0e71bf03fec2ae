/* Kernels of tiny_packed, written by crimp. Included by tiny_packed.c alone. */
#include <stddef.h>
#include <stdint.h>

/* All that is known of a layer's shape. */
struct tiny_packed_convolution {
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

/*
 * Weights as a stream of bits, from the lowest bit of the first word on. A row, the weights of one output, is
 * a run of tokens: `gap_bits` that say how many zeros to skip, and `index_bits` that say which entry of the
 * codebook follows them. The gap `skip` has no entry behind it. A row ends where it is full. Without gap_bits
 * every weight is an entry.
 */
struct tiny_packed_packing {
    int32_t gap_bits;   /* at most 8 */
    int32_t index_bits; /* at most 8 */
    int32_t skip;       /* the largest gap; without gap_bits 1, which none is */
};

/* Offsets added to each input and each output value, and the clamp of the output. */
struct tiny_packed_quantization {
    int32_t input_offset;
    int32_t output_offset;
    int32_t activation_min;
    int32_t activation_max;
};

/* A filter at one place, along one axis: the taps begin <= tap < end fall inside the image. */
struct tiny_packed_taps {
    int32_t origin; /* place of tap 0 in the image; negative in the padding */
    int32_t begin;
    int32_t end;
};

static inline struct tiny_packed_taps tiny_packed_taps_inside(int32_t origin, int32_t taps, int32_t dilation, int32_t size)
{
    const int32_t room = (size - origin + dilation - 1) / dilation;
    struct tiny_packed_taps inside;

    inside.origin = origin;
    inside.begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    inside.end = room < taps ? room : taps;
    return inside;
}

/* The rows of the image that output row y sees. */
static inline struct tiny_packed_taps tiny_packed_rows(const struct tiny_packed_convolution *shape, int32_t y)
{
    return tiny_packed_taps_inside(y * shape->stride_height - shape->padding_top, shape->filter_height,
                                   shape->dilation_height, shape->input_height);
}

/* A place in the stream. */
struct tiny_packed_packed_weights {
    const uint16_t *next;
    uint32_t window; /* the bits before it, */
    int32_t spare;   /* 16 of them and this many more */
};

static inline struct tiny_packed_packed_weights tiny_packed_packed_start(const uint16_t *stream)
{
    struct tiny_packed_packed_weights at;

    at.next = stream + 2;
    at.window = stream[0] | (uint32_t)stream[1] << 16;
    at.spare = 16;
    return at;
}

static inline int32_t tiny_packed_packed_bits(struct tiny_packed_packed_weights *at, int32_t count)
{
    const uint32_t bits = at->window & ((1u << count) - 1u);

    at->window >>= count;
    at->spare -= count;
    return (int32_t)bits;
}

/* Between tokens: 16 bits are enough for the next one. */
static inline void tiny_packed_packed_refill(struct tiny_packed_packed_weights *at)
{
    if (at->spare < 0) {
        at->spare += 16;
        at->window |= (uint32_t)*at->next++ << at->spare;
    }
}

/* The next row as it is: `count` weights. */
static void tiny_packed_unpack_row(struct tiny_packed_packed_weights *at, int8_t *row, int32_t count,
                                   const int8_t *codebook, const struct tiny_packed_packing *packing)
{
    for (int32_t i = 0; i < count; ++i) {
        row[i] = 0;
    }
    for (int32_t i = 0; i < count;) {
        const int32_t gap = tiny_packed_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            row[i++] = codebook[tiny_packed_packed_bits(at, packing->index_bits)];
        }
        tiny_packed_packed_refill(at);
    }
}

/* The columns of the image that output column x sees. */
static inline struct tiny_packed_taps tiny_packed_columns(const struct tiny_packed_convolution *shape, int32_t x)
{
    return tiny_packed_taps_inside(x * shape->stride_width - shape->padding_left, shape->filter_width,
                                   shape->dilation_width, shape->input_width);
}

/* Index of the first channel that a tap sees. */
static inline int32_t tiny_packed_pixel(const struct tiny_packed_convolution *shape, const struct tiny_packed_taps *rows,
                                        const struct tiny_packed_taps *columns, int32_t ky, int32_t kx)
{
    const int32_t y = rows->origin + ky * shape->dilation_height;
    const int32_t x = columns->origin + kx * shape->dilation_width;

    return (y * shape->input_width + x) * shape->input_channels;
}

/* The sum over one window, for one output channel. */
static inline uint32_t tiny_packed_conv_2d_s8_sum(const int8_t *image, const int8_t *filter, uint32_t sum,
                                                  int32_t input_offset, const struct tiny_packed_convolution *shape,
                                                  const struct tiny_packed_taps *rows, const struct tiny_packed_taps *columns)
{
    for (int32_t ky = rows->begin; ky < rows->end; ++ky) {
        for (int32_t kx = columns->begin; kx < columns->end; ++kx) {
            const int8_t *pixel = image + tiny_packed_pixel(shape, rows, columns, ky, kx);
            const int8_t *weight = filter + (ky * shape->filter_width + kx) * shape->filter_channels;

            for (int32_t i = 0; i < shape->filter_channels; ++i) {
                sum += (uint32_t)((pixel[i] + input_offset) * weight[i]);
            }
        }
    }
    return sum;
}

/* x / 2^exponent, ties away from zero; 0 <= exponent <= 31. */
static inline int32_t tiny_packed_rounding_divide_by_pot(int32_t x, int32_t exponent)
{
    const int32_t mask = (int32_t)((1u << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);

    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* (a * b + 2^30) >> 31; the one product that does not fit is saturated. */
static inline int32_t tiny_packed_saturating_rounding_doubling_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN) {
        return INT32_MAX;
    }
    return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
}

/* x * multiplier * 2^(shift - 31), rounded after the multiply and after a right shift. */
static inline int32_t tiny_packed_multiply_by_quantized_multiplier(int32_t x, int32_t multiplier, int32_t shift)
{
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int32_t shifted = (int32_t)((uint32_t)x << left);

    return tiny_packed_rounding_divide_by_pot(tiny_packed_saturating_rounding_doubling_high_mul(shifted, multiplier), right);
}

static inline int32_t tiny_packed_clamp(int32_t x, int32_t min, int32_t max)
{
    x = x < min ? min : x;
    return x > max ? max : x;
}

/*
 * Sums of products to output values. 32-bit sums are unsigned until here because TFLite Micro's wrap, and in C
 * only unsigned ones may; so does the sum with the output offset. int16 outputs have no offset.
 */
static inline int8_t tiny_packed_requantize_s8(uint32_t sum, int32_t multiplier, int32_t shift,
                                               const struct tiny_packed_quantization *quantization)
{
    const int32_t value = tiny_packed_multiply_by_quantized_multiplier((int32_t)sum, multiplier, shift);

    return (int8_t)tiny_packed_clamp((int32_t)((uint32_t)value + (uint32_t)quantization->output_offset),
                                     quantization->activation_min, quantization->activation_max);
}

/*
 * Convolution of int8 values and packed int8 weights. Each row of outputs is computed channel
 * by channel, whose weights are unpacked before. Rows of weights are [output channel][row][column][channel];
 * bias may be NULL. filter: scratch for the weights of one channel.
 */
static void tiny_packed_conv_2d_s8_packed(const int8_t *input, int8_t *output, const uint16_t *weights,
                                          const int8_t *codebook, const int32_t *bias, const int32_t *multiplier,
                                          const int8_t *shift, int8_t *filter,
                                          const struct tiny_packed_convolution *shape,
                                          const struct tiny_packed_packing *packing,
                                          const struct tiny_packed_quantization *quantization)
{
    const int32_t filter_size = shape->filter_height * shape->filter_width * shape->filter_channels;
    const int32_t channels = shape->output_channels;

    for (int32_t batch = 0; batch < shape->batch; ++batch) {
        for (int32_t y = 0; y < shape->output_height; ++y) {
            const struct tiny_packed_taps rows = tiny_packed_rows(shape, y);
            struct tiny_packed_packed_weights at = tiny_packed_packed_start(weights);

            for (int32_t channel = 0; channel < channels; ++channel) {
                const int32_t group = channel / shape->group_outputs;
                const int8_t *image = input + group * shape->filter_channels;
                const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;

                tiny_packed_unpack_row(&at, filter, filter_size, codebook, packing);
                for (int32_t x = 0; x < shape->output_width; ++x) {
                    const struct tiny_packed_taps columns = tiny_packed_columns(shape, x);
                    const uint32_t sum =
                        tiny_packed_conv_2d_s8_sum(image, filter, start, quantization->input_offset, shape, &rows,
                                                   &columns);

                    output[x * channels + channel] =
                        tiny_packed_requantize_s8(sum, multiplier[channel], shift[channel], quantization);
                }
            }
            output += shape->output_width * channels;
        }
        input += shape->input_height * shape->input_width * shape->input_channels;
    }
}

/* All that is known of a fully connected layer's shape: [batch][inputs] to [batch][outputs]. */
struct tiny_packed_fully_connected {
    int32_t batch;
    int32_t inputs;
    int32_t outputs;
    int32_t scale_step; /* 1: a multiplier and a shift for each output; 0: one for all */
};

/* sum + the products of `count` inputs with the next row of weights. */
static inline uint32_t tiny_packed_packed_dot_s8(struct tiny_packed_packed_weights *at, const int8_t *input,
                                                 int32_t count, uint32_t sum, int32_t input_offset,
                                                 const int8_t *codebook, const struct tiny_packed_packing *packing)
{
    for (int32_t i = 0; i < count;) {
        const int32_t gap = tiny_packed_packed_bits(at, packing->gap_bits);

        i += gap;
        if (gap != packing->skip) {
            const int32_t weight = codebook[tiny_packed_packed_bits(at, packing->index_bits)];

            sum += (uint32_t)((input[i++] + input_offset) * weight);
        }
        tiny_packed_packed_refill(at);
    }
    return sum;
}

/*
 * Fully connected layer of int8 values and packed int8 weights. Zeros that the stream skips
 * cost nothing. Rows of weights are [output][input]; bias may be NULL.
 */
static void tiny_packed_fully_connected_s8_packed(const int8_t *input, int8_t *output, const uint16_t *weights,
                                                  const int8_t *codebook, const int32_t *bias,
                                                  const int32_t *multiplier, const int8_t *shift,
                                                  const struct tiny_packed_fully_connected *shape,
                                                  const struct tiny_packed_packing *packing,
                                                  const struct tiny_packed_quantization *quantization)
{
    for (int32_t row = 0; row < shape->batch; ++row) {
        struct tiny_packed_packed_weights at = tiny_packed_packed_start(weights);

        for (int32_t channel = 0; channel < shape->outputs; ++channel) {
            const int32_t scale = channel * shape->scale_step;
            const uint32_t start = bias != NULL ? (uint32_t)bias[channel] : 0u;
            const uint32_t sum =
                tiny_packed_packed_dot_s8(&at, input, shape->inputs, start, quantization->input_offset, codebook,
                                          packing);

            *output++ = tiny_packed_requantize_s8(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}

/* Fully connected layer of int8 values and weights. Weights are [output][input]; bias may be NULL. */
static void tiny_packed_fully_connected_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                           const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                           const struct tiny_packed_fully_connected *shape,
                                           const struct tiny_packed_quantization *quantization)
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
            *output++ = tiny_packed_requantize_s8(sum, multiplier[scale], shift[scale], quantization);
        }
        input += shape->inputs;
    }
}
