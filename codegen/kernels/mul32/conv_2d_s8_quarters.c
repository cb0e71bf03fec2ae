#include <stdint.h>

#include "direct.c"

/*
 * CONV_2D, int8, one group, without dilation, for layers of few channels: row by row of the output, and in a row four
 * windows at once, one of each quarter. The input rows of an output row lie in a plane of two words for each value: two
 * words of [position in the row and channel][filter row], of which the windows of a quarter's pixel are a stretch.
 * A word holds values of two quarters, which share their weights: see packed_dot.c.
 */
struct crimp_mul32_quarters {
    int32_t batch;
    int32_t input_height;
    int32_t input_row; /* bytes */
    int32_t output_height;
    int32_t output_width;
    int32_t output_channels;
    int32_t filter_height;
    int32_t stride_height;
    int32_t padding_top;
    int32_t stride;  /* of columns, times input channels */
    int32_t padding; /* columns before the first, times input channels */
    int32_t depth;   /* filter height * width * channels, rounded up to a multiple of 4 */
    int32_t quarter; /* output columns of a quarter */
    int32_t third;   /* the column where the third one starts; the second starts at `quarter` */
    int32_t fourth;  /* quarters may overlap */
    int32_t values;  /* of a quarter's windows in an input row */
    int32_t input_zero_point;
};

/* What crimp_mul32_quarter_windows does for a channel. */
struct crimp_mul32_quarter_run {
    int32_t to_second; /* bytes from an output of the first quarter to that of the second */
    int32_t rounding;
    int32_t high; /* multiplier = high * 2^15 + low, with 20 bits behind the point */
    int32_t low;
    int8_t *output;
    int32_t to_third;
    int32_t to_fourth;
    int32_t channels;
    int32_t next; /* bytes of the plane from behind a window to the next */
    const int8_t *weights;
    const int32_t *end; /* where the window behind the last would start */
    const uint16_t *excess;
    const int8_t *weights_end;
};

/*
 * All windows of a row for one channel; x: the first one. Groups are of two weights, or of four where there is
 * excess: see packed_dot.c. Returns the next channel's excess.
 */
