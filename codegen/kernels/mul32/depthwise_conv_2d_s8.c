#include <stdint.h>

#include "pack.c"
#include "requantize.c"

/*
 * DEPTHWISE_CONV_2D, int8, depth multiplier 1: bands of output rows, and in a band one channel
 * after the other. The rows of a channel are gathered into a plane with the padding filled in. A
 * word of the plane holds a value of the band's upper half and the one `half` output rows below it,
 * which share their weights: see packed_dot.c.
 */
struct crimp_mul32_depthwise {
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
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t padding_top;
    int32_t padding_left;
    int32_t half;          /* a band is 2 * half output rows */
    int32_t plane_height;  /* (half - 1) * stride + dilated filter */
    int32_t plane_width;   /* (output width - 1) * stride + dilated filter */
    int32_t block_rows;    /* a block is requantized together: rows * columns of either half, at most 30 */
    int32_t block_columns; /* the output width unless block_rows is 1 */
    int32_t input_zero_point;
    int32_t output_offset;
    struct crimp_mul32_store store; /* stride: channels */
};

/* Sums of a block: those of the upper half from 0, those of the lower from here. */
enum { crimp_mul32_lower = 30 };

/* Gathers one channel from input row `row` on. Columns of padding are already filled. */
static void crimp_mul32_gather_plane(int32_t *plane, const int8_t *image, int32_t row,
                                     const struct crimp_mul32_depthwise *layer)
{
    const int8_t zero_point = (int8_t)layer->input_zero_point;
    const int32_t channels = layer->channels;
    const int32_t row_bytes = layer->input_width * channels;
    const int32_t apart = layer->half * layer->stride_height;
    const int32_t room = layer->plane_width - layer->padding_left;
    const int32_t count = room < layer->input_width ? room : layer->input_width;

    plane += layer->padding_left;
    for (int32_t y = row; y < row + layer->plane_height; ++y) {
        const int32_t upper = (uint32_t)y < (uint32_t)layer->input_height;
        const int32_t lower = (uint32_t)(y + apart) < (uint32_t)layer->input_height;

        const int8_t *a = upper ? image + y * row_bytes : &zero_point;
        const int8_t *b = lower ? image + (y + apart) * row_bytes : &zero_point;

        crimp_mul32_pack(plane, 1, a, upper ? channels : 0, b, lower ? channels : 0, count);
        plane += layer->plane_width;
    }
}

