#include <stdint.h>

#include "simd.c"

/* CONV_2D, int8, one group: three output pixels and two output channels at a time, by SMLAD. */
struct crimp_dsp_conv_2d {
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
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t padding_top;
    int32_t padding_left;
    int32_t run;       /* neighboring taps that are widened together: a row of the filter, or 1 if it is dilated */
    int32_t steps;     /* words that a window is widened to, of two values each; even */
    int32_t odd_steps; /* 1: the last one of them is only there for that */
    int32_t threes;    /* three pixels that share the fetching of weights, so many times */
    int32_t chunk;     /* pairs of channels that are fetched for all of them, one chunk after the other */
    int32_t pair_words;
    int32_t zero_points; /* four of them */
    int32_t last_x; /* where the first of three windows can start at the most to lie inside; -1 if the filter is dilated */
    int32_t last_y;
    int32_t apart; /* bytes from a window to the next one */
    int32_t down;  /* from a row of the filter to the next one */
    int32_t flat;  /* 1: a window is a pixel, and the next one the next pixel */
    int32_t min;
    int32_t max;
};

/* Where the window of an output pixel starts in the input; x and y may lie in the padding. */
struct crimp_dsp_window {
    const int8_t *image;
    int32_t y;
    int32_t x;
    int32_t column; /* of the output */
    int32_t row;
};

static inline void crimp_dsp_next_windows(struct crimp_dsp_window *at, int32_t count,
                                          const struct crimp_dsp_conv_2d *layer)
{
    at->x += count * layer->stride_width;
    at->column += count;
    if (at->column == layer->output_width) {
        at->column = 0;
        at->x = -layer->padding_left;
        at->y += layer->stride_height;
        if (++at->row == layer->output_height) {
            at->row = 0;
            at->y = -layer->padding_top;
            at->image += layer->input_height * layer->input_width * layer->input_channels;
        }
    }
}

/* A multiple of four values in the padding, where all are the zero point. */
static inline int32_t *crimp_dsp_widen_padding(int32_t *to, int32_t count, int32_t zero_points)
{
    const int32_t two = crimp_dsp_even_bytes(zero_points);

    for (; count > 0; count -= 4) {
        to[0] = two;
        to[3] = two;
        to += 6;
    }
    return to;
}

/* Widens `count` bytes, of which those from `begin` to `end` lie from `from` + begin on and the others in the padding. */
static inline int32_t *crimp_dsp_widen_edge(int32_t *to, const int8_t *from, int32_t begin, int32_t end,
                                            int32_t count, int32_t zero_points)
{
    for (int32_t k = 0; k < count; k += 4) {
        int32_t four = zero_points;

        if (k >= begin && k + 4 <= end) {
            four = crimp_dsp_load(from + k);
        } else if (k + 4 > begin && k < end) {
            for (int32_t i = k + 3; i >= k; --i) {
                const uint32_t byte = (uint32_t)(i >= begin && i < end ? from[i] : zero_points) & 0xffu;

                four = (int32_t)((uint32_t)four << 8 | byte);
            }
        }
        *to = crimp_dsp_even_bytes(four);
        to += 3;
        if (k + 1 < count) {
            *to = crimp_dsp_odd_bytes(four);
            to += 3;
        }
    }
    return to;
}

/* Widens the window of one pixel into every third word. */
static __attribute__((noinline)) void crimp_dsp_widen_window(int32_t *to, const struct crimp_dsp_window *at,
                                                             const struct crimp_dsp_conv_2d *layer)
{
    const int32_t channels = layer->input_channels;
    const int32_t zero_points = layer->zero_points;
    const int32_t count = layer->run * channels;
    const int32_t width = layer->input_width * channels;
    const int32_t height = layer->input_height;
    const int32_t last = at->x + (layer->filter_width - layer->run) * layer->dilation_width;
    int32_t y = at->y;

    for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
        const int32_t is_inside = (uint32_t)y < (uint32_t)height;

        for (int32_t x = at->x; x <= last; x += layer->dilation_width) {
            const int32_t first = x * channels;
            int32_t begin = first < 0 ? -first : 0;
            int32_t end = first + count > width ? width - first : count;

            if (!is_inside || begin >= end) {
                begin = count;
                end = count;
            }
            if (begin == 0 && end == count) {
                to = crimp_dsp_widen(to, 3, at->image + y * width + first, count);
            } else if (((begin | end | count) & 3) > 0) {
                const int8_t *from = begin < end ? at->image + y * width + first : 0;

                to = crimp_dsp_widen_edge(to, from, begin, end, count, zero_points);
            } else {
                to = crimp_dsp_widen_padding(to, begin, zero_points);
                if (begin < end) {
                    to = crimp_dsp_widen(to, 3, at->image + y * width + first + begin, end - begin);
                }
                to = crimp_dsp_widen_padding(to, count - end, zero_points);
            }
        }
        y += layer->dilation_height;
    }
    if (layer->odd_steps) {
        *to = 0;
    }
}