static inline const uint16_t *crimp_mul32_quarter_windows(const int32_t *x,
                                                          const struct crimp_mul32_quarter_run *run)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const int32_t *from __asm__("r0") = x;
    register uint32_t constants __asm__("r1") = (uint32_t)run;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split\n" /* take the lanes of r6 and r7 apart */
                     "add r9, r6\n"
                     "add r6, r12\n"
                     "asrs r6, r6, #16\n"
                     "add r8, r6\n"
                     "add r11, r7\n"
                     "add r7, r12\n"
                     "asrs r7, r7, #16\n"
                     "add r10, r7\n"
                     ".endm\n"
                     ".macro crimp_two_weights second\n" /* the lowest two of r2 */
                     "sxtb r3, r2\n"
                     "ldmia r0!, {r4, r5, r6, r7}\n"
                     "muls r4, r3, r4\n"
                     "muls r5, r3, r5\n"
                     "asrs r2, r2, #8\n"
                     ".ifc \\second, r3\n"
                     "sxtb r3, r2\n"
                     ".endif\n"
                     "muls r6, \\second, r6\n"
                     "muls r7, \\second, r7\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_next_weight weight\n"
                     "ldmia r0!, {r4, r5}\n"
                     "muls r4, \\weight, r4\n"
                     "muls r5, \\weight, r5\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     ".endm\n"
                     ".macro crimp_twice_two_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "crimp_split\n"
                     "asrs r2, r2, #8\n"
                     "crimp_two_weights r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_four_weights\n"
                     "ldmia r1!, {r2}\n"
                     "crimp_two_weights r3\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "crimp_next_weight r3\n"
                     "asrs r2, r2, #8\n"
                     "crimp_next_weight r2\n"
                     "crimp_split\n"
                     ".endm\n"
                     ".macro crimp_store sum, to:vararg\n"
                     "asrs r0, \\sum, #3\n"
                     "muls r0, r5, r0\n"
                     "asrs r0, r0, #12\n"
                     "muls \\sum, r4, \\sum\n"
                     "adds \\sum, \\sum, r0\n"
                     "adds \\sum, \\sum, r3\n"
                     "asrs \\sum, \\sum, #20\n"
                     "sxtb r0, \\sum\n"
                     "cmp r0, \\sum\n"
                     "beq 10f\n"
                     "asrs \\sum, \\sum, #31\n"
                     "movs r0, #127\n"
                     "eors r0, r0, \\sum\n"
                     "10:\n"
                     "strb r0, [\\to]\n"
                     ".endm\n"
                     "sub sp, #56\n"
                     "mov r7, sp\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r7!, {r3, r4, r5, r6}\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r7!, {r3, r4, r5, r6}\n"
                     "ldmia r1!, {r2, r3, r4, r5, r6}\n"
                     "stmia r7!, {r2, r3, r4, r5}\n"
                     "mov lr, r6\n"
                     "movs r4, #1\n"
                     "lsls r4, r4, #15\n"
                     "mov r12, r4\n"
                     "1:\n" /* four windows, one of each quarter */
                     "ldr r1, [sp, #36]\n"
                     "mov r2, lr\n"
                     "subs r2, r2, r1\n"
                     "movs r3, #0\n"
                     "mov r8, r3\n"
                     "mov r9, r3\n"
                     "mov r10, r3\n"
                     "mov r11, r3\n"
                     "ldr r3, [sp, #44]\n"
                     "cmp r3, #0\n"
                     "bne 4f\n"
                     "lsls r2, r2, #29\n" /* an odd number of fours: begin in the middle */
                     "bmi 3f\n"
                     "2:\n"
                     "crimp_twice_two_weights\n"
                     "3:\n"
                     "crimp_twice_two_weights\n"
                     "cmp r1, lr\n"
                     "bne 2b\n"
                     "b 9f\n"
                     "4:\n"
                     "lsls r2, r2, #29\n"
                     "bmi 6f\n"
                     "5:\n"
                     "crimp_four_weights\n"
                     "6:\n"
                     "crimp_four_weights\n"
                     "cmp r1, lr\n"
                     "bne 5b\n"
                     "str r0, [sp, #48]\n"
                     "ldr r2, [sp, #36]\n"
                     "subs r1, r1, r2\n"
                     "lsls r1, r1, #3\n"
                     "subs r0, r0, r1\n"
                     "ldr r1, [sp, #44]\n"
                     "b 8f\n"
                     "7:\n" /* an entry of the excess */
                     "sxtb r3, r2\n"
                     "lsrs r2, r2, #8\n"
                     "lsls r2, r2, #3\n"
                     "adds r0, r0, r2\n"
                     "ldmia r0!, {r6, r7}\n"
                     "muls r6, r3, r6\n"
                     "muls r7, r3, r7\n"
                     "crimp_split\n"
                     "8:\n"
                     "ldrh r2, [r1, #0]\n"
                     "adds r1, r1, #2\n"
                     "cmp r2, #0\n"
                     "bne 7b\n"
                     "str r1, [sp, #52]\n"
                     "ldr r0, [sp, #48]\n"
                     "9:\n" /* requantize the four sums */
                     "mov r2, r8\n"
                     "lsls r3, r2, #16\n"
                     "mov r7, r9\n"
                     "subs r7, r7, r3\n"
                     "mov r9, r0\n"
                     "mov r3, sp\n"
                     "ldmia r3, {r1, r3, r4, r5, r6}\n"
                     "crimp_store r7, r6\n"
                     "crimp_store r2, r6, r1\n"
                     "mov r2, r10\n"
                     "lsls r0, r2, #16\n"
                     "mov r7, r11\n"
                     "subs r7, r7, r0\n"
                     "ldr r1, [sp, #20]\n"
                     "crimp_store r7, r6, r1\n"
                     "ldr r1, [sp, #24]\n"
                     "crimp_store r2, r6, r1\n"
                     "ldr r0, [sp, #28]\n"
                     "adds r6, r6, r0\n"
                     "str r6, [sp, #16]\n"
                     "mov r0, r9\n"
                     "ldr r1, [sp, #32]\n"
                     "adds r0, r0, r1\n"
                     "ldr r1, [sp, #40]\n"
                     "cmp r0, r1\n"
                     "beq 11f\n"
                     "b 1b\n"
                     "11:\n"
                     "ldr r1, [sp, #52]\n"
                     "add sp, #56\n"
                     ".purgem crimp_split\n"
                     ".purgem crimp_two_weights\n"
                     ".purgem crimp_next_weight\n"
                     ".purgem crimp_twice_two_weights\n"
                     ".purgem crimp_four_weights\n"
                     ".purgem crimp_store\n"
                     : "+l"(from), "+l"(constants)
                     :
                     : "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
    return run->excess != 0 ? (const uint16_t *)constants : run->excess;
