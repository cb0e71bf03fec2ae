#include <stdint.h>

#include "pack.c"
#include "requantize.c"
#include "rescale.c"

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
    struct crimp_mul32_rescale rescale;
    struct crimp_mul32_store store; /* stride: channels */
};

/* What turns the sums of a channel to outputs: by `factor` where the layer is rescaled. */
struct crimp_mul32_channel {
    struct crimp_mul32_scale scale;
    struct crimp_mul32_factor factor;
};

static void crimp_mul32_open_channel(struct crimp_mul32_channel *at, int32_t channel,
                                     const int32_t *multiplier, const int8_t *shift, const int16_t *limit,
                                     const struct crimp_mul32_depthwise *layer)
{
    if (layer->rescale.fine > 0) {
        at->factor = crimp_mul32_make_factor(multiplier[channel], shift[channel], limit[channel],
                                             layer->output_offset, &layer->rescale);
    } else {
        at->scale = crimp_mul32_make_scale(multiplier[channel], shift[channel], layer->output_offset);
    }
}

/* Sums of a block: those of the upper half from 0, those of the lower from here. */
enum { crimp_mul32_lower = 31 };

/*
 * Packs `rows` rows of `count` values each, count >= 1, from a to the lower and b to the upper halves of the plane's
 * words. Returns where the next row goes.
 */
static int32_t *crimp_mul32_pack_rows(int32_t *to, const int8_t *a, const int8_t *b, int32_t rows,
                                      int32_t count, const struct crimp_mul32_depthwise *layer)
{
    const int32_t channels = layer->channels;
    const int32_t row_bytes = layer->input_width * channels;
    const int32_t gap = layer->plane_width - count;

#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t *out __asm__("r0") = to;
    register const int8_t *from_a __asm__("r1") = a;
    register const int8_t *from_b __asm__("r2") = b;
    register int32_t gap_bytes __asm__("r3") = 4 * gap;
    register int32_t next_row __asm__("r4") = row_bytes;
    register const int8_t *end __asm__("r5") = a + rows * row_bytes;
    register int32_t step __asm__("r6") = channels;
    register int32_t last __asm__("r7") = count * channels;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_word\n"
                     "ldrsb r3, [r1, r5]\n"
                     "ldrsb r4, [r2, r5]\n"
                     "lsls r4, r4, #16\n"
                     "adds r3, r3, r4\n"
                     "stmia r0!, {r3}\n"
                     "adds r5, r5, r6\n"
                     ".endm\n"
                     "mov r8, r3\n"
                     "mov r9, r4\n"
                     "mov r10, r5\n"
                     "1:\n" /* a row */
                     "movs r5, #0\n"
                     "mov r3, %[count]\n"
                     "lsls r3, r3, #31\n" /* an odd number of values: begin in the middle */
                     "bne 3f\n"
                     "2:\n"
                     "crimp_word\n"
                     "3:\n"
                     "crimp_word\n"
                     "cmp r5, r7\n"
                     "bne 2b\n"
                     "add r0, r8\n"
                     "add r1, r9\n"
                     "add r2, r9\n"
                     "cmp r1, r10\n"
                     "bne 1b\n"
                     ".purgem crimp_word\n"
                     : "+l"(out), "+l"(from_a), "+l"(from_b), "+l"(gap_bytes), "+l"(next_row), "+l"(end)
                     : "l"(step), "l"(last), [count] "h"(count)
                     : "r8", "r9", "r10", "cc", "memory");
    return out;
#else
    for (; rows > 0; --rows) {
        to = crimp_mul32_pack(to, 1, a, channels, b, channels, count) + gap;
        a += row_bytes;
        b += row_bytes;
    }
    return to;
#endif
}

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
    const int32_t end = row + layer->plane_height;

    plane += layer->padding_left;
    while (row < end) {
        const int32_t upper = (uint32_t)row < (uint32_t)layer->input_height;
        const int32_t lower = (uint32_t)(row + apart) < (uint32_t)layer->input_height;
        const int8_t *a = upper ? image + row * row_bytes : &zero_point;
        const int8_t *b = lower ? image + (row + apart) * row_bytes : &zero_point;

        if (upper && lower) {
            const int32_t below = layer->input_height - apart;
            const int32_t rows = (end < below ? end : below) - row;

            plane = crimp_mul32_pack_rows(plane, a, b, rows, count, layer);
            row += rows;
        } else {
            /* Padding in one half, or in both. */
            const int8_t *value = upper ? a : b;
            const int32_t step = upper || lower ? channels : 0;
            const uint32_t padding = (uint32_t)layer->input_zero_point << (upper ? 16 : 0);
            const int32_t shift = upper ? 0 : 16;

            for (int32_t i = 0; i < count; ++i) {
                plane[i] = (int32_t)(padding + ((uint32_t)*value << shift));
                value += step;
            }
            plane += layer->plane_width;
            ++row;
        }
    }
}