/* Widens runs of bytes, `apart` from each other, into words 0, 3, 6, ..., 1, 4, 7, ... and 2, 5, 8, ... */
static inline int32_t *crimp_dsp_widen_three(int32_t *to, const int8_t *from, int32_t apart, int32_t count)
{
    const int8_t *a = from;
    const int8_t *b = a + apart;
    const int8_t *c = b + apart;
    const int8_t *end = a + (count & ~3);

#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    if (a != end) {
        __asm__ volatile(".syntax unified\n"
                         "1:\n"
                         "ldr r4, [%1], #4\n"
                         "ldr r5, [%2], #4\n"
                         "ldr r6, [%3], #4\n"
                         "sxtb16 r8, r4, ror #8\n"
                         "sxtb16 r9, r5, ror #8\n"
                         "sxtb16 r12, r6, ror #8\n"
                         "sxtb16 r4, r4\n"
                         "sxtb16 r5, r5\n"
                         "sxtb16 r6, r6\n"
                         "stmia %0!, {r4, r5, r6, r8, r9, r12}\n"
                         "cmp %1, %4\n"
                         "bne 1b\n"
                         : "+r"(to), "+r"(a), "+r"(b), "+r"(c)
                         : "r"(end)
                         : "r4", "r5", "r6", "r8", "r9", "r12", "cc", "memory");
    }
#else
    for (; a != end; a += 4) {
        const int32_t four[3] = {crimp_dsp_load(a), crimp_dsp_load(b), crimp_dsp_load(c)};

        for (int32_t i = 0; i < 3; ++i) {
            to[i] = crimp_dsp_even_bytes(four[i]);
            to[i + 3] = crimp_dsp_odd_bytes(four[i]);
        }
        b += 4;
        c += 4;
        to += 6;
    }
#endif
    count &= 3;
    if (count > 0) {
        to[0] = *a;
        to[1] = *b;
        to[2] = *c;
        if (count > 2) {
            to[0] = (to[0] & 0xffff) | a[2] * 0x10000;
            to[1] = (to[1] & 0xffff) | b[2] * 0x10000;
            to[2] = (to[2] & 0xffff) | c[2] * 0x10000;
        }
        to += 3;
    }
    if (count > 1) {
        to[0] = a[1];
        to[1] = b[1];
        to[2] = c[1];
        to += 3;
    }
    return to;
}

/* Whether three windows lie in one row and no tap of them in the padding. */
static inline int32_t crimp_dsp_are_inside(const struct crimp_dsp_window *at, const struct crimp_dsp_conv_2d *layer)
{
    return at->column + 3 <= layer->output_width && at->x >= 0 && at->x <= layer->last_x && at->y >= 0 &&
           at->y <= layer->last_y;
}

/* Widens the windows of three pixels, or of what is left, the last one repeated. Moves `at` on. */
static inline void crimp_dsp_widen_windows(int32_t *to, struct crimp_dsp_window *at, int32_t left,
                                           const struct crimp_dsp_conv_2d *layer)
{
    if (left >= 3 && (layer->flat || crimp_dsp_are_inside(at, layer))) {
        const int32_t rows = layer->filter_height;
        const int32_t count = layer->run * layer->input_channels;
        const int8_t *from = at->image + (at->y * layer->input_width + at->x) * layer->input_channels;

        for (int32_t ky = 0; ky < rows; ++ky) {
            to = crimp_dsp_widen_three(to, from, layer->apart, count);
            from += layer->down;
        }
        if (layer->odd_steps) {
            to[0] = 0;
            to[1] = 0;
            to[2] = 0;
        }
        if (layer->flat) {
            at->image += 3 * layer->apart;
        } else {
            crimp_dsp_next_windows(at, 3, layer);
        }
        return;
    }
    for (int32_t pixel = 0; pixel < 3; ++pixel) {
        crimp_dsp_widen_window(to + pixel, at, layer);
        if (left > pixel + 1) {
            crimp_dsp_next_windows(at, 1, layer);
        }
    }
}