#else
    const uint16_t *rest = run->excess;
    const int32_t offsets[4] = {0, run->to_second, run->to_third, run->to_fourth};
    int8_t *output = run->output;

    while (x != run->end) {
        const int32_t *const window = x;
        struct crimp_mul32_lanes even = {0, 0};
        struct crimp_mul32_lanes odd = {0, 0};
        int32_t sums[4];

        for (const int8_t *w = run->weights; w != run->weights_end; w += 4) {
            const uint32_t w0 = (uint32_t)w[0], w1 = (uint32_t)w[1], w2 = (uint32_t)w[2], w3 = (uint32_t)w[3];
            const uint32_t even_first = (uint32_t)x[0] * w0 + (uint32_t)x[2] * w1;
            const uint32_t odd_first = (uint32_t)x[1] * w0 + (uint32_t)x[3] * w1;
            const uint32_t even_second = (uint32_t)x[4] * w2 + (uint32_t)x[6] * w3;
            const uint32_t odd_second = (uint32_t)x[5] * w2 + (uint32_t)x[7] * w3;

            if (run->excess != 0) {
                crimp_mul32_add_word(even_first + even_second, &even);
                crimp_mul32_add_word(odd_first + odd_second, &odd);
            } else {
                crimp_mul32_add_word(even_first, &even);
                crimp_mul32_add_word(even_second, &even);
                crimp_mul32_add_word(odd_first, &odd);
                crimp_mul32_add_word(odd_second, &odd);
            }
            x += 8;
        }
        if (run->excess != 0) {
            const int32_t *value = window;

            for (rest = run->excess; *rest != 0; ++rest) {
                const uint32_t weight = (uint32_t)(int8_t)(*rest & 255);

                value += *rest >> 8 << 1;
                crimp_mul32_add_word((uint32_t)value[0] * weight, &even);
                crimp_mul32_add_word((uint32_t)value[1] * weight, &odd);
                value += 2;
            }
            ++rest;
        }
        sums[0] = crimp_mul32_lower_lane(&even);
        sums[1] = even.high;
        sums[2] = crimp_mul32_lower_lane(&odd);
        sums[3] = odd.high;
        for (int32_t lane = 0; lane < 4; ++lane) {
            output[offsets[lane]] =
                crimp_mul32_direct(sums[lane], run->high, run->low, run->rounding, 3, 15, 20);
        }
        output += run->channels;
        x += run->next / 4;
    }
    return rest;
#endif
}

/*
 * Packs `count` values of four quarters, count >= 1; to_step: bytes of the plane from a value to the next.
 */
static void crimp_mul32_pack_quarters(int32_t *to, int32_t to_step, const int8_t *first, const int8_t *second,
                                      const int8_t *third, const int8_t *fourth, int32_t count)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t *out __asm__("r0") = to;
    register const int8_t *a __asm__("r1") = first + count;
    register const int8_t *b __asm__("r2") = second + count;
    register const int8_t *c __asm__("r3") = third + count;
    register const int8_t *d __asm__("r4") = fourth + count;
    register int32_t left __asm__("r5") = -count;
    register int32_t step __asm__("r6") = to_step;

    __asm__ volatile(".syntax unified\n"
                     "mov r8, r6\n"
                     "1:\n"
                     "ldrsb r6, [r1, r5]\n"
                     "ldrsb r7, [r2, r5]\n"
                     "lsls r7, r7, #16\n"
                     "adds r6, r6, r7\n"
                     "str r6, [r0, #0]\n"
                     "ldrsb r6, [r3, r5]\n"
                     "ldrsb r7, [r4, r5]\n"
                     "lsls r7, r7, #16\n"
                     "adds r6, r6, r7\n"
                     "str r6, [r0, #4]\n"
                     "add r0, r8\n"
                     "adds r5, r5, #1\n"
                     "bne 1b\n"
                     : "+l"(out), "+l"(left), "+l"(step)
                     : "l"(a), "l"(b), "l"(c), "l"(d)
                     : "r7", "r8", "cc", "memory");
#else
    for (int32_t i = 0; i < count; ++i) {
        to[0] = first[i] + (int32_t)((uint32_t)second[i] << 16);
        to[1] = third[i] + (int32_t)((uint32_t)fourth[i] << 16);
        to += to_step / 4;
    }
#endif
}

