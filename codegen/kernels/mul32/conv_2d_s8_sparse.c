#include <stdint.h>

#include "conv_2d_s8.c"

/*
 * CONV_2D, int8, one group, whose weights are mostly 0: of each channel only those that are not, applied to packed
 * columns as in packed_dot.c. They stand in units of four, each as its distance from where the unit starts and the
 * weight; the next unit starts at the last one's place. Two of them are a group of lanes.
 */

static inline uint32_t crimp_mul32_two_terms(const int32_t *x, const uint8_t *terms)
{
    const uint32_t first = (uint32_t)(int8_t)terms[1];
    const uint32_t second = (uint32_t)(int8_t)terms[3];

    return (uint32_t)x[2 * terms[0]] * first + (uint32_t)x[2 * terms[2]] * second;
}

/*
 * For each column from `column` up to `end`, of `bytes` each, four sums: bias + sum over the terms of column value i of
 * the term's place, times its weight. There is one unit at least between `terms` and `last`.
 */
static inline void crimp_mul32_sparse_columns(const int32_t *column, const int32_t *end, int32_t bytes,
                                              const uint8_t *terms, const uint8_t *last, int32_t bias,
                                              int32_t *sums)
{
    const uint32_t start = (uint32_t)bias * 0x10001u;
#if defined(__ARM_ARCH_6M__) && defined(__OPTIMIZE__) && !defined(__clang__)
    /* In the order in which they are pushed: r0 lies at sp. */
    register const int32_t *beyond __asm__("r0") = end;
    register const uint8_t *at __asm__("r1") = terms;
    register int32_t high __asm__("r2") = bias;
    register uint32_t total __asm__("r3") = start;
    register int32_t size __asm__("r4") = bytes;
    register int32_t *sum __asm__("r5") = sums;
    register const int32_t *x __asm__("r6") = column;
    register const uint8_t *stop __asm__("r7") = last;

    __asm__ volatile(".syntax unified\n"
                     ".macro crimp_split_pair\n" /* take the lanes of r6 and r7 apart */
                     "add r9, r6\n"
                     "add r6, r12\n"
                     "asrs r6, r6, #16\n"
                     "add r8, r6\n"
                     "add r11, r7\n"
                     "add r7, r12\n"
                     "asrs r7, r7, #16\n"
                     "add r10, r7\n"
                     ".endm\n"
                     ".macro crimp_first_term\n"
                     "ldmia r1!, {r2}\n"
                     "uxtb r3, r2\n"
                     "lsls r3, r3, #3\n"
                     "adds r3, r0, r3\n"
                     "ldmia r3!, {r6, r7}\n"
                     "asrs r2, r2, #8\n"
                     "sxtb r3, r2\n"
                     "muls r6, r3, r6\n"
                     "muls r7, r3, r7\n"
                     "asrs r2, r2, #8\n"
                     "uxtb r3, r2\n"
                     "lsls r3, r3, #3\n"
                     "asrs r2, r2, #8\n"
                     ".endm\n"
                     ".macro crimp_second_term\n" /* of values r4 and r5 */
                     "muls r4, r2, r4\n"
                     "muls r5, r2, r5\n"
                     "adds r6, r6, r4\n"
                     "adds r7, r7, r5\n"
                     "crimp_split_pair\n"
                     ".endm\n"
                     "push {r0, r1, r2, r3, r4, r5, r6}\n"
                     "mov lr, r7\n"
                     "movs r4, #1\n"
                     "lsls r4, r4, #15\n"
                     "mov r12, r4\n"
                     "1:\n" /* a column */
                     "mov r0, r6\n"
                     "ldr r1, [sp, #4]\n"
                     "ldr r2, [sp, #8]\n"
                     "ldr r3, [sp, #12]\n"
                     "mov r8, r2\n"
                     "mov r9, r3\n"
                     "mov r10, r2\n"
                     "mov r11, r3\n"
                     "2:\n" /* a unit */
                     "crimp_first_term\n"
                     "adds r3, r0, r3\n"
                     "ldmia r3!, {r4, r5}\n"
                     "crimp_second_term\n"
                     "crimp_first_term\n"
                     "adds r0, r0, r3\n"
                     "ldr r4, [r0, #0]\n"
                     "ldr r5, [r0, #4]\n"
                     "crimp_second_term\n"
                     "cmp r1, lr\n"
                     "bne 2b\n"
                     "mov r5, r8\n"
                     "lsls r2, r5, #16\n"
                     "mov r4, r9\n"
                     "subs r4, r4, r2\n"
                     "mov r7, r10\n"
                     "lsls r2, r7, #16\n"
                     "mov r6, r11\n"
                     "subs r6, r6, r2\n"
                     "ldr r3, [sp, #20]\n"
                     "stmia r3!, {r4, r5, r6, r7}\n"
                     "str r3, [sp, #20]\n"
                     "ldr r6, [sp, #24]\n"
                     "ldr r2, [sp, #16]\n"
                     "adds r6, r6, r2\n"
                     "str r6, [sp, #24]\n"
                     "ldr r2, [sp, #0]\n"
                     "cmp r6, r2\n"
                     "bne 1b\n"
                     "add sp, #28\n"
                     ".purgem crimp_split_pair\n"
                     ".purgem crimp_first_term\n"
                     ".purgem crimp_second_term\n"
                     : "+l"(beyond), "+l"(at), "+l"(high), "+l"(total), "+l"(size), "+l"(sum), "+l"(x),
                       "+l"(stop)
                     :
                     : "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
#else
    for (; column != end; column += bytes / 4) {
        struct crimp_mul32_word_sums even = {start, bias};
        struct crimp_mul32_word_sums odd = {start, bias};
        const int32_t *x = column;

        for (const uint8_t *at = terms; at != last; at += 8) {
            crimp_mul32_add_group(crimp_mul32_two_terms(x, at), &even);
            crimp_mul32_add_group(crimp_mul32_two_terms(x + 1, at), &odd);
            crimp_mul32_add_group(crimp_mul32_two_terms(x, at + 4), &even);
            crimp_mul32_add_group(crimp_mul32_two_terms(x + 1, at + 4), &odd);
            x += 2 * at[6];
        }
        sums[0] = (int32_t)(even.total - ((uint32_t)even.high << 16));
        sums[1] = even.high;
        sums[2] = (int32_t)(odd.total - ((uint32_t)odd.high << 16));
        sums[3] = odd.high;
        sums += 4;
    }
#endif
}

/*
 * weights: units of four (distance, weight), channel after channel. units: how many each channel has, 1 or more. bias:
 * with input offset * sum of weights added. limit: where the layer is rescaled. columns: scratch, depth / 2 words for
 * each pixel of the tile.
 */
static void crimp_mul32_conv_2d_s8_sparse(const int8_t *input, int8_t *output, const uint8_t *weights,
                                          const int32_t *bias, const int32_t *multiplier,
                                          const int8_t *shift, const int16_t *limit, const uint16_t *units,
                                          int32_t *columns, const struct crimp_mul32_conv_2d *layer)
{
    const int32_t depth = layer->depth;
    const int32_t channels = layer->output_channels;
    struct crimp_mul32_window at = {input, -layer->padding_top, -layer->padding_left, 0, 0};
    int32_t left = layer->batch * layer->output_height * layer->output_width;

    while (left > 0) {
        const int32_t count = left < layer->tile ? left : layer->tile;
        const uint8_t *terms = weights;
        int32_t *column = columns;

        for (int32_t packed = 0; packed < count; packed += 4) {
            crimp_mul32_pack_pixels(column, &at, left - packed, layer);
            column += 2 * depth;
        }
        for (int32_t channel = 0; channel < channels; ++channel) {
            const uint8_t *last = terms + 8 * units[channel];
            int32_t sums[16];

            crimp_mul32_sparse_columns(columns, column, 8 * depth, terms, last, bias[channel], sums);
            crimp_mul32_store_channel(sums, count, channel, multiplier, shift, limit, output, layer);
            terms = last;
        }
        output += count * channels;
        left -= count;
    }
}