/*
 * The 3 x 3 windows of a block on a Cortex-M0+, two side by side at once: a chain of products of values and weights,
 * each of which may overwrite one of the two. frame: what crimp_mul32_depthwise_block says; next_row: bytes from
 * behind four words to the row below.
 */
static inline void crimp_mul32_two_windows(const int32_t *x, const int32_t *frame, int32_t next_row)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int32_t *from __asm__("r0") = x;
    register const int32_t *constants __asm__("r1") = frame;
    register int32_t gap __asm__("r2") = next_row;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split word, total, high\n"
                     "add \\word, r8\n"
                     "add \\total, \\word\n"
                     "asrs \\word, \\word, #16\n"
                     "add \\high, \\word\n"
                     ".endm\n"
                     "mov lr, r2\n"
                     "sub sp, #76\n"
                     "mov r2, sp\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r2!, {r3, r4, r5, r6}\n"
                     "movs r1, #1\n"
                     "lsls r1, r1, #15\n"
                     "mov r8, r1\n"
                     "1:\n" /* a row */
                     "ldr r1, [sp, #36]\n"
                     "adds r1, r1, r0\n"
                     "str r1, [sp, #68]\n"
                     "2:\n" /* two windows */
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #0]\n"
                     "muls r2, r1, r2\n"
                     "muls r1, r3, r1\n"
                     "ldr r6, [sp, #4]\n"
                     "muls r3, r6, r3\n"
                     "muls r6, r4, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "add r2, r8\n"
                     "mov r9, r2\n"
                     "asrs r2, r2, #16\n"
                     "mov r10, r2\n"
                     "add r1, r8\n"
                     "mov r11, r1\n"
                     "asrs r1, r1, #16\n"
                     "mov r12, r1\n"
                     "ldr r6, [sp, #8]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r5, r6\n"
                     "movs r7, r4\n"
                     "add r0, lr\n"
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #12]\n"
                     "muls r2, r1, r2\n"
                     "adds r7, r7, r2\n"
                     "muls r1, r3, r1\n"
                     "adds r6, r6, r1\n"
                     "crimp_split r7, r9, r10\n"
                     "crimp_split r6, r11, r12\n"
                     "ldr r1, [sp, #16]\n"
                     "muls r3, r1, r3\n"
                     "muls r1, r4, r1\n"
                     "ldr r6, [sp, #20]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r5, r6\n"
                     "adds r3, r3, r4\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r3, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "add r0, lr\n"
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #24]\n"
                     "muls r2, r1, r2\n"
                     "muls r1, r3, r1\n"
                     "ldr r6, [sp, #28]\n"
                     "muls r3, r6, r3\n"
                     "muls r6, r4, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r2, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "ldr r6, [sp, #32]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r5, r6\n"
                     "ldr r1, [sp, #44]\n"
                     "adds r0, r0, r1\n"
                     "add r4, r8\n"
                     "mov r2, r9\n"
                     "adds r2, r2, r4\n"
                     "asrs r4, r4, #16\n"
                     "add r4, r10\n"
                     "lsls r3, r4, #16\n"
                     "subs r2, r2, r3\n"
                     "add r6, r8\n"
                     "mov r3, r11\n"
                     "adds r3, r3, r6\n"
                     "asrs r6, r6, #16\n"
                     "add r6, r12\n"
                     "lsls r5, r6, #16\n"
                     "subs r3, r3, r5\n"
                     "ldr r1, [sp, #56]\n"
                     "adds r2, r2, r1\n"
                     "adds r3, r3, r1\n"
                     "ldr r1, [sp, #60]\n"
                     "adds r4, r4, r1\n"
                     "adds r6, r6, r1\n"
                     "ldr r1, [sp, #40]\n"
                     "stmia r1!, {r2, r3}\n"
                     "str r4, [r1, #116]\n" /* crimp_mul32_lower */
                     "str r6, [r1, #120]\n"
                     "str r1, [sp, #40]\n"
                     "ldr r1, [sp, #68]\n"
                     "cmp r0, r1\n"
                     "bne 2b\n"
                     "ldr r1, [sp, #72]\n"
                     "cmp r1, #0\n"
                     "beq 3f\n"
                     "mov r7, lr\n" /* one window */
                     "adds r7, r7, #4\n"
                     "movs r6, r0\n"
                     "ldmia r6!, {r2, r3, r4}\n"
                     "ldr r1, [sp, #0]\n"
                     "muls r2, r1, r2\n"
                     "ldr r1, [sp, #4]\n"
                     "muls r3, r1, r3\n"
                     "adds r2, r2, r3\n"
                     "add r2, r8\n"
                     "mov r9, r2\n"
                     "asrs r2, r2, #16\n"
                     "mov r10, r2\n"
                     "ldr r1, [sp, #8]\n"
                     "muls r4, r1, r4\n"
                     "movs r5, r4\n"
                     "adds r6, r6, r7\n"
                     "ldmia r6!, {r2, r3, r4}\n"
                     "ldr r1, [sp, #12]\n"
                     "muls r2, r1, r2\n"
                     "adds r5, r5, r2\n"
                     "crimp_split r5, r9, r10\n"
                     "ldr r1, [sp, #16]\n"
                     "muls r3, r1, r3\n"
                     "ldr r1, [sp, #20]\n"
                     "muls r4, r1, r4\n"
                     "adds r3, r3, r4\n"
                     "crimp_split r3, r9, r10\n"
                     "adds r6, r6, r7\n"
                     "ldmia r6!, {r2, r3, r4}\n"
                     "ldr r1, [sp, #24]\n"
                     "muls r2, r1, r2\n"
                     "ldr r1, [sp, #28]\n"
                     "muls r3, r1, r3\n"
                     "adds r2, r2, r3\n"
                     "crimp_split r2, r9, r10\n"
                     "ldr r1, [sp, #32]\n"
                     "muls r4, r1, r4\n"
                     "add r4, r8\n"
                     "mov r2, r9\n"
                     "adds r2, r2, r4\n"
                     "asrs r4, r4, #16\n"
                     "add r4, r10\n"
                     "lsls r3, r4, #16\n"
                     "subs r2, r2, r3\n"
                     "ldr r1, [sp, #56]\n"
                     "adds r2, r2, r1\n"
                     "ldr r1, [sp, #60]\n"
                     "adds r4, r4, r1\n"
                     "ldr r1, [sp, #40]\n"
                     "stmia r1!, {r2}\n"
                     "str r4, [r1, #120]\n"
                     "str r1, [sp, #40]\n"
                     "adds r0, r0, #4\n"
                     "3:\n"
                     "ldr r1, [sp, #40]\n"
                     "ldr r2, [sp, #64]\n"
                     "subs r1, r1, r2\n"
                     "str r1, [sp, #40]\n"
                     "ldr r1, [sp, #48]\n"
                     "adds r0, r0, r1\n"
                     "ldr r1, [sp, #52]\n"
                     "cmp r0, r1\n"
                     "beq 4f\n"
                     "b 1b\n"
                     "4:\n"
                     "add sp, #76\n"
                     ".purgem crimp_split\n"
                     : "+l"(from), "+l"(constants), "+l"(gap)
                     :
                     : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    (void)x;
    (void)frame;
    (void)next_row;
#endif
}

