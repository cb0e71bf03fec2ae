#include <stdint.h>

#include "requantize.c"

/*
 * DEPTHWISE_CONV_2D, int8, depth multiplier 1, 3 x 3: bands of output rows, and in a band one channel after the other.
 * The rows of a channel are gathered into a plane with the padding filled in, where a column of three values is read
 * once and goes into all windows that see it.
 */
struct crimp_rv32im_depthwise {
    int32_t batch;
    int32_t input_height;
    int32_t input_width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
    int32_t stride_height;
    int32_t stride_width; /* 1 or 2 */
    int32_t padding_top;
    int32_t padding_left;
    int32_t band;         /* output rows */
    int32_t plane_height; /* (band - 1) * stride + 3 */
    int32_t plane_width;  /* (output width - 1) * stride + 3 */
    int32_t input_zero_point;
    struct crimp_rv32im_rescale rescale;
};

/* Gathers one channel from input row `row` on. Columns of padding are already filled. */
static void crimp_rv32im_gather_plane(int8_t *plane, const int8_t *image, int32_t row,
                                      const struct crimp_rv32im_depthwise *layer)
{
    const int8_t zero_point = (int8_t)layer->input_zero_point;
    const int32_t channels = layer->channels;
    const int32_t width = layer->plane_width;
    const int32_t room = width - layer->padding_left;
    const int32_t count = room < layer->input_width ? room : layer->input_width;
    const int32_t end = row + layer->plane_height;

    plane += layer->padding_left;
    for (; row < end; ++row) {
        const int32_t inside = (uint32_t)row < (uint32_t)layer->input_height;
        const int8_t *from = inside ? image + row * layer->input_width * channels : &zero_point;
        const int32_t step = inside ? channels : 0;
        int8_t *to = plane;
        int32_t left = count;

        for (; left > 3; left -= 4) {
            to[0] = *from;
            from += step;
            to[1] = *from;
            from += step;
            to[2] = *from;
            from += step;
            to[3] = *from;
            from += step;
            to += 4;
        }
        for (; left > 0; --left) {
            *to++ = *from;
            from += step;
        }
        plane += width;
    }
}

/* One channel of a band: what its windows are computed with. The assembly knows the fields by their place: four bytes each. */
struct crimp_rv32im_band {
    const int8_t *plane;
    const int8_t *weights;
    int8_t *output;
    int32_t channels;
    int32_t width;      /* of the plane */
    int32_t row;        /* values from the first window of a row to behind the last */
    int32_t next_row;   /* and from there to the next row's first */
    const int8_t *end;  /* where the first window below the band would start */
    int32_t multiplier; /* from here on as struct crimp_rv32im_scale */
    int32_t bias;
    int32_t rounding;
    int32_t right;
    int32_t align;
    int32_t min;
    int32_t max;
    int32_t rectified;
    int32_t ties;
    int32_t stride; /* 1 or 2 */
    int32_t odd;    /* an odd number of windows in a row */
};

