#include <stdint.h>

/* What the convolutions share. Activations are [batch][row][column][channel]. */

/* All that is known of a layer's shape. */
struct crimp_convolution {
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

/* A filter at one place, along one axis: the taps begin <= tap < end fall inside the image. */
struct crimp_taps {
    int32_t origin; /* place of tap 0 in the image; negative in the padding */
    int32_t begin;
    int32_t end;
};

static inline struct crimp_taps crimp_taps_inside(int32_t origin, int32_t taps, int32_t dilation, int32_t size)
{
    const int32_t room = (size - origin + dilation - 1) / dilation;
    struct crimp_taps inside;

    inside.origin = origin;
    inside.begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    inside.end = room < taps ? room : taps;
    return inside;
}

/* The rows of the image that output row y sees. */
static inline struct crimp_taps crimp_rows(const struct crimp_convolution *shape, int32_t y)
{
    return crimp_taps_inside(y * shape->stride_height - shape->padding_top, shape->filter_height,
                             shape->dilation_height, shape->input_height);
}

/* The columns of the image that output column x sees. */
static inline struct crimp_taps crimp_columns(const struct crimp_convolution *shape, int32_t x)
{
    return crimp_taps_inside(x * shape->stride_width - shape->padding_left, shape->filter_width,
                             shape->dilation_width, shape->input_width);
}

/* Index of the first channel that a tap sees. */
static inline int32_t crimp_pixel(const struct crimp_convolution *shape, const struct crimp_taps *rows,
                                  const struct crimp_taps *columns, int32_t ky, int32_t kx)
{
    const int32_t y = rows->origin + ky * shape->dilation_height;
    const int32_t x = columns->origin + kx * shape->dilation_width;

    return (y * shape->input_width + x) * shape->input_channels;
}