/* The sums of rows * columns windows of both halves; x is where the first window starts. */
static void crimp_mul32_depthwise_block(const int32_t *x, const int8_t *weights, int32_t bias, int32_t rows,
                                        int32_t columns, int32_t *sums,
                                        const struct crimp_mul32_depthwise *layer)
{
    const int32_t taps = layer->filter_height * layer->filter_width;
    const int32_t start = (int32_t)((uint32_t)bias * 0x10001u - ((uint32_t)(taps + 1) >> 1 << 15));
    const int32_t row_words = columns * layer->stride_width;
    const int32_t wrap = layer->stride_height * layer->plane_width - row_words;

#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    if (layer->filter_height == 3 && layer->filter_width == 3 && layer->dilation_height == 1 &&
        layer->dilation_width == 1) {
        int32_t constants[12];

        for (int32_t i = 0; i < 9; ++i) {
            constants[i] = weights[i];
        }
        constants[9] = 4 * row_words;
        constants[10] = 4 * wrap;
        constants[11] = (int32_t)(x + rows * (row_words + wrap));

        register const int32_t *row0 __asm__("r0") = x;
        register const int32_t *row1 __asm__("r1") = x + layer->plane_width;
        register const int32_t *row2 __asm__("r2") = x + 2 * layer->plane_width;
        register int32_t total __asm__("r3") = start;
        register const int32_t *constant __asm__("r4") = constants + 8;
        register int32_t step __asm__("r5") = 4 * layer->stride_width;
        register int32_t *sum __asm__("r6") = sums;
        register int32_t high __asm__("r7") = bias;

        __asm__ volatile(".syntax unified\n"
                         "mov r9, r7\n"
                         "mov r10, r3\n"
                         "mov r11, r6\n"
                         "mov r12, r5\n"
                         "ldmia r4!, {r3, r5, r6, r7}\n"
                         "push {r3, r5, r6, r7}\n"
                         "subs r4, r4, #32\n"
                         "ldmia r4!, {r3, r5, r6, r7}\n"
                         "push {r3, r5, r6, r7}\n"
                         "subs r4, r4, #32\n"
                         "ldmia r4!, {r3, r5, r6, r7}\n"
                         "push {r3, r5, r6, r7}\n"
                         "movs r4, #1\n"
                         "lsls r4, r4, #15\n"
                         "mov r8, r4\n"
                         "1:\n" /* a row */
                         "ldr r4, [sp, #36]\n"
                         "adds r4, r4, r0\n"
                         "mov lr, r4\n"
                         "2:\n" /* a window */
                         "mov r6, r10\n"
                         "mov r7, r9\n"
                         "ldr r5, [r0, #0]\n"
                         "ldr r4, [sp, #0]\n"
                         "muls r5, r4, r5\n"
                         "ldr r3, [r0, #4]\n"
                         "ldr r4, [sp, #4]\n"
                         "muls r3, r4, r3\n"
                         "adds r5, r5, r3\n"
                         "add r5, r8\n" /* the group's end: take the lanes apart */
                         "adds r6, r6, r5\n"
                         "asrs r5, r5, #16\n"
                         "adds r7, r7, r5\n"
                         "ldr r5, [r0, #8]\n"
                         "ldr r4, [sp, #8]\n"
                         "muls r5, r4, r5\n"
                         "ldr r3, [r1, #0]\n"
                         "ldr r4, [sp, #12]\n"
                         "muls r3, r4, r3\n"
                         "adds r5, r5, r3\n"
                         "add r5, r8\n"
                         "adds r6, r6, r5\n"
                         "asrs r5, r5, #16\n"
                         "adds r7, r7, r5\n"
                         "ldr r5, [r1, #4]\n"
                         "ldr r4, [sp, #16]\n"
                         "muls r5, r4, r5\n"
                         "ldr r3, [r1, #8]\n"
                         "ldr r4, [sp, #20]\n"
                         "muls r3, r4, r3\n"
                         "adds r5, r5, r3\n"
                         "add r5, r8\n"
                         "adds r6, r6, r5\n"
                         "asrs r5, r5, #16\n"
                         "adds r7, r7, r5\n"
                         "ldr r5, [r2, #0]\n"
                         "ldr r4, [sp, #24]\n"
                         "muls r5, r4, r5\n"
                         "ldr r3, [r2, #4]\n"
                         "ldr r4, [sp, #28]\n"
                         "muls r3, r4, r3\n"
                         "adds r5, r5, r3\n"
                         "add r5, r8\n"
                         "adds r6, r6, r5\n"
                         "asrs r5, r5, #16\n"
                         "adds r7, r7, r5\n"
                         "ldr r5, [r2, #8]\n"
                         "ldr r4, [sp, #32]\n"
                         "muls r5, r4, r5\n"
                         "add r5, r8\n"
                         "adds r6, r6, r5\n"
                         "asrs r5, r5, #16\n"
                         "adds r7, r7, r5\n"
                         "lsls r3, r7, #16\n"
                         "subs r6, r6, r3\n"
                         "mov r4, r11\n"
                         "str r6, [r4, #0]\n"
                         "str r7, [r4, #120]\n" /* crimp_mul32_lower */
                         "adds r4, r4, #4\n"
                         "mov r11, r4\n"
                         "add r0, r12\n"
                         "add r1, r12\n"
                         "add r2, r12\n"
                         "cmp r0, lr\n"
                         "bne 2b\n"
                         "ldr r4, [sp, #40]\n"
                         "adds r0, r0, r4\n"
                         "adds r1, r1, r4\n"
                         "adds r2, r2, r4\n"
                         "ldr r4, [sp, #44]\n"
                         "cmp r0, r4\n"
                         "bne 1b\n"
                         "add sp, #48\n"
                         : "+l"(row0), "+l"(row1), "+l"(row2), "+l"(total), "+l"(constant), "+l"(step),
                           "+l"(sum), "+l"(high)
                         :
                         : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
        return;
    }
#endif
    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t column = 0; column < columns; ++column) {
            int32_t high = bias;
            uint32_t total = (uint32_t)start;
            uint32_t word = 0x8000u;

            for (int32_t tap = 0, ky = 0; ky < layer->filter_height; ++ky) {
                const int32_t *at = x + ky * layer->dilation_height * layer->plane_width;

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
        x += wrap;
    }
}

