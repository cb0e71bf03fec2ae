#include <stdint.h>

#include "depthwise_plane.c"
#include "depthwise_two_windows.c"
#include "requantize.c"
#include "rescale.c"

/*
 * DEPTHWISE_CONV_2D, int8, depth multiplier 1: bands of output rows, and in a band one channel
 * after the other: depthwise_plane.c.
 */
struct crimp_mul32_depthwise {
    int32_t batch;
    int32_t output_height;
    int32_t output_width;
    int32_t filter_height;
    int32_t filter_width;
    int32_t stride_width;
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t padding_top;
    int32_t block_rows;    /* a block is requantized together: rows * columns of either half, at most 30 */
    int32_t block_columns; /* the output width unless block_rows is 1 */
    int32_t output_offset;
    struct crimp_mul32_plane plane;
    struct crimp_mul32_rescale rescale;
    struct crimp_mul32_store store; /* stride: channels */
};

/* Sums of a block: those of the upper half from 0, those of the lower from here. */
enum { crimp_mul32_lower = 31 };

/* What crimp_mul32_depthwise_block does, for 3 x 3 windows without dilation: weights stay in registers. */
static inline void crimp_mul32_three_by_three(const int32_t *x, const int8_t *weights, int32_t bias, int32_t rows,
                                              int32_t columns, int32_t *sums,
                                              const struct crimp_mul32_depthwise *layer)
{
    const uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1], w2 = (uint32_t)weights[2];
    const uint32_t w3 = (uint32_t)weights[3], w4 = (uint32_t)weights[4], w5 = (uint32_t)weights[5];
    const uint32_t w6 = (uint32_t)weights[6], w7 = (uint32_t)weights[7], w8 = (uint32_t)weights[8];
    const uint32_t start = (uint32_t)bias * 0x10001u - 5u * 0x8000u;
    const int32_t width = layer->plane.width;
    const int32_t stride = layer->stride_width;

    for (int32_t row = 0; row < rows; ++row) {
        const int32_t *top = x;
        const int32_t *middle = top + width;
        const int32_t *bottom = middle + width;

        for (const int32_t *const end = sums + columns; sums != end; ++sums) {
            uint32_t word = 0x8000u + (uint32_t)top[0] * w0 + (uint32_t)top[1] * w1;
            uint32_t total = start + word;
            int32_t high = bias + ((int32_t)word >> 16);

            word = 0x8000u + (uint32_t)top[2] * w2 + (uint32_t)middle[0] * w3;
            total += word;
            high += (int32_t)word >> 16;
            word = 0x8000u + (uint32_t)middle[1] * w4 + (uint32_t)middle[2] * w5;
            total += word;
            high += (int32_t)word >> 16;
            word = 0x8000u + (uint32_t)bottom[0] * w6 + (uint32_t)bottom[1] * w7;
            total += word;
            high += (int32_t)word >> 16;
            word = 0x8000u + (uint32_t)bottom[2] * w8;
            total += word;
            high += (int32_t)word >> 16;
            sums[0] = (int32_t)(total - ((uint32_t)high << 16));
            sums[crimp_mul32_lower] = high;
            top += stride;
            middle += stride;
            bottom += stride;
        }
        x += layer->plane.stride_height * width;
    }
}

/*
 * The sums of rows * columns windows of both halves; x is where the first window starts. frame: for the assembly,
 * begins with the first nine weights.
 */
static void crimp_mul32_depthwise_block(const int32_t *x, const int8_t *weights, int32_t bias, int32_t rows,
                                        int32_t columns, int32_t *sums, int32_t *frame,
                                        const struct crimp_mul32_depthwise *layer)
{
    const int32_t taps = layer->filter_height * layer->filter_width;
    const int32_t rounding = (taps + 1) >> 1 << 15;

#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    if (layer->filter_height == 3 && layer->filter_width == 3 && layer->dilation_height == 1 &&
        layer->dilation_width == 1 && layer->stride_width <= 2) {
        const int32_t pitch = 4 * layer->plane.width;
        const int32_t step = 4 * layer->stride_width;
        /* The last of an odd number of windows stands alone, or is one of two of which the other is not kept. */
        const int32_t odd = columns & 1;
        const int32_t alone = layer->stride_width == 1 && columns > 1 && odd;
        const int32_t pairs_bytes = (columns - alone + (odd && !alone)) * step;

        frame[9] = pairs_bytes;
        frame[10] = (int32_t)sums;
        frame[11] = 2 * step - 2 * pitch - 16; /* from behind two windows to the next ones */
        frame[12] = layer->plane.stride_height * pitch - pairs_bytes - alone * step;
        frame[13] = (int32_t)x + rows * layer->plane.stride_height * pitch;
        frame[14] = bias - rounding;
        frame[15] = bias;
        frame[16] = 4 * (odd && !alone);
        frame[18] = alone;
        if (layer->stride_width == 1) {
            crimp_mul32_two_windows(x, frame, pitch - 16);
        } else {
            crimp_mul32_two_strided_windows(x, frame, pitch - 16);
        }
        return;
    }
#else
    if (layer->filter_height == 3 && layer->filter_width == 3 && layer->dilation_height == 1 &&
        layer->dilation_width == 1) {
        crimp_mul32_three_by_three(x, weights, bias, rows, columns, sums, layer);
        return;
    }
#endif
    (void)frame;
    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < columns; ++column) {
            int32_t high = bias;
            uint32_t total = (uint32_t)bias * 0x10001u - (uint32_t)rounding;
            uint32_t word = 0x8000u;

            for (int32_t tap = 0, ky = 0; ky < layer->filter_height; ++ky) {
                const int32_t *at = x + ky * layer->dilation_height * layer->plane.width;

                for (int32_t kx = 0; kx < layer->filter_width; ++kx, ++tap) {
                    word += (uint32_t)*at * (uint32_t)weights[tap];
                    at += layer->dilation_width;
                    if ((tap & 1) != 0 || tap == taps - 1) {
                        total += word;
                        high += (int32_t)word >> 16;
                        word = 0x8000u;
                    }
                }
            }
            sums[0] = (int32_t)(total - ((uint32_t)high << 16));
            sums[crimp_mul32_lower] = high;
            ++sums;
            x += layer->stride_width;
        }
        x += layer->plane.stride_height * layer->plane.width - columns * layer->stride_width;
    }
}