/*
 * The same with a stride of 2.
 */
static inline void crimp_mul32_two_strided_windows(const int32_t *x, const int32_t *frame, int32_t next_row)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int32_t *from __asm__("r0") = x;
    register const int32_t *constants __asm__("r1") = frame;
    register int32_t gap __asm__("r2") = next_row;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split word, total, high\n"
                     "add \\word, r8\n"
                     "add \\total, \\word\n"
                     "asrs \\word, \\word, #16\n"
                     "add \\high, \\word\n"
                     ".endm\n"
                     "mov lr, r2\n"
                     "sub sp, #72\n"
                     "mov r2, sp\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5, r6, r7}\n"
                     "stmia r2!, {r3, r4, r5, r6, r7}\n"
                     "ldmia r1!, {r3, r4, r5}\n"
                     "stmia r2!, {r3, r4, r5}\n"
                     "movs r1, #1\n"
                     "lsls r1, r1, #15\n"
                     "mov r8, r1\n"
                     "1:\n" /* a row */
                     "ldr r1, [sp, #36]\n"
                     "adds r1, r1, r0\n"
                     "str r1, [sp, #68]\n"
                     "2:\n" /* two windows */
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #0]\n"
                     "muls r2, r1, r2\n"
                     "muls r1, r4, r1\n"
                     "ldr r6, [sp, #4]\n"
                     "muls r3, r6, r3\n"
                     "muls r6, r5, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "add r2, r8\n"
                     "mov r9, r2\n"
                     "asrs r2, r2, #16\n"
                     "mov r10, r2\n"
                     "add r1, r8\n"
                     "mov r11, r1\n"
                     "asrs r1, r1, #16\n"
                     "mov r12, r1\n"
                     "ldr r3, [r0]\n"
                     "ldr r6, [sp, #8]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r3, r6\n"
                     "movs r7, r4\n"
                     "add r0, lr\n"
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #12]\n"
                     "muls r2, r1, r2\n"
                     "adds r7, r7, r2\n"
                     "muls r1, r4, r1\n"
                     "adds r6, r6, r1\n"
                     "crimp_split r7, r9, r10\n"
                     "crimp_split r6, r11, r12\n"
                     "ldr r1, [sp, #16]\n"
                     "muls r3, r1, r3\n"
                     "muls r1, r5, r1\n"
                     "ldr r2, [r0]\n"
                     "ldr r6, [sp, #20]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r2, r6\n"
                     "adds r3, r3, r4\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r3, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "add r0, lr\n"
                     "ldmia r0!, {r2, r3, r4, r5}\n"
                     "ldr r1, [sp, #24]\n"
                     "muls r2, r1, r2\n"
                     "muls r1, r4, r1\n"
                     "ldr r6, [sp, #28]\n"
                     "muls r3, r6, r3\n"
                     "muls r6, r5, r6\n"
                     "adds r2, r2, r3\n"
                     "adds r1, r1, r6\n"
                     "crimp_split r2, r9, r10\n"
                     "crimp_split r1, r11, r12\n"
                     "ldr r3, [r0]\n"
                     "ldr r6, [sp, #32]\n"
                     "muls r4, r6, r4\n"
                     "muls r6, r3, r6\n"
                     "ldr r1, [sp, #44]\n"
                     "adds r0, r0, r1\n"
                     "add r4, r8\n"
                     "mov r2, r9\n"
                     "adds r2, r2, r4\n"
                     "asrs r4, r4, #16\n"
                     "add r4, r10\n"
                     "lsls r3, r4, #16\n"
                     "subs r2, r2, r3\n"
                     "add r6, r8\n"
                     "mov r3, r11\n"
                     "adds r3, r3, r6\n"
                     "asrs r6, r6, #16\n"
                     "add r6, r12\n"
                     "lsls r5, r6, #16\n"
                     "subs r3, r3, r5\n"
                     "ldr r1, [sp, #56]\n"
                     "adds r2, r2, r1\n"
                     "adds r3, r3, r1\n"
                     "ldr r1, [sp, #60]\n"
                     "adds r4, r4, r1\n"
                     "adds r6, r6, r1\n"
                     "ldr r1, [sp, #40]\n"
                     "stmia r1!, {r2, r3}\n"
                     "str r4, [r1, #116]\n" /* crimp_mul32_lower */
                     "str r6, [r1, #120]\n"
                     "str r1, [sp, #40]\n"
                     "ldr r1, [sp, #68]\n"
                     "cmp r0, r1\n"
                     "bne 2b\n"
                     "ldr r1, [sp, #40]\n"
                     "ldr r2, [sp, #64]\n"
                     "subs r1, r1, r2\n"
                     "str r1, [sp, #40]\n"
                     "ldr r1, [sp, #48]\n"
                     "adds r0, r0, r1\n"
                     "ldr r1, [sp, #52]\n"
                     "cmp r0, r1\n"
                     "bne 1b\n"
                     "add sp, #72\n"
                     ".purgem crimp_split\n"
                     : "+l"(from), "+l"(constants), "+l"(gap)
                     :
                     : "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    (void)x;
    (void)frame;
    (void)next_row;