/* The outputs of a channel's band. */
static void crimp_rv32im_windows(const struct crimp_rv32im_band *band)
{
#if defined(__riscv_mul) && __riscv_xlen == 32 && defined(__OPTIMIZE__) && !defined(__clang__)
    register const struct crimp_rv32im_band *at __asm__("t5") = band;

    __asm__ volatile(".macro crimp_weight register, i\n"
                     "lb \\register, \\i(a0)\n"
                     "sll \\register, \\register, t0\n"
                     ".endm\n"
                     ".macro crimp_product sum, from, weight\n"
                     "mul t4, t3, \\weight\n"
                     "add \\sum, \\from, t4\n"
                     ".endm\n"
                     ".macro crimp_column i\n" /* the last of a window, the middle of the next, the first of the one after */
                     "lb t3, \\i(a0)\n"
                     "crimp_product t2, t0, s3\n"
                     "crimp_product t0, t1, s2\n"
                     "crimp_product t1, s10, s1\n"
                     "lb t3, \\i(a1)\n"
                     "crimp_product t2, t2, s6\n"
                     "crimp_product t0, t0, s5\n"
                     "crimp_product t1, t1, s4\n"
                     "lb t3, \\i(a2)\n"
                     "crimp_product t2, t2, s9\n"
                     "crimp_product t0, t0, s8\n"
                     "crimp_product t1, t1, s7\n"
                     ".endm\n"
                     ".macro crimp_store n\n"
                     "bltz t2, 7\\n\\()f\n"
                     "mulh t4, t2, s11\n"
                     "add t4, t4, a6\n"
                     "sra t4, t4, a7\n"
                     "blt t6, t4, 8\\n\\()f\n"
                     "6\\n:\n"
                     "sb t4, 0(a3)\n"
                     "add a3, a3, a4\n"
                     ".endm\n"
                     ".macro crimp_store_else n\n" /* what is negative, or too large */
                     "7\\n:\n"
                     "lw t3, 60(t5)\n"
                     "mv t4, ra\n"
                     "bnez t3, 6\\n\\()b\n"
                     "mulh t4, t2, s11\n"
                     "lw t3, 64(t5)\n"
                     "add t4, t4, a6\n"
                     "sub t4, t4, t3\n"
                     "sra t4, t4, a7\n"
                     "bge t4, ra, 6\\n\\()b\n"
                     "mv t4, ra\n"
                     "j 6\\n\\()b\n"
                     "8\\n:\n"
                     "mv t4, t6\n"
                     "j 6\\n\\()b\n"
                     ".endm\n"
                     "lw a0, 4(t5)\n"
                     "lw t0, 48(t5)\n"
                     "crimp_weight s1, 0\n"
                     "crimp_weight s2, 1\n"
                     "crimp_weight s3, 2\n"
                     "crimp_weight s4, 3\n"
                     "crimp_weight s5, 4\n"
                     "crimp_weight s6, 5\n"
                     "crimp_weight s7, 6\n"
                     "crimp_weight s8, 7\n"
                     "crimp_weight s9, 8\n"
                     "lw s11, 32(t5)\n"
                     "lw s10, 36(t5)\n"
                     "lw a6, 40(t5)\n"
                     "lw a7, 44(t5)\n"
                     "lw ra, 52(t5)\n"
                     "lw t6, 56(t5)\n"
                     "lw a0, 0(t5)\n"
                     "lw a3, 8(t5)\n"
                     "lw a4, 12(t5)\n"
                     "1:\n" /* a row */
                     "lw t4, 16(t5)\n"
                     "add a1, a0, t4\n"
                     "add a2, a1, t4\n"
                     "lw t4, 20(t5)\n"
                     "add a5, a0, t4\n"
                     "lb t3, 0(a0)\n"
                     "crimp_product t0, s10, s1\n"
                     "lb t3, 0(a1)\n"
                     "crimp_product t0, t0, s4\n"
                     "lb t3, 0(a2)\n"
                     "crimp_product t0, t0, s7\n"
                     "lw t4, 68(t5)\n"
                     "addi t4, t4, -1\n"
                     "bnez t4, 4f\n"
                     "lb t3, 1(a0)\n"
                     "crimp_product t0, t0, s2\n"
                     "crimp_product t1, s10, s1\n"
                     "lb t3, 1(a1)\n"
                     "crimp_product t0, t0, s5\n"
                     "crimp_product t1, t1, s4\n"
                     "lb t3, 1(a2)\n"
                     "crimp_product t0, t0, s8\n"
                     "crimp_product t1, t1, s7\n"
                     "lw t4, 72(t5)\n"
                     "beqz t4, 2f\n"
                     "addi a0, a0, -1\n"
                     "addi a1, a1, -1\n"
                     "addi a2, a2, -1\n"
                     "j 3f\n"
                     "2:\n" /* two windows */
                     "crimp_column 2\n"
                     "crimp_store 1\n"
                     "3:\n"
                     "crimp_column 3\n"
                     "crimp_store 2\n"
                     "addi a0, a0, 2\n"
                     "addi a1, a1, 2\n"
                     "addi a2, a2, 2\n"
                     "bne a0, a5, 2b\n"
                     "j 5f\n"
                     "4:\n" /* a window; the next is two columns on */
                     "lb t3, 1(a0)\n"
                     "crimp_product t2, t0, s2\n"
                     "lb t3, 1(a1)\n"
                     "crimp_product t2, t2, s5\n"
                     "lb t3, 1(a2)\n"
                     "crimp_product t2, t2, s8\n"
                     "lb t3, 2(a0)\n"
                     "crimp_product t2, t2, s3\n"
                     "crimp_product t0, s10, s1\n"
                     "lb t3, 2(a1)\n"
                     "crimp_product t2, t2, s6\n"
                     "crimp_product t0, t0, s4\n"
                     "lb t3, 2(a2)\n"
                     "crimp_product t2, t2, s9\n"
                     "crimp_product t0, t0, s7\n"
                     "crimp_store 3\n"
                     "addi a0, a0, 2\n"
                     "addi a1, a1, 2\n"
                     "addi a2, a2, 2\n"
                     "bne a0, a5, 4b\n"
                     "5:\n"
                     "lw t4, 24(t5)\n"
                     "add a0, a0, t4\n"
                     "lw t4, 28(t5)\n"
                     "bne a0, t4, 1b\n"
                     "j 9f\n"
                     "crimp_store_else 1\n"
                     "crimp_store_else 2\n"
                     "crimp_store_else 3\n"
                     "9:\n"
                     ".purgem crimp_weight\n"
                     ".purgem crimp_product\n"
                     ".purgem crimp_column\n"
                     ".purgem crimp_store\n"
                     ".purgem crimp_store_else\n"
                     :
                     : "r"(at)
                     : "ra", "t0", "t1", "t2", "t3", "t4", "t6", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
                       "s9", "s10", "s11", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "memory");
#else
    const struct crimp_rv32im_scale scale = {band->multiplier, band->bias, band->rounding, band->right};
    const struct crimp_rv32im_rescale rescale = {band->align, 0, band->min, band->max, band->rectified};
    int8_t *output = band->output;

    for (const int8_t *row = band->plane; row != band->end; row += band->row + band->next_row) {
        for (int32_t column = 0; column < band->row; column += band->stride) {
            int32_t sum = 0;

            for (int32_t tap = 0; tap < 9; ++tap) {
                sum += row[tap / 3 * band->width + column + tap % 3] * band->weights[tap];
            }
            *output = crimp_rv32im_requantize(sum * (1 << band->align) + band->bias, &scale, &rescale);
            output += band->channels;
        }
    }
#endif
}