/* Gathers an input row, or one of padding, to where the plane has its first value of that row. */
static void crimp_mul32_gather_quarters(int32_t *to, const int8_t *input, int32_t row,
                                        const struct crimp_mul32_quarters *layer)
{
    const int32_t bytes = (uint32_t)row < (uint32_t)layer->input_height ? layer->input_row : 0;
    const int32_t values = layer->values;
    const int32_t starts[4] = {-layer->padding, layer->quarter * layer->stride - layer->padding,
                               layer->third * layer->stride - layer->padding,
                               layer->fourth * layer->stride - layer->padding};
    const int8_t *from = bytes > 0 ? input + row * layer->input_row : input;
    const int32_t step = 2 * layer->filter_height;

    for (int32_t i = 0; i < values;) {
        /* The first quarter begins in the padding, the last one ends there. */
        const int32_t inside = bytes - starts[3];

        if (i >= layer->padding && i < inside) {
            const int32_t end = inside < values ? inside : values;

            crimp_mul32_pack_quarters(to, 4 * step, from + starts[0] + i, from + starts[1] + i,
                                      from + starts[2] + i, from + starts[3] + i, end - i);
            to += (end - i) * step;
            i = end;
        } else {
            int32_t lanes[4];

            for (int32_t lane = 0; lane < 4; ++lane) {
                const int32_t at = starts[lane] + i;

                lanes[lane] = (uint32_t)at < (uint32_t)bytes ? from[at] : layer->input_zero_point;
            }
            to[0] = lanes[0] + (int32_t)((uint32_t)lanes[1] << 16);
            to[1] = lanes[2] + (int32_t)((uint32_t)lanes[3] << 16);
            to += step;
            ++i;
        }
    }
}

/* Moves `count` words, a multiple of four, to a lower address. */
static void crimp_mul32_move_words(int32_t *to, const int32_t *from, int32_t count)
{
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    register int32_t *out __asm__("r0") = to;
    register const int32_t *in __asm__("r1") = from;
    register const int32_t *end __asm__("r2") = from + count;

    __asm__ volatile(".syntax unified\n"
                     "1:\n"
                     "ldmia r1!, {r3, r4, r5, r6}\n"
                     "stmia r0!, {r3, r4, r5, r6}\n"
                     "cmp r1, r2\n"
                     "bne 1b\n"
                     : "+l"(out), "+l"(in)
                     : "l"(end)
                     : "r3", "r4", "r5", "r6", "cc", "memory");
#else
    for (int32_t i = 0; i < count; ++i) {
        to[i] = from[i];
    }
#endif
}

/*
 * weights: [output channel][depth], of [column][channel][row], filled up with zeros. multiplier: with 20 + 15 bits behind
 * the point. rounding: with bias and output offset. excess: where weights are cut down. plane: scratch, two words for
 * each value and filter row; behind them what moving it on and windows that are filled up read.
 */
static void crimp_mul32_conv_2d_s8_quarters(const int8_t *input, int8_t *output, const int8_t *weights,
                                            const int32_t *multiplier, const int32_t *rounding,
                                            const uint16_t *excess, int32_t *plane,
                                            const struct crimp_mul32_quarters *layer)
{
    const int32_t channels = layer->output_channels;
    const int32_t height = layer->filter_height;
    const int32_t depth = layer->depth;
    const int32_t step = 2 * layer->stride * height;
    const int32_t words = 2 * layer->values * height;
    const int32_t kept = height > layer->stride_height ? height - layer->stride_height : 0;
    struct crimp_mul32_quarter_run run;

    run.to_second = layer->quarter * channels;
    run.to_third = layer->third * channels;
    run.to_fourth = layer->fourth * channels;
    run.channels = channels;
    run.next = 4 * step - 8 * depth;
    run.end = plane + layer->quarter * step;
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t row = 0; row < layer->output_height; ++row) {
            const int32_t top = row * layer->stride_height - layer->padding_top;

            if (row > 0 && kept > 0) {
                /* Each value's filter rows move up, those that leave make room for the rows that follow. */
                crimp_mul32_move_words(plane, plane + 2 * layer->stride_height,
                                       (words - 2 * layer->stride_height + 3) & ~3);
            }
            for (int32_t ky = row > 0 ? kept : 0; ky < height; ++ky) {
                crimp_mul32_gather_quarters(plane + 2 * ky, input, top + ky, layer);
            }
            run.weights = weights;
            run.excess = excess;
            run.output = output;
            for (int32_t channel = 0; channel < channels; ++channel) {
                run.high = (multiplier[channel] + 0x4000) >> 15;
                run.low = multiplier[channel] - (run.high << 15);
                run.rounding = rounding[channel];
                run.weights_end = run.weights + depth;
                run.excess = crimp_mul32_quarter_windows(plane, &run);
                run.weights = run.weights_end;
                ++run.output;
            }
            output += layer->output_width * channels;
        }
        input += layer->input_height * layer->input_row;
    }
}
