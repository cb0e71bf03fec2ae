#include <stdint.h>

#include "dots.c"
#include "pack.c"
#include "requantize.c"

/* CONV_2D, int8, one group: tiles of six or three output pixels, gathered into a column of words. */
struct crimp_rv32im_conv_2d {
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
    int32_t depth;   /* filter height * width * channels */
    int32_t segment; /* products of so many values fit into the lanes of two words */
    int32_t tile;    /* 6 or 3 */
    int32_t input_zero_point;
    int32_t inside_height; /* windows from 0 to below these lie in the image with all of their taps */
    int32_t inside_width;
    struct crimp_rv32im_rescale rescale;
};

/* Where the window of an output pixel starts in the input; x and y may lie in the padding. */
struct crimp_rv32im_window {
    const int8_t *image;
    int32_t y;
    int32_t x;
    int32_t column; /* of the output */
    int32_t row;
};

static inline void crimp_rv32im_next_window(struct crimp_rv32im_window *at,
                                            const struct crimp_rv32im_conv_2d *layer)
{
    at->x += layer->stride_width;
    if (++at->column == layer->output_width) {
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

/* Where a tap lies. */
struct crimp_rv32im_tap {
    const int8_t *image;
    int32_t y;
    int32_t x;
};

static inline const int8_t *crimp_rv32im_value(const struct crimp_rv32im_tap *at,
                                               const struct crimp_rv32im_conv_2d *layer)
{
    return at->image + (at->y * layer->input_width + at->x) * layer->input_channels;
}

/* Packs three windows that begin at these taps; taps in the padding count as the zero point. */
static void crimp_rv32im_pack_padded(uint32_t *to, int32_t words, struct crimp_rv32im_tap *at,
                                     const struct crimp_rv32im_conv_2d *layer)
{
    for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
        for (int32_t kx = 0; kx < layer->filter_width; ++kx) {
            const int8_t zero_point = (int8_t)layer->input_zero_point;
            const int8_t *from[3];
            int32_t step[3];

            for (int32_t i = 0; i < 3; ++i) {
                step[i] = (uint32_t)at[i].y < (uint32_t)layer->input_height &&
                          (uint32_t)at[i].x < (uint32_t)layer->input_width;
                from[i] = step[i] ? crimp_rv32im_value(at + i, layer) : &zero_point;
                at[i].x += layer->dilation_width;
            }
            for (int32_t i = 0; i < layer->input_channels; ++i) {
                crimp_rv32im_pack_three(to, *from[0], *from[1], *from[2]);
                to += words;
                from[0] += step[0];
                from[1] += step[1];
                from[2] += step[2];
            }
        }
        for (int32_t i = 0; i < 3; ++i) {
            at[i].x -= layer->filter_width * layer->dilation_width;
            at[i].y += layer->dilation_height;
        }
    }
}

/* Packs three pixels; beyond the last it repeats that one. Moves `next` on. */
static void crimp_rv32im_pack_pixels(uint32_t *to, int32_t words, struct crimp_rv32im_window *next, int32_t left,
                                     const struct crimp_rv32im_conv_2d *layer)
{
    const int32_t run = layer->filter_width * layer->input_channels;
    const int32_t down = layer->dilation_height * layer->input_width * layer->input_channels;
    struct crimp_rv32im_tap at[3];
    int32_t inside = layer->dilation_width == 1;

    for (int32_t pixel = 0; pixel < 3; ++pixel) {
        at[pixel].image = next->image;
        at[pixel].y = next->y;
        at[pixel].x = next->x;
        inside &= (uint32_t)next->y < (uint32_t)layer->inside_height &&
                  (uint32_t)next->x < (uint32_t)layer->inside_width;
        if (left > pixel + 1) {
            crimp_rv32im_next_window(next, layer);
        }
    }
    if (inside) {
        const int8_t *a = crimp_rv32im_value(at, layer);
        const int8_t *b = crimp_rv32im_value(at + 1, layer);
        const int8_t *c = crimp_rv32im_value(at + 2, layer);

        for (int32_t ky = 0; ky < layer->filter_height; ++ky) {
            to = crimp_rv32im_pack(to, words, a, b, c, run);
            a += down;
            b += down;
            c += down;
        }
    } else {
        crimp_rv32im_pack_padded(to, words, at, layer);
    }
}

/* Requantizes the sums of `outputs` channels at `count` pixels, in pairs of words, and stores them. */
static void crimp_rv32im_store(const uint32_t *sums, int32_t outputs, int32_t count, const int32_t *bias,
                               const int32_t *multiplier, const int8_t *shift, int8_t *output,
                               const struct crimp_rv32im_conv_2d *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t drop = 11 - rescale.align;
    const int32_t stride = layer->output_channels;

    for (int32_t i = 0; i < outputs; ++i) {
        const struct crimp_rv32im_scale scale =
            crimp_rv32im_make_scale(bias[i], multiplier[i], shift[i], &rescale);
        int8_t *to = output + i;

        for (int32_t left = count; left > 0; left -= 3) {
            int32_t three[3];

            crimp_rv32im_take_apart(sums[0], sums[1], three);
            sums += 2;
            *to = crimp_rv32im_requantize((three[0] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
            if (left == 1) {
                break;
            }
            *to = crimp_rv32im_requantize((three[1] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
            if (left == 2) {
                break;
            }
            *to = crimp_rv32im_requantize((three[2] >> drop) + scale.bias, &scale, &rescale);
            to += stride;
        }
    }
}

/* The next outputs that are computed together, of so many that are left: eight, four or one. */
static inline int32_t crimp_rv32im_together(int32_t left, int32_t words)
{
    return left >= 8 && words == 2 ? 8 : left >= 4 ? 4 : 1;
}

/*
 * The sums of `outputs` channels over `depth` values from `start` on, a segment of all: for each of them `words`
 * words.
 */
static void crimp_rv32im_dots(const uint32_t *columns, int32_t words, const int8_t *weights, int32_t outputs,
                              int32_t start, int32_t depth, uint32_t *sums,
                              const struct crimp_rv32im_conv_2d *layer)
{
    const uint32_t *column = columns + words * start;

    if (outputs == 1) {
        crimp_rv32im_dots_of_one(column, words, weights + start, depth, sums);
    } else if (words == 4) {
        crimp_rv32im_dots_of_six(column, weights + 4 * start, depth, sums);
    } else {
        /* Where four are left, their sums come twice. */
        const int8_t *first = weights + 4 * start;

        crimp_rv32im_dots_of_three(column, first, outputs == 8 ? first + 4 * layer->depth : first, depth, sums);
    }
}

/* The same for weights longer than one segment, and requantized: the sums of all segments are added up. */
static void crimp_rv32im_dots_of_segments(const uint32_t *columns, int32_t words, const int8_t *weights,
                                          int32_t outputs, int32_t count, const int32_t *bias,
                                          const int32_t *multiplier, const int8_t *shift, int8_t *output,
                                          const struct crimp_rv32im_conv_2d *layer)
{
    const struct crimp_rv32im_rescale rescale = layer->rescale;
    const int32_t pairs = outputs * words / 2;
    const int32_t *total;
    int32_t totals[24];

    for (int32_t i = 0; i < 3 * pairs; ++i) {
        totals[i] = 0;
    }
    for (int32_t start = 0; start < layer->depth; start += layer->segment) {
        const int32_t left = layer->depth - start;
        const int32_t depth = left < layer->segment ? left : layer->segment;
        uint32_t sums[16];
        int32_t *to = totals;

        crimp_rv32im_dots(columns, words, weights, outputs, start, depth, sums, layer);
        for (int32_t pair = 0; pair < pairs; ++pair) {
            int32_t three[3];

            crimp_rv32im_take_apart(sums[2 * pair], sums[2 * pair + 1], three);
            to[0] += three[0] >> 11;
            to[1] += three[1] >> 11;
            to[2] += three[2] >> 11;
            to += 3;
        }
    }
    total = totals;
    for (int32_t i = 0; i < outputs; ++i) {
        const struct crimp_rv32im_scale scale =
            crimp_rv32im_make_scale(bias[i], multiplier[i], shift[i], &rescale);
        int8_t *to = output + i;

        for (int32_t pixel = 0; pixel < count; ++pixel) {
            *to = crimp_rv32im_requantize(total[pixel] * (1 << rescale.align) + scale.bias, &scale, &rescale);
            to += layer->output_channels;
        }
        total += words / 2 * 3;
    }
}

/* A tile of six pixels and what its channels are computed with. The assembly knows the fields by their place: four bytes each. */
struct crimp_rv32im_tile {
    const uint32_t *column;
    const uint32_t *end;
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multiplier;
    const int8_t *shift;
    int8_t *output;
    int32_t fours; /* channels / 4 */
    int32_t stride;
    int32_t drop;
    int32_t max;
    int32_t min;
    int32_t odd_offset;
    int32_t half_step;
    int32_t odd;     /* values beside the first one that make no four */
    uint32_t own[4]; /* what the assembly keeps */
};

/*
 * All fours of channels of a tile, rectified, from sums to outputs; a sum of 0 gives what negative ones do. Only where
 * there is assembly: crimp_rv32im_dots and crimp_rv32im_store do the same.
 */
static inline void crimp_rv32im_tile_channels(struct crimp_rv32im_tile *tile)
{
#if defined(__riscv_mul) && __riscv_xlen == 32 && defined(__OPTIMIZE__) && !defined(__clang__)
    register struct crimp_rv32im_tile *at __asm__("t4") = tile;

    __asm__ volatile(".macro crimp_weight i, word0, word1, word2, word3\n"
                     "lb t5, \\i(s11)\n"
                     "mul t6, t0, t5\n"
                     "add \\word0, \\word0, t6\n"
                     "mul t6, t1, t5\n"
                     "add \\word1, \\word1, t6\n"
                     "mul t6, t2, t5\n"
                     "add \\word2, \\word2, t6\n"
                     "mul t6, t3, t5\n"
                     "add \\word3, \\word3, t6\n"
                     ".endm\n"
                     ".macro crimp_step i\n"
                     "lw t0, 16*\\i+0(s10)\n"
                     "lw t1, 16*\\i+4(s10)\n"
                     "lw t2, 16*\\i+8(s10)\n"
                     "lw t3, 16*\\i+12(s10)\n"
                     "crimp_weight 4*\\i+0, a0, a1, a2, a3\n"
                     "crimp_weight 4*\\i+1, a4, a5, a6, a7\n"
                     "crimp_weight 4*\\i+2, s2, s3, s4, s5\n"
                     "crimp_weight 4*\\i+3, s6, s7, s8, s9\n"
                     ".endm\n"
                     ".macro crimp_first_weight i, word0, word1, word2, word3\n"
                     "lb t5, \\i(s11)\n"
                     "mul \\word0, t0, t5\n"
                     "mul \\word1, t1, t5\n"
                     "mul \\word2, t2, t5\n"
                     "mul \\word3, t3, t5\n"
                     ".endm\n"
                     ".macro crimp_value sum\n"
                     "sra t2, \\sum, s7\n"
                     "add t2, t2, s9\n"
                     "bgez t2, 1f\n"
                     "li t2, 0\n"
                     "1:\n"
                     "mulh t2, t2, s10\n"
                     "add t2, t2, ra\n"
                     "sra t2, t2, t3\n"
                     "bge s8, t2, 1f\n"
                     "mv t2, s8\n"
                     "1:\n"
                     "sb t2, 0(s1)\n"
                     "add s1, s1, s6\n"
                     ".endm\n"
                     ".macro crimp_three first, second\n"
                     "slli t0, \\first, 11\n"
                     "srai t1, t0, 11\n"
                     "sub \\first, \\first, t1\n"
                     "srli \\first, \\first, 11\n"
                     "sub \\second, \\second, \\first\n"
                     "slli t1, \\second, 11\n"
                     "srai t2, t1, 11\n"
                     "sub \\second, \\second, t2\n"
                     "add \\second, \\second, \\first\n"
                     "slli \\second, \\second, 1\n"
                     "crimp_value t0\n"
                     "crimp_value \\second\n"
                     "crimp_value t1\n"
                     ".endm\n"
                     ".macro crimp_output i, word0, word1, word2, word3\n"
                     "lw t5, 12(t4)\n"
                     "lw s9, 4*\\i(t5)\n"
                     "lw t5, 16(t4)\n"
                     "lw s10, 4*\\i(t5)\n"
                     "lw t5, 20(t4)\n"
                     "lb t3, \\i(t5)\n"
                     "lw t5, 48(t4)\n"
                     "addi t6, t3, -1\n"
                     "sll t5, t5, t6\n"
                     "lw t6, 52(t4)\n"
                     "add ra, t5, t6\n"
                     "lw s1, 24(t4)\n"
                     "addi s1, s1, \\i\n"
                     "crimp_three \\word0, \\word1\n"
                     "crimp_three \\word2, \\word3\n"
                     ".endm\n"
                     ".macro crimp_advance field, by\n"
                     "lw t0, \\field(t4)\n"
                     "addi t0, t0, \\by\n"
                     "sw t0, \\field(t4)\n"
                     ".endm\n"
                     "lw s11, 8(t4)\n"
                     "2:\n" /* four outputs */
                     "lw s10, 0(t4)\n"
                     "lw ra, 4(t4)\n"
                     "lw s1, 56(t4)\n"
                     "lw t0, 0(s10)\n"
                     "lw t1, 4(s10)\n"
                     "lw t2, 8(s10)\n"
                     "lw t3, 12(s10)\n"
                     "crimp_first_weight 0, a0, a1, a2, a3\n"
                     "crimp_first_weight 1, a4, a5, a6, a7\n"
                     "crimp_first_weight 2, s2, s3, s4, s5\n"
                     "crimp_first_weight 3, s6, s7, s8, s9\n"
                     "addi s10, s10, 16\n"
                     "addi s11, s11, 4\n"
                     "beqz s1, 4f\n"
                     "3:\n" /* what there is beside fours */
                     "crimp_step 0\n"
                     "addi s10, s10, 16\n"
                     "addi s11, s11, 4\n"
                     "addi s1, s1, -1\n"
                     "bnez s1, 3b\n"
                     "4:\n"
                     "beq s10, ra, 6f\n"
                     "5:\n"
                     "crimp_step 0\n"
                     "crimp_step 1\n"
                     "crimp_step 2\n"
                     "crimp_step 3\n"
                     "addi s10, s10, 64\n"
                     "addi s11, s11, 16\n"
                     "bne s10, ra, 5b\n"
                     "6:\n" /* their sums are there */
                     "sw s6, 60(t4)\n"
                     "sw s7, 64(t4)\n"
                     "sw s8, 68(t4)\n"
                     "sw s9, 72(t4)\n"
                     "lw s6, 32(t4)\n"
                     "lw s7, 36(t4)\n"
                     "lw s8, 40(t4)\n"
                     "crimp_output 0, a0, a1, a2, a3\n"
                     "crimp_output 1, a4, a5, a6, a7\n"
                     "crimp_output 2, s2, s3, s4, s5\n"
                     "lw a0, 60(t4)\n"
                     "lw a1, 64(t4)\n"
                     "lw a2, 68(t4)\n"
                     "lw a3, 72(t4)\n"
                     "crimp_output 3, a0, a1, a2, a3\n"
                     "crimp_advance 12, 16\n"
                     "crimp_advance 16, 16\n"
                     "crimp_advance 20, 4\n"
                     "crimp_advance 24, 4\n"
                     "crimp_advance 28, -1\n"
                     "bnez t0, 2b\n"
                     ".purgem crimp_weight\n"
                     ".purgem crimp_step\n"
                     ".purgem crimp_first_weight\n"
                     ".purgem crimp_value\n"
                     ".purgem crimp_three\n"
                     ".purgem crimp_output\n"
                     ".purgem crimp_advance\n"
                     :
                     : "r"(at)
                     : "ra", "t0", "t1", "t2", "t3", "t5", "t6", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
                       "s9", "s10", "s11", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "memory");
#else
    (void)tile;
#endif
}

/*
 * weights: for each four outputs [depth][4], then rows [depth]. bias: with input offset * sum of
 * weights added, times 2^align. shift: of the high multiply. columns: scratch, depth * 4 words for a tile of six, depth * 2 for one of three.
 */
static void crimp_rv32im_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                    const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                                    uint32_t *columns, const struct crimp_rv32im_conv_2d *layer)
{
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    struct crimp_rv32im_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    while (left > 0) {
        const int32_t count = left < layer->tile ? left : layer->tile;
        const int32_t words = count > 3 ? 4 : 2;
        const int8_t *filter = weights;
        int32_t channel = 0;

        for (int32_t packed = 0; packed < count; packed += 3) {
            crimp_rv32im_pack_pixels(columns + packed / 3 * 2, words, &at, left - packed, layer);
        }
#if defined(__riscv_mul) && __riscv_xlen == 32 && defined(__OPTIMIZE__) && !defined(__clang__)
        if (count == 6 && channels >= 4 && layer->rescale.rectified && layer->segment == depth) {
            struct crimp_rv32im_tile tile = {columns,
                                             columns + 4 * depth,
                                             weights,
                                             bias,
                                             multiplier,
                                             shift,
                                             output,
                                             channels / 4,
                                             channels,
                                             11 - layer->rescale.align,
                                             layer->rescale.max,
                                             layer->rescale.min,
                                             layer->rescale.odd_offset,
                                             1 << (layer->rescale.align - 2),
                                             (depth - 1) & 3,
                                             {0, 0, 0, 0}};

            crimp_rv32im_tile_channels(&tile);
            channel = channels - channels % 4;
            filter += channel * depth;
        }
#endif
        while (channel < channels) {
            const int32_t outputs = crimp_rv32im_together(channels - channel, words);

            if (layer->segment < depth) {
                crimp_rv32im_dots_of_segments(columns, words, filter, outputs, count, bias + channel,
                                              multiplier + channel, shift + channel, output + channel, layer);
            } else {
                uint32_t sums[16];

                crimp_rv32im_dots(columns, words, filter, outputs, 0, depth, sums, layer);
                crimp_rv32im_store(sums, outputs, count, bias + channel, multiplier + channel, shift + channel,
                                   output + channel, layer);
            }
            channel += outputs;
            filter += outputs * depth;
        }
        output += count * channels;
        left -= count;
    }
}