/* Requantizes a block whose upper half starts at output row y, column x, as far as the image goes. */
static void crimp_mul32_store_block(const int32_t *sums, int32_t rows, int32_t columns, int32_t y,
                                    int32_t x, const struct crimp_mul32_scale *scale, int8_t *output,
                                    const struct crimp_mul32_depthwise *layer)
{
    for (int32_t part = 0; part < 2; ++part) {
        const int32_t below = layer->output_height - y;
        const int32_t count = (rows < below ? rows : below) * columns;

        if (count > 0) {
            crimp_mul32_requantize(sums, count, scale, &layer->store,
                                   output + (y * layer->output_width + x) * layer->channels);
        }
        sums += crimp_mul32_lower;
        y += layer->half;
    }
}

/* The outputs of one channel in the band that starts at output row `top`; its inputs are in the plane. */
static inline void crimp_mul32_depthwise_band(int8_t *output, const int32_t *plane, const int8_t *weights,
                                              int32_t bias, const struct crimp_mul32_scale *scale,
                                              int32_t top, const struct crimp_mul32_depthwise *layer)
{
    const int32_t *x = plane;

    for (int32_t row = 0; row < layer->half; row += layer->block_rows) {
        for (int32_t column = 0; column < layer->output_width; column += layer->block_columns) {
            const int32_t room = layer->output_width - column;
            const int32_t columns = room < layer->block_columns ? room : layer->block_columns;
            const int32_t below = layer->half - row;
            const int32_t rows = below < layer->block_rows ? below : layer->block_rows;
            int32_t sums[2 * crimp_mul32_lower];

            crimp_mul32_depthwise_block(x + column * layer->stride_width, weights, bias, rows, columns, sums,
                                        layer);
            crimp_mul32_store_block(sums, rows, columns, top + row, column, scale, output, layer);
        }
        x += layer->block_rows * layer->stride_height * layer->plane_width;
    }
}

/*
 * weights: [channel][row][column]. bias: with input offset * sum of weights added. plane: scratch,
 * plane height * width words.
 */
static void crimp_mul32_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                             const int32_t *bias, const int32_t *multiplier,
                                             const int8_t *shift, int32_t *plane,
                                             const struct crimp_mul32_depthwise *layer)
{
    const int32_t channels = layer->channels;
    const int32_t taps = layer->filter_height * layer->filter_width;
    const int32_t band = 2 * layer->half;
    const int8_t zero_point = (int8_t)layer->input_zero_point;

    crimp_mul32_pack(plane, 1, &zero_point, 0, &zero_point, 0, layer->plane_height * layer->plane_width);
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += band) {
            for (int32_t channel = 0; channel < channels; ++channel) {
                const struct crimp_mul32_scale scale =
                    crimp_mul32_make_scale(multiplier[channel], shift[channel], layer->output_offset);

                crimp_mul32_gather_plane(plane, input + channel,
                                         top * layer->stride_height - layer->padding_top, layer);
                crimp_mul32_depthwise_band(output + channel, plane, weights + channel * taps, bias[channel],
                                           &scale, top, layer);
            }
        }
        input += layer->input_height * layer->input_width * channels;
        output += layer->output_height * layer->output_width * channels;
    }
}
