#include <stdint.h>

#include "simd.c"

/*
 * DEPTHWISE_CONV_2D, int8, depth multiplier 1, 3 x 3 filters: bands of output rows, and in a band two channels after two. The
 * rows of a channel are gathered into a plane with the padding filled in. A word of the plane holds a value and the one
 * below it, so that SMLAD takes two rows of the filter at once.
 */
struct crimp_dsp_depthwise {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
    int32_t stride; /* 1 or 2 */
    int32_t padding_top;
    int32_t padding_left;
    int32_t band;        /* output rows; even where the stride is 1 */
    int32_t plane_rows;  /* of words: pairs of input rows */
    int32_t plane_width; /* (output width - 1) * stride + 3 */
    int32_t zero_points; /* two of them in a word */
    int32_t is_signed;   /* 1: requantized with `rounding` and `below` (requantize.ts) */
    int32_t min;
    int32_t max;
};

/* Two bytes of `above`, and of `below` in the upper half. */
static inline int32_t crimp_dsp_two_by_two(const int8_t *above, const int8_t *below)
{
    uint16_t a;
    uint16_t b;

    memcpy(&a, above, 2);
    memcpy(&b, below, 2);
    return (int32_t)(a | (uint32_t)b << 16);
}

/* Rows of pixels `step` bytes apart, as they go into rows of words. The assembly knows the fields by their place. */
struct crimp_dsp_rows {
    int32_t *first; /* plane of the first channel, and of the second */
    int32_t *second;
    const int8_t *above;
    const int8_t *below;
    int32_t step;
    int32_t plane_bytes; /* from a row of words to the next one; + 1 where a row has an odd number of pixels */
    int32_t *row_end;
    int32_t plane_skip; /* bytes from behind a row of words to the next one */
    int32_t skip;       /* bytes from behind a row of pixels to the next but one */
    int32_t *end;       /* of the first plane's rows */
};

/* Rows of two channels. */
static inline void crimp_dsp_gather_rows(const struct crimp_dsp_rows *rows)
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_dsp_rows *from __asm__("r0") = rows;

    __asm__ volatile(".syntax unified\n"
                     "add r12, r0, #24\n"
                     "ldmia r0, {r0, r1, r2, r3, r4, r5}\n"
                     "ldmia.w r12, {r6, r11, r12, lr}\n"
                     "1:\n"
                     "lsls r7, r5, #31\n"
                     "beq 2f\n"
                     "ldrh r7, [r2]\n"
                     "ldrh r8, [r3]\n"
                     "add r2, r2, r4\n"
                     "add r3, r3, r4\n"
                     "orr r7, r7, r8, lsl #16\n"
                     "sxtb16 r8, r7\n"
                     "sxtb16 r7, r7, ror #8\n"
                     "str r8, [r0], #4\n"
                     "str r7, [r1], #4\n"
                     "cmp r0, r6\n"
                     "beq 3f\n"
                     "2:\n"
                     "ldrh r7, [r2]\n"
                     "ldrh r8, [r3]\n"
                     "ldrh r9, [r2, r4]\n"
                     "ldrh r10, [r3, r4]\n"
                     "add r2, r2, r4, lsl #1\n"
                     "add r3, r3, r4, lsl #1\n"
                     "orr r7, r7, r8, lsl #16\n"
                     "orr r9, r9, r10, lsl #16\n"
                     "sxtb16 r8, r7\n"
                     "sxtb16 r10, r9\n"
                     "sxtb16 r7, r7, ror #8\n"
                     "sxtb16 r9, r9, ror #8\n"
                     "strd r8, r10, [r0], #8\n"
                     "strd r7, r9, [r1], #8\n"
                     "cmp r0, r6\n"
                     "bne 2b\n"
                     "3:\n"
                     "bic r7, r5, #1\n"
                     "add r0, r0, r11\n"
                     "add r1, r1, r11\n"
                     "add r2, r2, r12\n"
                     "add r3, r3, r12\n"
                     "add r6, r6, r7\n"
                     "cmp r0, lr\n"
                     "bne 1b\n"
                     : "+r"(from)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    struct crimp_dsp_rows at = *rows;

    while (at.first != at.end) {
        for (; at.first != at.row_end; ++at.first, ++at.second) {
            const int32_t four = crimp_dsp_two_by_two(at.above, at.below);

            *at.first = crimp_dsp_even_bytes(four);
            *at.second = crimp_dsp_odd_bytes(four);
            at.above += at.step;
            at.below += at.step;
        }
        at.first += at.plane_skip / 4;
        at.second += at.plane_skip / 4;
        at.above += at.skip;
        at.below += at.skip;
        at.row_end += at.plane_bytes / 4;
    }
#endif
}