/*
 * weights: [channel][row][column]. bias: with input offset * sum of weights added, times 2^align. shift: of the high
 * multiply. plane: scratch.
 */
static void crimp_rv32im_depthwise_conv_2d_s8(const int8_t *input, int8_t *output, const int8_t *weights,
                                              const int32_t *bias, const int32_t *multiplier,
                                              const int8_t *shift, int8_t *plane,
                                              const struct crimp_rv32im_depthwise *layer)
{
    const int32_t channels = layer->channels;
    const int32_t below = layer->stride_height * layer->plane_width;
    struct crimp_rv32im_band at;

    for (int32_t i = 0; i < layer->plane_height * layer->plane_width; ++i) {
        plane[i] = (int8_t)layer->input_zero_point;
    }
    at.plane = plane;
    at.channels = channels;
    at.width = layer->plane_width;
    at.row = layer->output_width * layer->stride_width;
    at.next_row = below - at.row;
    at.align = layer->rescale.align;
    at.min = layer->rescale.min;
    at.max = layer->rescale.max;
    at.rectified = layer->rescale.rectified;
    at.ties = 1 << (layer->rescale.align - 1);
    at.stride = layer->stride_width;
    at.odd = layer->output_width & 1;
    for (int32_t image = 0; image < layer->batch; ++image) {
        for (int32_t top = 0; top < layer->output_height; top += layer->band) {
            const int32_t room = layer->output_height - top;
            const int32_t rows = room < layer->band ? room : layer->band;

            at.weights = weights;
            at.end = plane + rows * below;
            for (int32_t channel = 0; channel < channels; ++channel) {
                const struct crimp_rv32im_scale scale =
                    crimp_rv32im_make_scale(bias[channel], multiplier[channel], shift[channel], &layer->rescale);

                at.output = output + channel;
                at.multiplier = scale.multiplier;
                at.bias = scale.bias;
                at.rounding = scale.rounding;
                at.right = scale.right;
                crimp_rv32im_gather_plane(plane, input + channel,
                                          top * layer->stride_height - layer->padding_top, layer);
                crimp_rv32im_windows(&at);
                at.weights += 9;
            }
            output += rows * layer->output_width * channels;
        }
        input += layer->input_height * layer->input_width * channels;
    }
}