/* Three pixels, and the pairs of channels that are computed of them. The assembly knows the fields by their place. */
struct crimp_dsp_three {
    int8_t *output;
    int32_t second; /* bytes from the first pixel's output to the second one's */
    int32_t third;
    int32_t skip; /* into the assembly's loop: bytes of code */
    int32_t weights_bytes;
    const int32_t *columns;
    const int32_t *end; /* of the stream */
    const int32_t *stream;
};

static inline void crimp_dsp_pairs_of_three(const struct crimp_dsp_three *three, int32_t steps)
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_dsp_three *from __asm__("r0") = three;

    (void)steps;
    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_two_terms weights\n"
                     "ldmia r1!, {r5, r6, r7}\n"
                     "smlad r11, \\weights, r5, r11\n"
                     "smlad r12, \\weights, r6, r12\n"
                     "smlad lr, \\weights, r7, lr\n"
                     "sxtb16 \\weights, \\weights\n"
                     "smlad r8, \\weights, r5, r8\n"
                     "smlad r9, \\weights, r6, r9\n"
                     "smlad r10, \\weights, r7, r10\n"
                     ".endm\n"
                     ".macro crimp_four_terms\n" /* 64 bytes */
                     "ldrd r3, r4, [r0], #8\n"
                     "crimp_two_terms r3\n"
                     "crimp_two_terms r4\n"
                     ".endm\n"
                     ".macro crimp_negative x\n" /* as of a negative sum */
                     "and r7, r6, \\x, asr #31\n"
                     "subs \\x, \\x, r7\n"
                     "smmla \\x, \\x, r3, r5\n"
                     ".endm\n"
                     ".macro crimp_saturate x\n"
                     "asr \\x, \\x, r4\n"
                     "ssat \\x, #8, \\x\n"
                     ".endm\n"
                     "ldmia r0, {r1, r2, r3, r4, r5, r6, r7, r8}\n"
                     "adr r9, 2f\n"
                     "adds r4, r4, r9\n"
                     "adds r4, r4, #1\n"
                     "push {r1, r2, r3, r4, r5, r6, r7}\n"
                     "mov r0, r8\n"
                     "1:\n" /* a pair of channels: r8 .. r10 sum up the first one, r11, r12 and lr both */
                     "ldr r1, [sp, #20]\n"
                     "ldr r2, [sp, #16]\n"
                     "ldrd r10, lr, [r0], #8\n"
                     "ldrd r3, r4, [r0]\n"
                     "add r2, r2, r0\n"
                     "adds r0, r0, #8\n"
                     "ldmia r1!, {r5, r6, r7}\n"
                     "smlad r11, r3, r5, lr\n"
                     "smlad r12, r3, r6, lr\n"
                     "smlad lr, r3, r7, lr\n"
                     "sxtb16 r3, r3\n"
                     "smlad r8, r3, r5, r10\n"
                     "smlad r9, r3, r6, r10\n"
                     "smlad r10, r3, r7, r10\n"
                     "crimp_two_terms r4\n"
                     "ldr pc, [sp, #12]\n"
                     ".balign 4\n"
                     "2:\n"
                     "crimp_four_terms\n"
                     "crimp_four_terms\n"
                     "crimp_four_terms\n"
                     "crimp_four_terms\n"
                     "cmp r0, r2\n"
                     "bne 2b\n"
                     "ldrd r3, r4, [r0], #8\n"
                     "sub r11, r11, r8\n"
                     "sub r12, r12, r9\n"
                     "sub lr, lr, r10\n"
                     "cmp r4, #0\n"
                     "blt 4f\n"
                     "smmul r11, r11, r3\n"
                     "smmul r12, r12, r3\n"
                     "smmul lr, lr, r3\n"
                     "crimp_saturate r11\n"
                     "crimp_saturate r12\n"
                     "crimp_saturate lr\n"
                     "ldrd r3, r4, [r0], #8\n"
                     "lsrs r2, r4, #8\n"
                     "add r8, r2, r8, lsl #8\n"
                     "add r9, r2, r9, lsl #8\n"
                     "add r10, r2, r10, lsl #8\n"
                     "smmul r8, r8, r3\n"
                     "smmul r9, r9, r3\n"
                     "smmul r10, r10, r3\n"
                     "3:\n"
                     "crimp_saturate r8\n"
                     "crimp_saturate r9\n"
                     "crimp_saturate r10\n"
                     "ldmia sp, {r1, r2, r3}\n"
                     "bfi r8, r11, #8, #8\n"
                     "bfi r9, r12, #8, #8\n"
                     "bfi r10, lr, #8, #8\n"
                     "strh r8, [r1]\n"
                     "strh r9, [r1, r2]\n"
                     "strh r10, [r1, r3]\n"
                     "ldr r4, [sp, #24]\n"
                     "adds r1, r1, #2\n"
                     "str r1, [sp]\n"
                     "cmp r0, r4\n"
                     "bne 1b\n"
                     "b 5f\n"
                     "4:\n"
                     "ldrd r5, r6, [r0], #8\n"
                     "crimp_negative r11\n"
                     "crimp_negative r12\n"
                     "crimp_negative lr\n"
                     "crimp_saturate r11\n"
                     "crimp_saturate r12\n"
                     "crimp_saturate lr\n"
                     "ldmia r0!, {r3, r4, r5, r6}\n"
                     "lsrs r2, r4, #8\n"
                     "add r8, r2, r8, lsl #8\n"
                     "add r9, r2, r9, lsl #8\n"
                     "add r10, r2, r10, lsl #8\n"
                     "crimp_negative r8\n"
                     "crimp_negative r9\n"
                     "crimp_negative r10\n"
                     "b 3b\n"
                     "5:\n"
                     "add sp, sp, #28\n"
                     ".purgem crimp_two_terms\n"
                     ".purgem crimp_four_terms\n"
                     ".purgem crimp_negative\n"
                     ".purgem crimp_saturate\n"
                     : "+r"(from)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    const int32_t *words = three->stream;

    for (int8_t *output = three->output; words != three->end; output += 2) {
        int32_t first[3] = {words[0], words[0], words[0]};
        int32_t both[3] = {words[1], words[1], words[1]};
        const int32_t *weights = words + 2;

        for (int32_t step = 0; step < steps; ++step) {
            for (int32_t pixel = 0; pixel < 3; ++pixel) {
                const int32_t values = three->columns[3 * step + pixel];

                both[pixel] = crimp_dsp_smlad(weights[step], values, both[pixel]);
                first[pixel] = crimp_dsp_smlad(crimp_dsp_even_bytes(weights[step]), values, first[pixel]);
            }
        }
        weights += steps;
        words = crimp_dsp_store_pair(weights, first[0], both[0], output);
        crimp_dsp_store_pair(weights, first[1], both[1], output + three->second);
        crimp_dsp_store_pair(weights, first[2], both[2], output + three->third);
    }
