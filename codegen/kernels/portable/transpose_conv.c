#include <stdint.h>

/* The shape of a transposed convolution: activations [batch][row][column][channel], padding before the first. */
struct crimp_transpose_conv {
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
    int32_t padding_top;
    int32_t padding_left;
};

/* The rows or columns of the input whose filter reaches one of the output: first .. last. */
struct crimp_reaching {
    int32_t first;
    int32_t last;
};

static inline struct crimp_reaching crimp_reaching_of(int32_t place, int32_t stride, int32_t filter, int32_t size)
{
    const int32_t before = place - filter + 1;
    struct crimp_reaching reaching;

    reaching.first = before > 0 ? (before + stride - 1) / stride : 0;
    reaching.last = place / stride < size - 1 ? place / stride : size - 1;
    return reaching;
}