/* A row where one of the two, or both, are padding, or the channel is a last one without a second; step 0 repeats a pixel. */
static inline void crimp_dsp_gather_row(int32_t *first, int32_t *second, const int8_t *above, int32_t above_step,
                                        const int8_t *below, int32_t below_step, int32_t count)
{
    for (int32_t x = 0; x < count; ++x) {
        first[x] = (above[0] & 0xffff) | below[0] * 0x10000;
        if (second != 0) {
            second[x] = (above[1] & 0xffff) | below[1] * 0x10000;
        }
        above += above_step;
        below += below_step;
    }
}

/* Gathers two channels, or a last one, from input row `row` on. Columns of padding are already filled. */
static void crimp_dsp_gather_planes(int32_t *plane, const int8_t *image, int32_t row, int32_t two,
                                    const struct crimp_dsp_depthwise *layer)
{
    const int8_t padding[2] = {(int8_t)(layer->zero_points >> 16), (int8_t)(layer->zero_points >> 16)};
    const int32_t words = layer->plane_rows * layer->plane_width;
    const int32_t row_bytes = layer->input_width * layer->channels;
    const int32_t room = layer->plane_width - layer->padding_left;
    const int32_t count = room < layer->input_width ? room : layer->input_width;
    const int32_t end = row + 2 * layer->plane_rows;
    const int32_t inside = end < layer->input_height ? end : layer->input_height - 1; /* a row with one below it */

    plane += layer->padding_left;
    while (row < end) {
        const int32_t has_above = (uint32_t)row < (uint32_t)layer->input_height;
        const int32_t has_below = (uint32_t)(row + 1) < (uint32_t)layer->input_height;
        const int8_t *above = has_above ? image + row * row_bytes : padding;
        const int8_t *below = has_below ? image + (row + 1) * row_bytes : padding;

        if (two && has_above && has_below) {
            const int32_t rows = (inside - row + 1) >> 1;
            struct crimp_dsp_rows at;

            at.first = plane;
            at.second = plane + words;
            at.above = above;
            at.below = below;
            at.step = layer->channels;
            at.plane_bytes = 4 * layer->plane_width + (count & 1);
            at.row_end = plane + count;
            at.plane_skip = 4 * (layer->plane_width - count);
            at.skip = 2 * row_bytes - count * layer->channels;
            plane += rows * layer->plane_width;
            at.end = plane;
            crimp_dsp_gather_rows(&at);
            row += 2 * rows;
        } else {
            crimp_dsp_gather_row(plane, two ? plane + words : 0, above, has_above ? layer->channels : 0, below,
                                 has_below ? layer->channels : 0, count);
            plane += layer->plane_width;
            row += 2;
        }
    }
}

/* One channel's constants and the windows of some of its output rows. The assembly knows the fields by their place. */
struct crimp_dsp_windows {
    int32_t start; /* 256 * bias, and what rounds */
    int32_t multiplier;
    int32_t shift;
    int32_t rounding;
    int32_t below;
    int32_t second_row;     /* bytes from an output to the one below it; 0 where there is none */
    int32_t step;           /* bytes from an output to the one on its right */
    const int32_t *row_end; /* of the words at which windows of a row begin */
    int32_t plane_skip;     /* bytes from there to the next row of words */
    int32_t output_skip;    /* bytes from behind a row of outputs to the next pair of rows */
    int32_t plane_bytes;    /* from a row of words to the next one */
    const int32_t *end;     /* of the words at which rows begin */
    const int32_t *plane;
    const int32_t *lower; /* the row of words below it */
    int8_t *output;
    const int32_t *weights;
};

static inline int8_t crimp_dsp_scale_window(int32_t sum, const struct crimp_dsp_windows *at)
{
    return crimp_dsp_scale(sum * 256 + at->start, at->multiplier, at->shift, at->rounding, at->below);
}