#endif
}

/*
 * pairs: for each two channels what their sums start from, their weights and how they are requantized (pairs.ts). columns:
 * scratch, 3 * steps words for each three pixels of a tile.
 */
static void crimp_dsp_conv_2d_s8(const int8_t *input, int8_t *output, const int32_t *pairs, int32_t *columns,
                                 const struct crimp_dsp_conv_2d *layer)
{
    const int32_t channels = layer->output_channels;
    const int32_t column = 3 * layer->steps;
    const int32_t whole = channels >> 1; /* an odd channel at the end goes with the one before it once more */
    struct crimp_dsp_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;
    struct crimp_dsp_three three;

    three.skip = layer->steps == 2 ? 256 : 64 * (-((layer->steps >> 1) - 1) & 3);
    three.weights_bytes = 4 * layer->steps;
    while (left > 0) {
        const int32_t count = left < 3 * layer->threes ? left : 3 * layer->threes;
        int32_t *to = columns;

        for (int32_t pixel = 0; pixel < count; pixel += 3) {
            crimp_dsp_widen_windows(to, &at, left - pixel, layer);
            to += column;
        }
        three.end = pairs;
        for (int32_t channel = 0; channel < channels;) {
            const int32_t most = whole - (channel >> 1);
            const int32_t taken = channel + 1 == channels ? 1 : layer->chunk < most ? layer->chunk : most;
            int8_t *first = output + (channel + 1 == channels ? channel - 1 : channel);

            three.stream = three.end;
            three.end += taken * layer->pair_words;
            three.columns = columns;
            for (int32_t pixel = 0; pixel < count; pixel += 3) {
                three.output = first + pixel * channels;
                three.second = count - pixel > 1 ? channels : 0;
                three.third = count - pixel > 2 ? 2 * channels : three.second;
                crimp_dsp_pairs_of_three(&three, layer->steps);
                three.columns += column;
            }
            channel += 2 * taken;
        }
        if (layer->min > INT8_MIN || layer->max < INT8_MAX) {
            crimp_dsp_clamp(output, count * channels, layer->min, layer->max);
        }
        output += count * channels;
        left -= count;
    }
}