#endif
}

/* What crimp_mul32_depthwise_block does, for 3 x 3 windows without dilation: weights stay in registers. */
static inline void crimp_mul32_three_by_three(const int32_t *x, const int8_t *weights, int32_t bias, int32_t rows,
                                              int32_t columns, int32_t *sums,
                                              const struct crimp_mul32_depthwise *layer)
{
    const uint32_t w0 = (uint32_t)weights[0], w1 = (uint32_t)weights[1], w2 = (uint32_t)weights[2];
    const uint32_t w3 = (uint32_t)weights[3], w4 = (uint32_t)weights[4], w5 = (uint32_t)weights[5];
    const uint32_t w6 = (uint32_t)weights[6], w7 = (uint32_t)weights[7], w8 = (uint32_t)weights[8];
    const uint32_t start = (uint32_t)bias * 0x10001u - 5u * 0x8000u;
    const int32_t width = layer->plane_width;
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
        x += layer->stride_height * width;
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
        const int32_t pitch = 4 * layer->plane_width;
        const int32_t step = 4 * layer->stride_width;
        /* The last of an odd number of windows stands alone, or is one of two of which the other is not kept. */
        const int32_t odd = columns & 1;
        const int32_t alone = layer->stride_width == 1 && columns > 1 && odd;
        const int32_t pairs_bytes = (columns - alone + (odd && !alone)) * step;

        frame[9] = pairs_bytes;
        frame[10] = (int32_t)sums;
        frame[11] = 2 * step - 2 * pitch - 16; /* from behind two windows to the next ones */
        frame[12] = layer->stride_height * pitch - pairs_bytes - alone * step;
        frame[13] = (int32_t)x + rows * layer->stride_height * pitch;
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
        x += layer->stride_height * layer->plane_width - columns * layer->stride_width;
    }
}