static inline void crimp_dsp_next_row(struct crimp_dsp_windows *at)
{
    at->plane += at->plane_skip / 4;
    at->lower += at->plane_skip / 4;
    at->row_end += at->plane_bytes / 4;
    at->output += at->output_skip;
}

/* Rows 2 * j and 2 * j + 1 of the output for each row j of words: filter rows 0 and 1 lie in one word, or 1 and 2. */
static inline void crimp_dsp_windows_of_two_rows(const struct crimp_dsp_windows *windows)
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_dsp_windows *from __asm__("r0") = windows;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_sums\n" /* r12 and lr: of a window in the first row, and in the second */
                     "ldmia.w r0, {r9, r10, r11}\n"
                     "adds r0, r0, #4\n"
                     "smuad r12, r9, r3\n"
                     "smultb lr, r9, r3\n"
                     "smlad r12, r10, r4, r12\n"
                     "smlatb lr, r10, r4, lr\n"
                     "smlad r12, r11, r5, r12\n"
                     "smlatb lr, r11, r5, lr\n"
                     "ldmia.w r1, {r9, r10, r11}\n"
                     "adds r1, r1, #4\n"
                     "smlabt r12, r9, r6, r12\n"
                     "smlad lr, r9, r6, lr\n"
                     "smlabt r12, r10, r7, r12\n"
                     "smlad lr, r10, r7, lr\n"
                     "smlabt r12, r11, r8, r12\n"
                     "smlad lr, r11, r8, lr\n"
                     ".endm\n"
                     ".macro crimp_store loop\n"
                     "asr r12, r12, r11\n"
                     "asr lr, lr, r11\n"
                     "ldrd r9, r10, [sp, #20]\n"
                     "ssat lr, #8, lr\n"
                     "ssat r12, #8, r12\n"
                     "ldr r11, [sp, #28]\n"
                     "strb lr, [r2, r9]\n"
                     "strb r12, [r2]\n"
                     "add r2, r2, r10\n"
                     "cmp r0, r11\n"
                     "bne \\loop\n"
                     "ldrd r9, r10, [sp, #32]\n" /* a row is done */
                     "add r0, r0, r9\n"
                     "add r1, r1, r9\n"
                     "add r2, r2, r10\n"
                     "ldrd r9, r10, [sp, #40]\n"
                     "add r11, r11, r9\n"
                     "str r11, [sp, #28]\n"
                     "cmp r0, r10\n"
                     "bne \\loop\n"
                     ".endm\n"
                     "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
                     "push {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
                     "orrs r4, r4, r5\n" /* rounding, below */
                     "ldmia r0, {r0, r1, r2, r3}\n"
                     "ldmia.w r3, {r9, r10, r11}\n"
                     "sxtb16 r3, r9\n"
                     "sxtb16 r4, r10\n"
                     "sxtb16 r5, r11\n"
                     "sxtb16 r6, r9, ror #8\n"
                     "sxtb16 r7, r10, ror #8\n"
                     "sxtb16 r8, r11, ror #8\n"
                     "bne 2f\n"
                     "1:\n"
                     "crimp_sums\n"
                     "ldmia.w sp, {r9, r10, r11}\n"
                     "add r12, r9, r12, lsl #8\n"
                     "add lr, r9, lr, lsl #8\n"
                     "smmul r12, r12, r10\n"
                     "smmul lr, lr, r10\n"
                     "crimp_store 1b\n"
                     "b 3f\n"
                     "2:\n"
                     "crimp_sums\n"
                     "ldr r9, [sp, #0]\n"
                     "ldr r10, [sp, #16]\n"
                     "add r12, r9, r12, lsl #8\n"
                     "add lr, r9, lr, lsl #8\n"
                     "and r9, r10, r12, asr #31\n"
                     "and r10, r10, lr, asr #31\n"
                     "sub r12, r12, r9\n"
                     "sub lr, lr, r10\n"
                     "ldrd r9, r11, [sp, #4]\n"
                     "ldr r10, [sp, #12]\n"
                     "smmla r12, r12, r9, r10\n"
                     "smmla lr, lr, r9, r10\n"
                     "crimp_store 2b\n"
                     "3:\n"
                     "add sp, sp, #48\n"
                     ".purgem crimp_sums\n"
                     ".purgem crimp_store\n"
                     : "+r"(from)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    struct crimp_dsp_windows at = *windows;

    while (at.plane != at.end) {
        for (; at.plane != at.row_end; ++at.plane, ++at.lower) {
            int32_t first = 0;
            int32_t second = 0;

            for (int32_t column = 0; column < 3; ++column) {
                const int32_t rows_01 = crimp_dsp_even_bytes(at.weights[column]);
                const int32_t rows_12 = crimp_dsp_odd_bytes(at.weights[column]);

                first = crimp_dsp_smlad(at.plane[column], rows_01, first);
                first += (int16_t)(at.lower[column] & 0xffff) * (rows_12 >> 16);
                second += (at.plane[column] >> 16) * (int16_t)(rows_01 & 0xffff);
                second = crimp_dsp_smlad(at.lower[column], rows_12, second);
            }
            at.output[at.second_row] = crimp_dsp_scale_window(second, &at);
            *at.output = crimp_dsp_scale_window(first, &at);
            at.output += at.step;
        }
        crimp_dsp_next_row(&at);
    }
#endif
}

/* Row j of the output for each row j of words, where the stride is 2. */
static inline void crimp_dsp_windows_of_one_row(const struct crimp_dsp_windows *windows)
{
#if defined(__ARM_FEATURE_DSP) && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_dsp_windows *from __asm__("r0") = windows;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_sum\n" /* r12 */
                     "ldmia.w r0, {r9, r10, r11}\n"
                     "adds r0, r0, #8\n"
                     "smuad r12, r9, r3\n"
                     "smlad r12, r10, r4, r12\n"
                     "smlad r12, r11, r5, r12\n"
                     "ldmia.w r1, {r9, r10, r11}\n"
                     "adds r1, r1, #8\n"
                     "smlabt r12, r9, r6, r12\n"
                     "smlabt r12, r10, r7, r12\n"
                     "smlabt r12, r11, r8, r12\n"
                     ".endm\n"
                     ".macro crimp_store loop\n"
                     "asr r12, r12, r11\n"
                     "ldr r9, [sp, #24]\n"
                     "ssat r12, #8, r12\n"
                     "cmp r0, lr\n"
                     "strb r12, [r2]\n"
                     "add r2, r2, r9\n"
                     "bne \\loop\n"
                     "ldrd r9, r10, [sp, #32]\n" /* a row is done */
                     "add r0, r0, r9\n"
                     "add r1, r1, r9\n"
                     "add r2, r2, r10\n"
                     "ldrd r9, r10, [sp, #40]\n"
                     "add lr, lr, r9\n"
                     "cmp r0, r10\n"
                     "bne \\loop\n"
                     ".endm\n"
                     "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
                     "push {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
                     "mov lr, r8\n" /* row_end */
                     "orrs r4, r4, r5\n" /* rounding, below */
                     "ldmia r0, {r0, r1, r2, r3}\n"
                     "ldmia.w r3, {r9, r10, r11}\n"
                     "sxtb16 r3, r9\n"
                     "sxtb16 r4, r10\n"
                     "sxtb16 r5, r11\n"
                     "sxtb16 r6, r9, ror #8\n"
                     "sxtb16 r7, r10, ror #8\n"
                     "sxtb16 r8, r11, ror #8\n"
                     "bne 2f\n"
                     "1:\n"
                     "crimp_sum\n"
                     "ldmia.w sp, {r9, r10, r11}\n"
                     "add r12, r9, r12, lsl #8\n"
                     "smmul r12, r12, r10\n"
                     "crimp_store 1b\n"
                     "b 3f\n"
                     "2:\n"
                     "crimp_sum\n"
                     "ldrd r9, r10, [sp, #0]\n"
                     "ldr r11, [sp, #16]\n"
                     "add r12, r9, r12, lsl #8\n"
                     "and r11, r11, r12, asr #31\n"
                     "sub r12, r12, r11\n"
                     "ldrd r11, r9, [sp, #8]\n"
                     "smmla r12, r12, r10, r9\n"
                     "crimp_store 2b\n"
                     "3:\n"
                     "add sp, sp, #48\n"
                     ".purgem crimp_sum\n"
                     ".purgem crimp_store\n"
                     : "+r"(from)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr", "cc",
                       "memory");