/* Requantizes a block whose upper half starts at output row y, column x, as far as the image goes. */
static void crimp_mul32_store_block(const int32_t *sums, int32_t rows, int32_t columns, int32_t y,
                                    int32_t x, const struct crimp_mul32_channel *channel, int8_t *output,
                                    const struct crimp_mul32_depthwise *layer)
{
    for (int32_t part = 0; part < 2; ++part) {
        const int32_t below = layer->output_height - y;
        const int32_t count = (rows < below ? rows : below) * columns;

        if (count > 0) {
            int8_t *to = output + (y * layer->output_width + x) * layer->channels;

            if (layer->rescale.fine > 0) {
                crimp_mul32_rescale(sums, count, &channel->factor, layer->rescale.fine, to, layer->channels);
            } else {
                crimp_mul32_requantize(sums, count, &channel->scale, &layer->store, to);
            }
        }
        sums += crimp_mul32_lower;
        y += layer->half;
    }
}

/* The outputs of one channel in the band that starts at output row `top`; its inputs are in the plane. */
static inline void crimp_mul32_depthwise_band(int8_t *output, const int32_t *plane, const int8_t *weights,
                                              int32_t bias, const struct crimp_mul32_channel *channel,
                                              int32_t top, const struct crimp_mul32_depthwise *layer)
{
    const int32_t *x = plane;
    int32_t frame[19];

    for (int32_t i = 0; i < 9 && i < layer->filter_height * layer->filter_width; ++i) {
        frame[i] = weights[i];
    }
    for (int32_t row = 0; row < layer->half; row += layer->block_rows) {
        for (int32_t column = 0; column < layer->output_width; column += layer->block_columns) {
            const int32_t room = layer->output_width - column;
            const int32_t columns = room < layer->block_columns ? room : layer->block_columns;
            const int32_t below = layer->half - row;
            const int32_t rows = below < layer->block_rows ? below : layer->block_rows;
            int32_t sums[2 * crimp_mul32_lower];

            crimp_mul32_depthwise_block(x + column * layer->stride_width, weights, bias, rows, columns, sums,
                                        frame, layer);
            crimp_mul32_store_block(sums, rows, columns, top + row, column, channel, output, layer);
        }
        x += layer->block_rows * layer->stride_height * layer->plane_width;
    }
}

/*
 * weights: [channel][row][column]. bias: with input offset * sum of weights added. limit: where the
 * layer is rescaled. plane: scratch, plane height * width words, and those that the last windows read beyond.
 */
static void crimp_mul32_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                             const int32_t *bias, const int32_t *multiplier,
                                             const int8_t *shift, const int16_t *limit, int32_t *plane,
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
                struct crimp_mul32_channel at;

                crimp_mul32_open_channel(&at, channel, multiplier, shift, limit, layer);
                crimp_mul32_gather_plane(plane, input + channel,
                                         top * layer->stride_height - layer->padding_top, layer);
                crimp_mul32_depthwise_band(output + channel, plane, weights + channel * taps, bias[channel],
                                           &at, top, layer);
            }
        }
        input += layer->input_height * layer->input_width * channels;
        output += layer->output_height * layer->output_width * channels;
    }
}