#else
    struct crimp_dsp_windows at = *windows;

    while (at.plane != at.end) {
        for (; at.plane != at.row_end; at.plane += 2, at.lower += 2) {
            int32_t sum = 0;

            for (int32_t column = 0; column < 3; ++column) {
                const int32_t weights = at.weights[column];

                sum = crimp_dsp_smlad(at.plane[column], crimp_dsp_even_bytes(weights), sum);
                sum += (int16_t)(at.lower[column] & 0xffff) * (crimp_dsp_odd_bytes(weights) >> 16);
            }
            *at.output = crimp_dsp_scale_window(sum, &at);
            at.output += at.step;
        }
        crimp_dsp_next_row(&at);
    }
#endif
}

/* The windows of one channel in a band: `rows` output rows from `output` on. */
static void crimp_dsp_depthwise_channel(struct crimp_dsp_windows *at, int8_t *output, const int32_t *plane, int32_t rows,
                                        const struct crimp_dsp_depthwise *layer)
{
    const int32_t row_bytes = layer->output_width * layer->channels;
    const int32_t whole = rows >> 1;

    at->plane = plane;
    at->lower = plane + layer->plane_width;
    at->row_end = plane + layer->output_width * layer->stride;
    at->output = output;
    if (layer->stride == 2) {
        at->end = plane + rows * layer->plane_width;
        crimp_dsp_windows_of_one_row(at);
        return;
    }
    at->end = plane + whole * layer->plane_width;
    if (whole > 0) {
        at->second_row = row_bytes;
        crimp_dsp_windows_of_two_rows(at);
    }
    if (rows & 1) {
        at->second_row = 0;
        at->row_end += whole * layer->plane_width;
        at->output = output + 2 * whole * row_bytes;
        at->plane = at->end;
        at->lower = at->plane + layer->plane_width;
        at->end = at->lower;
        crimp_dsp_windows_of_two_rows(at);
    }
}

/*
 * stream: for each channel what its sums start from, its multiplier and shift, `rounding` and `below` where the layer is
 * signed, and three words of weights, one for each column: rows 0, 1, 1 and 2. planes: scratch, two of them.
 */
static void crimp_dsp_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int32_t *stream, int32_t *planes,
                                           const struct crimp_dsp_depthwise *layer)
{
    const int32_t channels = layer->channels;
    const int32_t words = layer->plane_rows * layer->plane_width;
    const int32_t row_bytes = layer->output_width * channels;
    struct crimp_dsp_windows at;

    at.rounding = 0;
    at.below = 0;
    at.step = channels;
    at.output_skip = layer->stride == 1 ? row_bytes : 0;
    at.plane_bytes = 4 * layer->plane_width;
    at.plane_skip = at.plane_bytes - 4 * layer->output_width * layer->stride;
    for (int32_t i = 0; i < 2 * words; ++i) {
        planes[i] = layer->zero_points;
    }
    for (int32_t batch = 0; batch < layer->batch; ++batch) {
        for (int32_t top = 0; top < layer->output_height; top += layer->band) {
            const int32_t left = layer->output_height - top;
            const int32_t rows = left < layer->band ? left : layer->band;
            const int32_t first = top * layer->stride - layer->padding_top;
            const int32_t *constants = stream;

            for (int32_t channel = 0; channel < channels; ++channel) {
                if ((channel & 1) == 0) {
                    crimp_dsp_gather_planes(planes, input + channel, first, channel + 1 < channels, layer);
                }
                at.start = constants[0];
                at.multiplier = constants[1];
                at.shift = constants[2];
                constants += 3;
                if (layer->is_signed) {
                    at.rounding = constants[0];
                    at.below = constants[1];
                    constants += 2;
                }
                at.weights = constants;
                constants += 3;
                crimp_dsp_depthwise_channel(&at, output + channel, planes + (channel & 1) * words, rows, layer);
            }
            if (layer->min > INT8_MIN || layer->max < INT8_MAX) {
                crimp_dsp_clamp(output, rows * row_bytes, layer->min, layer->max);
            }
            output += rows * row_bytes;
        }
        input += layer->input_height * layer->input_width * channels;
    }
}
